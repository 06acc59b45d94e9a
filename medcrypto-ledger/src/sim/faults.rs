//! What the network does to messages, drawn from one seeded stream.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

use super::event::Party;

/// Probabilities are in thousandths, times in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    /// Messages that arrive with one byte changed.
    pub garble: u64,
}

impl Faults {
    /// A network that loses, repeats and changes nothing and takes a millisecond.
    pub const NONE: Self =
        Self { link_spread: 0, delay_min: 1, delay_max: 1, loss: 0, duplicate: 0, garble: 0 };
}

/// A message that will arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    pub(super) delay: u64,
    pub(super) bytes: Vec<u8>,
    pub(super) garbled: bool,
}

/// The links between the parties.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub(super) rng: ChaCha8Rng,
    pub(super) faults: Faults,
    links: BTreeMap<(Party, Party), u64>,
    pub(super) cut: BTreeSet<(Party, Party)>,
}

impl Network {
    pub(super) fn new(seed: u64, faults: Faults) -> Self {
        let rng = ChaCha8Rng::seed_from_u64(seed);
        Self { rng, faults, links: BTreeMap::new(), cut: BTreeSet::new() }
    }

    /// What arrives of a message: nothing when it is lost.
    pub(super) fn carry(&mut self, from: Party, to: Party, bytes: &[u8]) -> Vec<Arrival> {
        let lost = self.chance(self.faults.loss) || self.cut.contains(&(from, to));
        let copies = if self.chance(self.faults.duplicate) { 2 } else { 1 };
        let arrivals = (0..copies).map(|_| self.arrival(from, to, bytes)).collect();
        if lost { Vec::new() } else { arrivals }
    }

    fn arrival(&mut self, from: Party, to: Party, bytes: &[u8]) -> Arrival {
        let delay = self.delay(from, to);
        let mut bytes = bytes.to_vec();
        let garbled = self.chance(self.faults.garble);
        let place = self.below(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        let place = usize::try_from(place).ok().filter(|_| garbled);
        if let Some(byte) = place.and_then(|place| bytes.get_mut(place)) {
            // Another byte: 1 to 255 are added in ℤ₂⁸.
            *byte ^= u8::try_from(self.below(255)).unwrap_or(0).saturating_add(1);
        }
        Arrival { delay, bytes, garbled }
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

    /// A number below `bound`.
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        below(bound, &mut self.rng)
    }
}

/// A number below `bound`, 0 if there is none; the bias of the remainder is far below what a
/// simulation shows.
pub(super) fn below<R: RngCore>(bound: u64, rng: &mut R) -> u64 {
    rng.next_u64().checked_rem(bound).unwrap_or(0)
}
