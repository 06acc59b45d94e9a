//! Every check that the verifier makes is needed: without it a false statement about a number passes.

use medcrypto_core::bls::{G1, Scalar, SecretResidue};
use medcrypto_khpke::{
    BatchableRangeProof, Commitment, DecodeError, Error, RangeProof, RangeStatement,
};

use super::reference::{Facts, Omitted, Parsed, Prover, challenge};
use super::setup::{small, transcript};
use crate::fixture::generator;

const TOO_MUCH: u64 = 1_000_000_000;
const BETA: u64 = 0x00be_7a00;

/// That a commitment to `value`, with β known, hides a number below 2⁸.
fn claimed(value: Scalar) -> (Facts, RangeStatement<'static>) {
    let (parameters, parts) = small();
    let point = generator(b"H", 0).mul_vartime(&value)
        + generator(b"Q", 0).mul_vartime(&Scalar::from_u64(BETA));
    let commitment = Commitment::from_bytes(&point.to_bytes()).unwrap();
    let statement = RangeStatement { interval: parameters.bits(8).unwrap(), commitment };
    (Facts::new(parts, &statement), statement)
}

/// A prover of the digits `digits`, whose blinded signatures are all of the digit 0.
fn cheat(digits: [u64; 2], seed: u64) -> Prover {
    let signed = vec![small().1.signatures[0]; 2];
    Prover::new(signed, digits.map(Scalar::from_u64).to_vec(), Scalar::from_u64(BETA), seed)
}

/// [v]Γ for V = [v]σ₀: what the pairing wants to see.
fn honest_v_bar(prover: &Prover) -> Vec<G1> {
    prover.v.iter().map(|v| small().1.base.mul_vartime(v)).collect()
}

/// The false proof passes without the check and not with it; the real verifier refuses both of its forms.
fn wins_only_without(omitted: Omitted, facts: &Facts, forged: &Parsed) {
    let point = Commitment::from_bytes(&facts.commitment.to_bytes()).unwrap();
    let statement = RangeStatement { interval: small().0.bits(8).unwrap(), commitment: point };
    assert!(forged.accepted(facts, omitted, transcript()), "{omitted:?}");
    assert!(!forged.accepted(facts, Omitted::Nothing, transcript()), "{omitted:?}");
    let compact = RangeProof::from_bytes(&forged.compact()).unwrap();
    assert_eq!(compact.verify(&statement, &mut transcript()), Err(Error::Verification));
    let batchable = BatchableRangeProof::from_bytes(&forged.batchable()).unwrap();
    assert_eq!(batchable.verify(&statement, &mut transcript()), Err(Error::Verification));
}

/// Without a forgery the reference and the crate agree on both forms.
#[test]
fn m10_the_reference_proves_to_the_crate() {
    let (facts, statement) = claimed(Scalar::from_u64(3 + 16 * 5));
    let signed = [3, 5].map(|i: usize| small().1.signatures[i]).to_vec();
    let digits = [3, 5].map(Scalar::from_u64).to_vec();
    let prover = Prover::new(signed, digits, Scalar::from_u64(BETA), 1);
    let proof = prover.proved(&facts, Omitted::Nothing, transcript());
    assert!(proof.accepted(&facts, Omitted::Nothing, transcript()));
    let compact = RangeProof::from_bytes(&proof.compact()).unwrap();
    assert_eq!(compact.verify(&statement, &mut transcript()), Ok(()));
    let batchable = BatchableRangeProof::from_bytes(&proof.batchable()).unwrap();
    assert_eq!(batchable.verify(&statement, &mut transcript()), Ok(()));
}

/// X5: for V = O everything else holds whatever the digit is; the decoder has no such V.
#[test]
fn t01_x05_a_blinded_signature_that_is_the_identity() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let mut prover = cheat([TOO_MUCH, 0], 2);
    prover.v = vec![Scalar::from_u64(0); 2];
    let forged = prover.proved(&facts, Omitted::Nothing, transcript());
    assert_eq!(forged.v, [G1::identity(); 2]);
    assert!(forged.accepted(&facts, Omitted::Identity, transcript()));
    assert!(!forged.accepted(&facts, Omitted::Nothing, transcript()));
    let compact = RangeProof::from_bytes(&forged.compact());
    assert_eq!(compact, Err(DecodeError::Identity));
    let batchable = BatchableRangeProof::from_bytes(&forged.batchable());
    assert_eq!(batchable, Err(DecodeError::Identity));
}

/// The same with one identity among honest digits, and with a point of order 3 in its place.
#[test]
fn t01_t14_x11_no_identity_and_no_torsion_at_any_place() {
    let (facts, _) = claimed(Scalar::from_u64(17));
    let prover = Prover {
        signed: vec![small().1.signatures[1]; 2],
        ..Prover::new(vec![], [1, 1].map(Scalar::from_u64).to_vec(), Scalar::from_u64(BETA), 3)
    };
    let honest = prover.proved(&facts, Omitted::Nothing, transcript());
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    // (0, 2) is on the curve y² = x³ + 4 and has order 3.
    let mut torsion = [0; 48];
    torsion[0] = 0x80;
    let (compact, batchable) = (honest.compact(), honest.batchable());
    let with = |bytes: &[u8], place: usize, point: &[u8; 48]| {
        let mut changed = bytes.to_vec();
        changed[3 + 48 * place..][..48].copy_from_slice(point);
        changed
    };
    for (point, error) in [(identity, DecodeError::Identity), (torsion, DecodeError::NotInGroup)] {
        for place in 0..4 {
            assert_eq!(RangeProof::from_bytes(&with(&compact, place, &point)), Err(error));
        }
        for place in 0..7 {
            let decoded = BatchableRangeProof::from_bytes(&with(&batchable, place, &point));
            assert_eq!(decoded, Err(error));
        }
    }
}

#[test]
fn m10_without_the_digit_equation_any_number_is_a_digit() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let prover = cheat([TOO_MUCH, 0], 4);
    let mut proof = prover.committed(&facts);
    proof.v_bar = honest_v_bar(&prover);
    let c = challenge(&facts, &proof, Omitted::Nothing, &mut transcript());
    wins_only_without(Omitted::DigitEquation, &facts, &prover.answered(proof, c));
}

#[test]
fn m10_without_the_row_digits_are_of_another_number() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let forged = cheat([0, 0], 5).proved(&facts, Omitted::Nothing, transcript());
    wins_only_without(Omitted::RowEquation, &facts, &forged);
}

#[test]
fn m10_without_the_pairing_nothing_is_signed() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let forged = cheat([TOO_MUCH, 0], 6).proved(&facts, Omitted::Nothing, transcript());
    wins_only_without(Omitted::Pairing, &facts, &forged);
}

/// What ing-bank's zkrp did: the challenge is read from the proof and never computed.
#[test]
fn t05_e14_a_challenge_out_of_the_proof() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let prover = cheat([TOO_MUCH, 0], 7);
    for c in [0, 1, u128::MAX] {
        let mut forged = prover.committed(&facts);
        forged.v_bar = honest_v_bar(&prover);
        forged.c = c;
        forged.z = [8, 9].map(Scalar::from_u64).to_vec();
        forged.zv = [10, 11].map(Scalar::from_u64).to_vec();
        (forged.a, forged.row) = forged.recomputed(&facts, c);
        assert!(forged.accepted(&facts, Omitted::Challenge, transcript()));
        if c == 0 {
            assert_eq!(RangeProof::from_bytes(&forged.compact()), Err(DecodeError::NonCanonical));
        } else {
            wins_only_without(Omitted::Challenge, &facts, &forged);
        }
    }
}

/// X6: Δ is in A before the challenge, and the commitment is chosen after it.
#[test]
fn t02_x06_a_commitment_that_is_not_in_the_transcript() {
    let (mut facts, _) = claimed(Scalar::from_u64(0));
    let prover = cheat([0, 0], 8);
    let mut proof = prover.committed(&facts);
    let (h, q, delta) = (generator(b"H", 0), generator(b"Q", 0), Scalar::from_u64(4242));
    proof.row = proof.row + h.mul_vartime(&delta);
    let c = challenge(&facts, &proof, Omitted::Commitment, &mut transcript());
    let value = -(delta * Scalar::from_u128(c).invert().unwrap());
    facts.commitment = h.mul_vartime(&value) + q.mul_vartime(&Scalar::from_u64(BETA));
    wins_only_without(Omitted::Commitment, &facts, &prover.answered(proof, c));
}

/// a = [κ]σ₀, and V = [−κ/z]σ₀ when z is known.
#[test]
fn t02_blinded_signatures_that_are_not_in_the_transcript() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let mut prover = cheat([TOO_MUCH, 0], 9);
    let mut proof = prover.committed(&facts);
    let kappa = Scalar::from_u64(99);
    proof.a[0] = small().1.signatures[0].mul_vartime(&kappa);
    let c = challenge(&facts, &proof, Omitted::Blinded, &mut transcript());
    let z = prover.s[0] + Scalar::from_u128(c) * prover.digits[0];
    prover.v[0] = -(kappa * z.invert().unwrap());
    prover.q[0] = Scalar::from_u64(0);
    let a = proof.a;
    let mut forged = prover.answered(prover.committed(&facts), c);
    (forged.a, forged.v_bar[0]) = (a, honest_v_bar(&prover)[0]);
    wins_only_without(Omitted::Blinded, &facts, &forged);
}

#[test]
fn t02_answers_that_are_not_in_the_transcript() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let prover = cheat([TOO_MUCH, 0], 10);
    let mut proof = prover.committed(&facts);
    proof.v_bar = honest_v_bar(&prover);
    let c = challenge(&facts, &proof, Omitted::Answers, &mut transcript());
    let mut forged = prover.answered(proof, c);
    (forged.a, _) = forged.recomputed(&facts, c);
    wins_only_without(Omitted::Answers, &facts, &forged);
}

#[test]
fn t02_a_row_that_is_not_in_the_transcript() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH));
    let prover = cheat([0, 0], 11);
    let proof = prover.committed(&facts);
    let c = challenge(&facts, &proof, Omitted::Row, &mut transcript());
    let mut forged = prover.answered(proof, c);
    (_, forged.row) = forged.recomputed(&facts, c);
    wins_only_without(Omitted::Row, &facts, &forged);
}

/// Digits that no one signed, negative or just too large, in a sum that is right.
#[test]
fn t16_digits_beyond_the_last_and_below_zero() {
    let minus_five = -Scalar::from_u64(5);
    for (value, digits) in [
        (minus_five, [minus_five, Scalar::from_u64(0)]),
        (Scalar::from_u64(16), [Scalar::from_u64(16), Scalar::from_u64(0)]),
        (Scalar::from_u64(256), [Scalar::from_u64(0), Scalar::from_u64(16)]),
    ] {
        let (facts, _) = claimed(value);
        let prover = Prover { digits: digits.to_vec(), ..cheat([0, 0], 12) };
        let forged = prover.proved(&facts, Omitted::Nothing, transcript());
        wins_only_without(Omitted::Pairing, &facts, &forged);
    }
}

/// Two digits whose errors cancel: [τ₀v₀ + τ₁v₁]σ₀ = O, so one weight for both pairings proves 10⁹ + 16.
#[test]
fn t06_pairings_that_cancel_under_equal_weights() {
    let (facts, _) = claimed(Scalar::from_u64(TOO_MUCH + 16));
    let mut prover = cheat([TOO_MUCH, 1], 13);
    prover.v[1] = -(prover.v[0] * prover.digits[0]);
    let forged = prover.proved(&facts, Omitted::Nothing, transcript());
    let sum = |points: &[G1]| points.iter().copied().sum::<G1>();
    let x = SecretResidue::from_u64(super::setup::X);
    assert_eq!(sum(&forged.v_bar), sum(&forged.v).mul(&x));
    wins_only_without(Omitted::Pairing, &facts, &forged);
}
