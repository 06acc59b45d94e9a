//! medcrypto-core: combs against variable bases, prepared against plain pairings.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use medcrypto_benches::rng;
use medcrypto_core::bls::{
    G1, G2, Gt, PreparedG2, Scalar, SecretScalar, hash_to_g1, multi_pairing, pairing,
};
use medcrypto_core::dst;

fn multiplication(c: &mut Criterion) {
    let secret = SecretScalar::generate(&mut rng());
    let (p, q) = (G1::mul_generator(&secret), G2::mul_generator(&secret));
    let mut group = c.benchmark_group("core/mul");
    group.bench_function("g1/variable", |b| b.iter(|| black_box(p).mul(&secret)));
    group.bench_function("g1/comb", |b| b.iter(|| G1::mul_generator(black_box(&secret))));
    group.bench_function("g2/variable", |b| b.iter(|| black_box(q).mul(&secret)));
    group.bench_function("g2/comb", |b| b.iter(|| G2::mul_generator(black_box(&secret))));
    group.finish();
}

fn pairings(c: &mut Criterion) {
    let secret = SecretScalar::generate(&mut rng());
    let (p, q) = (G1::mul_generator(&secret), G2::mul_generator(&secret));
    let prepared = PreparedG2::new(&q);
    let pairs = [(p, q); 4];
    let mut group = c.benchmark_group("core/pairing");
    group.bench_function("one", |b| b.iter(|| pairing(black_box(&p), &q)));
    group.bench_function("one/prepared", |b| b.iter(|| prepared.pairing(black_box(&p))));
    group.bench_function("four", |b| b.iter(|| multi_pairing(black_box(&pairs))));
    group.finish();
}

fn others(c: &mut Criterion) {
    let secret = SecretScalar::generate(&mut rng());
    let points: Vec<_> =
        (1..=64).map(|n| G1::generator().mul_vartime(&Scalar::from_u64(n))).collect();
    let scalars: Vec<_> = (1..=64).map(|n| Scalar::from_wide(&[n; 64])).collect();
    let (p, t) = (G1::mul_generator(&secret).to_bytes(), Gt::generator().to_bytes());
    let q = G2::mul_generator(&secret).to_bytes();
    let mut group = c.benchmark_group("core");
    group.bench_function("hash_to_g1", |b| {
        b.iter(|| hash_to_g1(dst::pre::ID_DEC, black_box(b"f001")))
    });
    group.bench_function("multi_exp/g1/64", |b| {
        b.iter(|| G1::multi_exp_vartime(black_box(&points), &scalars));
    });
    group.bench_function("decode/g1", |b| b.iter(|| G1::from_bytes(black_box(&p))));
    group.bench_function("decode/g2", |b| b.iter(|| G2::from_bytes(black_box(&q))));
    group.bench_function("decode/gt", |b| b.iter(|| Gt::from_bytes(black_box(&t))));
    group.finish();
}

criterion_group!(benches, multiplication, pairings, others);
criterion_main!(benches);
