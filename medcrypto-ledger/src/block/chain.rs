//! Verification of a chain from genesis by a stranger, and of one transaction by a light client.
//!
//! ```text
//! for h = 1, 2, …:   version, chain, height = h, prev = id(h − 1), time > median(last ≤ 11)
//!                    tx_count = |txs|, tx_root = MTH(txs), state_root = execute(txs),
//!                    which wants every entry to be its client's next signed request
//!                    q signatures over CHECKPOINT⟨h, id(h)⟩
//! ```
//!
//! Nothing a block says is believed: every root is computed again. The stranger needs the genesis,
//! a verifier of signatures and the application; the light client the genesis and a verifier.
//!
//! Status: *composition*.

use alloc::vec::Vec;

use super::{
    Block, Checkpoint, Context, Genesis, Header, MEDIAN_SPAN, QuorumCertificate, VERSION,
    median_time,
};
use crate::auth::{Committee, Verifier};
use crate::codec::{self, Bytes, Digest, as_array};
use crate::error::Error;
use crate::merkle::{self, InclusionProof, MerkleLog, RootHash};
use crate::pbft::Quorum;
use medcrypto_core::dst;

/// Runs the transactions of one block: the application together with whatever else the state root
/// covers. A verifier of a chain runs what a replica runs.
pub trait Execute {
    /// Runs the transactions in order and returns the state root after them.
    ///
    /// # Errors
    /// [`BadTx`] if no correct replica could have put one of them there; the state is then of no
    /// further use.
    fn execute(&mut self, context: &Context, txs: &[Bytes]) -> Result<Digest, BadTx>;
}

/// Why an entry of a block is no transaction. A transaction that the application refuses is one:
/// its refusal is its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadTx {
    /// Not the canonical encoding of a signed request.
    #[error("malformed transaction")]
    Encoding,
    /// Of another chain, or not signed by its client.
    #[error("transaction not signed for this chain")]
    Signature,
    /// Not its client's next.
    #[error("transaction out of order")]
    Nonce,
}

/// A block with the certificate that makes it final.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertifiedBlock {
    /// The block.
    pub block: Block,
    /// Its certificate.
    pub certificate: QuorumCertificate,
}
as_array!(CertifiedBlock { block, certificate });

/// What is wrong with a block, in the order in which it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// Not the canonical encoding of a certified block.
    #[error("malformed")]
    Encoding,
    /// Another version of the header.
    #[error("unknown version")]
    Version,
    /// A block of another chain.
    #[error("another chain")]
    Chain,
    /// Its height is not its place.
    #[error("wrong height")]
    Height,
    /// It does not follow the block before.
    #[error("broken link")]
    Previous,
    /// Its time is not after the median of the blocks before.
    #[error("time not after the median")]
    Time,
    /// It holds another number of transactions than it says.
    #[error("wrong number of transactions")]
    TxCount,
    /// Its transactions have another root.
    #[error("wrong transaction root")]
    TxRoot,
    /// Fewer than q signatures, a wrong one, or a certificate of another block.
    #[error("certificate refused")]
    Certificate,
    /// An entry that is no transaction at its place.
    #[error("{0}")]
    Tx(BadTx),
    /// Its transactions lead to another state.
    #[error("wrong state root")]
    StateRoot,
    /// The genesis names no committee.
    #[error("no committee")]
    Committee,
}

/// The first bad block of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("block {height}: {fault}")]
pub struct BadBlock {
    /// Where it stands.
    pub height: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// Verifies a chain that is given as the encodings of its blocks 1, 2, …, and returns the header of
/// the last (of genesis, if there is none). `executor` starts in the genesis state.
///
/// # Errors
/// [`BadBlock`] names the first bad block.
pub fn verify_chain<'a, E: Execute, V: Verifier>(
    genesis: &Genesis,
    blocks: impl IntoIterator<Item = &'a [u8]>,
    executor: &mut E,
    verifier: &V,
) -> Result<Header, BadBlock> {
    let bad = |height| move |fault| BadBlock { height, fault };
    let committee = genesis.committee().or(Err(Fault::Committee)).map_err(bad(0))?;
    let mut head = genesis.block().header;
    let mut times = alloc::vec![genesis.time_ms];
    for (bytes, height) in blocks.into_iter().zip(1_u64..) {
        let header = verify_block(&committee, &head, &times, bytes, executor, verifier)
            .map_err(bad(height))?;
        times.push(header.time_ms);
        times.drain(..times.len().saturating_sub(MEDIAN_SPAN));
        head = header;
    }
    Ok(head)
}

/// Verifies one block after `head`; `times` are those of the last blocks.
pub(crate) fn verify_block<E: Execute, V: Verifier>(
    committee: &Committee,
    head: &Header,
    times: &[u64],
    bytes: &[u8],
    executor: &mut E,
    verifier: &V,
) -> Result<Header, Fault> {
    let certified = codec::decode::<CertifiedBlock>(bytes).or(Err(Fault::Encoding))?;
    let Block { header, txs } = &certified.block;
    let root = tx_root(txs);
    let checks = [
        (header.version == VERSION, Fault::Version),
        (header.chain_id == head.chain_id, Fault::Chain),
        (head.height.checked_add(1) == Some(header.height), Fault::Height),
        (header.prev == head.id(), Fault::Previous),
        (header.time_ms > median_time(times), Fault::Time),
        (u64::from(header.tx_count) == root.size, Fault::TxCount),
        (header.tx_root == root.hash, Fault::TxRoot),
    ];
    if let Some((_, fault)) = checks.into_iter().find(|(holds, _)| !holds) {
        return Err(fault);
    }
    certified.certificate.verify(header, committee, verifier).or(Err(Fault::Certificate))?;
    let state_root = executor.execute(&header.context(), txs).map_err(Fault::Tx)?;
    if state_root == header.state_root { Ok(*header) } else { Err(Fault::StateRoot) }
}

/// The Merkle root of a block's transactions.
#[must_use]
pub fn tx_root(txs: &[Bytes]) -> RootHash {
    MerkleLog::of(txs.iter().map(Bytes::as_slice)).root()
}

impl QuorumCertificate {
    /// Accepts only at least q signatures, all of them valid, over CHECKPOINT⟨height, id⟩ of this
    /// header.
    ///
    /// # Errors
    /// [`Error::Certificate`].
    pub fn verify<V: Verifier>(
        &self,
        header: &Header,
        committee: &Committee,
        verifier: &V,
    ) -> Result<(), Error> {
        let named = self.height == header.height && self.block_id == header.id();
        let enough = self.signatures.0.len() >= Quorum::of(committee).quorum();
        if !named || !enough {
            return Err(Error::Certificate);
        }
        let chain_id = header.chain_id;
        self.signatures.0.iter().try_for_each(|(replica, signature)| {
            let (height, block_id, replica) = (self.height, self.block_id, *replica);
            let vote = codec::encode(&Checkpoint { chain_id, height, block_id, replica });
            let domain = dst::ledger::PBFT_CHECKPOINT;
            committee
                .verify(verifier, replica, domain, &vote, signature)
                .or(Err(Error::Certificate))
        })
    }
}

/// What a light client is shown: that a final block holds a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxProof {
    /// The block's header.
    pub header: Header,
    /// The block's certificate.
    pub certificate: QuorumCertificate,
    /// The place of the transaction in the block.
    pub index: u64,
    /// Its path to the header's transaction root.
    pub path: InclusionProof,
}
as_array!(TxProof { header, certificate, index, path });

impl TxProof {
    /// Proves that transaction `index` is in a block.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the block has no such transaction.
    pub fn of(certified: &CertifiedBlock, index: u64) -> Result<Self, Error> {
        let CertifiedBlock { block, certificate } = certified;
        let log = MerkleLog::of(block.txs.iter().map(Bytes::as_slice));
        let path = log.prove_inclusion(index, log.size())?;
        Ok(Self { header: block.header, certificate: certificate.clone(), index, path })
    }

    /// Accepts only a transaction of a final block of this genesis' chain. To a light client it is
    /// bytes: that they are a signed request, in order, is what the quorum vouches for.
    ///
    /// # Errors
    /// [`Error::Certificate`] for a header that is not final on this chain, [`Error::Merkle`] for
    /// another transaction.
    pub fn verify<V: Verifier>(
        &self,
        genesis: &Genesis,
        tx: &[u8],
        verifier: &V,
    ) -> Result<(), Error> {
        if self.header.chain_id != genesis.chain_id() || self.header.version != VERSION {
            return Err(Error::Certificate);
        }
        self.certificate.verify(&self.header, &genesis.committee()?, verifier)?;
        let root = RootHash { size: self.header.tx_count.into(), hash: self.header.tx_root };
        merkle::verify_inclusion(&merkle::leaf_hash(tx), self.index, &root, &self.path)
    }
}

impl Genesis {
    /// The committee.
    ///
    /// # Errors
    /// [`Error::Committee`] if the keys are none.
    pub fn committee(&self) -> Result<Committee, Error> {
        Committee::new(self.replicas.to_vec())
    }
}

impl Block {
    /// The block after `prev`, with its roots computed here.
    #[must_use]
    pub fn next(
        prev: &Header,
        time_ms: u64,
        seal: super::Seal,
        txs: Vec<Bytes>,
        state_root: Digest,
    ) -> Self {
        let root = tx_root(&txs);
        let header = Header {
            version: VERSION,
            chain_id: prev.chain_id,
            height: prev.height.saturating_add(1),
            time_ms,
            prev: prev.id(),
            tx_root: root.hash,
            // No batch comes near 2³² transactions.
            tx_count: u32::try_from(root.size).unwrap_or(u32::MAX),
            state_root,
            seal,
        };
        Self { header, txs }
    }
}
