//! Targets of medcrypto-sig.

mod decoders;
mod verifiers;

use medcrypto_core::SecretBytes;
use medcrypto_sig::{
    bls, ecdsa, ed25519,
    envelope::{Domain, Envelope, Role},
};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

pub use decoders::{
    BLS_KEY, BLS_SIGNATURE, DUAL_ENVELOPE, ECDSA_KEY, ECDSA_SIGNATURE, ED25519_KEY,
    ED25519_SIGNATURE, ENVELOPE, SECRET_KEY,
};
pub use verifiers::{
    VERIFY_AGGREGATE, VERIFY_BLS, VERIFY_DUAL, VERIFY_ECDSA, VERIFY_ED25519, VERIFY_ENVELOPE,
    VERIFY_POSSESSION,
};

use crate::Target;

/// Targets of medcrypto-sig.
pub const TARGETS: &[&Target] = &[
    &ED25519_KEY,
    &ED25519_SIGNATURE,
    &ECDSA_KEY,
    &ECDSA_SIGNATURE,
    &BLS_KEY,
    &BLS_SIGNATURE,
    &ENVELOPE,
    &DUAL_ENVELOPE,
    &SECRET_KEY,
    &VERIFY_ED25519,
    &VERIFY_ECDSA,
    &VERIFY_POSSESSION,
    &VERIFY_BLS,
    &VERIFY_AGGREGATE,
    &VERIFY_ENVELOPE,
    &VERIFY_DUAL,
];

const MESSAGES: [&[u8]; 3] = [b"", b"m", b"a message of some length, so that edits have room"];

/// Secrets without relations among them: repeated bytes would make key 1 and key 2 add up to key 3.
fn secret(seed: u8) -> SecretBytes<32> {
    let mut secret: [u8; 32] = Sha256::digest([seed]).into();
    // Below every group order.
    secret[0] &= 0x3f;
    SecretBytes::new(Zeroizing::new(secret))
}

fn ed25519_key(seed: u8) -> ed25519::SigningKey {
    ed25519::SigningKey::from_seed(&secret(seed))
}

fn ecdsa_key(seed: u8) -> ecdsa::SigningKey {
    ecdsa::SigningKey::from_secret_bytes(&secret(seed)).unwrap()
}

fn bls_key(seed: u8) -> bls::SigningKey {
    bls::SigningKey::from_secret_bytes(&secret(seed)).unwrap()
}

fn envelope(role: Role) -> Envelope {
    Envelope {
        domain: Domain::new("sharing/settlement").unwrap(),
        chain_id: [7; 32],
        role,
        nonce: 3,
        payload_hash: [9; 32],
    }
}
