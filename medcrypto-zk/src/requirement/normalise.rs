//! From the syntax tree to the normal form: negation first, then folding.
//!
//! ```text
//! ¬all(e…) = any(¬e…)      ¬any(e…) = all(¬e…)      ¬at_least(k of n) = at_least(n − k + 1, ¬e…)
//! ¬(v ≤ c) = v ≥ c + 1     ¬(v in [a, b]) = any(v ≤ a − 1, v ≥ b + 1)
//! ```
//!
//! All of these are equivalences of the three-valued logic. Folding then keeps exactly the records
//! on which the value is True: an atom that the bounds of the schema make always true becomes
//! `present`, one that is always false becomes False. Counts never fold. Nested `all` in `all` and
//! `any` in `any` are flattened, their parts sorted by text and deduplicated; `at_least` is sorted
//! only, because there a repeated part counts twice.

use super::ast::{Atom, Expr, Op, Set};
use super::normal::{Formula, Intervals, Literal};
use super::print::Printer;
use crate::schema::{Date, FieldId, Schema, SlotType};

pub(super) fn normalise(schema: Schema, expr: &Expr) -> Formula {
    Normaliser(schema).expr(expr, false)
}

#[derive(Clone, Copy)]
struct Normaliser(Schema);

impl Normaliser {
    fn expr(self, expr: &Expr, negate: bool) -> Formula {
        let parts = |parts: &[Expr]| parts.iter().map(|part| self.expr(part, negate)).collect();
        match (expr, negate) {
            (Expr::Not(part), _) => self.expr(part, !negate),
            (Expr::All(list), false) | (Expr::Any(list), true) => self.all(parts(list)),
            (Expr::Any(list), false) | (Expr::All(list), true) => self.any(parts(list)),
            (Expr::AtLeast(k, list), false) => self.at_least(*k, parts(list)),
            (Expr::AtLeast(k, list), true) => {
                let n = u32::try_from(list.len()).unwrap_or(u32::MAX);
                self.at_least(n.saturating_sub(*k).saturating_add(1), parts(list))
            }
            (Expr::Atom(atom), false) => self.atom(atom),
            (Expr::Atom(atom), true) => self.negated(atom),
        }
    }

    fn all(self, parts: Vec<Formula>) -> Formula {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Formula::False => return Formula::False,
                Formula::All(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        self.sort(&mut flat);
        flat.dedup();
        alone(flat, Formula::All)
    }

    fn any(self, parts: Vec<Formula>) -> Formula {
        let mut flat = Vec::new();
        for part in parts {
            match part {
                Formula::False => {}
                Formula::Any(inner) => flat.extend(inner),
                other => flat.push(other),
            }
        }
        self.sort(&mut flat);
        flat.dedup();
        alone(flat, Formula::Any)
    }

    fn at_least(self, k: u32, mut parts: Vec<Formula>) -> Formula {
        parts.retain(|part| *part != Formula::False);
        if parts.len() < usize::try_from(k).unwrap_or(usize::MAX) {
            return Formula::False;
        }
        self.sort(&mut parts);
        Formula::AtLeast(k, parts)
    }

    fn sort(self, parts: &mut [Formula]) {
        parts.sort_by_cached_key(|part| Printer(self.0).formula(part));
    }

    fn atom(self, atom: &Atom) -> Formula {
        match atom {
            Atom::Number(f, op, value) => self.compared(*f, *op, *value),
            Atom::Range(f, lo, hi) => self.within(*f, self.encode(*f, *lo), self.encode(*f, *hi)),
            Atom::Age(f, op, years, on) => self.age(*f, *op, *years, *on),
            Atom::Is(f, value) => self.one_of(*f, vec![*value]),
            Atom::OneOf(f, values) => self.one_of(*f, values.clone()),
            Atom::Compare { left, plus, right, op } => self.compare(*left, *plus, *right, *op),
            Atom::Has(f, set) => Formula::Literal(Literal::Has(*f, intervals(set))),
            Atom::Lacks(f, set) => Formula::Literal(Literal::Lacks(*f, intervals(set))),
            Atom::Count(f, set, op, k) => self.count(*f, intervals(set), *op, *k),
            Atom::Present(f) => Formula::Literal(Literal::Present(*f)),
            Atom::Missing(f) => Formula::Literal(Literal::Missing(*f)),
        }
    }

    fn negated(self, atom: &Atom) -> Formula {
        match atom {
            Atom::Number(f, op, value) => self.compared(*f, op.negated(), *value),
            Atom::Range(f, lo, hi) => self.outside(*f, self.encode(*f, *lo), self.encode(*f, *hi)),
            Atom::Age(f, op, years, on) => self.age(*f, op.negated(), *years, *on),
            Atom::Is(f, value) => self.one_of(*f, self.others(*f, &[*value])),
            Atom::OneOf(f, values) => self.one_of(*f, self.others(*f, values)),
            Atom::Compare { left, plus, right, op } => {
                self.compare(*left, *plus, *right, op.negated())
            }
            Atom::Has(f, set) => Formula::Literal(Literal::Lacks(*f, intervals(set))),
            Atom::Lacks(f, set) => Formula::Literal(Literal::Has(*f, intervals(set))),
            Atom::Count(f, set, op, k) => self.count(*f, intervals(set), op.negated(), *k),
            Atom::Present(f) => Formula::Literal(Literal::Missing(*f)),
            Atom::Missing(f) => Formula::Literal(Literal::Present(*f)),
        }
    }

    /// Greatest encoded value of a field.
    fn range(self, field: FieldId) -> i64 {
        let range = self.0.spec(field).map_or(0, |spec| spec.range());
        i64::try_from(range).unwrap_or(i64::MAX)
    }

    /// A scaled value relative to the field's least one; outside the bounds too.
    fn encode(self, field: FieldId, scaled: i64) -> i64 {
        scaled - self.0.spec(field).map_or(0, |spec| spec.min)
    }

    fn at_most(self, field: FieldId, c: i64) -> Formula {
        match u64::try_from(c) {
            Err(_) => Formula::False,
            Ok(_) if c >= self.range(field) => Formula::Literal(Literal::Present(field)),
            Ok(c) => Formula::Literal(Literal::HiAtMost(field, c)),
        }
    }

    fn at_least_value(self, field: FieldId, c: i64) -> Formula {
        match u64::try_from(c) {
            Ok(_) if c > self.range(field) => Formula::False,
            Err(_) | Ok(0) => Formula::Literal(Literal::Present(field)),
            Ok(c) => Formula::Literal(Literal::LoAtLeast(field, c)),
        }
    }

    fn within(self, field: FieldId, a: i64, b: i64) -> Formula {
        let is_date = self.0.spec(field).is_some_and(|spec| spec.kind == SlotType::Date);
        let inside = 0 < a && b < self.range(field);
        match (u64::try_from(a), u64::try_from(b)) {
            (Ok(a), Ok(b)) if inside && !is_date => Formula::Literal(Literal::Within(field, a, b)),
            // One side is open, or the bound is written as two ages.
            _ => match (self.at_least_value(field, a), self.at_most(field, b)) {
                (Formula::Literal(Literal::Present(_)), other)
                | (other, Formula::Literal(Literal::Present(_))) => other,
                (lower, upper) => self.all(vec![lower, upper]),
            },
        }
    }

    fn outside(self, field: FieldId, a: i64, b: i64) -> Formula {
        match (self.at_most(field, a - 1), self.at_least_value(field, b + 1)) {
            // Every value is outside.
            (present @ Formula::Literal(Literal::Present(_)), _)
            | (_, present @ Formula::Literal(Literal::Present(_))) => present,
            (below, above) => self.any(vec![below, above]),
        }
    }

    fn compared(self, field: FieldId, op: Op, scaled: i64) -> Formula {
        let c = self.encode(field, scaled);
        match op {
            Op::Lt => self.at_most(field, c - 1),
            Op::Le => self.at_most(field, c),
            Op::Eq => self.within(field, c, c),
            Op::Ne => self.outside(field, c, c),
            Op::Ge => self.at_least_value(field, c),
            Op::Gt => self.at_least_value(field, c + 1),
        }
    }

    /// Born on the first day of being `years` old on `on`, or later, and so on.
    fn age(self, field: FieldId, op: Op, years: u16, on: Date) -> Formula {
        // Latest birthday of those at least `years` and at least `years + 1` old.
        let reached = self.encode(field, on.cutoff(years));
        let passed = self.encode(field, on.cutoff(years.saturating_add(1)));
        match op {
            Op::Ge => self.at_most(field, reached),
            Op::Gt => self.at_most(field, passed),
            Op::Lt => self.at_least_value(field, reached + 1),
            Op::Le => self.at_least_value(field, passed + 1),
            Op::Eq => self.within(field, passed + 1, reached),
            Op::Ne => self.outside(field, passed + 1, reached),
        }
    }

    fn one_of(self, field: FieldId, mut values: Vec<u64>) -> Formula {
        values.sort_unstable();
        values.dedup();
        let is_boolean = self.0.spec(field).is_some_and(|spec| spec.kind == SlotType::Boolean);
        match values.as_slice() {
            [] => Formula::False,
            [0] if is_boolean => self.at_most(field, 0),
            [1] if is_boolean => self.at_least_value(field, 1),
            all if all.len() > usize::try_from(self.range(field)).unwrap_or(usize::MAX) => {
                Formula::Literal(Literal::Present(field))
            }
            _ => Formula::Literal(Literal::OneOf(field, values)),
        }
    }

    fn others(self, field: FieldId, values: &[u64]) -> Vec<u64> {
        let range = self.0.spec(field).map_or(0, |spec| spec.range());
        (0..=range).filter(|value| !values.contains(value)).collect()
    }

    /// `left + plus OP right` on scaled values.
    fn compare(self, left: FieldId, plus: i64, right: FieldId, op: Op) -> Formula {
        let least = |field: FieldId| self.0.spec(field).map_or(0, |spec| spec.min);
        let offset = plus + least(left) - least(right);
        match op {
            Op::Le => self.at_most_field(left, right, offset),
            Op::Lt => self.at_most_field(left, right, offset + 1),
            Op::Ge => self.at_most_field(right, left, -offset),
            Op::Gt => self.at_most_field(right, left, 1 - offset),
            Op::Eq => self.all(vec![
                self.at_most_field(left, right, offset),
                self.at_most_field(right, left, -offset),
            ]),
            Op::Ne => self.any(vec![
                self.at_most_field(left, right, offset + 1),
                self.at_most_field(right, left, 1 - offset),
            ]),
        }
    }

    /// `left + offset ≤ right` on encoded values.
    fn at_most_field(self, left: FieldId, right: FieldId, offset: i64) -> Formula {
        let present = |field| Formula::Literal(Literal::Present(field));
        match offset {
            _ if offset > self.range(right) => Formula::False,
            _ if self.range(left) + offset <= 0 => self.all(vec![present(left), present(right)]),
            _ => Formula::Literal(Literal::Compare { left, right, offset }),
        }
    }

    /// Counts do not fold; `n ≥ 1` is `has`, `n = 0` is `lacks`.
    fn count(self, field: FieldId, set: Intervals, op: Op, k: u32) -> Formula {
        let at_least = |k, set| match k {
            1 => Formula::Literal(Literal::Has(field, set)),
            _ => Formula::Literal(Literal::CountAtLeast(field, set, k)),
        };
        let at_most = |k, set| match k {
            0 => Formula::Literal(Literal::Lacks(field, set)),
            _ => Formula::Literal(Literal::CountAtMost(field, set, k)),
        };
        match (op, k.checked_sub(1)) {
            (Op::Ge, _) => at_least(k, set),
            (Op::Gt, _) => at_least(k + 1, set),
            (Op::Le, _) | (Op::Eq, None) => at_most(k, set),
            (Op::Lt, Some(below)) => at_most(below, set),
            (Op::Eq, Some(_)) => Formula::Literal(Literal::CountEqual(field, set, k)),
            (Op::Ne, None) => at_least(1, set),
            (Op::Ne, Some(below)) => {
                self.any(vec![at_most(below, set.clone()), at_least(k + 1, set)])
            }
            // Excluded by the type-check: no count is below 0.
            (Op::Lt, None) => Formula::False,
        }
    }
}

/// One part stands for itself, none is False.
fn alone(mut parts: Vec<Formula>, group: fn(Vec<Formula>) -> Formula) -> Formula {
    match parts.len() {
        0 | 1 => parts.pop().unwrap_or(Formula::False),
        _ => group(parts),
    }
}

fn intervals(set: &Set) -> Intervals {
    let mut intervals = match set {
        Set::Codes(codes) => codes.iter().map(|code| (*code, *code)).collect(),
        Set::Under(interval) => vec![*interval],
    };
    intervals.sort_unstable();
    intervals.dedup();
    intervals
}
