//! Openings of trees of arity 8.
//!
//! ```text
//! static     the position is part of the circuit: the node stands at its place among the children
//! dynamic    three bits a level choose the child; 3 + 7 rows and the node's hash
//! ```
//!
//! The bits of a dynamic opening are the position: nothing else says where the leaf stands.

use ark_ff::{AdditiveGroup, Field};

use super::compare::Bit;
use super::hash::hash_8;
use super::system::{Lc, System};
use crate::code_list::{ARITY, Nodes};
use crate::field::Fr;
use crate::poseidon::PoseidonTag;

/// Bits of a position among eight children.
const POSITION_BITS: usize = 3;

/// Opens the leaf `digest` at position `index` of a two-level tree of codes.
///
/// Returns the root and the position as a combination of six bits.
pub(crate) fn open_dynamic(
    system: &mut System,
    tag: PoseidonTag,
    digest: &Lc,
    index: usize,
    nodes: &Nodes,
) -> (Lc, Lc) {
    let (low, parent) = level(system, tag, 0, digest, index % ARITY, &nodes.block(index));
    let (high, root) = level(system, tag, 1, &parent, index / ARITY, &nodes.parents);
    (root, Lc::sum([(Fr::ONE, &low), (Fr::from(8u64), &high)]))
}

/// One level: the position, and the node over `children` with `digest` at that position.
fn level(
    system: &mut System,
    tag: PoseidonTag,
    level: u8,
    digest: &Lc,
    position: usize,
    children: &[Fr; ARITY],
) -> (Lc, Lc) {
    let bits: [Bit; POSITION_BITS] =
        core::array::from_fn(|i| Bit::witness(system, (position >> i) & 1 == 1));
    let children = children.map(|child| system.witness(child));
    select(system, &bits, &children, digest);
    let place = Lc::sum(bits.iter().zip([1u64, 2, 4]).map(|(bit, w)| (Fr::from(w), bit.lc())));
    (place, hash_8(system, tag, level, children))
}

/// Requires `children[bits] = chosen`: four, two and one rows.
fn select(system: &mut System, [b0, b1, b2]: &[Bit; 3], children: &[Lc; ARITY], chosen: &Lc) {
    let [c0, c1, c2, c3, c4, c5, c6, c7] = children;
    let pairs = [(c0, c1), (c2, c3), (c4, c5), (c6, c7)];
    let [p0, p1, p2, p3] = pairs.map(|(low, high)| pick(system, b0, low, high));
    let (low, high) = (pick(system, b1, &p0, &p1), pick(system, b1, &p2, &p3));
    system.enforce(b2.lc().clone(), high - &low, chosen.clone() - &low);
}

/// `low`, or `high` if the bit is 1.
fn pick(system: &mut System, bit: &Bit, low: &Lc, high: &Lc) -> Lc {
    let step = system.product(bit.lc(), &(high.clone() - low));
    step + low
}

/// The digests of `nodes`' eight blocks; those of `opened` are replaced by combinations.
///
/// Every block that holds an opened leaf is hashed once; the others are columns.
pub(crate) fn open_static(
    system: &mut System,
    tag: PoseidonTag,
    opened: &[(usize, Lc)],
    nodes: &Nodes,
) -> Lc {
    let parents: [Lc; ARITY] = core::array::from_fn(|block| {
        let parent = nodes.parents.get(block).copied().unwrap_or(Fr::ZERO);
        if opened.iter().all(|(index, _)| index / ARITY != block) {
            return system.witness(parent);
        }
        let siblings = nodes.block(block * ARITY);
        let mut place = block * ARITY;
        let children = siblings.map(|sibling| {
            let own = opened.iter().find(|(index, _)| *index == place);
            place += 1;
            own.map_or_else(|| system.witness(sibling), |(_, digest)| digest.clone())
        });
        hash_8(system, tag, 0, children)
    });
    hash_8(system, tag, 1, parents)
}
