//! Elements of 𝔾ₜ and their compressed encoding.
//!
//! ```text
//! element   c₀ + c₁w ∈ 𝔽p¹²,  c₀, c₁ ∈ 𝔽p⁶,  in the subgroup of order r
//! encoding  b = (c₀ + 1)/c₁ ∈ 𝔽p⁶, six coefficients of 48 bytes, little-endian; 1 ↦ 288 zero bytes
//! decoding  (b + w)/(b − w), then membership in the subgroup
//! ```
//! Source: Naehrig, Barreto, Schwabe, "On compressible pairings and their computation"
//! (AFRICACRYPT 2008), section 4.1. The map is undefined at 1 only. Zero is a free code word: it
//! would decompress to −1, whose order is 2.
//!
//! | convention | blst | py_ecc |
//! |---|---|---|
//! | e(P₁, P₂) | [`Gt::generator`] | its own, raised to −3 |

use core::fmt;
use std::sync::OnceLock;

use blst::{blst_fp, blst_fp6, blst_fp12};

use super::{G1, G2, Scalar, ffi, pairing};
use crate::DecodeError;

/// An element of 𝔾ₜ, written multiplicatively; 288 bytes.
///
/// There is no exponentiation by a secret: raise in 𝔾₁ or 𝔾₂ and pair. Equality and encoding are
/// constant time, up to whether the element is 1.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Gt(blst_fp12);

impl Gt {
    /// Encoded length in bytes.
    pub const LEN: usize = 288;

    /// `e(P₁, P₂)`.
    #[must_use]
    pub fn generator() -> Self {
        static GENERATOR: OnceLock<Gt> = OnceLock::new();
        *GENERATOR.get_or_init(|| pairing(&G1::generator(), &G2::generator()))
    }

    /// The element 1.
    #[must_use]
    pub fn identity() -> Self {
        Self(blst_fp12::default())
    }

    /// Whether this is 1.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        *self == Self::identity()
    }

    /// `self⁻¹`.
    #[must_use]
    pub fn invert(&self) -> Self {
        // In the cyclotomic subgroup the inverse is the conjugate c₀ − c₁w.
        let [c0, c1] = self.0.fp6;
        Self(blst_fp12 { fp6: [c0, negated(c1)] })
    }

    /// `self` to the power `public`.
    #[must_use]
    pub fn pow_vartime(&self, public: &Scalar) -> Self {
        let bits =
            public.to_bytes().into_iter().flat_map(|byte| (0..8).rev().map(move |i| byte >> i & 1));
        bits.fold(Self::identity(), |power, bit| {
            let square = Self(ffi::cyclotomic_square(&power.0));
            if bit == 1 { square * *self } else { square }
        })
    }

    /// Decodes 288 bytes.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`] for a coefficient not below p, [`DecodeError::NotInGroup`].
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        let mut b = blst_fp6::default();
        for (coefficient, chunk) in coefficients_mut(&mut b).zip(bytes.chunks_exact(48)) {
            let chunk = chunk.try_into().map_err(|_| DecodeError::Length)?;
            *coefficient = ffi::fp_from_bytes(chunk);
            if ffi::fp_to_bytes(coefficient) != *chunk {
                return Err(DecodeError::NonCanonical);
            }
        }
        if b == blst_fp6::default() {
            return Ok(Self::identity());
        }
        let (plus, minus) = (one(), negated(one()));
        let denominator = ffi::fp12_inverse(&blst_fp12 { fp6: [b, minus] });
        let element = blst_fp12 { fp6: [b, plus] } * denominator;
        if element.in_group() { Ok(Self(element)) } else { Err(DecodeError::NotInGroup) }
    }

    /// The 288 bytes. A caller to whom they are secret wraps them in
    /// [`Zeroizing`](zeroize::Zeroizing).
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [mut c0, c1] = self.0.fp6;
        if let Some(constant) = coefficients_mut(&mut c0).next() {
            *constant = ffi::fp_add(constant, &ONE);
        }
        let zero = blst_fp6::default();
        // At 1 the inverse of c₁ = 0 is 0, and so is the product: the code word of 1.
        let b = blst_fp12 { fp6: [c0, zero] } * ffi::fp12_inverse(&blst_fp12 { fp6: [c1, zero] });
        let [mut b, _] = b.fp6;
        let mut bytes = [0; Self::LEN];
        for (chunk, coefficient) in bytes.chunks_exact_mut(48).zip(coefficients_mut(&mut b)) {
            chunk.copy_from_slice(&ffi::fp_to_bytes(coefficient));
        }
        bytes
    }

    /// The final exponentiation of a value of the Miller loop.
    pub(super) fn from_miller_loop(value: &blst_fp12) -> Self {
        Self(value.final_exp())
    }
}

/// 1 in 𝔽p, in Montgomery form: 2³⁸⁴ mod p.
const ONE: blst_fp = blst_fp {
    l: [
        0x7609_0000_0002_fffd,
        0xebf4_000b_c40c_0002,
        0x5f48_9857_53c7_58ba,
        0x77ce_5853_7052_5745,
        0x5c07_1a97_a256_ec6d,
        0x15f6_5ec3_fa80_e493,
    ],
};

fn one() -> blst_fp6 {
    let mut one = blst_fp6::default();
    coefficients_mut(&mut one).take(1).for_each(|constant| *constant = ONE);
    one
}

fn negated(mut a: blst_fp6) -> blst_fp6 {
    coefficients_mut(&mut a).for_each(|coefficient| *coefficient = ffi::fp_neg(coefficient));
    a
}

/// The six coefficients over 𝔽p, constant term first.
fn coefficients_mut(a: &mut blst_fp6) -> impl Iterator<Item = &mut blst_fp> {
    a.fp2.iter_mut().flat_map(|pair| pair.fp.iter_mut())
}

impl core::ops::Mul for Gt {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl fmt::Debug for Gt {
    /// Prints no coefficient: a pairing value is a key as often as not.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gt").finish_non_exhaustive()
    }
}
