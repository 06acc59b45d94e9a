//! Points of 𝔾₂.

use alloc::vec::Vec;
use core::fmt;

use blst::blst_p2;
use blstrs::{G2Affine, G2Projective};
use group::{Curve, Group, prime::PrimeCurveAffine};
use subtle::{Choice, ConstantTimeEq};

use super::{LengthMismatch, Scalar, SecretExponent, comb, ffi, operators::additive_group};
use crate::{DecodeError, declassify};

/// A point of 𝔾₂, perhaps the identity; 96 bytes, compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct G2(pub(super) G2Projective);

impl G2 {
    /// Encoded length in bytes.
    pub const LEN: usize = 96;

    /// The standard generator P₂.
    #[must_use]
    pub fn generator() -> Self {
        Self(G2Projective::generator())
    }

    /// The identity.
    #[must_use]
    pub fn identity() -> Self {
        Self(G2Projective::identity())
    }

    /// Whether this is the identity.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        self.0.is_identity().into()
    }

    /// `[secret]self`, constant time in `secret`.
    #[must_use]
    pub fn mul<S: SecretExponent>(&self, secret: &S) -> Self {
        Self(self.0 * secret.element().0)
    }

    /// `[secret]P₂`, constant time in `secret`, by a precomputed comb.
    #[must_use]
    pub fn mul_generator<S: SecretExponent>(secret: &S) -> Self {
        comb::generator_g2().mul(secret)
    }

    /// `[public]self`.
    #[must_use]
    pub fn mul_vartime(&self, public: &Scalar) -> Self {
        Self(self.0 * public.0)
    }

    /// `Σ [kᵢ]Pᵢ`; the identity of nothing.
    ///
    /// # Errors
    /// [`LengthMismatch`].
    pub fn multi_exp_vartime(points: &[Self], scalars: &[Scalar]) -> Result<Self, LengthMismatch> {
        if points.len() != scalars.len() {
            return Err(LengthMismatch);
        }
        // The backend's bucket method wants finite points, and at least two of them.
        let finite: Vec<_> =
            points.iter().zip(scalars).filter(|(point, _)| !point.is_identity()).collect();
        if let [] | [_] = finite[..] {
            return Ok(finite.iter().map(|(point, scalar)| point.mul_vartime(scalar)).sum());
        }
        let projective: Vec<_> = finite.iter().map(|(point, _)| point.0).collect();
        let mut affine = alloc::vec![G2Affine::identity(); projective.len()];
        G2Projective::batch_normalize(&projective, &mut affine);
        let affine: Vec<_> = affine.iter().map(|point| *point.as_ref()).collect();
        let scalars: Vec<_> = finite.iter().map(|(_, scalar)| scalar.0.to_bytes_le()).collect();
        let mut sum = G2Projective::identity();
        if let Some(point) = ffi::multi_exp_g2(&affine, &scalars) {
            *sum.as_mut() = point;
        }
        Ok(Self(sum))
    }

    /// Decodes a compressed point, the identity included.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], or [`DecodeError::NotInGroup`] off the curve or the subgroup.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        let mut point = G2Affine::identity();
        ffi::uncompress_g2(bytes, point.as_mut())?;
        if declassify(point.is_torsion_free().unwrap_u8(), "whether a point is in the subgroup")
            == 1
        {
            Ok(Self(point.into()))
        } else {
            Err(DecodeError::NotInGroup)
        }
    }

    /// The 96 compressed bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_compressed()
    }

    /// This point, which from here on is public for `reason`, with the coordinate Z = 1: what is left
    /// of a secret in a projective Z is gone. See [`declassify`].
    #[must_use]
    pub fn published(&self, reason: &'static str) -> Self {
        Self(declassify(self.to_affine(), reason).into())
    }

    pub(super) fn to_affine(self) -> G2Affine {
        self.0.to_affine()
    }
}

impl ConstantTimeEq for G2 {
    fn ct_eq(&self, other: &Self) -> Choice {
        // blst's own equality combines its verdicts without a branch; the one of blstrs does not.
        let (one, other): (&blst_p2, &blst_p2) = (self.0.as_ref(), other.0.as_ref());
        Choice::from(u8::from(one == other))
    }
}

additive_group!(G2);

impl fmt::Debug for G2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("G2(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// A point of 𝔾₂ other than the identity; 96 bytes, compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NonIdentityG2(G2Affine);

impl NonIdentityG2 {
    /// Encoded length in bytes.
    pub const LEN: usize = G2::LEN;

    /// Decodes a compressed point.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], [`DecodeError::NotInGroup`] or [`DecodeError::Identity`].
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        G2::from_bytes(bytes)?.try_into()
    }

    /// The 96 compressed bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_compressed()
    }

    /// The point as a member of the whole group.
    #[must_use]
    pub fn point(&self) -> G2 {
        G2(self.0.into())
    }
}

impl TryFrom<G2> for NonIdentityG2 {
    type Error = DecodeError;

    fn try_from(point: G2) -> Result<Self, DecodeError> {
        if declassify(point.is_identity(), "whether a point is the identity") {
            Err(DecodeError::Identity)
        } else {
            Ok(Self(point.to_affine()))
        }
    }
}

impl fmt::Debug for NonIdentityG2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NonIdentity{:?}", self.point())
    }
}
