//! Hashing to the groups and to scalars, by RFC 9380.
//!
//! ```text
//! 𝔾₁       hash_to_curve, BLS12381G1_XMD:SHA-256_SSWU_RO_         𝔾₂  the same with G2
//! scalar   expand_message_xmd(SHA-256, 48 bytes), big-endian, mod r; the bias is below 2⁻¹²⁸
//! nonzero  the same over message ‖ 0x00, 0x01, … until the value is not zero
//! ```

use alloc::vec::Vec;

use blstrs::{G1Projective, G2Projective};
use zeroize::Zeroizing;

use super::{G1, G2, Scalar, SecretScalar, ffi};
use crate::Dst;

/// Hashes to 𝔾₁; nobody knows a discrete logarithm of the result.
#[must_use]
pub fn hash_to_g1(dst: Dst, message: &[u8]) -> G1 {
    G1(G1Projective::hash_to_curve(message, dst.as_bytes(), &[]))
}

/// Hashes to 𝔾₂; nobody knows a discrete logarithm of the result.
#[must_use]
pub fn hash_to_g2(dst: Dst, message: &[u8]) -> G2 {
    G2(G2Projective::hash_to_curve(message, dst.as_bytes(), &[]))
}

/// Hashes to ℤᵣ.
#[must_use]
pub fn hash_to_scalar(dst: Dst, message: &[u8]) -> Scalar {
    let mut wide = Zeroizing::new([0; 64]);
    let (_, low) = wide.split_at_mut(16);
    ffi::expand_message_xmd(low, message, dst.as_bytes());
    Scalar::from_wide(&wide)
}

/// Hashes a secret message to a secret exponent in `[1, r)`.
#[must_use]
pub fn hash_to_secret_scalar(dst: Dst, message: &[u8]) -> SecretScalar {
    first_nonzero(message, |numbered, wide| {
        let (_, low) = wide.split_at_mut(16);
        ffi::expand_message_xmd(low, numbered, dst.as_bytes());
    })
}

/// The first hash of `message ‖ 0x00, 0x01, …` that is not zero; `expand` is given zeros to fill.
fn first_nonzero(message: &[u8], mut expand: impl FnMut(&[u8], &mut [u8; 64])) -> SecretScalar {
    let mut numbered = Zeroizing::new(Vec::with_capacity(message.len() + 1));
    numbered.extend_from_slice(message);
    numbered.push(0);
    loop {
        let mut wide = Zeroizing::new([0; 64]);
        expand(&numbered, &mut wide);
        if let Some(scalar) = SecretScalar::from_wide(&wide) {
            return scalar;
        }
        // Once in 2²⁵⁵ messages.
        numbered.last_mut().into_iter().for_each(|counter| *counter = counter.wrapping_add(1));
    }
}

/// `expand_message_xmd` over SHA-256 (RFC 9380, section 5.3.1), `N ≤ 8160` bytes.
#[must_use]
pub fn expand_message_xmd<const N: usize>(dst: Dst, message: &[u8]) -> [u8; N] {
    const { assert!(N <= 255 * 32, "expand_message_xmd gives at most 255 blocks") };
    let mut out = [0; N];
    ffi::expand_message_xmd(&mut out, message, dst.as_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// T33: a hash that gives 0, or r, is asked again under the next number.
    #[test]
    fn t33_a_hash_to_zero_is_repeated_under_the_next_number() {
        let mut r = [0; 64];
        r[32..].copy_from_slice(&(-Scalar::ONE).to_bytes());
        r[63] += 1;
        let mut five = [0; 64];
        five[63] = 5;
        let (mut answers, mut asked) = ([[0; 64], r, five].into_iter(), Vec::new());
        let scalar = first_nonzero(b"m", |numbered, wide| {
            asked.push(numbered.to_vec());
            *wide = answers.next().unwrap();
        });
        assert_eq!(asked, [*b"m\0", *b"m\x01", *b"m\x02"]);
        assert_eq!(*scalar.to_secret_bytes(), Scalar::from_u64(5).to_bytes());
    }
}
