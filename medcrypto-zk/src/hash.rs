//! Hashing to the scalar field, before the reduction.
//!
//! ```text
//! h2f(dst, m) = SHA-512(len8(dst) ‖ dst ‖ m) mod r        (64 bytes, read big-endian)
//! ```
//!
//! This module returns the 64 bytes; the reduction belongs to the field.

use medcrypto_core::Dst;
use sha2::{Digest, Sha512};

/// `SHA-512(len8(dst) ‖ dst ‖ m)`.
pub(crate) fn h2f_wide(dst: Dst, m: &[u8]) -> [u8; 64] {
    // The registry holds no string of 256 bytes or more (a test of medcrypto-core says so).
    let len = u8::try_from(dst.as_bytes().len()).unwrap_or(u8::MAX);
    Sha512::new().chain_update([len]).chain_update(dst.as_bytes()).chain_update(m).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::h2f_wide;
    use medcrypto_core::dst::zk;
    use sha2::{Digest, Sha512};

    #[test]
    fn is_sha512_of_the_length_prefixed_domain_and_the_message() {
        let mut input = vec![28];
        input.extend_from_slice(b"MEDCRYPTO-ZK-V01-REQUIREMENT");
        input.extend_from_slice(b"abc");
        assert_eq!(h2f_wide(zk::REQUIREMENT, b"abc"), <[u8; 64]>::from(Sha512::digest(&input)));
        assert_ne!(h2f_wide(zk::REQUIREMENT, b"abc"), h2f_wide(zk::SCHEMA, b"abc"));
    }
}
