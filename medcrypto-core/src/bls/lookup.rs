//! Taking one of many public points without telling which.

use alloc::vec::Vec;
use core::fmt;

use blstrs::{G1Affine, G1Projective};
use group::{Curve, prime::PrimeCurveAffine};
use subtle::{ConditionallySelectable, ConstantTimeEq};

use super::G1;

/// Public points of 𝔾₁, read whole at every selection; about 100 bytes each.
pub struct LookupG1(Vec<G1Affine>);

impl LookupG1 {
    /// A table of `points`.
    #[must_use]
    pub fn new(points: &[G1]) -> Self {
        let projective: Vec<_> = points.iter().map(|point| point.0).collect();
        let mut table = alloc::vec![G1Affine::identity(); projective.len()];
        G1Projective::batch_normalize(&projective, &mut table);
        Self(table)
    }

    /// The point at the secret `index`, the identity beyond the end; constant time, and the whole table
    /// is read.
    #[must_use]
    pub fn select(&self, index: u32) -> G1 {
        let found = (0_u32..).zip(&self.0).fold(G1Affine::identity(), |found, (i, point)| {
            G1Affine::conditional_select(&found, point, i.ct_eq(&index))
        });
        G1(found.into())
    }
}

impl fmt::Debug for LookupG1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LookupG1").finish_non_exhaustive()
    }
}
