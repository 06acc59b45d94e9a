//! What an adversary heard, for repeating it and for making certificates of it.

use medcrypto_ledger::block::Checkpoint;
use medcrypto_ledger::codec::decode;
use medcrypto_ledger::pbft::change::{NewView, ViewChange};
use medcrypto_ledger::pbft::message::{
    Batch, Commit, Fetch, PrePrepare, Prepare, Reply, Request, Status,
};
use medcrypto_ledger::pbft::signed::Statement;
use medcrypto_ledger::pbft::{Message, Signed};
use medcrypto_ledger::{Digest, Dst, ReplicaId, Signature};
use serde::Serialize;
use serde::de::DeserializeOwned;

#[derive(Debug, Default)]
pub(super) struct Heard {
    /// Every message but PRE-PREPAREs whose batch is not known.
    pub(super) messages: Vec<Message>,
    pub(super) assigns: Vec<Signed<PrePrepare>>,
    pub(super) prepares: Vec<Signed<Prepare>>,
    pub(super) checkpoints: Vec<Signed<Checkpoint>>,
    pub(super) changes: Vec<Signed<ViewChange>>,
    pub(super) batches: Vec<Batch>,
}

/// The statement that was signed, if it is one of this kind.
fn read<T: Statement + Serialize + DeserializeOwned>(
    domain: Dst,
    body: &[u8],
    signature: &Signature,
) -> Option<Signed<T>> {
    let body = decode(body).ok().filter(|_| domain == T::DOMAIN)?;
    Some(Signed::from_parts(body, signature.clone()))
}

impl Heard {
    /// Somebody signed a statement.
    pub(super) fn signed(&mut self, domain: Dst, body: &[u8], signature: &Signature) {
        if let Some(vote) = read::<PrePrepare>(domain, body, signature) {
            self.assigns.push(vote);
            return;
        }
        let none = || read::<Request>(domain, body, signature).map(Message::Request);
        let message = none()
            .or_else(|| read::<Prepare>(domain, body, signature).map(Message::Prepare))
            .or_else(|| read::<Commit>(domain, body, signature).map(Message::Commit))
            .or_else(|| read::<Checkpoint>(domain, body, signature).map(Message::Checkpoint))
            .or_else(|| read::<Reply>(domain, body, signature).map(Message::Reply))
            .or_else(|| read::<Status>(domain, body, signature).map(Message::Status))
            .or_else(|| read::<ViewChange>(domain, body, signature).map(Message::ViewChange))
            .or_else(|| read::<NewView>(domain, body, signature).map(Message::NewView))
            .or_else(|| read::<Fetch>(domain, body, signature).map(Message::Fetch));
        self.message(message.unwrap_or_else(|| panic!("a statement of another kind: {domain:?}")));
    }

    /// Somebody sent a message.
    pub(super) fn message(&mut self, message: Message) {
        match &message {
            Message::PrePrepare(vote, batch) => {
                self.assigns.push(vote.clone());
                self.batches.push(batch.clone());
            }
            Message::Prepare(vote) => self.prepares.push(vote.clone()),
            Message::Checkpoint(vote) => self.checkpoints.push(vote.clone()),
            Message::ViewChange(change) => self.changes.push(change.clone()),
            Message::NewView(entry) => self.assigns.extend(entry.body().assigned.iter().cloned()),
            Message::Body(batch) => self.batches.push(batch.clone()),
            _ => {}
        }
        self.messages.push(message);
    }

    /// The signature that a primary gave an assignment.
    pub(super) fn assign(&self, view: u64, seq: u64, digest: Digest) -> Option<Signature> {
        let is_it = |vote: &&Signed<PrePrepare>| {
            let body = vote.body();
            (body.view, body.seq, body.digest) == (view, seq, digest)
        };
        Some(self.assigns.iter().find(is_it)?.signature().clone())
    }

    /// The signature that a backup gave the same.
    pub(super) fn prepare(
        &self,
        backup: ReplicaId,
        view: u64,
        seq: u64,
        digest: Digest,
    ) -> Option<Signature> {
        let is_it = |vote: &&Signed<Prepare>| {
            let body = vote.body();
            (body.sender, body.view, body.seq, body.digest) == (backup, view, seq, digest)
        };
        Some(self.prepares.iter().find(is_it)?.signature().clone())
    }

    /// The signature that a replica gave a block.
    pub(super) fn checkpoint(&self, vote: &Checkpoint) -> Option<Signature> {
        let is_it = |heard: &&Signed<Checkpoint>| heard.body() == vote;
        Some(self.checkpoints.iter().find(is_it)?.signature().clone())
    }
}
