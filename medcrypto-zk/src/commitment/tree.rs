//! The tree of a record with everything that a circuit opens.

use ark_ff::AdditiveGroup;
use medcrypto_core::SecretBytes;
use zeroize::Zeroize;

use super::salt::{SaltedTree, salt};
use crate::code_list::{GapTree, Nodes};
use crate::field::Fr;
use crate::poseidon::{PoseidonTag, hash_4, hash_8};
use crate::record::{Entry, Record};
use crate::schema::{FieldId, Location, SLOTS, Slot, SlotSpec, SlotType};

/// Fields of the wide leaf.
pub(crate) const WIDE: usize = 6;

/// Slot 0: six exact fields, their mask and the salt.
#[derive(Clone, Copy)]
pub(crate) struct WideLeaf {
    pub(crate) values: [Fr; WIDE],
    pub(crate) present: [bool; WIDE],
    pub(crate) salt: Fr,
}

impl WideLeaf {
    fn mask(&self) -> Fr {
        let set = self.present.iter().zip(0..).filter(|(present, _)| **present);
        Fr::from(set.map(|(_, index)| 1u64 << index).sum::<u64>())
    }

    pub(crate) fn digest(&self) -> Fr {
        let [a, b, c, d, e, f] = self.values;
        hash_8(PoseidonTag::WideLeaf, 0, &[a, b, c, d, e, f, self.mask(), self.salt])
    }
}

/// Slots 1 to 63: header parts, bounds and salt.
#[derive(Clone, Copy)]
pub(crate) struct Leaf {
    pub(crate) slot: u16,
    pub(crate) kind: u8,
    pub(crate) present: bool,
    pub(crate) lo: Fr,
    pub(crate) hi: Fr,
    pub(crate) salt: Fr,
}

impl Leaf {
    pub(crate) fn header(&self) -> Fr {
        let kind = u64::from(self.kind) << 16;
        Fr::from(u64::from(self.slot) + kind + (u64::from(self.present) << 24))
    }

    pub(crate) fn digest(&self) -> Fr {
        hash_4(PoseidonTag::Leaf, [self.header(), self.lo, self.hi, self.salt])
    }
}

/// A record's tree: leaves, gap trees and nodes. Wiped on drop.
pub(crate) struct RecordTree {
    pub(crate) wide: WideLeaf,
    /// Slot `i + 1` at index `i`.
    pub(crate) leaves: Vec<Leaf>,
    /// The gap tree of each present list.
    pub(crate) lists: Vec<(u16, GapTree)>,
    pub(crate) nodes: Nodes,
}

impl RecordTree {
    /// The tree of `record` under the salts of `seed`.
    pub(crate) fn build(record: &Record, seed: &SecretBytes<32>) -> Self {
        let mut lists = Vec::new();
        let wide = wide_leaf(record, seed);
        let leaves: Vec<Leaf> =
            (1..SLOTS).map(|slot| leaf(record, seed, slot, &mut lists)).collect();
        let nodes = nodes(&wide, &leaves);
        Self { wide, leaves, lists, nodes }
    }

    /// Recomputes the nodes, after a test has changed a leaf.
    #[cfg(test)]
    pub(crate) fn rebuild(&mut self) {
        self.nodes = nodes(&self.wide, &self.leaves);
    }

    /// The leaf of a slot from 1 to 63.
    pub(crate) fn leaf(&self, slot: u16) -> Leaf {
        let index = usize::from(slot).checked_sub(1);
        index.and_then(|index| self.leaves.get(index)).copied().unwrap_or(Leaf {
            slot,
            kind: 0,
            present: false,
            lo: Fr::ZERO,
            hi: Fr::ZERO,
            salt: Fr::ZERO,
        })
    }

    /// The gap tree of a list, if the list is present.
    pub(crate) fn list(&self, slot: u16) -> Option<&GapTree> {
        self.lists.iter().find(|(of, _)| *of == slot).map(|(_, tree)| tree)
    }
}

fn nodes(wide: &WideLeaf, leaves: &[Leaf]) -> Nodes {
    let digests: Vec<Fr> =
        core::iter::once(wide.digest()).chain(leaves.iter().map(Leaf::digest)).collect();
    Nodes::build(PoseidonTag::RecordNode, &digests)
}

fn at(record: &Record, location: Location) -> Option<(FieldId, &'static SlotSpec)> {
    let field = record.schema().at(location)?;
    Some((field, record.schema().spec(field)?))
}

fn wide_leaf(record: &Record, seed: &SecretBytes<32>) -> WideLeaf {
    let fields: [Option<u64>; WIDE] = core::array::from_fn(|index| {
        let index = u8::try_from(index).ok()?;
        let (field, _) = at(record, Location::Wide(index))?;
        record.interval(field).map(|(lo, _)| lo)
    });
    WideLeaf {
        values: fields.map(|value| Fr::from(value.unwrap_or(0))),
        present: fields.map(|value| value.is_some()),
        salt: salt(seed, SaltedTree::Record, 0, 0),
    }
}

fn leaf(
    record: &Record,
    seed: &SecretBytes<32>,
    slot: u16,
    lists: &mut Vec<(u16, GapTree)>,
) -> Leaf {
    let salt_of = salt(seed, SaltedTree::Record, slot, 0);
    let empty = Leaf { slot, kind: 0, present: false, lo: Fr::ZERO, hi: Fr::ZERO, salt: salt_of };
    let Some((field, spec)) = at(record, Location::Leaf(Slot(slot))) else { return empty };
    let typed = Leaf { kind: spec.kind as u8, ..empty };
    match record.entry(field) {
        Entry::Missing => typed,
        Entry::Interval { lo, hi } => {
            Leaf { present: true, lo: Fr::from(*lo), hi: Fr::from(*hi), ..typed }
        }
        Entry::Codes(list) => {
            let salt_at = |index| salt(seed, SaltedTree::List, slot, index);
            let tree = GapTree::build(list.codes(), spec.bits(), salt_at);
            let kind = typed.kind + u8::from(!list.is_complete());
            let root = tree.root();
            lists.push((slot, tree));
            Leaf { kind, present: true, lo: root, hi: root, ..typed }
        }
    }
}

impl Drop for RecordTree {
    fn drop(&mut self) {
        self.wide.values.zeroize();
        self.wide.present.zeroize();
        self.wide.salt.zeroize();
        for leaf in &mut self.leaves {
            leaf.lo.zeroize();
            leaf.hi.zeroize();
            leaf.salt.zeroize();
            leaf.present.zeroize();
        }
    }
}

// The partial type of a list is the complete type plus one; the circuit adds the bit.
const _: () = assert!(SlotType::Codes37Partial as u8 == SlotType::Codes37 as u8 + 1);
const _: () = assert!(SlotType::Codes60Partial as u8 == SlotType::Codes60 as u8 + 1);
