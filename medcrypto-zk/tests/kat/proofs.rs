//! Keys and proofs: the pinned ones with all their neighbours, and those of the generator's own key.

use ark_bls12_381::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::PrimeField;
use medcrypto_zk::Error;
use medcrypto_zk::keys::{Provenance, VerifyingKey};
use medcrypto_zk::proof::Proof;
use medcrypto_zk::statement::Statement;

use crate::reader::{Case, Outputs, Runner, Verdict, named, run};

/// The exponents of the generator's key, in the order of the points.
const EXPONENTS: [&str; 12] =
    ["alpha", "beta", "gamma", "delta", "ic0", "ic1", "ic2", "ic3", "ic4", "ic5", "ic6", "ic7"];

#[test]
fn t08_t10_proofs_give_the_known_answers() {
    let json = include_str!("../../../vectors/zk/groth16.json");
    run(json, "medcrypto-zk/groth16", &[("verify", verify)]);
}

#[test]
fn t15_t16_keys_and_proofs_are_decoded_as_recorded() {
    let json = include_str!("../../../vectors/zk/decoding.json");
    let kinds: [(_, Runner); 2] = [("verifying-key", verifying_key), ("proof", proof)];
    run(json, "medcrypto-zk/decoding", &kinds);
}

/// The name of the error; that of the decoder, if it is the decoder's.
fn class(error: Error) -> String {
    match error {
        Error::Decode(error) => named(error),
        other => named(other),
    }
}

fn scalar(case: &Case, name: &str) -> Fr {
    Fr::from_be_bytes_mod_order(&case.random::<32>(name))
}

fn compressed<P: AffineRepr>(scalar: Fr) -> Vec<u8>
where
    P::ScalarField: From<Fr>,
{
    let mut bytes = Vec::new();
    let point = (P::generator() * P::ScalarField::from(scalar)).into_affine();
    point.serialize_compressed(&mut bytes).unwrap();
    bytes
}

/// The points of a key are the recorded exponents times the generators.
fn assert_exponents(case: &Case, key: &[u8]) {
    let points: Vec<u8> = EXPONENTS
        .iter()
        .zip(0..)
        .map(|(name, index)| (scalar(case, name), index))
        .flat_map(|(scalar, index)| match index {
            1..=3 => compressed::<G2Affine>(scalar),
            _ => compressed::<G1Affine>(scalar),
        })
        .collect();
    let ours = &key[key.len() - VerifyingKey::POINTS_LEN..];
    assert_eq!(ours[..336], points[..336]);
    assert_eq!(ours[344..], points[336..]);
}

/// A and B are the recorded exponents times the generators.
fn assert_simulated(case: &Case, proof: &[u8]) {
    assert_eq!(proof[3..51], compressed::<G1Affine>(scalar(case, "a")));
    assert_eq!(proof[51..147], compressed::<G2Affine>(scalar(case, "b")));
}

fn verify(case: &Case) -> Verdict {
    let (key, proof) = (case.bytes("verifying_key"), case.bytes("proof"));
    if case.has_random("a") {
        assert_exponents(case, &key);
        assert_simulated(case, &proof);
    }
    if case.has_random("rho") {
        assert_ne!(scalar(case, "rho"), Fr::from(1u64));
    }
    let key = VerifyingKey::from_bytes(&key).unwrap();
    let statement = Statement::from_bytes(&case.bytes("statement")).unwrap();
    let proof = Proof::from_bytes(&proof).unwrap();
    key.verify(&statement, &proof).map_err(class)?;
    Ok(Outputs::new())
}

fn verifying_key(case: &Case) -> Verdict {
    let bytes = case.bytes("bytes");
    let key = VerifyingKey::from_bytes(&bytes).map_err(class)?;
    assert_eq!(key.to_bytes(), bytes);
    assert_exponents(case, &bytes);
    let Provenance::SingleParty { operator, created_ms } = key.provenance() else {
        panic!("another label");
    };
    Ok(Outputs::from([
        ("operator", operator.as_bytes().to_vec()),
        ("created_ms", created_ms.to_be_bytes().to_vec()),
        ("circuit", key.circuit_digest().to_vec()),
        ("requirement", key.requirement_digest().to_bytes().to_vec()),
        ("schema", key.schema_digest().to_bytes().to_vec()),
        ("digest", key.digest().to_vec()),
    ]))
}

fn proof(case: &Case) -> Verdict {
    let bytes = case.bytes("bytes");
    let proof = Proof::from_bytes(&bytes).map_err(named)?;
    assert_eq!(proof.to_bytes(), bytes);
    assert_simulated(case, &bytes);
    Ok(Outputs::new())
}
