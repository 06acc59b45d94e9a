//! medcrypto-khpke: discrete logarithms, plans of aggregations.
#![allow(missing_docs, reason = "criterion_group! writes undocumented functions")]
#![allow(clippy::std_instead_of_core, reason = "a program, never built without std")]
#![allow(clippy::unwrap_used, reason = "an operation that fails must not be timed")]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use medcrypto_core::bls::G1;
use medcrypto_khpke::dlog::Table;

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

/// The number that is found last: an end of the interval.
fn decoding(c: &mut Criterion) {
    let mut group = c.benchmark_group("khpke/dlog/decode");
    for (range_bits, table_bits) in SIZES {
        let table = Table::build(range_bits, table_bits).unwrap();
        let half = 1 << (range_bits - 1);
        let last = table.encode(-half);
        group.bench_function(range_bits.to_string(), |b| {
            b.iter(|| table.decode(black_box(&last), -half..=half - 1).unwrap().unwrap());
        });
    }
    group.finish();
}

/// Slots of 24 bits with the table of 32: every message takes at most 4 pairs of steps.
fn batches(c: &mut Criterion) {
    let table = Table::build(32, 20).unwrap();
    let messages: Vec<_> = (0..64).map(|i| table.encode(i * 262_139)).collect();
    let mut group = c.benchmark_group("khpke/dlog/decode-batch");
    group.throughput(Throughput::Elements(64));
    group.bench_function("64", |b| {
        b.iter(|| table.decode_batch(black_box(&messages), 0..=(1 << 24) - 1).unwrap());
    });
    group.finish();
}

fn addition(c: &mut Criterion) {
    let table = Table::build(8, 4).unwrap();
    let (p, q) = (table.encode(1) + table.encode(2), table.encode(3) + G1::generator());
    c.bench_function("khpke/dlog/addition", |b| b.iter(|| black_box(p) + black_box(q)));
}

criterion_group!(benches, addition, tables, decoding, batches);
criterion_main!(benches);
