//! The text of a syntax tree and the canonical text of a normal form.
//!
//! ```text
//! parse(print(e)) = e                          for every syntax tree
//! normal(parse(print(f))) = f                  for every normal form but False
//! ```
//!
//! Canonical text has one space after a comma and around an operator, numbers without trailing
//! zeros, sets in increasing order. A date threshold is written as an age of 0 years:
//! `born ≤ D ⇔ age(…) >= 0 on D` and `born > D ⇔ age(…) < 0 on D`.

use super::ast::{Atom, Expr, Set};
use super::normal::{Formula, Literal};
use crate::schema::{Date, FieldId, Schema, SlotSpec, SlotType};

/// Writes text under a schema. Ids and values that the schema does not know, which the type-check
/// excludes, print as `?`.
#[derive(Clone, Copy)]
pub(super) struct Printer(pub(super) Schema);

impl Printer {
    fn spec(self, field: FieldId) -> Option<&'static SlotSpec> {
        self.0.spec(field)
    }

    pub(super) fn name(self, field: FieldId) -> &'static str {
        self.spec(field).map_or("?", |spec| spec.name)
    }

    pub(super) fn unit(self, field: FieldId) -> &'static str {
        self.spec(field).map_or("?", |spec| spec.unit)
    }

    pub(super) fn number(self, field: FieldId, scaled: i64) -> String {
        decimal(scaled, self.spec(field).map_or(0, |spec| spec.decimals))
    }

    pub(super) fn value_name(self, field: FieldId, value: u64) -> &'static str {
        let index = usize::try_from(value).unwrap_or(usize::MAX);
        let names = self.spec(field).map_or([].as_slice(), |spec| match spec.kind {
            SlotType::Boolean => &["false", "true"],
            _ => spec.names,
        });
        names.get(index).copied().unwrap_or("?")
    }

    /// `system:code`.
    pub(super) fn code(self, field: FieldId, code: u64) -> String {
        let system = self.spec(field).and_then(|spec| spec.system);
        let text = system.and_then(|s| Some(format!("{}:{}", s.prefix(), s.decode(code)?)));
        text.unwrap_or_else(|| "?".into())
    }

    pub(super) fn prefix(self, field: FieldId, interval: (u64, u64)) -> String {
        let system = self.spec(field).and_then(|spec| spec.system);
        system.and_then(|s| s.prefix_of(interval)).unwrap_or_else(|| "?".into())
    }

    pub(super) fn expr(self, expr: &Expr) -> String {
        let list = |parts: &[Expr]| join(parts.iter().map(|part| self.expr(part)));
        match expr {
            Expr::All(parts) => format!("all({})", list(parts)),
            Expr::Any(parts) => format!("any({})", list(parts)),
            Expr::Not(part) => format!("not({})", self.expr(part)),
            Expr::AtLeast(k, parts) => format!("at_least({k}, {})", list(parts)),
            Expr::Atom(atom) => self.atom(atom),
        }
    }

    fn atom(self, atom: &Atom) -> String {
        match atom {
            Atom::Number(f, op, value) => self.compared(*f, op.symbol(), *value),
            Atom::Range(f, lo, hi) => self.ranged(*f, *lo, *hi),
            Atom::Age(f, op, years, on) => {
                format!("age({}) {} {years} on {on}", self.name(*f), op.symbol())
            }
            Atom::Is(f, value) => format!("{} = {}", self.name(*f), self.value_name(*f, *value)),
            Atom::OneOf(f, values) => self.named(*f, values),
            Atom::Compare { left, plus, right, op } => {
                let (plus, op) = (self.number(*left, *plus), op.symbol());
                format!("cmp({} + {plus}, {}) {op} 0", self.name(*left), self.name(*right))
            }
            Atom::Has(f, set) => format!("has({}, {})", self.name(*f), self.set(*f, set)),
            Atom::Lacks(f, set) => format!("lacks({}, {})", self.name(*f), self.set(*f, set)),
            Atom::Count(f, set, op, k) => {
                format!("count({}, {}) {} {k}", self.name(*f), self.set(*f, set), op.symbol())
            }
            Atom::Present(f) => format!("present({})", self.name(*f)),
            Atom::Missing(f) => format!("missing({})", self.name(*f)),
        }
    }

    fn compared(self, field: FieldId, op: &str, value: i64) -> String {
        let number = self.number(field, value);
        format!("{} {op} {number} \"{}\"", self.name(field), self.unit(field))
    }

    fn ranged(self, field: FieldId, lo: i64, hi: i64) -> String {
        let (lo, hi) = (self.number(field, lo), self.number(field, hi));
        format!("{} in [{lo}, {hi}] \"{}\"", self.name(field), self.unit(field))
    }

    fn named(self, field: FieldId, values: &[u64]) -> String {
        let names = values.iter().map(|value| self.value_name(field, *value).to_string());
        format!("{} in {{{}}}", self.name(field), join(names))
    }

    fn set(self, field: FieldId, set: &Set) -> String {
        match set {
            Set::Codes(codes) => {
                format!("{{{}}}", join(codes.iter().map(|code| self.code(field, *code))))
            }
            Set::Under(interval) => format!("under \"{}\"", self.prefix(field, *interval)),
        }
    }

    /// Canonical text.
    pub(super) fn formula(self, formula: &Formula) -> String {
        let list = |parts: &[Formula]| join(parts.iter().map(|part| self.formula(part)));
        match formula {
            Formula::False => "false".into(),
            Formula::Literal(literal) => self.literal(literal),
            Formula::All(parts) => format!("all({})", list(parts)),
            Formula::Any(parts) => format!("any({})", list(parts)),
            Formula::AtLeast(k, parts) => format!("at_least({k}, {})", list(parts)),
        }
    }

    fn literal(self, literal: &Literal) -> String {
        let counted = |f: FieldId, set: &[(u64, u64)], op: &str, k: u32| {
            format!("count({}, {}) {op} {k}", self.name(f), self.intervals(f, set))
        };
        match literal {
            Literal::Present(f) => format!("present({})", self.name(*f)),
            Literal::Missing(f) => format!("missing({})", self.name(*f)),
            Literal::HiAtMost(f, c) => self.bounded(*f, "<=", *c),
            Literal::LoAtLeast(f, c) => self.bounded(*f, ">=", *c),
            Literal::Within(f, a, b) if a == b => self.compared(*f, "=", self.value(*f, *a)),
            Literal::Within(f, a, b) => self.ranged(*f, self.value(*f, *a), self.value(*f, *b)),
            Literal::OneOf(f, values) => match values.as_slice() {
                [value] => format!("{} = {}", self.name(*f), self.value_name(*f, *value)),
                _ => self.named(*f, values),
            },
            Literal::Compare { left, right, offset } => {
                let least = |f: FieldId| self.spec(f).map_or(0, |spec| spec.min);
                let plus = self.number(*left, offset - least(*left) + least(*right));
                format!("cmp({} + {plus}, {}) <= 0", self.name(*left), self.name(*right))
            }
            Literal::Has(f, set) => format!("has({}, {})", self.name(*f), self.intervals(*f, set)),
            Literal::Lacks(f, set) => {
                format!("lacks({}, {})", self.name(*f), self.intervals(*f, set))
            }
            Literal::CountAtLeast(f, set, k) => counted(*f, set, ">=", *k),
            Literal::CountAtMost(f, set, k) => counted(*f, set, "<=", *k),
            Literal::CountEqual(f, set, k) => counted(*f, set, "=", *k),
        }
    }

    /// The scaled value of an encoding.
    fn value(self, field: FieldId, encoded: u64) -> i64 {
        self.spec(field).and_then(|spec| spec.decode(encoded)).unwrap_or(0)
    }

    /// A one-sided bound on a number, a date or a boolean.
    fn bounded(self, field: FieldId, op: &str, encoded: u64) -> String {
        let (name, value) = (self.name(field), self.value(field, encoded));
        let day = |number| Date::from_day_number(number).map_or("?".into(), |d| d.to_string());
        match (self.spec(field).map(|spec| spec.kind), op) {
            (Some(SlotType::Date), "<=") => format!("age({name}) >= 0 on {}", day(value)),
            (Some(SlotType::Date), _) => format!("age({name}) < 0 on {}", day(value - 1)),
            (Some(SlotType::Boolean), _) => format!("{name} = {}", self.value_name(field, encoded)),
            _ => self.compared(field, op, value),
        }
    }

    /// A set of explicit codes, or the interval of one prefix.
    fn intervals(self, field: FieldId, set: &[(u64, u64)]) -> String {
        match set {
            [(lo, hi)] if lo != hi => self.set(field, &Set::Under((*lo, *hi))),
            _ => self.set(field, &Set::Codes(set.iter().map(|(lo, _)| *lo).collect())),
        }
    }
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// A scaled number as a decimal without trailing zeros.
fn decimal(scaled: i64, decimals: u8) -> String {
    let sign = if scaled < 0 { "-" } else { "" };
    let width = usize::from(decimals);
    let digits = format!("{:0>width$}", scaled.unsigned_abs(), width = width + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - width).unwrap_or((&digits, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{whole}{point}{fraction}")
}
