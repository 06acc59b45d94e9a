//! Blocks, headers and quorum certificates (Huang et al. step 9; Castro and Liskov 1999).
//!
//! ```text
//! chain id = digest(CHAIN, genesis)          block id = digest(HEADER, header)
//! prev(h)  = block id(h − 1)                 tx_root  = RFC 6962 root of the transactions' bytes
//! time(h)  = max(proposed, median + 1)       median of the last ≤ 11 block times
//! certificate of block n = q signatures over CHECKPOINT⟨n, block id⟩
//! ```
//!
//! A header is made when a batch is executed, so it carries no view: a batch that a new leader
//! proposes again makes the same block. The certificate travels beside the block and is not hashed.
//!
//! Status: *composition*.

mod chain;

#[cfg(feature = "sim")]
pub(crate) use chain::verify_block;
pub use chain::{BadBlock, BadTx, CertifiedBlock, Execute, Fault, TxProof, tx_root, verify_chain};

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use medcrypto_core::dst;
use serde::{Deserialize, Serialize};

use crate::auth::{Committee, PublicKey, ReplicaId, Signature};
use crate::codec::{self, Bytes, Digest, Pairs, as_array};

/// The version of every header.
pub const VERSION: u16 = 1;

/// How many block times the median is taken over.
pub const MEDIAN_SPAN: usize = 11;

/// What a chain starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The replicas' keys.
    pub replicas: Vec<PublicKey>,
    /// The time of block 0, milliseconds since 1970.
    pub time_ms: u64,
    /// The state root before the first transaction.
    pub state_root: Digest,
}
as_array!(Genesis { replicas, time_ms, state_root });

impl Genesis {
    /// A genesis with this committee.
    #[must_use]
    pub fn new(committee: &Committee, time_ms: u64, state_root: Digest) -> Self {
        Self { replicas: committee.keys().to_vec(), time_ms, state_root }
    }

    /// The identity of the chain.
    #[must_use]
    pub fn chain_id(&self) -> ChainId {
        ChainId(codec::digest(dst::ledger::CHAIN, self))
    }

    /// Block 0, which everybody computes and nobody signs: no transactions, previous id zero.
    #[must_use]
    pub fn block(&self) -> Block {
        let header = Header {
            version: VERSION,
            chain_id: self.chain_id(),
            height: 0,
            time_ms: self.time_ms,
            prev: BlockId(Digest::ZERO),
            tx_root: tx_root(&[]).hash,
            tx_count: 0,
            state_root: self.state_root,
            seal: Seal::Bft(ReplicaId::NONE),
        };
        Block { header, txs: Vec::new() }
    }
}

/// The identity of a chain; part of every header and every signed message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChainId(pub Digest);

/// The digest of a header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BlockId(pub Digest);

/// What closes a header, by the kind of its consensus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Seal {
    /// Byzantine agreement; the certificate stands beside the block.
    /// It holds who proposed the batch; [`ReplicaId::NONE`] for an empty block.
    Bft(ReplicaId),
}

/// The header of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// [`VERSION`].
    pub version: u16,
    /// The chain.
    pub chain_id: ChainId,
    /// Distance from genesis; the sequence number of the batch.
    pub height: u64,
    /// Milliseconds since 1970, greater than the median of the last [`MEDIAN_SPAN`] blocks.
    pub time_ms: u64,
    /// The block before.
    pub prev: BlockId,
    /// RFC 6962 root over the transactions.
    pub tx_root: Digest,
    /// Number of transactions: a root without its size proves nothing.
    pub tx_count: u32,
    /// The state after the block.
    pub state_root: Digest,
    /// The kind of consensus.
    pub seal: Seal,
}
as_array!(Header { version, chain_id, height, time_ms, prev, tx_root, tx_count, state_root, seal });

impl Header {
    /// The block's id.
    #[must_use]
    pub fn id(&self) -> BlockId {
        BlockId(codec::digest(dst::ledger::HEADER, self))
    }

    /// Where its transactions run.
    #[must_use]
    pub const fn context(&self) -> Context {
        Context { chain_id: self.chain_id, height: self.height, time_ms: self.time_ms }
    }
}

/// A block: its header and its transactions as the bytes that were ordered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// Each transaction's bytes; leaf i of `tx_root` is the hash of entry i.
    pub txs: Vec<Bytes>,
}
as_array!(Block { header, txs });

/// Where a transaction runs: all that it may know besides the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context {
    /// The chain.
    pub chain_id: ChainId,
    /// The block's height.
    pub height: u64,
    /// The block's time in milliseconds.
    pub time_ms: u64,
}

/// What a replica signs for every block it executed, under the domain `PBFT_CHECKPOINT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The chain.
    pub chain_id: ChainId,
    /// The height n, which is the sequence number.
    pub height: u64,
    /// The block.
    pub block_id: BlockId,
    /// Who signs.
    pub replica: ReplicaId,
}
as_array!(Checkpoint { chain_id, height, block_id, replica });

/// q distinct replicas' signatures over CHECKPOINT⟨height, block id⟩.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuorumCertificate {
    /// The height n.
    pub height: u64,
    /// The block.
    pub block_id: BlockId,
    /// One signature a replica, in ascending order of the replicas.
    pub signatures: Pairs<ReplicaId, Signature>,
}
as_array!(QuorumCertificate { height, block_id, signatures });

impl QuorumCertificate {
    /// A certificate of these votes, valid or not; [`QuorumCertificate`] says nothing by itself.
    #[must_use]
    pub const fn new(
        height: u64,
        block_id: BlockId,
        votes: BTreeMap<ReplicaId, Signature>,
    ) -> Self {
        Self { height, block_id, signatures: Pairs(votes) }
    }
}

/// The median of the last [`MEDIAN_SPAN`] of `times` (the lower middle of an even number); 0 of
/// none.
#[must_use]
pub fn median_time(times: &[u64]) -> u64 {
    let mut last = times.iter().rev().take(MEDIAN_SPAN).copied().collect::<Vec<_>>();
    last.sort_unstable();
    let middle = last.len().saturating_sub(1) / 2;
    last.get(middle).copied().unwrap_or(0)
}

/// The time of the block after blocks of these `times`: max(proposed, median + 1).
#[must_use]
pub fn block_time(proposed: u64, times: &[u64]) -> u64 {
    proposed.max(median_time(times).saturating_add(1))
}
