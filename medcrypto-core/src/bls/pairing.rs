//! The pairing, products of pairings, and prepared second arguments.
//!
//! ```text
//! multi_pairing   Π e(Pᵢ, Qᵢ) = FE(Π f(Pᵢ, Qᵢ))     one final exponentiation, squarings shared
//! prepared        the lines of Q computed once: a pairing takes about 0.85 of the time
//! ```
//! Constant time in the points (blst), up to whether one is the identity.

use alloc::vec::Vec;
use core::fmt;

use blst::{blst_fp6, blst_fp12, blst_p1_affine};

use super::{G1, G2, Gt, ffi};
use crate::declassify;

/// `e(p, q)`.
#[must_use]
pub fn pairing(p: &G1, q: &G2) -> Gt {
    multi_pairing(&[(*p, *q)])
}

/// `Π e(pᵢ, qᵢ)`; 1 of nothing.
#[must_use]
pub fn multi_pairing(pairs: &[(G1, G2)]) -> Gt {
    // A pair with an identity contributes 1, and blst's n-fold loop wants finite points.
    let finite = || pairs.iter().filter(|(p, q)| is_finite(p.is_identity(), q.is_identity()));
    // Room for all up front: growth would leave a copy behind that nobody can wipe.
    let mut ps = Vec::with_capacity(pairs.len());
    let mut qs = Vec::with_capacity(pairs.len());
    ps.extend(finite().map(|(p, _)| *p.to_affine().as_ref()));
    qs.extend(finite().map(|(_, q)| *q.to_affine().as_ref()));
    let product = exponentiated(ffi::miller_loop(&ps, &qs));
    // A point of 𝔾₁ may be a key; the backend's type cannot wipe itself.
    ps.fill(blst_p1_affine::default());
    core::hint::black_box(&ps);
    product
}

/// `Π e(pᵢ, qᵢ)` with prepared second arguments; 1 of nothing.
#[must_use]
pub fn multi_pairing_prepared(pairs: &[(G1, &PreparedG2)]) -> Gt {
    let loops = pairs.iter().filter_map(|(p, q)| q.miller_loop(p));
    exponentiated(loops.reduce(|product, value| ffi::fp12_mul(&product, &value)))
}

/// Whether `Π e(pᵢ, qᵢ) = 1`. For public points: the answer is a branch.
#[must_use]
pub fn pairing_product_is_one(pairs: &[(G1, G2)]) -> bool {
    multi_pairing(pairs).is_identity()
}

/// A point of 𝔾₂ with the lines of its Miller loop; about 20 kB.
#[derive(Clone)]
pub struct PreparedG2 {
    point: G2,
    lines: Vec<blst_fp6>,
}

impl PreparedG2 {
    /// Computes the lines of `point`.
    #[must_use]
    pub fn new(point: &G2) -> Self {
        // The identity has no lines, and without lines the pairing is 1.
        let affine = (!point.is_identity()).then(|| point.to_affine());
        let lines = affine.map(|affine| ffi::lines(affine.as_ref())).unwrap_or_default();
        Self { point: *point, lines }
    }

    /// The point itself.
    #[must_use]
    pub const fn point(&self) -> &G2 {
        &self.point
    }

    /// `e(p, self)`.
    #[must_use]
    pub fn pairing(&self, p: &G1) -> Gt {
        exponentiated(self.miller_loop(p))
    }

    fn miller_loop(&self, p: &G1) -> Option<blst_fp12> {
        let finite = is_finite(p.is_identity(), false).then(|| p.to_affine());
        finite.and_then(|p| ffi::miller_loop_lines(&self.lines, p.as_ref()))
    }
}

impl fmt::Debug for PreparedG2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PreparedG2").field(&self.point).finish()
    }
}

fn is_finite(p_is_identity: bool, q_is_identity: bool) -> bool {
    !declassify(p_is_identity | q_is_identity, "whether a point is the identity")
}

fn exponentiated(value: Option<blst_fp12>) -> Gt {
    value.as_ref().map_or_else(Gt::identity, Gt::from_miller_loop)
}
