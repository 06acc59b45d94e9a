//! medcrypto-sig: keys and signatures.
//!
//! ECDSA is k256, whose own branches `explained.tsv` explains one by one.

use medcrypto_core::SecretBytes;
use medcrypto_sig::{bls, ecdsa, ed25519};

use super::{Probe, clean, explained};
use crate::secret::{SecretRng, sink};

pub const PROBES: &[Probe] = &[
    clean("sig/ed25519-generate", || sink(ed25519::SigningKey::generate(&mut rng()))),
    clean("sig/ed25519-decode", || sink(ed25519::SigningKey::from_seed(&secret()).to_seed())),
    clean("sig/ed25519-sign", || {
        let key = ed25519::SigningKey::from_seed(&secret());
        sink(key.verifying_key().to_bytes());
        sink(key.sign(b"message").to_bytes());
    }),
    explained("sig/ecdsa-generate", || sink(ecdsa::SigningKey::generate(&mut rng()))),
    explained("sig/ecdsa-decode", || {
        let key = ecdsa::SigningKey::from_secret_bytes(&secret()).unwrap();
        sink(key.to_secret_bytes());
    }),
    explained("sig/ecdsa-sign", || {
        let key = ecdsa::SigningKey::from_secret_bytes(&secret()).unwrap();
        sink(key.verifying_key().to_bytes());
        sink(key.sign(b"message").to_bytes());
    }),
    clean("sig/bls-generate", || sink(bls::SigningKey::generate(&mut rng()))),
    clean("sig/bls-decode", || {
        let key = bls::SigningKey::generate(&mut rng()).to_secret_bytes();
        sink(bls::SigningKey::from_secret_bytes(&key).unwrap());
    }),
    clean("sig/bls-public-key", || {
        sink(bls::SigningKey::generate(&mut rng()).public_key().to_bytes());
    }),
    clean("sig/bls-sign", || {
        sink(bls::SigningKey::generate(&mut rng()).sign(b"message").to_bytes());
    }),
];

fn rng() -> SecretRng {
    SecretRng::new(1)
}

fn secret() -> SecretBytes<32> {
    SecretBytes::generate(&mut rng())
}
