//! medcrypto-zk: from the resources to the verdict.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]
#![allow(clippy::unwrap_used, reason = "an operation that fails must not be timed")]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use medcrypto_benches::fixtures::zk::{
    Size, bundle, bundle_len, context, ingest, lineage, opening, policy, scope, statement,
};
use medcrypto_benches::rng;
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::keys::{ProvingKey, VerifyingKey};
use medcrypto_zk::proof::Proof;
use medcrypto_zk::record::{CodeList, Entry, Record};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::statement::{IssueMessage, Statement, nullifier};

fn poseidon(c: &mut Criterion) {
    let secret = HolderSecret::generate(&mut rng());
    let mut group = c.benchmark_group("zk/poseidon");
    group.bench_function("holder-commitment", |b| b.iter(|| black_box(&secret).commitment()));
    group.bench_function("nullifier", |b| {
        let (lineage, scope) = (lineage(), scope());
        b.iter(|| nullifier(black_box(&secret), lineage, &scope));
    });
    group.finish();
}

/// Every list complete and as long as a list can be.
fn longest() -> Record {
    let schema = Schema::clinical_v1();
    let mut record = ingest(&bundle());
    for name in ["conditions_active", "conditions_history", "procedures", "medications"] {
        let list = CodeList::new((1..=63).collect(), true);
        record.set(schema.field(name).unwrap(), Entry::Codes(list)).unwrap();
    }
    record
}

fn commitment(c: &mut Criterion) {
    let secret = HolderSecret::generate(&mut rng());
    let mut group = c.benchmark_group("zk/commit");
    group.bench_function("f001", |b| {
        let opening = opening(Size::Default.record(), &secret);
        b.iter(|| black_box(&opening).commitment());
    });
    group.bench_function("lists-of-63", |b| {
        let opening = opening(longest(), &secret);
        b.iter(|| black_box(&opening).commitment());
    });
    group.bench_function("encode-opening", |b| {
        let opening = opening(Size::Default.record(), &secret);
        b.iter(|| black_box(&opening).to_secret_bytes());
    });
    group.bench_function("decode-opening", |b| {
        let bytes = opening(Size::Default.record(), &secret).to_secret_bytes();
        b.iter(|| RecordOpening::from_bytes(Schema::clinical_v1(), black_box(&bytes)).unwrap());
    });
    group.finish();
}

fn fhir(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/fhir");
    group.throughput(Throughput::Bytes(bundle_len()));
    group.bench_function("parse", |b| b.iter(bundle));
    group.bench_function("ingest", |b| {
        let bundle = bundle();
        b.iter(|| ingest(black_box(&bundle)));
    });
    group.bench_function("resources", |b| {
        let bundle = bundle();
        b.iter(|| black_box(&bundle).resources("f001"));
    });
    group.finish();
}

fn requirements(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/requirement");
    let schema = Schema::clinical_v1();
    for size in Size::ALL {
        let name = size.name();
        group.bench_function(format!("parse/{name}"), |b| {
            b.iter(|| Requirement::parse(schema, black_box(size.text())).unwrap());
        });
        group.bench_function(format!("from-json/{name}"), |b| {
            let json = size.requirement().to_json();
            b.iter(|| Requirement::from_json(schema, black_box(&json)).unwrap());
        });
        group.bench_function(format!("to-json/{name}"), |b| {
            let requirement = size.requirement();
            b.iter(|| black_box(&requirement).to_json());
        });
        group.bench_function(format!("evaluate/{name}"), |b| {
            let (requirement, record) = (size.requirement(), size.record());
            b.iter(|| requirement.evaluate(black_box(&record)));
        });
    }
    group.finish();
}

fn circuits(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/compile");
    for size in Size::ALL {
        group.bench_function(size.name(), |b| {
            let requirement = size.requirement();
            b.iter(|| Circuit::compile(black_box(&requirement)).unwrap());
        });
    }
    group.finish();
}

fn setups(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/fig6-setup");
    group.sample_size(10);
    for size in Size::ALL {
        group.bench_function(size.name(), |b| {
            let circuit = size.circuit();
            b.iter_batched(|| circuit.clone(), |own| size.setup(own), BatchSize::PerIteration);
        });
    }
    group.finish();
}

fn proving(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/fig7-prove");
    group.sample_size(10);
    for size in Size::ALL {
        group.bench_function(size.name(), |b| {
            let case = size.case();
            let prove = || case.key.prove(&case.statement, &case.opening, &case.secret, &mut rng());
            b.iter(|| prove().unwrap());
        });
    }
    group.finish();
}

fn verifying(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/fig8-verify");
    for size in Size::ALL {
        group.bench_function(size.name(), |b| {
            let case = size.case();
            let key = case.key.verifying_key();
            b.iter(|| key.verify(black_box(&case.statement), &case.proof).unwrap());
        });
    }
    group.bench_function("decode-and-verify", |b| {
        let case = Size::Default.case();
        let (key, bytes) = (case.key.verifying_key(), case.proof.to_bytes());
        b.iter(|| {
            let proof = Proof::from_bytes(black_box(&bytes)).unwrap();
            key.verify(&case.statement, &proof).unwrap();
        });
    });
    group.finish();
}

fn statements(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/statement");
    group.bench_function("derive", |b| {
        let case = Size::Default.case();
        b.iter(|| statement(&case.key, black_box(&case.opening), &case.secret));
    });
    group.bench_function("context-digest", |b| {
        let context = context([1; 32]);
        b.iter(|| black_box(&context).digest());
    });
    group.bench_function("scope-digest", |b| {
        let scope = scope();
        b.iter(|| black_box(&scope).digest());
    });
    group.bench_function("policy-digest", |b| {
        let policy = policy();
        b.iter(|| black_box(&policy).digest());
    });
    group.bench_function("issue-message", |b| {
        let statement = &Size::Default.case().statement;
        let message = IssueMessage {
            commitment: statement.commitment(),
            record_digest: [1; 32],
            schema: Size::Default.case().opening.schema_digest(),
            as_of_ms: 1_364_860_800_000,
            ciphertext_digest: [2; 32],
        };
        b.iter(|| black_box(&message).to_bytes());
    });
    group.finish();
}

fn encode(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/encode");
    let case = || Size::Default.case();
    group.bench_function("statement", |b| b.iter(|| black_box(&case().statement).to_bytes()));
    group.bench_function("proof", |b| b.iter(|| black_box(&case().proof).to_bytes()));
    group.bench_function("verifying-key", |b| {
        b.iter(|| black_box(&case().key).verifying_key().to_bytes());
    });
    group.sample_size(10);
    group.bench_function("proving-key", |b| b.iter(|| black_box(&case().key).to_bytes()));
    group.finish();
}

fn decode(c: &mut Criterion) {
    let mut group = c.benchmark_group("zk/decode");
    let case = || Size::Default.case();
    group.bench_function("statement", |b| {
        let bytes = case().statement.to_bytes();
        b.iter(|| Statement::from_bytes(black_box(&bytes)).unwrap());
    });
    group.bench_function("proof", |b| {
        let bytes = case().proof.to_bytes();
        b.iter(|| Proof::from_bytes(black_box(&bytes)).unwrap());
    });
    group.bench_function("verifying-key", |b| {
        let bytes = case().key.verifying_key().to_bytes();
        b.iter(|| VerifyingKey::from_bytes(black_box(&bytes)).unwrap());
    });
    group.sample_size(10);
    group.bench_function("proving-key", |b| {
        let (circuit, bytes) = (case().key.circuit().clone(), case().key.to_bytes());
        let decode = |circuit| ProvingKey::from_bytes(circuit, black_box(&bytes)).unwrap();
        b.iter_batched(|| circuit.clone(), decode, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(
    benches,
    poseidon,
    commitment,
    fhir,
    requirements,
    circuits,
    setups,
    proving,
    verifying,
    statements,
    encode,
    decode
);
criterion_main!(benches);
