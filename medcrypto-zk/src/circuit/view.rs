//! The fields that a requirement reads, opened once each.
//!
//! ```text
//! wide leaf   six values, six mask bits, salt;  (1 − present)·value = 0
//! leaf        header = slot + 2¹⁶·(type + partial) + 2²⁴·present;  (1 − present)·lo = (1 − present)·hi = 0
//! list leaf   lo = hi = root of the gap tree, one column;  partial is a bit
//! ```
//!
//! `present` and `partial` stand in an element whose other part is a constant, so a bit each pins
//! them. A missing field has one form only.

use alloc::collections::BTreeMap;

use ark_ff::Field;

use crate::commitment::{Leaf, RecordTree};
use crate::field::Fr;
use crate::gadget::hash::{hash_4, hash_8};
use crate::gadget::tree::open_static;
use crate::gadget::{Bit, Lc, System};
use crate::poseidon::PoseidonTag;
use crate::schema::{FieldId, Location, Schema, SlotSpec};

/// An opened field.
#[derive(Clone)]
pub(super) struct View {
    pub(super) lo: Lc,
    pub(super) hi: Lc,
    pub(super) present: Bit,
    /// Whether a list is partial; constant 0 for other types.
    pub(super) partial: Bit,
    pub(super) slot: u16,
    pub(super) spec: &'static SlotSpec,
}

impl View {
    /// The root of the list's gap tree.
    pub(super) const fn root(&self) -> &Lc {
        &self.lo
    }
}

/// The opened fields and the root of the tree they were opened from.
pub(super) struct Views {
    pub(super) fields: BTreeMap<FieldId, View>,
    pub(super) root: Lc,
}

/// Opens `fields` of `tree`.
pub(super) fn open(
    system: &mut System,
    schema: Schema,
    fields: &[FieldId],
    tree: &RecordTree,
) -> Views {
    let mut views = BTreeMap::new();
    let mut opened = Vec::new();
    let specs: Vec<(FieldId, &'static SlotSpec)> =
        fields.iter().filter_map(|field| Some((*field, schema.spec(*field)?))).collect();
    let is_wide = |spec: &SlotSpec| matches!(spec.location, Location::Wide(_));
    if specs.iter().any(|(_, spec)| is_wide(spec)) {
        opened.push((0, open_wide(system, tree, &specs, &mut views)));
    }
    for (field, spec) in specs {
        if let Location::Leaf(slot) = spec.location {
            let (view, digest) = open_leaf(system, slot.0, spec, &tree.leaf(slot.0));
            opened.push((usize::from(slot.0), digest));
            views.insert(field, view);
        }
    }
    let root = open_static(system, PoseidonTag::RecordNode, &opened, &tree.nodes);
    Views { fields: views, root }
}

fn open_wide(
    system: &mut System,
    tree: &RecordTree,
    specs: &[(FieldId, &'static SlotSpec)],
    views: &mut BTreeMap<FieldId, View>,
) -> Lc {
    let values = tree.wide.values.map(|value| system.witness(value));
    let present = tree.wide.present.map(|present| Bit::witness(system, present));
    for (value, present) in values.iter().zip(&present) {
        present.complement().implies_zero(system, value.clone());
    }
    let weights = [1u64, 2, 4, 8, 16, 32].map(Fr::from);
    let mask = Lc::sum(weights.into_iter().zip(present.iter().map(Bit::lc)));
    let salt = system.witness(tree.wide.salt);
    for (field, spec) in specs {
        let Location::Wide(index) = spec.location else { continue };
        let index = usize::from(index);
        if let (Some(value), Some(present)) = (values.get(index), present.get(index)) {
            let view = View {
                lo: value.clone(),
                hi: value.clone(),
                present: present.clone(),
                partial: Bit::constant(false),
                slot: 0,
                spec,
            };
            views.insert(*field, view);
        }
    }
    let [a, b, c, d, e, f] = values;
    hash_8(system, PoseidonTag::WideLeaf, 0, [a, b, c, d, e, f, mask, salt])
}

/// Slot and type are constants of the circuit; only bits and values come from the leaf.
fn open_leaf(system: &mut System, slot: u16, spec: &'static SlotSpec, leaf: &Leaf) -> (View, Lc) {
    let present = Bit::witness(system, leaf.present);
    let lo = system.witness(leaf.lo);
    let missing = present.complement();
    missing.implies_zero(system, lo.clone());
    let (hi, partial) = if spec.kind.is_list() {
        (lo.clone(), Bit::witness(system, leaf.kind != spec.kind as u8))
    } else {
        let hi = system.witness(leaf.hi);
        missing.implies_zero(system, hi.clone());
        (hi, Bit::constant(false))
    };
    let salt = system.witness(leaf.salt);
    let fixed = Lc::constant(u64::from(slot) + (u64::from(spec.kind as u8) << 16));
    let header = Lc::sum([
        (Fr::ONE, &fixed),
        (Fr::from(1u64 << 16), partial.lc()),
        (Fr::from(1u64 << 24), present.lc()),
    ]);
    let digest = hash_4(system, PoseidonTag::Leaf, [header, lo.clone(), hi.clone(), salt]);
    (View { lo, hi, present, partial, slot, spec }, digest)
}
