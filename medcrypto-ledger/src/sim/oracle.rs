//! A simulated miner: it draws how long the next block takes, and no work is done.
//!
//! ```text
//! time to the next block = work(target) / rate · E,   E exponential with mean 1
//! E (von Neumann 1951): runs u₁ > u₂ > … > uₙ ≤ uₙ₊₁ of uniform numbers until an n is odd;
//!                       E = (runs before it) + its u₁
//! ```
//!
//! Only comparisons and integers, so a seed gives the same chain everywhere.

use core::num::NonZeroU64;

use rand_core::RngCore;

use crate::pow::{Header, Seal, SealedHeader, Target};

/// The seal of simulated chains.
#[derive(Clone, Copy, Debug)]
pub struct Oracle;

impl Seal for Oracle {
    const NAME: &'static str = "oracle";
}

impl Oracle {
    /// Seals any header, which no chain of real work will take.
    #[must_use]
    pub fn seal(header: Header) -> SealedHeader<Self> {
        SealedHeader::granted(header)
    }

    /// How many milliseconds it takes to meet `target` at `rate` tries a millisecond.
    pub fn wait_ms<R: RngCore>(target: Target, rate: NonZeroU64, rng: &mut R) -> u64 {
        let tries = target.work().scaled(exponential(rng), rate);
        tries.scaled(1, NonZeroU64::MIN.saturating_add(u64::from(u32::MAX))).saturating_u64()
    }
}

/// An exponential number of mean 1, times 2³².
fn exponential<R: RngCore>(rng: &mut R) -> u64 {
    let mut whole = 0_u64;
    loop {
        let first = rng.next_u32();
        let (mut last, mut run) = (first, 1_u64);
        loop {
            let next = rng.next_u32();
            if next >= last {
                break;
            }
            (last, run) = (next, run.saturating_add(1));
        }
        if run % 2 == 1 {
            return whole << 32 | u64::from(first);
        }
        whole = whole.saturating_add(1);
    }
}
