//! What the network does to messages, drawn from one seeded stream.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};

use super::world::Party;

/// Probabilities are in thousandths, times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Faults {
    /// How much the links differ: each has a delay of its own below this, drawn once.
    pub link_spread: u64,
    /// What every message takes besides, at least.
    pub delay_min: u64,
    /// And at most. A span wider than the time between two messages reorders them.
    pub delay_max: u64,
    /// Messages that are lost.
    pub loss: u64,
    /// Messages that arrive twice.
    pub duplicate: u64,
}

impl Faults {
    /// A network that loses and repeats nothing and takes a millisecond.
    pub const NONE: Self =
        Self { link_spread: 0, delay_min: 1, delay_max: 1, loss: 0, duplicate: 0 };
}

/// The links between the parties.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    rng: ChaCha8Rng,
    pub(crate) faults: Faults,
    links: BTreeMap<(Party, Party), u64>,
    pub(crate) cut: BTreeSet<(Party, Party)>,
}

impl Network {
    pub(crate) fn new(seed: u64, faults: Faults) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        Self { rng, faults, links: BTreeMap::new(), cut: BTreeSet::new() }
    }

    /// After how long each copy of a message arrives; none when it is lost.
    pub(crate) fn delays(&mut self, from: Party, to: Party) -> Vec<u64> {
        let lost = self.chance(self.faults.loss) || self.cut.contains(&(from, to));
        let copies = if self.chance(self.faults.duplicate) { 2 } else { 1 };
        let delays = (0..copies).map(|_| self.delay(from, to)).collect();
        if lost { Vec::new() } else { delays }
    }

    fn delay(&mut self, from: Party, to: Party) -> u64 {
        let own = self.below(self.faults.link_spread);
        let link = *self.links.entry((from, to)).or_insert(own);
        let Faults { delay_min, delay_max, .. } = self.faults;
        let span = delay_max.saturating_sub(delay_min).saturating_add(1);
        link.saturating_add(delay_min).saturating_add(self.below(span))
    }

    fn chance(&mut self, thousandths: u64) -> bool {
        self.below(1_000) < thousandths
    }

    /// A number below `bound`; the bias of the remainder is far below what a simulation shows.
    fn below(&mut self, bound: u64) -> u64 {
        self.rng.next_u64().checked_rem(bound).unwrap_or(0)
    }
}
