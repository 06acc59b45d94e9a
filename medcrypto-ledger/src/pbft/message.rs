//! What travels between replicas and clients.
//!
//! ```text
//! REQUEST⟨chain, client, nonce, operation⟩                         signed by the client
//! PRE-PREPARE⟨chain, primary, v, n, d⟩ + batch                     d = digest(BATCH, batch)
//! PREPARE⟨chain, i, v, n, d⟩   COMMIT⟨chain, i, v, n, d⟩
//! CHECKPOINT⟨chain, n, block id, i⟩                                for every block
//! REPLY⟨chain, i, v, client, nonce, result⟩                        to the client
//! STATUS⟨chain, i, v, executed, certified⟩                         asks for what was lost
//! VIEW-CHANGE, NEW-VIEW                                            see the module `change`
//! STABLE⟨certificate⟩                                              to who is too far behind
//! FETCH⟨chain, i, round, digests⟩                                  BODY⟨batch⟩ or STATE⟨snapshot⟩
//! batch = ⟨requests with their signatures, time, proposer⟩
//! ```
//! On the wire a message is the DAG-CBOR map {kind: [body, signature]}, for PRE-PREPARE
//! {kind: [[body, signature], batch]}; bodies are arrays, each under its own domain string.
//!
//! | | Castro and Liskov 1999 | here |
//! |---|---|---|
//! | d | digest of one request | digest of batch, proposed time and proposer |
//! | CHECKPOINT | every K, digest of the state | every block, its id; its signatures certify it |
//! | timestamp of a request | increasing | 1, 2, 3, … without gaps |

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::marker::PhantomData;

use medcrypto_core::{DecodeError, Dst, dst::ledger};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::change::{NewView, ViewChange};
use super::executor::Snapshot;
use super::signed::{Ballot, Signed, Signer, Statement, Unverified};
use crate::auth::{ClientId, ReplicaId};
use crate::block::{ChainId, Checkpoint, QuorumCertificate};
use crate::codec::{self, Bytes, Digest, as_array};

/// An operation that a client asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The chain.
    pub chain: ChainId,
    /// Who asks.
    pub client: ClientId,
    /// The client's requests are numbered from 1 without gaps.
    pub nonce: u64,
    /// The operation, as the application encodes it.
    pub operation: Bytes,
}
as_array!(Request { chain, client, nonce, operation });

impl Statement for Request {
    const DOMAIN: Dst = ledger::PBFT_REQUEST;

    fn chain(&self) -> ChainId {
        self.chain
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Client(&self.client)
    }
}

/// A phase of the three-phase agreement.
pub trait Phase: Clone + PartialEq + core::fmt::Debug {
    /// The domain of its votes.
    const DOMAIN: Dst;
}

/// Phase 1: the primary assigns n to d.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assign {}

/// Phase 2: backups agree to the assignment within the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agree {}

/// Phase 3: replicas that know of the agreement say so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirm {}

impl Phase for Assign {
    const DOMAIN: Dst = ledger::PBFT_PRE_PREPARE;
}

impl Phase for Agree {
    const DOMAIN: Dst = ledger::PBFT_PREPARE;
}

impl Phase for Confirm {
    const DOMAIN: Dst = ledger::PBFT_COMMIT;
}

/// A vote ⟨chain, sender, v, n, d⟩ of one phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vote<P> {
    /// The chain.
    pub chain: ChainId,
    /// Who votes.
    pub sender: ReplicaId,
    /// v: the view.
    pub view: u64,
    /// n: the sequence number, which is the height of the block.
    pub seq: u64,
    /// d: the digest of the batch.
    pub digest: Digest,
    /// The phase, which is a matter of types only.
    pub phase: PhantomData<P>,
}

/// PRE-PREPARE, without its batch.
pub type PrePrepare = Vote<Assign>;
/// PREPARE.
pub type Prepare = Vote<Agree>;
/// COMMIT.
pub type Commit = Vote<Confirm>;

impl<P> Vote<P> {
    /// A vote.
    #[must_use]
    pub const fn new(
        chain: ChainId,
        sender: ReplicaId,
        view: u64,
        seq: u64,
        digest: Digest,
    ) -> Self {
        Self { chain, sender, view, seq, digest, phase: PhantomData }
    }
}

impl<P> Serialize for Vote<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.chain, self.sender, self.view, self.seq, self.digest).serialize(serializer)
    }
}

impl<'de, P> Deserialize<'de> for Vote<P> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (chain, sender, view, seq, digest) = Deserialize::deserialize(deserializer)?;
        Ok(Self::new(chain, sender, view, seq, digest))
    }
}

impl<P: Phase> Statement for Vote<P> {
    const DOMAIN: Dst = P::DOMAIN;

    fn chain(&self) -> ChainId {
        self.chain
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Replica(self.sender)
    }
}

impl<P: Phase> Ballot for Vote<P> {
    fn voter(&self) -> ReplicaId {
        self.sender
    }

    fn choice(&self) -> Digest {
        self.digest
    }
}

impl Statement for Checkpoint {
    const DOMAIN: Dst = ledger::PBFT_CHECKPOINT;

    fn chain(&self) -> ChainId {
        self.chain_id
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Replica(self.replica)
    }
}

impl Ballot for Checkpoint {
    fn voter(&self) -> ReplicaId {
        self.replica
    }

    fn choice(&self) -> Digest {
        self.block_id.0
    }
}

/// The answer of one replica; a client believes f + 1 that match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// The chain.
    pub chain: ChainId,
    /// Who answers.
    pub sender: ReplicaId,
    /// Its view, which tells the client the primary.
    pub view: u64,
    /// Who asked.
    pub client: ClientId,
    /// The number of the request.
    pub nonce: u64,
    /// What the application returned.
    pub result: Bytes,
}
as_array!(Reply { chain, sender, view, client, nonce, result });

impl Statement for Reply {
    const DOMAIN: Dst = ledger::PBFT_REPLY;

    fn chain(&self) -> ChainId {
        self.chain
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Replica(self.sender)
    }
}

/// How far a replica is; the others answer with what it lacks (Castro and Liskov 2002, §5.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// The chain.
    pub chain: ChainId,
    /// Who is there.
    pub sender: ReplicaId,
    /// Its view.
    pub view: u64,
    /// The last sequence number that it executed and, above its h, has PREPARED in its view.
    pub executed: u64,
    /// The last height whose certificate it holds.
    pub certified: u64,
}
as_array!(Status { chain, sender, view, executed, certified });

impl Statement for Status {
    const DOMAIN: Dst = ledger::PBFT_STATUS;

    fn chain(&self) -> ChainId {
        self.chain
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Replica(self.sender)
    }
}

/// Asks for batches, and for states after blocks, by their digests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    /// The chain.
    pub chain: ChainId,
    /// Who asks.
    pub sender: ReplicaId,
    /// Its FETCHes are numbered in ascending order, so that none is answered twice.
    pub round: u64,
    /// Digests of batches, and ids of certified blocks.
    pub digests: Vec<Digest>,
}
as_array!(Fetch { chain, sender, round, digests });

impl Statement for Fetch {
    const DOMAIN: Dst = ledger::PBFT_FETCH;

    fn chain(&self) -> ChainId {
        self.chain
    }

    fn signer(&self) -> Signer<'_> {
        Signer::Replica(self.sender)
    }
}

/// What one sequence number orders. The digest covers the requests' own signatures too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch<S = Unverified> {
    /// The requests, in the order of their execution.
    pub requests: Vec<Signed<Request, S>>,
    /// The proposer's clock, in milliseconds.
    pub time: u64,
    /// The primary that made the batch.
    pub proposer: ReplicaId,
}

impl<S> Batch<S> {
    /// The null request, which fills a number that nothing was prepared at.
    #[must_use]
    pub const fn null() -> Self {
        Self { requests: Vec::new(), time: 0, proposer: ReplicaId::NONE }
    }

    /// d: what the three phases agree on.
    #[must_use]
    pub fn digest(&self) -> Digest {
        codec::digest(ledger::BATCH, self)
    }

    /// Forgets the checks, as sending does.
    #[must_use]
    pub fn into_unverified(self) -> Batch {
        let requests = self.requests.into_iter().map(Signed::into_unverified).collect();
        Batch { requests, time: self.time, proposer: self.proposer }
    }

    /// Whether some client has two requests in it.
    pub(crate) fn repeats_a_client(&self) -> bool {
        let clients = self.requests.iter().map(|r| &r.body().client).collect::<BTreeSet<_>>();
        clients.len() < self.requests.len()
    }
}

impl<S> Serialize for Batch<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        (&self.requests, self.time, self.proposer).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Batch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (requests, time, proposer) = Deserialize::deserialize(deserializer)?;
        Ok(Self { requests, time, proposer })
    }
}

/// Every message, with signatures that nobody has checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Message {
    /// From a client to the primary, or relayed to it.
    Request(Signed<Request>),
    /// From the primary, with the batch.
    PrePrepare(Signed<PrePrepare>, Batch),
    /// From a backup.
    Prepare(Signed<Prepare>),
    /// From any replica.
    Commit(Signed<Commit>),
    /// From any replica.
    Checkpoint(Signed<Checkpoint>),
    /// To a client.
    Reply(Signed<Reply>),
    /// From any replica.
    Status(Signed<Status>),
    /// From a replica that gives up its view.
    ViewChange(Signed<ViewChange>),
    /// From the primary of a view, or relayed.
    NewView(Signed<NewView>),
    /// To a replica that is too far behind: a stable checkpoint.
    Stable(QuorumCertificate),
    /// From any replica.
    Fetch(Signed<Fetch>),
    /// A batch that was fetched; its digest speaks for it.
    Body(Batch),
    /// A state that was fetched; the certified state root speaks for it.
    State(Snapshot),
}

impl Message {
    /// The wire form.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Reads what [`encode`](Self::encode) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`].
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        codec::decode(bytes)
    }

    /// The kind, as the wire spells it.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Request(_) => "Request",
            Self::PrePrepare(..) => "PrePrepare",
            Self::Prepare(_) => "Prepare",
            Self::Commit(_) => "Commit",
            Self::Checkpoint(_) => "Checkpoint",
            Self::Reply(_) => "Reply",
            Self::Status(_) => "Status",
            Self::ViewChange(_) => "ViewChange",
            Self::NewView(_) => "NewView",
            Self::Stable(_) => "Stable",
            Self::Fetch(_) => "Fetch",
            Self::Body(_) => "Body",
            Self::State(_) => "State",
        }
    }
}
