//! medcrypto-khpke: discrete logarithms, plans of aggregations, range proofs.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]
#![allow(clippy::unwrap_used, reason = "an operation that fails must not be timed")]

#[path = "khpke/range.rs"]
mod range;

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medcrypto_core::bls::G1;
use medcrypto_khpke::aggregate::{Bounds, Member, Plan, Quantisation, Shape};
use medcrypto_khpke::dlog::{Kangaroo, Table, multiple};
use medcrypto_khpke::{AccountId, KeyId, Slots};

/// Bits of the interval and of its table.
const SIZES: [(u32, u32); 3] = [(24, 16), (32, 20), (40, 24)];

fn tables(c: &mut Criterion) {
    let mut group = c.benchmark_group("khpke/dlog/build");
    group.sample_size(10);
    for bits in [16, 20] {
        group.throughput(Throughput::Elements(1 << bits));
        group.bench_function(bits.to_string(), |b| {
            b.iter(|| Table::build(32, black_box(bits)).unwrap());
        });
    }
    group.finish();
}

/// Values of an update.
const VALUES: u32 = 10_000;

/// The number that is found last: an end of the interval.
fn decoding(c: &mut Criterion) {
    let mut group = c.benchmark_group("khpke/dlog/decode");
    for (range_bits, table_bits) in SIZES {
        let table = Table::build(range_bits, table_bits).unwrap();
        let half = 1 << (range_bits - 1);
        let last = multiple(-half);
        group.bench_function(range_bits.to_string(), |b| {
            b.iter(|| table.decode(black_box(&last), -half..=half - 1).unwrap().unwrap());
        });
    }
    group.finish();
}

/// The same work wherever the number is.
fn full_scan(c: &mut Criterion) {
    let table = Table::build(32, 20).unwrap();
    let (first, half) = (multiple(0), 1 << 31);
    c.bench_function("khpke/dlog/decode-full-scan/32", |b| {
        let scan = || table.decode_full_scan(black_box(&first), -half..=half - 1);
        b.iter(|| scan().unwrap().unwrap());
    });
}

fn files(c: &mut Criterion) {
    let table = Table::build(32, 16).unwrap();
    let bytes = table.to_bytes();
    let mut group = c.benchmark_group("khpke/dlog/file");
    group.throughput(Throughput::Bytes(bytes.len().try_into().unwrap()));
    group.bench_function("write", |b| b.iter(|| black_box(&table).to_bytes()));
    group.bench_function("read", |b| b.iter(|| Table::from_bytes(black_box(&bytes)).unwrap()));
    group.finish();
}

/// Slots of 24 bits with the table of 32: every message takes at most 4 pairs of steps.
fn batches(c: &mut Criterion) {
    let table = Table::build(32, 20).unwrap();
    let messages: Vec<_> = (0..64).map(|i| multiple(i * 262_139)).collect();
    let mut group = c.benchmark_group("khpke/dlog/decode-batch");
    group.throughput(Throughput::Elements(64));
    group.bench_function("64", |b| {
        b.iter(|| table.decode_batch(black_box(&messages), 0..=(1 << 24) - 1).unwrap());
    });
    group.finish();
}

fn addition(c: &mut Criterion) {
    let (p, q) = (multiple(1) + multiple(2), multiple(3) + G1::generator());
    c.bench_function("khpke/dlog/addition", |b| b.iter(|| black_box(p) + black_box(q)));
}

/// A table of 16 KiB, and numbers all over the interval in turn.
fn kangaroos(c: &mut Criterion) {
    let table = Kangaroo::build(32, 10).unwrap();
    let messages: Vec<_> = (0..64).map(|i| multiple(i * 67_108_859)).collect();
    let mut next = messages.iter().cycle();
    c.bench_function("khpke/dlog/kangaroo/32", |b| {
        b.iter(|| table.decode(next.next().unwrap(), 0..=(1 << 32) - 1).unwrap().unwrap());
    });
}

/// Ten institutions, 8 bits a value, two values a slot, 64 slots a ciphertext.
fn plans(c: &mut Criterion) {
    let member = |id| Member { account: AccountId([id; 32]), weight: 1 + u32::from(id % 2) };
    let quantisation = Quantisation::new(8, 6).unwrap();
    let shape = Shape { values: VALUES, fields_per_slot: 2, quantisation };
    let bounds = Bounds { minimum_roster: 10, weight_ratio: 2 };
    let key = (KeyId([1; 32]), Slots::MAX);
    let plan = Plan::new(1, key, (0..10).map(member).collect(), shape, bounds).unwrap();
    let values: Vec<_> = (0..VALUES).map(|i| f64::from(i % 251) / 64.0 - 2.0).collect();
    let slots = plan.encode(&values).unwrap();
    let weigh = |slot: &i64| slot * i64::try_from(plan.total_weight()).unwrap();
    let sums: Vec<Vec<_>> = slots.iter().map(|chunk| chunk.iter().map(weigh).collect()).collect();
    let mut group = c.benchmark_group("khpke/plan");
    group.bench_function("digest", |b| b.iter(|| black_box(&plan).digest()));
    group.throughput(Throughput::Elements(VALUES.into()));
    group.bench_function("encode", |b| b.iter(|| plan.encode(black_box(&values)).unwrap()));
    group.bench_function("decode", |b| {
        let decode = |(chunk, slots): (usize, &Vec<_>)| plan.decode(chunk, slots).unwrap().means();
        b.iter(|| black_box(&sums).iter().enumerate().map(decode).collect::<Vec<_>>());
    });
    group.finish();
}

criterion_group!(benches, addition, tables, decoding, full_scan, files, batches, kangaroos, plans);
criterion_group!(ranges, range::parameters, range::proofs, range::batches, range::vectors);
criterion_main!(benches, ranges);
