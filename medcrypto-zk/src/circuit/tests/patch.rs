//! Patched witnesses: a hint is changed, everything that follows from it is computed again, and
//! the rows that still object are named. Deleting exactly those rows would let the forgery pass.

use ark_ff::{AdditiveGroup, Field};

use super::attacks::with_list;
use super::fixture::{instance, program, witness};
use super::redundancy::definitions;
use crate::circuit::{Program, dot};
use crate::code_list::Gap;
use crate::field::Fr;
use crate::gadget::system::Row;

const C: usize = 1;
const Q: usize = 2;

/// Sets `changes`, recomputes defined columns and the public C, and returns the violated rows.
fn objections(rows: &[Row], mut z: Vec<Fr>, changes: &[(usize, Fr)]) -> Vec<usize> {
    for (column, value) in changes {
        z[*column] = *value;
    }
    for (row, defined) in rows.iter().zip(definitions(rows)) {
        if let Some(column) = defined {
            assert!(changes.iter().all(|change| change.0 != column), "{column} is no hint");
            z[column] = dot(&row.a, &z) * dot(&row.b, &z);
        }
    }
    let of_commitment = |row: &&Row| row.a.contains(&(Fr::ONE, C));
    let row = rows.iter().find(of_commitment).unwrap();
    let rest = dot(&row.a, &z);
    z[C] -= rest;
    let holds = |row: &Row| dot(&row.a, &z) * dot(&row.b, &z) == dot(&row.c, &z);
    (0..rows.len()).filter(|i| !holds(&rows[*i])).collect()
}

fn rows_of(program: &Program) -> Vec<Row> {
    let matrices = program.matrices().unwrap();
    let [a, b, c] = matrices.sides;
    a.into_iter().zip(b).zip(c).map(|((a, b), c)| Row { a, b, c }).collect()
}

/// The gate `claim·partial = 0`: both sides a lone column.
fn lone(side: &[(Fr, usize)]) -> Option<usize> {
    match side {
        [(one, column)] if *one == Fr::ONE => Some(*column),
        _ => None,
    }
}

#[test]
fn t07_only_the_completeness_gate_keeps_a_partial_list_from_proving_absence() {
    let program = program("lacks(conditions_active, {sct:73211009})");
    let record = with_list("conditions_active", &[44_054_006], true);
    let (rows, z) = instance(&program, &witness(record, 1));
    let gates: Vec<(usize, usize)> = rows
        .iter()
        .enumerate()
        .filter(|(_, row)| row.c.is_empty() && lone(&row.a).is_some_and(|claim| claim > 7))
        .filter_map(|(index, row)| Some((index, lone(&row.b).filter(|column| *column > 7)?)))
        .collect();
    let [(gate, partial)] = gates.as_slice() else { panic!("{gates:?}") };
    assert_eq!(objections(&rows, z.clone(), &[]), Vec::<usize>::new());
    assert_eq!(objections(&rows, z, &[(*partial, Fr::ONE)]), vec![*gate]);
}

/// A position bit that is no bit interpolates between two siblings, so any made-up leaf "stands"
/// in the list. Exactly its boolean row objects.
#[test]
fn t04_only_the_boolean_row_keeps_a_made_up_leaf_out_of_a_list() {
    let (held, sold) = (254_637_007, 195_967_001);
    let honest = program("has(conditions_active, {sct:254637007})");
    let forged = program("has(conditions_active, {sct:195967001})");
    let record = with_list("conditions_active", &[44_054_006, held, 38_341_003], true);
    let witness = witness(record, 1);
    let list = witness.tree.list(14).unwrap();
    let index = list.member(held, held).unwrap();
    assert_eq!(index, 3);
    let (_, mut z) = instance(&honest, &witness);
    let rows = rows_of(&forged);
    z[Q] = forged.digest.value();

    let selects: Vec<&Row> = rows
        .iter()
        .filter(|row| lone(&row.a).is_some() && row.b.len() == 2 && lone(&row.c).is_some())
        .filter(|row| row.b.iter().all(|term| term.1 > 7))
        .collect();
    let bit = lone(&selects[0].a).unwrap();
    assert!(selects[..4].iter().all(|row| lone(&row.a) == Some(bit)));
    let sides = list.nodes.block(index);
    let made_up = Gap { low: sold, ..*list.gap(index).unwrap() }.digest();
    let between = (made_up - sides[2]) * (sides[3] - sides[2]).inverse().unwrap();

    let of_code = rows
        .iter()
        .find(|row| row.a.iter().any(|term| term.0 == Fr::from(sold) && term.1 == 0))
        .unwrap();
    let low = of_code.a.iter().find(|term| term.1 > 7).unwrap().1;
    assert_eq!(z[low], Fr::from(held));
    let objecting = objections(&rows, z, &[(low, Fr::from(sold)), (bit, between)]);
    let boolean = rows.iter().position(|row| {
        row.c.is_empty() && lone(&row.a) == Some(bit) && row.b.first() == Some(&(Fr::ONE, 0))
    });
    assert_eq!(objecting, vec![boolean.unwrap()]);
    assert_ne!(between * (between - Fr::ONE), Fr::ZERO);
}
