//! Validated BLS12-381 types; no backend type appears in a signature.
//!
//! ```text
//! 𝔾₁, 𝔾₂   subgroups of prime order r, r a 255-bit prime      e : 𝔾₁ × 𝔾₂ → 𝔾ₜ
//! scalars  32 bytes, big-endian, below r                       𝔾₁ 48 bytes, 𝔾₂ 96 bytes, compressed (Zcash flags)
//! 𝔾ₜ       288 bytes, torus-compressed                         hashing to 𝔾₁, 𝔾₂ by RFC 9380
//! ```
//!
//! A value of these types is on the curve and in the subgroup: decoding checks both, and every
//! operation stays inside. Secrets are [`SecretScalar`], [`SecretResidue`] and [`SecretG1`]; an operation that takes
//! one is constant time in it, an operation named `_vartime` takes public values only.
//! Status: *standard* (curve, encodings and hashing), by blst and blstrs; the fixed-base combs are
//! ours. About 117 to 126 bits of classical security; not post-quantum.

mod affine;
mod comb;
mod ffi;
mod g1;
mod g2;
mod gt;
mod hash;
mod lookup;
mod operators;
mod pairing;
mod scalar;
mod secret_g1;
mod secret_residue;
mod secret_scalar;

pub use affine::{Abscissa, AffineG1s};
pub use comb::{FixedBaseG1, FixedBaseG2};
pub use g1::{G1, NonIdentityG1};
pub use g2::{G2, NonIdentityG2};
pub use gt::Gt;
pub use hash::{expand_message_xmd, hash_to_g1, hash_to_g2, hash_to_scalar, hash_to_secret_scalar};
pub use lookup::LookupG1;
pub use pairing::{
    PreparedG2, multi_pairing, multi_pairing_prepared, pairing, pairing_product_is_one,
};
pub use scalar::Scalar;
pub use secret_g1::SecretG1;
pub use secret_residue::{SecretExponent, SecretResidue};
pub use secret_scalar::SecretScalar;

/// A multi-exponentiation was given different numbers of points and scalars.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("as many scalars as points are needed")]
pub struct LengthMismatch;

#[cfg(test)]
mod rfc9380;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_exponents;
#[cfg(test)]
mod tests_tables;
