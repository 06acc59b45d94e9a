//! The Merkle log against RFC 6962 as it is written, and hostile proofs.

use std::sync::LazyLock;

use medcrypto_ledger::Digest;
use medcrypto_ledger::merkle::{
    ConsistencyProof, InclusionProof, MerkleLog, RootHash, leaf_hash, verify_consistency,
    verify_inclusion,
};
use sha2::Digest as _;

use crate::script::Script;

const MOST: usize = 70;

/// Leaves of a log of [`MOST`]; two of them are equal.
static LEAVES: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    (0..MOST).map(|i| format!("leaf {}", if i == 9 { 8 } else { i }).into_bytes()).collect()
});

static LOG: LazyLock<MerkleLog> = LazyLock::new(|| MerkleLog::of(LEAVES.iter().map(Vec::as_slice)));

/// MTH of RFC 6962, section 2.1.
fn tree_head(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => sha2::Sha256::digest([]).into(),
        [leaf] => sha2::Sha256::new().chain_update([0]).chain_update(leaf).finalize().into(),
        _ => {
            let k = split(leaves.len());
            let (left, right) = (tree_head(&leaves[..k]), tree_head(&leaves[k..]));
            let node = sha2::Sha256::new().chain_update([1]);
            node.chain_update(left).chain_update(right).finalize().into()
        }
    }
}

/// The largest power of two below n.
fn split(n: usize) -> usize {
    (0..).map(|i| 1 << i).take_while(|k| *k < n).last().expect("two leaves at least")
}

/// PATH of section 2.1.1.
fn path(m: usize, leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    if leaves.len() <= 1 {
        return Vec::new();
    }
    let k = split(leaves.len());
    let (mut below, beside) = if m < k {
        (path(m, &leaves[..k]), tree_head(&leaves[k..]))
    } else {
        (path(m - k, &leaves[k..]), tree_head(&leaves[..k]))
    };
    below.push(beside);
    below
}

/// SUBPROOF of section 2.1.2.
fn subproof(m: usize, leaves: &[Vec<u8>], whole: bool) -> Vec<[u8; 32]> {
    if m == leaves.len() {
        return if whole { Vec::new() } else { vec![tree_head(leaves)] };
    }
    let k = split(leaves.len());
    let (mut below, beside) = if m <= k {
        (subproof(m, &leaves[..k], whole), tree_head(&leaves[k..]))
    } else {
        (subproof(m - k, &leaves[k..], false), tree_head(&leaves[..k]))
    };
    below.push(beside);
    below
}

fn digests(path: Vec<[u8; 32]>) -> Vec<Digest> {
    path.into_iter().map(Digest).collect()
}

/// Leaves of any bytes: root and every proof are those of the model.
pub(super) fn model(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let (count, width) = (script.below(40), script.below(5));
    let leaves: Vec<Vec<u8>> = (0..count).map(|_| script.bytes(width).to_vec()).collect();
    let log = MerkleLog::of(leaves.iter().map(Vec::as_slice));
    let mut grown = MerkleLog::new();
    for (index, leaf) in (0..).zip(&leaves) {
        assert_eq!(grown.append(leaf), index);
    }
    assert_eq!(log, grown);
    let size = script.below(count + 1);
    let root = log.root_at(size as u64).expect("within the log");
    assert_eq!((root.size, root.hash.0), (size as u64, tree_head(&leaves[..size])));
    assert!(log.root_at(count as u64 + 1).is_err());
    let index = script.below(size + 1);
    let proof = log.prove_inclusion(index as u64, size as u64);
    assert_eq!(proof.is_ok(), index < size);
    if let Ok(proof) = &proof {
        assert_eq!(proof.0, digests(path(index, &leaves[..size])));
        assert!(verify_inclusion(&leaf_hash(&leaves[index]), index as u64, &root, proof).is_ok());
    }
    let old = script.below(size + 2);
    let proof = log.prove_consistency(old as u64, size as u64);
    assert_eq!(proof.is_ok(), (1..=size).contains(&old));
    if let Ok(proof) = &proof {
        assert_eq!(proof.0, digests(subproof(old, &leaves[..size], true)));
        let old = log.root_at(old as u64).expect("within the log");
        assert!(verify_consistency(&old, &root, proof).is_ok());
    }
    size > 0
}

/// A changed proof of inclusion or consistency in a fixed log. Accepted exactly if the claim is true
/// and the path is the one of the log. Reached: at least one node was hashed, or the leaf compared.
pub(super) fn proofs(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    if script.flag() { inclusion(&mut script) } else { consistency(&mut script) }
}

/// Changes of a path, and of nothing else.
fn mutate(script: &mut Script<'_>, path: &mut Vec<Digest>) {
    let at = script.below(path.len().max(1));
    match script.below(8) {
        0 if !path.is_empty() => drop(path.remove(at)),
        1 => path
            .insert(at, Digest(crate::script::fitted(script.bytes(2), 32).try_into().expect("32"))),
        2 if !path.is_empty() => path[at].0[script.below(32)] ^= script.byte(),
        3 if !path.is_empty() => {
            let other = script.below(path.len());
            path.swap(at, other);
        }
        4 => path.extend(path.clone()),
        _ => {}
    }
}

fn inclusion(script: &mut Script<'_>) -> bool {
    let (size, index) = (1 + script.below(MOST), script.below(MOST));
    let index = index % size;
    let honest = LOG.prove_inclusion(index as u64, size as u64).expect("within the log");
    let mut proof = honest.0.clone();
    mutate(script, &mut proof);
    // Another place, leaf or size, most often the right ones.
    let claimed = if script.below(4) == 0 { script.below(MOST + 2) } else { index };
    let leaf = if script.below(4) == 0 { script.below(MOST) } else { index };
    let root_size = if script.below(4) == 0 { script.below(MOST + 1) } else { size };
    let root = LOG.root_at(root_size as u64).expect("within the log");
    let hash = leaf_hash(&LEAVES[leaf]);
    let proof = InclusionProof(proof);
    let accepted = verify_inclusion(&hash, claimed as u64, &root, &proof).is_ok();
    let expected = claimed < root_size
        && LEAVES[claimed] == LEAVES[leaf]
        && LOG.prove_inclusion(claimed as u64, root_size as u64) == Ok(proof.clone());
    assert_eq!(accepted, expected, "size {root_size} place {claimed} leaf {leaf} {proof:?}");
    claimed < root_size
}

fn consistency(script: &mut Script<'_>) -> bool {
    let (new, old) = (1 + script.below(MOST), script.below(MOST));
    let old = 1 + old % new;
    let honest = LOG.prove_consistency(old as u64, new as u64).expect("within the log");
    let mut proof = honest.0;
    mutate(script, &mut proof);
    let other = |script: &mut Script<'_>, size| {
        if script.below(4) == 0 { script.below(MOST + 1) } else { size }
    };
    let (old, new) = (other(script, old), other(script, new));
    let [old_root, new_root] =
        [old, new].map(|size| LOG.root_at(size as u64).expect("within the log"));
    let mut forged = old_root;
    let is_forged = script.below(4) == 0;
    if is_forged {
        forged.hash.0[script.below(32)] ^= script.byte() | 1;
    }
    let proof = ConsistencyProof(proof);
    if script.below(4) == 0 {
        // A size that is not that of the root: nothing but the procedure of the standard says what holds.
        let claimed = RootHash { size: 1 + script.below(2 * MOST) as u64, ..new_root };
        let accepted = verify_consistency(&old_root, &claimed, &proof).is_ok();
        assert_eq!(accepted, is_consistent(&old_root, &claimed, &proof.0), "{claimed:?} {proof:?}");
        return old_root.size > 0 && old_root.size <= claimed.size;
    }
    let accepted = verify_consistency(&forged, &new_root, &proof).is_ok();
    let expected = !is_forged && LOG.prove_consistency(old as u64, new as u64) == Ok(proof.clone());
    assert_eq!(accepted, expected, "from {old} to {new} {proof:?}");
    old > 0 && old <= new
}

/// The procedure of RFC 9162, section 2.1.4.2, step by step; equal sizes want equal roots and no path.
fn is_consistent(old: &RootHash, new: &RootHash, path: &[Digest]) -> bool {
    if old.size == new.size || old.size == 0 || old.size > new.size {
        return old.size == new.size && old.size > 0 && old.hash == new.hash && path.is_empty();
    }
    let mut path = path.to_vec();
    if path.is_empty() {
        return false;
    }
    if old.size.is_power_of_two() {
        path.insert(0, old.hash);
    }
    let (mut first, mut second) = (old.size - 1, new.size - 1);
    while first & 1 == 1 {
        (first, second) = (first >> 1, second >> 1);
    }
    let node = |left: &Digest, right: &Digest| {
        let hash = sha2::Sha256::new().chain_update([1]).chain_update(left.0);
        Digest(hash.chain_update(right.0).finalize().into())
    };
    let (mut old_hash, mut new_hash) = (path[0], path[0]);
    for c in &path[1..] {
        if second == 0 {
            return false;
        }
        if first & 1 == 1 || first == second {
            (old_hash, new_hash) = (node(c, &old_hash), node(c, &new_hash));
            while first & 1 == 0 && first != 0 {
                (first, second) = (first >> 1, second >> 1);
            }
        } else {
            new_hash = node(&new_hash, c);
        }
        (first, second) = (first >> 1, second >> 1);
    }
    old_hash == old.hash && new_hash == new.hash && second == 0
}
