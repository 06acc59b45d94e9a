//! Deleting a row must set something free: which rows can go at a satisfied instance?
//!
//! ```text
//! residual   f_i(z) = ⟨a_i,z⟩⟨b_i,z⟩ − ⟨c_i,z⟩       Jacobian J over the witness columns
//! redundant  row i ⇔ some y with yᵀJ = 0 has y_i ≠ 0  (deleting it frees no direction at z)
//! ```
//!
//! Rows that define a new column (`a·b = w`) are eliminated by forward differentiation, the left
//! kernel of the remaining checks is found by elimination and carried back to the definitions. A
//! row counts as redundant only if it is so at every instance tried. The analysis is local: where
//! several rows each pin a value to a point (two range checks of one value, a bit and its use),
//! any of them could go without freeing a direction, though each excludes other points. The lists
//! under `tests/data` name every such row with the reason why it stays; the gadget tests delete
//! the rows of comparisons one by one and show the forgery that each prevents.

use alloc::collections::{BTreeMap, BTreeSet};

use ark_ff::{AdditiveGroup, Field};

use super::fixture::{DEFAULT, ENFORCED, FURTHER, OPTIONAL, instance, patient, program, witness};
use crate::circuit::dot;
use crate::field::Fr;
use crate::gadget::system::{INPUTS, Row};
use crate::record::{CodeList, Entry, Record};
use crate::schema::Schema;

/// The column that a row defines, if no earlier row has used it.
pub(super) fn definitions(rows: &[Row]) -> Vec<Option<usize>> {
    let mut seen = BTreeSet::new();
    rows.iter()
        .map(|Row { a, b, c }| {
            let inner: BTreeSet<usize> = a.iter().chain(b).map(|term| term.1).collect();
            let fresh = match c.as_slice() {
                [(one, w)] if *one == Fr::ONE && *w > INPUTS => {
                    (!seen.contains(w) && !inner.contains(w)).then_some(*w)
                }
                _ => None,
            };
            seen.extend(inner);
            seen.extend(c.iter().map(|term| term.1));
            fresh
        })
        .collect()
}

/// ∂f/∂column of one row, without the −1 of a defined column.
fn gradient(Row { a, b, c }: &Row, assignment: &[Fr], defined: Option<usize>) -> Vec<(usize, Fr)> {
    let (left, right) = (dot(a, assignment), dot(b, assignment));
    let from_a = a.iter().map(|(scale, column)| (*column, *scale * right));
    let from_b = b.iter().map(|(scale, column)| (*column, *scale * left));
    let from_c = c.iter().map(|(scale, column)| (*column, -*scale));
    from_a
        .chain(from_b)
        .chain(from_c)
        .filter(|(column, _)| *column > INPUTS && Some(*column) != defined)
        .collect()
}

struct Analysis {
    gradients: Vec<Vec<(usize, Fr)>>,
    definitions: Vec<Option<usize>>,
    columns: usize,
}

impl Analysis {
    fn of(rows: &[Row], assignment: &[Fr]) -> Self {
        let definitions = definitions(rows);
        let gradients = rows
            .iter()
            .zip(&definitions)
            .map(|(row, defined)| gradient(row, assignment, *defined))
            .collect();
        Self { gradients, definitions, columns: assignment.len() }
    }

    /// Jacobian of the checks over the free columns.
    fn checks(&self) -> (Vec<usize>, Vec<Vec<Fr>>) {
        let defined: BTreeSet<usize> = self.definitions.iter().flatten().copied().collect();
        let free: Vec<usize> =
            (INPUTS + 1..self.columns).filter(|column| !defined.contains(column)).collect();
        let mut directions: BTreeMap<usize, Vec<Fr>> = BTreeMap::new();
        for (place, column) in free.iter().enumerate() {
            let mut unit = vec![Fr::ZERO; free.len()];
            unit[place] = Fr::ONE;
            directions.insert(*column, unit);
        }
        let (mut indices, mut jacobian) = (Vec::new(), Vec::new());
        for (row, gradient) in self.gradients.iter().enumerate() {
            let mut total = vec![Fr::ZERO; free.len()];
            for (column, scale) in gradient.iter().filter(|term| term.1 != Fr::ZERO) {
                for (sum, part) in total.iter_mut().zip(&directions[column]) {
                    *sum += *scale * part;
                }
            }
            match self.definitions[row] {
                Some(column) => drop(directions.insert(column, total)),
                None => {
                    indices.push(row);
                    jacobian.push(total);
                }
            }
        }
        (indices, jacobian)
    }

    /// Rows with a weight in some left-kernel vector.
    fn redundant(&self) -> BTreeSet<usize> {
        let (indices, jacobian) = self.checks();
        let mut redundant = BTreeSet::new();
        for kernel in left_kernel(jacobian) {
            let mut weights = vec![Fr::ZERO; self.gradients.len()];
            for (row, weight) in indices.iter().zip(kernel) {
                weights[*row] = weight;
            }
            self.carry_back(&mut weights);
            redundant.extend((0..weights.len()).filter(|row| weights[*row] != Fr::ZERO));
        }
        redundant
    }

    /// Extends the weights of checks to the definitions; every free column then cancels.
    fn carry_back(&self, weights: &mut [Fr]) {
        let mut adjoint = vec![Fr::ZERO; self.columns];
        for row in (0..weights.len()).rev() {
            if let Some(column) = self.definitions[row] {
                weights[row] = adjoint[column];
                adjoint[column] = Fr::ZERO;
            }
            for (column, scale) in &self.gradients[row] {
                adjoint[*column] += weights[row] * scale;
            }
        }
        assert!(adjoint.iter().all(|value| *value == Fr::ZERO));
    }
}

/// A basis of the vectors y with yᵀJ = 0.
fn left_kernel(mut jacobian: Vec<Vec<Fr>>) -> Vec<Vec<Fr>> {
    let count = jacobian.len();
    let mut weights: Vec<Vec<Fr>> = (0..count)
        .map(|i| (0..count).map(|j| if i == j { Fr::ONE } else { Fr::ZERO }).collect())
        .collect();
    let width = jacobian.first().map_or(0, Vec::len);
    let mut rank = 0;
    for column in 0..width {
        let Some(pivot) = (rank..count).find(|row| jacobian[*row][column] != Fr::ZERO) else {
            continue;
        };
        jacobian.swap(rank, pivot);
        weights.swap(rank, pivot);
        let inverse = jacobian[rank][column].inverse().unwrap();
        for row in rank + 1..count {
            let scale = jacobian[row][column] * inverse;
            if scale == Fr::ZERO {
                continue;
            }
            for matrix in [&mut jacobian, &mut weights] {
                let (upper, lower) = matrix.split_at_mut(row);
                for (to, from) in lower[0].iter_mut().zip(&upper[rank]) {
                    *to -= scale * from;
                }
            }
        }
        rank += 1;
    }
    weights.split_off(rank)
}

fn redundant_everywhere(text: &str, records: Vec<Record>) -> BTreeSet<usize> {
    let program = program(text);
    let sets = records.into_iter().map(|record| {
        let (rows, assignment) = instance(&program, &witness(record, 1));
        Analysis::of(&rows, &assignment).redundant()
    });
    sets.reduce(|left, right| &left & &right).unwrap()
}

/// Lines `row reason…`; lines that start with # are comments.
fn reviewed(list: &str) -> BTreeSet<usize> {
    let lines = list.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (row, reason) = line.split_once(' ').unwrap();
            assert!(reason.len() > 10, "no reason for row {row}");
            row.parse().unwrap()
        })
        .collect()
}

#[test]
fn every_other_row_of_the_default_circuit_is_needed() {
    let list = include_str!("../../../tests/data/redundant_rows_default.txt");
    assert_eq!(redundant_everywhere(DEFAULT, vec![patient()]), reviewed(list));
}

#[test]
fn every_other_row_of_a_circuit_of_bits_is_needed() {
    let schema = Schema::clinical_v1();
    let mut second = patient();
    let mut medicated = patient();
    let lists =
        [("medications", &[73_211_009][..], true), ("conditions_active", &[44_054_006], true)];
    for (name, codes, complete) in lists {
        let field = schema.field(name).unwrap();
        let list = Entry::Codes(CodeList::new(codes.to_vec(), complete));
        second.set(field, list).unwrap();
    }
    second.set(schema.field("sex").unwrap(), Entry::point(0)).unwrap();
    second.set(schema.field("bmi").unwrap(), Entry::point(100)).unwrap();
    medicated.set(schema.field("diastolic").unwrap(), Entry::Missing).unwrap();
    medicated.set(schema.field("systolic").unwrap(), Entry::point(100)).unwrap();
    let list = Entry::Codes(CodeList::new(vec![80_146_002, 73_211_009], false));
    medicated.set(schema.field("procedures").unwrap(), list).unwrap();
    let list = Entry::Codes(CodeList::new(vec![], true));
    medicated.set(schema.field("medications").unwrap(), list).unwrap();
    let list = include_str!("../../../tests/data/redundant_rows_optional.txt");
    let found = redundant_everywhere(OPTIONAL, vec![patient(), second, medicated]);
    assert_eq!(found, reviewed(list));
}

#[test]
fn every_other_row_of_required_counts_and_absence_is_needed() {
    let list = include_str!("../../../tests/data/redundant_rows_enforced.txt");
    assert_eq!(redundant_everywhere(ENFORCED, vec![patient()]), reviewed(list));
}

/// The instances meet one branch each, and differ in every field that is read.
#[test]
fn every_other_row_of_the_further_bits_is_needed() {
    let schema = Schema::clinical_v1();
    let with = |entries: Vec<(&str, Entry)>| {
        let mut record = patient();
        for (name, entry) in entries {
            record.set(schema.field(name).unwrap(), entry).unwrap();
        }
        record
    };
    let procedures =
        |codes: &[u64], complete| Entry::Codes(CodeList::new(codes.to_vec(), complete));
    let lean = with(vec![
        ("glucose", Entry::Missing),
        ("bmi", Entry::point(100)),
        ("weight", Entry::point(7_000)),
        ("procedures", procedures(&[80_146_002, 73_211_009], false)),
    ]);
    let close = with(vec![
        ("diastolic", Entry::point(130)),
        ("bmi", Entry::point(300)),
        ("procedures", procedures(&[], true)),
    ]);
    let list = include_str!("../../../tests/data/redundant_rows_further.txt");
    let found = redundant_everywhere(FURTHER, vec![patient(), lean, close]);
    assert_eq!(found, reviewed(list));
}

/// The analysis sees what it should: a row that stands twice, and nothing else, is redundant.
#[test]
fn a_repeated_row_is_found() {
    let program = program(DEFAULT);
    let (mut rows, assignment) = instance(&program, &witness(patient(), 1));
    let before = Analysis::of(&rows, &assignment).redundant();
    let copied = rows.len() / 2;
    rows.push(rows[copied].clone());
    let after = Analysis::of(&rows, &assignment).redundant();
    let added: Vec<usize> = after.difference(&before).copied().collect();
    assert_eq!(added, vec![copied, rows.len() - 1]);
}
