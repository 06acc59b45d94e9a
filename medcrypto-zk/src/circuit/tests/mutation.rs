//! Every witness column, changed alone, must violate a row.

use ark_ff::{AdditiveGroup, Field, UniformRand};

use super::fixture::{
    DEFAULT, ENFORCED, FURTHER, OPTIONAL, instance, patient, program, rng, witness,
};
use crate::circuit::dot;
use crate::field::Fr;
use crate::gadget::system::{INPUTS, Row, Sparse};

/// Values of the three sides of a row, and how a column enters them.
struct Touch {
    row: usize,
    sides: [Fr; 3],
    scale: [Fr; 3],
}

impl Touch {
    fn holds_after(&self, step: Fr) -> bool {
        let [a, b, c] = [0, 1, 2].map(|i| self.sides[i] + self.scale[i] * step);
        a * b == c
    }
}

fn coefficient(side: &Sparse, column: usize) -> Fr {
    side.iter().find(|term| term.1 == column).map_or(Fr::ZERO, |term| term.0)
}

fn column_index(rows: &[Row], assignment: &[Fr]) -> Vec<Vec<Touch>> {
    let mut index: Vec<Vec<Touch>> = assignment.iter().map(|_| Vec::new()).collect();
    for (row, Row { a, b, c }) in rows.iter().enumerate() {
        let sides = [a, b, c].map(|side| dot(side, assignment));
        let mut columns: Vec<usize> = [a, b, c].into_iter().flatten().map(|term| term.1).collect();
        columns.sort_unstable();
        columns.dedup();
        for column in columns {
            let scale = [a, b, c].map(|side| coefficient(side, column));
            index[column].push(Touch { row, sides, scale });
        }
    }
    index
}

/// Columns that some other value fits as well, all other columns unchanged.
fn survivors(rows: &[Row], assignment: &[Fr]) -> Vec<usize> {
    let rng = &mut rng(77);
    let index = column_index(rows, assignment);
    let mut survivors = Vec::new();
    for column in INPUTS + 1..assignment.len() {
        let old = assignment[column];
        let others =
            [old + Fr::ONE, old.double(), Fr::ZERO, Fr::ONE, -old, old - Fr::ONE, Fr::rand(rng)];
        let fits = |new: &Fr| index[column].iter().all(|touch| touch.holds_after(*new - old));
        if others.iter().filter(|new| **new != old).any(fits) {
            survivors.push(column);
        }
    }
    survivors
}

/// Allow-list, first entry: the claim of a one-sided literal may be lowered from 1 to 0, which only
/// hurts the prover; here `has`, whose sibling `lacks` in the same `all` is 0 anyway.
fn is_lowered_claim(rows: &[Row], assignment: &[Fr], column: usize) -> bool {
    let index = column_index(rows, assignment);
    let fits =
        |new: Fr| index[column].iter().all(|touch| touch.holds_after(new - assignment[column]));
    let claims = |row: &Row| row.c.is_empty() && row.a == [(Fr::ONE, column)];
    let gated = rows.iter().filter(|row| claims(row)).count();
    assignment[column] == Fr::ONE && gated == 3 && fits(Fr::ZERO) && !fits(Fr::from(2u64))
}

/// Allow-list, second entry: the inverse hint `y` of `x·y = b` where x is 0, which is free by design: b is
/// then 0 whatever y is.
fn is_free_inverse(rows: &[Row], assignment: &[Fr], column: usize) -> bool {
    let mut touching = rows.iter().filter(|Row { a, b, c }| {
        [a, b, c].into_iter().any(|side| side.iter().any(|term| term.1 == column))
    });
    let Some(Row { a, b, .. }) = touching.next() else { return false };
    touching.next().is_none() && b == &[(Fr::ONE, column)] && dot(a, assignment) == Fr::ZERO
}

#[test]
fn t04_no_column_of_the_default_circuit_can_change_alone() {
    let (rows, assignment) = instance(&program(DEFAULT), &witness(patient(), 1));
    assert_eq!(survivors(&rows, &assignment), Vec::<usize>::new());
}

#[test]
fn t04_only_inverse_hints_of_zero_and_lowered_claims_are_free_in_a_circuit_of_bits() {
    let (rows, assignment) = instance(&program(OPTIONAL), &witness(patient(), 1));
    let survivors = survivors(&rows, &assignment);
    let unexplained: Vec<usize> = survivors
        .iter()
        .copied()
        .filter(|column| !is_free_inverse(&rows, &assignment, *column))
        .filter(|column| !is_lowered_claim(&rows, &assignment, *column))
        .collect();
    assert_eq!(unexplained, Vec::<usize>::new());
    assert!(survivors.len() < 8, "{survivors:?}");
}

#[test]
fn t04_no_column_of_required_counts_and_absence_can_change_alone() {
    let (rows, assignment) = instance(&program(ENFORCED), &witness(patient(), 1));
    assert_eq!(survivors(&rows, &assignment), Vec::<usize>::new());
}

#[test]
fn t04_only_inverse_hints_of_zero_are_free_beside_the_further_bits() {
    let (rows, assignment) = instance(&program(FURTHER), &witness(patient(), 1));
    let mut survivors = survivors(&rows, &assignment);
    assert!(survivors.len() < 4, "{survivors:?}");
    survivors.retain(|column| !is_free_inverse(&rows, &assignment, *column));
    assert_eq!(survivors, Vec::<usize>::new());
}

/// The test can fail: without the boolean rows and the sums of bits, a bit survives.
#[test]
fn t04_a_circuit_without_boolean_rows_and_sums_is_caught() {
    let (mut rows, assignment) = instance(&program(DEFAULT), &witness(patient(), 1));
    let is_boolean = |row: &Row| row.c.is_empty() && row.a.len() == 1 && row.b.len() == 2;
    let before = rows.len();
    rows.retain(|row| !is_boolean(row));
    assert!(rows.len() < before);
    let index = column_index(&rows, &assignment);
    assert!(index.iter().flatten().all(|touch| touch.row < rows.len()));
    // Two bits of one sum can now trade weight; alone they still cannot, unless the sum is gone.
    rows.retain(|row| !(row.c.is_empty() && row.a.len() > 3));
    assert!(!survivors(&rows, &assignment).is_empty());
}
