//! The Userchain: proof of work (Xu et al. 2019, Algorithm 1; Nakamoto 2008).
//!
//! ```text
//! chain id   = digest(POW_CHAIN, [kind of seal, genesis])      id(b) = digest(POW_HEADER, header)
//! seal       : id(b) ≤ target(b) as 256-bit numbers, most significant byte first
//! time(b)    > median of the last ≤ 11,  ≤ now + 2 h
//! target(h)  = target(h − 1), or at h ≡ 0 mod 2016 retargeted over time(h − 1) − time(h − 2017);
//!              the first window has 2015 intervals, from genesis
//! best chain : most Σ ⌊2²⁵⁶ / (target + 1)⌋, then the lower id of its last block
//! ```
//!
//! | | Xu et al. | here |
//! |---|---|---|
//! | hashed | nonce, previous hash, root: the time and the miner can be changed afterwards | every field, canonically |
//! | threshold | hash < target | hash ≤ target, so that the work of a target is the expected number of tries |
//! | retarget | old · actual / expected over 2016 blocks | 2016 intervals, clamped to [1/4, 4], at most the limit |
//! | time | 4 bytes of seconds, free | 8 bytes of milliseconds, between median and clock |
//! | Algorithm 1 | nonce from 1, nothing when another is faster | any nonce; so many tries, and the header keeps the next nonce |
//! | forks | "cannot be forked" | most work; a reorganisation names the blocks left and joined |
//!
//! A header carries no state root: the chain orders and dates transactions, and who wants a state
//! replays them. What a quorum certifies and what work seals have different types, so neither is
//! ever taken for the other.
//!
//! Status: *composition*.

mod chain;
mod node;
mod target;

pub use chain::{Chain, Change, MAX_FORKED};
pub use node::{Block, CoreNode, Found, TxProof};
pub use target::{Target, U256};

use core::fmt;
use core::marker::PhantomData;

use medcrypto_core::dst;

use crate::block::{BlockId, ChainId};
use crate::codec::{self, Digest, as_array};
use crate::merkle::{MerkleLog, RootHash};

/// The version of every header.
pub const VERSION: u16 = 1;

/// Milliseconds between blocks that the target aims at.
pub const SPACING_MS: u64 = 60_000;

/// Blocks between changes of the target.
pub const WINDOW: u64 = 2016;

/// The most bytes of a block's transactions, each with nine for its head.
pub const MAX_BLOCK: usize = 1 << 20;

/// Milliseconds that a block's time may be ahead of the clock.
pub const FUTURE_MS: u64 = 2 * 60 * 60 * 1000;

/// Why a header, a block or a proof is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Compact bits that say no target, or say it another way than the one.
    #[error("not a target")]
    Bits,
    /// Another version of the header.
    #[error("unknown version")]
    Version,
    /// A block of another chain.
    #[error("another chain")]
    Chain,
    /// The hash is above the target.
    #[error("too little work")]
    Work,
    /// A block that is there already.
    #[error("known")]
    Known,
    /// The block before is not there; it may be asked for.
    #[error("unknown previous block")]
    Previous,
    /// Its height is not one more than that of the block before.
    #[error("wrong height")]
    Height,
    /// Its time is not after the median of the blocks before.
    #[error("time not after the median")]
    Time,
    /// Its time is more than [`FUTURE_MS`] ahead; it may be accepted later.
    #[error("time too far ahead")]
    Future,
    /// Its target is not the one that follows from the blocks before.
    #[error("unexpected target")]
    Target,
    /// 2²⁵⁶ tries or more together, which only an oracle makes.
    #[error("more work than can be counted")]
    Overflow,
    /// Off the best chain, with [`MAX_FORKED`] other blocks on branches of more work.
    #[error("lighter than the forks that are kept")]
    Light,
    /// Its transactions are more than [`MAX_BLOCK`] bytes.
    #[error("block too long")]
    Size,
    /// It holds another number of transactions than it says.
    #[error("wrong number of transactions")]
    TxCount,
    /// Its transactions have another root.
    #[error("wrong transaction root")]
    TxRoot,
    /// The block of a proof is not on the best chain, or not as deep as was asked for.
    #[error("not confirmed")]
    Unconfirmed,
    /// The path does not lead from the transaction to the root of its block.
    #[error("not in the block")]
    Inclusion,
}

#[expect(unnameable_types, reason = "nobody else names it")]
mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Work {}
    #[cfg(feature = "sim")]
    impl Sealed for crate::sim::Oracle {}
}

/// How the blocks of a chain are sealed: by [`Work`], or in a simulation by an oracle. The two have
/// different chain ids, and types that do not mix.
pub trait Seal: sealed::Sealed + fmt::Debug + 'static {
    /// Part of the chain's identity.
    const NAME: &'static str;
}

/// Blocks whose hash is at most their target.
#[derive(Clone, Copy, Debug)]
pub struct Work;

impl Seal for Work {
    const NAME: &'static str = "work";
}

/// What a chain starts from: the easiest target, which is that of the first window, and a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Genesis {
    /// The target of the first window; no target is easier.
    pub limit: Target,
    /// The time of block 0, milliseconds since 1970.
    pub time_ms: u64,
}
as_array!(Genesis { limit, time_ms });

impl Genesis {
    /// The identity of the chain of this genesis whose blocks have seals of kind `S`.
    #[must_use]
    pub fn chain_id<S: Seal>(&self) -> ChainId {
        ChainId(codec::digest(dst::ledger::POW_CHAIN, &(S::NAME, self)))
    }

    /// Block 0, which everybody computes and nobody mines.
    #[must_use]
    pub fn header<S: Seal>(&self) -> Header {
        let RootHash { hash, .. } = MerkleLog::new().root();
        Header {
            version: VERSION,
            chain_id: self.chain_id::<S>(),
            height: 0,
            time_ms: self.time_ms,
            prev: BlockId(Digest::ZERO),
            tx_root: hash,
            tx_count: 0,
            target: self.limit,
            nonce: 0,
            miner: Digest::ZERO,
        }
    }
}

/// The header of a block: at most [`Header::MAX_LEN`] bytes, all of them hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// [`VERSION`].
    pub version: u16,
    /// The chain.
    pub chain_id: ChainId,
    /// Distance from genesis.
    pub height: u64,
    /// Milliseconds since 1970.
    pub time_ms: u64,
    /// The block before.
    pub prev: BlockId,
    /// RFC 6962 root over the transactions.
    pub tx_root: Digest,
    /// Number of transactions.
    pub tx_count: u32,
    /// The target of its window.
    pub target: Target,
    /// What the miner varies.
    pub nonce: u64,
    /// Digest of the key that the reward goes to.
    pub miner: Digest,
}
as_array!(Header {
    version,
    chain_id,
    height,
    time_ms,
    prev,
    tx_root,
    tx_count,
    target,
    nonce,
    miner
});

impl Header {
    /// The most bytes that a header takes.
    pub const MAX_LEN: usize = 177;

    /// The block's id, which is also the hash that its target is held against.
    #[must_use]
    pub fn id(&self) -> BlockId {
        BlockId(codec::digest(dst::ledger::POW_HEADER, self))
    }

    /// Tries `tries` nonces from this header's on, wrapping, and leaves the next one to try in it. A
    /// miner that wants to hear of other blocks tries a few at a time.
    pub fn mine(&mut self, tries: u64) -> Option<SealedHeader<Work>> {
        for _ in 0..tries {
            if let Ok(sealed) = SealedHeader::check(*self) {
                return Some(sealed);
            }
            self.nonce = self.nonce.wrapping_add(1);
        }
        None
    }
}

/// A header whose seal was checked, and nothing else of it.
#[derive(Debug)]
pub struct SealedHeader<S> {
    header: Header,
    id: BlockId,
    seal: PhantomData<S>,
}

impl<S> Clone for SealedHeader<S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<S> Copy for SealedHeader<S> {}

impl SealedHeader<Work> {
    /// Accepts a header whose hash is at most the target that it names.
    ///
    /// # Errors
    /// [`Refusal::Work`].
    pub fn check(header: Header) -> Result<Self, Refusal> {
        let id = header.id();
        if header.target.allows(&id.0) {
            Ok(Self { header, id, seal: PhantomData })
        } else {
            Err(Refusal::Work)
        }
    }
}

#[cfg(feature = "sim")]
impl SealedHeader<crate::sim::Oracle> {
    /// Seals any header of a simulated chain.
    pub(crate) fn granted(header: Header) -> Self {
        Self { header, id: header.id(), seal: PhantomData }
    }
}

impl<S> SealedHeader<S> {
    /// The header.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// Its id.
    #[must_use]
    pub const fn id(&self) -> BlockId {
        self.id
    }
}
