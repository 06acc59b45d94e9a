//! The three-valued value of a requirement on a record: a walk over the tree as it was written.
//!
//! ```text
//! atom on a missing field   Unknown, except present and missing
//! atom on [lo, hi]          True if it holds for every value, False if for none, else Unknown
//! count on a list           n if complete; the interval [n, ∞) if partial
//! not, all, any             Kleene: ¬Unknown = Unknown, all = minimum, any = maximum
//! at_least(k of n)          True with k True parts, False with n − k + 1 False parts
//! ```
//!
//! This is the reference that circuits and normal form are compared with, so it shares nothing
//! with them: values are scaled numbers again, and an age is counted on the calendar.

use super::ast::{Atom, Expr, Op, Set};
use crate::record::{CodeList, Record};
use crate::schema::{Date, FieldId};

/// A truth value of Kleene's strong logic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Truth {
    /// The record contradicts it.
    False,
    /// The record does not say.
    Unknown,
    /// The record satisfies it.
    True,
}

impl Truth {
    const fn of(value: bool) -> Self {
        if value { Self::True } else { Self::False }
    }

    const fn not(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// True if `holds`, False if `fails`, else Unknown.
    const fn between(holds: bool, fails: bool) -> Self {
        match (holds, fails) {
            (true, _) => Self::True,
            (false, true) => Self::False,
            (false, false) => Self::Unknown,
        }
    }
}

/// All values that something may have.
type Interval = (i64, i64);

pub(super) fn evaluate(expr: &Expr, record: &Record) -> Truth {
    let values = |parts: &[Expr]| -> Vec<Truth> {
        parts.iter().map(|part| evaluate(part, record)).collect()
    };
    match expr {
        Expr::All(parts) => values(parts).into_iter().min().unwrap_or(Truth::Unknown),
        Expr::Any(parts) => values(parts).into_iter().max().unwrap_or(Truth::Unknown),
        Expr::Not(part) => evaluate(part, record).not(),
        Expr::AtLeast(k, parts) => at_least(*k, &values(parts)),
        Expr::Atom(Atom::Present(field)) => Truth::of(record.is_present(*field)),
        Expr::Atom(Atom::Missing(field)) => Truth::of(!record.is_present(*field)),
        Expr::Atom(atom) => answer(atom, record).unwrap_or(Truth::Unknown),
    }
}

fn at_least(k: u32, values: &[Truth]) -> Truth {
    let k = usize::try_from(k).unwrap_or(usize::MAX);
    let count = |wanted| values.iter().filter(|value| **value == wanted).count();
    Truth::between(count(Truth::True) >= k, values.len() - count(Truth::False) < k)
}

/// The value of an atom; `None` when a field is missing.
fn answer(atom: &Atom, record: &Record) -> Option<Truth> {
    Some(match atom {
        Atom::Number(field, op, c) => compare(*op, scaled(record, *field)?, (*c, *c)),
        Atom::Range(field, a, b) => {
            let (lo, hi) = scaled(record, *field)?;
            Truth::between(*a <= lo && hi <= *b, hi < *a || *b < lo)
        }
        Atom::Age(field, op, years, on) => {
            let (earliest, latest) = scaled(record, *field)?;
            let ages = (age(latest, *on)?, age(earliest, *on)?);
            compare(*op, ages, (i64::from(*years), i64::from(*years)))
        }
        Atom::Is(field, value) => member(record, *field, &[*value])?,
        Atom::OneOf(field, values) => member(record, *field, values)?,
        Atom::Compare { left, plus, right, op } => {
            let (lo, hi) = scaled(record, *left)?;
            compare(*op, (lo + plus, hi + plus), scaled(record, *right)?)
        }
        Atom::Has(field, set) => compare(Op::Ge, count(record.codes(*field)?, set), (1, 1)),
        Atom::Lacks(field, set) => compare(Op::Lt, count(record.codes(*field)?, set), (1, 1)),
        Atom::Count(field, set, op, k) => {
            compare(*op, count(record.codes(*field)?, set), (i64::from(*k), i64::from(*k)))
        }
        Atom::Present(_) | Atom::Missing(_) => return None,
    })
}

fn compare(op: Op, left: Interval, right: Interval) -> Truth {
    let certainly_less = left.1 < right.0;
    let certainly_more = left.0 > right.1;
    let same_point = left.0 == left.1 && right.0 == right.1 && left.0 == right.0;
    match op {
        Op::Lt => Truth::between(certainly_less, left.0 >= right.1),
        Op::Le => Truth::between(left.1 <= right.0, certainly_more),
        Op::Eq => Truth::between(same_point, certainly_less || certainly_more),
        Op::Ne | Op::Ge | Op::Gt => compare(op.negated(), left, right).not(),
    }
}

/// The scaled values that the record allows.
fn scaled(record: &Record, field: FieldId) -> Option<Interval> {
    let (lo, hi) = record.interval(field)?;
    let schema = record.schema();
    let spec = schema.spec(field)?;
    Some((spec.decode(lo)?, spec.decode(hi)?))
}

/// Full years on `on` of somebody born on a day; negative before birth.
fn age(born: i64, on: Date) -> Option<i64> {
    let (born_year, born_month, born_day) = Date::from_day_number(born)?.ymd();
    let (year, month, day) = on.ymd();
    let before_birthday = (month, day) < (born_month, born_day);
    Some(i64::from(year) - i64::from(born_year) - i64::from(before_birthday))
}

fn member(record: &Record, field: FieldId, values: &[u64]) -> Option<Truth> {
    let (lo, hi) = record.interval(field)?;
    let inside = values.contains(&lo);
    (lo == hi).then_some(Truth::of(inside))
}

/// How many codes of the set the patient may have.
fn count(list: &CodeList, set: &Set) -> Interval {
    let is_member = |code: &u64| match set {
        Set::Codes(codes) => codes.contains(code),
        Set::Under((lo, hi)) => lo <= code && code <= hi,
    };
    let known = list.codes().iter().filter(|code| is_member(code)).count();
    let known = i64::try_from(known).unwrap_or(i64::MAX);
    (known, if list.is_complete() { known } else { i64::MAX })
}
