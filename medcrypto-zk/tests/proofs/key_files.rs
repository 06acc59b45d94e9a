//! Key files: strict, labelled, and refused when damaged or degenerate.

use std::time::Instant;

use medcrypto_core::DecodeError;
use medcrypto_zk::Error;
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{Provenance, ProvingKey, VerifyingKey};

use sha2::Digest;

use crate::common::{REQUIREMENT, key, patient, proven, requirement, rng};

fn circuit() -> Circuit {
    Circuit::compile(&requirement(REQUIREMENT)).unwrap()
}

#[test]
fn a_verifying_key_keeps_its_bytes_and_its_label() {
    let key = key().verifying_key();
    let bytes = key.to_bytes();
    let operator = "test suite".len();
    assert_eq!(bytes.len(), 3 + 1 + 2 + operator + 8 + 3 * 32 + VerifyingKey::POINTS_LEN);
    assert_eq!(VerifyingKey::POINTS_LEN, 728);
    let decoded = VerifyingKey::from_bytes(&bytes).unwrap();
    assert_eq!(&decoded, key);
    assert_eq!(decoded.digest(), key.digest());
    let Provenance::SingleParty { operator, .. } = decoded.provenance() else {
        panic!("another label");
    };
    assert_eq!(operator, "test suite");
    decoded.verify(&proven().0, &proven().1).unwrap();
}

#[test]
fn t17_every_byte_of_a_verifying_key_matters() {
    let bytes = key().verifying_key().to_bytes();
    let digest = key().verifying_key().digest();
    for position in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[position] ^= 0x10;
        if let Ok(other) = VerifyingKey::from_bytes(&changed) {
            assert_ne!(other.digest(), digest, "byte {position}");
        }
    }
    for len in [0, 3, 20, bytes.len() - 1] {
        assert!(VerifyingKey::from_bytes(&bytes[..len]).is_err());
    }
    let long: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    assert!(VerifyingKey::from_bytes(&long).is_err());
}

/// γ, δ and β stand at 48, 144, 240; the IC points from 344.
#[test]
fn t16_degenerate_keys_are_refused() {
    use ark_ec::AffineRepr;
    use ark_serialize::CanonicalSerialize;
    let bytes = key().verifying_key().to_bytes();
    let points = bytes.len() - VerifyingKey::POINTS_LEN;
    let (beta, gamma, delta, ic) = (points + 48, points + 144, points + 240, points + 344);
    let copied = |from: usize, to: usize, len: usize| {
        let mut changed = bytes.clone();
        changed.copy_within(from..from + len, to);
        VerifyingKey::from_bytes(&changed)
    };
    for (from, to, len) in
        [(gamma, delta, 96), (beta, delta, 96), (beta, gamma, 96), (ic, ic + 48, 48)]
    {
        assert_eq!(copied(from, to, len), Err(Error::DegenerateKey));
    }
    let mut generator = bytes.clone();
    ark_bls12_381::G2Affine::generator()
        .serialize_compressed(&mut generator[delta..delta + 96])
        .unwrap();
    assert_eq!(VerifyingKey::from_bytes(&generator), Err(Error::DegenerateKey));
    for (place, len) in [(points, 48), (beta, 96), (gamma, 96), (delta, 96), (ic + 48, 48)] {
        let mut infinity = bytes.clone();
        infinity[place..place + len].fill(0);
        infinity[place] = 0xc0;
        assert_eq!(VerifyingKey::from_bytes(&infinity), Err(Error::DegenerateKey));
    }
    let mut count = bytes;
    count[points + 336] = 7;
    assert!(matches!(VerifyingKey::from_bytes(&count), Err(Error::Decode(_))));
}

#[test]
fn labels_name_their_operator() {
    assert!(Provenance::single_party("", 0).is_err());
    assert!(Provenance::single_party(&"x".repeat(129), 0).is_err());
    assert!(Provenance::single_party(&"x".repeat(128), 0).is_ok());
}

#[test]
fn a_proving_key_file_proves_again_and_a_damaged_one_is_one_clear_error() {
    let bytes = key().to_bytes();
    let start = Instant::now();
    let decoded = ProvingKey::from_bytes(circuit(), &bytes).unwrap();
    eprintln!("proving key {} bytes, decoded in {:?}", bytes.len(), start.elapsed());
    assert_eq!(decoded.to_bytes(), bytes);
    let (statement, patient) = (proven().0, patient(2));
    let proof = decoded.prove(&statement, &patient.opening, &patient.secret, &mut rng(9)).unwrap();
    key().verifying_key().verify(&statement, &proof).unwrap();

    let vk_end = 3 + 32 + 4 + key().verifying_key().to_bytes().len();
    for position in [40, 500, bytes.len() / 2, bytes.len() - 1] {
        let mut damaged = bytes.clone();
        damaged[position] ^= 1;
        let refused = ProvingKey::from_bytes(circuit(), &damaged).unwrap_err();
        assert_eq!(refused, Error::CorruptedKey, "byte {position}");
    }
    for len in [0, 2, 34, 35, 1_000, bytes.len() - 1] {
        assert!(ProvingKey::from_bytes(circuit(), &bytes[..len]).is_err());
    }
    for (position, refused) in [
        // The last byte of the schema digest of the verifying key.
        (vk_end - VerifyingKey::POINTS_LEN - 1, Error::WrongCircuit),
        // The flag of infinity, before coordinates that it contradicts.
        (bytes.len() - 96, Error::Decode(DecodeError::NotInGroup)),
    ] {
        let mut forged = bytes.clone();
        forged[position] ^= if position < vk_end { 1 } else { 0x40 };
        let body = sha2::Sha256::digest(&forged[35..]);
        forged[3..35].copy_from_slice(&body);
        let error = ProvingKey::from_bytes(circuit(), &forged).unwrap_err();
        assert_eq!(error, refused, "byte {position}");
    }
    let other = Circuit::compile(&requirement("present(glucose)")).unwrap();
    assert_eq!(ProvingKey::from_bytes(other, &bytes).unwrap_err(), Error::WrongCircuit);
}
