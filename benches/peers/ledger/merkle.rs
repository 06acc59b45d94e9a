//! The Merkle log beside ct-merkle and rs_merkle: the same leaves, the same tree shape.
//!
//! rs_merkle has no prefixes and no consistency proofs; its leaves are hashed by the caller.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use medcrypto_ledger::merkle::{MerkleLog, leaf_hash, verify_consistency, verify_inclusion};
use rs_merkle::{Hasher, MerkleTree};
use sha2::Sha256;

const SIZES: [usize; 2] = [1 << 10, 1 << 14];

fn leaves(size: usize) -> Vec<Vec<u8>> {
    (0..size as u64).map(|n| [n.to_be_bytes(), [7; 8], [8; 8], [9; 8]].concat()).collect()
}

fn ours(leaves: &[Vec<u8>]) -> MerkleLog {
    MerkleLog::of(leaves.iter().map(Vec::as_slice))
}

fn ct(leaves: &[Vec<u8>]) -> MemoryBackedTree<Sha256, Vec<u8>> {
    let mut tree = MemoryBackedTree::new();
    leaves.iter().for_each(|leaf| tree.push(leaf.clone()));
    tree
}

fn rs_leaves(leaves: &[Vec<u8>]) -> Vec<[u8; 32]> {
    leaves.iter().map(|leaf| rs_merkle::algorithms::Sha256::hash(leaf)).collect()
}

fn rs(leaves: &[Vec<u8>]) -> MerkleTree<rs_merkle::algorithms::Sha256> {
    MerkleTree::from_leaves(&rs_leaves(leaves))
}

fn root(c: &mut Criterion) {
    for size in SIZES {
        let mut group = c.benchmark_group(format!("build-and-root/{size}"));
        let leaves = leaves(size);
        group.bench_function("medcrypto", |b| b.iter(|| ours(black_box(&leaves)).root()));
        group.bench_function("ct-merkle", |b| b.iter(|| ct(black_box(&leaves)).root()));
        group.bench_function("rs_merkle", |b| b.iter(|| rs(black_box(&leaves)).root()));
        group.finish();
    }
}

fn prove(c: &mut Criterion) {
    for size in SIZES {
        let mut group = c.benchmark_group(format!("prove-inclusion/{size}"));
        let (leaves, index) = (leaves(size), size / 3);
        let (a, b, d) = (ours(&leaves), ct(&leaves), rs(&leaves));
        group.bench_function("medcrypto", |bench| {
            bench.iter(|| black_box(&a).prove_inclusion(index as u64, size as u64).unwrap());
        });
        group.bench_function("ct-merkle", |bench| {
            bench.iter(|| black_box(&b).prove_inclusion(index));
        });
        group.bench_function("rs_merkle", |bench| bench.iter(|| black_box(&d).proof(&[index])));
        group.finish();
    }
}

fn verify(c: &mut Criterion) {
    for size in SIZES {
        let mut group = c.benchmark_group(format!("verify-inclusion/{size}"));
        let (leaves, index) = (leaves(size), size / 3);
        let leaf = &leaves[index];
        let (log, tree, other) = (ours(&leaves), ct(&leaves), rs(&leaves));
        let (root, proof) = (log.root(), log.prove_inclusion(index as u64, size as u64).unwrap());
        group.bench_function("medcrypto", |b| {
            b.iter(|| {
                let hash = leaf_hash(black_box(leaf));
                verify_inclusion(&hash, index as u64, &root, &proof).unwrap();
            });
        });
        let (root, proof) = (tree.root(), tree.prove_inclusion(index));
        group.bench_function("ct-merkle", |b| {
            b.iter(|| root.verify_inclusion(black_box(leaf), index as u64, &proof).unwrap());
        });
        let (root, proof) = (other.root().unwrap(), other.proof(&[index]));
        group.bench_function("rs_merkle", |b| {
            b.iter(|| {
                let hash = rs_merkle::algorithms::Sha256::hash(black_box(leaf));
                assert!(proof.verify(root, &[index], &[hash], size));
            });
        });
        group.finish();
    }
}

fn consistency(c: &mut Criterion) {
    for size in SIZES {
        let leaves = leaves(size);
        let old = size / 2 + 1;
        let (log, tree, first) = (ours(&leaves), ct(&leaves), ct(&leaves[..old]));
        let mut group = c.benchmark_group(format!("prove-consistency/{size}"));
        group.bench_function("medcrypto", |b| {
            b.iter(|| black_box(&log).prove_consistency(old as u64, size as u64).unwrap());
        });
        group.bench_function("ct-merkle", |b| {
            b.iter(|| black_box(&tree).prove_consistency(size - old));
        });
        group.finish();
        let mut group = c.benchmark_group(format!("verify-consistency/{size}"));
        let proof = log.prove_consistency(old as u64, size as u64).unwrap();
        let (a, b) = (log.root_at(old as u64).unwrap(), log.root());
        group.bench_function("medcrypto", |bench| {
            bench.iter(|| verify_consistency(black_box(&a), &b, &proof).unwrap());
        });
        let proof = tree.prove_consistency(size - old);
        let (a, b) = (first.root(), tree.root());
        group.bench_function("ct-merkle", |bench| {
            bench.iter(|| b.verify_consistency(black_box(&a), &proof).unwrap());
        });
        group.finish();
    }
}

fn append(c: &mut Criterion) {
    let mut group = c.benchmark_group("append-and-root/16384");
    let leaves = leaves(1 << 14);
    let (a, b, d) = (ours(&leaves), ct(&leaves), rs(&leaves));
    group.bench_function("medcrypto", |bench| {
        let add = |log: &mut MerkleLog| {
            log.append(&[7; 32]);
            log.root()
        };
        bench.iter_batched_ref(|| a.clone(), add, BatchSize::LargeInput);
    });
    group.bench_function("ct-merkle", |bench| {
        let add = |tree: &mut MemoryBackedTree<Sha256, Vec<u8>>| {
            tree.push(vec![7; 32]);
            tree.root()
        };
        bench.iter_batched_ref(|| b.clone(), add, BatchSize::LargeInput);
    });
    group.bench_function("rs_merkle", |bench| {
        let add = |tree: &mut MerkleTree<rs_merkle::algorithms::Sha256>| {
            tree.insert(rs_merkle::algorithms::Sha256::hash(&[7; 32])).commit();
            tree.root()
        };
        bench.iter_batched_ref(|| d.clone(), add, BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default();
    targets = root, prove, verify, consistency, append
}
criterion_main!(benches);
