//! Two answers give the witness; one answer gives nothing.

use medcrypto_core::bls::{G1, G2, Scalar, multi_pairing};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{BatchableRangeProof, Commitment, Error, RangeProof, RangeStatement};
use rand_core::{CryptoRng, RngCore};

use super::reference::{Facts, Omitted, Parsed, Prover, challenge};
use super::setup::{committed, rng, small, transcript};
use crate::fixture::generator;

/// The facts of a true statement whose β is known, and an honest prover of it.
fn honest() -> (Facts, Prover) {
    let (parameters, parts) = small();
    let (digits, beta) = ([9, 4].map(Scalar::from_u64).to_vec(), Scalar::from_u64(123));
    let point = generator(b"H", 0).mul_vartime(&Scalar::from_u64(9 + 16 * 4))
        + generator(b"Q", 0).mul_vartime(&beta);
    let commitment = Commitment::from_bytes(&point.to_bytes()).unwrap();
    let statement = RangeStatement { interval: parameters.bits(8).unwrap(), commitment };
    let signed = [9, 4].map(|i: usize| parts.signatures[i]).to_vec();
    (Facts::new(parts, &statement), Prover::new(signed, digits, beta, 21))
}

/// 2-special soundness: the difference of two answers to one first message, over that of the challenges.
#[test]
fn m10_two_answers_to_one_first_message_give_the_witness() {
    let (facts, prover) = honest();
    let first = prover.committed(&facts);
    let [one, two] = [11, 29].map(|c| prover.answered(first.clone(), c));
    for proof in [&one, &two] {
        assert_eq!(proof.recomputed(&facts, proof.c), (proof.a.clone(), proof.row));
    }
    let over = Scalar::from_u64(29 - 11).invert().unwrap();
    let extract = |one: &[Scalar], two: &[Scalar]| -> Vec<Scalar> {
        one.iter().zip(two).map(|(one, two)| (*two - *one) * over).collect()
    };
    assert_eq!(extract(&one.z, &two.z), prover.digits);
    assert_eq!(extract(&one.zv, &two.zv), prover.v);
    assert_eq!(extract(&[one.z_beta], &[two.z_beta]), [prover.beta]);
}

/// Zero knowledge without a trapdoor, E22: all from σ₀ and random answers, for a true and a false statement;
/// it convinces who lets the challenge be chosen, and nobody else.
#[test]
fn m10_x07_e22_a_simulated_proof_verifies_only_with_its_own_challenge() {
    let (facts, prover) = honest();
    let h = generator(b"H", 0);
    for commitment in [facts.commitment, facts.commitment + h.mul_vartime(&Scalar::from_u64(256))] {
        let facts = Facts { commitment, ..facts.clone() };
        let mut simulated = prover.committed(&facts);
        simulated.v = prover.v.iter().map(|v| facts.parts.signatures[0].mul_vartime(v)).collect();
        simulated.v_bar = prover.v.iter().map(|v| facts.parts.base.mul_vartime(v)).collect();
        (simulated.z, simulated.zv) = (prover.s.clone(), prover.q.clone());
        (simulated.z_beta, simulated.c) = (prover.s_beta, 0xc0de);
        (simulated.a, simulated.row) = simulated.recomputed(&facts, simulated.c);
        assert!(simulated.accepted(&facts, Omitted::Challenge, transcript()));
        assert!(!simulated.accepted(&facts, Omitted::Nothing, transcript()));
        let commitment = Commitment::from_bytes(&commitment.to_bytes()).unwrap();
        let statement = RangeStatement { interval: small().0.bits(8).unwrap(), commitment };
        let proof = RangeProof::from_bytes(&simulated.compact()).unwrap();
        assert_eq!(proof.verify(&statement, &mut transcript()), Err(Error::Verification));
    }
}

/// X4 against our responses: whichever s is taken for the nonce, no digit explains the rest.
#[test]
fn x04_e10_the_printed_leak_finds_no_digit() {
    let (opening, statement) = committed(small().0.bits(8).unwrap(), 9 + 16 * 4, 22);
    let proof =
        BatchableRangeProof::prove(&statement, &opening, &mut transcript(), &mut rng(23)).unwrap();
    let facts = Facts::new(&small().1, &statement);
    let proof = Parsed::of_batchable(&proof.to_bytes(), 2);
    let c = challenge(&facts, &proof, Omitted::Nothing, &mut transcript());
    let c = Scalar::from_u128(c);
    let one_less = (Scalar::ONE - c).invert().unwrap();
    for j in 0..2 {
        let nonce = proof.z[j] * one_less;
        let q = proof.a[j] + proof.v[j].mul_vartime(&nonce);
        let v = (facts.parts.base.mul_vartime(&proof.zv[j]) - q).mul_vartime(&c.invert().unwrap());
        let explains = |i: &u64| {
            let key = facts.parts.key + G2::generator().mul_vartime(&Scalar::from_u64(*i));
            multi_pairing(&[(proof.v[j], key), (-v, G2::generator())]).is_identity()
        };
        assert_eq!((0..16).find(explains), None);
    }
}

/// A generator that repeats itself, zeros above all.
struct Constant;

impl RngCore for Constant {
    fn next_u32(&mut self) -> u32 {
        0
    }
    fn next_u64(&mut self) -> u64 {
        0
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
        bytes.fill(0);
        Ok(())
    }
}

impl CryptoRng for Constant {}

/// z, zv and z_β, with the challenge that they answer.
fn answered(statement: &RangeStatement<'_>, proof: &[u8], t: &mut Transcript) -> (Parsed, Scalar) {
    let proof = Parsed::of_batchable(proof, 2);
    let facts = Facts::new(&small().1, statement);
    let c = challenge(&facts, &proof, Omitted::Nothing, t);
    (proof, Scalar::from_u128(c))
}

/// T18: a stuck generator in two transcripts gives two nonces, so the extractor extracts nothing.
#[test]
fn t18_a_repeating_generator_reuses_no_nonce() {
    let (opening, statement) = committed(small().0.bits(8).unwrap(), 9 + 16 * 4, 24);
    let sessions = [dst::khpke::RANGE_PER_DIGIT, dst::khpke::VECTOR_PER_DIGIT].map(Transcript::new);
    let prove = |session: &Transcript| {
        BatchableRangeProof::prove(&statement, &opening, &mut session.clone(), &mut Constant)
    };
    let [(one, c1), (two, c2)] = sessions.map(|session| {
        let proof = prove(&session).unwrap();
        assert_eq!(proof.verify(&statement, &mut session.clone()), Ok(()));
        answered(&statement, &proof.to_bytes(), &mut session.clone())
    });
    let over = (c1 - c2).invert().unwrap();
    for (j, digit) in [9, 4].map(Scalar::from_u64).into_iter().enumerate() {
        assert_ne!((one.z[j] - two.z[j]) * over, digit);
    }
    let points = |proof: &Parsed| [&proof.v[..], &proof.v_bar, &proof.a, &[proof.row]].concat();
    let both: Vec<G1> = points(&one).into_iter().chain(points(&two)).collect();
    let distinct: std::collections::HashSet<_> = both.iter().map(G1::to_bytes).collect();
    assert_eq!(distinct.len(), both.len());
}

/// T17, E18: no zero where none may be; the call ends, with an error where zeros are all there is.
#[test]
fn t17_e18_a_generator_of_zeros_draws_no_blinder_of_zero() {
    use medcrypto_khpke::{DecodeError, DigitBits, Opening, insecure};
    assert_eq!(
        Opening::new(5_u64, &mut Constant).map(|_| ()),
        Err(Error::Decode(DecodeError::NonCanonical))
    );
    let dealt = insecure::deal(DigitBits::new(1).unwrap(), &mut Constant);
    assert_eq!(dealt, Err(Error::Decode(DecodeError::Identity)));
    let (opening, statement) = committed(small().0.bits(8).unwrap(), 0, 25);
    let proof = RangeProof::prove(&statement, &opening, &mut transcript(), &mut Constant).unwrap();
    assert_eq!(proof.verify(&statement, &mut transcript()), Ok(()));
}
