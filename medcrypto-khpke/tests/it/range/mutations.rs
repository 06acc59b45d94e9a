//! M9: three verifiers, one verdict: many at once, one alone, and the reference without weights.

use medcrypto_core::Transcript;
use medcrypto_core::bls::{G1, Scalar};
use medcrypto_khpke::{BatchableRangeProof, RangeClaim, RangeStatement, verify_ranges};
use rand_core::RngCore;

use super::reference::{Facts, Omitted, Parsed, challenge};
use super::setup::{committed, rng, small, transcript};

const DIGITS: usize = 2;

/// An honest proof in a session of its own.
fn honest(value: u64) -> (RangeStatement<'static>, Parsed, Transcript) {
    let (opening, statement) = committed(small().0.bits(8).unwrap(), value, value);
    let mut session = transcript();
    session.append_u64(b"session", value);
    let (mut own, mut rng) = (session.clone(), rng(value + 500));
    let proof = BatchableRangeProof::prove(&statement, &opening, &mut own, &mut rng).unwrap();
    (statement, Parsed::of_batchable(&proof.to_bytes(), DIGITS), session)
}

/// Changes one point, one scalar, or the places of two of them; one choice in eight changes nothing.
fn mutate(proof: &mut Parsed, rng: &mut impl RngCore) {
    let mut below = |n: usize| usize::try_from(rng.next_u32()).unwrap() % n;
    let j = below(DIGITS);
    let step = Scalar::from_u64(1 + u64::try_from(below(5)).unwrap());
    let add = |point: G1| point + G1::generator().mul_vartime(&step);
    match below(8) {
        0 => proof.v[j] = add(proof.v[j]),
        1 => proof.v_bar[j] = add(proof.v_bar[j]),
        2 => proof.a[j] = -proof.a[j],
        3 => proof.row = add(proof.row),
        4 => proof.z[j] = proof.z[j] + step,
        5 => proof.zv.swap(0, 1),
        6 => (proof.z_beta, proof.v[j]) = (proof.z_beta - step, proof.v[j] + proof.v[j]),
        _ => {}
    }
}

/// `batches` of eight proofs, every one mutated or left as it is.
fn agree(batches: u64) {
    let honest: Vec<_> = (0..8).map(|i| honest(31 * i)).collect();
    let mut rng = rng(99);
    let mut accepted = 0;
    for _ in 0..batches {
        let mutated = honest.iter().map(|(_, proof, _)| {
            let mut proof = proof.clone();
            mutate(&mut proof, &mut rng);
            (BatchableRangeProof::from_bytes(&proof.batchable()).unwrap(), proof)
        });
        let mutated: Vec<_> = mutated.collect();
        let claims = honest.iter().zip(&mutated).map(|((statement, _, session), (proof, _))| {
            RangeClaim { statement: *statement, proof, transcript: session.clone() }
        });
        let verified = verify_ranges(&small().0, &claims.collect::<Vec<_>>());
        let named = verified.map_or_else(|bad| bad.places().to_vec(), |()| vec![]);
        for (i, ((statement, _, session), (proof, parsed))) in
            honest.iter().zip(&mutated).enumerate()
        {
            let alone = proof.verify(statement, &mut session.clone()).is_ok();
            let (facts, mut parsed) = (Facts::new(&small().1, statement), parsed.clone());
            parsed.c = challenge(&facts, &parsed, Omitted::Nothing, &mut session.clone());
            assert_eq!(alone, parsed.accepted(&facts, Omitted::Nothing, session.clone()));
            assert_eq!(alone, !named.contains(&i));
            accepted += u32::from(alone);
        }
    }
    // Both verdicts have to occur: an eighth is left as it is.
    assert!(accepted > 0 && u64::from(accepted) < 8 * batches / 2, "{accepted}");
}

#[test]
fn m09_batch_alone_and_reference_agree_on_mutated_proofs() {
    agree(8);
}

#[test]
#[ignore = "a thousand proofs"]
fn m09_batch_alone_and_reference_agree_on_a_thousand_mutated_proofs() {
    agree(125);
}
