//! A core node, which keeps every transaction, and what a light node believes of it.
//!
//! ```text
//! light node : headers (a Chain);  core node : headers and transactions
//! search     : light ─ what ─▶ core,  core ─ (tx, block id, index, path) ─▶ light
//! believed   iff the block is on the light node's best chain, k blocks deep, and the path leads
//!            from the transaction to its root
//! ```
//!
//! A core node can leave something out of its answer, but it can make nothing up.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;

use super::{Chain, Change, Genesis, Header, MAX_BLOCK, Refusal, Seal, SealedHeader};
use crate::block::{BlockId, tx_root};
use crate::codec::{Bytes, as_array};
use crate::merkle::{self, InclusionProof, MerkleLog, RootHash};

/// A block as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The header.
    pub header: Header,
    /// The transactions' bytes; leaf i of the root is the hash of entry i.
    pub txs: Vec<Bytes>,
}
as_array!(Block { header, txs });

/// The place of a transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TxProof {
    /// The block.
    pub block: BlockId,
    /// Its place in the block.
    pub index: u64,
    /// Its path to the block's root.
    pub path: InclusionProof,
}
as_array!(TxProof { block, index, path });

/// One answer to a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The transaction's bytes.
    pub tx: Bytes,
    /// Where it is said to stand.
    pub proof: TxProof,
}
as_array!(Found { tx, proof });

impl<S: Seal> Chain<S> {
    /// Accepts only a transaction of the best chain with at least `confirmations` blocks on it, its
    /// own included, and returns the header of its block.
    ///
    /// # Errors
    /// [`Refusal::Unconfirmed`], [`Refusal::Inclusion`].
    pub fn verify(&self, found: &Found, confirmations: u64) -> Result<&Header, Refusal> {
        let TxProof { block, index, path } = &found.proof;
        let depth = self.confirmations(block);
        let header = self.get(block).filter(|_| depth > 0 && depth >= confirmations);
        let header = header.ok_or(Refusal::Unconfirmed)?;
        let root = RootHash { size: header.tx_count.into(), hash: header.tx_root };
        let leaf = merkle::leaf_hash(found.tx.as_slice());
        merkle::verify_inclusion(&leaf, *index, &root, path).or(Err(Refusal::Inclusion))?;
        Ok(header)
    }
}

/// The chain with its transactions.
#[derive(Clone, Debug)]
pub struct CoreNode<S> {
    chain: Chain<S>,
    bodies: BTreeMap<BlockId, Vec<Bytes>>,
}

impl<S: Seal> CoreNode<S> {
    /// A node that knows genesis alone.
    #[must_use]
    pub fn new(genesis: &Genesis) -> Self {
        Self { chain: Chain::new(genesis), bodies: BTreeMap::new() }
    }

    /// Its headers.
    #[must_use]
    pub const fn chain(&self) -> &Chain<S> {
        &self.chain
    }

    /// The transactions of a block.
    #[must_use]
    pub fn txs(&self, id: &BlockId) -> &[Bytes] {
        self.bodies.get(id).map_or(&[], Vec::as_slice)
    }

    /// Accepts a block. Also returned are the transactions that are on the best chain no more, in
    /// their order: they wait to be mined again.
    ///
    /// # Errors
    /// What [`Chain::accept`] refuses, then [`Refusal::Size`], [`Refusal::TxCount`],
    /// [`Refusal::TxRoot`]: a body is hashed only under a header that took the work it should.
    pub fn accept(
        &mut self,
        sealed: SealedHeader<S>,
        txs: Vec<Bytes>,
        now_ms: u64,
    ) -> Result<(Change, Vec<Bytes>), Refusal> {
        let header = sealed.header();
        self.chain.check(&sealed, now_ms)?;
        let size = |tx: &Bytes| tx.0.len().saturating_add(9);
        if txs.iter().map(size).fold(0, usize::saturating_add) > MAX_BLOCK {
            return Err(Refusal::Size);
        }
        let root = tx_root(&txs);
        if u64::from(header.tx_count) != root.size {
            return Err(Refusal::TxCount);
        }
        if header.tx_root != root.hash {
            return Err(Refusal::TxRoot);
        }
        let change = self.chain.accept(sealed, now_ms)?;
        self.bodies.insert(sealed.id(), txs);
        let again = self.txs_of(&change.joined).collect::<BTreeSet<_>>();
        let left = change.left.iter().rev();
        let returned = left.flat_map(|id| self.txs(id)).filter(|tx| !again.contains(tx)).cloned();
        let returned = returned.collect();
        // Genesis has a header and no body.
        if self.bodies.len() >= self.chain.kept() {
            self.bodies.retain(|id, _| self.chain.get(id).is_some());
        }
        Ok((change, returned))
    }

    /// The transactions of the best chain that are wanted, from genesis on, each with its place.
    #[must_use]
    pub fn search(&self, wanted: impl Fn(&[u8]) -> bool) -> Vec<Found> {
        let ids = (0..=self.chain.head().height).filter_map(|h| Some(self.chain.at(h)?.id()));
        ids.flat_map(|id| self.search_block(id, &wanted)).collect()
    }

    fn search_block(&self, block: BlockId, wanted: &impl Fn(&[u8]) -> bool) -> Vec<Found> {
        let txs = self.txs(&block);
        let log = MerkleLog::of(txs.iter().map(Bytes::as_slice));
        let hits = (0..log.size()).zip(txs).filter(|(_, tx)| wanted(tx.as_slice()));
        let found = hits.filter_map(|(index, tx)| {
            let path = log.prove_inclusion(index, log.size()).ok()?;
            Some(Found { tx: tx.clone(), proof: TxProof { block, index, path } })
        });
        found.collect()
    }

    fn txs_of(&self, blocks: &[BlockId]) -> impl Iterator<Item = &Bytes> {
        blocks.iter().flat_map(|id| self.txs(id))
    }
}
