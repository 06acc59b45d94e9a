//! Poseidon in the circuit: the same rounds as [`crate::poseidon`], dense form.
//!
//! ```text
//! x⁵       x² = x·x,  x⁴ = x²·x²,  x⁵ = x⁴·x        3 rows; x⁴ stands on the A side only
//! cost     3·(8t + R_P) − 3 with a constant capacity: 240, 297, 402 rows for t = 3, 5, 9
//! ```

use ark_ff::{AdditiveGroup, Field};

use super::system::{Lc, System};
use crate::field::Fr;
use crate::poseidon::{Parameters, PoseidonTag, capacity, width_3, width_5, width_9};

/// P3 of two inputs.
pub(crate) fn hash_2(system: &mut System, tag: PoseidonTag, [a, b]: [Lc; 2]) -> Lc {
    let state = [Lc::constant(capacity(tag, 2, 0)), a, b];
    permute(system, width_3(), state)
}

/// P5 of four inputs.
pub(crate) fn hash_4(system: &mut System, tag: PoseidonTag, [a, b, c, d]: [Lc; 4]) -> Lc {
    let state = [Lc::constant(capacity(tag, 4, 0)), a, b, c, d];
    permute(system, width_5(), state)
}

/// P9 of eight inputs.
pub(crate) fn hash_8(system: &mut System, tag: PoseidonTag, level: u8, inputs: [Lc; 8]) -> Lc {
    let [a, b, c, d, e, f, g, h] = inputs;
    let state = [Lc::constant(capacity(tag, 8, level)), a, b, c, d, e, f, g, h];
    permute(system, width_9(), state)
}

fn permute<const T: usize>(
    system: &mut System,
    parameters: &Parameters<T>,
    mut state: [Lc; T],
) -> Lc {
    for (round, constants) in parameters.constants.iter().enumerate() {
        let powered = if parameters.is_full(round) { T } else { 1 };
        for (index, (element, constant)) in state.iter_mut().zip(constants).enumerate() {
            let shifted = element.clone() + &Lc::constant(*constant);
            *element = if index < powered { fifth_power(system, shifted) } else { shifted };
        }
        state = mix(parameters, &state);
    }
    let [_, output, ..] = state.as_slice() else { return Lc::zero() };
    output.clone()
}

fn fifth_power(system: &mut System, x: Lc) -> Lc {
    if x.is_constant() {
        return Lc::constant(x.value().square().square() * x.value());
    }
    let square = system.product(&x, &x);
    let fourth = system.product(&square, &square);
    system.product(&fourth, &x)
}

fn mix<const T: usize>(parameters: &Parameters<T>, state: &[Lc; T]) -> [Lc; T] {
    let zeros = [Fr::ZERO; T];
    core::array::from_fn(|i| {
        let row = parameters.matrix.get(i).unwrap_or(&zeros);
        Lc::sum(row.iter().copied().zip(state))
    })
}
