use blst::min_sig;
use medcrypto_core::bls::{G1, G2, Scalar, SecretScalar, hash_to_g1, pairing};
use medcrypto_core::dst;
use medcrypto_sig::bls::{
    PopVerifiedKey, PublicKey, Signature, SigningKey, aggregate, fast_aggregate_verify,
};
use medcrypto_sig::{DecodeError, Error};

use crate::{secret, unhex, with_header};

const SIGN: &[u8] = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_";

/// Secret, message, key, signature, proof of possession; from py_ecc 8.0.0 (hash_to_G1, multiply,
/// compress_G1, compress_G2), which shares no code with our backend.
const VECTORS: [[&str; 5]; 2] = [
    [
        "263dbd792f5b1be47ed85f8938c0f29586af0d3ac7b977f21c278fe1462040e3",
        "",
        "ac400b70f6f8cd35648f5c126cce5417f3be4d8eefbd42ceb4286a14df7e03135313fe5845e3a575faab3e8b949d248814856c22d8cdb2967c720e963eedc999e738373b14172f06fc915769d3cc5ab7ae0a1b9c38f48b5585fb09d4bd2733bb",
        "ac4a2207d5fe1bfe8118ff1c576a32c48471762c5523eb955ea1ebe90b40ba368656e41a973d06d73b7dd3ada7735996",
        "85cd8b8b8e2677c1e6e861e6c720d08ff986bc39862de8f975fbb287f34a550402277ab6fd5fad7ae0d4f57a6ba80e19",
    ],
    [
        "47b8192d77bf871b62e87859d653922725724a5c031afeabc60bcef5ff665138",
        "6d656463727970746f",
        "a4b8f49c3bac0247a09487049492b0ed99cf90c56263141daa35f011330d3ced3f3ad78d252c51a3bb42fc7d8f1825940bc2357c6782bbb6a078d9e171fc7a81f7bd8ca73eb485e76317359908bb09bd372fd362a637512a9d48019b383e5489",
        "85e6b92ab42ff5c8ad016e6951e96939cf372f65bd83213af8ee7e22310b7e957f25d8955ead12d84aa81af64e056b4d",
        "8b8fc55607bebae2404914a057119d7bb04b6a71b70eff28ff67b7a5bd20efa50636923f23a524b9bedd808a049d883d",
    ],
];

fn signing(index: u8) -> SigningKey {
    SigningKey::from_secret_bytes(&secret(&hex::encode([index; 32]))).unwrap()
}

fn verified(index: u8) -> PopVerifiedKey {
    signing(index).public_key().verify().unwrap()
}

/// What blst's own signature type makes of our bytes.
fn blst_key(key: &PublicKey) -> min_sig::PublicKey {
    min_sig::PublicKey::key_validate(&key.to_bytes()[3..99]).unwrap()
}

fn blst_accepts(key: &min_sig::PublicKey, message: &[u8], signature: &[u8]) -> bool {
    let signature = min_sig::Signature::from_bytes(signature).unwrap();
    signature.verify(true, message, SIGN, &[], key, false) == blst::BLST_ERROR::BLST_SUCCESS
}

#[test]
fn vectors_of_an_independent_implementation() {
    for [scalar, message, key, signature, possession] in VECTORS {
        let signing = SigningKey::from_secret_bytes(&secret(scalar)).unwrap();
        let public = signing.public_key();
        assert_eq!(hex::encode(public.to_bytes()), format!("010134{key}{possession}"));
        let made = signing.sign(&unhex(message));
        assert_eq!(hex::encode(made.to_bytes()), format!("010135{signature}"));
        public.verify().unwrap().verify(&unhex(message), &made).unwrap();
        assert_eq!(*signing.to_secret_bytes().to_secret_bytes(), unhex(scalar)[..]);
    }
}

#[test]
fn agrees_with_blst_and_with_the_pairing_equation() {
    for index in 1..=8 {
        let (message, ours) = ([index; 20], signing(index));
        let theirs = min_sig::SecretKey::from_bytes(&[index; 32]).unwrap();
        let made = ours.sign(&message).to_bytes();
        assert_eq!(made[3..], theirs.sign(&message, SIGN, &[]).to_bytes());
        assert_eq!(ours.public_key().to_bytes()[3..99], theirs.sk_to_pk().to_bytes());
        assert!(blst_accepts(&blst_key(&ours.public_key()), &message, &made[3..]));

        let sigma = G1::from_bytes(&made[3..].try_into().unwrap()).unwrap();
        let key = G2::from_bytes(&ours.public_key().to_bytes()[3..99].try_into().unwrap()).unwrap();
        let hashed = hash_to_g1(dst::sig::BLS_SIGNATURE, &message);
        assert_eq!(pairing(&sigma, &G2::generator()), pairing(&hashed, &key));
    }
}

#[test]
fn an_aggregate_of_a_quorum_verifies_under_exactly_that_quorum() {
    let votes: Vec<_> = (1..=3).map(|index| signing(index).sign(b"block 7")).collect();
    let keys: Vec<_> = (1..=3).map(verified).collect();
    let sum = aggregate(&votes).unwrap();
    fast_aggregate_verify(&keys, b"block 7", &sum).unwrap();
    // blst agrees about the sum of the keys.
    let theirs: Vec<_> = keys.iter().map(|key| blst_key(key.public_key())).collect();
    let theirs: Vec<_> = theirs.iter().collect();
    let parsed = min_sig::Signature::from_bytes(&sum.to_bytes()[3..]).unwrap();
    let verdict = parsed.fast_aggregate_verify(true, b"block 7", SIGN, &theirs);
    assert_eq!(verdict, blst::BLST_ERROR::BLST_SUCCESS);

    let refused = |keys: &[PopVerifiedKey], message: &[u8], signature| {
        fast_aggregate_verify(keys, message, signature).unwrap_err()
    };
    assert_eq!(refused(&keys, b"block 8", &sum), Error::Verification);
    assert_eq!(refused(&keys[..2], b"block 7", &sum), Error::Verification);
    let more: Vec<_> = (1..=4).map(verified).collect();
    assert_eq!(refused(&more, b"block 7", &sum), Error::Verification);
    let missing = aggregate(&votes[..2]).unwrap();
    assert_eq!(refused(&keys, b"block 7", &missing), Error::Verification);
    assert_eq!(refused(&[], b"block 7", &sum), Error::NoSigner);
    assert_eq!(aggregate(&[]), Err(Error::NoSigner));
}

#[test]
fn t24_one_key_does_not_count_twice() {
    let vote = signing(1).sign(b"block 7");
    let twice = aggregate(&[vote, vote]).unwrap();
    let keys = [verified(1), verified(1)];
    assert_eq!(fast_aggregate_verify(&keys, b"block 7", &twice), Err(Error::DuplicateSigner));
    // The plain equation takes it: that is why the list is checked.
    let key = blst_key(keys[0].public_key());
    let parsed = min_sig::Signature::from_bytes(&twice.to_bytes()[3..]).unwrap();
    let verdict = parsed.fast_aggregate_verify(true, b"block 7", SIGN, &[&key, &key]);
    assert_eq!(verdict, blst::BLST_ERROR::BLST_SUCCESS);
}

#[test]
fn t24_a_rogue_key_forges_without_possession_and_cannot_prove_it() {
    // The attacker publishes X' = [x']P₂ − X and signs alone for victim and itself.
    let victim = signing(1).public_key();
    let attacker = SecretScalar::from_bytes(&[9; 32]).unwrap();
    let victim_point = G2::from_bytes(&victim.to_bytes()[3..99].try_into().unwrap()).unwrap();
    let rogue = (G2::mul_generator(&attacker) - victim_point).to_bytes();
    let forged = hash_to_g1(dst::sig::BLS_SIGNATURE, b"give consent").mul(&attacker).to_bytes();

    // Against keys without possession the forgery works.
    let rogue_blst = min_sig::PublicKey::key_validate(&rogue).unwrap();
    let parsed = min_sig::Signature::from_bytes(&forged).unwrap();
    let keys = [&blst_key(&victim), &rogue_blst];
    let verdict = parsed.fast_aggregate_verify(true, b"give consent", SIGN, &keys);
    assert_eq!(verdict, blst::BLST_ERROR::BLST_SUCCESS);

    // Here the rogue key needs a proof of possession, and every proof at hand fails.
    let with_x = hash_to_g1(dst::sig::BLS_POSSESSION, &rogue).mul(&attacker).to_bytes();
    let victims: [u8; 48] = victim.to_bytes()[99..].try_into().unwrap();
    let difference =
        (G1::from_bytes(&with_x).unwrap() - G1::from_bytes(&victims).unwrap()).to_bytes();
    for possession in [with_x, victims, difference, forged] {
        let fields = [&rogue[..], &possession].concat();
        let claimed = PublicKey::from_bytes(&with_header(0x34, &fields)).unwrap();
        assert_eq!(claimed.verify(), Err(Error::Verification));
    }
    // The victim's key with the proof of another is refused as well.
    let mut swapped = victim.to_bytes();
    swapped[99..].copy_from_slice(&signing(2).public_key().to_bytes()[99..]);
    assert_eq!(PublicKey::from_bytes(&swapped).unwrap().verify(), Err(Error::Verification));
}

#[test]
fn t24_a_proof_of_possession_is_no_signature_and_the_reverse() {
    let public = signing(1).public_key();
    let (key, possession) = (&public.to_bytes()[3..99], &public.to_bytes()[99..]);
    let as_signature = Signature::from_bytes(&with_header(0x35, possession)).unwrap();
    assert_eq!(verified(1).verify(key, &as_signature), Err(Error::Verification));
    // A signature over the key's own bytes is no proof of possession.
    let signed = signing(1).sign(key);
    verified(1).verify(key, &signed).unwrap();
    let fields = [key, &signed.to_bytes()[3..]].concat();
    let claimed = PublicKey::from_bytes(&with_header(0x34, &fields)).unwrap();
    assert_eq!(claimed.verify(), Err(Error::Verification));
}

#[test]
fn t2_identity_points_are_refused() {
    let infinity = |len: usize| [vec![0xc0], vec![0; len - 1]].concat();
    let public = signing(1).public_key().to_bytes();
    let no_key = [&infinity(96)[..], &public[99..]].concat();
    assert_eq!(PublicKey::from_bytes(&with_header(0x34, &no_key)), Err(DecodeError::Identity));
    let no_possession = [&public[3..99], &infinity(48)].concat();
    let refused = PublicKey::from_bytes(&with_header(0x34, &no_possession));
    assert_eq!(refused, Err(DecodeError::Identity));
    let refused = Signature::from_bytes(&with_header(0x35, &infinity(48)));
    assert_eq!(refused, Err(DecodeError::Identity));
}

#[test]
fn t2_keys_that_cancel_sign_nothing() {
    // One holder of x and −x: key sum and signature sum are the identity for every message.
    let negated = -Scalar::from_bytes(&[1; 32]).unwrap();
    let mirror = SigningKey::from_secret_bytes(&secret(&hex::encode(negated.to_bytes())));
    let mirror = mirror.unwrap();
    let votes = [signing(1).sign(b"m"), mirror.sign(b"m")];
    assert_eq!(aggregate(&votes), Err(Error::Decode(DecodeError::Identity)));
    let keys = [verified(1), mirror.public_key().verify().unwrap()];
    assert_eq!(fast_aggregate_verify(&keys, b"m", &votes[0]), Err(Error::Verification));
}

#[test]
fn t5_points_outside_the_subgroup_are_refused() {
    let public = signing(1).public_key().to_bytes();
    let (mut outside_g1, mut outside_g2) = (0, 0);
    for x in 1..=40 {
        let mut g1 = vec![0; 48];
        (g1[0], g1[47]) = (0x80, x);
        if min_sig::Signature::uncompress(&g1).is_ok_and(|point| !point.subgroup_check()) {
            outside_g1 += 1;
            let refused = Signature::from_bytes(&with_header(0x35, &g1));
            assert_eq!(refused, Err(DecodeError::NotInGroup));
            let fields = [&public[3..99], &g1].concat();
            let refused = PublicKey::from_bytes(&with_header(0x34, &fields));
            assert_eq!(refused, Err(DecodeError::NotInGroup));
        }
        let mut g2 = vec![0; 96];
        (g2[0], g2[95]) = (0x80, x);
        if min_sig::PublicKey::uncompress(&g2).is_ok_and(|point| point.validate().is_err()) {
            outside_g2 += 1;
            let fields = [&g2[..], &public[99..]].concat();
            let refused = PublicKey::from_bytes(&with_header(0x34, &fields));
            assert_eq!(refused, Err(DecodeError::NotInGroup));
        }
    }
    assert!(outside_g1 >= 10 && outside_g2 >= 10, "{outside_g1} {outside_g2}");
}

#[test]
fn t5_wrong_flags_and_coordinates_are_refused() {
    let good = signing(1).sign(b"m").to_bytes();
    let changed = |first: u8| {
        let mut bytes = good.clone();
        bytes[3] = first;
        Signature::from_bytes(&bytes)
    };
    let flags = good[3] & 0xe0;
    // No compression flag; infinity flag on a finite point; x ≥ p.
    assert!(changed(good[3] & 0x7f).is_err());
    assert!(changed(good[3] | 0x40).is_err());
    assert!(changed(flags | 0x1f).is_err());
    assert!(Signature::from_bytes(&with_header(0x35, &[0xff; 48])).is_err());
    // The other sign bit is another point: it decodes and fails.
    let negated = changed(good[3] ^ 0x20).unwrap();
    assert_eq!(verified(1).verify(b"m", &negated), Err(Error::Verification));
}

#[test]
fn secrets_out_of_range_are_refused() {
    let order = "73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001";
    for scalar in ["00".repeat(32), order.into(), "ff".repeat(32)] {
        let refused = SigningKey::from_secret_bytes(&secret(&scalar)).map(|_| ());
        assert_eq!(refused, Err(DecodeError::NonCanonical));
    }
}
