//! Secret points of 𝔾₁.

use core::fmt;

use blst::{blst_fp, blst_p1_affine, limb_t};
use group::prime::PrimeCurveAffine;
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{G1, NonIdentityG1, ffi};
use crate::{DecodeError, declassify};

/// A secret point of 𝔾₁ other than the identity, such as an identity key; wiped on drop.
///
/// Held as its 48 compressed bytes beside the limbs of its affine coordinates, so that a use decodes
/// nothing and branches on nothing.
pub struct SecretG1 {
    compressed: Zeroizing<[u8; 48]>,
    x: Zeroizing<[limb_t; 6]>,
    y: Zeroizing<[limb_t; 6]>,
}

impl SecretG1 {
    /// Encoded length in bytes.
    pub const LEN: usize = G1::LEN;

    /// Takes `point` into custody; the caller's copy is the caller's to forget.
    ///
    /// # Errors
    /// [`DecodeError::Identity`].
    pub fn new(point: G1) -> Result<Self, DecodeError> {
        if declassify(point.is_identity(), "whether a point is the identity") {
            return Err(DecodeError::Identity);
        }
        let affine = point.to_affine();
        let blst_p1_affine { x, y } = affine.as_ref();
        let compressed = Zeroizing::new(ffi::compress_g1(affine.as_ref()));
        Ok(Self { compressed, x: Zeroizing::new(x.l), y: Zeroizing::new(y.l) })
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
        let mut point = blstrs::G1Affine::identity();
        *point.as_mut() = blst_p1_affine { x: blst_fp { l: *self.x }, y: blst_fp { l: *self.y } };
        use_it(&G1(point.into()))
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
