use core::fmt::Debug;

use medcrypto_core::Dst;
use medcrypto_sig::envelope::{
    Domain, DualSigned, Envelope, Role, SignedEnvelope, VerifiedDual, VerifiedEnvelope,
};
use medcrypto_sig::{DecodeError, bls, ecdsa, ed25519};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use static_assertions::{assert_impl_all, assert_not_impl_any};

use crate::secret;

assert_not_impl_any!(ed25519::SigningKey: Clone, Copy, PartialEq);
assert_not_impl_any!(ecdsa::SigningKey: Clone, Copy, PartialEq);
assert_not_impl_any!(bls::SigningKey: Clone, Copy, PartialEq);
assert_impl_all!(ed25519::SigningKey: Debug, Send, Sync);
assert_impl_all!(ecdsa::SigningKey: Debug, Send, Sync);
assert_impl_all!(bls::SigningKey: Debug, Send, Sync);
assert_not_impl_any!(bls::PopVerifiedKey: Default);
assert_not_impl_any!(VerifiedEnvelope: Default);
assert_not_impl_any!(VerifiedDual: Default);

struct Keys {
    ed25519: ed25519::SigningKey,
    ecdsa: ecdsa::SigningKey,
    bls: bls::SigningKey,
}

fn keys() -> Keys {
    let seed = || secret(&"01".repeat(32));
    Keys {
        ed25519: ed25519::SigningKey::from_seed(&seed()),
        ecdsa: ecdsa::SigningKey::from_secret_bytes(&seed()).unwrap(),
        bls: bls::SigningKey::from_secret_bytes(&seed()).unwrap(),
    }
}

fn signed(role: Role) -> SignedEnvelope {
    let seed = [role as u8; 32];
    Envelope {
        domain: Domain::new("d").unwrap(),
        chain_id: [1; 32],
        role,
        nonce: 2,
        payload_hash: [3; 32],
    }
    .sign(&ed25519::SigningKey::from_seed(&secret(&hex::encode(seed))))
}

type Recode = fn(&[u8]) -> Result<Vec<u8>, DecodeError>;

/// Each wire object: tag, an example, decode-then-encode.
fn objects() -> Vec<(u8, Vec<u8>, Recode)> {
    let keys = keys();
    let dual = DualSigned::combine(signed(Role::Patient), signed(Role::Institution)).unwrap();
    vec![
        (0x30, keys.ed25519.verifying_key().to_bytes(), |b| {
            ed25519::VerifyingKey::from_bytes(b).map(|x| x.to_bytes())
        }),
        (0x31, keys.ed25519.sign(b"m").to_bytes(), |b| {
            ed25519::Signature::from_bytes(b).map(|x| x.to_bytes())
        }),
        (0x32, keys.ecdsa.verifying_key().to_bytes(), |b| {
            ecdsa::VerifyingKey::from_bytes(b).map(|x| x.to_bytes())
        }),
        (0x33, keys.ecdsa.sign(b"m").to_bytes(), |b| {
            ecdsa::Signature::from_bytes(b).map(|x| x.to_bytes())
        }),
        (0x34, keys.bls.public_key().to_bytes(), |b| {
            bls::PublicKey::from_bytes(b).map(|x| x.to_bytes())
        }),
        (0x35, keys.bls.sign(b"m").to_bytes(), |b| {
            bls::Signature::from_bytes(b).map(|x| x.to_bytes())
        }),
        (0x36, signed(Role::Patient).to_bytes(), |b| {
            SignedEnvelope::from_bytes(b).map(|x| x.to_bytes())
        }),
        (0x37, dual.to_bytes(), |b| DualSigned::from_bytes(b).map(|x| x.to_bytes())),
    ]
}

#[test]
fn decode_then_encode_is_the_identity() {
    for (tag, bytes, recode) in objects() {
        assert_eq!(bytes[..3], [1, 1, tag]);
        assert_eq!(recode(&bytes), Ok(bytes.clone()), "{tag:x}");
    }
}

#[test]
fn lengths_are_those_of_the_documentation() {
    let lengths: Vec<_> = objects().iter().map(|object| object.1.len()).collect();
    assert_eq!(lengths, [35, 67, 36, 67, 147, 51, 145, 208]);
    assert_eq!(ed25519::VerifyingKey::LEN, 35);
    assert_eq!(ed25519::Signature::LEN, 67);
    assert_eq!(ecdsa::VerifyingKey::LEN, 36);
    assert_eq!(ecdsa::Signature::LEN, 67);
    assert_eq!(bls::PublicKey::LEN, 147);
    assert_eq!(bls::Signature::LEN, 51);
}

#[test]
fn truncated_and_trailing_bytes_are_refused() {
    for (tag, bytes, recode) in objects() {
        for len in 0..bytes.len() {
            assert_eq!(recode(&bytes[..len]), Err(DecodeError::Length), "{tag:x} {len}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert_eq!(recode(&longer), Err(DecodeError::Length), "{tag:x}");
    }
}

#[test]
fn other_versions_suites_and_tags_are_refused() {
    for (tag, bytes, recode) in objects() {
        for position in 0..3 {
            for value in (0..=255).filter(|value| *value != bytes[position]) {
                let mut changed = bytes.clone();
                changed[position] = value;
                assert_eq!(recode(&changed), Err(DecodeError::Header), "{tag:x}");
            }
        }
    }
}

#[test]
fn secrets_are_redacted() {
    let keys = keys();
    assert_eq!(format!("{:?}", keys.ed25519), "ed25519::SigningKey { .. }");
    assert_eq!(format!("{:?}", keys.ecdsa), "ecdsa::SigningKey { .. }");
    assert_eq!(format!("{:?}", keys.bls), "bls::SigningKey { .. }");
    assert_eq!(format!("{:?}", keys.ed25519.to_seed()), "SecretBytes { .. }");
}

#[test]
fn generated_keys_differ_and_sign() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let (a, b) = (ed25519::SigningKey::generate(&mut rng), ed25519::SigningKey::generate(&mut rng));
    assert_ne!(a.verifying_key(), b.verifying_key());
    a.verifying_key().verify(b"m", &a.sign(b"m")).unwrap();
    let (a, b) = (ecdsa::SigningKey::generate(&mut rng), ecdsa::SigningKey::generate(&mut rng));
    assert_ne!(a.verifying_key(), b.verifying_key());
    a.verifying_key().verify(b"m", &a.sign(b"m")).unwrap();
    let (a, b) = (bls::SigningKey::generate(&mut rng), bls::SigningKey::generate(&mut rng));
    assert_ne!(a.public_key(), b.public_key());
    a.public_key().verify().unwrap().verify(b"m", &a.sign(b"m")).unwrap();
}

#[test]
fn the_ciphersuite_strings_are_those_of_the_draft() {
    let string = |dst: Dst| dst.as_str();
    assert_eq!(
        string(medcrypto_core::dst::sig::BLS_SIGNATURE),
        "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"
    );
    assert_eq!(
        string(medcrypto_core::dst::sig::BLS_POSSESSION),
        "BLS_POP_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_"
    );
}

proptest! {
    #[test]
    fn whatever_decodes_re_encodes(object in 0usize..8, fields in prop::collection::vec(any::<u8>(), 0..220)) {
        let (tag, _, recode) = objects()[object];
        let bytes = crate::with_header(tag, &fields);
        if let Ok(again) = recode(&bytes) {
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn a_mutated_encoding_re_encodes_or_is_refused(object in 0usize..8, position: prop::sample::Index, value: u8) {
        let (_, mut bytes, recode) = objects()[object].clone();
        let position = position.index(bytes.len());
        bytes[position] = value;
        if let Ok(again) = recode(&bytes) {
            prop_assert_eq!(again, bytes);
        }
    }
}
