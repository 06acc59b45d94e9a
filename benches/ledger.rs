//! medcrypto-ledger: log, store, blocks, proof of work, contract, agreement.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]
#![allow(clippy::unwrap_used, reason = "an operation that fails must not be timed")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use medcrypto_benches::fixtures::contract::{ACCOUNTS, Judge, STEPS, step};
use medcrypto_benches::fixtures::contracts::steps;
use medcrypto_benches::fixtures::ledger::{Chain, Cluster, Counter};
use medcrypto_benches::fixtures::signer::{Ed25519, Numbered as _, Secp256k1, Signer};
use medcrypto_ledger::block::{CertifiedBlock, TxProof, tx_root, verify_chain};
use medcrypto_ledger::cas::{self, Cid, MemoryStore};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::consent::{Consent, Reader, Setting};
use medcrypto_ledger::contract::policy::DataType;
use medcrypto_ledger::contract::{Outcome, RequirementLedger, apply};
use medcrypto_ledger::merkle::{MerkleLog, leaf_hash, verify_consistency, verify_inclusion};
use medcrypto_ledger::pbft::Replay;
use medcrypto_ledger::pow::{self, Genesis, SPACING_MS, Target, WINDOW, Work};
use medcrypto_ledger::sim::Lie;
use medcrypto_ledger::sim::swarm::{Plan, symbolic};
use medcrypto_ledger::{Auth, Bytes, Digest, PublicKey};

/// Bytes of a leaf and of an operation.
const ENTRY: usize = 256;

fn log(size: u64) -> MerkleLog {
    let mut log = MerkleLog::new();
    for n in 0..size {
        log.append(&[n.to_be_bytes().as_slice(), &[7; ENTRY - 8]].concat());
    }
    log
}

fn merkle(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/merkle");
    group.bench_function("append", |b| {
        b.iter_batched_ref(MerkleLog::new, |log| log.append(&[7; ENTRY]), BatchSize::SmallInput);
    });
    for size in [1_024, 16_384_u64] {
        let (index, old) = (size / 3, size / 2 + 1);
        group.bench_function(format!("root/{size}"), |b| {
            let log = log(size);
            b.iter(|| black_box(&log).root());
        });
        group.bench_function(format!("prove-inclusion/{size}"), |b| {
            let log = log(size);
            b.iter(|| black_box(&log).prove_inclusion(index, size).unwrap());
        });
        group.bench_function(format!("verify-inclusion/{size}"), |b| {
            let log = log(size);
            let (root, proof) = (log.root(), log.prove_inclusion(index, size).unwrap());
            let leaf = leaf_hash(&[index.to_be_bytes().as_slice(), &[7; ENTRY - 8]].concat());
            b.iter(|| verify_inclusion(black_box(&leaf), index, &root, &proof).unwrap());
        });
        group.bench_function(format!("prove-consistency/{size}"), |b| {
            let log = log(size);
            b.iter(|| black_box(&log).prove_consistency(old, size).unwrap());
        });
        group.bench_function(format!("verify-consistency/{size}"), |b| {
            let log = log(size);
            let proof = log.prove_consistency(old, size).unwrap();
            let (first, last) = (log.root_at(old).unwrap(), log.root());
            b.iter(|| verify_consistency(black_box(&first), &last, &proof).unwrap());
        });
    }
    group.finish();
}

fn store(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/cas");
    for (name, len) in [("1KiB", 1 << 10), ("1MiB", 1 << 20)] {
        group.throughput(Throughput::Bytes(len as u64));
        let object = vec![7; len];
        group.bench_function(format!("cid/{name}"), |b| b.iter(|| Cid::of(black_box(&object))));
        group.bench_function(format!("put/{name}"), |b| {
            let put = |store: &mut MemoryStore| cas::put(store, black_box(&object)).unwrap();
            b.iter_batched_ref(MemoryStore::new, put, BatchSize::LargeInput);
        });
        group.bench_function(format!("get/{name}"), |b| {
            let mut store = MemoryStore::new();
            let cid = cas::put(&mut store, &object).unwrap();
            b.iter(|| cas::get(&store, black_box(&cid)).unwrap());
        });
    }
    group.finish();
}

fn blocks(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/block");
    group.bench_function("encode", |b| {
        let chain = Chain::of(1);
        b.iter(|| encode(black_box(&chain.blocks)));
    });
    group.bench_function("decode", |b| {
        let bytes = Chain::of(1).blocks.first().map(encode).unwrap();
        b.iter(|| decode::<CertifiedBlock>(black_box(&bytes)).unwrap());
    });
    group.bench_function("id", |b| {
        let header = Chain::of(1).blocks.first().unwrap().block.header;
        b.iter(|| black_box(&header).id());
    });
    group.bench_function("tx-root/64", |b| {
        let txs = vec![Bytes(vec![7; ENTRY]); 64];
        b.iter(|| tx_root(black_box(&txs)));
    });
    group.finish();
}

fn work(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/pow");
    let limit = Target::from_bits(0x2100_ffff).unwrap();
    let genesis = Genesis { limit, time_ms: 0 };
    let chain = pow::Chain::<Work>::new(&genesis);
    let header = chain.template(tx_root(&[]), Digest::ZERO, 1);
    group.bench_function("id", |b| b.iter(|| black_box(&header).id()));
    group.bench_function("work", |b| b.iter(|| black_box(limit).work()));
    group.bench_function("retarget", |b| {
        b.iter(|| black_box(limit).retarget(0, WINDOW * SPACING_MS / 2, WINDOW, limit));
    });
    group.bench_function("accept", |b| {
        let sealed = { header }.mine(1 << 20).unwrap();
        let accept = |chain: &mut pow::Chain<Work>| chain.accept(black_box(sealed), 1).unwrap();
        b.iter_batched_ref(|| chain.clone(), accept, BatchSize::SmallInput);
    });
    group.finish();
}

fn certificates(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/certificate");
    for n in [4, 7, 10, 13] {
        group.bench_function(format!("verify/{n}"), |b| {
            let mut cluster = Cluster::new(n);
            let certified = cluster.order(&[7; ENTRY], |_| ());
            let CertifiedBlock { block, certificate } = certified.first().unwrap();
            let committee = cluster.genesis().committee().unwrap();
            b.iter(|| certificate.verify(black_box(&block.header), &committee, &Ed25519).unwrap());
        });
    }
    group.finish();
}

fn chain(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/chain");
    for len in [16, 64_usize] {
        group.throughput(Throughput::Elements(len as u64));
        group.bench_function(format!("verify/{len}"), |b| {
            let Chain { genesis, blocks } = Chain::of(len);
            let bytes: Vec<_> = blocks.iter().map(encode).collect();
            b.iter(|| {
                let mut replay = Replay::new(&genesis, Ed25519, Counter::default()).unwrap();
                let blocks = bytes.iter().map(Vec::as_slice);
                let head = verify_chain(&genesis, blocks, &mut replay, &Ed25519).unwrap();
                assert_eq!(head.height, len as u64);
            });
        });
    }
    group.finish();
    let mut group = c.benchmark_group("ledger/light-client");
    group.bench_function("prove", |b| {
        let chain = Chain::of(1);
        let block = chain.blocks.first().unwrap();
        b.iter(|| TxProof::of(black_box(block), 0).unwrap());
    });
    group.bench_function("verify", |b| {
        let chain = Chain::of(1);
        let block = chain.blocks.first().unwrap();
        let (proof, tx) = (TxProof::of(block, 0).unwrap(), block.block.txs.first().unwrap());
        b.iter(|| proof.verify(&chain.genesis, black_box(tx.as_slice()), &Ed25519).unwrap());
    });
    group.finish();
}

fn contract(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/contract");
    for name in STEPS {
        group.bench_function(format!("apply/{name}"), |b| {
            let step = step(name);
            b.iter(|| {
                let mut state = step.state.clone();
                apply(&mut state, black_box(&step.tx), &step.context, &Judge).unwrap()
            });
        });
    }
    group.bench_function("run/register", |b| {
        let step = step("register");
        let machine =
            RequirementLedger::new(step.state.clone(), Judge).on_chain(step.context.chain_id);
        let tx = encode(&step.tx);
        let run = |machine: &mut RequirementLedger<Judge>| {
            let receipt = machine.run(black_box(&tx), 1, step.context.time_ms);
            assert_eq!(receipt.outcome, Outcome::Applied);
        };
        b.iter_batched_ref(|| machine.clone(), run, BatchSize::SmallInput);
    });
    for (name, step) in steps() {
        group.bench_function(format!("apply/{name}"), |b| b.iter(&step));
    }
    group.throughput(Throughput::Elements(ACCOUNTS));
    group.bench_function("state-digest", |b| {
        b.iter(|| -> Digest { black_box(&step("register").state).digest() });
    });
    group.finish();
}

/// A consent of the sample patient, to grants for two readers.
fn consent(c: &mut Criterion) {
    let json = include_bytes!("../testdata/fhir/Consent-consent-example-notThem.json");
    let reader =
        |number, names| Reader { key: PublicKey(Bytes(vec![number])), names, treats: true };
    let readers = [reader(1, &["Practitioner/f005"][..]), reader(2, &["Practitioner/f204"])];
    let types = [(DataType(Bytes(b"15074-8".to_vec())), "Observation")];
    let (patient, custodian) = ("Patient/f001", "Organization/f001");
    let setting = Setting { patient, custodian, readers: &readers, types: &types };
    let mut group = c.benchmark_group("ledger/consent");
    group.throughput(Throughput::Bytes(u64::try_from(json.len()).unwrap()));
    group.bench_function("compile", |b| {
        b.iter(|| Consent::parse(black_box(json), setting).unwrap().grants(0));
    });
    group.finish();
}

/// One request from the client's signature to the certified block, all replicas on one thread.
fn agreement(c: &mut Criterion) {
    let mut group = c.benchmark_group("ledger/fig5-block");
    group.sample_size(10);
    for n in [4, 7, 10, 13] {
        group.bench_function(n.to_string(), |b| {
            let mut cluster = Cluster::new(n);
            b.iter(|| assert_eq!(cluster.order(&[7; ENTRY], |_| ()).len(), 1));
        });
    }
    group.finish();
}

/// A key for every name that a plan gives out: its first is 1.
fn keys<A: Clone>(numbered: fn(u8) -> (A, PublicKey)) -> impl Fn(&str) -> (A, PublicKey) {
    move |name| {
        let place = name.rsplit(' ').next().and_then(|id| id.parse::<u8>().ok()).unwrap_or(99);
        numbered(if name.starts_with("replica") { 1 + place } else { 101 + place })
    }
}

/// Carries a plan out until every client is served, and returns the events.
fn served<A: Auth + Clone>(plan: &Plan, key: &dyn Fn(&str) -> (A, PublicKey)) -> u64 {
    let mut world = plan.world(key).unwrap();
    assert!(world.run_until_served(60_000).unwrap());
    world.report().events
}

fn pbft(c: &mut Criterion) {
    const REQUESTS: u8 = 10;
    let mut group = c.benchmark_group("ledger/pbft");
    group.sample_size(10);
    let ed25519 = keys(|id| (Signer::numbered(id), Signer::numbered(id).public_key()));
    let ecdsa = keys(|id| (Secp256k1::numbered(id), Secp256k1::numbered(id).public_key()));
    group.throughput(Throughput::Elements(REQUESTS.into()));
    for n in [4, 7] {
        let plan = Plan::quiet(n, 1, REQUESTS);
        group
            .bench_function(format!("steps/symbolic/{n}"), |b| b.iter(|| served(&plan, &symbolic)));
        group.bench_function(format!("steps/ed25519/{n}"), |b| b.iter(|| served(&plan, &ed25519)));
        group.bench_function(format!("steps/secp256k1/{n}"), |b| b.iter(|| served(&plan, &ecdsa)));
    }
    group.throughput(Throughput::Elements(1));
    for n in [4, 7] {
        let plan = Plan { liars: vec![(0, Lie::Silence)], ..Plan::quiet(n, 1, 1) };
        group.bench_function(format!("view-change/{n}"), |b| b.iter(|| served(&plan, &ed25519)));
    }
    for n in [4, 7] {
        let plan = Plan::of(n, 3);
        group.throughput(Throughput::Elements(plan.run(&symbolic).unwrap().report().events));
        group.bench_function(format!("events/{n}"), |b| b.iter(|| plan.run(&symbolic).unwrap()));
    }
    group.finish();
}

criterion_group!(
    benches,
    merkle,
    store,
    blocks,
    work,
    certificates,
    chain,
    contract,
    consent,
    agreement,
    pbft
);
criterion_main!(benches);
