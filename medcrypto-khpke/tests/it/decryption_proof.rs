//! Proofs of decryption.

use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    Ciphertext, DecodeError, DecryptionProof, DecryptionStatement, Error, Slots,
};

use crate::fixture::{Reader, ad, alice, rng, transcript};
use crate::raw;

fn prove(reader: &Reader, statement: &DecryptionStatement<'_>) -> Result<DecryptionProof, Error> {
    DecryptionProof::prove(statement, &reader.secret, &mut transcript(), &mut rng(50))
}

fn verify(proof: &DecryptionProof, statement: &DecryptionStatement<'_>) -> Result<(), Error> {
    proof.verify(statement, &mut transcript())
}

#[test]
fn a_decryption_is_proved_and_every_change_of_the_statement_is_refused() {
    let reader = Reader::new(2, 51);
    let (round, other) = (ad("round 1"), ad("round 2"));
    let ciphertext = reader.key.encrypt(&round, &[42, -7], &mut rng(52)).unwrap();
    let messages = [42, -7];
    let statement = DecryptionStatement {
        key: &reader.key,
        ad: &round,
        ciphertext: &ciphertext,
        messages: &messages,
    };
    let proof = prove(&reader, &statement).unwrap();
    assert_eq!(verify(&proof, &statement), Ok(()));
    let mut elsewhere = Transcript::new(dst::khpke::TRANSFER_PER_DIGIT);
    let refused = Err(Error::Verification);
    assert_eq!(proof.verify(&statement, &mut elsewhere), refused);
    for messages in [&[43, -7][..], &[42, -6], &[-7, 42], &[42], &[42, -7, 0], &[]] {
        assert_eq!(verify(&proof, &DecryptionStatement { messages, ..statement }), refused);
    }
    let with = |statement: DecryptionStatement<'_>| verify(&proof, &statement);
    assert_eq!(with(DecryptionStatement { ad: &other, ..statement }), refused);
    let again = reader.key.encrypt(&round, &[42, -7], &mut rng(53)).unwrap();
    assert_eq!(with(DecryptionStatement { ciphertext: &again, ..statement }), refused);
    let narrow = alice().key.encrypt(&round, &[42], &mut rng(53)).unwrap();
    assert_eq!(with(DecryptionStatement { ciphertext: &narrow, ..statement }), refused);
    let stranger = Reader::new(2, 54);
    assert_eq!(with(DecryptionStatement { key: &stranger.key, ..statement }), refused);
    assert_eq!(with(DecryptionStatement { key: &alice().key, ..statement }), refused);
}

/// The prover proves nothing false, and says nothing about what does not decrypt.
#[test]
fn the_prover_refuses_what_does_not_decrypt_to_the_stated_numbers() {
    let (reader, round) = (alice(), ad("round 1"));
    let ciphertext = reader.key.encrypt(&round, &[42], &mut rng(55)).unwrap();
    let sound = DecryptionStatement {
        key: &reader.key,
        ad: &round,
        ciphertext: &ciphertext,
        messages: &[42],
    };
    assert!(prove(reader, &sound).is_ok());
    for messages in [&[41][..], &[-42]] {
        let statement = DecryptionStatement { messages, ..sound };
        assert_eq!(prove(reader, &statement), Err(Error::Decryption));
    }
    let short = DecryptionStatement { messages: &[], ..sound };
    assert_eq!(prove(reader, &short), Err(Error::Count));
    let mut bytes = ciphertext.to_bytes();
    bytes[raw::LEN - 1] ^= 1;
    let changed = Ciphertext::from_bytes(&bytes).unwrap();
    let statement = DecryptionStatement { ciphertext: &changed, ..sound };
    assert_eq!(prove(reader, &statement), Err(Error::Decryption));
    let moved = ad("round 2");
    let statement = DecryptionStatement { ad: &moved, ..sound };
    assert_eq!(prove(reader, &statement), Err(Error::Decryption));
    let stranger = Reader::new(1, 56);
    assert_eq!(prove(&stranger, &sound), Err(Error::Mismatch));
}

#[test]
fn every_byte_of_the_proof_counts() {
    let (reader, round) = (alice(), ad("round 1"));
    let ciphertext = reader.key.encrypt(&round, &[42], &mut rng(57)).unwrap();
    let statement = DecryptionStatement {
        key: &reader.key,
        ad: &round,
        ciphertext: &ciphertext,
        messages: &[42],
    };
    let proof = prove(reader, &statement).unwrap();
    let bytes = proof.to_bytes();
    assert_eq!(bytes.len(), DecryptionProof::len(Slots::ONE));
    for i in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[i] ^= 1;
        let changed = DecryptionProof::from_bytes(&changed);
        let refused = changed
            .map_or(true, |changed| verify(&changed, &statement) == Err(Error::Verification));
        assert!(refused, "byte {i}");
        assert!(DecryptionProof::from_bytes(&bytes[..i]).is_err());
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(DecryptionProof::from_bytes(&longer), Err(DecodeError::Length));
    assert_eq!(DecryptionProof::from_bytes(&bytes), Ok(proof));
    let zero = [vec![1, 1, 0x46, 1], vec![0; 112]].concat();
    assert_eq!(DecryptionProof::from_bytes(&zero), Err(DecodeError::NonCanonical));
}
