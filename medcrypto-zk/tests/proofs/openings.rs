//! Record openings: what travels inside the ciphertext.

use medcrypto_core::DecodeError;
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::LineageId;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::schema::Schema;
use static_assertions::assert_not_impl_any;

use crate::common::{patient, record, rng};

assert_not_impl_any!(RecordOpening: Clone, Copy, PartialEq);
assert_not_impl_any!(HolderSecret: Clone, Copy, PartialEq);

#[test]
fn the_receiver_recomputes_the_commitment() {
    let patient = patient(2);
    let bytes = patient.opening.to_secret_bytes();
    let received = RecordOpening::from_bytes(Schema::clinical_v1(), &bytes).unwrap();
    assert_eq!(received.commitment(), patient.opening.commitment());
    assert_eq!(received.to_secret_bytes(), bytes);
}

#[test]
fn every_byte_of_an_opening_changes_the_commitment_or_is_refused() {
    let patient = patient(2);
    let bytes = patient.opening.to_secret_bytes();
    for position in 0..bytes.len() {
        let mut changed = bytes.to_vec();
        changed[position] ^= 1;
        if let Ok(other) = RecordOpening::from_bytes(Schema::clinical_v1(), &changed) {
            assert_ne!(other.commitment(), patient.opening.commitment(), "byte {position}");
        }
    }
    for len in [0, 2, 34, 130, bytes.len() - 1] {
        let cut = RecordOpening::from_bytes(Schema::clinical_v1(), &bytes[..len]);
        assert_eq!(cut.unwrap_err(), DecodeError::Length);
    }
    let long: Vec<u8> = bytes.iter().copied().chain([0]).collect();
    let long = RecordOpening::from_bytes(Schema::clinical_v1(), &long);
    assert_eq!(long.unwrap_err(), DecodeError::Length);
}

#[test]
fn t13_the_same_record_has_another_commitment_every_time() {
    let secret = HolderSecret::generate(&mut rng(1));
    let lineage = LineageId::from_id(&[1; 31]);
    let rng = &mut rng(2);
    let first = RecordOpening::generate(record(), secret.commitment(), lineage, rng);
    let second = RecordOpening::generate(record(), secret.commitment(), lineage, rng);
    assert_ne!(first.commitment(), second.commitment());
}

#[test]
fn secrets_are_not_printed() {
    let patient = patient(2);
    assert_eq!(format!("{:?}", patient.opening), "RecordOpening { .. }");
    assert_eq!(format!("{:?}", patient.secret), "HolderSecret(SecretBytes { .. })");
}
