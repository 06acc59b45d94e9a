//! What a replica does about what it lacks: STATUS and its answers, FETCH and state transfer.
//!
//! ```text
//! STATUS  in an earlier view            → the NEW-VIEW of ours
//!         while we change the view      → our VIEW-CHANGE
//!         numbers lacking in its view   → the assignments, and our votes
//!         numbers lacking below our h   → STABLE, where those votes do not help
//! STABLE  above what is executed        → FETCH of its state, from one replica after the other
//!         above what is certified, and our block    → certified, with all before it
//!         about another block than ours             → refused aloud: we are wrong, or more than f lie
//! ```

use alloc::vec::Vec;

use super::Replica;
use crate::auth::{Auth, ReplicaId};
use crate::block::QuorumCertificate;
use crate::pbft::app::App;
use crate::pbft::change::{Change, verify_stable};
use crate::pbft::executor::Snapshot;
use crate::pbft::io::{Output, Reason, Timer};
use crate::pbft::message::{Batch, Fetch, Message, Status};
use crate::pbft::signed::Signed;

/// The most sequence numbers that one STATUS is answered with, and digests that one FETCH is.
const ANSWERED: usize = 32;

impl<A: Auth, P: App> Replica<A, P> {
    pub(super) fn on_status_timer(&mut self, out: &mut Vec<Output>) -> Result<(), Reason> {
        let status = self.sign(Status {
            chain: self.config.chain,
            sender: self.config.me,
            view: self.view,
            executed: self.settled(),
            certified: self.certified,
        });
        out.push(Output::Broadcast(Message::Status(status.into_unverified()).encode()));
        out.push(Output::SetTimer(Timer::Status, self.config.status_every));
        self.fetch(out);
        Ok(())
    }

    /// The last number below which we need nobody: executed, and above h also PREPARED in this view.
    /// What an earlier view decided is agreed to again in a later one, and who lags needs our COMMIT
    /// there, for which we need PREPAREs.
    fn settled(&self) -> u64 {
        let open = self.log.after(self.low()).find(|(_, slot)| slot.is_open());
        open.map_or(u64::MAX, |(seq, _)| seq.saturating_sub(1)).min(self.executed())
    }

    /// Sends a replica our messages about the numbers that it lacks. Within a view a replica never
    /// goes back, so a STATUS below its last is a replay, which must not use up the answers to the
    /// true one.
    pub(super) fn on_status(
        &mut self,
        now: u64,
        status: Signed<Status>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        if status.body().sender == self.config.me {
            return Err(Reason::Sender);
        }
        let status = self.admit(status)?;
        let Status { sender, view, executed, certified, .. } = *status.body();
        let pause = self.config.status_every / 2;
        let heard = self.heard.entry(sender).or_default();
        if (view, executed) < (heard.view, heard.executed) || certified < heard.certified {
            return Err(Reason::Stale);
        }
        let stuck = heard.answered.is_some() && (view, executed) == (heard.view, heard.executed);
        (heard.view, heard.executed, heard.certified) = (view, executed, certified);
        if heard.answered.is_some_and(|last| now < last.saturating_add(pause)) {
            return Err(Reason::TooSoon);
        }
        heard.answered = Some(now);
        let answers = self.answers(status.body(), stuck);
        out.extend(answers.into_iter().map(|message| Output::Send(sender, message.encode())));
        Ok(())
    }

    fn answers(&self, status: &Status, stuck: bool) -> Vec<Message> {
        let Status { view, executed, certified, .. } = *status;
        let entry = self.entry.as_ref().filter(|_| view < self.view);
        let new_view = entry.map(|e| Message::NewView(e.message.clone().into_unverified()));
        let own = self.changes.get(&self.config.me).filter(|c| view < c.body().view);
        let change = own.cloned().map(Change::into_unverified).map(Message::ViewChange);
        let useful = self.log.get(executed.saturating_add(1)).is_some_and(|s| s.is_of(view));
        let vouched =
            self.log.get(certified.saturating_add(1)).is_some_and(|s| s.vouched(self.config.me));
        // Votes in a number do not help whom a lying primary assigned another batch. Votes for a
        // block are gone with their slot, and were never cast by who took over a state.
        let helpless = if executed < self.low() { stuck || !useful } else { !vouched };
        let stable = (certified < self.low() && helpless).then(|| self.log.stable().clone());
        let first = [new_view, change, stable.map(Message::Stable)].into_iter().flatten();
        let slots = self.log.after(executed.min(certified)).take(ANSWERED);
        first.chain(slots.flat_map(|(_, slot)| slot.answers(self.config.me))).collect()
    }

    /// A stable checkpoint: if we have not executed it, its state is asked for.
    pub(super) fn on_stable(
        &mut self,
        certificate: QuorumCertificate,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let height = certificate.height;
        if height <= self.certified || (self.executed() < height && height <= self.known()) {
            return Err(Reason::Duplicate);
        }
        verify_stable(&certificate, &self.config, &self.auth)?;
        self.aim(certificate, out)?;
        self.fetch(out);
        Ok(())
    }

    /// The height up to which we have the state, or know where to get it.
    fn known(&self) -> u64 {
        self.goal.as_ref().map_or(0, |goal| goal.height).max(self.executed())
    }

    /// Makes a verified checkpoint the goal, if it is further than what is known; and takes it for
    /// the certificate of our own block, if we lack one.
    pub(super) fn aim(
        &mut self,
        certificate: QuorumCertificate,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let height = certificate.height;
        if height > self.known() {
            self.goal = Some(certificate);
        } else if self.certified < height && height <= self.executed() {
            self.vouch_for(certificate, out)?;
        }
        Ok(())
    }

    /// The blocks before are certified by their links, and handed out by others.
    fn vouch_for(
        &mut self,
        certificate: QuorumCertificate,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let block = self.log.get(certificate.height).and_then(|slot| slot.block.clone());
        let block = block.filter(|block| block.header.id() == certificate.block_id);
        let block = block.ok_or(Reason::Diverged)?;
        self.certified = certificate.height;
        self.advance(certificate.clone());
        out.push(Output::Certified { block, certificate });
        Ok(())
    }

    /// Asks everybody for the batches that are missing, or for the state of our goal one replica
    /// after the other: a state is long, and who lies or is silent is not asked again soon.
    pub(super) fn fetch(&mut self, out: &mut Vec<Output>) {
        let executed = self.executed();
        let goal = self.goal.as_ref().filter(|goal| goal.height > executed);
        let goal = goal.map(|goal| goal.block_id.0);
        let batches = self.log.missing().map(|(digest, _)| digest);
        let digests = batches.chain(goal).collect::<Vec<_>>();
        if digests.is_empty() {
            return;
        }
        self.round = self.round.saturating_add(1);
        let (chain, sender, round) = (self.config.chain, self.config.me, self.round);
        let fetch = self.sign(Fetch { chain, sender, round, digests }).into_unverified();
        let bytes = Message::Fetch(fetch).encode();
        out.push(match goal {
            Some(_) => Output::Send(self.next_helper(), bytes),
            None => Output::Broadcast(bytes),
        });
    }

    /// Another replica each round; ourselves only where there is no other.
    fn next_helper(&self) -> ReplicaId {
        let others = self.quorum.members().filter(|id| *id != self.config.me);
        let others = others.collect::<Vec<_>>();
        let turn = usize::try_from(self.round).unwrap_or_default();
        let turn = turn.checked_rem(others.len()).unwrap_or_default();
        others.get(turn).copied().unwrap_or(self.config.me)
    }

    /// Answers what it has. The numbers of FETCHes ascend, so a replay is answered by nobody.
    pub(super) fn on_fetch(
        &mut self,
        now: u64,
        fetch: Signed<Fetch>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        if fetch.body().sender == self.config.me {
            return Err(Reason::Sender);
        }
        let fetch = self.admit(fetch)?;
        let Fetch { sender, round, digests, .. } = fetch.body();
        let last = self.heard.get(sender).and_then(|heard| heard.fetched);
        if last.is_some_and(|(last, _)| *round <= last) {
            return Err(Reason::Stale);
        }
        let pause = self.config.status_every / 2;
        if last.is_some_and(|(_, at)| now < at.saturating_add(pause)) {
            return Err(Reason::TooSoon);
        }
        self.heard.entry(*sender).or_default().fetched = Some((*round, now));
        let found = digests.iter().take(ANSWERED).filter_map(|digest| self.found(digest));
        out.extend(found.map(|message| Output::Send(*sender, message.encode())));
        Ok(())
    }

    fn found(&self, digest: &crate::Digest) -> Option<Message> {
        let body = self.log.body(digest).cloned().map(Batch::into_unverified).map(Message::Body);
        let head = |s: &&Snapshot| s.headers.last().is_some_and(|head| head.id().0 == *digest);
        let state = || self.snapshots.values().find(head).cloned().map(Message::State);
        body.or_else(state)
    }

    /// A batch that is missing; anybody may bring it.
    pub(super) fn on_body(&mut self, batch: Batch) -> Result<(), Reason> {
        let wanted = batch.digest();
        if !self.log.missing().any(|(digest, _)| digest == wanted) {
            return Err(Reason::Duplicate);
        }
        let batch = self.admit_body(batch)?;
        let slots = self.log.missing().filter(|(digest, _)| *digest == wanted);
        slots.for_each(|(digest, slot)| drop(slot.bodies.insert(digest, batch.clone())));
        Ok(())
    }

    /// The state of our goal; anybody may bring it.
    pub(super) fn on_state(
        &mut self,
        snapshot: Snapshot,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let executed = self.executed();
        let goal = self.goal.clone().filter(|goal| goal.height > executed);
        let goal = goal.ok_or(Reason::Duplicate)?;
        self.executor.restore(&snapshot, goal.block_id)?;
        self.goal = None;
        self.certified = goal.height;
        self.proposed = self.proposed.max(goal.height);
        self.snapshots.insert(goal.height, snapshot);
        let executor = &self.executor;
        self.waiting.settle(|client| executor.next_nonce(client));
        out.push(Output::Restored { height: goal.height });
        self.advance(goal);
        Ok(())
    }
}
