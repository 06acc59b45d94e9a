//! Sorted-gap trees: a list of codes whose members, absences and ranks are provable.
//!
//! ```text
//! codes      c_1 < … < c_m,  1 ≤ c_i ≤ 2ⁿ − 2,  m ≤ 63;   sentinels c_0 = 0,  c_{m+1} = 2ⁿ − 1
//! leaf i     P5(3; c_i, c_{i+1}, salt_i, 0)      i = 0…m;  padding leaves are the digest 0
//! node       P9(5; 8 children), level 0 nearest the leaves; depth 2
//! has        a leaf with lo ≤ c_i ≤ hi
//! lacks      a leaf with c_i < lo and hi < c_{i+1}
//! rank(x)    the position i of the leaf with c_i < x ≤ c_{i+1}: the number of codes below x
//! count      rank(hi + 1) − rank(lo)
//! ```
//!
//! The empty list is the single leaf (0, 2ⁿ − 1). A leaf is sound evidence because the issuer
//! built the tree: nobody else can place a leaf under the root. Status: *composition*.

use ark_ff::AdditiveGroup;
use zeroize::Zeroize;

use crate::field::Fr;
use crate::poseidon::{PoseidonTag, hash_4, hash_8};

/// Children of a node.
pub(crate) const ARITY: usize = 8;

/// Two levels of nodes over 64 digests, shared by record trees and code lists.
pub(crate) struct Nodes {
    /// The 64 leaf digests, eight a parent.
    pub(crate) leaves: [[Fr; ARITY]; ARITY],
    /// Their eight parents.
    pub(crate) parents: [Fr; ARITY],
    /// The root.
    pub(crate) root: Fr,
}

impl Nodes {
    /// The tree over `digests`; missing digests are 0.
    pub(crate) fn build(tag: PoseidonTag, digests: &[Fr]) -> Self {
        let mut leaves = [[Fr::ZERO; ARITY]; ARITY];
        for (to, from) in leaves.iter_mut().flatten().zip(digests) {
            *to = *from;
        }
        let parents = leaves.each_ref().map(|children| hash_8(tag, 0, children));
        let root = hash_8(tag, 1, &parents);
        Self { leaves, parents, root }
    }

    /// The siblings, itself included, of leaf `index`.
    pub(crate) fn block(&self, index: usize) -> [Fr; ARITY] {
        self.leaves.get(index / ARITY).copied().unwrap_or([Fr::ZERO; ARITY])
    }
}

/// One leaf of a list: two neighbours and the salt.
#[derive(Clone, Copy)]
pub(crate) struct Gap {
    pub(crate) low: u64,
    pub(crate) high: u64,
    pub(crate) salt: Fr,
}

impl Gap {
    pub(crate) fn digest(&self) -> Fr {
        hash_4(PoseidonTag::Gap, [self.low.into(), self.high.into(), self.salt, Fr::ZERO])
    }
}

/// The sorted-gap tree of one list of codes.
pub(crate) struct GapTree {
    gaps: Vec<Gap>,
    pub(crate) nodes: Nodes,
}

impl GapTree {
    /// The tree of strictly increasing `codes` of `bits` bits; `salt(i)` salts leaf `i`.
    pub(crate) fn build(codes: &[u64], bits: u32, salt: impl Fn(u32) -> Fr) -> Self {
        let last = u64::MAX >> (u64::BITS - bits.clamp(1, u64::BITS));
        let lows = core::iter::once(0).chain(codes.iter().copied());
        let highs = codes.iter().copied().chain(core::iter::once(last));
        let gaps: Vec<Gap> = (0..)
            .zip(lows.zip(highs))
            .map(|(index, (low, high))| Gap { low, high, salt: salt(index) })
            .collect();
        let digests: Vec<Fr> = gaps.iter().map(Gap::digest).collect();
        Self { gaps, nodes: Nodes::build(PoseidonTag::ListNode, &digests) }
    }

    /// The root, which the record's leaf holds.
    pub(crate) const fn root(&self) -> Fr {
        self.nodes.root
    }

    /// The position of the leaf with `low < x ≤ high`: the number of codes below `x`.
    pub(crate) fn rank(&self, x: u64) -> usize {
        self.gaps.iter().take_while(|gap| gap.high < x).count()
    }

    /// The position of a leaf whose lower neighbour is a code in `[lo, hi]`.
    pub(crate) fn member(&self, lo: u64, hi: u64) -> Option<usize> {
        self.gaps.iter().position(|gap| lo <= gap.low && gap.low <= hi)
    }

    /// The leaf at a position.
    pub(crate) fn gap(&self, index: usize) -> Option<&Gap> {
        self.gaps.get(index)
    }
}

impl Drop for GapTree {
    fn drop(&mut self) {
        for gap in &mut self.gaps {
            gap.low.zeroize();
            gap.high.zeroize();
            gap.salt.zeroize();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(codes: &[u64]) -> GapTree {
        GapTree::build(codes, 37, |index| Fr::from(u64::from(index) + 1000))
    }

    #[test]
    fn rank_counts_the_codes_below() {
        let codes = [3, 7, 8, 500];
        let list = tree(&codes);
        for x in 1..=510 {
            let below = codes.iter().filter(|code| **code < x).count();
            assert_eq!(list.rank(x), below);
            let gap = list.gap(below).unwrap();
            assert!(gap.low < x && x <= gap.high);
        }
        assert_eq!(list.rank((1 << 37) - 1), 4);
    }

    #[test]
    fn t07_the_sentinels_are_not_members() {
        let list = tree(&[]);
        assert_eq!(list.member(1, (1 << 37) - 2), None);
        assert_eq!(list.rank((1 << 37) - 1), 0);
        let gap = list.gap(0).unwrap();
        assert_eq!((gap.low, gap.high), (0, (1 << 37) - 1));
        assert!(list.gap(1).is_none());
    }

    #[test]
    fn the_longest_list_fills_the_tree() {
        let codes: Vec<u64> = (1..=63).collect();
        let list = tree(&codes);
        assert_eq!(list.rank(64), 63);
        assert!(list.gap(63).is_some() && list.gap(64).is_none());
        assert_ne!(list.nodes.leaves[7][7], Fr::ZERO);
    }
}
