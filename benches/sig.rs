//! medcrypto-sig: three signature schemes and the envelope.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]
#![allow(clippy::unwrap_used, reason = "an operation that fails must not be timed")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medcrypto_benches::rng;
use medcrypto_sig::envelope::{Domain, DualSigned, Envelope, Role, SignedEnvelope};
use medcrypto_sig::{bls, ecdsa, ed25519};

/// As long as a transaction.
const MESSAGE: [u8; 256] = [7; 256];
/// How many signers an aggregate has.
const SIGNERS: u64 = 64;

fn eddsa(c: &mut Criterion) {
    let key = ed25519::SigningKey::generate(&mut rng());
    let (public, signature) = (key.verifying_key(), key.sign(&MESSAGE));
    let (key_bytes, bytes) = (public.to_bytes(), signature.to_bytes());
    let mut group = c.benchmark_group("sig/ed25519");
    group.bench_function("generate", |b| {
        b.iter(|| ed25519::SigningKey::generate(&mut rng()).verifying_key());
    });
    group.bench_function("sign", |b| b.iter(|| key.sign(black_box(&MESSAGE))));
    group.bench_function("verify", |b| {
        b.iter(|| public.verify(black_box(&MESSAGE), &signature).unwrap());
    });
    group.bench_function("encode/key", |b| b.iter(|| black_box(&public).to_bytes()));
    group.bench_function("encode/signature", |b| b.iter(|| black_box(&signature).to_bytes()));
    group.bench_function("decode/key", |b| {
        b.iter(|| ed25519::VerifyingKey::from_bytes(black_box(&key_bytes)).unwrap());
    });
    group.bench_function("decode/signature", |b| {
        b.iter(|| ed25519::Signature::from_bytes(black_box(&bytes)).unwrap());
    });
    group.finish();
}

fn ecdsa_k256(c: &mut Criterion) {
    let key = ecdsa::SigningKey::generate(&mut rng());
    let (public, signature) = (key.verifying_key(), key.sign(&MESSAGE));
    let (key_bytes, bytes) = (public.to_bytes(), signature.to_bytes());
    let mut group = c.benchmark_group("sig/ecdsa");
    group.bench_function("generate", |b| {
        b.iter(|| ecdsa::SigningKey::generate(&mut rng()).verifying_key());
    });
    group.bench_function("sign", |b| b.iter(|| key.sign(black_box(&MESSAGE))));
    group.bench_function("verify", |b| {
        b.iter(|| public.verify(black_box(&MESSAGE), &signature).unwrap());
    });
    group.bench_function("encode/key", |b| b.iter(|| black_box(&public).to_bytes()));
    group.bench_function("encode/signature", |b| b.iter(|| black_box(&signature).to_bytes()));
    group.bench_function("decode/key", |b| {
        b.iter(|| ecdsa::VerifyingKey::from_bytes(black_box(&key_bytes)).unwrap());
    });
    group.bench_function("decode/signature", |b| {
        b.iter(|| ecdsa::Signature::from_bytes(black_box(&bytes)).unwrap());
    });
    group.finish();
}

fn bls_one(c: &mut Criterion) {
    let key = bls::SigningKey::generate(&mut rng());
    let (public, signature) = (key.public_key(), key.sign(&MESSAGE));
    let possessed = public.verify().unwrap();
    let (key_bytes, bytes) = (public.to_bytes(), signature.to_bytes());
    let mut group = c.benchmark_group("sig/bls");
    group.bench_function("generate", |b| b.iter(|| bls::SigningKey::generate(&mut rng())));
    group.bench_function("public-key", |b| b.iter(|| key.public_key()));
    group.bench_function("verify-possession", |b| b.iter(|| public.verify().unwrap()));
    group.bench_function("sign", |b| b.iter(|| key.sign(black_box(&MESSAGE))));
    group.bench_function("verify", |b| {
        b.iter(|| possessed.verify(black_box(&MESSAGE), &signature).unwrap());
    });
    group.bench_function("encode/key", |b| b.iter(|| black_box(&public).to_bytes()));
    group.bench_function("encode/signature", |b| b.iter(|| black_box(&signature).to_bytes()));
    group.bench_function("decode/key", |b| {
        b.iter(|| bls::PublicKey::from_bytes(black_box(&key_bytes)).unwrap());
    });
    group.bench_function("decode/signature", |b| {
        b.iter(|| bls::Signature::from_bytes(black_box(&bytes)).unwrap());
    });
    group.finish();
}

fn bls_many(c: &mut Criterion) {
    let mut rng = rng();
    let keys: Vec<_> = (0..SIGNERS).map(|_| bls::SigningKey::generate(&mut rng)).collect();
    let signatures: Vec<_> = keys.iter().map(|key| key.sign(&MESSAGE)).collect();
    let mut group = c.benchmark_group("sig/bls");
    group.throughput(Throughput::Elements(SIGNERS));
    group.bench_function("aggregate/64", |b| {
        b.iter(|| bls::aggregate(black_box(&signatures)).unwrap());
    });
    group.bench_function("fast-aggregate-verify/64", |b| {
        let public: Vec<_> = keys.iter().map(|key| key.public_key().verify().unwrap()).collect();
        let sum = bls::aggregate(&signatures).unwrap();
        b.iter(|| bls::fast_aggregate_verify(black_box(&public), &MESSAGE, &sum).unwrap());
    });
    group.finish();
}

fn envelope(role: Role) -> Envelope {
    let domain = Domain::new("sharing/settlement").unwrap();
    Envelope { domain, chain_id: [7; 32], role, nonce: 1, payload_hash: [8; 32] }
}

fn envelopes(c: &mut Criterion) {
    let mut rng = rng();
    let keys = [(); 2].map(|()| ed25519::SigningKey::generate(&mut rng));
    let [patient, institution] = &keys;
    let [by_patient, by_institution] = keys.each_ref().map(ed25519::SigningKey::verifying_key);
    let plain = envelope(Role::Patient);
    let signed = plain.sign(patient);
    let other = envelope(Role::Institution).sign(institution);
    let combine = || DualSigned::combine(signed.clone(), other.clone()).unwrap();
    let dual = combine();
    let (signed_bytes, dual_bytes) = (signed.to_bytes(), dual.to_bytes());
    let mut group = c.benchmark_group("sig/envelope");
    group.bench_function("sign", |b| b.iter(|| black_box(&plain).sign(patient)));
    group.bench_function("verify", |b| b.iter(|| black_box(&signed).verify(&by_patient).unwrap()));
    group.bench_function("encode", |b| b.iter(|| black_box(&signed).to_bytes()));
    group.bench_function("decode", |b| {
        b.iter(|| SignedEnvelope::from_bytes(black_box(&signed_bytes)).unwrap());
    });
    group.bench_function("dual/combine", |b| b.iter(combine));
    group.bench_function("dual/verify", |b| {
        b.iter(|| black_box(&dual).verify(&by_patient, &by_institution).unwrap());
    });
    group.bench_function("dual/encode", |b| b.iter(|| black_box(&dual).to_bytes()));
    group.bench_function("dual/decode", |b| {
        b.iter(|| DualSigned::from_bytes(black_box(&dual_bytes)).unwrap());
    });
    group.finish();
}

criterion_group!(benches, eddsa, ecdsa_k256, bls_one, bls_many, envelopes);
criterion_main!(benches);
