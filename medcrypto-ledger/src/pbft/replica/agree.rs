//! The three phases: a primary assigns, backups agree, everybody confirms.

use alloc::vec::Vec;

use super::{Replica, noted};
use crate::auth::Auth;
use crate::pbft::app::App;
use crate::pbft::io::{Evidence, Output, Reason};
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
        let proposal =
            Message::PrePrepare(vote.clone().into_unverified(), batch.clone().into_unverified());
        out.push(Output::Broadcast(proposal.encode()));
        self.proposed = seq;
        if let Some(slot) = self.log.slot_mut(seq) {
            slot.bodies.insert(vote.body().digest, batch);
            slot.assigned = Some(vote);
        }
        true
    }

    /// As backup: accepts the first valid assignment of (v, n).
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
        self.first_assignment(&vote, out)?;
        let batch = self.admit_batch(now, vote.body(), batch)?;
        let slot = self.log.slot_mut(vote.body().seq).ok_or(Reason::Sequence)?;
        slot.bodies.insert(vote.body().digest, batch);
        slot.assigned = Some(vote);
        Ok(())
    }

    /// As backup: agrees to every assignment whose batch is here.
    pub(super) fn agree(&mut self, out: &mut Vec<Output>) -> bool {
        if self.is_primary() || !self.is_active() {
            return false;
        }
        let slots = self.log.after(self.low());
        let due = slots.filter_map(|(n, slot)| Some((n, slot.agreeable(self.config.me)?)));
        let due = due.collect::<Vec<_>>();
        for (seq, digest) in &due {
            let prepare = self.sign(self.vote(*seq, *digest));
            if let Some(slot) = self.log.slot_mut(*seq) {
                slot.prepares.insert(prepare.clone());
            }
            out.push(Output::Broadcast(Message::Prepare(prepare.into_unverified()).encode()));
        }
        !due.is_empty()
    }

    /// What the primary assigned to a number in this view, with the votes of its NEW-VIEW.
    fn assignment(&self, seq: u64) -> Option<&Signed<PrePrepare, Verified>> {
        let here = self.log.get(seq).and_then(|slot| slot.assigned.as_ref());
        here.or_else(|| self.carried(seq))
    }

    /// What the NEW-VIEW of this view assigned to a number.
    fn carried(&self, seq: u64) -> Option<&Signed<PrePrepare, Verified>> {
        self.entry.as_ref().and_then(|entry| entry.assigned.get(&seq))
    }

    /// Refuses a second assignment, which is evidence if it differs from the first.
    fn first_assignment(
        &self,
        vote: &Signed<PrePrepare, Verified>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let PrePrepare { seq, digest, .. } = *vote.body();
        let Some(first) = self.assignment(seq) else {
            return Ok(());
        };
        if first.body().digest != digest {
            out.push(Output::Evidence(Evidence::PrePrepare(first.clone(), vote.clone())));
            return Err(Reason::Equivocation);
        }
        let known = self.log.get(seq).is_some_and(|slot| slot.batch().is_some());
        if known { Err(Reason::Duplicate) } else { Ok(()) }
    }

    /// A batch that the NEW-VIEW assigned was accepted before, in its time and from its proposer.
    /// What it did not assign starts above max-s: below, quorums may have decided.
    fn admit_batch(
        &self,
        now: u64,
        vote: &PrePrepare,
        batch: Batch,
    ) -> Result<Batch<Verified>, Reason> {
        if batch.digest() != vote.digest {
            return Err(Reason::Digest);
        }
        if self.carried(vote.seq).is_some() {
            return self.admit_body(batch);
        }
        if self.entry.as_ref().is_some_and(|entry| vote.seq <= entry.plan.last) {
            return Err(Reason::Sequence);
        }
        let size = 1..=self.config.batch_max;
        let well_formed = batch.proposer == vote.sender && size.contains(&batch.requests.len());
        if !well_formed || batch.repeats_a_client() {
            return Err(Reason::Batch);
        }
        if batch.time > now.saturating_add(self.config.clock_skew) {
            return Err(Reason::Time);
        }
        self.admit_body(batch)
    }

    /// A batch whose digest is right already.
    pub(super) fn admit_body(&self, batch: Batch) -> Result<Batch<Verified>, Reason> {
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

    /// PREPARED: keeps the certificate, and says so with a COMMIT.
    pub(super) fn prepare(&mut self, out: &mut Vec<Output>) -> bool {
        let slots = self.log.after(self.low());
        let due = slots.filter_map(|(n, slot)| Some((n, slot.newly_prepared(self.quorum)?)));
        let due = due.collect::<Vec<_>>();
        let prepared = !due.is_empty();
        for (seq, certificate) in due {
            let commit = self.is_active().then(|| self.sign(self.vote(seq, certificate.digest)));
            if let Some(slot) = self.log.slot_mut(seq) {
                slot.prepared = true;
                slot.certificate = Some(certificate);
                commit.clone().map(|commit| slot.commits.insert(commit));
            }
            let message = commit.map(|commit| Message::Commit(commit.into_unverified()));
            out.extend(message.map(|message| Output::Broadcast(message.encode())));
        }
        prepared
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
