//! Key files: strict, labelled, and refused when damaged or degenerate.

use std::time::Instant;

use medcrypto_core::DecodeError;
use medcrypto_zk::Error;
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{Provenance, ProvingKey, VerifyingKey};
use medcrypto_zk::proof::Proof;
use medcrypto_zk::statement::Statement;

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

/// With δ = k·γ for a known k anybody proves anything: A = α, B = β, C = −k⁻¹·IC(x). The check of a
/// key's shape catches the accident k = 1 and nothing else, so a key is trusted for its label.
#[test]
fn t16_a_key_whose_delta_is_a_known_multiple_of_gamma_is_forgeable() {
    use ark_bls12_381::{Bls12_381, Fr, G1Affine, G1Projective, G2Affine};
    use ark_ec::CurveGroup;
    use ark_ff::{Field, PrimeField};
    use ark_groth16::{Groth16, Proof as RawProof, prepare_verifying_key};
    use ark_serialize::CanonicalSerialize;
    let honest = crate::arkworks::raw_key();
    let statement = proven().0;
    // The nullifier of nobody: no holder secret is known behind it.
    let mut made_up = statement.to_bytes();
    made_up[3 + 3 * 32 + 31] ^= 1;
    let made_up = Statement::from_bytes(&made_up).unwrap();
    let inputs: Vec<Fr> =
        made_up.to_bytes()[3..].chunks(32).map(Fr::from_be_bytes_mod_order).collect();
    let ic = honest.gamma_abc_g1[1..].iter().zip(&inputs).map(|(point, x)| *point * x);
    let ic = honest.gamma_abc_g1[0] + ic.sum::<G1Projective>();
    let forge = |k: u64| RawProof::<Bls12_381> {
        a: honest.alpha_g1,
        b: honest.beta_g2,
        c: G1Affine::from(-ic * Fr::from(k).inverse().unwrap()),
    };
    let with_delta =
        |delta: G2Affine| ark_groth16::VerifyingKey { delta_g2: delta, ..honest.clone() };
    let accepts = |vk: &ark_groth16::VerifyingKey<Bls12_381>, proof: &RawProof<Bls12_381>| {
        Groth16::<Bls12_381>::verify_proof(&prepare_verifying_key(vk), proof, &inputs).unwrap()
    };
    let bytes = key().verifying_key().to_bytes();
    let delta_at = bytes.len() - VerifyingKey::POINTS_LEN + 240;
    assert!(!accepts(&honest, &forge(1)) && !accepts(&honest, &forge(2)));
    for k in [1, 2] {
        let delta = (honest.gamma_g2 * Fr::from(k)).into_affine();
        assert!(accepts(&with_delta(delta), &forge(k)), "the forgery works, k = {k}");
        let mut file = bytes.clone();
        delta.serialize_compressed(&mut file[delta_at..delta_at + 96]).unwrap();
        let mut proof = proven().1.to_bytes()[..3].to_vec();
        forge(k).serialize_compressed(&mut proof).unwrap();
        let proof = Proof::from_bytes(&proof).unwrap();
        match VerifyingKey::from_bytes(&file) {
            Err(refused) => assert_eq!((k, refused), (1, Error::DegenerateKey)),
            // Well formed: its label names who is trusted, and its digest is another one.
            Ok(trapped) => {
                assert_eq!((k, trapped.verify(&made_up, &proof)), (2, Ok(())));
                assert_ne!(trapped.digest(), key().verifying_key().digest());
            }
        }
        assert_eq!(
            key().verifying_key().verify(&made_up, &proof),
            Err(Error::Verification),
            "the honest key refuses"
        );
    }
}

#[test]
fn labels_name_their_operator() {
    assert!(Provenance::single_party("", 0).is_err());
    assert!(Provenance::single_party(&"x".repeat(129), 0).is_err());
    assert!(Provenance::single_party(&"x".repeat(128), 0).is_ok());
}

/// 2.8 MB are not kept; the file that the pinned seed makes is the one that version 1 has read and written.
#[test]
fn a_proving_key_file_of_version_1_has_these_bytes() {
    let digest = sha2::Sha256::digest(key().to_bytes());
    assert_eq!(
        hex::encode(digest),
        "bd0e7b9d4397634c5bfe0cd31307679e4d144dc06d301666fe4c5942be12307c"
    );
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
