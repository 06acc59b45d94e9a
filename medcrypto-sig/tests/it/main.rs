//! The crate as its users see it. Tests are named after the trap of the design they exercise.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

mod bls;
mod codec;
mod ecdsa;
mod ed25519;
mod envelope;

use medcrypto_core::SecretBytes;
use medcrypto_core::zeroize::Zeroizing;

fn unhex(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

fn secret(text: &str) -> SecretBytes<32> {
    SecretBytes::new(Zeroizing::new(unhex(text).try_into().unwrap()))
}

/// A header in front of bare fields.
fn with_header(tag: u8, fields: &[u8]) -> Vec<u8> {
    [&[1, 1, tag], fields].concat()
}
