//! Many additions for one inversion, for searching and for building tables of public points.
//!
//! ```text
//! Pᵢ ± Q     λ = (±y_Q − yᵢ)/(x_Q − xᵢ),   x = λ² − xᵢ − x_Q,   y = λ·(xᵢ − x) − yᵢ
//! inversion  1/d₁ … 1/dₙ from one inverse of d₁⋯dₙ and 3(n − 1) products (Montgomery 1987)
//! ```
//! Variable time throughout: public points only.

use alloc::vec::Vec;

use blst::{blst_fp, blst_p1, blst_p1_affine};
use blstrs::G1Projective;
use group::{Group, prime::PrimeCurveAffine};

use super::{G1, ffi, g1};

/// Public points of 𝔾₁ in affine form, the identity left out; 96 bytes each.
#[derive(Clone, Debug, Default)]
pub struct AffineG1s(Vec<blst_p1_affine>);

/// Where a point has its x-coordinate: equal for P and −P alone, 64 bits of it.
///
/// The low 8 bytes of x·2³⁸⁴ mod p, the form in which the backend holds x.
pub type Abscissa = u64;

impl AffineG1s {
    /// The points of `points` that are not the identity.
    #[must_use]
    pub fn new(points: &[G1]) -> Self {
        Self(g1::affine(points.iter().filter(|point| !point.is_identity()).map(|point| point.0)))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The points themselves.
    pub fn iter(&self) -> impl Iterator<Item = G1> + '_ {
        self.0.iter().map(|point| G1(lifted(point)))
    }

    /// The abscissa of each.
    pub fn abscissas(&self) -> impl Iterator<Item = Abscissa> + '_ {
        self.0.iter().map(|point| abscissa(&point.x))
    }

    /// `Pᵢ + q` for every point, in order; none if one of them is the identity, or `q` is.
    #[must_use]
    pub fn translated_vartime(&self, q: &G1) -> Option<Self> {
        let [q] = Self::new(&[*q]).0[..] else { return None };
        self.added(|_| Some(q))
    }

    /// `Pᵢ + Sₖ` for every point, in order, with k the abscissa of Pᵢ modulo the number of `steps`; none
    /// if one of them is the identity, or there are no steps.
    #[must_use]
    pub fn stepped_vartime(&self, steps: &Self) -> Option<Self> {
        let index = |p: &blst_p1_affine| abscissa(&p.x).checked_rem(steps.len() as u64);
        self.added(|p| steps.0.get(usize::try_from(index(p)?).ok()?).copied())
    }

    fn added(&self, addend: impl Fn(&blst_p1_affine) -> Option<blst_p1_affine>) -> Option<Self> {
        let addends: Vec<_> = self.0.iter().map(addend).collect::<Option<_>>()?;
        let pairs = || self.0.iter().zip(&addends);
        let inverses = inverted(pairs().map(|(p, q)| ffi::fp_sub(&q.x, &p.x)));
        let sums = pairs().zip(inverses).map(|((p, q), inverse)| match inverse {
            Some(inverse) => Some(sum(p, q, &inverse)),
            None => doubled(p, q),
        });
        sums.collect::<Option<_>>().map(Self)
    }

    /// The abscissas of `q + Pᵢ` and `q − Pᵢ` for every point, in order; none where `q` is the identity,
    /// or `Pᵢ`, or `−Pᵢ`.
    #[must_use]
    pub fn around_vartime(&self, q: &G1) -> Vec<Option<[Abscissa; 2]>> {
        let [q] = Self::new(&[*q]).0[..] else { return alloc::vec![None; self.len()] };
        let inverses = inverted(self.0.iter().map(|p| ffi::fp_sub(&p.x, &q.x)));
        let both = |p: &blst_p1_affine, inverse: &blst_fp| {
            [p.y, ffi::fp_neg(&p.y)].map(|y| {
                let slope = ffi::fp_mul(&ffi::fp_sub(&y, &q.y), inverse);
                abscissa(&third_x(&slope, &q.x, &p.x))
            })
        };
        self.0
            .iter()
            .zip(inverses)
            .map(|(p, inverse)| inverse.map(|inverse| both(p, &inverse)))
            .collect()
    }
}

fn abscissa(x: &blst_fp) -> Abscissa {
    let [low, ..] = x.l;
    low
}

fn lifted(point: &blst_p1_affine) -> G1Projective {
    let mut affine = blstrs::G1Affine::default();
    *affine.as_mut() = *point;
    affine.into()
}

/// p + q by the inverse of x_q − x_p.
fn sum(p: &blst_p1_affine, q: &blst_p1_affine, inverse: &blst_fp) -> blst_p1_affine {
    let slope = ffi::fp_mul(&ffi::fp_sub(&q.y, &p.y), inverse);
    let x = third_x(&slope, &p.x, &q.x);
    let y = ffi::fp_sub(&ffi::fp_mul(&slope, &ffi::fp_sub(&p.x, &x)), &p.y);
    blst_p1_affine { x, y }
}

fn third_x(slope: &blst_fp, x1: &blst_fp, x2: &blst_fp) -> blst_fp {
    ffi::fp_sub(&ffi::fp_sub(&ffi::fp_sqr(slope), x1), x2)
}

/// p + q where the abscissas agree: the double, or nothing for the identity.
fn doubled(p: &blst_p1_affine, q: &blst_p1_affine) -> Option<blst_p1_affine> {
    let double = (p.y == q.y).then(|| lifted(p).double());
    double.and_then(|double| g1::affine(core::iter::once(double)).pop())
}

/// The inverses, none of zero.
fn inverted(values: impl Iterator<Item = blst_fp>) -> Vec<Option<blst_fp>> {
    let values: Vec<_> = values.collect();
    let one = one();
    let zero = blst_fp::default();
    let mut products = Vec::with_capacity(values.len());
    let mut product = one;
    for value in &values {
        products.push(product);
        if *value != zero {
            product = ffi::fp_mul(&product, value);
        }
    }
    let mut inverse = ffi::fp_inverse_vartime(&product);
    let mut inverses = alloc::vec![None; values.len()];
    for ((value, before), slot) in values.iter().zip(&products).zip(&mut inverses).rev() {
        if *value != zero {
            *slot = Some(ffi::fp_mul(&inverse, before));
            inverse = ffi::fp_mul(&inverse, value);
        }
    }
    inverses
}

/// 1 in the backend's form: the Z of an affine point.
fn one() -> blst_fp {
    let generator: G1Projective = blstrs::G1Affine::generator().into();
    let blst_p1 { z, .. } = generator.as_ref();
    *z
}
