//! Decoders of medcrypto-sig.

use medcrypto_core::{SecretBytes, codec::Tag};
use medcrypto_sig::{
    bls, ecdsa, ed25519,
    envelope::{Domain, DualSigned, Role, SignedEnvelope},
};
use zeroize::Zeroizing;

use super::{MESSAGES, bls_key, ecdsa_key, ed25519_key, envelope};
use crate::{Class, Reached, Target, decoder::decoder};

decoder! {
    /// ed25519 keys.
    ED25519_KEY = "sig_ed25519_key", Points, Tag::SigEd25519Key,
    ed25519::VerifyingKey::LEN..=ed25519::VerifyingKey::LEN,
    || [1, 2, 3].map(|seed| Base::new(ed25519_key(seed).verifying_key().to_bytes())).into(),
    |bytes| Some(ed25519::VerifyingKey::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// ed25519 signatures: a point that is not decoded, and a scalar.
    ED25519_SIGNATURE = "sig_ed25519_signature", Parser, Tag::SigEd25519,
    ed25519::Signature::LEN..=ed25519::Signature::LEN,
    || MESSAGES.map(|message| Base::new(ed25519_key(1).sign(message).to_bytes())).into(),
    |bytes| Some(ed25519::Signature::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// ECDSA keys.
    ECDSA_KEY = "sig_ecdsa_key", Points, Tag::SigEcdsaKey,
    ecdsa::VerifyingKey::LEN..=ecdsa::VerifyingKey::LEN,
    || [1, 2, 3].map(|seed| Base::new(ecdsa_key(seed).verifying_key().to_bytes())).into(),
    |bytes| Some(ecdsa::VerifyingKey::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// ECDSA signatures: two scalars.
    ECDSA_SIGNATURE = "sig_ecdsa_signature", Parser, Tag::SigEcdsa,
    ecdsa::Signature::LEN..=ecdsa::Signature::LEN,
    || MESSAGES.map(|message| Base::new(ecdsa_key(1).sign(message).to_bytes())).into(),
    |bytes| {
        let signature = ecdsa::Signature::from_bytes(bytes).ok()?.to_bytes();
        assert!(signature[35..] <= SECP256K1_HALF[..], "a high s");
        Some(signature)
    },
}

decoder! {
    /// BLS keys with their proofs of possession.
    BLS_KEY = "sig_bls_key", Points, Tag::SigBlsKey, bls::PublicKey::LEN..=bls::PublicKey::LEN,
    || [1, 2, 3].map(|seed| Base::new(bls_key(seed).public_key().to_bytes())).into(),
    |bytes| Some(bls::PublicKey::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// BLS signatures.
    BLS_SIGNATURE = "sig_bls_signature", Points, Tag::SigBls,
    bls::Signature::LEN..=bls::Signature::LEN,
    || MESSAGES.map(|message| Base::new(bls_key(1).sign(message).to_bytes())).into(),
    |bytes| Some(bls::Signature::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Signed envelopes.
    ENVELOPE = "sig_envelope", Parser, Tag::SigEnvelope,
    SignedEnvelope::BASE_LEN + 1..=SignedEnvelope::BASE_LEN + Domain::MAX_LEN,
    || [Role::Patient, Role::Authority]
        .map(|role| Base::new(envelope(role).sign(&ed25519_key(1)).to_bytes()))
        .into(),
    |bytes| Some(SignedEnvelope::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Envelopes under two signatures.
    DUAL_ENVELOPE = "sig_dual_envelope", Parser, Tag::SigDualEnvelope,
    DualSigned::BASE_LEN + 1..=DualSigned::BASE_LEN + Domain::MAX_LEN,
    || [Base::new(super::verifiers::dual(1, 2).to_bytes())].into(),
    |bytes| Some(DualSigned::from_bytes(bytes).ok()?.to_bytes()),
}

/// The three kinds of stored secret keys.
pub const SECRET_KEY: Target = Target {
    name: "sig_secret_key",
    class: Class::Parser,
    max_len: 40,
    run: secret_key,
    seeds: || {
        vec![vec![1; 32], vec![0; 32], vec![0xff; 32], SECP256K1_ORDER.into(), BLS_ORDER.into()]
    },
    dict: &[b"\xff\xff\xff\xff", b"\x73\xed\xa7\x53"],
};

const SECP256K1_ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe,
    0xba, 0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
];
/// The largest low s: half the order, rounded down.
const SECP256K1_HALF: [u8; 32] = [
    0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4, 0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0,
];
const BLS_ORDER: [u8; 32] = [
    0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05,
    0x53, 0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
];

fn secret_key(data: &[u8]) -> Reached {
    let Ok(bytes) = <[u8; 32]>::try_from(data) else { return Reached::No };
    let stored = SecretBytes::new(Zeroizing::new(bytes));
    let again = |secret: &SecretBytes<32>| secret.expose(|secret| *secret == bytes);
    let (any, zero) = (ed25519::SigningKey::from_seed(&stored), bytes == [0; 32]);
    assert!(again(&any.to_seed()));
    let key = ecdsa::SigningKey::from_secret_bytes(&stored);
    assert_eq!(key.is_ok(), !zero && bytes < SECP256K1_ORDER);
    assert!(key.is_err() || key.is_ok_and(|key| again(&key.to_secret_bytes())));
    let key = bls::SigningKey::from_secret_bytes(&stored);
    assert_eq!(key.is_ok(), !zero && bytes < BLS_ORDER);
    assert!(key.is_err() || key.is_ok_and(|key| again(&key.to_secret_bytes())));
    Reached::Yes
}
