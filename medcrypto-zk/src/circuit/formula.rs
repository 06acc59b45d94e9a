//! Formulas and literals as rows.
//!
//! ```text
//! enforced    All: every part;   Any: Σ bits · inverse = 1;   AtLeast k of m: Σ bits − k ∈ [0, 2ⁿ)
//! as a bit    All, Any, AtLeast over the bits of the parts
//! literal     its comparison and its presence (or absence)
//! ```
//!
//! Everything is monotone: a bit at 1 means that its literal holds and its field is present, and
//! there is no negation above a literal, so a prover who lowers a bit only hurts itself.

use ark_ff::{AdditiveGroup, Field};

use super::list::{self, Bound};
use super::view::{View, Views};
use crate::commitment::RecordTree;
use crate::field::Fr;
use crate::gadget::compare::{at_most, enforce_at_most, enforce_range, is_one_of, is_zero};
use crate::gadget::{Bit, Lc, System, Width};
use crate::requirement::normal::{Formula, Literal};
use crate::schema::FieldId;

/// What the rows of a formula are written from.
pub(super) struct Compiler<'a> {
    pub(super) system: &'a mut System,
    pub(super) views: &'a Views,
    pub(super) tree: &'a RecordTree,
}

impl Compiler<'_> {
    /// Requires the formula.
    pub(super) fn enforce(&mut self, formula: &Formula) {
        match formula {
            Formula::False => self.system.enforce_zero(Lc::constant(1u64)),
            Formula::Literal(literal) => self.enforce_literal(literal),
            Formula::All(parts) => parts.iter().for_each(|part| self.enforce(part)),
            Formula::Any(parts) => {
                let total = self.total(parts);
                let inverse = total.value().inverse().unwrap_or(Fr::ZERO);
                let inverse = self.system.witness(inverse);
                self.system.enforce(total, inverse, Lc::constant(1u64));
            }
            Formula::AtLeast(k, parts) => {
                let surplus = self.total(parts) - &Lc::constant(*k);
                let most = len(parts).saturating_sub(u64::from(*k));
                enforce_range(self.system, &surplus, Width::holding(most));
            }
        }
    }

    /// The formula as a bit; 1 only if it holds.
    fn bit(&mut self, formula: &Formula) -> Bit {
        match formula {
            Formula::False => Bit::constant(false),
            Formula::Literal(literal) => self.literal_bit(literal),
            Formula::All(parts) => {
                let bits = self.bits(parts);
                Bit::all(self.system, &bits)
            }
            Formula::Any(parts) => {
                let bits = self.bits(parts);
                Bit::any(self.system, &bits)
            }
            Formula::AtLeast(k, parts) => {
                let total = self.total(parts);
                at_most(self.system, &Lc::constant(*k), &total, Width::holding(len(parts)))
            }
        }
    }

    fn bits(&mut self, parts: &[Formula]) -> Vec<Bit> {
        parts.iter().map(|part| self.bit(part)).collect()
    }

    fn total(&mut self, parts: &[Formula]) -> Lc {
        let bits = self.bits(parts);
        Bit::total(&bits)
    }

    fn view(&self, field: FieldId) -> Option<&View> {
        self.views.fields.get(&field)
    }

    /// Requires one literal. A field outside the schema has no view and cannot be satisfied.
    fn enforce_literal(&mut self, literal: &Literal) {
        let Some(view) = self.view(literal.field()).cloned() else {
            return self.enforce(&Formula::False);
        };
        let system = &mut *self.system;
        match literal {
            Literal::Present(_) => view.present.enforce_set(system),
            Literal::Missing(_) => view.present.complement().enforce_set(system),
            Literal::HiAtMost(_, c) => {
                view.present.clone().enforce_set(system);
                enforce_at_most(system, &view.hi, &Lc::constant(*c), value_width(&view));
            }
            Literal::LoAtLeast(_, c) => {
                view.present.clone().enforce_set(system);
                enforce_at_most(system, &Lc::constant(*c), &view.lo, value_width(&view));
            }
            Literal::CountAtLeast(_, set, k) => {
                list::enforce_count(system, &view, (set, Bound::AtLeast(*k)), self.tree);
            }
            Literal::CountAtMost(_, set, k) => {
                list::enforce_count(system, &view, (set, Bound::AtMost(*k)), self.tree);
            }
            Literal::CountEqual(_, set, k) => {
                list::enforce_count(system, &view, (set, Bound::Equal(*k)), self.tree);
            }
            Literal::Within(..)
            | Literal::OneOf(..)
            | Literal::Compare { .. }
            | Literal::Has(..)
            | Literal::Lacks(..) => {
                let bit = self.literal_bit(literal);
                bit.enforce_set(self.system);
            }
        }
    }

    /// A bit that is 1 only if the literal holds.
    fn literal_bit(&mut self, literal: &Literal) -> Bit {
        let Some(view) = self.view(literal.field()).cloned() else { return Bit::constant(false) };
        let right = literal.other().and_then(|field| self.view(field)).cloned();
        let (system, tree) = (&mut *self.system, self.tree);
        let width = value_width(&view);
        match literal {
            Literal::Present(_) => view.present,
            Literal::Missing(_) => view.present.complement(),
            Literal::HiAtMost(_, c) => {
                let holds = at_most(system, &view.hi, &Lc::constant(*c), width);
                holds.and(system, &view.present)
            }
            Literal::LoAtLeast(_, c) => {
                let holds = at_most(system, &Lc::constant(*c), &view.lo, width);
                holds.and(system, &view.present)
            }
            Literal::Within(_, a, b) => within(system, &view, *a, *b),
            Literal::OneOf(_, values) => {
                let holds = is_one_of(system, &view.lo, values);
                holds.and(system, &view.present)
            }
            Literal::Compare { offset, .. } => {
                right.map_or(Bit::constant(false), |right| compare(system, &view, &right, *offset))
            }
            Literal::Has(_, set) => list::has(system, &view, set, tree),
            Literal::Lacks(_, set) => list::lacks(system, &view, set, tree),
            Literal::CountAtLeast(_, set, k) => {
                list::count_bit(system, &view, (set, Bound::AtLeast(*k)), tree)
            }
            Literal::CountAtMost(_, set, k) => {
                list::count_bit(system, &view, (set, Bound::AtMost(*k)), tree)
            }
            Literal::CountEqual(_, set, k) => {
                list::count_bit(system, &view, (set, Bound::Equal(*k)), tree)
            }
        }
    }
}

impl Literal {
    /// The field, the lesser one of a comparison.
    pub(super) const fn field(&self) -> FieldId {
        match self {
            Self::Present(field)
            | Self::Missing(field)
            | Self::HiAtMost(field, _)
            | Self::LoAtLeast(field, _)
            | Self::Within(field, _, _)
            | Self::OneOf(field, _)
            | Self::Compare { left: field, .. }
            | Self::Has(field, _)
            | Self::Lacks(field, _)
            | Self::CountAtLeast(field, _, _)
            | Self::CountAtMost(field, _, _)
            | Self::CountEqual(field, _, _) => *field,
        }
    }

    /// How often the literal opens a list.
    fn openings(&self) -> usize {
        match self {
            Self::Has(..) => 1,
            Self::Lacks(_, set) => set.len(),
            Self::CountAtLeast(_, set, _)
            | Self::CountAtMost(_, set, _)
            | Self::CountEqual(_, set, _) => set.len().saturating_mul(2),
            Self::Present(_)
            | Self::Missing(_)
            | Self::HiAtMost(..)
            | Self::LoAtLeast(..)
            | Self::Within(..)
            | Self::OneOf(..)
            | Self::Compare { .. } => 0,
        }
    }

    /// The greater field of a comparison.
    pub(super) const fn other(&self) -> Option<FieldId> {
        match self {
            Self::Compare { right, .. } => Some(*right),
            _ => None,
        }
    }
}

impl Formula {
    /// The fields that the formula reads.
    pub(super) fn fields(&self) -> Vec<FieldId> {
        let mut fields = Vec::new();
        self.collect_fields(&mut fields);
        fields.sort_unstable();
        fields.dedup();
        fields
    }

    /// How often the formula opens a list.
    pub(super) fn openings(&self) -> usize {
        match self {
            Self::False => 0,
            Self::Literal(literal) => literal.openings(),
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                parts.iter().map(Self::openings).fold(0, usize::saturating_add)
            }
        }
    }

    fn collect_fields(&self, fields: &mut Vec<FieldId>) {
        match self {
            Self::False => {}
            Self::Literal(literal) => {
                fields.push(literal.field());
                fields.extend(literal.other());
            }
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                parts.iter().for_each(|part| part.collect_fields(fields));
            }
        }
    }
}

fn len(parts: &[Formula]) -> u64 {
    u64::try_from(parts.len()).unwrap_or(u64::MAX)
}

fn value_width(view: &View) -> Width {
    Width::holding(view.spec.range())
}

fn within(system: &mut System, view: &View, a: u64, b: u64) -> Bit {
    let (a_lc, b_lc) = (Lc::constant(a), Lc::constant(b));
    let holds = if a == b {
        let low = is_zero(system, &(view.lo.clone() - &a_lc));
        let high = is_zero(system, &(view.hi.clone() - &b_lc));
        [low, high]
    } else {
        let width = value_width(view);
        let low = at_most(system, &a_lc, &view.lo, width);
        let high = at_most(system, &view.hi, &b_lc, width);
        [low, high]
    };
    let [low, high] = holds;
    Bit::all(system, &[low, high, view.present.clone()])
}

/// `hi_left + offset ≤ lo_right`.
fn compare(system: &mut System, left: &View, right: &View, offset: i64) -> Bit {
    let distance = offset.unsigned_abs();
    let shift = if offset < 0 { -Fr::from(distance) } else { Fr::from(distance) };
    let widest = left.spec.range().max(right.spec.range()).saturating_add(distance);
    let shifted = left.hi.clone() + &Lc::constant(shift);
    let holds = at_most(system, &shifted, &right.lo, Width::holding(widest));
    let both = left.present.and(system, &right.present);
    holds.and(system, &both)
}
