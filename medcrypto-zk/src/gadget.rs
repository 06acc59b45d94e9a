//! Circuit building blocks over one flat constraint system.
//!
//! ```text
//! system      rows ⟨a,z⟩·⟨b,z⟩ = ⟨c,z⟩ over z = (1, seven inputs, witness)
//! hash        Poseidon permutation, 3·(8t + R_P) − 3 rows with a constant capacity
//! compare     n rows enforced, n + 1 as a bit, for operands below 2ⁿ
//! opening     static and dynamic positions in trees of arity 8
//! ```
//!
//! Synthesis never branches on a value: the same calls run for every witness, so setup and prover
//! see the same matrices. Status: *composition*.

pub(crate) mod compare;
pub(crate) mod hash;
pub(crate) mod system;
pub(crate) mod tree;

pub(crate) use compare::{Bit, Width};
pub(crate) use system::{Lc, System};

#[cfg(test)]
mod tests;
