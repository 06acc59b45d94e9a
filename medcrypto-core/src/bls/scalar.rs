//! Public scalars: challenges, weights, Lagrange coefficients.

use core::fmt;

use ff::Field;

use super::operators::additive_group;
use crate::DecodeError;

/// A public element of ℤᵣ; 32 bytes, big-endian, below r.
///
/// Copied and printed freely: a secret exponent is a [`SecretScalar`](super::SecretScalar).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Scalar(pub(super) blstrs::Scalar);

impl Scalar {
    /// Encoded length in bytes.
    pub const LEN: usize = 32;
    /// The additive identity.
    pub const ZERO: Self = Self(blstrs::Scalar::ZERO);
    /// The multiplicative identity.
    pub const ONE: Self = Self(blstrs::Scalar::ONE);

    /// `value` as a scalar.
    #[must_use]
    pub fn from_u64(value: u64) -> Self {
        // The conversion of the backend branches on whether the number is below r, which may be secret.
        Self::from_u128(value.into())
    }

    /// `value` as a scalar; the shape of a 128-bit batching weight.
    #[must_use]
    pub fn from_u128(value: u128) -> Self {
        let mut bytes = [0; 32];
        let (_, low) = bytes.split_at_mut(16);
        low.copy_from_slice(&value.to_be_bytes());
        // 128 bits are below r, so the default is unreachable.
        Self(blstrs::Scalar::from_bytes_be(&bytes).unwrap_or(blstrs::Scalar::ZERO))
    }

    /// `wide` mod r, big-endian: for 64 uniform bytes the bias is below 2⁻²⁵⁶.
    #[must_use]
    pub fn from_wide(wide: &[u8; 64]) -> Self {
        let shift = Self::from_u64(1 << 32).squared().squared();
        wide.chunks_exact(16).fold(Self::ZERO, |high, chunk| {
            let mut limb = [0; 16];
            limb.copy_from_slice(chunk);
            high * shift + Self::from_u128(u128::from_be_bytes(limb))
        })
    }

    /// Decodes 32 big-endian bytes.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`] when the integer is not below r.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        let scalar = blstrs::Scalar::from_bytes_be(bytes);
        Option::from(scalar).map(Self).ok_or(DecodeError::NonCanonical)
    }

    /// The 32 big-endian bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_bytes_be()
    }

    /// Whether this is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::ZERO
    }

    /// The multiplicative inverse; none of zero.
    #[must_use]
    pub fn invert(&self) -> Option<Self> {
        Option::from(self.0.invert()).map(Self)
    }

    fn squared(self) -> Self {
        self * self
    }
}

additive_group!(Scalar);

impl core::ops::Mul for Scalar {
    type Output = Self;
    fn mul(self, other: Self) -> Self {
        Self(self.0 * other.0)
    }
}

impl fmt::Debug for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Scalar({})", self.0)
    }
}
