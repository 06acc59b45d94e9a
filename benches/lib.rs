//! Fixtures shared by the benches: everything random comes from one seed.
#![forbid(unsafe_code)]
#![allow(
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "a program, never built without std"
)]

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// The generator of every bench.
#[must_use]
pub fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}
