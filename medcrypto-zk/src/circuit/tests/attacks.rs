//! A prover that lies in its hints, in its record or in its statement.

use ark_ff::{AdditiveGroup, Field};

use super::fixture::{DEFAULT, inputs, patient, program, violated, violated_for, witness};
use crate::circuit::Witness;
use crate::code_list::GapTree;
use crate::field::Fr;
use crate::record::{CodeList, Entry, Record};
use crate::schema::Schema;

pub(super) fn with_list(name: &str, codes: &[u64], complete: bool) -> Record {
    let schema = Schema::clinical_v1();
    let mut record = patient();
    let list = Entry::Codes(CodeList::new(codes.to_vec(), complete));
    record.set(schema.field(name).unwrap(), list).unwrap();
    record
}

/// Replaces the leaf digests as well, and proves about the new commitment: a made-up record.
/// What must still fail is what no honest issuer would commit to.
fn change_leaf(witness: &mut Witness, slot: usize, change: impl Fn(&mut crate::commitment::Leaf)) {
    change(&mut witness.tree.leaves[slot - 1]);
    witness.tree.rebuild();
}

const GLUCOSE: usize = 7;
const ACTIVE: usize = 14;
const HISTORY: usize = 15;

/// The bound of a value is the issuer's: the leaf stands under C with the schema digest. A prover
/// who puts another value there no longer opens the issued C.
#[test]
fn t02_a_value_beyond_its_bound_does_not_wrap() {
    let program = program("glucose <= 6.1 \"mmol/L\"");
    let honest = witness(patient(), 1);
    assert!(violated(&program, &honest).is_some(), "6.3 is above");
    let issued = inputs(&program, &honest, 1);
    for value in [-Fr::ONE, -Fr::from(400u64), Fr::from(610u64)] {
        let mut lying = witness(patient(), 1);
        change_leaf(&mut lying, GLUCOSE, |leaf| leaf.hi = value);
        assert!(violated_for(&program, &lying, &issued).is_some(), "{value}");
    }
    // Even under a made-up C, a value above the threshold has no bits.
    for value in [Fr::from(611u64), Fr::from(1u64 << 14), -Fr::from(1u64 << 14)] {
        let mut lying = witness(patient(), 1);
        change_leaf(&mut lying, GLUCOSE, |leaf| leaf.hi = value);
        assert!(violated(&program, &lying).is_some(), "{value}");
    }
    let mut fitting = witness(patient(), 1);
    change_leaf(&mut fitting, GLUCOSE, |leaf| leaf.hi = Fr::from(610u64));
    assert_eq!(violated(&program, &fitting), None);
}

#[test]
fn t06_a_missing_field_has_no_value() {
    let program = program("any(missing(glucose), sex = male)");
    let mut missing = witness(patient(), 1);
    change_leaf(&mut missing, GLUCOSE, |leaf| {
        (leaf.present, leaf.lo, leaf.hi) = (false, Fr::ZERO, Fr::ZERO);
    });
    assert_eq!(violated(&program, &missing), None);
    let mut valued = witness(patient(), 1);
    change_leaf(&mut valued, GLUCOSE, |leaf| leaf.present = false);
    assert!(violated(&program, &valued).is_some());
}

#[test]
fn t07_a_leaf_of_another_list_is_refused() {
    let program = program("has(conditions_active, {sct:73211009})");
    let record = with_list("conditions_history", &[73_211_009], true);
    let mut lying = witness(record, 1);
    assert!(violated(&program, &lying).is_some());
    // A resolved diagnosis sold as active: the tree of the history under the active list's slot.
    let of = |tree: &crate::commitment::RecordTree, slot: usize| {
        tree.lists.iter().position(|(of, _)| usize::from(*of) == slot).unwrap()
    };
    let (active, history) = (of(&lying.tree, ACTIVE), of(&lying.tree, HISTORY));
    lying.tree.lists[active].0 = 15;
    lying.tree.lists[history].0 = 14;
    assert!(violated(&program, &lying).is_some());
}

#[test]
fn t07_a_made_up_gap_proves_no_absence() {
    let program = program("lacks(conditions_active, {sct:254637007})");
    let mut lying = witness(patient(), 1);
    assert!(violated(&program, &lying).is_some());
    let made_up = GapTree::build(&[44_054_006, 38_341_003 + 1], 60, |_| Fr::ZERO);
    let place = lying.tree.lists.iter().position(|(slot, _)| *slot == 14).unwrap();
    lying.tree.lists[place].1 = made_up;
    assert!(violated(&program, &lying).is_some());
}

#[test]
fn t07_a_partial_list_proves_no_absence_and_no_upper_bound() {
    let texts = [
        "lacks(conditions_active, {sct:73211009})",
        "count(conditions_active, {sct:73211009}) <= 5",
        "count(conditions_active, {sct:73211009}) = 0",
    ];
    for text in texts {
        let program = program(text);
        let list = |complete| witness(with_list("conditions_active", &[44_054_006], complete), 1);
        assert_eq!(violated(&program, &list(true)), None, "{text}");
        assert!(violated(&program, &list(false)).is_some(), "{text}");
    }
}

#[test]
fn a_leaf_of_another_slot_or_type_is_refused() {
    let program = program("glucose >= 6.1 \"mmol/L\"");
    for (slot, kind) in [(8, 2), (7, 1), (7, 3)] {
        let mut lying = witness(patient(), 1);
        change_leaf(&mut lying, GLUCOSE, |leaf| (leaf.slot, leaf.kind) = (slot, kind));
        assert!(violated(&program, &lying).is_some(), "{slot} {kind}");
    }
    let mut swapped = witness(patient(), 1);
    swapped.tree.leaves.swap(GLUCOSE - 1, 1);
    swapped.tree.rebuild();
    assert!(violated(&program, &swapped).is_some());
}

#[test]
fn t09_every_public_input_is_tied_down() {
    let program = program(DEFAULT);
    let witness = witness(patient(), 1);
    let honest = inputs(&program, &witness, 1);
    assert_eq!(violated_for(&program, &witness, &honest), None);
    // C, Q, N and scope by a hash or a constant; kind by being a bit. X and policy are free to
    // choose, once: they are squared into a column, so the proof is tied to the choice.
    for index in [0, 1, 3, 4, 6] {
        let mut changed = honest;
        changed[index] += Fr::ONE;
        assert!(violated_for(&program, &witness, &changed).is_some(), "input {index}");
    }
    let matrices = program.matrices().unwrap();
    for input in 1..=7 {
        let used = matrices.sides.iter().flatten().flatten().any(|term| term.1 == input);
        assert!(used, "input {input} stands in no row");
    }
}

#[test]
fn t09_kind_is_a_bit_and_decides_the_identifier() {
    let program = program(DEFAULT);
    let witness = witness(patient(), 1);
    for kind in [0, 1] {
        let honest = inputs(&program, &witness, kind);
        assert_eq!(violated_for(&program, &witness, &honest), None);
    }
    let two = inputs(&program, &witness, 2);
    assert!(violated_for(&program, &witness, &two).is_some());
    let (person, lineage) = (inputs(&program, &witness, 0), inputs(&program, &witness, 1));
    let mut mixed = person;
    mixed[6] = lineage[6];
    assert!(violated_for(&program, &witness, &mixed).is_some());
}

#[test]
fn another_holder_or_lineage_does_not_open_the_commitment() {
    let program = program(DEFAULT);
    let honest = witness(patient(), 1);
    let commitment = inputs(&program, &honest, 1)[0];
    let mut thief = witness(patient(), 1);
    *thief.secret += Fr::ONE;
    let mut inputs_of_thief = inputs(&program, &thief, 1);
    inputs_of_thief[0] = commitment;
    assert!(violated_for(&program, &thief, &inputs_of_thief).is_some());
    let mut renamed = witness(patient(), 1);
    renamed.lineage += Fr::ONE;
    let mut inputs_of_renamed = inputs(&program, &renamed, 1);
    inputs_of_renamed[0] = commitment;
    assert!(violated_for(&program, &renamed, &inputs_of_renamed).is_some());
}
