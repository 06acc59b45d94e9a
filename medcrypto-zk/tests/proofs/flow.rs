//! The way of a proof from key to verdict.

use std::time::Instant;

use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::proof::Proof;

use crate::common::{REQUIREMENT, key, patient, requirement, rng, statement};

#[test]
fn a_met_requirement_is_proven_and_verified() {
    let start = Instant::now();
    let circuit = Circuit::compile(&requirement(REQUIREMENT)).unwrap();
    let compiled = start.elapsed();
    let (start, key) = (Instant::now(), key());
    let set_up = start.elapsed();
    let patient = patient(2);
    let statement = statement(&patient);
    let start = Instant::now();
    let proof = key.prove(&statement, &patient.opening, &patient.secret, &mut rng(3)).unwrap();
    let proven = start.elapsed();
    let start = Instant::now();
    key.verifying_key().verify(&statement, &proof).unwrap();
    let verified = start.elapsed();
    eprintln!(
        "constraints {} variables {} compile {compiled:?} setup {set_up:?} prove {proven:?} verify {verified:?}",
        circuit.constraints(),
        circuit.variables()
    );
    let bytes = proof.to_bytes();
    assert_eq!(bytes.len(), Proof::LEN);
    assert_eq!(Proof::from_bytes(&bytes).unwrap(), proof);
}
