//! What a replica remembers of each sequence number.
//!
//! ```text
//! PREPARED(d)   the PRE-PREPARE of d with its batch, and q − 1 PREPAREs(d) of distinct backups
//! COMMITTED(d)  PREPARED(d) and q COMMITs(d), own included
//! CERTIFIED     executed, and q CHECKPOINTs of the same block id, own included
//! ```
//! Votes are accepted for h < n ≤ h + L. A configured number of slots below h is kept for replicas
//! that lag; the log holds at most that many and L, each with at most n votes a kind and a batch a
//! view that was given up since h, whose number the doubling of the timer keeps small.

use alloc::collections::BTreeMap;

use super::change::Prepared;
use super::message::{Batch, Commit, Message, PrePrepare, Prepare};
use super::quorum::Quorum;
use super::signed::{Ballot, Signed, Tally, Verified};
use crate::auth::ReplicaId;
use crate::block::{Block, BlockId, Checkpoint, QuorumCertificate};
use crate::codec::{Digest, Pairs};

/// One sequence number.
#[derive(Clone, Debug, Default)]
pub(crate) struct Slot {
    /// The assignment of this view.
    pub(crate) assigned: Option<Signed<PrePrepare, Verified>>,
    /// The batches that were proposed here, by digest: at most one a view, and each is kept, because
    /// a certificate for it may come up in a later view.
    pub(crate) bodies: BTreeMap<Digest, Batch<Verified>>,
    pub(crate) prepares: Tally<Prepare>,
    pub(crate) commits: Tally<Commit>,
    pub(crate) checkpoints: Tally<Checkpoint>,
    pub(crate) prepared: bool,
    pub(crate) committed: bool,
    /// That something was PREPARED, in the last view in which it was.
    pub(crate) certificate: Option<Prepared>,
    /// The block that execution made, until it is certified.
    pub(crate) block: Option<Block>,
}

impl Slot {
    fn digest(&self) -> Option<Digest> {
        self.assigned.as_ref().map(|vote| vote.body().digest)
    }

    /// The assigned batch, if it is here.
    pub(crate) fn batch(&self) -> Option<&Batch<Verified>> {
        self.bodies.get(&self.digest()?)
    }

    /// The assigned digest whose batch is missing.
    pub(crate) fn missing(&self) -> Option<Digest> {
        self.digest().filter(|digest| !self.bodies.contains_key(digest))
    }

    /// Assigns; the null request needs no body from anybody.
    pub(crate) fn assign(&mut self, vote: Signed<PrePrepare, Verified>) {
        let null = Batch::null();
        if vote.body().digest == null.digest() {
            self.bodies.insert(vote.body().digest, null);
        }
        self.assigned = Some(vote);
    }

    /// Forgets the votes of the view that ends; what it PREPARED and what was executed stay.
    fn end_view(&mut self) {
        let Self { bodies, checkpoints, certificate, block, .. } = core::mem::take(self);
        *self = Self { bodies, checkpoints, certificate, block, ..Self::default() };
    }

    /// The digest that we may agree to now: assigned, its batch here, and not voted for.
    pub(crate) fn agreeable(&self, me: ReplicaId) -> Option<Digest> {
        self.digest().filter(|_| self.batch().is_some() && self.prepares.of(me).is_none())
    }

    /// The certificate of what has just become PREPARED, if something has.
    pub(crate) fn newly_prepared(&self, quorum: Quorum) -> Option<Prepared> {
        let vote = self.assigned.as_ref().filter(|_| !self.prepared && self.batch().is_some())?;
        let PrePrepare { view, digest, .. } = *vote.body();
        if self.prepares.count(digest) < quorum.prepares() {
            return None;
        }
        let votes = self.prepares.votes_for(digest).take(quorum.prepares());
        let votes = votes.map(|vote| (vote.body().sender, vote.signature().clone()));
        let (assign, prepares) = (vote.signature().clone(), Pairs(votes.collect()));
        Some(Prepared { view, digest, assign, prepares })
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

    /// Whether something is assigned that is not PREPARED.
    pub(crate) const fn is_open(&self) -> bool {
        self.assigned.is_some() && !self.prepared
    }

    /// Whether we voted for its block.
    pub(crate) fn vouched(&self, me: ReplicaId) -> bool {
        self.checkpoints.of(me).is_some()
    }

    /// Whether its votes are of this view.
    pub(crate) fn is_of(&self, view: u64) -> bool {
        self.assigned.as_ref().is_some_and(|vote| vote.body().view == view)
    }

    /// The assignment with its batch.
    pub(crate) fn proposal(&self) -> Option<Message> {
        let (vote, batch) = (self.assigned.clone()?, self.batch().cloned()?);
        Some(Message::PrePrepare(vote.into_unverified(), batch.into_unverified()))
    }

    /// What we can tell a replica that is behind: the assignment, and our own votes.
    pub(crate) fn answers(&self, me: ReplicaId) -> impl Iterator<Item = Message> + '_ {
        let proposal = self.proposal();
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
    stable: QuorumCertificate,
    window: u64,
    history: u64,
}

impl Log {
    pub(crate) const fn new(genesis: QuorumCertificate, window: u64, history: u64) -> Self {
        Self { slots: BTreeMap::new(), stable: genesis, window, history }
    }

    /// The last stable checkpoint.
    pub(crate) const fn stable(&self) -> &QuorumCertificate {
        &self.stable
    }

    /// h.
    pub(crate) const fn low(&self) -> u64 {
        self.stable.height
    }

    /// h < n ≤ h + L.
    pub(crate) const fn admits(&self, seq: u64) -> bool {
        self.low() < seq && seq <= self.low().saturating_add(self.window)
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
    pub(crate) fn advance(&mut self, stable: QuorumCertificate) {
        self.stable = stable;
        let oldest = self.low().saturating_sub(self.history).saturating_add(1);
        self.slots = self.slots.split_off(&oldest);
    }

    /// Forgets the votes above h.
    pub(crate) fn end_view(&mut self) {
        let from = self.low().saturating_add(1);
        self.slots.range_mut(from..).for_each(|(_, slot)| slot.end_view());
    }

    /// A batch that was proposed, by its digest.
    pub(crate) fn body(&self, digest: &Digest) -> Option<&Batch<Verified>> {
        self.slots.values().find_map(|slot| slot.bodies.get(digest))
    }

    /// The slots above h whose batch is missing, with its digest.
    pub(crate) fn missing(&mut self) -> impl Iterator<Item = (Digest, &mut Slot)> {
        let from = self.stable.height.saturating_add(1);
        let slots = self.slots.range_mut(from..);
        slots.filter_map(|(_, slot)| slot.missing().map(|digest| (digest, slot)))
    }

    /// Slots held.
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }
}
