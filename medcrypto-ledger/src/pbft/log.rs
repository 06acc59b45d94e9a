//! What a replica remembers of each sequence number.
//!
//! ```text
//! PREPARED(d)   the PRE-PREPARE of d and q − 1 PREPAREs(d) of distinct backups
//! COMMITTED(d)  PREPARED(d) and q COMMITs(d), own included
//! CERTIFIED     executed, and q CHECKPOINTs of the same block id, own included
//! ```
//! Votes are accepted for h < n ≤ h + L. A configured number of slots below h is kept for replicas
//! that lag; the log holds at most that many and L, each with at most n votes a kind.

use alloc::collections::BTreeMap;

use super::message::{Batch, Commit, Message, PrePrepare, Prepare};
use super::quorum::Quorum;
use super::signed::{Ballot, Signed, Tally, Verified};
use crate::auth::ReplicaId;
use crate::block::{Block, BlockId, Checkpoint};
use crate::codec::Digest;

/// An accepted assignment with its body.
#[derive(Clone, Debug)]
pub(crate) struct Proposal {
    pub(crate) vote: Signed<PrePrepare, Verified>,
    pub(crate) batch: Batch<Verified>,
}

impl Proposal {
    pub(crate) fn message(&self) -> Message {
        let (vote, batch) = (self.vote.clone(), self.batch.clone());
        Message::PrePrepare(vote.into_unverified(), batch.into_unverified())
    }
}

/// One sequence number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    pub(crate) proposal: Option<Proposal>,
    pub(crate) prepares: Tally<Prepare>,
    pub(crate) commits: Tally<Commit>,
    pub(crate) checkpoints: Tally<Checkpoint>,
    pub(crate) prepared: bool,
    pub(crate) committed: bool,
    /// The block that execution made, until it is certified.
    pub(crate) block: Option<Block>,
}

impl Slot {
    fn digest(&self) -> Option<Digest> {
        self.proposal.as_ref().map(|proposal| proposal.vote.body().digest)
    }

    /// The digest that has just become PREPARED, if one has.
    pub(crate) fn newly_prepared(&self, quorum: Quorum) -> Option<Digest> {
        let enough = |d: &Digest| self.prepares.count(*d) >= quorum.prepares();
        self.digest().filter(|_| !self.prepared).filter(enough)
    }

    /// The digest that has just become COMMITTED, if one has.
    pub(crate) fn newly_committed(&self, quorum: Quorum) -> Option<Digest> {
        let enough = |d: &Digest| self.commits.count(*d) >= quorum.quorum();
        self.digest().filter(|_| self.prepared && !self.committed).filter(enough)
    }

    /// The id of the executed block once q replicas vouch for it.
    pub(crate) fn newly_certified(&self, quorum: Quorum) -> Option<BlockId> {
        let id = self.block.as_ref()?.header.id();
        (self.checkpoints.count(id.0) >= quorum.quorum()).then_some(id)
    }

    /// What we can tell a replica that is behind: the assignment, and our own votes.
    pub(crate) fn answers(&self, me: ReplicaId) -> impl Iterator<Item = Message> + '_ {
        let proposal = self.proposal.as_ref().map(Proposal::message);
        let prepare = message(&self.prepares, me, Message::Prepare);
        let commit = message(&self.commits, me, Message::Commit);
        let checkpoint = message(&self.checkpoints, me, Message::Checkpoint);
        [proposal, prepare, commit, checkpoint].into_iter().flatten()
    }
}

/// A vote of ours as the message that carries it.
fn message<T: Ballot>(
    tally: &Tally<T>,
    me: ReplicaId,
    wrap: fn(Signed<T>) -> Message,
) -> Option<Message> {
    tally.of(me).cloned().map(Signed::into_unverified).map(wrap)
}

/// The slots by sequence number, with the low water mark.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    slots: BTreeMap<u64, Slot>,
    low: u64,
    window: u64,
    history: u64,
}

impl Log {
    pub(crate) const fn new(window: u64, history: u64) -> Self {
        Self { slots: BTreeMap::new(), low: 0, window, history }
    }

    /// h.
    pub(crate) const fn low(&self) -> u64 {
        self.low
    }

    /// h < n ≤ h + L.
    pub(crate) const fn admits(&self, seq: u64) -> bool {
        self.low < seq && seq <= self.low.saturating_add(self.window)
    }

    /// The slot of an admitted number.
    pub(crate) fn slot_mut(&mut self, seq: u64) -> Option<&mut Slot> {
        self.admits(seq).then(|| self.slots.entry(seq).or_default())
    }

    pub(crate) fn get(&self, seq: u64) -> Option<&Slot> {
        self.slots.get(&seq)
    }

    /// Slots above `after`, in order.
    pub(crate) fn after(&self, after: u64) -> impl Iterator<Item = (u64, &Slot)> {
        let from = after.saturating_add(1);
        self.slots.range(from..).map(|(seq, slot)| (*seq, slot))
    }

    /// Moves h to a certified height, and forgets what is too far below it.
    pub(crate) fn advance(&mut self, low: u64) {
        self.low = self.low.max(low);
        let oldest = self.low.saturating_sub(self.history).saturating_add(1);
        self.slots = self.slots.split_off(&oldest);
    }

    /// Slots held.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }
}
