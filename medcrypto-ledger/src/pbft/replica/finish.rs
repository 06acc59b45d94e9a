//! After agreement: execution in order, block certificates, and retransmission.

use alloc::vec::Vec;

use super::{Replica, noted};
use crate::auth::Auth;
use crate::block::{Checkpoint, QuorumCertificate};
use crate::pbft::app::App;
use crate::pbft::io::{Evidence, Output, Reason, Timer};
use crate::pbft::message::{Message, Status};
use crate::pbft::signed::Signed;

/// The most sequence numbers that one STATUS is answered with.
const ANSWERED_SLOTS: usize = 32;

impl<A: Auth, P: App> Replica<A, P> {
    /// Executes the next number once it is COMMITTED, answers its clients, vouches for its block.
    pub(super) fn execute(&mut self, out: &mut Vec<Output>) -> bool {
        let seq = self.executed().saturating_add(1);
        let slot = self.log.get(seq).filter(|slot| slot.committed);
        let Some(proposal) = slot.and_then(|slot| slot.proposal.as_ref()) else {
            return false;
        };
        let block = self.executor.execute(&proposal.batch);
        let requests = proposal.batch.requests.iter().map(Signed::body);
        let asked = requests.map(|r| (r.client.clone(), r.nonce)).collect::<Vec<_>>();
        for (client, nonce) in asked {
            self.waiting.executed(&client, nonce);
            out.extend(self.reply(&client));
        }
        let checkpoint = self.sign(Checkpoint {
            chain_id: self.config.chain,
            height: seq,
            block_id: block.header.id(),
            replica: self.config.me,
        });
        if let Some(slot) = self.log.slot_mut(seq) {
            slot.checkpoints.insert(checkpoint.clone());
            slot.block = Some(block);
        }
        out.push(Output::Broadcast(Message::Checkpoint(checkpoint.into_unverified()).encode()));
        true
    }

    pub(super) fn on_checkpoint(
        &mut self,
        vote: Signed<Checkpoint>,
        out: &mut Vec<Output>,
    ) -> Result<(), Reason> {
        let Checkpoint { height, replica, .. } = *vote.body();
        if replica == self.config.me {
            return Err(Reason::Sender);
        }
        if !self.log.admits(height) {
            return Err(Reason::Sequence);
        }
        let vote = self.admit(vote)?;
        let slot = self.log.slot_mut(height).ok_or(Reason::Sequence)?;
        noted(slot.checkpoints.insert(vote), Evidence::Checkpoint, out)
    }

    /// Hands out the next block with its q signatures; every K blocks the window moves.
    pub(super) fn certify(&mut self, out: &mut Vec<Output>) -> bool {
        let height = self.certified.saturating_add(1);
        let quorum = self.quorum;
        let Some(slot) = self.log.slot_mut(height) else {
            return false;
        };
        let Some(id) = slot.newly_certified(quorum) else {
            return false;
        };
        let votes = slot.checkpoints.votes_for(id.0).take(quorum.quorum());
        let votes = votes.map(|vote| (vote.body().replica, vote.signature().clone())).collect();
        let certificate = QuorumCertificate::new(height, id, votes);
        out.extend(slot.block.take().map(|block| Output::Certified { block, certificate }));
        self.certified = height;
        if height % self.config.checkpoint_every.max(1) == 0 {
            self.log.advance(height);
        }
        true
    }

    pub(super) fn on_status_timer(&mut self, out: &mut Vec<Output>) -> Result<(), Reason> {
        let status = self.sign(Status {
            chain: self.config.chain,
            sender: self.config.me,
            view: self.view,
            executed: self.executed(),
            certified: self.certified,
        });
        out.push(Output::Broadcast(Message::Status(status.into_unverified()).encode()));
        out.push(Output::SetTimer(Timer::Status, self.config.status_every));
        Ok(())
    }

    /// Sends a replica our messages about the numbers that it lacks. A replica never goes back, so
    /// a STATUS below its last is a replay, which must not use up the answers to the true one.
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
        let Status { sender, executed, certified, .. } = *status.body();
        let heard = self.heard.entry(sender).or_default();
        if executed < heard.executed || certified < heard.certified {
            return Err(Reason::Stale);
        }
        (heard.executed, heard.certified) = (executed, certified);
        let pause = self.config.status_every / 2;
        if heard.answered.is_some_and(|last| now < last.saturating_add(pause)) {
            return Err(Reason::TooSoon);
        }
        heard.answered = Some(now);
        let slots = self.log.after(executed.min(certified)).take(ANSWERED_SLOTS);
        let answers = slots.flat_map(|(_, slot)| slot.answers(self.config.me));
        out.extend(answers.map(|message| Output::Send(sender, message.encode())));
        Ok(())
    }
}
