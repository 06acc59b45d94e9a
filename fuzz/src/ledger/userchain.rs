//! Scripts of headers for the chain of work, against a model that keeps all that was accepted.
//!
//! ```text
//! start    genesis; one after which two blocks are more work than can be counted; a chain five blocks
//!          before its target changes; or one with all but a few of the forks that it may keep
//! event    the clock goes on, or a header on any block, mostly as it should be; the oracle seals it
//! after every header
//!          the verdict is that of the rules, in the order of the refusals
//!          a refusal changes nothing
//!          the head is the header of most work, then of the lowest id, of all that were accepted, or once
//!          something was dropped, of all that are kept
//!          the blocks left and joined are those between both heads and their last common block
//!          beside the best chain at most MAX_FORKED headers are kept
//! ```

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::LazyLock;

use medcrypto_ledger::Digest;
use medcrypto_ledger::block::BlockId;
use medcrypto_ledger::pow::{
    Chain, Change, FUTURE_MS, Genesis, Header, MAX_FORKED, Refusal, SPACING_MS, Target, U256,
    VERSION, WINDOW,
};
use medcrypto_ledger::sim::Oracle;

use super::hospital::digest;
use crate::script::Script;

/// A header, and the work of the chain that ends with it.
type Known = (Header, U256);

#[derive(Clone)]
struct Run {
    chain: Chain<Oracle>,
    known: BTreeMap<BlockId, Known>,
    /// Of all that were accepted, in this order.
    order: Vec<BlockId>,
    limit: Target,
    now: u64,
    reorganised: usize,
    refused: usize,
}

static STARTS: LazyLock<[Run; 4]> = LazyLock::new(|| {
    let mut late = Run::genesis(0x1d00_ffff);
    (0..WINDOW - 6).for_each(|_| late.extend(&late.chain.head().id(), SPACING_MS / 3));
    let mut forked = Run::genesis(0x207f_ffff);
    let first = forked.chain.head().id();
    (0..4).for_each(|_| forked.extend(&forked.chain.head().id(), SPACING_MS));
    (5..MAX_FORKED as u64).for_each(|i| forked.extend(&first, i));
    [Run::genesis(0x2100_ffff), Run::genesis(0x0101_0000), late, forked]
});

/// Reached: something was refused, and a branch overtook another.
pub(super) fn script(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let mut run = STARTS[script.pick(&[0, 0, 0, 0, 1, 2, 3])].clone();
    for _ in 0..64 {
        if script.is_over() {
            break;
        }
        run.event(&mut script);
    }
    run.reorganised > 0 && run.refused > 0
}

impl Run {
    fn genesis(bits: u32) -> Self {
        let limit = Target::from_bits(bits).expect("a target");
        let genesis = Genesis { limit, time_ms: 1_000_000 };
        let (header, chain) = (genesis.header::<Oracle>(), Chain::new(&genesis));
        let known = [(header.id(), (header, U256::ZERO))].into();
        let order = vec![header.id()];
        let now = genesis.time_ms;
        Self { chain, known, order, limit, now, reorganised: 0, refused: 0 }
    }

    /// Builds a start.
    fn extend(&mut self, parent: &BlockId, after_ms: u64) {
        let parent = self.known[parent].0;
        self.now = parent.time_ms + after_ms;
        let header = self.following(&parent, parent.time_ms + after_ms);
        self.offer(header);
    }

    fn event(&mut self, script: &mut Script<'_>) {
        if script.below(8) == 0 {
            self.now += script.pick(&[1, 1_000, SPACING_MS, FUTURE_MS, 14 * 24 * 3_600_000]);
            return;
        }
        // Mostly one of the last, or the head.
        let back = script.pick(&[0, 0, 1, 2, 3, 5, 8, self.order.len() - 1]);
        let last = self.order[(self.order.len() - 1).saturating_sub(back)];
        let parent = if script.below(3) == 0 { self.chain.head().id() } else { last };
        let Some((parent, _)) = self.known.get(&parent).copied() else { return };
        let median = self.median(&parent);
        let latest = self.now.saturating_add(FUTURE_MS);
        let far = parent.time_ms.saturating_add(SPACING_MS);
        let time = script.pick(&[far, far, far, median + 1, median, latest, latest + 1, self.now]);
        let mut header = self.following(&parent, time);
        header.nonce = script.below(4) as u64;
        let any = script.pick(&[0x1d00_ffff, 0x207f_ffff, 0x2100_ffff, 0x0101_0000, 0x1b04_04cb]);
        match script.below(24) {
            0 => header.version = script.pick(&[0, 2, u16::MAX]),
            1 => header.chain_id.0 = Digest::ZERO,
            2 => header.height = script.pick(&[0, header.height + 1, u64::MAX]),
            3 => header.prev = BlockId(digest("nowhere")),
            4 => header.target = Target::from_bits(any).expect("a target"),
            5 => header = parent,
            _ => {}
        }
        self.offer(header);
    }

    fn following(&self, parent: &Header, time_ms: u64) -> Header {
        Header {
            version: VERSION,
            height: parent.height + 1,
            time_ms,
            prev: parent.id(),
            target: self.target(parent),
            nonce: 0,
            miner: digest("miner"),
            ..*parent
        }
    }

    /// The header and those before it.
    fn back(&self, from: &Header) -> impl Iterator<Item = Header> {
        std::iter::successors(Some(*from), |header| Some(self.known.get(&header.prev)?.0))
    }

    /// The lower middle of at most eleven times.
    fn median(&self, parent: &Header) -> u64 {
        let mut times: Vec<_> = self.back(parent).take(11).map(|header| header.time_ms).collect();
        times.sort_unstable();
        times[(times.len() - 1) / 2]
    }

    fn target(&self, parent: &Header) -> Target {
        if !(parent.height + 1).is_multiple_of(WINDOW) {
            return parent.target;
        }
        let first = parent.height.saturating_sub(WINDOW);
        let first = self.back(parent).find(|header| header.height == first).expect("kept");
        let intervals = parent.height - first.height;
        parent.target.retarget(first.time_ms, parent.time_ms, intervals, self.limit)
    }

    fn verdict(&self, header: &Header) -> Result<U256, Refusal> {
        if header.version != VERSION {
            return Err(Refusal::Version);
        }
        if header.chain_id != self.chain.head().chain_id {
            return Err(Refusal::Chain);
        }
        if self.known.contains_key(&header.id()) {
            return Err(Refusal::Known);
        }
        let (parent, work) = self.known.get(&header.prev).ok_or(Refusal::Previous)?;
        if header.height != parent.height + 1 {
            return Err(Refusal::Height);
        }
        if header.time_ms <= self.median(parent) {
            return Err(Refusal::Time);
        }
        if header.time_ms > self.now.saturating_add(FUTURE_MS) {
            return Err(Refusal::Future);
        }
        if header.target != self.target(parent) {
            return Err(Refusal::Target);
        }
        work.checked_add(header.target.work()).ok_or(Refusal::Overflow)
    }

    fn offer(&mut self, header: Header) {
        let (before, expected) = (self.seen(), self.verdict(&header));
        let (head, forked) = (*self.chain.head(), self.forked());
        match (self.chain.accept(Oracle::seal(header), self.now), expected) {
            (Err(refusal), expected) => {
                self.refused += 1;
                assert_eq!(self.seen(), before, "refused, and changed something");
                let Ok(work) = expected else { return assert_eq!(expected, Err(refusal)) };
                // Not lighter than what is kept: nothing would be gained by it.
                assert_eq!((refusal, forked), (Refusal::Light, MAX_FORKED));
                assert!((work, Reverse(header.id())) < self.best(), "lighter than the head");
            }
            (Ok(change), expected) => {
                let work = expected.expect("refused by the rules");
                self.known.insert(header.id(), (header, work));
                self.order.push(header.id());
                self.accepted(&head, &change);
            }
        }
    }

    fn forked(&self) -> usize {
        self.chain.kept() - 1 - self.chain.head().height as usize
    }

    /// What can be asked; of a short chain all that there is.
    fn seen(&self) -> (Header, U256, usize, String) {
        let chain = &self.chain;
        let all = if chain.kept() < 64 { format!("{chain:?}") } else { String::new() };
        (*chain.head(), chain.work(), chain.kept(), all)
    }

    /// Most work, then the lowest id.
    fn best(&self) -> (U256, Reverse<BlockId>) {
        let all = self.known.iter().map(|(id, (_, work))| (*work, Reverse(*id)));
        all.max().expect("genesis")
    }

    fn accepted(&mut self, old: &Header, change: &Change) {
        let head = *self.chain.head();
        assert_eq!(*change, self.between(old, &head));
        if self.known.len() > self.chain.kept() {
            assert_eq!(self.forked(), MAX_FORKED, "dropped before it is due");
            self.known.retain(|id, _| self.chain.get(id).is_some());
            self.order.retain(|id| self.known.contains_key(id));
        }
        assert_eq!((self.chain.work(), Reverse(head.id())), self.best());
        assert_eq!(self.known.len(), self.chain.kept());
        assert!(self.forked() <= MAX_FORKED, "kept without bound");
        for id in &change.left {
            assert_eq!(self.chain.confirmations(id), 0);
        }
        for id in &change.joined {
            let header = self.chain.get(id).expect("joined");
            assert_eq!(self.chain.at(header.height), Some(header));
            assert_eq!(self.chain.confirmations(id), head.height - header.height + 1);
        }
        assert_eq!(self.chain.at(head.height + 1), None);
        self.reorganised += usize::from(!change.left.is_empty());
    }

    /// The way from one head to the other.
    fn between(&self, old: &Header, new: &Header) -> Change {
        let (mut from, mut to, mut change) = (*old, *new, Change::default());
        let prev = |header: &Header| self.known[&header.prev].0;
        while from != to {
            if from.height >= to.height {
                change.left.push(from.id());
                from = prev(&from);
            } else {
                change.joined.push(to.id());
                to = prev(&to);
            }
        }
        change.joined.reverse();
        change
    }
}
