//! What arkworks' own verifier lets through, and ours does not.

use ark_bls12_381::{Bls12_381, Fr};
use ark_ff::PrimeField;
use ark_groth16::{Groth16, PreparedVerifyingKey, prepare_verifying_key};
use ark_serialize::CanonicalDeserialize;
use medcrypto_core::DecodeError;
use medcrypto_zk::keys::VerifyingKey;
use medcrypto_zk::statement::{Kind, Statement};

use crate::common::{context, key, patient, rng, scope, statement_for};

/// The points of the key, as arkworks reads them.
pub(crate) fn raw_key() -> ark_groth16::VerifyingKey<Bls12_381> {
    let bytes = key().verifying_key().to_bytes();
    let points = &bytes[bytes.len() - VerifyingKey::POINTS_LEN..];
    ark_groth16::VerifyingKey::deserialize_compressed(points).unwrap()
}

fn raw_inputs(statement: &Statement) -> Vec<Fr> {
    statement.to_bytes()[3..].chunks(32).map(Fr::from_be_bytes_mod_order).collect()
}

/// Done-when 5. The last input is the kind; per person it is 0, which is what arkworks takes a
/// missing input for, and an eighth one it ignores.
#[test]
fn t01_arkworks_accepts_truncated_and_overlong_inputs_and_we_do_not() {
    let patient = patient(5);
    let statement = statement_for(&patient, context().digest(), &scope(Kind::PerPerson));
    let proof = key().prove(&statement, &patient.opening, &patient.secret, &mut rng(6)).unwrap();
    let raw = ark_groth16::Proof::deserialize_compressed(&proof.to_bytes()[3..]).unwrap();
    let prepared: PreparedVerifyingKey<Bls12_381> = prepare_verifying_key(&raw_key());
    let accepts =
        |inputs: &[Fr]| Groth16::<Bls12_381>::verify_proof(&prepared, &raw, inputs).unwrap();
    let inputs = raw_inputs(&statement);
    assert_eq!(inputs.len(), 7);
    let overlong: Vec<Fr> = inputs.iter().copied().chain([Fr::from(12_345)]).collect();
    assert!(accepts(&inputs));
    assert!(accepts(&inputs[..6]), "arkworks has changed: the truncated list is refused now");
    assert!(accepts(&overlong), "arkworks has changed: the overlong list is refused now");
    assert!(!accepts(&inputs[..5]));

    key().verifying_key().verify(&statement, &proof).unwrap();
    let bytes = statement.to_bytes();
    assert_eq!(Statement::from_bytes(&bytes), Ok(statement));
    assert_eq!(Statement::from_bytes(&bytes[..3 + 6 * 32]), Err(DecodeError::Length));
    let overlong: Vec<u8> = bytes.iter().copied().chain([0; 32]).collect();
    assert_eq!(Statement::from_bytes(&overlong), Err(DecodeError::Length));
}

#[test]
fn both_verifiers_agree_on_the_full_list() {
    let (statement, proof) = crate::common::proven();
    let raw = ark_groth16::Proof::deserialize_compressed(&proof.to_bytes()[3..]).unwrap();
    let prepared = prepare_verifying_key(&raw_key());
    let mut inputs = raw_inputs(statement);
    assert!(Groth16::<Bls12_381>::verify_proof(&prepared, &raw, &inputs).unwrap());
    inputs.swap(2, 5);
    assert!(!Groth16::<Bls12_381>::verify_proof(&prepared, &raw, &inputs).unwrap());
}
