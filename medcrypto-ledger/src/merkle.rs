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

/// An append-only list of leaf hashes, with the hash of every whole subtree: two hashes a leaf, and
/// no proof hashes more than one path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MerkleLog {
    /// Row k holds the subtrees of 2ᵏ leaves; row 0 the leaves.
    rows: Vec<Vec<Digest>>,
}

/// `len` leaves from `start`, a multiple of the power of two that is at least `len`.
#[derive(Clone, Copy)]
struct Subtree {
    start: usize,
    len: usize,
}

impl Subtree {
    /// Its two halves, for two leaves or more.
    fn split(self) -> (Self, Self) {
        let len = split(self.len);
        let right =
            Self { start: self.start.saturating_add(len), len: self.len.saturating_sub(len) };
        (Self { len, ..self }, right)
    }
}

impl MerkleLog {
    /// An empty log.
    #[must_use]
    pub const fn new() -> Self {
        Self { rows: Vec::new() }
    }

    /// The log of these leaves.
    pub fn of<'a>(leaves: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut log = Self::new();
        leaves.into_iter().for_each(|leaf| log.push(leaf_hash(leaf)));
        log
    }

    /// Appends a leaf and returns its index.
    pub fn append(&mut self, data: &[u8]) -> u64 {
        let index = self.size();
        self.push(leaf_hash(data));
        index
    }

    /// Appends a leaf hash and every subtree that it completes.
    fn push(&mut self, leaf: Digest) {
        let mut hash = leaf;
        for row in &mut self.rows {
            row.push(hash);
            match row.as_slice() {
                [.., left, right] if row.len() % 2 == 0 => hash = node_hash(left, right),
                _ => return,
            }
        }
        self.rows.push(Vec::from([hash]));
    }

    /// Number of leaves.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.len() as u64
    }

    fn len(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// The current root.
    #[must_use]
    pub fn root(&self) -> RootHash {
        RootHash { size: self.size(), hash: self.hash(Subtree { start: 0, len: self.len() }) }
    }

    /// The root when the log had `size` leaves.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] beyond the log.
    pub fn root_at(&self, size: u64) -> Result<RootHash, Error> {
        Ok(RootHash { size, hash: self.hash(self.first(size)?) })
    }

    /// Proves that leaf `index` is in the tree of the first `size` leaves.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `index < size` ≤ the log.
    pub fn prove_inclusion(&self, index: u64, size: u64) -> Result<InclusionProof, Error> {
        let mut tree = self.first(size)?;
        let index = usize::try_from(index).or(Err(Error::OutOfRange))?;
        if index >= tree.len {
            return Err(Error::OutOfRange);
        }
        let mut path = Vec::new();
        while tree.len > 1 {
            let (left, right) = tree.split();
            let in_left = index < right.start;
            path.push(self.hash(if in_left { right } else { left }));
            tree = if in_left { left } else { right };
        }
        path.reverse();
        Ok(InclusionProof(path))
    }

    /// Proves that the tree of `old` leaves is a prefix of the tree of `new` leaves.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] unless `1 ≤ old ≤ new` ≤ the log.
    pub fn prove_consistency(&self, old: u64, new: u64) -> Result<ConsistencyProof, Error> {
        let mut tree = self.first(new)?;
        let old = usize::try_from(old).or(Err(Error::OutOfRange))?;
        if old == 0 || old > tree.len {
            return Err(Error::OutOfRange);
        }
        // Whether the subtree at hand is a whole prefix, which the verifier knows as the old root.
        let mut whole = true;
        let mut path = Vec::new();
        while old < tree.start.saturating_add(tree.len) {
            let (left, right) = tree.split();
            let in_left = old <= right.start;
            path.push(self.hash(if in_left { right } else { left }));
            whole &= in_left;
            tree = if in_left { left } else { right };
        }
        if !whole {
            path.push(self.hash(tree));
        }
        path.reverse();
        Ok(ConsistencyProof(path))
    }

    /// The first `size` leaves.
    fn first(&self, size: u64) -> Result<Subtree, Error> {
        let len = usize::try_from(size).or(Err(Error::OutOfRange))?;
        if len <= self.len() { Ok(Subtree { start: 0, len }) } else { Err(Error::OutOfRange) }
    }

    /// MTH of a subtree: looked up if it is whole. The recursion is as deep as the tree, at most 64.
    fn hash(&self, tree: Subtree) -> Digest {
        if tree.len.is_power_of_two() {
            let row = usize::try_from(tree.len.trailing_zeros()).ok();
            let hash = row.and_then(|row| self.rows.get(row)?.get(tree.start >> row));
            if let Some(hash) = hash {
                return *hash;
            }
        }
        if tree.len < 2 {
            return Digest(Sha256::digest([]).into());
        }
        let (left, right) = tree.split();
        node_hash(&self.hash(left), &self.hash(right))
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
