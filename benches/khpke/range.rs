//! Range parameters and range proofs, digit by digit.

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AssociatedData, BatchableRangeProof, DecryptionKey, DigitBits, Interval, Opening,
    PossessionProof, RangeClaim, RangeParameters, RangeProof, RangeStatement, RegisteredKey, Slots,
    VectorRangeProof, VectorStatement, insecure, verify_ranges,
};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(40)
}

fn session() -> Transcript {
    Transcript::new(dst::khpke::RANGE_PER_DIGIT)
}

fn dealt(bits: u8) -> RangeParameters {
    insecure::deal(DigitBits::new(bits).unwrap(), &mut rng()).unwrap().verify().unwrap()
}

fn committed(interval: Interval<'_>, value: u64) -> (Opening, RangeStatement<'_>) {
    let opening = Opening::new(value, &mut rng()).unwrap();
    let commitment = opening.commitment().unwrap();
    (opening, RangeStatement { interval, commitment })
}

/// Digits of 10 bits: decoding, and the check that anyone makes once.
pub(crate) fn parameters(c: &mut Criterion) {
    let unchecked = insecure::deal(DigitBits::new(10).unwrap(), &mut rng()).unwrap();
    let mut group = c.benchmark_group("khpke/range/parameters");
    group.sample_size(10);
    group.bench_function("verify", |b| b.iter(|| black_box(&unchecked).clone().verify().unwrap()));
    group.finish();
}

/// Bits of the range and of a digit.
const SIZES: [(u8, u8); 3] = [(40, 10), (32, 8), (64, 8)];

pub(crate) fn proofs(c: &mut Criterion) {
    for (bits, digit) in SIZES {
        let parameters = dealt(digit);
        let (opening, statement) = committed(parameters.bits(bits).unwrap(), 123_456_789);
        let prove = || RangeProof::prove(&statement, &opening, &mut session(), &mut rng()).unwrap();
        let proof = prove();
        let mut group = c.benchmark_group("khpke/range");
        group.bench_function(format!("prove/{bits}"), |b| b.iter(prove));
        group.bench_function(format!("verify/{bits}"), |b| {
            b.iter(|| black_box(&proof).verify(&statement, &mut session()).unwrap());
        });
        let bytes = proof.to_bytes();
        group.bench_function(format!("decode/{bits}"), |b| {
            b.iter(|| RangeProof::from_bytes(black_box(&bytes)).unwrap());
        });
        group.finish();
    }
}

/// 64 proofs of 40 bits, decoding not included.
pub(crate) fn batches(c: &mut Criterion) {
    let parameters = dealt(10);
    let (opening, statement) = committed(parameters.bits(40).unwrap(), 123_456_789);
    let prove = || BatchableRangeProof::prove(&statement, &opening, &mut session(), &mut rng());
    let proof = prove().unwrap();
    let claim = RangeClaim { statement, proof: &proof, transcript: session() };
    let claims = vec![claim; 64];
    let mut group = c.benchmark_group("khpke/range/verify-batch");
    group.sample_size(10);
    group.throughput(Throughput::Elements(64));
    group.bench_function("64", |b| {
        b.iter(|| verify_ranges(&parameters, black_box(&claims)).unwrap());
    });
    group.finish();
}

fn registered(slots: usize) -> RegisteredKey {
    let (secret, public) = DecryptionKey::generate(Slots::new(slots).unwrap(), &mut rng()).unwrap();
    let account = AccountId([1; 32]);
    let proof = PossessionProof::prove(&public, &account, &secret, &mut session(), &mut rng());
    public.register(account, &proof.unwrap(), &mut session()).unwrap().prepared()
}

/// A ciphertext of 16 slots, two digits of 10 bits each.
pub(crate) fn vectors(c: &mut Criterion) {
    let (parameters, key) = (dealt(10), registered(16));
    let ad = AssociatedData::new(b"round").unwrap();
    let (ciphertext, witness) = key.encrypt_for_proof(&ad, &[777_777; 16], &mut rng()).unwrap();
    let interval = parameters.bits(20).unwrap();
    let statement = VectorStatement { interval, key: &key, ad: &ad, ciphertext: &ciphertext };
    let prove =
        || VectorRangeProof::prove(&statement, &witness, &mut session(), &mut rng()).unwrap();
    let proof = prove();
    let mut group = c.benchmark_group("khpke/range/vector");
    group.sample_size(20);
    group.throughput(Throughput::Elements(16));
    group.bench_function("prove", |b| b.iter(prove));
    group.bench_function("verify", |b| {
        b.iter(|| black_box(&proof).verify(&statement, &mut session()).unwrap());
    });
    group.finish();
}
