//! medcrypto-pre: every step from the authority to the delegated read.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]
#![allow(clippy::unwrap_used, reason = "an operation that fails must not be timed")]

use std::hint::black_box;
use std::io::{Read, Write};

use chacha20poly1305::ChaCha20Poly1305;
use chacha20poly1305::aead::{AeadInPlace, KeyInit};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medcrypto_benches::fixtures::pre::{DEPTH, NOW, Sealed, address, identity, owner, world};
use medcrypto_benches::rng;
use medcrypto_pre::{
    Authority, Header, IdentityKey, IdentitySignature, MasterSecretKey, OpeningEvidence,
    PublicParams, ReEncryptedHeader, ReKey, ReKeyId, ReKeyStatement, Revocation, RevocationList,
    SealedReKey, ciphertext_digest, seal, seal_to_vec,
};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
/// How many re-encryption keys are revoked when the list is asked.
const REVOKED: u8 = 100;

fn authority(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/authority");
    group.bench_function("setup", |b| b.iter(|| Authority::setup(&mut rng())));
    group.bench_function("issue", |b| {
        let (w, id) = (world(), identity("patient-7f3a"));
        b.iter(|| w.authority.issue(black_box(&id)).unwrap());
    });
    group.bench_function("check-key", |b| {
        let bytes = world().patient.to_secret_bytes();
        let key = || IdentityKey::from_bytes(&bytes).unwrap();
        let params = world().authority.params();
        b.iter_batched(key, |key| key.verify(params).unwrap(), criterion::BatchSize::SmallInput);
    });
    group.finish();
}

fn sealing(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/seal");
    for (name, len) in [("1KiB", KIB), ("1MiB", MIB)] {
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(name, |b| {
            let (params, address, record) =
                (world().authority.params(), address(DEPTH), vec![0; len]);
            b.iter(|| seal_to_vec(params, &address, black_box(&record), &mut rng()).unwrap());
        });
    }
    group.bench_function("stream/1MiB", |b| {
        let (params, address, record) = (world().authority.params(), address(DEPTH), vec![0; MIB]);
        b.iter(|| {
            let (header, mut sealer) = seal(params, &address, std::io::sink(), &mut rng()).unwrap();
            sealer.write_all(black_box(&record)).unwrap();
            sealer.finish().unwrap();
            header
        });
    });
    group.finish();
}

/// What a payload costs at least: the cipher alone, in the stream's chunks.
fn baseline(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/baseline");
    group.throughput(Throughput::Bytes(MIB as u64));
    group.bench_function("chacha20poly1305/1MiB", |b| {
        let cipher = ChaCha20Poly1305::new(&[7; 32].into());
        let mut record = vec![0; MIB];
        b.iter(|| {
            let chunks = record.chunks_mut(64 * KIB);
            chunks
                .map(|chunk| cipher.encrypt_in_place_detached(&[0; 12].into(), b"", chunk).unwrap())
                .collect::<Vec<_>>()
        });
    });
    group.finish();
}

fn opening(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/open");
    for (name, len) in [("1KiB", KIB), ("1MiB", MIB)] {
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(name, |b| {
            let (w, s) = (world(), Sealed::new(DEPTH, len));
            b.iter(|| w.patient.open_to_vec(&s.address, black_box(&s.header), &s.payload).unwrap());
        });
    }
    group.bench_function("stream/1MiB", |b| {
        let (w, s) = (world(), Sealed::new(DEPTH, MIB));
        let mut buffer = vec![0; 64 * KIB];
        b.iter(|| {
            let mut opener = w.patient.open(&s.address, &s.header, s.payload.as_slice()).unwrap();
            while opener.read(&mut buffer).unwrap() > 0 {}
            opener.finish().unwrap().len()
        });
    });
    group.bench_function("ciphertext-digest/1MiB", |b| {
        let s = Sealed::new(DEPTH, MIB);
        b.iter(|| ciphertext_digest(&s.header, s.payload.as_slice()).unwrap());
    });
    group.finish();
}

fn opening_delegated(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/open-delegated");
    for (name, len) in [("1KiB", KIB), ("1MiB", MIB)] {
        group.throughput(Throughput::Bytes(len as u64));
        group.bench_function(name, |b| {
            let (w, s) = (world(), Sealed::new(DEPTH, len));
            let header = s.re_encrypted();
            let open = || w.accepted.open_to_vec(&s.address, &header, &s.payload, NOW).unwrap();
            b.iter(open);
        });
    }
    group.bench_function("stream/1MiB", |b| {
        let (w, s) = (world(), Sealed::new(DEPTH, MIB));
        let (header, mut buffer) = (s.re_encrypted(), vec![0; 64 * KIB]);
        b.iter(|| {
            let payload = s.payload.as_slice();
            let mut opener = w.accepted.open(&s.address, &header, payload, NOW).unwrap();
            while opener.read(&mut buffer).unwrap() > 0 {}
            opener.finish().unwrap().len()
        });
    });
    group.finish();
}

fn headers(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/verify-header");
    for depth in 0..=4_usize {
        group.bench_function(depth.to_string(), |b| {
            let (params, s) = (world().authority.params(), Sealed::new(depth, KIB));
            b.iter(|| black_box(&s.header).clone().verify(params, &s.address).unwrap());
        });
    }
    group.finish();
}

fn delegation(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/delegate");
    group.bench_function("sealed", |b| {
        let w = world();
        b.iter(|| w.patient.delegate(black_box(&w.grant), &mut rng()).unwrap());
    });
    group.bench_function("unsealed", |b| {
        let w = world();
        b.iter(|| w.patient.delegate_unsealed(black_box(&w.grant), &mut rng()).unwrap());
    });
    group.bench_function("import", |b| {
        let (w, owner) = (world(), owner());
        b.iter(|| w.proxy.import(black_box(&w.delegation.sealed), &owner).unwrap());
    });
    group.bench_function("verify-re-key", |b| {
        let (w, owner) = (world(), owner());
        let bytes = w.patient.delegate_unsealed(&w.grant, &mut rng()).unwrap().to_secret_bytes();
        let key = || ReKey::from_bytes(&bytes).unwrap();
        let verify = |key: ReKey| key.verify(w.authority.params(), &w.grant.proxy, &owner).unwrap();
        b.iter_batched(key, verify, criterion::BatchSize::SmallInput);
    });
    group.bench_function("verify-statement", |b| {
        let (w, owner) = (world(), owner());
        let statement = &w.delegation.statement;
        b.iter(|| black_box(statement).clone().verify(w.authority.params(), &owner).unwrap());
    });
    group.bench_function("accept", |b| {
        let (w, owner) = (world(), owner());
        let statement = &w.delegation.statement;
        b.iter(|| w.institution.accept(black_box(statement).clone(), &owner).unwrap());
    });
    group.finish();
}

fn re_encryption(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/re-encrypt");
    for depth in [1, 2, 4_usize] {
        group.bench_function(format!("verified/{depth}"), |b| {
            let (header, none) = (Sealed::new(depth, KIB).verified(), RevocationList::new());
            b.iter(|| world().re_key.re_encrypt(black_box(&header), NOW, &none).unwrap());
        });
    }
    group.bench_function("verify-and-re-encrypt", |b| {
        let (s, none) = (Sealed::new(DEPTH, KIB), RevocationList::new());
        b.iter(|| world().re_key.re_encrypt(&s.verified(), NOW, &none).unwrap());
    });
    group.finish();
}

fn signatures(c: &mut Criterion) {
    let message = [7; 256];
    let mut group = c.benchmark_group("pre/signature");
    group.bench_function("sign", |b| {
        let w = world();
        b.iter(|| w.patient.sign(black_box(&message), &mut rng()).unwrap());
    });
    group.bench_function("verify", |b| {
        let (w, signer) = (world(), identity("patient-7f3a"));
        let signature = w.patient.sign(&message, &mut rng()).unwrap();
        let params = w.authority.params();
        b.iter(|| black_box(&signature).verify(params, &signer, &message).unwrap());
    });
    group.finish();
}

fn revocation() -> Revocation {
    world().patient.revoke(world().re_key.id(), NOW, &mut rng()).unwrap()
}

fn revocations(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/revocation");
    group.bench_function("revoke", |b| {
        let w = world();
        b.iter(|| w.patient.revoke(black_box(w.re_key.id()), NOW, &mut rng()).unwrap());
    });
    group.bench_function("verify", |b| {
        let (w, owner, revocation) = (world(), owner(), revocation());
        b.iter(|| black_box(&revocation).clone().verify(w.authority.params(), &owner).unwrap());
    });
    group.bench_function("check/100", |b| {
        let (w, mut list) = (world(), RevocationList::new());
        for other in 0..REVOKED {
            let revoked = w.patient.revoke(ReKeyId([other; 32]), NOW, &mut rng()).unwrap();
            list.revoke(&revoked.verify(w.authority.params(), &owner()).unwrap());
        }
        b.iter(|| list.check(black_box(w.re_key.statement())).unwrap());
    });
    group.finish();
}

fn evidence(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/evidence");
    group.bench_function("by-owner", |b| {
        let (w, s) = (world(), Sealed::new(DEPTH, KIB));
        b.iter(|| w.patient.evidence(&s.address, black_box(&s.header)).unwrap());
    });
    group.bench_function("by-delegatee", |b| {
        let (w, s) = (world(), Sealed::new(DEPTH, KIB));
        let header = s.re_encrypted();
        b.iter(|| w.accepted.evidence(&s.address, black_box(&header), NOW).unwrap());
    });
    group.bench_function("open/1KiB", |b| {
        let (w, s) = (world(), Sealed::new(DEPTH, KIB));
        let (params, shown) = (w.authority.params(), w.patient.evidence(&s.address, &s.header));
        let shown = shown.unwrap();
        b.iter(|| shown.open_to_vec(params, &s.address, black_box(&s.header), &s.payload).unwrap());
    });
    group.finish();
}

fn encode(c: &mut Criterion) {
    let mut group = c.benchmark_group("pre/encode");
    group.bench_function("header", |b| {
        let s = Sealed::new(DEPTH, KIB);
        b.iter(|| black_box(&s.header).to_bytes());
    });
    group.bench_function("re-encrypted-header", |b| {
        let header = Sealed::new(DEPTH, KIB).re_encrypted();
        b.iter(|| black_box(&header).to_bytes());
    });
    group.bench_function("re-key-statement", |b| {
        b.iter(|| black_box(&world().delegation.statement).to_bytes());
    });
    group.bench_function("sealed-re-key", |b| {
        b.iter(|| black_box(&world().delegation.sealed).to_bytes());
    });
    group.bench_function("identity-key", |b| b.iter(|| world().patient.to_secret_bytes()));
    group.finish();
}

/// Times `decode` on `bytes`, which it must accept.
fn decodes<T, E: std::fmt::Debug>(
    c: &mut Criterion,
    name: &str,
    bytes: impl Fn() -> Vec<u8>,
    decode: impl Fn(&[u8]) -> Result<T, E>,
) {
    c.benchmark_group("pre/decode").bench_function(name, |b| {
        let bytes = bytes();
        b.iter(|| decode(black_box(&bytes)).unwrap());
    });
}

fn decode(c: &mut Criterion) {
    let sealed = |depth| Sealed::new(depth, KIB);
    let w = world;
    decodes(c, "params", || w().authority.params().to_bytes().to_vec(), PublicParams::from_bytes);
    let master = || w().authority.master_key().to_secret_bytes().to_vec();
    decodes(c, "master-key", master, MasterSecretKey::from_bytes);
    let identity_key = || w().patient.to_secret_bytes().to_vec();
    decodes(c, "identity-key", identity_key, IdentityKey::from_bytes);
    decodes(c, "header/1", || sealed(1).header.to_bytes(), Header::from_bytes);
    decodes(c, "header/4", || sealed(4).header.to_bytes(), Header::from_bytes);
    let re_encrypted = || sealed(1).re_encrypted().to_bytes();
    decodes(c, "re-encrypted-header/1", re_encrypted, ReEncryptedHeader::from_bytes);
    let statement = || w().delegation.statement.to_bytes();
    decodes(c, "re-key-statement", statement, ReKeyStatement::from_bytes);
    decodes(c, "sealed-re-key", || w().delegation.sealed.to_bytes(), SealedReKey::from_bytes);
    let re_key = || {
        let key = w().patient.delegate_unsealed(&w().grant, &mut rng()).unwrap();
        key.to_secret_bytes().to_vec()
    };
    decodes(c, "re-key", re_key, ReKey::from_bytes);
    let signature = || w().patient.sign(b"message", &mut rng()).unwrap().to_bytes();
    decodes(c, "signature", signature, IdentitySignature::from_bytes);
    decodes(c, "revocation", || revocation().to_bytes(), Revocation::from_bytes);
    let shown = || {
        let s = sealed(1);
        w().patient.evidence(&s.address, &s.header).unwrap().to_secret_bytes().to_vec()
    };
    decodes(c, "evidence", shown, OpeningEvidence::from_bytes);
}

criterion_group!(
    benches,
    authority,
    sealing,
    baseline,
    opening,
    opening_delegated,
    headers,
    delegation,
    re_encryption,
    signatures,
    revocations,
    evidence,
    encode,
    decode
);
criterion_main!(benches);
