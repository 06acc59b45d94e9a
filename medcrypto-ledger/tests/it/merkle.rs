//! RFC 6962: known answers, ct-merkle as oracle, and every mutation of a proof refused.

use ct_merkle::array::typenum::U32;
use ct_merkle::digest::{FixedOutput, HashMarker, Output, OutputSizeUser, Update};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use medcrypto_ledger::merkle::{
    ConsistencyProof, InclusionProof, MerkleLog, RootHash, leaf_hash, verify_consistency,
    verify_inclusion,
};
use medcrypto_ledger::{Digest, Error};
use proptest::prelude::*;

/// SHA-256 of `sha2` 0.10 behind the traits of `digest` 0.11, which the oracle wants.
#[derive(Clone, Default)]
struct Sha256(sha2::Sha256);

impl HashMarker for Sha256 {}

impl OutputSizeUser for Sha256 {
    type OutputSize = U32;
}

impl Update for Sha256 {
    fn update(&mut self, data: &[u8]) {
        sha2::Digest::update(&mut self.0, data);
    }
}

impl FixedOutput for Sha256 {
    fn finalize_into(self, out: &mut Output<Self>) {
        out.copy_from_slice(&sha2::Digest::finalize(self.0));
    }
}

/// The eight leaves of the reference implementation of RFC 6962.
const LEAVES: [&str; 8] = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
];

/// The roots of its first 0 to 8 leaves.
const ROOTS: [&str; 9] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

fn flat(path: &[Digest]) -> Vec<u8> {
    path.iter().flat_map(|digest| digest.0).collect()
}

fn log(n: usize) -> MerkleLog {
    let leaves: Vec<Vec<u8>> = (0..n).map(|i| format!("leaf {i}").into_bytes()).collect();
    MerkleLog::of(leaves.iter().map(Vec::as_slice))
}

#[test]
fn t23_known_answers_of_the_reference_set() {
    let mut log = MerkleLog::new();
    for (size, root) in ROOTS.iter().enumerate() {
        assert_eq!(log.root().hash.to_string(), *root);
        assert_eq!(log.root().size, size as u64);
        if let Some(leaf) = LEAVES.get(size) {
            assert_eq!(log.append(&hex::decode(leaf).unwrap()), size as u64);
        }
    }
    // A single leaf is hashed: the root is not the leaf.
    assert_ne!(MerkleLog::of([[7; 32].as_slice()]).root().hash, Digest([7; 32]));
}

#[test]
fn every_inclusion_and_consistency_proof_up_to_40_leaves_verifies_and_is_ct_merkles() {
    let log = log(40);
    let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
    for n in 1..=40u64 {
        oracle.push(format!("leaf {}", n - 1).into_bytes());
        let root = log.root_at(n).unwrap();
        assert_eq!(root.hash.as_bytes(), oracle.root().as_bytes().as_slice());
        for i in 0..n {
            let proof = log.prove_inclusion(i, n).unwrap();
            let leaf = leaf_hash(format!("leaf {i}").as_bytes());
            assert_eq!(verify_inclusion(&leaf, i, &root, &proof), Ok(()));
            let theirs = oracle.prove_inclusion(i as usize);
            assert_eq!(theirs.as_bytes(), flat(&proof.0));
        }
        for m in 1..=n {
            let proof = log.prove_consistency(m, n).unwrap();
            let old = log.root_at(m).unwrap();
            assert_eq!(verify_consistency(&old, &root, &proof), Ok(()));
            let theirs = oracle.prove_consistency((n - m) as usize);
            assert_eq!(theirs.as_bytes(), flat(&proof.0), "{m} {n}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn logs_up_to_300_leaves_agree_with_ct_merkle(
        leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..300),
        i in any::<prop::sample::Index>(),
        m in any::<prop::sample::Index>(),
    ) {
        let n = leaves.len();
        let (i, m) = (i.index(n), m.index(n) + 1);
        let log = MerkleLog::of(leaves.iter().map(Vec::as_slice));
        let mut oracle = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves.iter().for_each(|leaf| oracle.push(leaf.clone()));
        let (root, leaf) = (log.root(), leaf_hash(&leaves[i]));
        prop_assert_eq!(root.hash.0.to_vec(), oracle.root().as_bytes().to_vec());
        let proof = log.prove_inclusion(i as u64, n as u64).unwrap();
        prop_assert_eq!(oracle.prove_inclusion(i).as_bytes().to_vec(), flat(&proof.0));
        prop_assert_eq!(verify_inclusion(&leaf, i as u64, &root, &proof), Ok(()));
        let proof = log.prove_consistency(m as u64, n as u64).unwrap();
        prop_assert_eq!(oracle.prove_consistency(n - m).as_bytes().to_vec(), flat(&proof.0));
        let old = log.root_at(m as u64).unwrap();
        prop_assert_eq!(verify_consistency(&old, &root, &proof), Ok(()));
    }
}

/// The mutation probes of transparency-dev/merkle, made anew: each proof with another shape.
fn mutations(path: &[Digest], root: Digest) -> Vec<Vec<Digest>> {
    let mut all = vec![];
    for i in 0..path.len() {
        let mut flipped = path.to_vec();
        flipped[i].0[i % 32] ^= 1 << (i % 8);
        let mut without = path.to_vec();
        without.remove(i);
        let mut doubled = path.to_vec();
        doubled.insert(i, path[i]);
        all.extend([flipped, without, doubled]);
    }
    for garbage in [Digest::ZERO, root] {
        all.push([&[garbage], path].concat());
        all.push([path, &[garbage]].concat());
    }
    if path.len() > 1 && path[0] != path[1] {
        let mut swapped = path.to_vec();
        swapped.swap(0, 1);
        all.push(swapped);
    }
    all
}

#[test]
fn mutated_inclusion_proofs_are_refused() {
    let log = log(21);
    for n in 1..=21u64 {
        let root = log.root_at(n).unwrap();
        for i in 0..n {
            let leaf = leaf_hash(format!("leaf {i}").as_bytes());
            let proof = log.prove_inclusion(i, n).unwrap();
            for path in mutations(&proof.0, root.hash) {
                assert!(verify_inclusion(&leaf, i, &root, &InclusionProof(path)).is_err());
            }
            for index in [i.wrapping_sub(1), i + 1, i ^ 2, i + n, u64::MAX] {
                assert!(
                    verify_inclusion(&leaf, index, &root, &proof).is_err(),
                    "{i}->{index} of {n}"
                );
            }
            let other = RootHash { hash: Digest([9; 32]), ..root };
            assert!(verify_inclusion(&leaf, i, &other, &proof).is_err());
            assert!(verify_inclusion(&Digest::ZERO, i, &root, &proof).is_err());
        }
    }
}

#[test]
fn mutated_consistency_proofs_are_refused() {
    let log = log(21);
    for n in 1..=21u64 {
        let new = log.root_at(n).unwrap();
        for m in 1..=n {
            let old = log.root_at(m).unwrap();
            let proof = log.prove_consistency(m, n).unwrap();
            for path in mutations(&proof.0, new.hash) {
                assert!(verify_consistency(&old, &new, &ConsistencyProof(path)).is_err());
            }
            // A log that forked: one of the two roots is of other leaves.
            let fork = Digest([9; 32]);
            assert!(verify_consistency(&RootHash { hash: fork, ..old }, &new, &proof).is_err());
            assert!(verify_consistency(&old, &RootHash { hash: fork, ..new }, &proof).is_err());
            if m < n {
                assert!(verify_consistency(&new, &old, &proof).is_err());
                let swapped =
                    (RootHash { hash: new.hash, ..old }, RootHash { hash: old.hash, ..new });
                assert!(verify_consistency(&swapped.0, &swapped.1, &proof).is_err());
            }
        }
    }
    let empty = log.root_at(0).unwrap();
    assert!(verify_consistency(&empty, &empty, &ConsistencyProof(vec![])).is_err());
}

#[test]
fn t19_an_inner_node_is_no_leaf() {
    let log = log(2);
    let leaves = [leaf_hash(b"leaf 0").0, leaf_hash(b"leaf 1").0].concat();
    let forged = MerkleLog::of([leaves.as_slice()]);
    assert_ne!(forged.root().hash, log.root().hash);
    let root = RootHash { size: 1, hash: log.root().hash };
    let empty = InclusionProof(vec![]);
    assert_eq!(verify_inclusion(&leaf_hash(&leaves), 0, &root, &empty), Err(Error::Merkle));
}

#[test]
fn t20_cve_2012_2459_a_doubled_last_leaf_has_another_root() {
    for n in 1..=64_u8 {
        let leaves: Vec<Vec<u8>> = (0..n).map(|i| vec![i]).collect();
        let doubled = leaves.iter().chain(leaves.last()).map(Vec::as_slice);
        let root = MerkleLog::of(leaves.iter().map(Vec::as_slice)).root();
        assert_ne!(MerkleLog::of(doubled).root().hash, root.hash, "{n}");
    }
}

#[test]
fn t21_a_proof_holds_for_its_size_only() {
    let log = log(33);
    for n in 1..=33u64 {
        let root = log.root_at(n).unwrap();
        for i in 0..n {
            let leaf = leaf_hash(format!("leaf {i}").as_bytes());
            let proof = log.prove_inclusion(i, n).unwrap();
            for size in (1..=40).chain([n * 2, u64::MAX]).filter(|size| *size != n) {
                // Some other sizes give the same path; the root of such a size is another one.
                let claimed = RootHash { size, hash: root.hash };
                let verdict = verify_inclusion(&leaf, i, &claimed, &proof);
                let honest = log.root_at(size.min(33)).unwrap();
                assert!(verdict.is_err() || same_path(i, n, size), "{i} of {n} as {size}");
                if size <= 33 {
                    assert!(verify_inclusion(&leaf, i, &honest, &proof).is_err());
                }
            }
        }
    }
}

/// Whether leaf i has its siblings on the same sides in trees of n and of m leaves.
fn same_path(i: u64, n: u64, m: u64) -> bool {
    let sides = |mut i: u64, mut n: u64| {
        let mut sides = vec![];
        while n > 1 {
            let k = n.next_power_of_two() >> 1;
            sides.push(i < k);
            (i, n) = if i < k { (i, k) } else { (i - k, n - k) };
        }
        sides
    };
    i < m && m <= 1 << 40 && sides(i, n) == sides(i, m)
}

#[test]
fn nothing_is_proven_beyond_the_log() {
    let log = log(5);
    assert_eq!(log.prove_inclusion(5, 5), Err(Error::OutOfRange));
    assert_eq!(log.prove_inclusion(0, 6), Err(Error::OutOfRange));
    assert_eq!(log.prove_inclusion(0, u64::MAX), Err(Error::OutOfRange));
    assert_eq!(log.prove_consistency(0, 5), Err(Error::OutOfRange));
    assert_eq!(log.prove_consistency(4, 3), Err(Error::OutOfRange));
    assert_eq!(log.root_at(6), Err(Error::OutOfRange));
}
