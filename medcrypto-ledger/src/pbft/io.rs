//! The border of the state machine: everything that goes in and everything that comes out.
//!
//! No socket, clock or thread is behind it: the caller delivers bytes, says what time it is and
//! carries out the outputs in order.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use medcrypto_core::DecodeError;

use super::message::{Commit, PrePrepare, Prepare, Request};
use super::quorum::Quorum;
use super::signed::{Ballot, Signed, Verified};
use crate::auth::{ClientId, Committee, ReplicaId};
use crate::block::{Block, ChainId, Checkpoint, Genesis, QuorumCertificate};
use crate::codec::Digest;
use crate::error::Error;

/// What a replica is told once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What the chain starts from.
    pub genesis: Genesis,
    /// The chain: the identity of `genesis`.
    pub chain: ChainId,
    /// The replicas' keys, as `genesis` lists them.
    pub committee: Committee,
    /// Which of them this is.
    pub me: ReplicaId,
    /// K: the low water mark h moves in steps of K.
    pub checkpoint_every: u64,
    /// How many numbers below h are kept for replicas that lag.
    pub history: u64,
    /// The most requests in a batch.
    pub batch_max: usize,
    /// The most batches that the primary has proposed and not executed.
    pub in_flight_max: u64,
    /// The most requests that wait.
    pub waiting_max: usize,
    /// The most bytes in a message.
    pub message_max: usize,
    /// How far ahead of the local clock a proposed time may be, in milliseconds.
    pub clock_skew: u64,
    /// The interval between two STATUS messages, in milliseconds.
    pub status_every: u64,
    /// How long a view may leave a request waiting, in milliseconds; doubled with every view that
    /// brings no progress.
    pub view_timeout: u64,
}

impl Config {
    /// The usual limits: K = 16, 256 numbers of history, batches of 64, 8 in flight, 1 024 waiting,
    /// messages of 1 MiB, 10 s skew, STATUS every second, 4 s for a view.
    ///
    /// # Errors
    /// [`Error::Committee`] when `genesis` lists no committee or `me` is no member.
    pub fn new(genesis: Genesis, me: ReplicaId) -> Result<Self, Error> {
        let committee = Committee::new(genesis.replicas.clone())?;
        committee.key(me).ok_or(Error::Committee)?;
        Ok(Self {
            chain: genesis.chain_id(),
            genesis,
            committee,
            me,
            checkpoint_every: 16,
            history: 256,
            batch_max: 64,
            in_flight_max: 8,
            waiting_max: 1024,
            message_max: 1 << 20,
            clock_skew: 10_000,
            status_every: 1_000,
            view_timeout: 4_000,
        })
    }

    /// L = 2K: how far above h a sequence number may be.
    #[must_use]
    pub const fn window(&self) -> u64 {
        self.checkpoint_every.saturating_mul(2)
    }

    /// Whether n = K, 2K, …
    pub(crate) const fn is_checkpoint(&self, seq: u64) -> bool {
        let every = if self.checkpoint_every == 0 { 1 } else { self.checkpoint_every };
        seq != 0 && seq % every == 0
    }

    /// What stands for the certificate of genesis, which nobody signs.
    pub(crate) fn genesis_certificate(&self) -> QuorumCertificate {
        QuorumCertificate::new(0, self.genesis.block().header.id(), BTreeMap::new())
    }

    /// The thresholds.
    pub(crate) fn quorum(&self) -> Quorum {
        Quorum::of(&self.committee)
    }
}

/// A timer that the caller keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Timer {
    /// A replica's periodic STATUS.
    Status,
    /// A replica's patience with its view.
    View,
    /// A client's retransmission.
    Retransmit,
}

/// What happens to a replica.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Input {
    /// A client on the same machine asks.
    Request(Signed<Request>),
    /// Bytes arrived, from anybody.
    Message(Vec<u8>),
    /// A timer ran out.
    Timeout(Timer),
}

/// What a replica or a client wants done.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Output {
    /// Send to one replica.
    Send(ReplicaId, Vec<u8>),
    /// Send to every replica but oneself.
    Broadcast(Vec<u8>),
    /// Send to a client.
    Reply(ClientId, Vec<u8>),
    /// Start a timer, or restart it, with this many milliseconds.
    SetTimer(Timer, u64),
    /// Stop a timer.
    CancelTimer(Timer),
    /// The batch of this digest is final at `seq`; it executes once all before it have.
    Committed {
        /// n: the sequence number.
        seq: u64,
        /// v: the view in which it committed.
        view: u64,
        /// d: the digest of the batch.
        digest: Digest,
    },
    /// A block with the signatures that prove it to anybody; in order of the heights.
    Certified {
        /// The block.
        block: Block,
        /// q CHECKPOINTs for it.
        certificate: QuorumCertificate,
    },
    /// The replica takes part in this view.
    Entered {
        /// v: the view.
        view: u64,
    },
    /// The state after this block came from another replica; nothing is handed out of the blocks
    /// that this one skipped.
    Restored {
        /// The height.
        height: u64,
    },
    /// Proof that a replica voted twice.
    Evidence(Evidence),
    /// An input was ignored, or the certificate in a NEW-VIEW that was not.
    Rejected(Reason),
    /// The result that f + 1 replicas gave a client.
    Done {
        /// The number of the request.
        nonce: u64,
        /// The result.
        result: Vec<u8>,
    },
}

/// Why an input is ignored. Nothing but [`Evidence`] comes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// Bytes are no canonical message.
    #[error("decoding: {0}")]
    Decode(DecodeError),
    /// Longer than any message.
    #[error("message too long")]
    TooLong,
    /// A kind of message that is not for us.
    #[error("misdirected message")]
    Misdirected,
    /// Of another chain.
    #[error("another chain")]
    Chain,
    /// No member, ourselves, or not who may send this.
    #[error("sender not entitled")]
    Sender,
    /// The signature does not verify.
    #[error("signature")]
    Signature,
    /// Of another view.
    #[error("another view")]
    View,
    /// A sequence number outside h < n ≤ h + L.
    #[error("sequence number outside the window")]
    Sequence,
    /// A proposed time too far in the future.
    #[error("proposed time in the future")]
    Time,
    /// The batch is not what the digest says.
    #[error("digest of the batch")]
    Digest,
    /// A batch that is empty, too large, of another proposer, or with two requests of a client.
    #[error("malformed batch")]
    Batch,
    /// The application refuses the operation whatever the state.
    #[error("operation refused")]
    Operation,
    /// A request number that is not the next.
    #[error("request number")]
    Nonce,
    /// The message changes nothing: it came before.
    #[error("already known")]
    Duplicate,
    /// The signer voted otherwise before; see [`Output::Evidence`].
    #[error("equivocation")]
    Equivocation,
    /// Too many requests wait.
    #[error("queue full")]
    Full,
    /// A certificate without enough valid signatures, or about another place than it may be.
    #[error("certificate refused")]
    Certificate,
    /// A NEW-VIEW that proposes other than what its VIEW-CHANGEs demand.
    #[error("proposals do not follow from the view changes")]
    Plan,
    /// A state that is not the certified one.
    #[error("state refused")]
    State,
    /// q replicas certify another block than the one that we executed: our state is wrong, or more
    /// than f replicas lie. We stay with ours, which nobody will certify; somebody must look.
    #[error("a quorum certifies another block than ours")]
    Diverged,
    /// A STATUS, FETCH or VIEW-CHANGE not above its sender's last.
    #[error("older than what its sender said last")]
    Stale,
    /// STATUS or FETCH too often.
    #[error("too soon")]
    TooSoon,
}

/// Two verified votes of one replica for one place and different values.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Evidence {
    /// Two PRE-PREPAREs of a primary.
    PrePrepare(Signed<PrePrepare, Verified>, Signed<PrePrepare, Verified>),
    /// Two PREPAREs.
    Prepare(Signed<Prepare, Verified>, Signed<Prepare, Verified>),
    /// Two COMMITs.
    Commit(Signed<Commit, Verified>, Signed<Commit, Verified>),
    /// Two CHECKPOINTs.
    Checkpoint(Signed<Checkpoint, Verified>, Signed<Checkpoint, Verified>),
}

impl Evidence {
    /// Who voted twice.
    #[must_use]
    pub fn culprit(&self) -> ReplicaId {
        match self {
            Self::PrePrepare(vote, _) => vote.body().voter(),
            Self::Prepare(vote, _) => vote.body().voter(),
            Self::Commit(vote, _) => vote.body().voter(),
            Self::Checkpoint(vote, _) => vote.body().voter(),
        }
    }
}
