//! Identities, parameters and identity keys.

use std::collections::BTreeSet;

use medcrypto_core::{
    bls::{
        G1, G2, Scalar, SecretScalar, expand_message_xmd, hash_to_g1, hash_to_scalar,
        hash_to_secret_scalar, pairing,
    },
    dst::pre,
};
use medcrypto_pre::{
    Authority, DecodeError, Error, Identity, IdentityKey, MasterSecretKey, PublicParams, ScopePath,
};
use proptest::prelude::*;

use crate::{
    fixture::{World, id, refused, rng, world},
    model::{Setting, enc, halves},
};

#[test]
fn keys_are_what_the_equations_say() {
    let world = world();
    let setting = Setting::new(world.params());
    assert_eq!(world.params().id().0, setting.id);
    let alpha = world.authority.master_key().to_secret_bytes();
    let alpha = SecretScalar::from_bytes(alpha[3..].try_into().unwrap()).unwrap();
    let (a, d) = halves(&world.alice);
    let name = id("alice").to_bytes();
    assert_eq!(a, setting.h1(&name).mul(&alpha));
    assert_eq!(d, setting.h1s(&name).mul(&alpha));
    assert_eq!(name, [enc(b"realm.example"), enc(b"alice"), enc(b"2025")].concat());
}

/// The value of every hash, for the message `abc`, computed by py_ecc under the names of
/// `docs/domains.md`; scalars from a secret hash `abc ‖ 0`.
#[test]
fn t02_each_role_has_its_known_answer() {
    let points = [
        (
            pre::ID_DEC,
            "a77d3fce5be2ae4c732462457af3e004a23cf02133ed5b092cf53c516a3a2ae212cc5cea73159917a5421f8b15cfa7fd",
        ),
        (
            pre::ID_SIG,
            "a5a622a9c64440fe53040184010ca42ff01c0915f4ac751ec06e60ef9f1cf3a10ebf278e8e91c35136aeb091b4cbad9c",
        ),
        (
            pre::SCOPE,
            "969c96c96b4861ff22370eac8180c82a8f6f5775a0dc25c7eeb2b8bfe9f6d077f89fe81e3c617ec166db6dd56dd4ad05",
        ),
        (
            pre::HEADER_TAG,
            "956a1c2aee16f9048112ab30bc332c80dd8f1203379348dccff6652e2777ba6995b876ca8f6b0f978fe0461da55385c2",
        ),
    ];
    for (role, expected) in points {
        assert_eq!(hex::encode(hash_to_g1(role, b"abc").to_bytes()), expected, "{role:?}");
    }
    let challenge = hash_to_scalar(pre::IBS_CHALLENGE, b"abc").to_bytes();
    let expected = "301f2e75722c02b9c20ce9b3eb02bc01ba7a6a232509c0635fd760e40e4e3367";
    assert_eq!(hex::encode(challenge), expected);
    let secrets = [
        (pre::FO_SCALAR, "157ef0842a33bf6f64546a42088de369b1712aadb029f6d0ecd17990ceec1106"),
        (pre::REKEY_MASK, "0cb730de9c8f5211fd85af70fdf4fb70d56798ab659f1011fcda2dba5d504d41"),
    ];
    for (role, expected) in secrets {
        let scalar = hash_to_secret_scalar(role, b"abc").to_secret_bytes();
        assert_eq!(hex::encode(*scalar), expected, "{role:?}");
    }
    let mask: [u8; 32] = expand_message_xmd(pre::FO_MASK, b"abc");
    let expected = "cd13bb2367db62a92d40928857a2527a7a139f99eba61771dc9db44021926279";
    assert_eq!(hex::encode(mask), expected);
}

/// With identities hashed as multiples of a known point, one key opens everybody's mail.
#[test]
fn t01_hashing_to_a_known_multiple_breaks_every_key() {
    let world = world();
    let alpha = world.authority.master_key().to_secret_bytes();
    let alpha = SecretScalar::from_bytes(alpha[3..].try_into().unwrap()).unwrap();
    let toy = |name: &Identity| hash_to_scalar(pre::ID_DEC, &name.to_bytes());
    let ratio = toy(&id("bob")) * toy(&id("alice")).invert().unwrap();

    // The toy: A = [α·h(id)]P₁.
    let issue = |name: &Identity| G1::generator().mul_vartime(&toy(name)).mul(&alpha);
    let forged = issue(&id("alice")).mul_vartime(&ratio);
    assert_eq!(forged, issue(&id("bob")));
    // Bob's mail: encrypted to [h(bob)]P₁ with exponent s, opened by Alice.
    let (s, ppub) = (SecretScalar::generate(&mut rng(3)), G2::generator().mul(&alpha));
    let to_bob = G1::generator().mul_vartime(&toy(&id("bob"))).mul(&s);
    assert_eq!(pairing(&forged, &G2::generator().mul(&s)), pairing(&to_bob, &ppub));

    // The same move against real keys is refused.
    let (a, d) = halves(&world.alice);
    let forged = [a, d].map(|half| half.mul_vartime(&ratio).to_bytes()).concat();
    let head = [&[1, 1, 0x11][..], &world.params().id().0, &id("bob").to_bytes()].concat();
    let forged = IdentityKey::from_bytes(&[head, forged].concat()).unwrap();
    assert_eq!(refused(forged.verify(world.params())), Error::Verification);
}

/// If the tag were hashed like an identity, V alone would give the key.
#[test]
fn t02_roles_do_not_share_a_domain() {
    let world = world();
    let setting = Setting::new(world.params());
    let alice = id("alice").to_bytes();
    let s = SecretScalar::generate(&mut rng(9));
    let k = pairing(&setting.h1(&alice).mul(&s), &setting.ppub);
    let v_in_the_domain_of_identities = setting.h1(&alice).mul(&s);
    assert_eq!(pairing(&v_in_the_domain_of_identities, &setting.ppub), k);

    let message = [&setting.id[..], &alice].concat();
    let roles = [pre::ID_DEC, pre::ID_SIG, pre::SCOPE, pre::HEADER_TAG];
    let points: BTreeSet<_> =
        roles.iter().map(|dst| hash_to_g1(*dst, &message).to_bytes()).collect();
    assert_eq!(points.len(), roles.len());
    for dst in &roles[1..] {
        assert_ne!(pairing(&hash_to_g1(*dst, &message).mul(&s), &setting.ppub), k);
    }
}

#[test]
fn t13_key_of_one_identity_does_not_pass_for_another() {
    let world = world();
    let bytes = world.authority.issue(&id("alice")).unwrap().to_secret_bytes();
    let (a, d) = halves(&world.alice);
    let head = |name| [&[1, 1, 0x11][..], &world.params().id().0, &id(name).to_bytes()].concat();
    let build = |name, x: G1, y: G1| {
        let bytes = [head(name), x.to_bytes().to_vec(), y.to_bytes().to_vec()].concat();
        IdentityKey::from_bytes(&bytes).unwrap().verify(world.params())
    };
    assert!(IdentityKey::from_bytes(&bytes).unwrap().verify(world.params()).is_ok());
    assert!(build("alice", a, d).is_ok());
    assert_eq!(refused(build("bob", a, d)), Error::Verification);
    assert_eq!(refused(build("alice", d, a)), Error::Verification);
    assert_eq!(refused(build("alice", a, a)), Error::Verification);
    // An error in one half that cancels one in the other, were the two checks merely added.
    let e = G1::generator();
    assert_eq!(refused(build("alice", a + e, d - e)), Error::Verification);
    assert_eq!(refused(build("alice", a + e, d)), Error::Verification);
    assert_eq!(refused(build("alice", a, d + e)), Error::Verification);
}

#[test]
fn t32_parameters_of_another_authority_are_refused() {
    let world = world();
    let other = Authority::setup(&mut rng(77));
    assert_ne!(other.params().id(), world.params().id());
    let key = world.authority.issue(&id("alice")).unwrap();
    assert_eq!(refused(key.verify(other.params())), Error::Parameters);

    // The identifier is pinned to the point: claiming the other one does not help.
    let mut bytes = world.authority.issue(&id("alice")).unwrap().to_secret_bytes();
    bytes[3..35].copy_from_slice(&other.params().id().0);
    let key = IdentityKey::from_bytes(&bytes).unwrap();
    assert_eq!(refused(key.verify(other.params())), Error::Verification);

    let mut identity = world.params().to_bytes();
    identity[3..].fill(0);
    identity[3] = 0xc0;
    assert_eq!(PublicParams::from_bytes(&identity).unwrap_err(), DecodeError::Identity);
}

#[test]
fn t33_zero_and_unreduced_master_keys_are_refused() {
    let encode = |scalar: [u8; 32]| [&[1, 1, 0x19][..], &scalar].concat();
    let zero = MasterSecretKey::from_bytes(&encode([0; 32]));
    assert_eq!(zero.unwrap_err(), DecodeError::NonCanonical);
    let order_minus_one = (-Scalar::ONE).to_bytes();
    assert!(MasterSecretKey::from_bytes(&encode(order_minus_one)).is_ok());
    let mut order = order_minus_one;
    order[31] += 1;
    assert!(MasterSecretKey::from_bytes(&encode(order)).is_err());
}

#[test]
fn master_key_and_authority_round_trip() {
    let world = world();
    let bytes = world.authority.master_key().to_secret_bytes();
    let again = Authority::from_master_key(MasterSecretKey::from_bytes(bytes.as_slice()).unwrap());
    assert_eq!(again.params(), world.params());
    assert_eq!(again.issue(&id("alice")).unwrap().to_secret_bytes(), world.alice.to_secret_bytes());
}

/// 10⁵ identities that differ in little have 10⁵ points, and the keys that are issued to some differ
/// in both halves.
#[test]
fn t38_identity_space_does_not_collapse() {
    let world = world();
    let setting = Setting::new(world.params());
    let names = |i: u32| Identity::new("realm", &format!("{i:06}"), "").unwrap().to_bytes();
    let half = |range: std::ops::Range<u32>| -> Vec<_> {
        range.map(|i| setting.h1(&names(i)).to_bytes()).collect()
    };
    let points: BTreeSet<_> = std::thread::scope(|scope| {
        let low = scope.spawn(|| half(0..50_000));
        half(50_000..100_000).into_iter().chain(low.join().unwrap()).collect()
    });
    assert_eq!(points.len(), 100_000);
    let long = |last| Identity::new("r", &["x".repeat(254).as_str(), last].concat(), "").unwrap();
    let mut sample: Vec<_> = (0..100_000)
        .step_by(1_000)
        .map(|i| Identity::new("realm", &format!("{i:06}"), "").unwrap())
        .collect();
    sample.extend([long("0"), long("1"), Identity::new("realm", "000000", "1").unwrap()]);
    let (decryption, signing): (BTreeSet<_>, BTreeSet<_>) = sample
        .iter()
        .map(|name| {
            let key = world.authority.issue(name).unwrap().to_secret_bytes();
            let (rest, signing) = key.split_at(key.len() - 48);
            (rest[rest.len() - 48..].to_vec(), signing.to_vec())
        })
        .unzip();
    assert_eq!((sample.len(), decryption.len(), signing.len()), (103, 103, 103));
    assert_eq!(decryption.intersection(&signing).count(), 0);
}

#[test]
fn t14_path_components_are_unambiguous() {
    let encode = |components: &[&str]| ScopePath::new(components).unwrap().to_bytes();
    assert_ne!(encode(&["ab", "c"]), encode(&["a", "bc"]));
    assert_ne!(encode(&["a/b"]), encode(&["a", "b"]));
    let lab = ScopePath::new(&["lab"]).unwrap();
    assert!(!lab.covers(&ScopePath::new(&["lab2"]).unwrap()));
    assert!(!lab.covers(&ScopePath::new(&["lab2", "lab"]).unwrap()));
    assert!(lab.covers(&ScopePath::new(&["lab", "2"]).unwrap()));
    assert_ne!(
        Identity::new("ab", "c", "").unwrap().to_bytes(),
        Identity::new("a", "bc", "").unwrap().to_bytes()
    );
}

fn components() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[ab/]{1,3}", 1..=4)
}

fn scope(components: &[String]) -> ScopePath {
    ScopePath::new(&components.iter().map(String::as_str).collect::<Vec<_>>()).unwrap()
}

proptest! {
    #[test]
    fn t14_covering_is_by_component(a in components(), b in components()) {
        let by_component = a.len() <= b.len() && a.iter().zip(&b).all(|(x, y)| x == y);
        prop_assert_eq!(scope(&a).covers(&scope(&b)), by_component);
        prop_assert_eq!(scope(&a).to_bytes() == scope(&b).to_bytes(), a == b);
    }
}

#[test]
fn names_have_bounds() {
    let long = "x".repeat(256);
    for (realm, subject, epoch) in
        [("", "s", ""), ("r", "", ""), (&long, "s", ""), ("r", &long, ""), ("r", "s", &long)]
    {
        assert_eq!(Identity::new(realm, subject, epoch), Err(Error::Name));
    }
    assert!(Identity::new(&long[1..], &long[1..], &long[1..]).is_ok());
    let long = "x".repeat(65);
    for components in [&[][..], &["a", "b", "c", "d", "e"], &["a", ""], &[&long]] {
        assert_eq!(ScopePath::new(components), Err(Error::Name));
    }
    assert!(ScopePath::new(&[&long[1..]; 4]).is_ok());
    assert_eq!(World::grant(&["lab"]).scope.depth(), 1);
}
