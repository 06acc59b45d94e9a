//! Literals over lists of codes.
//!
//! ```text
//! has       one leaf of the list's tree whose lower neighbour lies in the set        one-sided
//! lacks     for each interval a leaf that straddles it, on a complete list           one-sided
//! count     Σ rank(hi + 1) − rank(lo), two openings an interval                      total
//! ```
//!
//! A one-sided literal has a bit that the prover chooses; the bit forces the opened root to be the
//! list's. With the bit at 0 a stand-in list is opened, so the rows are the same for every record.

use ark_ff::{AdditiveGroup, Field};

use super::view::View;
use crate::code_list::{Gap, GapTree};
use crate::commitment::RecordTree;
use crate::field::Fr;
use crate::gadget::compare::{at_most, enforce_at_most, enforce_range, is_zero};
use crate::gadget::hash::hash_4;
use crate::gadget::tree::open_dynamic;
use crate::gadget::{Bit, Lc, System, Width};
use crate::poseidon::PoseidonTag;
use crate::requirement::normal::Intervals;

/// An opened leaf of a gap tree.
struct Opened {
    low: Lc,
    high: Lc,
    root: Lc,
    position: Lc,
}

fn open(system: &mut System, list: &GapTree, index: usize) -> Opened {
    let none = Gap { low: 0, high: 0, salt: Fr::ZERO };
    let gap = list.gap(index).unwrap_or(&none);
    let low = system.witness(Fr::from(gap.low));
    let high = system.witness(Fr::from(gap.high));
    let salt = system.witness(gap.salt);
    let inputs = [low.clone(), high.clone(), salt, Lc::zero()];
    let digest = hash_4(system, PoseidonTag::Gap, inputs);
    let (root, position) = open_dynamic(system, PoseidonTag::ListNode, &digest, index, &list.nodes);
    Opened { low, high, root, position }
}

/// A list that no record holds, opened where the record's own cannot be.
fn stand_in(view: &View, codes: &[u64]) -> GapTree {
    GapTree::build(codes, view.spec.bits(), |_| Fr::ZERO)
}

fn width(view: &View) -> Width {
    Width::new(view.spec.bits())
}

/// A bit that is 1 only if the list is present and holds a code of `set`.
pub(super) fn has(system: &mut System, view: &View, set: &Intervals, tree: &RecordTree) -> Bit {
    let found = tree.list(view.slot).and_then(|list| {
        let hit = set
            .iter()
            .enumerate()
            .find_map(|(which, (lo, hi))| list.member(*lo, *hi).map(|index| (which, index)));
        hit.map(|(which, index)| (list, which, index))
    });
    let claim = Bit::witness(system, found.is_some());
    let first = set.first().map_or(1, |(lo, _)| *lo);
    let other = stand_in(view, &[first]);
    let (list, which, index) = found.unwrap_or((&other, 0, 1));
    let opened = open(system, list, index);
    within_one(system, view, set, which, &opened.low);
    claim.implies_zero(system, opened.root - view.root());
    claim.implies_zero(system, view.present.complement().lc().clone());
    claim
}

/// Requires `x` to lie in interval `which` of `set`; the choice stays private.
fn within_one(system: &mut System, view: &View, set: &Intervals, which: usize, x: &Lc) {
    let chosen: Vec<Bit> = match set.as_slice() {
        [_] => vec![Bit::constant(true)],
        more => (0..more.len()).map(|i| Bit::witness(system, i == which)).collect(),
    };
    if chosen.len() > 1 {
        system.enforce_equal(Bit::total(&chosen), &Lc::constant(1u64));
    }
    let pick = |end: fn(&(u64, u64)) -> u64| {
        Lc::sum(set.iter().map(|interval| Fr::from(end(interval))).zip(chosen.iter().map(Bit::lc)))
    };
    let (lo, hi) = (pick(|interval| interval.0), pick(|interval| interval.1));
    if set.iter().all(|(lo, hi)| lo == hi) {
        system.enforce_equal(lo, x);
    } else {
        enforce_at_most(system, &lo, x, width(view));
        enforce_at_most(system, x, &hi, width(view));
    }
}

/// A bit that is 1 only if the list is present, complete and without a code of `set`.
pub(super) fn lacks(system: &mut System, view: &View, set: &Intervals, tree: &RecordTree) -> Bit {
    let list = tree.list(view.slot).filter(|list| {
        let absent = |(lo, hi): &(u64, u64)| list.member(*lo, *hi).is_none();
        !view.partial.is_set() && set.iter().all(absent)
    });
    let claim = Bit::witness(system, list.is_some());
    let empty = stand_in(view, &[]);
    let list = list.unwrap_or(&empty);
    for (lo, hi) in set {
        let opened = open(system, list, list.rank(*lo));
        let one = Lc::constant(1u64);
        enforce_at_most(system, &(opened.low + &one), &Lc::constant(*lo), width(view));
        enforce_at_most(system, &(one + &Lc::constant(*hi)), &opened.high, width(view));
        claim.implies_zero(system, opened.root - view.root());
    }
    claim.implies_zero(system, view.partial.lc().clone());
    claim.implies_zero(system, view.present.complement().lc().clone());
    claim
}

/// How a count is compared.
#[derive(Clone, Copy)]
pub(super) enum Bound {
    /// At least k; holds on a partial list too.
    AtLeast(u32),
    /// At most k, on a complete list.
    AtMost(u32),
    /// Exactly k, on a complete list.
    Equal(u32),
}

/// Bits of a count: at most 63 codes.
const COUNT_WIDTH: Width = Width::new(6);

/// Whether the list is present and its number of codes in `set` meets `bound`; requires it.
pub(super) fn enforce_count(
    system: &mut System,
    view: &View,
    (set, bound): (&Intervals, Bound),
    tree: &RecordTree,
) {
    let total = count(system, view, set, tree);
    view.present.clone().enforce_set(system);
    match bound {
        Bound::AtLeast(k) => enforce_range(system, &(total - &Lc::constant(k)), COUNT_WIDTH),
        Bound::AtMost(k) => {
            system.enforce_zero(view.partial.lc().clone());
            enforce_range(system, &(Lc::constant(k) - &total), COUNT_WIDTH);
        }
        Bound::Equal(k) => {
            system.enforce_zero(view.partial.lc().clone());
            system.enforce_equal(total, &Lc::constant(k));
        }
    }
}

/// Whether the list is present and its number of codes in `set` meets `bound`.
pub(super) fn count_bit(
    system: &mut System,
    view: &View,
    (set, bound): (&Intervals, Bound),
    tree: &RecordTree,
) -> Bit {
    let total = count(system, view, set, tree);
    let complete = view.partial.complement();
    let met = match bound {
        Bound::AtLeast(k) => {
            let met = at_most(system, &Lc::constant(k), &total, COUNT_WIDTH);
            return met.and(system, &view.present);
        }
        Bound::AtMost(k) => at_most(system, &total, &Lc::constant(k), COUNT_WIDTH),
        Bound::Equal(k) => is_zero(system, &(total - &Lc::constant(k))),
    };
    let met = met.and(system, &complete);
    met.and(system, &view.present)
}

/// The number of codes in `set`, if the list is present.
fn count(system: &mut System, view: &View, set: &Intervals, tree: &RecordTree) -> Lc {
    let empty = stand_in(view, &[]);
    let list = tree.list(view.slot).unwrap_or(&empty);
    let mut total = Lc::zero();
    for (lo, hi) in set {
        let upper = rank(system, view, hi.saturating_add(1), list);
        let lower = rank(system, view, *lo, list);
        total = total + &upper - &lower;
    }
    total
}

/// The rank of `x`: total, because exactly one leaf has `low < x ≤ high`.
fn rank(system: &mut System, view: &View, x: u64, list: &GapTree) -> Lc {
    let opened = open(system, list, list.rank(x));
    let x = Lc::constant(x);
    enforce_at_most(system, &(opened.low + &Lc::constant(Fr::ONE)), &x, width(view));
    enforce_at_most(system, &x, &opened.high, width(view));
    view.present.implies_zero(system, opened.root - view.root());
    opened.position
}
