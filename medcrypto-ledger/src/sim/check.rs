//! What must hold after every event, whatever the network did.
//!
//! ```text
//! S1  one digest a sequence number among correct replicas
//! S2  one block a height among correct replicas, each on top of the one before
//! S3  every executed request was submitted by its client
//! S4  exactly once: a client's requests enter the chain as 1, 2, 3, …
//! S5  a stranger who knows the committee accepts every certificate
//! S6  executed, certified and h never go back, h ≤ certified ≤ executed
//! S7  logs and queues stay within their bounds
//! ```

use alloc::collections::{BTreeMap, BTreeSet};

use crate::auth::{ClientId, Verifier};
use crate::block::{Block, BlockId, Checkpoint, QuorumCertificate};
use crate::codec::{self, Digest};
use crate::pbft::message::Request;
use crate::pbft::signed::{Signed, Statement};
use crate::pbft::{App, Config, Output, Quorum, Replica};

/// A broken invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// S1.
    #[error("S1: two digests committed at sequence number {0}")]
    Digest(u64),
    /// S2.
    #[error("S2: two blocks, or a broken link, at height {0}")]
    Block(u64),
    /// S3.
    #[error("S3: a request that nobody submitted at height {0}")]
    Phantom(u64),
    /// S4.
    #[error("S4: a request out of order or twice at height {0}")]
    Twice(u64),
    /// S5.
    #[error("S5: a certificate that does not verify at height {0}")]
    Certificate(u64),
    /// S6.
    #[error("S6: a replica went back to {0}")]
    Backwards(u64),
    /// S7.
    #[error("S7: a bound was passed at {0}")]
    Bound(u64),
}

/// The marks of one replica that only grow.
type Marks = [u64; 3];

/// The stranger who watches.
#[derive(Clone, Debug)]
pub(crate) struct Checker<V> {
    verifier: V,
    config: Config,
    submitted: BTreeSet<(ClientId, u64, Digest)>,
    digests: BTreeMap<u64, Digest>,
    blocks: BTreeMap<u64, BlockId>,
    nonces: BTreeMap<ClientId, u64>,
    marks: BTreeMap<u16, Marks>,
}

impl<V: Verifier> Checker<V> {
    pub(crate) fn new(verifier: V, config: Config) -> Self {
        let genesis = (0, config.genesis.block().header.id());
        Self {
            verifier,
            config,
            submitted: BTreeSet::new(),
            digests: BTreeMap::new(),
            blocks: BTreeMap::from([genesis]),
            nonces: BTreeMap::new(),
            marks: BTreeMap::new(),
        }
    }

    /// Height and id of every certified block.
    pub(crate) const fn blocks(&self) -> &BTreeMap<u64, BlockId> {
        &self.blocks
    }

    pub(crate) fn submitted(&mut self, request: &Request) {
        self.submitted.insert(Self::key(request));
    }

    fn key(request: &Request) -> (ClientId, u64, Digest) {
        (request.client.clone(), request.nonce, codec::digest(Request::DOMAIN, request))
    }

    pub(crate) fn output(&mut self, output: &Output) -> Result<(), Violation> {
        match output {
            Output::Committed { seq, digest, .. } => self.committed(*seq, *digest),
            Output::Certified { block, certificate } => self.certified(block, certificate),
            _ => Ok(()),
        }
    }

    fn committed(&mut self, seq: u64, digest: Digest) -> Result<(), Violation> {
        let first = *self.digests.entry(seq).or_insert(digest);
        if first == digest { Ok(()) } else { Err(Violation::Digest(seq)) }
    }

    fn certified(
        &mut self,
        block: &Block,
        certificate: &QuorumCertificate,
    ) -> Result<(), Violation> {
        let height = block.header.height;
        self.certificate(block, certificate).ok_or(Violation::Certificate(height))?;
        let parent = height.checked_sub(1).and_then(|h| self.blocks.get(&h));
        let id = block.header.id();
        if parent != Some(&block.header.prev) {
            return Err(Violation::Block(height));
        }
        match self.blocks.insert(height, id) {
            None => self.first_seen(block),
            Some(first) if first == id => Ok(()),
            Some(_) => Err(Violation::Block(height)),
        }
    }

    /// Counts valid signatures of distinct members over CHECKPOINT⟨height, id⟩.
    fn certificate(&self, block: &Block, certificate: &QuorumCertificate) -> Option<()> {
        let (height, block_id) = (block.header.height, block.header.id());
        let about = certificate.height == height && certificate.block_id == block_id;
        let chain_id = self.config.chain;
        let valid = certificate.signatures.0.iter().filter(|(replica, signature)| {
            let body = Checkpoint { chain_id, height, block_id, replica: **replica };
            let vote = Signed::from_parts(body, (*signature).clone());
            vote.verify(&self.verifier, &self.config.committee, chain_id).is_ok()
        });
        let enough = valid.count() >= Quorum::of(&self.config.committee).quorum();
        (about && enough).then_some(())
    }

    fn first_seen(&mut self, block: &Block) -> Result<(), Violation> {
        let height = block.header.height;
        for tx in &block.txs {
            let request = codec::decode::<Signed<Request>>(tx.as_slice());
            let request = request.or(Err(Violation::Phantom(height)))?;
            let known = self.submitted.contains(&Self::key(request.body()));
            known.then_some(()).ok_or(Violation::Phantom(height))?;
            let last = self.nonces.entry(request.body().client.clone()).or_insert(0);
            let next = last.checked_add(1) == Some(request.body().nonce);
            next.then_some(()).ok_or(Violation::Twice(height))?;
            *last = request.body().nonce;
        }
        Ok(())
    }

    pub(crate) fn replica<A: crate::Auth, P: App>(
        &mut self,
        id: u16,
        replica: &Replica<A, P>,
    ) -> Result<(), Violation> {
        let marks = [replica.low(), replica.certified(), replica.executed()];
        let before = self.marks.insert(id, marks).unwrap_or_default();
        let grown = before.iter().zip(&marks).all(|(old, new)| old <= new);
        if !(grown && marks.is_sorted()) {
            return Err(Violation::Backwards(replica.executed()));
        }
        let slots = u64::try_from(replica.log_len()).unwrap_or(u64::MAX);
        let within = slots <= self.config.window().saturating_mul(2)
            && replica.waiting_len() <= self.config.waiting_max;
        if within { Ok(()) } else { Err(Violation::Bound(replica.executed())) }
    }
}
