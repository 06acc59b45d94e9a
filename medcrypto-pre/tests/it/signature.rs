//! Identity-based signatures and revocations.

use medcrypto_core::{
    bls::{G1, G2, Scalar, SecretScalar, pairing_product_is_one},
    dst::pre,
    rng::hedged,
};
use medcrypto_pre::{
    Authority, Error, IdentitySignature, ReKeyId, Revocation, RevocationList, UnixTime,
};

use crate::{
    fixture::{Stuck, World, id, refused, rng, world},
    model::{self, Setting, enc, g1, halves, sha},
};

#[test]
fn t16_every_part_of_the_statement_of_a_signature_matters() {
    let world = world();
    let signature = world.alice.sign(b"message", &mut rng(4)).unwrap();
    let params = world.params();
    assert_eq!(signature.verify(params, &id("alice"), b"message"), Ok(()));
    assert_eq!(signature.verify(params, &id("bob"), b"message"), Err(Error::Verification));
    assert_eq!(signature.verify(params, &id("alice"), b"messagf"), Err(Error::Verification));
    let other = Authority::setup(&mut rng(50));
    assert!(signature.verify(other.params(), &id("alice"), b"message").is_err());
    let bytes = signature.to_bytes();
    assert_eq!(bytes.len(), 99);
    for i in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[i] ^= 1;
        let verdict = IdentitySignature::from_bytes(&bad)
            .map_err(Error::from)
            .and_then(|bad| bad.verify(params, &id("alice"), b"message"));
        assert!(verdict.is_err(), "byte {i}");
    }
}

#[test]
fn the_signature_satisfies_the_equation() {
    let world = world();
    let setting = Setting::new(world.params());
    let bytes = world.alice.sign(b"message", &mut rng(4)).unwrap().to_bytes();
    let (u, w) = (g1(&bytes[3..51]), g1(&bytes[51..]));
    let alice = id("alice").to_bytes();
    let h = setting.hc(&alice, pre::SIGN_MESSAGE.as_bytes(), &u, b"message");
    let right = u + setting.h1s(&alice).mul_vartime(&h);
    assert!(pairing_product_is_one(&[(w, G2::generator()), (-right, setting.ppub)]));
}

/// A repeated nonce gives the key away; ours depends on the message.
#[test]
fn t11_a_stuck_generator_does_not_repeat_the_nonce() {
    let world = world();
    let setting = Setting::new(world.params());
    let (_, d) = halves(&world.alice);
    let alice = id("alice").to_bytes();

    // The attack, on a signer whose nonce is the generator's output alone.
    let k = SecretScalar::from_wide(&[7; 64]).unwrap();
    let u = setting.h1s(&alice).mul(&k);
    let h = |message: &[u8]| setting.hc(&alice, pre::SIGN_MESSAGE.as_bytes(), &u, message);
    let sign = |message: &[u8]| d.mul(&k.plus(&h(message)).unwrap());
    let difference = h(b"one") - h(b"two");
    let recovered = (sign(b"one") - sign(b"two")).mul_vartime(&difference.invert().unwrap());
    assert_eq!(recovered, d);

    // Ours, with the generator stuck.
    let u =
        |message: &[u8]| world.alice.sign(message, &mut Stuck).unwrap().to_bytes()[3..51].to_vec();
    assert_eq!(u(b"one"), u(b"one"));
    assert_ne!(u(b"one"), u(b"two"));
    assert_ne!(u(b"one"), world.bob.sign(b"one", &mut Stuck).unwrap().to_bytes()[3..51]);
    // An observer who knows the generator's output still does not know the nonce.
    let label = enc(pre::SIGN_MESSAGE.as_bytes());
    let context = [&label[..], &sha(&[b"one"])].concat();
    let known = hedged::<64, _>(pre::IBS_NONCE, &[], &context, &mut Stuck);
    let known = SecretScalar::from_wide(&known).unwrap();
    assert_ne!(setting.h1s(&alice).mul(&known).to_bytes()[..], u(b"one"));
    // And never deterministic with a good one.
    let mut good = rng(1);
    let first = world.alice.sign(b"one", &mut good).unwrap();
    assert_ne!(first, world.alice.sign(b"one", &mut good).unwrap());
}

#[test]
fn t13_labels_keep_kinds_of_signatures_apart() {
    let world = world();
    let revocation = world.alice.revoke(ReKeyId([9; 32]), UnixTime(5), &mut rng(4)).unwrap();
    let bytes = revocation.to_bytes();
    assert!(revocation.verify(world.params(), &World::alice_id()).is_ok());
    // Alice signs the very bytes of a revocation as a message: not a revocation.
    let (body, signature) = bytes.split_at(bytes.len() - 96);
    let message = world.alice.sign(body, &mut rng(4)).unwrap();
    let forged = [body, &message.to_bytes()[3..]].concat();
    let forged = Revocation::from_bytes(&forged).unwrap();
    assert_eq!(refused(forged.verify(world.params(), &World::alice_id())), Error::Verification);
    // And the signature of the revocation is none of a message.
    let lifted = [&[1, 1, 0x17][..], signature].concat();
    let lifted = IdentitySignature::from_bytes(&lifted).unwrap();
    assert!(lifted.verify(world.params(), &id("alice"), body).is_err());
}

#[test]
fn t16_every_byte_of_a_revocation_is_signed() {
    let world = world();
    let bytes = world.alice.revoke(ReKeyId([9; 32]), UnixTime(5), &mut rng(4)).unwrap().to_bytes();
    for i in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[i] ^= 1;
        let Ok(bad) = Revocation::from_bytes(&bad) else { continue };
        assert!(bad.verify(world.params(), &World::alice_id()).is_err(), "byte {i}");
    }
}

#[test]
fn t17_a_revocation_counts_for_its_own_delegator_only() {
    let world = world();
    let (rekey, _) = world.delegate(&World::grant(&["lab"]));
    let mut list = RevocationList::new();
    // Mallory, an enrolled identity, revokes Alice's key under her own name.
    let mallory = medcrypto_pre::Delegator(id("carol"));
    let foreign = world.carol.revoke(rekey.id(), UnixTime(5), &mut rng(4)).unwrap();
    let wrong = foreign.clone().verify(world.params(), &World::alice_id());
    assert_eq!(refused(wrong), Error::Verification);
    // Nor does a revocation that names Alice and is signed by Carol, whoever is expected.
    let setting = Setting::new(world.params());
    let bytes = foreign.to_bytes();
    let at = bytes.windows(5).position(|window| window == b"carol").unwrap();
    let body = &bytes[..bytes.len() - 96];
    let sign = |body: &[u8]| {
        let signature = model::sign(&setting, &world.carol, pre::SIGN_REVOCATION, body);
        Revocation::from_bytes(&[body, &signature].concat()).unwrap()
    };
    assert!(sign(body).verify(world.params(), &mallory).is_ok());
    let named = [&body[..at], b"alice", &body[at + 5..]].concat();
    let elsewhere = [&body[..3], &[9; 32], &body[35..]].concat();
    for expected in [&mallory, &World::alice_id()] {
        for body in [&named, &elsewhere] {
            let verdict = sign(body).verify(world.params(), expected);
            assert_eq!(refused(verdict), Error::Verification);
        }
    }
    list.revoke(&foreign.verify(world.params(), &mallory).unwrap());
    assert_eq!(list.check(rekey.statement()), Ok(()));
    let own = world.alice.revoke(rekey.id(), UnixTime(5), &mut rng(4)).unwrap();
    assert_eq!(
        (own.delegator(), own.rekey(), own.time()),
        (&World::alice_id(), rekey.id(), UnixTime(5))
    );
    list.revoke(&own.verify(world.params(), &World::alice_id()).unwrap());
    assert_eq!(list.check(rekey.statement()), Err(Error::Revoked));
}

#[test]
fn t04_identity_points_are_refused_in_a_signature() {
    // e(O, P₂) = e(O + [h]Q, Ppub) fails anyway, but (U, W) = (−[h]Q, O) would pass.
    let world = world();
    let setting = Setting::new(world.params());
    let q = setting.h1s(&id("alice").to_bytes());
    let mut bytes = [&[1, 1, 0x17][..], &q.to_bytes(), &G1::identity().to_bytes()].concat();
    assert!(IdentitySignature::from_bytes(&bytes).is_err());
    bytes[3..51].copy_from_slice(&G1::identity().to_bytes());
    bytes[51..].copy_from_slice(&q.mul_vartime(&Scalar::from_u64(3)).to_bytes());
    assert!(IdentitySignature::from_bytes(&bytes).is_err());
}
