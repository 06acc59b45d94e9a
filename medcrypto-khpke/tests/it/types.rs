//! What the types alone say: secrets stay where they are, and what is checked has one door.

use medcrypto_khpke::paper::{PaperCiphertext, PaperPublicKey, PaperSecretKey};
use medcrypto_khpke::{
    Ciphertext, Core, DecryptionKey, Error, EvaluationKey, EvaluationProof, EvaluationStatement,
    EvaluationWitness, MessagePoints, PublicKey, RegisteredKey, VerifiedCore, VerifiedEvaluation,
};
use static_assertions::assert_not_impl_any;

use crate::fixture::{Reader, alice};

assert_not_impl_any!(DecryptionKey: Copy, Clone, PartialEq, Default);
assert_not_impl_any!(EvaluationKey: Copy, Clone, PartialEq, Default);
assert_not_impl_any!(EvaluationWitness: Copy, Clone, PartialEq, Default);
assert_not_impl_any!(MessagePoints: Copy, Clone, PartialEq, Default);
assert_not_impl_any!(RegisteredKey: From<PublicKey>, TryFrom<PublicKey>, Default);
assert_not_impl_any!(VerifiedCore: From<Core>, TryFrom<Core>, From<Ciphertext>, Default);
assert_not_impl_any!(Ciphertext: From<Core>, TryFrom<Core>, From<PaperCiphertext>, Default);
assert_not_impl_any!(PublicKey: From<PaperPublicKey>, TryFrom<PaperPublicKey>);
assert_not_impl_any!(DecryptionKey: From<PaperSecretKey>, TryFrom<PaperSecretKey>);
assert_not_impl_any!(VerifiedEvaluation<'static>: From<EvaluationStatement<'static>>, Default);

/// Stands where a type has no decoder of its own.
struct Absent;

trait NoDecoder {
    fn from_bytes(_: &[u8]) -> Absent {
        Absent
    }
}

impl<T> NoDecoder for T {}

/// A decoder of a checked type would be a way round the check, and would not compile here.
#[test]
fn t26_what_is_checked_has_no_decoder() {
    let _: Absent = RegisteredKey::from_bytes(&[]);
    let _: Absent = VerifiedCore::from_bytes(&[]);
    let _: Absent = VerifiedEvaluation::from_bytes(&[]);
    let _: fn(&[u8]) -> Result<EvaluationProof, _> = EvaluationProof::from_bytes;
}

/// An evaluator looks at the key that it is given: the id alone says nothing.
#[test]
fn t12_an_evaluation_key_is_checked_against_its_public_key() {
    let (reader, stranger) = (alice(), Reader::new(1, 70));
    let key = reader.secret.evaluation_key();
    assert_eq!(key.verify(&reader.key), Ok(()));
    assert_eq!(key.verify(&stranger.key), Err(Error::Mismatch));
    for (part, other) in [(35, 36), (131, 132)] {
        let mut bytes = key.to_secret_bytes().to_vec();
        let foreign = stranger.secret.evaluation_key().to_secret_bytes();
        bytes[part..part + 96].copy_from_slice(&foreign[part..part + 96]);
        assert_eq!(
            EvaluationKey::from_bytes(&bytes).unwrap().verify(&reader.key),
            Err(Error::Verification)
        );
        let mut bytes = key.to_secret_bytes().to_vec();
        bytes[other] ^= 1;
        let changed = EvaluationKey::from_bytes(&bytes).unwrap();
        assert_eq!(changed.verify(&reader.key), Err(Error::Verification));
    }
}
