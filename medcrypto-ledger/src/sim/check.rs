//! What must hold after every event, whatever the network and the liars did.
//!
//! ```text
//! S1   one digest a sequence number among correct replicas
//! S2   one block a height among correct replicas, each on top of the one before
//! S3   every executed request was submitted by its client
//! S4   exactly once: a client's requests enter the chain as 1, 2, 3, …
//! S5   a stranger who knows the committee accepts every certificate
//! S6   view, executed, certified and h never go back, h ≤ certified ≤ executed
//! S7   logs and queues stay within their bounds
//! S8   no correct replica signs two digests for one place, and none is accused of it
//! S9   a stranger who executes the chain from genesis finds the same roots
//! S10  what a correct replica does is a step of the voting model, as far as that reaches: three views, two
//!      digests a number, seven replicas (`refine`)
//! T5   a message with a changed byte changes nothing
//! ```

mod refine;
#[cfg(test)]
mod tests;

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use self::refine::{Deed, Refinement};
use super::event::Party;
use crate::auth::{ClientId, ReplicaId, Verifier};
use crate::block::{
    BadTx, BlockId, CertifiedBlock, Checkpoint, Fault, Header, MEDIAN_SPAN, verify_block,
};
use crate::codec::{self, Digest};
use crate::pbft::message::{Request, Vote};
use crate::pbft::signed::{Signed, Statement};
use crate::pbft::{App, Config, Evidence, Message, Output, Quorum, Replay, Replica};

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
    /// S8.
    #[error("S8: replica {0} is correct and voted twice, or is said to have")]
    Perjury(u16),
    /// S9.
    #[error("S9: block {0} is not what its transactions make")]
    Chain(u64),
    /// S10.
    #[error("S10: no step of the model at sequence number {0}")]
    Refinement(u64),
    /// T5.
    #[error("T5: {0:?} took a changed message for a true one")]
    Garbled(Party),
}

/// The marks of one replica that only grow.
type Marks = [u64; 4];

/// Where a replica votes once: replica, kind, view, number.
type Place = (ReplicaId, &'static str, u64, u64);

/// The stranger who watches.
#[derive(Clone, Debug)]
pub(super) struct Checker<V, P> {
    verifier: V,
    config: Config,
    submitted: BTreeSet<(ClientId, u64, Digest)>,
    digests: BTreeMap<u64, Digest>,
    blocks: BTreeMap<u64, BlockId>,
    chain: BTreeMap<u64, CertifiedBlock>,
    replay: Replay<V, P>,
    head: Header,
    times: Vec<u64>,
    marks: BTreeMap<u16, Marks>,
    votes: BTreeMap<Place, Digest>,
    liars: BTreeSet<ReplicaId>,
    refinement: Refinement,
}

impl<V: Verifier + Clone, P: App> Checker<V, P> {
    /// `app` is the application's first state.
    pub(super) fn new(verifier: V, config: Config, app: P) -> Self {
        let head = config.genesis.block().header;
        Self {
            replay: Replay::of(config.committee.clone(), verifier.clone(), app),
            refinement: Refinement::new(Quorum::of(&config.committee)),
            verifier,
            submitted: BTreeSet::new(),
            digests: BTreeMap::new(),
            blocks: BTreeMap::from([(0, head.id())]),
            chain: BTreeMap::new(),
            head,
            times: alloc::vec![config.genesis.time_ms],
            marks: BTreeMap::new(),
            votes: BTreeMap::new(),
            liars: BTreeSet::new(),
            config,
        }
    }

    /// Height and id of every certified block.
    pub(super) const fn blocks(&self) -> &BTreeMap<u64, BlockId> {
        &self.blocks
    }

    /// Every certified block but genesis.
    pub(super) const fn chain(&self) -> &BTreeMap<u64, CertifiedBlock> {
        &self.chain
    }

    /// From now on nothing is expected of this replica.
    pub(super) fn distrust(&mut self, liar: ReplicaId) {
        self.liars.insert(liar);
        self.refinement.believe(Quorum::of(&self.config.committee), &self.liars);
    }

    /// Whether nothing is expected of this replica.
    pub(super) fn distrusts(&self, replica: u16) -> bool {
        self.liars.contains(&ReplicaId(replica))
    }

    pub(super) fn submitted(&mut self, request: &Request) {
        self.submitted.insert(Self::key(request));
    }

    fn key(request: &Request) -> (ClientId, u64, Digest) {
        (request.client.clone(), request.nonce, codec::digest(Request::DOMAIN, request))
    }

    /// Looks at what a correct replica wants done.
    pub(super) fn output(&mut self, who: ReplicaId, output: &Output) -> Result<(), Violation> {
        match output {
            Output::Send(_, bytes) | Output::Broadcast(bytes) => {
                Message::decode(bytes).map_or(Ok(()), |message| self.said(who, &message))
            }
            Output::Committed { seq, view, digest } => self.committed(who, *seq, *view, *digest),
            Output::Certified { block, certificate } => {
                let (block, certificate) = (block.clone(), certificate.clone());
                self.certified(CertifiedBlock { block, certificate })
            }
            Output::Evidence(evidence) => self.accused(evidence),
            _ => Ok(()),
        }
    }

    fn accused(&self, evidence: &Evidence) -> Result<(), Violation> {
        let culprit = evidence.culprit();
        if self.distrusts(culprit.0) { Ok(()) } else { Err(Violation::Perjury(culprit.0)) }
    }

    fn said(&mut self, who: ReplicaId, message: &Message) -> Result<(), Violation> {
        for (place, digest) in places(message).into_iter().filter(|(place, _)| place.0 == who) {
            let first = *self.votes.entry(place).or_insert(digest);
            if first != digest {
                return Err(Violation::Perjury(who.0));
            }
        }
        self.refinement.said(who, message).map_err(Violation::Refinement)
    }

    fn committed(
        &mut self,
        who: ReplicaId,
        seq: u64,
        view: u64,
        digest: Digest,
    ) -> Result<(), Violation> {
        let first = *self.digests.entry(seq).or_insert(digest);
        if first != digest {
            return Err(Violation::Digest(seq));
        }
        let did = self.refinement.did(who, seq, digest, Deed::Commit(view));
        did.map_err(Violation::Refinement)
    }

    fn certified(&mut self, certified: CertifiedBlock) -> Result<(), Violation> {
        let CertifiedBlock { block, certificate } = &certified;
        let header = block.header;
        let valid = certificate.verify(&header, &self.config.committee, &self.verifier);
        valid.or(Err(Violation::Certificate(header.height)))?;
        let first = *self.blocks.entry(header.height).or_insert_with(|| header.id());
        if first != header.id() {
            return Err(Violation::Block(header.height));
        }
        self.chain.entry(header.height).or_insert(certified);
        self.follow()
    }

    /// Goes along the chain as far as it is known. Blocks come in the order of the heights, unless a
    /// replica that took over a state is first with the next.
    fn follow(&mut self) -> Result<(), Violation> {
        while let Some(next) = self.chain.get(&self.head.height.saturating_add(1)).cloned() {
            self.execute(&next)?;
        }
        Ok(())
    }

    fn execute(&mut self, certified: &CertifiedBlock) -> Result<(), Violation> {
        let height = certified.block.header.height;
        for tx in &certified.block.txs {
            let request = codec::decode::<Signed<Request>>(tx.as_slice());
            let request = request.or(Err(Violation::Phantom(height)))?;
            let known = self.submitted.contains(&Self::key(request.body()));
            known.then_some(()).ok_or(Violation::Phantom(height))?;
        }
        let (bytes, committee) = (codec::encode(certified), &self.config.committee);
        let (replay, verifier) = (&mut self.replay, &self.verifier);
        let head = verify_block(committee, &self.head, &self.times, &bytes, replay, verifier);
        self.head = head.map_err(|fault| match fault {
            Fault::Previous | Fault::Height => Violation::Block(height),
            Fault::Tx(BadTx::Nonce) => Violation::Twice(height),
            Fault::Tx(_) => Violation::Phantom(height),
            _ => Violation::Chain(height),
        })?;
        self.times.push(self.head.time_ms);
        self.times.drain(..self.times.len().saturating_sub(MEDIAN_SPAN));
        Ok(())
    }

    /// Looks at a correct replica after it has handled an input.
    pub(super) fn replica<A: crate::Auth>(
        &mut self,
        id: u16,
        replica: &Replica<A, P>,
    ) -> Result<(), Violation> {
        let heights = [replica.low(), replica.certified(), replica.executed()];
        let [low, certified, executed] = heights;
        let marks = [replica.view(), low, certified, executed];
        let before = self.marks.insert(id, marks).unwrap_or_default();
        let grown = before.iter().zip(&marks).all(|(old, new)| old <= new);
        if !(grown && heights.is_sorted()) {
            return Err(Violation::Backwards(replica.executed()));
        }
        let slots = u64::try_from(replica.log_len()).unwrap_or(u64::MAX);
        let within = slots <= self.config.window().saturating_add(self.config.history)
            && replica.waiting_len() <= self.config.waiting_max;
        if within { Ok(()) } else { Err(Violation::Bound(replica.executed())) }
    }
}

/// Looks at what came of a message that the network had changed. The vote of a PRE-PREPARE may be as
/// it was signed, and evidence, when the change is in its batch.
pub(super) fn garbled(who: Party, outputs: &[Output]) -> Result<(), Violation> {
    match outputs {
        [Output::Rejected(_)] | [Output::Evidence(_), Output::Rejected(_)] => Ok(()),
        _ => Err(Violation::Garbled(who)),
    }
}

/// The votes in a message, those of a NEW-VIEW's O included.
fn places(message: &Message) -> Vec<(Place, Digest)> {
    fn place<P>(kind: &'static str, vote: &Vote<P>) -> (Place, Digest) {
        ((vote.sender, kind, vote.view, vote.seq), vote.digest)
    }
    match message {
        Message::PrePrepare(vote, _) => alloc::vec![place("PrePrepare", vote.body())],
        Message::Prepare(vote) => alloc::vec![place("Prepare", vote.body())],
        Message::Commit(vote) => alloc::vec![place("Commit", vote.body())],
        Message::NewView(message) => {
            let votes = message.body().assigned.iter();
            votes.map(|vote| place("PrePrepare", vote.body())).collect()
        }
        Message::Checkpoint(vote) => {
            let Checkpoint { height, block_id, replica, .. } = *vote.body();
            alloc::vec![((replica, "Checkpoint", 0, height), block_id.0)]
        }
        _ => Vec::new(),
    }
}
