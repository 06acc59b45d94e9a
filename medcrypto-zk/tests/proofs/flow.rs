//! The way of a proof from key to verdict.

use medcrypto_core::DecodeError;
use medcrypto_zk::Error;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::LineageId;
use medcrypto_zk::proof::Proof;
use medcrypto_zk::record::{Entry, Record};
use medcrypto_zk::requirement::Truth;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::statement::{Context, Kind};

use crate::common::{
    Patient, context, key, patient, proven, record, rng, scope, statement, statement_for,
};

#[test]
fn a_met_requirement_is_proven_and_verified() {
    let (statement, proof) = proven();
    key().verifying_key().verify(statement, proof).unwrap();
    let bytes = proof.to_bytes();
    assert_eq!((bytes.len(), Proof::LEN), (195, 195));
    assert_eq!(&Proof::from_bytes(&bytes).unwrap(), proof);
}

#[test]
fn the_key_serves_other_holders_and_both_kinds() {
    let other = patient(40);
    let statement = statement_for(&other, context().digest(), &scope(Kind::PerPerson));
    let proof = key().prove(&statement, &other.opening, &other.secret, &mut rng(41)).unwrap();
    key().verifying_key().verify(&statement, &proof).unwrap();
    assert_ne!(statement.nullifier(), proven().0.nullifier());
}

fn with(change: impl FnOnce(&mut Record)) -> Patient {
    let Patient { secret, .. } = patient(2);
    let mut record = record();
    change(&mut record);
    let lineage = LineageId::from_id(&[7; 31]);
    let opening = RecordOpening::generate(record, secret.commitment(), lineage, &mut rng(9));
    Patient { secret, opening }
}

#[test]
fn an_unmet_requirement_is_an_error_before_any_work() {
    let glucose = Schema::clinical_v1().field("glucose").unwrap();
    for entry in [Entry::point(609), Entry::Missing] {
        let patient = with(|record| record.set(glucose, entry).unwrap());
        let statement = statement(&patient);
        let proof = key().prove(&statement, &patient.opening, &patient.secret, &mut rng(1));
        assert_eq!(proof.unwrap_err(), Error::Unmet);
    }
}

/// Different parts fail, and neither the value nor the error tells which.
#[test]
fn t22_which_part_failed_is_told_to_nobody() {
    let schema = Schema::clinical_v1();
    let requirement = crate::common::requirement(crate::common::REQUIREMENT);
    let fails = |name: &str, value: u64| {
        let field = schema.field(name).unwrap();
        let mut failing = record();
        failing.set(field, Entry::point(value)).unwrap();
        let patient = with(|record| record.set(field, Entry::point(value)).unwrap());
        let statement = statement(&patient);
        let refused = key().prove(&statement, &patient.opening, &patient.secret, &mut rng(1));
        (requirement.evaluate(&failing), refused.unwrap_err())
    };
    let (sugar, age) = (fails("glucose", 100), fails("birth_date", 40_000));
    assert_eq!(sugar, (Truth::False, Error::Unmet));
    assert_eq!(age, sugar);
}

#[test]
fn a_statement_about_something_else_is_refused_by_the_prover() {
    let (own, other) = (patient(2), patient(3));
    let foreign = statement(&other);
    let proof = key().prove(&foreign, &own.opening, &own.secret, &mut rng(1));
    assert_eq!(proof.unwrap_err(), Error::Inconsistent);
    let proof = key().prove(&foreign, &other.opening, &own.secret, &mut rng(1));
    assert_eq!(proof.unwrap_err(), Error::WrongRecord);
    let policy = crate::common::policy().digest();
    let derived = key().statement(
        &other.opening,
        &own.secret,
        context().digest(),
        &scope(Kind::PerPerson),
        policy,
    );
    assert_eq!(derived.unwrap_err(), Error::WrongRecord);
}

/// One changed field of the context each, and the honest proof verifies under none.
#[test]
fn t09_a_proof_is_of_no_use_under_another_context() {
    let patient = patient(2);
    let honest = context();
    let mut changed = [honest; 10];
    changed[0].verifying_key[31] ^= 1;
    changed[1].chain[0] ^= 1;
    changed[2].contract[0] ^= 1;
    changed[3].request[0] ^= 1;
    changed[4].version += 1;
    changed[5].policy[0] ^= 1;
    changed[6].institution_key = b"institution keY".into();
    changed[7].patient_key = b"patient keY".into();
    changed[8].nonce[0] ^= 1;
    changed[9].expiry_ms += 1;
    let (_, proof) = proven();
    for context in &changed {
        let statement = statement_for(&patient, context.digest(), &scope(Kind::PerLineage));
        assert_eq!(key().verifying_key().verify(&statement, proof), Err(Error::Verification));
    }
    // Moving a byte between the two keys is another context too.
    let moved = Context {
        institution_key: b"institution keyp".into(),
        patient_key: b"atient key".into(),
        ..honest
    };
    assert_ne!(moved.digest(), honest.digest());
}

#[test]
fn t12_a_rerandomised_proof_has_the_same_nullifier_and_other_bytes() {
    use ark_bls12_381::Bls12_381;
    use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
    let (statement, proof) = proven();
    let vk = crate::arkworks::raw_key();
    let raw =
        ark_groth16::Proof::<Bls12_381>::deserialize_compressed(&proof.to_bytes()[3..]).unwrap();
    let again = ark_groth16::Groth16::<Bls12_381>::rerandomize_proof(&vk, &raw, &mut rng(8));
    let mut bytes = proof.to_bytes()[..3].to_vec();
    again.serialize_compressed(&mut bytes).unwrap();
    let again = Proof::from_bytes(&bytes).unwrap();
    assert_ne!(&again, proof);
    // It verifies: only a registry that knows N can refuse it.
    key().verifying_key().verify(statement, &again).unwrap();
}

#[test]
fn t21_two_proofs_of_one_statement_share_no_point() {
    let ((statement, proof), patient) = (proven(), patient(2));
    let again = key().prove(statement, &patient.opening, &patient.secret, &mut rng(30)).unwrap();
    key().verifying_key().verify(statement, &again).unwrap();
    let (first, second) = (proof.to_bytes(), again.to_bytes());
    for part in [3..51, 51..147, 147..195] {
        assert_ne!(first[part.clone()], second[part]);
    }
}

#[test]
fn every_byte_of_a_proof_matters() {
    let (statement, proof) = proven();
    let bytes = proof.to_bytes();
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 1 << (position % 8);
        if let Ok(changed) = Proof::from_bytes(&changed) {
            let verdict = key().verifying_key().verify(statement, &changed);
            assert_eq!(verdict, Err(Error::Verification), "byte {position}");
        }
    }
}

#[test]
fn t15_points_at_infinity_and_outside_the_subgroup_are_refused() {
    use ark_serialize::CanonicalSerialize;
    let bytes = proven().1.to_bytes();
    for (start, end) in [(3, 51), (51, 147), (147, 195)] {
        let mut infinity = bytes.clone();
        infinity[start..end].fill(0);
        infinity[start] = 0xc0;
        assert_eq!(Proof::from_bytes(&infinity), Err(DecodeError::Identity));
        let mut off_curve = bytes.clone();
        off_curve[start..end].fill(0xff);
        assert_eq!(Proof::from_bytes(&off_curve), Err(DecodeError::NotInGroup));
    }
    let stray = (1u64..)
        .filter_map(|x| ark_bls12_381::G1Affine::get_point_from_x_unchecked(x.into(), false))
        .find(|point| !point.is_in_correct_subgroup_assuming_on_curve())
        .unwrap();
    let mut outside = bytes.clone();
    stray.serialize_compressed(&mut outside[3..51]).unwrap();
    assert_eq!(Proof::from_bytes(&outside), Err(DecodeError::NotInGroup));
}

#[test]
fn a_proof_has_one_length_and_one_header() {
    let bytes = proven().1.to_bytes();
    let long: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert_eq!(Proof::from_bytes(&long), Err(DecodeError::Length));
    for len in [0, 2, 3, 50, 194] {
        assert_eq!(Proof::from_bytes(&bytes[..len]), Err(DecodeError::Length));
    }
    for position in 0..3 {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        assert_eq!(Proof::from_bytes(&changed), Err(DecodeError::Header));
    }
}
