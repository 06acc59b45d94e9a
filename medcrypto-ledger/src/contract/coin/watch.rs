//! Which block of the Userchain the coins go by: one that a quorum of watchers has seen lie deep enough.
//!
//! ```text
//! vote    ⟨from, to⟩ by a watcher: to lies deep enough, and every block up to from, the tip, is below it
//! moves   on q votes for one block (`pbft::quorum`): the tip is that block, and all votes are gone
//! ```
//! Of q watchers f + 1 are correct, so what the tip says is true, and somebody who tells the truth has
//! every block up to it. A vote names the tip that it goes on from: one that was cast before the tip moved
//! counts for nothing afterwards. A watcher votes again when what it sees changes; its last vote counts.

use alloc::collections::BTreeSet;

use super::tx::{Event, Reject};
use crate::auth::PublicKey;
use crate::block::BlockId;
use crate::codec::{Pairs, as_array};
use crate::pbft::Quorum;

/// A block of the Userchain: with its id all blocks before it are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The block.
    pub block: BlockId,
    /// Its height.
    pub height: u64,
}
as_array!(Tip { block, height });

/// The tip, who moves it, and who has voted for what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    watchers: BTreeSet<PublicKey>,
    tip: Tip,
    votes: Pairs<PublicKey, Tip>,
}
as_array!(Watch { watchers, tip, votes });

impl Watch {
    /// Of the Userchain that begins with this block. Without watchers the tip stays there.
    #[must_use]
    pub const fn new(watchers: BTreeSet<PublicKey>, genesis: BlockId) -> Self {
        let tip = Tip { block: genesis, height: 0 };
        Self { watchers, tip, votes: Pairs(alloc::collections::BTreeMap::new()) }
    }

    /// Where the Userchain ends, as far as the coins go by it.
    #[must_use]
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    pub(super) fn vote(
        &mut self,
        watcher: &PublicKey,
        from: BlockId,
        to: Tip,
    ) -> Result<Event, Reject> {
        if !self.watchers.contains(watcher) {
            return Err(Reject::Watcher);
        }
        if from != self.tip.block || to.height <= self.tip.height {
            return Err(Reject::Tip);
        }
        self.votes.0.insert(watcher.clone(), to);
        let votes = self.votes.0.values().filter(|vote| **vote == to).count();
        if self.quorum().is_none_or(|quorum| votes < quorum) {
            return Ok(Event::Seen(watcher.clone(), to));
        }
        self.tip = to;
        self.votes.0.clear();
        Ok(Event::Anchored(to))
    }

    /// None for nobody, or for more than a committee has.
    fn quorum(&self) -> Option<usize> {
        let count = u16::try_from(self.watchers.len()).ok()?;
        Quorum::new(count).map(Quorum::quorum)
    }
}
