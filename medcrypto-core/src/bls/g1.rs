//! Points of 𝔾₁.

use alloc::vec::Vec;
use core::fmt;

use blst::blst_p1_affine;
use blstrs::{G1Affine, G1Projective};
use group::{Curve, Group, prime::PrimeCurveAffine};
use zeroize::DefaultIsZeroes;

use super::{LengthMismatch, Scalar, SecretExponent, comb, ffi, operators::additive_group};
use crate::{DecodeError, declassify};

/// A point of 𝔾₁, perhaps the identity; 48 bytes, compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct G1(pub(super) G1Projective);

impl G1 {
    /// Encoded length in bytes.
    pub const LEN: usize = 48;

    /// The standard generator P₁.
    #[must_use]
    pub fn generator() -> Self {
        Self(G1Projective::generator())
    }

    /// The identity.
    #[must_use]
    pub fn identity() -> Self {
        Self(G1Projective::identity())
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

    /// `[secret]P₁`, constant time in `secret`, by a precomputed comb.
    #[must_use]
    pub fn mul_generator<S: SecretExponent>(secret: &S) -> Self {
        comb::generator_g1().mul(secret)
    }

    /// `[secret]self` for a secret below 2^`bits`, constant time in it: the bits above do not count.
    #[must_use]
    pub fn mul_bounded<S: SecretExponent>(&self, secret: &S, bits: usize) -> Self {
        let mut scalar = secret.little_endian();
        // The backend rounds large bounds up to whole bytes.
        (0_usize..).zip(scalar.iter_mut()).for_each(|(i, byte)| *byte &= low_bits(bits, 8 * i));
        let mut product = G1Projective::identity();
        *product.as_mut() = ffi::mul_g1(self.0.as_ref(), &scalar, bits);
        Self(product)
    }

    /// `[public]self`.
    #[must_use]
    pub fn mul_vartime(&self, public: &Scalar) -> Self {
        let scalar = public.0.to_bytes_le();
        let mut product = G1Projective::identity();
        *product.as_mut() = ffi::mul_g1(self.0.as_ref(), &scalar, 8 * used(&scalar));
        Self(product)
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
        let affine = affine(finite.iter().map(|(point, _)| point.0));
        let (scalars, width) = little_endian(finite.iter().map(|(_, scalar)| *scalar));
        let mut sum = G1Projective::identity();
        if let Some(point) = ffi::multi_exp_g1(&affine, &scalars, width) {
            *sum.as_mut() = point;
        }
        Ok(Self(sum))
    }

    /// Decodes a compressed point, the identity included.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], or [`DecodeError::NotInGroup`] off the curve or the subgroup.
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        let mut point = G1Affine::identity();
        ffi::uncompress_g1(bytes, point.as_mut())?;
        if declassify(point.is_torsion_free().unwrap_u8(), "whether a point is in the subgroup")
            == 1
        {
            Ok(Self(point.into()))
        } else {
            Err(DecodeError::NotInGroup)
        }
    }

    /// The 48 compressed bytes.
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

    pub(super) fn to_affine(self) -> G1Affine {
        self.0.to_affine()
    }
}

/// The affine forms, by one inversion.
pub(super) fn affine(points: impl Iterator<Item = G1Projective>) -> Vec<blst_p1_affine> {
    let projective: Vec<_> = points.collect();
    let mut affine = alloc::vec![G1Affine::identity(); projective.len()];
    G1Projective::batch_normalize(&projective, &mut affine);
    affine.iter().map(|point| *point.as_ref()).collect()
}

/// A mask of the bits below `bits` of the byte whose lowest bit is number `first`.
fn low_bits(bits: usize, first: usize) -> u8 {
    let kept = u32::try_from(bits.saturating_sub(first)).unwrap_or(u32::MAX);
    !u8::MAX.checked_shl(kept).unwrap_or(0)
}

/// The scalars, little-endian, each in as many bytes as the longest needs: a weight of 128 bits costs
/// half of a scalar.
fn little_endian<'a>(scalars: impl Iterator<Item = &'a Scalar>) -> (Vec<u8>, usize) {
    let scalars: Vec<_> = scalars.map(|scalar| scalar.0.to_bytes_le()).collect();
    let width = scalars.iter().map(used).max().unwrap_or(1);
    (scalars.iter().flat_map(|bytes| bytes.iter().take(width)).copied().collect(), width)
}

/// How many bytes a little-endian scalar needs; one for 0.
fn used(scalar: &[u8; 32]) -> usize {
    scalar.iter().rposition(|byte| *byte != 0).map_or(1, |i| i + 1)
}

additive_group!(G1);

/// The identity.
impl Default for G1 {
    fn default() -> Self {
        Self::identity()
    }
}

/// For points that were computed from secrets.
impl DefaultIsZeroes for G1 {}

impl fmt::Debug for G1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("G1(")?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// A point of 𝔾₁ other than the identity; 48 bytes, compressed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct NonIdentityG1(G1Affine);

impl NonIdentityG1 {
    /// Encoded length in bytes.
    pub const LEN: usize = G1::LEN;

    /// Decodes a compressed point.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], [`DecodeError::NotInGroup`] or [`DecodeError::Identity`].
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        G1::from_bytes(bytes)?.try_into()
    }

    /// The 48 compressed bytes.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_compressed()
    }

    /// The point as a member of the whole group.
    #[must_use]
    pub fn point(&self) -> G1 {
        G1(self.0.into())
    }
}

impl TryFrom<G1> for NonIdentityG1 {
    type Error = DecodeError;

    fn try_from(point: G1) -> Result<Self, DecodeError> {
        if declassify(point.is_identity(), "whether a point is the identity") {
            Err(DecodeError::Identity)
        } else {
            Ok(Self(point.to_affine()))
        }
    }
}

impl fmt::Debug for NonIdentityG1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NonIdentity{:?}", self.point())
    }
}
