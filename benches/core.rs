//! medcrypto-core: groups, pairings, hashing, encodings, transcripts.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]
#![allow(clippy::unwrap_used, reason = "an operation that fails must not be timed")]

use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main};
use medcrypto_benches::rng;
use medcrypto_core::bls::{
    FixedBaseG1, FixedBaseG2, G1, G2, Gt, NonIdentityG1, NonIdentityG2, PreparedG2, Scalar,
    SecretG1, SecretScalar, expand_message_xmd, hash_to_g1, hash_to_g2, hash_to_scalar,
    hash_to_secret_scalar, multi_pairing, pairing, pairing_product_is_one,
};
use medcrypto_core::codec::{Reader, Writer};
use medcrypto_core::{SecretBytes, Transcript, dst, rng::hedged};

/// How many points a multi-exponentiation has.
const POINTS: u64 = 64;

fn points() -> (SecretScalar, G1, G2) {
    let secret = SecretScalar::generate(&mut rng());
    let (p, q) = (G1::mul_generator(&secret), G2::mul_generator(&secret));
    (secret, p, q)
}

fn multiplication(c: &mut Criterion) {
    let (secret, p, q) = points();
    let public = Scalar::from_wide(&[7; 64]);
    let (comb1, comb2) = (FixedBaseG1::new(&p), FixedBaseG2::new(&q));
    let mut group = c.benchmark_group("core/mul");
    group.bench_function("g1/variable", |b| b.iter(|| black_box(p).mul(&secret)));
    group.bench_function("g1/vartime", |b| b.iter(|| black_box(p).mul_vartime(&public)));
    group.bench_function("g1/comb", |b| b.iter(|| G1::mul_generator(black_box(&secret))));
    group.bench_function("g1/own-comb", |b| b.iter(|| comb1.mul(black_box(&secret))));
    group.bench_function("g2/variable", |b| b.iter(|| black_box(q).mul(&secret)));
    group.bench_function("g2/vartime", |b| b.iter(|| black_box(q).mul_vartime(&public)));
    group.bench_function("g2/comb", |b| b.iter(|| G2::mul_generator(black_box(&secret))));
    group.bench_function("g2/own-comb", |b| b.iter(|| comb2.mul(black_box(&secret))));
    group.finish();
    let mut group = c.benchmark_group("core/comb-table");
    group.bench_function("g1", |b| b.iter(|| FixedBaseG1::new(black_box(&p))));
    group.bench_function("g2", |b| b.iter(|| FixedBaseG2::new(black_box(&q))));
    group.finish();
}

fn multi_exponentiation(c: &mut Criterion) {
    let scalars: Vec<_> = (1..=64).map(|n| Scalar::from_wide(&[n; 64])).collect();
    let small = (1..=POINTS).map(Scalar::from_u64);
    let ps: Vec<_> = small.clone().map(|n| G1::generator().mul_vartime(&n)).collect();
    let qs: Vec<_> = small.map(|n| G2::generator().mul_vartime(&n)).collect();
    let mut group = c.benchmark_group("core/multi_exp");
    group.throughput(Throughput::Elements(POINTS));
    group.bench_function("g1/64", |b| {
        b.iter(|| G1::multi_exp_vartime(black_box(&ps), &scalars).unwrap());
    });
    group.bench_function("g2/64", |b| {
        b.iter(|| G2::multi_exp_vartime(black_box(&qs), &scalars).unwrap());
    });
    group.finish();
}

fn pairings(c: &mut Criterion) {
    let (_, p, q) = points();
    let prepared = PreparedG2::new(&q);
    let pairs = [(p, q); 4];
    let inverse = [(p, q), (-p, q)];
    let mut group = c.benchmark_group("core/pairing");
    group.bench_function("one", |b| b.iter(|| pairing(black_box(&p), &q)));
    group.bench_function("one/prepared", |b| b.iter(|| prepared.pairing(black_box(&p))));
    group.bench_function("four", |b| b.iter(|| multi_pairing(black_box(&pairs))));
    group.bench_function("prepare", |b| b.iter(|| PreparedG2::new(black_box(&q))));
    group.bench_function("equation", |b| {
        b.iter(|| assert!(pairing_product_is_one(black_box(&inverse))));
    });
    group.finish();
}

fn target_group(c: &mut Criterion) {
    let (_, p, q) = points();
    let (t, exponent) = (pairing(&p, &q), Scalar::from_wide(&[7; 64]));
    let mut group = c.benchmark_group("core/gt");
    group.bench_function("mul", |b| b.iter(|| black_box(t) * t));
    group.bench_function("invert", |b| b.iter(|| black_box(t).invert()));
    group.bench_function("pow", |b| b.iter(|| black_box(t).pow_vartime(&exponent)));
    group.finish();
}

fn hashing(c: &mut Criterion) {
    let message = b"patient-7f3a";
    let domain = dst::pre::ID_DEC;
    let mut group = c.benchmark_group("core/hash");
    group.bench_function("g1", |b| b.iter(|| hash_to_g1(domain, black_box(message))));
    group.bench_function("g2", |b| b.iter(|| hash_to_g2(domain, black_box(message))));
    group.bench_function("scalar", |b| b.iter(|| hash_to_scalar(domain, black_box(message))));
    group.bench_function("secret-scalar", |b| {
        b.iter(|| hash_to_secret_scalar(domain, black_box(message)));
    });
    group.bench_function("expand/64", |b| {
        b.iter(|| expand_message_xmd::<64>(domain, black_box(message)));
    });
    group.finish();
}

fn scalars(c: &mut Criterion) {
    let (secret, public) = (SecretScalar::generate(&mut rng()), Scalar::from_wide(&[7; 64]));
    let mut group = c.benchmark_group("core/scalar");
    group.bench_function("generate", |b| b.iter(|| SecretScalar::generate(&mut rng())));
    group.bench_function("from_wide", |b| b.iter(|| Scalar::from_wide(black_box(&[7; 64]))));
    group.bench_function("secret/from_wide", |b| {
        b.iter(|| SecretScalar::from_wide(black_box(&[7; 64])).unwrap());
    });
    group.bench_function("secret/plus", |b| b.iter(|| secret.plus(black_box(&public)).unwrap()));
    group.bench_function("invert", |b| b.iter(|| black_box(&public).invert().unwrap()));
    group.finish();
}

fn encode(c: &mut Criterion) {
    let (secret, p, q) = points();
    let (t, scalar, hidden) = (pairing(&p, &q), Scalar::from_wide(&[7; 64]), SecretG1::new(p));
    let hidden = hidden.unwrap();
    let mut group = c.benchmark_group("core/encode");
    group.bench_function("scalar", |b| b.iter(|| black_box(&scalar).to_bytes()));
    group.bench_function("secret-scalar", |b| b.iter(|| secret.to_secret_bytes()));
    group.bench_function("g1", |b| b.iter(|| black_box(&p).to_bytes()));
    group.bench_function("secret-g1", |b| b.iter(|| hidden.to_secret_bytes()));
    group.bench_function("g2", |b| b.iter(|| black_box(&q).to_bytes()));
    group.bench_function("gt", |b| b.iter(|| black_box(&t).to_bytes()));
    group.finish();
}

fn decode(c: &mut Criterion) {
    let (_, p, q) = points();
    let (scalar, t) = (Scalar::from_wide(&[7; 64]).to_bytes(), pairing(&p, &q).to_bytes());
    let (p, q) = (p.to_bytes(), q.to_bytes());
    let mut group = c.benchmark_group("core/decode");
    let scalar = black_box(&scalar);
    group.bench_function("scalar", |b| b.iter(|| Scalar::from_bytes(scalar).unwrap()));
    group.bench_function("secret-scalar", |b| b.iter(|| SecretScalar::from_bytes(scalar).unwrap()));
    group.bench_function("g1", |b| b.iter(|| G1::from_bytes(black_box(&p)).unwrap()));
    group.bench_function("g1/non-identity", |b| {
        b.iter(|| NonIdentityG1::from_bytes(black_box(&p)).unwrap());
    });
    group.bench_function("secret-g1", |b| b.iter(|| SecretG1::from_bytes(black_box(&p)).unwrap()));
    group.bench_function("g2", |b| b.iter(|| G2::from_bytes(black_box(&q)).unwrap()));
    group.bench_function("g2/non-identity", |b| {
        b.iter(|| NonIdentityG2::from_bytes(black_box(&q)).unwrap());
    });
    group.bench_function("gt", |b| b.iter(|| Gt::from_bytes(black_box(&t)).unwrap()));
    group.finish();
}

fn codec(c: &mut Criterion) {
    let body = vec![7; 1024];
    let bytes = Writer::with_capacity(1036).u64(9).bytes(&body).finish();
    let mut group = c.benchmark_group("core/codec");
    group.throughput(Throughput::Bytes(1024));
    group.bench_function("write/1KiB", |b| {
        b.iter(|| Writer::with_capacity(1036).u64(9).bytes(black_box(&body)).finish());
    });
    group.bench_function("read/1KiB", |b| {
        b.iter(|| {
            let mut reader = Reader::new(black_box(&bytes));
            let read = (reader.u64().unwrap(), reader.bytes(1024).unwrap().len());
            reader.finish().unwrap();
            read
        });
    });
    group.finish();
}

fn transcripts(c: &mut Criterion) {
    let (_, p, q) = points();
    let mut t = Transcript::new(dst::pre::WEIGHTS);
    let gt = pairing(&p, &q);
    let mut group = c.benchmark_group("core/transcript");
    group.bench_function("new", |b| b.iter(|| Transcript::new(dst::pre::WEIGHTS)));
    group.bench_function("append/g1", |b| b.iter(|| t.append_g1(b"p", black_box(&p))));
    group.bench_function("append/g2", |b| b.iter(|| t.append_g2(b"q", black_box(&q))));
    group.bench_function("append/gt", |b| b.iter(|| t.append_gt(b"t", black_box(&gt))));
    group.bench_function("challenge", |b| b.iter(|| t.challenge_scalar(b"c")));
    group.bench_function("nonce", |b| b.iter(|| t.nonce(black_box(&[7; 32]), &mut rng())));
    append_kilobyte(&mut group);
    group.finish();
}

fn append_kilobyte(group: &mut BenchmarkGroup<'_, WallTime>) {
    let mut t = Transcript::new(dst::pre::WEIGHTS);
    group.throughput(Throughput::Bytes(1024));
    group.bench_function("append/1KiB", |b| b.iter(|| t.append_bytes(b"m", black_box(&[7; 1024]))));
}

fn randomness(c: &mut Criterion) {
    let mut rng = rng();
    let mut group = c.benchmark_group("core/random");
    group.bench_function("secret-bytes", |b| b.iter(|| SecretBytes::<32>::generate(&mut rng)));
    group.bench_function("hedged/32", |b| {
        b.iter(|| hedged::<32, _>(dst::pre::HEDGED_SEED, black_box(&[7; 32]), b"", &mut rng));
    });
    group.finish();
}

criterion_group!(
    benches,
    multiplication,
    multi_exponentiation,
    pairings,
    target_group,
    hashing,
    scalars,
    encode,
    decode,
    codec,
    transcripts,
    randomness
);
criterion_main!(benches);
