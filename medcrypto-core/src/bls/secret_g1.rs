//! Secret points of 𝔾₁.

use core::fmt;

use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{G1, NonIdentityG1};
use crate::DecodeError;

/// A secret point of 𝔾₁ other than the identity, such as an identity key; wiped on drop.
///
/// Held as its 48 compressed bytes beside the 96 affine ones, so that a use costs no square root.
pub struct SecretG1 {
    compressed: Zeroizing<[u8; 48]>,
    affine: Zeroizing<[u8; 96]>,
}

impl SecretG1 {
    /// Encoded length in bytes.
    pub const LEN: usize = G1::LEN;

    /// Takes `point` into custody; the caller's copy is the caller's to forget.
    ///
    /// # Errors
    /// [`DecodeError::Identity`].
    pub fn new(point: G1) -> Result<Self, DecodeError> {
        if point.is_identity() {
            return Err(DecodeError::Identity);
        }
        let affine = point.to_affine();
        Ok(Self {
            compressed: Zeroizing::new(affine.to_compressed()),
            affine: Zeroizing::new(affine.to_uncompressed()),
        })
    }

    /// Decodes 48 compressed bytes.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], whatever is wrong.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        NonIdentityG1::from_bytes(bytes)
            .and_then(|point| Self::new(point.point()))
            .map_err(|_| DecodeError::NonCanonical)
    }

    /// The 48 compressed bytes, for storage by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        self.compressed.clone()
    }

    /// Lends the point to `use_it`, which must not copy it out.
    pub fn expose<T>(&self, use_it: impl FnOnce(&G1) -> T) -> T {
        // The bytes were written by `new`, so the default is unreachable.
        let point = blstrs::G1Affine::from_uncompressed_unchecked(&self.affine);
        use_it(&G1(point.unwrap_or(blstrs::G1Affine::default()).into()))
    }
}

impl fmt::Debug for SecretG1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretG1").finish_non_exhaustive()
    }
}

impl ConstantTimeEq for SecretG1 {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.compressed.as_slice().ct_eq(other.compressed.as_slice())
    }
}
