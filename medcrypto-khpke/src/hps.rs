//! The hash proof system under everything (Cramer, Shoup 2002; for DLIN: Shacham 2007).
//!
//! ```text
//! language         L = {([r₁]P₁, [r₂]P₂, [r₁+r₂]P₃)} ⊂ 𝔾₁³            in L or not: DLIN
//! hashing key      κ = (κ₁, κ₂, κ₃) ∈ ℤᵣ³
//! projection       π(κ) = ([κ₁]P₁ + [κ₃]P₃, [κ₂]P₂ + [κ₃]P₃)
//! private          κ·X = [κ₁]X₁ + [κ₂]X₂ + [κ₃]X₃
//! public           [r₁]π₁ + [r₂]π₂ = κ·X for X ∈ L;  given π(κ), κ·X is uniform for X ∉ L
//! ```

use core::fmt;

use medcrypto_core::DecodeError;
use medcrypto_core::bls::{G1, NonIdentityG1, Scalar, SecretResidue};
use medcrypto_core::codec::{Reader, Writer};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::generators::generators;
use crate::sigma::Base;

/// κ; 96 bytes, wiped on drop.
pub(crate) struct HashingKey([SecretResidue; 3]);

impl HashingKey {
    pub(crate) const LEN: usize = 3 * SecretResidue::LEN;

    pub(crate) fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(core::array::from_fn(|_| SecretResidue::generate(rng)))
    }

    /// κ₁, κ₂, κ₃.
    pub(crate) fn parts(&self) -> &[SecretResidue; 3] {
        &self.0
    }

    /// κ once more, as part of the witness of a proof.
    pub(crate) fn copied(&self) -> [SecretResidue; 3] {
        self.0.each_ref().map(|part| part.scaled(&Scalar::ONE))
    }

    /// π(κ), constant time.
    ///
    /// # Errors
    /// [`DecodeError::Identity`] for a κ that projects onto the identity, two in 2²⁵⁵.
    pub(crate) fn projection(&self) -> Result<Projection, DecodeError> {
        let [k1, k2, k3] = &self.0;
        let [p1, p2, p3] = &generators().p;
        let shared = p3.mul(k3);
        Projection::new([p1.mul(k1) + shared, p2.mul(k2) + shared])
    }

    /// κ·X, constant time.
    pub(crate) fn evaluate(&self, x: &Element) -> G1 {
        self.0.iter().zip(x.points()).map(|(part, point)| point.mul(part)).sum()
    }

    /// κ + τ·other.
    pub(crate) fn plus_scaled(&self, tau: &Scalar, other: &Self) -> Self {
        let [a1, a2, a3] = &self.0;
        let [b1, b2, b3] = &other.0;
        let sum = |a: &SecretResidue, b: &SecretResidue| a.plus(&b.scaled(tau));
        Self([sum(a1, b1), sum(a2, b2), sum(a3, b3)])
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        self.0.iter().fold(writer, |writer, part| writer.array(part.to_secret_bytes().as_slice()))
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut part = || SecretResidue::from_bytes(&Zeroizing::new(reader.array()?));
        Ok(Self([part()?, part()?, part()?]))
    }
}

impl fmt::Debug for HashingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HashingKey").finish_non_exhaustive()
    }
}

/// π(κ); 96 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Projection([NonIdentityG1; 2]);

impl Projection {
    pub(crate) const LEN: usize = 2 * NonIdentityG1::LEN;

    fn new(points: [G1; 2]) -> Result<Self, DecodeError> {
        let [first, second] = points.map(|point| point.published("a projection"));
        Ok(Self([first.try_into()?, second.try_into()?]))
    }

    #[cfg(all(test, feature = "insecure-setup"))]
    pub(crate) fn of_points(points: [G1; 2]) -> Option<Self> {
        Self::new(points).ok()
    }

    /// π₁ and π₂.
    pub(crate) fn points(&self) -> [G1; 2] {
        self.0.map(|point| point.point())
    }

    pub(crate) fn bases(&self) -> [Base<'static>; 2] {
        self.points().map(Base::Point)
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        self.0.iter().fold(writer, |writer, point| writer.array(&point.to_bytes()))
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut point = || NonIdentityG1::from_bytes(&reader.array()?);
        Ok(Self([point()?, point()?]))
    }
}

/// X = (X₁, X₂, X₃), in L or not; 144 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Element([NonIdentityG1; 3]);

impl Element {
    /// # Errors
    /// [`DecodeError::Identity`].
    pub(crate) fn new(points: [G1; 3]) -> Result<Self, DecodeError> {
        let [x1, x2, x3] = points.map(|point| point.published("a part of a ciphertext"));
        Ok(Self([x1.try_into()?, x2.try_into()?, x3.try_into()?]))
    }

    /// X₁, X₂, X₃.
    pub(crate) fn points(&self) -> [G1; 3] {
        self.0.map(|point| point.point())
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        self.0.iter().fold(writer, |writer, point| writer.array(&point.to_bytes()))
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut point = || NonIdentityG1::from_bytes(&reader.array()?);
        Ok(Self([point()?, point()?, point()?]))
    }
}

/// r₁ and r₂, the witness that X is in L; wiped on drop.
pub(crate) struct Randomness {
    pub(crate) r1: SecretResidue,
    pub(crate) r2: SecretResidue,
}

impl Randomness {
    pub(crate) fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self { r1: SecretResidue::generate(rng), r2: SecretResidue::generate(rng) }
    }

    /// ([r₁]P₁, [r₂]P₂, [r₁+r₂]P₃), constant time.
    pub(crate) fn points(&self) -> [G1; 3] {
        let [p1, p2, p3] = &generators().p;
        [p1.mul(&self.r1), p2.mul(&self.r2), p3.mul(&self.r1.plus(&self.r2))]
    }

    /// [r₁]B₁ + [r₂]B₂, constant time: the public evaluation when B is a projection.
    pub(crate) fn evaluate(&self, bases: &[Base<'_>; 2]) -> G1 {
        let [first, second] = bases;
        first.mul(&self.r1) + second.mul(&self.r2)
    }

    /// τ·r.
    pub(crate) fn scaled(&self, tau: &Scalar) -> Self {
        Self { r1: self.r1.scaled(tau), r2: self.r2.scaled(tau) }
    }
}

impl fmt::Debug for Randomness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Randomness").finish_non_exhaustive()
    }
}
