//! Bits, comparisons and counting.
//!
//! ```text
//! bit          b·(1 − b) = 0
//! in range     x ∈ [0, 2ⁿ): n − 1 bits, and (x − Σ 2ⁱbᵢ)/2ⁿ⁻¹ is a bit                  n rows
//! a ≤ b        b − a ∈ [0, 2ⁿ)                                       enforced             n rows
//!              top bit of 2ⁿ + b − a in n + 1 bits                   as a bit         n + 1 rows
//! x ≠ 0        x·y = b,  x·(1 − b) = 0                               as a bit            2 rows
//! ```
//!
//! Every operand must lie in [0, 2ⁿ) already; the record's leaves and the schema bounds see to it.
//! A wrapped difference is r − d with d < 2ⁿ, which has no n-bit form because 2ⁿ⁺¹ < r: a
//! [`Width`] is at most 64 bits.

use ark_ff::{AdditiveGroup, BigInteger, Field, PrimeField, Zero};

use super::system::{Lc, System};
use crate::field::Fr;

/// A combination that rows force to 0 or 1. Only constraining functions make one.
#[derive(Clone)]
pub(crate) struct Bit(Lc);

impl Bit {
    /// The constant 0 or 1.
    pub(crate) fn constant(value: bool) -> Self {
        Self(Lc::constant(u64::from(value)))
    }

    /// Forces `x` to 0 or 1.
    pub(crate) fn enforce(system: &mut System, x: Lc) -> Self {
        if !x.is_constant() {
            system.enforce(x.clone(), Lc::constant(1u64) - &x, Lc::zero());
        }
        Self(x)
    }

    /// A new column, forced to 0 or 1.
    pub(crate) fn witness(system: &mut System, value: bool) -> Self {
        let column = system.witness(Fr::from(u64::from(value)));
        Self::enforce(system, column)
    }

    /// The combination.
    pub(crate) const fn lc(&self) -> &Lc {
        &self.0
    }

    /// Its value.
    pub(crate) fn is_set(&self) -> bool {
        self.0.value() == Fr::ONE
    }

    /// Requires the bit to be 1.
    pub(crate) fn enforce_set(self, system: &mut System) {
        system.enforce_equal(self.0, &Lc::constant(1u64));
    }

    /// Requires `x = 0` when the bit is 1.
    pub(crate) fn implies_zero(&self, system: &mut System, x: Lc) {
        system.enforce(self.0.clone(), x, Lc::zero());
    }

    /// `self ∧ other`.
    pub(crate) fn and(&self, system: &mut System, other: &Self) -> Self {
        Self(system.product(&self.0, &other.0))
    }

    /// `¬self`. For selectors only: requirements are in negation normal form.
    pub(crate) fn complement(&self) -> Self {
        Self(Lc::constant(1u64) - &self.0)
    }

    /// Whether every bit is 1.
    pub(crate) fn all(system: &mut System, bits: &[Self]) -> Self {
        match bits {
            [] => Self::constant(true),
            [one] => one.clone(),
            [a, b] => a.and(system, b),
            more => is_zero(system, &(Lc::constant(count(more)) - &Self::total(more))),
        }
    }

    /// Whether some bit is 1.
    pub(crate) fn any(system: &mut System, bits: &[Self]) -> Self {
        match bits {
            [one] => one.clone(),
            more => is_zero(system, &Self::total(more)).complement(),
        }
    }

    /// Number of bits that are 1.
    pub(crate) fn total(bits: &[Self]) -> Lc {
        Lc::sum(bits.iter().map(|bit| (Fr::ONE, &bit.0)))
    }
}

fn count(bits: &[Bit]) -> u64 {
    u64::try_from(bits.len()).unwrap_or(u64::MAX)
}

/// Width of a comparison in bits, 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Width(u32);

impl Width {
    /// At least one bit, at most 64. A wider range would be cut to 64 bits, which refuses values and
    /// accepts none that it should not; schemas stay below 61.
    pub(crate) const fn new(bits: u32) -> Self {
        match bits {
            0 => Self(1),
            1..=64 => Self(bits),
            _ => Self(64),
        }
    }

    /// The width that holds every value up to `max`.
    pub(crate) const fn holding(max: u64) -> Self {
        Self::new(u64::BITS - max.leading_zeros())
    }

    fn bound(self) -> Fr {
        Fr::from(2u64).pow([u64::from(self.0)])
    }
}

/// Requires `x ∈ [0, 2ⁿ)`.
pub(crate) fn enforce_range(system: &mut System, x: &Lc, width: Width) {
    let _ = split(system, x, width);
}

/// Splits `x ∈ [0, 2ⁿ)` into its top bit and the rest.
fn split(system: &mut System, x: &Lc, Width(bits): Width) -> Bit {
    let value = x.value().into_bigint();
    let low: Vec<Bit> = (0..bits.saturating_sub(1))
        .map(|i| Bit::witness(system, usize::try_from(i).is_ok_and(|i| value.get_bit(i))))
        .collect();
    let powers = core::iter::successors(Some(Fr::ONE), |power| Some(power.double()));
    let sum = Lc::sum(powers.zip(low.iter().map(Bit::lc)));
    let top = Fr::from(2u64).pow([u64::from(bits.saturating_sub(1))]);
    let scaled = &(x.clone() - &sum) * top.inverse().unwrap_or(Fr::ZERO);
    Bit::enforce(system, scaled)
}

/// Requires `a ≤ b` for operands in [0, 2ⁿ).
pub(crate) fn enforce_at_most(system: &mut System, a: &Lc, b: &Lc, width: Width) {
    enforce_range(system, &(b.clone() - a), width);
}

/// Whether `a ≤ b`, for operands in [0, 2ⁿ).
pub(crate) fn at_most(system: &mut System, a: &Lc, b: &Lc, width: Width) -> Bit {
    let shifted = Lc::constant(width.bound()) + b - a;
    split(system, &shifted, Width(width.0 + 1))
}

/// Whether `x = 0`.
pub(crate) fn is_zero(system: &mut System, x: &Lc) -> Bit {
    if x.is_constant() {
        return Bit::constant(x.value().is_zero());
    }
    let inverse = system.witness(x.value().inverse().unwrap_or(Fr::ZERO));
    let nonzero = system.product(x, &inverse);
    system.enforce(x.clone(), Lc::constant(1u64) - &nonzero, Lc::zero());
    Bit(nonzero).complement()
}

/// Whether `x` is one of `values`.
pub(crate) fn is_one_of(system: &mut System, x: &Lc, values: &[u64]) -> Bit {
    let mut product = Lc::constant(1u64);
    for value in values {
        product = system.product(&product, &(x.clone() - &Lc::constant(*value)));
    }
    is_zero(system, &product)
}
