//! Points to splice into proofs and keys: good ones, and every kind that a decoder has to refuse.

use std::sync::LazyLock;

use ark_bls12_381::{Fq, Fq2, Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_serialize::CanonicalSerialize;

/// Points of both groups; the last two of each pool are no points for a decoder.
pub(super) struct Pool {
    pub(super) first: Vec<G1Affine>,
    pub(super) second: Vec<G2Affine>,
}

impl Pool {
    /// How many points at the end of each pool a decoder refuses: one outside the subgroup, and the
    /// identity.
    pub(super) const REFUSED: usize = 2;

    /// Compressed, as in proofs and verifying keys.
    pub(super) fn first_bytes(&self, index: usize) -> [u8; 48] {
        compressed(&self.first[index])
    }

    /// Compressed, as in proofs and verifying keys.
    pub(super) fn second_bytes(&self, index: usize) -> [u8; 96] {
        compressed(&self.second[index])
    }
}

pub(super) fn compressed<const N: usize>(point: &impl CanonicalSerialize) -> [u8; N] {
    let mut bytes = Vec::with_capacity(N);
    point.serialize_compressed(&mut bytes).expect("a Vec takes every byte");
    bytes.try_into().expect("a point of this group")
}

pub(super) fn uncompressed(point: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    point.serialize_uncompressed(&mut bytes).expect("a Vec takes every byte");
    bytes
}

pub(super) static POOL: LazyLock<Pool> = LazyLock::new(|| {
    let scalars = || [1_u64, 2, 3, 0x1234_5678_9abc].map(Fr::from);
    let mut first: Vec<G1Affine> =
        scalars().map(|k| (G1Affine::generator() * k).into_affine()).to_vec();
    let mut second: Vec<G2Affine> =
        scalars().map(|k| (G2Affine::generator() * k).into_affine()).to_vec();
    let outside = (0_u64..)
        .filter_map(|x| G1Affine::get_point_from_x_unchecked(Fq::from(x), false))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve());
    first.push(outside.expect("the cofactor is not 1"));
    first.push(G1Affine::zero());
    let outside = (0_u64..)
        .filter_map(|x| {
            G2Affine::get_point_from_x_unchecked(Fq2::new(x.into(), 1_u64.into()), false)
        })
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve());
    second.push(outside.expect("the cofactor is not 1"));
    second.push(G2Affine::zero());
    Pool { first, second }
});
