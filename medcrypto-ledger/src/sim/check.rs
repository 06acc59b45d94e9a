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
        let within = slots <= self.config.window().saturating_add(self.config.history)
            && replica.waiting_len() <= self.config.waiting_max;
        if within { Ok(()) } else { Err(Violation::Bound(replica.executed())) }
    }
}

/// A checker that cannot fail proves nothing: each invariant is shown a world that breaks it.
#[cfg(test)]
mod tests {
    use super::{Checker, Violation};
    use crate::auth::{ClientId, Committee, ReplicaId};
    use crate::block::{Block, Checkpoint, Genesis, QuorumCertificate};
    use crate::codec::{self, Bytes, Digest};
    use crate::pbft::message::Request;
    use crate::pbft::{Config, Output, Signed};
    use crate::sim::SymbolicAuth;

    fn auth(i: u16) -> SymbolicAuth {
        SymbolicAuth::new([1; 32], &std::format!("{i}"))
    }

    fn checker() -> Checker<SymbolicAuth> {
        let keys = (0..4).map(|i| auth(i).public_key().clone()).collect();
        let genesis = Genesis::new(&Committee::new(keys).unwrap(), 0, Digest::ZERO);
        Checker::new(auth(9), Config::new(genesis, ReplicaId(0)).unwrap())
    }

    fn request(checker: &Checker<SymbolicAuth>, nonce: u64) -> Signed<Request> {
        let client = ClientId(auth(7).public_key().clone());
        let operation = Bytes::default();
        let body = Request { chain: checker.config.chain, client, nonce, operation };
        Signed::sign(&auth(7), body)
    }

    /// Block 1 with these requests, and a certificate of `voters` about it.
    fn block(checker: &Checker<SymbolicAuth>, nonces: &[u64], voters: u16) -> Output {
        block_at(checker, nonces, voters, 1)
    }

    fn block_at(
        checker: &Checker<SymbolicAuth>,
        nonces: &[u64],
        voters: u16,
        time_ms: u64,
    ) -> Output {
        let mut block: Block = checker.config.genesis.block();
        block.header.prev = block.header.id();
        block.header.height = 1;
        block.header.time_ms = time_ms;
        let txs = nonces.iter().map(|nonce| Bytes(codec::encode(&request(checker, *nonce))));
        block.txs = txs.collect();
        let (chain_id, height, block_id) = (checker.config.chain, 1, block.header.id());
        let vote = |i| {
            let replica = ReplicaId(i);
            let body = Checkpoint { chain_id, height, block_id, replica };
            (replica, Signed::sign(&auth(i), body).signature().clone())
        };
        let certificate = QuorumCertificate::new(height, block_id, (0..voters).map(vote).collect());
        Output::Certified { block, certificate }
    }

    #[test]
    fn t40_a_good_block_passes() {
        let mut checker = checker();
        checker.submitted(request(&checker, 1).body());
        let good = block(&checker, &[1], 3);
        assert_eq!(checker.output(&good), Ok(()));
        assert_eq!(checker.output(&good), Ok(()), "another replica's copy");
    }

    #[test]
    fn t40_each_broken_invariant_is_reported() {
        let mut checker = checker();
        checker.submitted(request(&checker, 1).body());
        checker.submitted(request(&checker, 2).body());
        let reported = |output| checker.clone().output(&output);
        assert_eq!(reported(block(&checker, &[1], 2)), Err(Violation::Certificate(1)));
        assert_eq!(reported(block(&checker, &[3], 3)), Err(Violation::Phantom(1)));
        assert_eq!(reported(block(&checker, &[2], 3)), Err(Violation::Twice(1)));
        assert_eq!(reported(block(&checker, &[1, 1], 3)), Err(Violation::Twice(1)));
    }

    #[test]
    fn t40_a_fork_is_reported() {
        let mut checker = checker();
        let committed = |byte| Output::Committed { seq: 1, view: 0, digest: Digest([byte; 32]) };
        assert_eq!(checker.output(&committed(1)), Ok(()));
        assert_eq!(checker.output(&committed(2)), Err(Violation::Digest(1)));
        let [one, other] = [1, 2].map(|time| block_at(&checker, &[], 3, time));
        assert_eq!(checker.output(&one), Ok(()));
        assert_eq!(checker.output(&other), Err(Violation::Block(1)));
    }
}
