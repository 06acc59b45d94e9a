//! Partial rounds with sparse matrices (the Poseidon paper, appendix B).
//!
//! ```text
//! M = [[m, v], [w, M̂]]         M = P₁·S₁,  P_i = diag(1, M̂ⁱ),  S_i = [[m, v·M̂^(i−1)], [M̂^(−i)·w, I]]
//! M·P_i = P_(i+1)·S_(i+1)      P_i commutes with the power map on the first element
//! constants                    of elements 2…t move through M to the next round; one a round is left
//! ```
//!
//! The result is the same permutation, with 2t − 1 products a partial round instead of t². The
//! constants of the last partial round end in those of the full round that follows.

use ark_ff::{AdditiveGroup, Field, Zero};

use crate::field::Fr;

/// One partial round: constant of the first element, first row and first column.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sparse<const T: usize> {
    pub(crate) constant: Fr,
    pub(crate) row: [Fr; T],
    /// Below the first element; the entry of the first row is 0.
    pub(crate) column: [Fr; T],
}

/// The partial rounds of one width.
#[derive(Debug)]
pub(crate) struct Partial<const T: usize> {
    pub(crate) rounds: Vec<Sparse<T>>,
    /// `diag(1, M̂^R_P)`, applied once at the end.
    pub(crate) last: [[Fr; T]; T],
    /// Constants of the full round that follows.
    pub(crate) following: [Fr; T],
}

type Square = Vec<Vec<Fr>>;

impl<const T: usize> Partial<T> {
    /// From the matrix, and the constants of the partial rounds and of the round after them.
    pub(crate) fn new(matrix: &[[Fr; T]; T], constants: &[[Fr; T]], following: [Fr; T]) -> Self {
        let inner: Square = matrix.iter().skip(1).map(tail).collect();
        let inverse = invert(&inner);
        let corner = matrix.first().and_then(|row| row.first()).copied().unwrap_or(Fr::ZERO);
        let mut right: Vec<Fr> = matrix.first().map(tail).unwrap_or_default();
        let mut below: Vec<Fr> =
            matrix.iter().skip(1).filter_map(|row| row.first()).copied().collect();
        let (singles, following) = squeeze_constants(matrix, constants, following);
        let mut power = identity(T - 1);
        let mut rounds = Vec::with_capacity(constants.len());
        for constant in singles {
            below = times(&inverse, &below);
            rounds.push(Sparse {
                constant,
                row: prepend(corner, &right),
                column: prepend(Fr::ZERO, &below),
            });
            right = times(&transpose(&inner), &right);
            power = power.iter().map(|row| times(&transpose(&inner), row)).collect();
        }
        let first = prepend(Fr::ONE, &vec![Fr::ZERO; T - 1]);
        let mut last = [first; T];
        for (to, from) in last.iter_mut().skip(1).zip(&power) {
            *to = prepend(Fr::ZERO, from);
        }
        Self { rounds, last, following }
    }
}

/// One constant a partial round, and the constants of the full round after them.
fn squeeze_constants<const T: usize>(
    matrix: &[[Fr; T]; T],
    constants: &[[Fr; T]],
    following: [Fr; T],
) -> (Vec<Fr>, [Fr; T]) {
    let mut carried = [Fr::ZERO; T];
    let mut singles = Vec::with_capacity(constants.len());
    for own in constants {
        let mut total: [Fr; T] = add(own, &carried);
        if let Some(first) = total.first_mut() {
            singles.push(*first);
            *first = Fr::ZERO;
        }
        carried = matrix.map(|row| Fr::sum_of_products(&row, &total));
    }
    (singles, add(&following, &carried))
}

fn add<const T: usize>(left: &[Fr; T], right: &[Fr; T]) -> [Fr; T] {
    let mut sum = *left;
    sum.iter_mut().zip(right).for_each(|(to, from)| *to += from);
    sum
}

fn tail<const T: usize>(row: &[Fr; T]) -> Vec<Fr> {
    row.iter().skip(1).copied().collect()
}

fn prepend<const T: usize>(first: Fr, rest: &[Fr]) -> [Fr; T] {
    let mut all = core::iter::once(first).chain(rest.iter().copied());
    core::array::from_fn(|_| all.next().unwrap_or(Fr::ZERO))
}

fn identity(size: usize) -> Square {
    let unit = |i| (0..size).map(|j| if i == j { Fr::ONE } else { Fr::ZERO }).collect();
    (0..size).map(unit).collect()
}

fn transpose(matrix: &Square) -> Square {
    let width = matrix.first().map_or(0, Vec::len);
    let column = |j| matrix.iter().filter_map(|row: &Vec<Fr>| row.get(j)).copied().collect();
    (0..width).map(column).collect()
}

fn times(matrix: &Square, vector: &[Fr]) -> Vec<Fr> {
    let dot = |row: &Vec<Fr>| row.iter().zip(vector).map(|(a, b)| *a * b).sum();
    matrix.iter().map(dot).collect()
}

/// Gauss–Jordan; a Cauchy matrix and its minors are invertible.
fn invert(matrix: &Square) -> Square {
    let size = matrix.len();
    let mut rows: Square = matrix
        .iter()
        .zip(identity(size))
        .map(|(row, unit)| row.iter().copied().chain(unit).collect())
        .collect();
    for column in 0..size {
        let is_pivot = |row: &Vec<Fr>| row.get(column).is_some_and(|entry| !entry.is_zero());
        let Some(found) = rows.iter().skip(column).position(is_pivot) else { continue };
        rows.swap(column, column + found);
        let pivot = rows.get(column).cloned().unwrap_or_default();
        let scale = pivot.get(column).and_then(Field::inverse).unwrap_or(Fr::ZERO);
        let pivot: Vec<Fr> = pivot.iter().map(|entry| *entry * scale).collect();
        for (index, row) in rows.iter_mut().enumerate() {
            let factor = row.get(column).copied().unwrap_or(Fr::ZERO);
            if index == column {
                row.clone_from(&pivot);
            } else {
                row.iter_mut().zip(&pivot).for_each(|(to, from)| *to -= factor * from);
            }
        }
    }
    rows.iter().map(|row| row.iter().skip(size).copied().collect()).collect()
}
