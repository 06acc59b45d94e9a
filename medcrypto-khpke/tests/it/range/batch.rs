//! Many proofs at once.

use medcrypto_core::Transcript;
use medcrypto_core::bls::{G1, Scalar};
use medcrypto_khpke::{
    BatchableRangeProof, Interval, RangeClaim, RangeStatement, Rejected, verify_ranges,
};

use super::reference::{Facts, Omitted, Parsed, challenge};
use super::setup::{Parts, X, committed, rng, small, transcript};

/// A batchable proof of `value` in its own session.
fn proved(
    interval: Interval<'static>,
    value: u64,
    seed: u64,
) -> (RangeStatement<'static>, BatchableRangeProof, Transcript) {
    let (opening, statement) = committed(interval, value, seed);
    let mut session = transcript();
    session.append_u64(b"session", seed);
    let proof = BatchableRangeProof::prove(
        &statement,
        &opening,
        &mut session.clone(),
        &mut rng(seed + 1000),
    );
    (statement, proof.unwrap(), session)
}

type Proved = (RangeStatement<'static>, BatchableRangeProof, Transcript);

fn some(count: u64) -> Vec<Proved> {
    let (one, two) = (small().0.bits(8).unwrap(), small().0.between(3, 99).unwrap());
    let each = |i: u64| proved(if i % 2 == 0 { one } else { two }, 3 + i, 60 + i);
    (0..count).map(each).collect()
}

fn verified(proofs: &[Proved]) -> Result<(), Rejected> {
    let claims = proofs.iter().map(|(statement, proof, session)| RangeClaim {
        statement: *statement,
        proof,
        transcript: session.clone(),
    });
    verify_ranges(&small().0, &claims.collect::<Vec<_>>())
}

fn places(verified: Result<(), Rejected>) -> Vec<usize> {
    verified.map_or_else(|rejected| rejected.places().to_vec(), |()| vec![])
}

#[test]
fn t27_nothing_one_and_many() {
    let proofs = some(9);
    for count in 0..=9 {
        assert_eq!(verified(&proofs[..count]), Ok(()), "{count}");
    }
}

/// Whichever are bad are named, all of them and no other, wherever they stand.
#[test]
fn m10_the_bad_ones_are_named() {
    let proofs = some(7);
    for bad in [vec![0], vec![6], vec![3], vec![0, 6], vec![1, 2, 5], (0..7).collect()] {
        let mut mixed = some(7);
        for place in &bad {
            mixed[*place].2 = transcript();
        }
        assert_eq!(places(verified(&mixed)), bad);
    }
    let mut swapped = some(7);
    swapped[2].1 = proofs[4].1.clone();
    assert_eq!(places(verified(&swapped)), [2]);
    let rejected = verified(&swapped).unwrap_err();
    assert_eq!(rejected.to_string(), "1 proofs of the batch do not verify");
}

/// A batch of one says what the proof alone says, whatever part of it is changed.
#[test]
fn m10_a_batch_of_one_agrees_with_the_proof_alone() {
    let (statement, proof, session) = proved(small().0.bits(8).unwrap(), 200, 80);
    let bytes = proof.to_bytes();
    for index in (3..bytes.len()).step_by(7).chain([bytes.len() - 1]) {
        let mut changed = bytes.clone();
        changed[index] ^= 1;
        if let Ok(changed) = BatchableRangeProof::from_bytes(&changed) {
            let alone = changed.verify(&statement, &mut session.clone()).is_ok();
            let one = verified(&[(statement, changed, session.clone())]).is_ok();
            assert_eq!((alone, one), (false, false), "byte {index}");
        }
    }
    assert_eq!(verified(&[(statement, proof, session)]), Ok(()));
}

#[test]
fn m10_a_proof_of_other_parameters_is_named() {
    static OTHER: std::sync::OnceLock<medcrypto_khpke::RangeParameters> =
        std::sync::OnceLock::new();
    let other = OTHER.get_or_init(|| Parts::new(4, X + 1).verified().unwrap());
    let mut proofs = some(3);
    proofs[1] = proved(other.bits(8).unwrap(), 5, 81);
    let (statement, proof, session) = &proofs[1];
    assert!(proof.verify(statement, &mut session.clone()).is_ok());
    assert_eq!(places(verified(&proofs)), [1]);
}

/// The defect [zv]Γ − [z]V − a − [c]V̄ of every digit, and of the row.
fn defects(statement: &RangeStatement<'_>, proof: &Parsed, session: &Transcript) -> Vec<G1> {
    let facts = Facts::new(&small().1, statement);
    let c = challenge(&facts, proof, Omitted::Nothing, &mut session.clone());
    let (a, row) = proof.recomputed(&facts, c);
    let digits = a.iter().zip(&proof.a).map(|(said, is)| *said - *is);
    digits.chain([row - proof.row]).collect()
}

/// E21, T6: two bad proofs whose errors cancel under one weight; responses are in no challenge, so anybody
/// can change them in two good proofs.
#[test]
fn t06_e21_two_bad_proofs_that_cancel_under_equal_weights() {
    let interval = small().0.bits(8).unwrap();
    let error = Scalar::from_u64(5);
    let [(s1, p1, t1), (s2, p2, t2)] = [proved(interval, 1, 82), proved(interval, 2, 83)];
    let [mut one, mut two] = [&p1, &p2].map(|proof| Parsed::of_batchable(&proof.to_bytes(), 2));
    one.zv[0] = one.zv[0] + error;
    two.zv[1] = two.zv[1] - error;
    let all = [defects(&s1, &one, &t1), defects(&s2, &two, &t2)].concat();
    assert!(all.iter().any(|defect| !defect.is_identity()));
    assert_eq!(all.into_iter().sum::<G1>(), G1::identity());
    let [bad_one, bad_two] =
        [one, two].map(|proof| BatchableRangeProof::from_bytes(&proof.batchable()).unwrap());
    let good = some(2);
    let mixed = [good[0].clone(), (s1, bad_one, t1), good[1].clone(), (s2, bad_two, t2)];
    assert_eq!(places(verified(&mixed)), [1, 3]);
}

/// T6: errors that cancel within one proof, for who draws one weight a proof.
#[test]
fn t06_one_weight_a_proof_is_too_few() {
    let (statement, proof, session) = proved(small().0.bits(8).unwrap(), 1, 84);
    let mut parsed = Parsed::of_batchable(&proof.to_bytes(), 2);
    parsed.zv[0] = parsed.zv[0] + Scalar::ONE;
    parsed.zv[1] = parsed.zv[1] - Scalar::ONE;
    let sum = defects(&statement, &parsed, &session).into_iter().sum::<G1>();
    assert_eq!(sum, G1::identity());
    let bad = BatchableRangeProof::from_bytes(&parsed.batchable()).unwrap();
    assert!(bad.verify(&statement, &mut session.clone()).is_err());
    assert_eq!(places(verified(&[(statement, bad, session)])), [0]);
}

/// Γ and all σ doubled: the same x signs the same digits, and a proof is one under its own parameters only.
#[test]
fn t25_a_batch_is_about_one_set_of_parameters() {
    let doubled = |point: &G1| *point + *point;
    let (parameters, parts) = small();
    let signatures = parts.signatures.iter().map(doubled).collect();
    let other = Parts { base: doubled(&parts.base), signatures, ..parts.clone() };
    let other: &'static _ = Box::leak(Box::new(other.verified().unwrap()));
    let (statement, proof, transcript) = proved(other.bits(8).unwrap(), 9, 70);
    let claims = [RangeClaim { statement, proof: &proof, transcript }];
    assert_eq!(verify_ranges(other, &claims), Ok(()));
    assert_eq!(places(verify_ranges(parameters, &claims)), [0]);
}
