//! Rank-1 constraint system with flat linear combinations.
//!
//! ```text
//! column      0 = one,  1…7 = public inputs,  8… = witness
//! row         ⟨a,z⟩ · ⟨b,z⟩ = ⟨c,z⟩
//! lc          constant + Σ coefficient·column, columns ascending, with its value beside it
//! ```
//!
//! | step | arkworks 0.6 | here |
//! |---|---|---|
//! | combinations | symbolic, inlined at the end (quadratic for running sums) | flat from the start |
//! | prover | synthesises and inlines again | values only; rows are the cached matrices |
//! | satisfiability | debug assertion | one flag, checked before any group operation |
//!
//! The assignment is wiped on drop; the short-lived values inside combinations are not.

use core::ops::{Add, Mul, Sub};

use ark_ff::{AdditiveGroup, Field, Zero};
use zeroize::Zeroize;

use crate::field::Fr;

/// One side of a row: coefficient and column, as arkworks spells it.
pub(crate) type Sparse = Vec<(Fr, usize)>;

/// A row `a·b = c`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) a: Sparse,
    pub(crate) b: Sparse,
    pub(crate) c: Sparse,
}

/// A linear combination of columns and its value under the current assignment.
///
/// Without rows (in the prover) the terms stay empty; `varies` then still tells a constant from
/// a combination, so the two runs make the same decisions.
#[derive(Clone)]
pub(crate) struct Lc {
    value: Fr,
    constant: Fr,
    terms: Sparse,
    varies: bool,
}

impl Lc {
    /// A constant.
    pub(crate) fn constant(value: impl Into<Fr>) -> Self {
        let value = value.into();
        Self { value, constant: value, terms: Vec::new(), varies: false }
    }

    /// Zero.
    pub(crate) fn zero() -> Self {
        Self::constant(Fr::ZERO)
    }

    /// Its value.
    pub(crate) const fn value(&self) -> Fr {
        self.value
    }

    /// Whether it has no column, in any run.
    pub(crate) const fn is_constant(&self) -> bool {
        !self.varies
    }

    /// Σ coefficient·combination.
    pub(crate) fn sum<'a>(parts: impl IntoIterator<Item = (Fr, &'a Self)>) -> Self {
        parts.into_iter().fold(Self::zero(), |sum, (scale, part)| sum.plus(scale, part))
    }

    fn plus(self, scale: Fr, other: &Self) -> Self {
        Self {
            value: self.value + scale * other.value,
            constant: self.constant + scale * other.constant,
            terms: merge(self.terms, scale, &other.terms),
            varies: self.varies || other.varies,
        }
    }

    fn into_sparse(self) -> Sparse {
        let constant = (!self.constant.is_zero()).then_some((self.constant, 0));
        constant.into_iter().chain(self.terms).collect()
    }
}

/// `left + scale·right`, columns ascending, zero coefficients dropped.
fn merge(left: Sparse, scale: Fr, right: &Sparse) -> Sparse {
    if right.is_empty() || scale.is_zero() {
        return left;
    }
    let mut out = Sparse::with_capacity(left.len() + right.len());
    let mut left = left.into_iter().peekable();
    for &(coefficient, column) in right {
        while let Some(term) = left.next_if(|term| term.1 < column) {
            out.push(term);
        }
        let own = left.next_if(|term| term.1 == column).map_or(Fr::ZERO, |term| term.0);
        let total = own + scale * coefficient;
        if !total.is_zero() {
            out.push((total, column));
        }
    }
    out.extend(left);
    out
}

impl Add<&Lc> for Lc {
    type Output = Lc;

    fn add(self, other: &Lc) -> Lc {
        self.plus(Fr::ONE, other)
    }
}

impl Sub<&Lc> for Lc {
    type Output = Lc;

    fn sub(self, other: &Lc) -> Lc {
        self.plus(-Fr::ONE, other)
    }
}

impl Mul<Fr> for &Lc {
    type Output = Lc;

    fn mul(self, scale: Fr) -> Lc {
        Lc::zero().plus(scale, self)
    }
}

/// The system under construction: the assignment, and the rows when they are wanted.
pub(crate) struct System {
    assignment: Vec<Fr>,
    rows: Option<Vec<Row>>,
    count: usize,
    violated: Option<usize>,
}

/// Public inputs of every circuit of this crate.
pub(crate) const INPUTS: usize = 7;

impl System {
    /// A system that records its rows.
    pub(crate) fn with_rows(inputs: &[Fr; INPUTS]) -> Self {
        let mut system = Self::values_only(inputs);
        system.rows = Some(Vec::new());
        system
    }

    /// A system that computes the assignment and remembers the first violated row.
    pub(crate) fn values_only(inputs: &[Fr; INPUTS]) -> Self {
        let assignment = core::iter::once(Fr::ONE).chain(inputs.iter().copied()).collect();
        Self { assignment, rows: None, count: 0, violated: None }
    }

    /// The combinations that are the public inputs, columns 1 to 7.
    pub(crate) fn inputs(&self) -> [Lc; INPUTS] {
        let value = |column: usize| self.assignment.get(column).copied().unwrap_or(Fr::ZERO);
        core::array::from_fn(|index| self.column(index + 1, value(index + 1)))
    }

    /// A new witness column.
    pub(crate) fn witness(&mut self, value: Fr) -> Lc {
        self.assignment.push(value);
        self.column(self.assignment.len() - 1, value)
    }

    fn column(&self, column: usize, value: Fr) -> Lc {
        let terms = if self.rows.is_some() { vec![(Fr::ONE, column)] } else { Vec::new() };
        Lc { value, constant: Fr::ZERO, terms, varies: true }
    }

    /// Adds the row `a·b = c`.
    pub(crate) fn enforce(&mut self, a: Lc, b: Lc, c: Lc) {
        if a.value * b.value != c.value && self.violated.is_none() {
            self.violated = Some(self.count);
        }
        self.count += 1;
        if let Some(rows) = &mut self.rows {
            rows.push(Row { a: a.into_sparse(), b: b.into_sparse(), c: c.into_sparse() });
        }
    }

    /// Adds the row `x·1 = 0`.
    pub(crate) fn enforce_zero(&mut self, x: Lc) {
        self.enforce(x, Lc::constant(Fr::ONE), Lc::zero());
    }

    /// Adds the row `x·1 = y·1`.
    pub(crate) fn enforce_equal(&mut self, x: Lc, y: &Lc) {
        self.enforce_zero(x - y);
    }

    /// A new column that holds `a·b`; constants need none.
    pub(crate) fn product(&mut self, a: &Lc, b: &Lc) -> Lc {
        if a.is_constant() {
            return b * a.value;
        }
        if b.is_constant() {
            return a * b.value;
        }
        let product = self.witness(a.value * b.value);
        self.enforce(a.clone(), b.clone(), product.clone());
        product
    }

    /// Number of rows so far.
    #[cfg(test)]
    pub(crate) const fn rows_so_far(&self) -> usize {
        self.count
    }

    /// The first row that does not hold.
    pub(crate) const fn violated(&self) -> Option<usize> {
        self.violated
    }

    /// Takes rows and assignment out.
    pub(crate) fn finish(mut self) -> (Vec<Row>, Vec<Fr>) {
        (self.rows.take().unwrap_or_default(), core::mem::take(&mut self.assignment))
    }
}

impl Drop for System {
    fn drop(&mut self) {
        self.assignment.zeroize();
    }
}
