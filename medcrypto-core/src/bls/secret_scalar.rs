//! Secret exponents.

use core::fmt;

use ff::Field;
use rand_core::{CryptoRng, RngCore};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::Scalar;
use crate::{DecodeError, declassify};

/// A secret exponent in `[1, r)`: 32 canonical bytes, wiped on drop.
///
/// The field element exists only inside an operation. Not `Copy`, not `Clone`, not comparable in
/// variable time, and `Debug` prints no digit of it.
///
/// ```compile_fail
/// # use medcrypto_core::bls::SecretScalar;
/// fn copied(secret: &SecretScalar) -> SecretScalar { secret.clone() }
/// ```
pub struct SecretScalar(Zeroizing<[u8; 32]>);

impl SecretScalar {
    /// Encoded length in bytes.
    pub const LEN: usize = 32;

    /// Samples from `[1, r)` by wide reduction; the bias is below 2⁻²⁵⁵.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        loop {
            let mut wide = Zeroizing::new([0; 64]);
            rng.fill_bytes(wide.as_mut_slice());
            // Once in 2²⁵⁵ draws.
            if let Some(scalar) = Self::from_wide(&wide) {
                return scalar;
            }
        }
    }

    /// `wide` mod r, big-endian; none when that is zero.
    #[must_use]
    pub fn from_wide(wide: &[u8; 64]) -> Option<Self> {
        Self::new(Scalar::from_wide(wide))
    }

    /// Decodes 32 big-endian bytes of a number in `[1, r)`.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], whatever is wrong.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        let decoded = blstrs::Scalar::from_bytes_be(bytes);
        let canonical = declassify(decoded.is_some().unwrap_u8(), "whether a scalar is below r");
        let scalar = (canonical == 1).then(|| Scalar(decoded.unwrap_or(blstrs::Scalar::ZERO)));
        scalar.and_then(Self::new).ok_or(DecodeError::NonCanonical)
    }

    /// The 32 big-endian bytes, for storage by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        self.0.clone()
    }

    /// `self + public`; none in the one case in r where the sum is zero.
    #[must_use]
    pub fn plus(&self, public: &Scalar) -> Option<Self> {
        Self::new(self.expose() + *public)
    }

    fn new(scalar: Scalar) -> Option<Self> {
        let bytes = Zeroizing::new(scalar.to_bytes());
        let zero = bytes.as_slice().ct_eq(&[0; 32]).unwrap_u8();
        (declassify(zero, "whether a scalar is 0") == 0).then(|| Self(bytes))
    }

    /// The field element, for one operation inside this module tree.
    pub(super) fn expose(&self) -> Scalar {
        // The bytes are canonical by construction, so the default is unreachable.
        Scalar(blstrs::Scalar::from_bytes_be(&self.0).unwrap_or(blstrs::Scalar::from(1)))
    }
}

impl fmt::Debug for SecretScalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretScalar").finish_non_exhaustive()
    }
}

impl ConstantTimeEq for SecretScalar {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_slice().ct_eq(other.0.as_slice())
    }
}
