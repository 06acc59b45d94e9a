//! Fixtures shared by the benches: everything random comes from fixed seeds, and everything
//! expensive is made once, when the first bench that needs it runs.
#![forbid(unsafe_code)]
#![allow(
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "a program, never built without std"
)]
#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a fixture that cannot be made leaves nothing to measure"
)]

pub mod fixtures;

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// The generator of every bench.
#[must_use]
pub fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}
