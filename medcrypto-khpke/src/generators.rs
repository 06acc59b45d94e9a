//! The generators of the crate, whose discrete logarithms nobody knows.
//!
//! ```text
//! P₁, P₂, P₃   the hash proof system        H   messages        Q   blinding of commitments
//! Xᵢ = hash_to_curve(DST "MEDCRYPTO-KHPKE-V01-GEN", label ‖ be32(i)),   label one of "P", "H", "Q"
//! ```
//! The index of H and Q is 0. Each comes with the comb of its constant-time multiplication, built once.

use core::fmt;
use std::sync::OnceLock;

use medcrypto_core::bls::{FixedBaseG1, G1, Scalar, SecretExponent, hash_to_g1};
use medcrypto_core::dst;

/// A point that is multiplied often, with its comb.
pub(crate) struct FixedPoint {
    point: G1,
    comb: FixedBaseG1,
}

impl FixedPoint {
    pub(crate) fn new(point: G1) -> Self {
        Self { point, comb: FixedBaseG1::new(&point) }
    }

    pub(crate) fn point(&self) -> &G1 {
        &self.point
    }

    /// `[secret]self`, constant time in `secret`.
    pub(crate) fn mul<S: SecretExponent>(&self, secret: &S) -> G1 {
        self.comb.mul(secret)
    }

    /// `[secret]self`, constant time in `secret`, its sign included.
    pub(crate) fn mul_i64(&self, secret: i64) -> G1 {
        self.comb.mul_i64(secret)
    }

    /// `[public]self`.
    pub(crate) fn mul_vartime(&self, public: &Scalar) -> G1 {
        self.comb.mul_vartime(public)
    }
}

impl fmt::Debug for FixedPoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.point.fmt(f)
    }
}

/// P₁, P₂, P₃, H and Q.
#[derive(Debug)]
pub(crate) struct Generators {
    pub(crate) p: [FixedPoint; 3],
    pub(crate) h: FixedPoint,
    pub(crate) q: FixedPoint,
}

/// The generators, computed at the first use: about 20 ms and 400 KiB.
pub(crate) fn generators() -> &'static Generators {
    static GENERATORS: OnceLock<Generators> = OnceLock::new();
    GENERATORS.get_or_init(|| Generators {
        p: [1, 2, 3].map(|i| FixedPoint::new(derived(b"P", i))),
        h: FixedPoint::new(derived(b"H", 0)),
        q: FixedPoint::new(derived(b"Q", 0)),
    })
}

/// The generator of a label and an index.
pub(crate) fn derived(label: &[u8; 1], index: u32) -> G1 {
    let [a, b, c, d] = index.to_be_bytes();
    let [label] = *label;
    hash_to_g1(dst::khpke::GEN, &[label, a, b, c, d])
}
