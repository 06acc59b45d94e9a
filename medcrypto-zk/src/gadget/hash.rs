//! Poseidon in the circuit: the same rounds as in [`crate::poseidon`].
//!
//! ```text
//! x⁵       x² = x·x,  x⁴ = x²·x²,  x⁵ = x⁴·x        3 rows; x⁴ stands on the A side only
//! cost     3·(8t + R_P) − 3 with a constant capacity: 240, 297, 402 rows for t = 3, 5, 9
//! ```

use ark_ff::{AdditiveGroup, Field};

use super::system::{Lc, System};
use crate::field::Fr;
use crate::poseidon::{Parameters, PoseidonTag, Sparse, capacity, width_3, width_5, width_9};

/// P3 of two inputs.
pub(crate) fn hash_2(system: &mut System, tag: PoseidonTag, [a, b]: [Lc; 2]) -> Lc {
    let state = [Lc::constant(capacity(tag, 2, 0)), a, b];
    let [_, output, _] = permute(system, width_3(), state);
    output
}

/// P5 of four inputs.
pub(crate) fn hash_4(system: &mut System, tag: PoseidonTag, [a, b, c, d]: [Lc; 4]) -> Lc {
    let state = [Lc::constant(capacity(tag, 4, 0)), a, b, c, d];
    let [_, output, ..] = permute(system, width_5(), state);
    output
}

/// P9 of eight inputs.
pub(crate) fn hash_8(system: &mut System, tag: PoseidonTag, level: u8, inputs: [Lc; 8]) -> Lc {
    let [a, b, c, d, e, f, g, h] = inputs;
    let state = [Lc::constant(capacity(tag, 8, level)), a, b, c, d, e, f, g, h];
    let [_, output, ..] = permute(system, width_9(), state);
    output
}

fn permute<const T: usize>(
    system: &mut System,
    parameters: &Parameters<T>,
    mut state: [Lc; T],
) -> [Lc; T] {
    const { assert!(T > 1, "an input beside the capacity") };
    for constants in &parameters.opening {
        state = full_round(system, &parameters.matrix, &state, constants);
    }
    for round in &parameters.partial.rounds {
        state = partial_round(system, &state, round);
    }
    state = mix(&parameters.partial.last, &state);
    for constants in &parameters.closing {
        state = full_round(system, &parameters.matrix, &state, constants);
    }
    state
}

fn full_round<const T: usize>(
    system: &mut System,
    matrix: &[[Fr; T]; T],
    state: &[Lc; T],
    constants: &[Fr; T],
) -> [Lc; T] {
    let mut constants = constants.iter();
    let powered = state.each_ref().map(|element| {
        let constant = Lc::constant(constants.next().copied().unwrap_or(Fr::ZERO));
        fifth_power(system, constant + element)
    });
    mix(matrix, &powered)
}

fn partial_round<const T: usize>(
    system: &mut System,
    state: &[Lc; T],
    round: &Sparse<T>,
) -> [Lc; T] {
    let mut state = state.clone();
    let Some(first) = state.first_mut() else { return state };
    let powered = fifth_power(system, Lc::constant(round.constant) + first);
    first.clone_from(&powered);
    let sum = Lc::sum(round.row.iter().copied().zip(&state));
    for (element, scale) in state.iter_mut().zip(&round.column).skip(1) {
        *element = Lc::sum([(Fr::ONE, &*element), (*scale, &powered)]);
    }
    if let Some(first) = state.first_mut() {
        *first = sum;
    }
    state
}

fn fifth_power(system: &mut System, x: Lc) -> Lc {
    if x.is_constant() {
        return Lc::constant(x.value().square().square() * x.value());
    }
    let square = system.product(&x, &x);
    let fourth = system.product(&square, &square);
    system.product(&fourth, &x)
}

fn mix<const T: usize>(matrix: &[[Fr; T]; T], state: &[Lc; T]) -> [Lc; T] {
    matrix.each_ref().map(|row| Lc::sum(row.iter().copied().zip(state)))
}
