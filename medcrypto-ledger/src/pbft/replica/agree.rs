//! The three phases: a primary assigns, backups agree, everybody confirms.

use alloc::vec::Vec;

use super::{Replica, noted};
use crate::auth::Auth;
use crate::pbft::app::App;
use crate::pbft::io::{Evidence, Output, Reason};
use crate::pbft::log::Proposal;
use crate::pbft::message::{Batch, Commit, Message, PrePrepare, Prepare, Request};
use crate::pbft::signed::{Signed, Verified};

impl<A: Auth, P: App> Replica<A, P> {
    /// As primary: assigns the next number to the next batch.
    pub(super) fn propose(&mut self, now: u64, out: &mut Vec<Output>) -> bool {
        let seq = self.proposed.saturating_add(1);
        let in_flight = self.proposed.saturating_sub(self.executed());
        let room = self.log.admits(seq) && in_flight < self.config.in_flight_max;
        if !(self.is_primary() && room) {
            return false;
        }
        let requests = self.waiting.take(self.config.batch_max, self.batch_bytes());
        if requests.is_empty() {
            return false;
        }
        let batch = Batch { requests, time: now, proposer: self.config.me };
        let vote = self.sign(self.vote(seq, batch.digest()));
        let proposal = Proposal { vote, batch };
        out.push(Output::Broadcast(proposal.message().encode()));
        self.proposed = seq;
        if let Some(slot) = self.log.slot_mut(seq) {
            slot.proposal = Some(proposal);
        }
        true
    }

    /// As backup: accepts the first valid assignment of (v, n), and agrees to it.
    pub(super) fn on_pre_prepare(
        &mut self,
        now: u64,
        vote: Signed<PrePrepare>,
        batch: Batch,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        self.place(vote.body())?;
        if vote.body().sender != self.primary() {
            return Err(Reason::Sender);
        }
        let vote = self.admit(vote)?;
        let PrePrepare { seq, digest, .. } = *vote.body();
        self.first_assignment(&vote, out)?;
        let batch = self.admit_batch(now, vote.body(), batch)?;
        let prepare = self.sign(self.vote(seq, digest));
        let slot = self.log.slot_mut(seq).ok_or(Reason::Sequence)?;
        slot.proposal = Some(Proposal { vote, batch });
        slot.prepares.insert(prepare.clone());
        out.push(Output::Broadcast(Message::Prepare(prepare.into_unverified()).encode()));
        Ok(())
    }

    /// A second assignment of (v, n) is no news or evidence, whatever batch comes with it.
    fn first_assignment(
        &self,
        vote: &Signed<PrePrepare, Verified>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let slot = self.log.get(vote.body().seq);
        let Some(first) = slot.and_then(|slot| slot.proposal.as_ref()) else {
            return Ok(());
        };
        if first.vote.body().digest == vote.body().digest {
            return Err(Reason::Duplicate);
        }
        out.push(Output::Evidence(Evidence::PrePrepare(first.vote.clone(), vote.clone())));
        Err(Reason::Equivocation)
    }

    fn admit_batch(
        &self,
        now: u64,
        vote: &PrePrepare,
        batch: Batch,
    ) -> Result<Batch<Verified>, Reason> {
        if batch.digest() != vote.digest {
            return Err(Reason::Digest);
        }
        let size = 1..=self.config.batch_max;
        let well_formed = batch.proposer == vote.sender && size.contains(&batch.requests.len());
        if !well_formed || batch.repeats_a_client() {
            return Err(Reason::Batch);
        }
        if batch.time > now.saturating_add(self.config.clock_skew) {
            return Err(Reason::Time);
        }
        let Batch { requests, time, proposer } = batch;
        let requests = requests.into_iter().map(|r| self.admit_operation(r));
        Ok(Batch { requests: requests.collect::<Result<_, _>>()?, time, proposer })
    }

    fn admit_operation(
        &self,
        request: Signed<Request>,
    ) -> Result<Signed<Request, Verified>, Reason> {
        let request = self.admit(request)?;
        let operation = request.body().operation.as_slice();
        self.executor.app().check(operation).or(Err(Reason::Operation))?;
        Ok(request)
    }

    /// The primary agrees by assigning; a PREPARE of its own would count it twice.
    pub(super) fn on_prepare(
        &mut self,
        vote: Signed<Prepare>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        self.place(vote.body())?;
        if vote.body().sender == self.primary() {
            return Err(Reason::Sender);
        }
        let vote = self.admit(vote)?;
        let slot = self.log.slot_mut(vote.body().seq).ok_or(Reason::Sequence)?;
        noted(slot.prepares.insert(vote), Evidence::Prepare, out)
    }

    pub(super) fn on_commit(
        &mut self,
        vote: Signed<Commit>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        self.place(vote.body())?;
        let vote = self.admit(vote)?;
        let slot = self.log.slot_mut(vote.body().seq).ok_or(Reason::Sequence)?;
        noted(slot.commits.insert(vote), Evidence::Commit, out)
    }

    /// PREPARED: says so with a COMMIT.
    pub(super) fn prepare(&mut self, out: &mut Vec<Output>) -> bool {
        let slots = self.log.after(self.executed());
        let due = slots.filter_map(|(n, slot)| Some((n, slot.newly_prepared(self.quorum)?)));
        let due = due.collect::<Vec<_>>();
        for (seq, digest) in &due {
            let commit = self.sign(self.vote(*seq, *digest));
            if let Some(slot) = self.log.slot_mut(*seq) {
                slot.prepared = true;
                slot.commits.insert(commit.clone());
            }
            out.push(Output::Broadcast(Message::Commit(commit.into_unverified()).encode()));
        }
        !due.is_empty()
    }

    /// COMMITTED: the batch is final at its number.
    pub(super) fn commit(&mut self, out: &mut Vec<Output>) -> bool {
        let slots = self.log.after(self.executed());
        let due = slots.filter_map(|(n, slot)| Some((n, slot.newly_committed(self.quorum)?)));
        let due = due.collect::<Vec<_>>();
        for (seq, digest) in &due {
            if let Some(slot) = self.log.slot_mut(*seq) {
                slot.committed = true;
            }
            out.push(Output::Committed { seq: *seq, view: self.view, digest: *digest });
        }
        !due.is_empty()
    }
}
