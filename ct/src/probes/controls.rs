//! Leaks on purpose. A run in which one of these is not flagged has seen nothing.

use std::hint::black_box;

use medcrypto_core::bls::{G1, Gt, Scalar};
use zeroize::Zeroizing;

use super::{Probe, leaky};
use crate::secret::{SecretRng, poisoned, sink};

pub const PROBES: &[Probe] = &[
    leaky("control/early-exit-compare", early_exit_compare),
    leaky("control/table-lookup", table_lookup),
    leaky("control/gt-power", || sink(Gt::generator().pow_vartime(&scalar()))),
    leaky("control/g1-multi-exp", multi_exp),
    leaky("control/rejection-sampling", rejection_sampling),
];

fn bytes() -> Zeroizing<[u8; 64]> {
    let mut bytes = Zeroizing::new([0; 64]);
    medcrypto_core::rand_core::RngCore::fill_bytes(&mut SecretRng::new(1), bytes.as_mut_slice());
    bytes
}

fn scalar() -> Scalar {
    Scalar::from_wide(&bytes())
}

/// The position of the first difference: an early exit that no optimiser can make branch-free,
/// because each byte is read through `black_box`.
fn early_exit_compare() {
    let secret = poisoned([7; 32], 0);
    let guess = black_box([7_u8; 32]);
    sink(first_difference(&secret, &guess));
}

#[inline(never)]
fn first_difference(secret: &[u8], guess: &[u8]) -> usize {
    let differs = |(a, b): (&u8, &u8)| *a != black_box(*b);
    secret.iter().zip(guess).position(differs).unwrap_or(secret.len())
}

static TABLE: [u8; 256] = [3; 256];

fn table_lookup() {
    let secret = poisoned([7; 32], 0);
    sink(black_box(&TABLE)[usize::from(secret[0])]);
}

fn multi_exp() {
    let points = [G1::generator(), G1::generator() + G1::generator()];
    sink(G1::multi_exp_vartime(&points, &[scalar(), scalar()]));
}

/// Draws until a byte is below 200: what sampling a scalar by rejection would do.
fn rejection_sampling() {
    let found = bytes().iter().position(|byte| black_box(*byte) < 200);
    sink(found);
}
