//! After agreement: execution in order, block certificates, checkpoints.

use alloc::vec::Vec;

use super::{Replica, noted};
use crate::auth::Auth;
use crate::block::{Checkpoint, QuorumCertificate};
use crate::pbft::app::App;
use crate::pbft::io::{Evidence, Output, Reason};
use crate::pbft::log::Slot;
use crate::pbft::message::Message;
use crate::pbft::signed::Signed;

impl<A: Auth, P: App> Replica<A, P> {
    /// Executes the next number once it is COMMITTED, answers its clients, vouches for its block.
    pub(super) fn execute(&mut self, out: &mut Vec<Output>) -> bool {
        let seq = self.executed().saturating_add(1);
        let slot = self.log.get(seq).filter(|slot| slot.committed);
        let Some(batch) = slot.and_then(Slot::batch) else {
            return false;
        };
        let block = self.executor.execute(batch);
        let requests = batch.requests.iter().map(Signed::body);
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
        if self.is_active() {
            self.failures = 0;
        }
        if self.config.is_checkpoint(seq) {
            self.snapshots.insert(seq, self.executor.snapshot());
        }
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
        let block = slot.block.take();
        if self.config.is_checkpoint(height) {
            self.advance(certificate.clone());
        }
        out.extend(block.map(|block| Output::Certified { block, certificate }));
        self.certified = height;
        true
    }

    /// Moves h.
    pub(super) fn advance(&mut self, stable: QuorumCertificate) {
        self.snapshots = self.snapshots.split_off(&stable.height);
        self.log.advance(stable);
    }
}
