//! The normal form of a requirement: what circuits compile and what the digest covers.
//!
//! ```text
//! formula   False | literal | all(f, …) | any(f, …) | at_least(k, f, …)
//! literal   holds only if the field is present, except Missing
//! ```
//!
//! There is no negation: it was pushed into the atoms, where it is another literal. There is no
//! True either, because no literal holds on a missing field. Thresholds are encoded values of the
//! field; on a record `[lo, hi]` is the field's interval and `n` the number of distinct codes of
//! its list that lie in one of the intervals.

use crate::schema::FieldId;

/// Disjoint intervals of codes, in increasing order; an explicit code is `(c, c)`.
pub(crate) type Intervals = Vec<(u64, u64)>;

/// A positive formula over literals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Formula {
    /// Never satisfied; only the whole formula can be this.
    False,
    /// One literal.
    Literal(Literal),
    /// Every part holds; at least two parts, none of them `All`, sorted by text, distinct.
    All(Vec<Formula>),
    /// Some part holds; at least two parts, none of them `Any`, sorted by text, distinct.
    Any(Vec<Formula>),
    /// At least so many of the parts hold (1 ≤ k ≤ number of parts); sorted by text, repeated
    /// parts count as often as they stand.
    AtLeast(u32, Vec<Formula>),
}

/// A positive literal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Literal {
    /// The field is present.
    Present(FieldId),
    /// The field is missing.
    Missing(FieldId),
    /// `hi ≤ c`, c below the greatest value of the field.
    HiAtMost(FieldId, u64),
    /// `lo ≥ c`, c ≥ 1.
    LoAtLeast(FieldId, u64),
    /// `lo ≥ a ∧ hi ≤ b`, a ≤ b; numbers and booleans, never dates.
    Within(FieldId, u64, u64),
    /// The value of an enum is one of these, in increasing order; not all of them.
    OneOf(FieldId, Vec<u64>),
    /// `hi_left + offset ≤ lo_right`, on encoded values.
    Compare {
        /// The lesser field.
        left: FieldId,
        /// The greater field.
        right: FieldId,
        /// What is added to the left value.
        offset: i64,
    },
    /// n ≥ 1.
    Has(FieldId, Intervals),
    /// n = 0, on a complete list.
    Lacks(FieldId, Intervals),
    /// n ≥ k, 2 ≤ k ≤ 63.
    CountAtLeast(FieldId, Intervals, u32),
    /// n ≤ k, 1 ≤ k ≤ 62, on a complete list.
    CountAtMost(FieldId, Intervals, u32),
    /// n = k, 1 ≤ k ≤ 62, on a complete list.
    CountEqual(FieldId, Intervals, u32),
}
