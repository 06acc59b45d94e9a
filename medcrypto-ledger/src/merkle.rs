//! The Merkle log of RFC 6962, section 2.1 (RFC 9162, sections 2.1.3 and 2.1.4).
//!
//! ```text
//! MTH({})   = SHA-256("")
//! MTH({d})  = SHA-256(0x00 ‖ d)
//! MTH(D[n]) = SHA-256(0x01 ‖ MTH(D[0:k]) ‖ MTH(D[k:n])),  k the largest power of two below n
//! ```
//!
//! The two prefixes keep a node from being read as a leaf; the split keeps `[a, b, c]` apart from
//! `[a, b, c, c]` (CVE-2012-2459). A root says nothing without its size, so [`RootHash`] holds both
//! and so does a block header.
//!
//! Status: *standard*; the code is ours, compared with `ct-merkle` in the tests.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::codec::{Digest, as_array};
use crate::error::Error;

/// The hash of a leaf: SHA-256(0x00 ‖ data).
#[must_use]
pub fn leaf_hash(data: &[u8]) -> Digest {
    Digest(Sha256::new().chain_update([0]).chain_update(data).finalize().into())
}

/// The hash of an inner node: SHA-256(0x01 ‖ left ‖ right).
fn node_hash(left: &Digest, right: &Digest) -> Digest {
    Digest(
        Sha256::new()
            .chain_update([1])
            .chain_update(left.0)
            .chain_update(right.0)
            .finalize()
            .into(),
    )
}

/// The head of a log: what a proof is checked against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RootHash {
    /// Number of leaves.
    pub size: u64,
    /// MTH of the leaves.
    pub hash: Digest,
}
as_array!(RootHash { size, hash });

/// The siblings on the way from a leaf to the root, lowest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InclusionProof(pub Vec<Digest>);

/// The nodes that make both an old root and a newer one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsistencyProof(pub Vec<Digest>);

/// An append-only list of leaf hashes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MerkleLog {
    leaves: Vec<Digest>,
}

impl MerkleLog {
    /// An empty log.
    #[must_use]
    pub const fn new() -> Self {
        Self { leaves: Vec::new() }
    }

    /// The log of these leaves.
    pub fn of<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self { leaves: leaves.into_iter().map(leaf_hash).collect() }
    }

    /// Appends a leaf and returns its index.
    pub fn append(&mut self, data: &[u8]) -> u64 {
        let index = self.size();
        self.leaves.push(leaf_hash(data));
        index
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.leaves.len() as u64
    }

    /// The current root.
    #[must_use]
    pub fn root(&self) -> RootHash {
        RootHash { size: self.size(), hash: tree_hash(&self.leaves) }
    }

    /// The root when the log had `size` leaves.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] beyond the log.
    pub fn root_at(&self, size: u64) -> Result<RootHash, Error> {
        Ok(RootHash { size, hash: tree_hash(self.first(size)?) })
    }

    /// Proves that leaf `index` is in the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `index < size` ≤ the log.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<InclusionProof, Error> {
        let mut leaves = self.first(size)?;
        let mut index = usize::try_from(index).or(Err(Error::OutOfRange))?;
        if index >= leaves.len() {
            return Err(Error::OutOfRange);
        }
        let mut path = Vec::new();
        while leaves.len() > 1 {
            let (left, right) = leaves.split_at(split(leaves.len()));
            let in_left = index < left.len();
            path.push(tree_hash(if in_left { right } else { left }));
            index = if in_left { index } else { index.saturating_sub(left.len()) };
            leaves = if in_left { left } else { right };
        }
        path.reverse();
        Ok(InclusionProof(path))
    }

    /// Proves that the tree of `old` leaves is a prefix of the tree of `new` leaves.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `1 ≤ old ≤ new` ≤ the log.
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<ConsistencyProof, Error> {
        let mut leaves = self.first(new)?;
        let mut old = usize::try_from(old).or(Err(Error::OutOfRange))?;
        if old == 0 || old > leaves.len() {
            return Err(Error::OutOfRange);
        }
        // Whether the subtree at hand is a whole prefix, which the verifier knows as the old root.
        let mut whole = true;
        let mut path = Vec::new();
        while old < leaves.len() {
            let (left, right) = leaves.split_at(split(leaves.len()));
            let in_left = old <= left.len();
            path.push(tree_hash(if in_left { right } else { left }));
            whole &= in_left;
            old = if in_left { old } else { old.saturating_sub(left.len()) };
            leaves = if in_left { left } else { right };
        }
        if !whole {
            path.push(tree_hash(leaves));
        }
        path.reverse();
        Ok(ConsistencyProof(path))
    }

    /// The first `size` leaves.
    fn first(&self, size: u64) -> Result<&[Digest], Error> {
        let size = usize::try_from(size).or(Err(Error::OutOfRange))?;
        self.leaves.get(..size).ok_or(Error::OutOfRange)
    }
}

/// MTH over leaf hashes. The recursion is as deep as the tree, at most 64.
fn tree_hash(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest(Sha256::digest([]).into()),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node_hash(&tree_hash(left), &tree_hash(right))
        }
    }
}

/// The largest power of two below n, for n ≥ 2.
const fn split(n: usize) -> usize {
    n.next_power_of_two() >> 1
}

/// Checks that a leaf of this hash stands at `index` under `root` (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// [`Error::Merkle`].
pub fn verify_inclusion(
    leaf: &Digest,
    index: u64,
    root: &RootHash,
    proof: &InclusionProof,
) -> Result<(), Error> {
    if index >= root.size {
        return Err(Error::Merkle);
    }
    let (mut position, mut last) = (index, root.size.saturating_sub(1));
    let mut hash = *leaf;
    for sibling in &proof.0 {
        if last == 0 {
            return Err(Error::Merkle);
        }
        if position % 2 == 1 || position == last {
            hash = node_hash(sibling, &hash);
            (position, last) = past_promotions(position, last);
        } else {
            hash = node_hash(&hash, sibling);
        }
        (position, last) = (position >> 1, last >> 1);
    }
    if last == 0 && hash == root.hash { Ok(()) } else { Err(Error::Merkle) }
}

/// Checks that the log of `new` extends the log of `old` (RFC 9162, section 2.1.4.2).
///
/// # Errors
/// [`Error::Merkle`].
pub fn verify_consistency(
    old: &RootHash,
    new: &RootHash,
    proof: &ConsistencyProof,
) -> Result<(), Error> {
    if old.size == new.size {
        let same = old.hash == new.hash && proof.0.is_empty();
        return if same && old.size > 0 { Ok(()) } else { Err(Error::Merkle) };
    }
    if old.size == 0 || old.size > new.size {
        return Err(Error::Merkle);
    }
    let (first, rest) = if old.size.is_power_of_two() {
        (&old.hash, proof.0.as_slice())
    } else {
        proof.0.split_first().ok_or(Error::Merkle)?
    };
    let (mut position, mut last) = (old.size.saturating_sub(1), new.size.saturating_sub(1));
    let ones = position.trailing_ones();
    (position, last) = (position >> ones, last >> ones);
    let (mut old_hash, mut new_hash) = (*first, *first);
    for node in rest {
        if last == 0 {
            return Err(Error::Merkle);
        }
        if position % 2 == 1 || position == last {
            old_hash = node_hash(node, &old_hash);
            new_hash = node_hash(node, &new_hash);
            (position, last) = past_promotions(position, last);
        } else {
            new_hash = node_hash(&new_hash, node);
        }
        (position, last) = (position >> 1, last >> 1);
    }
    let both = old_hash == old.hash && new_hash == new.hash;
    if last == 0 && both { Ok(()) } else { Err(Error::Merkle) }
}

/// Climbs over the levels at which the last node has no sibling: up to the next right child.
const fn past_promotions(position: u64, last: u64) -> (u64, u64) {
    if position % 2 == 1 || position == 0 {
        return (position, last);
    }
    let levels = position.trailing_zeros();
    (position >> levels, last >> levels)
}
