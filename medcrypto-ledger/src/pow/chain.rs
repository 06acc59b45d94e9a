//! The tree of headers, and its branch of most work.
//!
//! What stands off the best chain is bounded: beyond [`MAX_FORKED`] blocks the tip of least work
//! goes, so cheap forks never push out one that could win. A branch that needs more blocks than
//! that to overtake is not followed.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::iter;
use core::marker::PhantomData;

use super::{
    FUTURE_MS, Genesis, Header, Refusal, Seal, SealedHeader, Target, U256, VERSION, WINDOW,
};
use crate::block::{BlockId, MEDIAN_SPAN, block_time, median_time};
use crate::codec::Digest;
use crate::merkle::RootHash;

/// How many headers off the best chain are kept.
pub const MAX_FORKED: usize = 2016;

/// What accepting a block did to the best chain; nothing, if it stands on a fork.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Blocks that are on it no more, in descending order of height.
    pub left: Vec<BlockId>,
    /// Blocks that are on it now, in ascending order of height.
    pub joined: Vec<BlockId>,
}

#[derive(Clone, Debug)]
struct Entry {
    header: Header,
    /// Work of the chain that ends here.
    work: U256,
    children: usize,
}

/// The work of a chain and its last block, by what is better.
pub(super) type Tip = (U256, Reverse<BlockId>);

/// Every header that was accepted, from genesis on: what a light node holds.
#[derive(Clone, Debug)]
pub struct Chain<S> {
    entries: BTreeMap<BlockId, Entry>,
    /// Blocks that nothing follows; the last of them is the best.
    tips: BTreeSet<Tip>,
    /// The best chain, by height.
    best: Vec<BlockId>,
    head: Header,
    limit: Target,
    seal: PhantomData<S>,
}

impl<S: Seal> Chain<S> {
    /// The chain of genesis alone. Work is counted from block 1 on.
    #[must_use]
    pub fn new(genesis: &Genesis) -> Self {
        let head = genesis.header::<S>();
        let (id, work) = (head.id(), U256::ZERO);
        Self {
            entries: BTreeMap::from([(id, Entry { header: head, work, children: 0 })]),
            tips: BTreeSet::from([(work, Reverse(id))]),
            best: Vec::from([id]),
            head,
            limit: genesis.limit,
            seal: PhantomData,
        }
    }

    /// The last header of the best chain.
    #[must_use]
    pub const fn head(&self) -> &Header {
        &self.head
    }

    /// The work of the best chain: the expected number of tries behind it.
    #[must_use]
    pub fn work(&self) -> U256 {
        self.tips.last().map_or(U256::ZERO, |(work, _)| *work)
    }

    /// The header at a height of the best chain.
    #[must_use]
    pub fn at(&self, height: u64) -> Option<&Header> {
        let id = self.best.get(usize::try_from(height).ok()?)?;
        self.get(id)
    }

    /// A header that is on the best chain or on a fork that is kept.
    #[must_use]
    pub fn get(&self, id: &BlockId) -> Option<&Header> {
        Some(&self.entries.get(id)?.header)
    }

    /// How many headers are kept, the best chain and forks together.
    #[must_use]
    pub fn kept(&self) -> usize {
        self.entries.len()
    }

    /// How many blocks of the best chain stand on this one, itself included; 0 off the best chain.
    #[must_use]
    pub fn confirmations(&self, id: &BlockId) -> u64 {
        let Some(header) = self.get(id).filter(|header| self.is_best(id, header)) else {
            return 0;
        };
        self.head.height.saturating_sub(header.height).saturating_add(1)
    }

    /// A header to mine on the best chain, with nonce 0.
    #[must_use]
    pub fn template(&self, txs: RootHash, miner: Digest, now_ms: u64) -> Header {
        Header {
            version: VERSION,
            chain_id: self.head.chain_id,
            height: self.head.height.saturating_add(1),
            time_ms: block_time(now_ms, &self.last_times(&self.head)),
            prev: self.head.id(),
            tx_root: txs.hash,
            // No block comes near 2³² transactions.
            tx_count: u32::try_from(txs.size).unwrap_or(u32::MAX),
            target: self.target_after(&self.head),
            nonce: 0,
            miner,
        }
    }

    /// What [`accept`](Self::accept) refuses; the tip that the header would be.
    pub(super) fn check(&self, sealed: &SealedHeader<S>, now_ms: u64) -> Result<Tip, Refusal> {
        let (header, id) = (sealed.header, sealed.id);
        let tip = (self.work_with(&header, &id, now_ms)?, Reverse(id));
        let full = self.entries.len().saturating_sub(self.best.len()) >= MAX_FORKED;
        if full && !self.overtakes(&tip) && self.lightest_is_worse(&tip, &header.prev) {
            return Err(Refusal::Light);
        }
        Ok(tip)
    }

    fn overtakes(&self, tip: &Tip) -> bool {
        self.tips.last().is_none_or(|best| tip > best)
    }

    /// Accepts a header that follows one that is there, at the time `now_ms` of the caller's clock.
    ///
    /// # Errors
    /// [`Refusal`] names the first thing that is wrong, in the order of the declaration; the chain
    /// is unchanged.
    pub fn accept(&mut self, sealed: SealedHeader<S>, now_ms: u64) -> Result<Change, Refusal> {
        let (header, id) = (sealed.header, sealed.id);
        let tip = self.check(&sealed, now_ms)?;
        let overtakes = self.overtakes(&tip);
        self.insert(header, tip);
        let change = if overtakes { self.reorganise(header, id) } else { Change::default() };
        while self.entries.len().saturating_sub(self.best.len()) > MAX_FORKED {
            self.drop_lightest();
        }
        Ok(change)
    }

    /// The work of the chain that ends with this header, if it may stand there.
    fn work_with(&self, header: &Header, id: &BlockId, now_ms: u64) -> Result<U256, Refusal> {
        let require = |holds, refusal| if holds { Ok(()) } else { Err(refusal) };
        require(header.version == VERSION, Refusal::Version)?;
        require(header.chain_id == self.head.chain_id, Refusal::Chain)?;
        require(!self.entries.contains_key(id), Refusal::Known)?;
        let parent = self.entries.get(&header.prev).ok_or(Refusal::Previous)?;
        let next = parent.header.height.checked_add(1);
        require(next == Some(header.height), Refusal::Height)?;
        let median = median_time(&self.last_times(&parent.header));
        require(header.time_ms > median, Refusal::Time)?;
        require(header.time_ms <= now_ms.saturating_add(FUTURE_MS), Refusal::Future)?;
        require(header.target == self.target_after(&parent.header), Refusal::Target)?;
        parent.work.checked_add(header.target.work()).ok_or(Refusal::Overflow)
    }

    /// The header and those before it, downwards to genesis.
    fn back<'a>(&'a self, from: &'a Header) -> impl Iterator<Item = &'a Header> {
        iter::successors(Some(from), |header| self.get(&header.prev))
    }

    /// Times of the last blocks up to `parent`.
    fn last_times(&self, parent: &Header) -> Vec<u64> {
        self.back(parent).take(MEDIAN_SPAN).map(|header| header.time_ms).collect()
    }

    /// The target of the block after `parent`.
    fn target_after(&self, parent: &Header) -> Target {
        if parent.height.saturating_add(1) % WINDOW != 0 {
            return parent.target;
        }
        let span = self.back(parent).take_while(|h| parent.height - h.height <= WINDOW);
        let first = span.last().unwrap_or(parent);
        let intervals = parent.height.saturating_sub(first.height);
        parent.target.retarget(first.time_ms, parent.time_ms, intervals, self.limit)
    }

    fn is_best(&self, id: &BlockId, header: &Header) -> bool {
        usize::try_from(header.height).is_ok_and(|height| self.best.get(height) == Some(id))
    }

    fn insert(&mut self, header: Header, tip: Tip) {
        let (work, Reverse(id)) = tip;
        if let Some(parent) = self.entries.get_mut(&header.prev) {
            parent.children += 1;
            self.tips.remove(&(parent.work, Reverse(header.prev)));
        }
        self.entries.insert(id, Entry { header, work, children: 0 });
        self.tips.insert(tip);
    }

    /// Makes the branch that ends with `head` the best chain.
    fn reorganise(&mut self, head: Header, id: BlockId) -> Change {
        let mut joined = Vec::from([id]);
        let mut previous = head.prev;
        while let Some(header) = self.get(&previous).filter(|h| !self.is_best(&previous, h)) {
            joined.push(previous);
            previous = header.prev;
        }
        joined.reverse();
        let fork = self.get(&previous).map_or(0, |header| header.height);
        let keep = usize::try_from(fork).unwrap_or(usize::MAX).saturating_add(1);
        let mut left = self.best.split_off(keep.min(self.best.len()));
        left.reverse();
        self.best.extend_from_slice(&joined);
        self.head = head;
        Change { left, joined }
    }

    /// Whether the tip that would go first is `tip` itself.
    fn lightest_is_worse(&self, tip: &Tip, parent: &BlockId) -> bool {
        let others = self.tips.iter().find(|(_, Reverse(id))| id != parent);
        others.is_none_or(|lightest| tip < lightest)
    }

    /// Drops the tip of least work, which is never the best.
    fn drop_lightest(&mut self) {
        let Some((_, Reverse(id))) = self.tips.pop_first() else {
            return;
        };
        let Some(dropped) = self.entries.remove(&id) else {
            return;
        };
        let Some(parent) = self.entries.get_mut(&dropped.header.prev) else {
            return;
        };
        parent.children = parent.children.saturating_sub(1);
        if parent.children == 0 {
            self.tips.insert((parent.work, Reverse(dropped.header.prev)));
        }
    }
}
