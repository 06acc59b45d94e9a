//! Verifiers of medcrypto-khpke.

use medcrypto_khpke::{
    AccountId, Ciphertext, Combination, DecryptionProof, DecryptionStatement, Error,
    EvaluationProof, EvaluationStatement, PossessionProof, PublicKey, Term,
};

use super::{ad, possession, reader, rng, transcript};
use crate::{edit::Base, verifier::verifier};

verifier! {
    /// Proofs of possession: key, account, proof.
    VERIFY_POSSESSION = "khpke_verify_possession", 3, [4, 0, 4],
    || [1, 2, 3].map(|number| {
        let reader = reader(&[number]).unwrap();
        let public = reader.key.key();
        let proof = possession(public, &reader.secret, number).to_bytes();
        [public.to_bytes(), vec![number; 32], proof].map(Base::new)
    }).into(),
    |[key, account, proof]| {
        let account = AccountId(account.as_slice().try_into().ok()?);
        let proof = PossessionProof::from_bytes(proof).ok()?;
        let key = PublicKey::from_bytes(key).ok()?;
        (proof.to_bytes()[3] == key.slots().get() as u8)
            .then(|| key.register(account, &proof, &mut transcript()).is_ok())
    },
}

/// Which key, associated data, ciphertext.
fn ciphertexts() -> Vec<[Base; 3]> {
    let one = |number: u8, bound: &[u8], seed| {
        let (reader, messages) = (reader(&[number]).unwrap(), [7, -7]);
        let messages = &messages[..reader.key.slots().get()];
        let ciphertext = reader.encrypt(&ad(bound).unwrap(), messages, seed).to_bytes();
        [vec![number], bound.to_vec(), ciphertext].map(Base::new)
    };
    [one(1, b"", 1), one(1, b"upload", 2), one(2, b"upload", 2), one(3, b"round", 3)].into()
}

verifier! {
    /// Decryption: which key, associated data, ciphertext.
    OPEN = "khpke_open", 3, [0, 0, 4], ciphertexts,
    |[number, bound, ciphertext]| {
        let (reader, bound) = (reader(number)?, ad(bound)?);
        let ciphertext = Ciphertext::from_bytes(ciphertext).ok()?;
        let opened = reader.secret.open(&bound, &ciphertext).map(drop);
        (opened != Err(Error::Count)).then_some(opened.is_ok())
    },
}

verifier! {
    /// Whether an evaluation takes an input: which key, associated data, ciphertext.
    EVALUATE = "khpke_evaluate", 3, [0, 0, 4], ciphertexts,
    |[number, bound, ciphertext]| {
        let (reader, bound) = (reader(number)?, ad(bound)?);
        let ciphertext = Ciphertext::from_bytes(ciphertext).ok()?;
        let terms = [Term { weight: 0, ciphertext: &ciphertext, ad: &bound }];
        let constants = vec![1; reader.key.slots().get()];
        let combination = Combination { terms: &terms, constants: &constants, ad: &bound };
        let evaluation = reader.secret.evaluation_key();
        let result = evaluation.evaluate(&reader.key, &combination, |_| true, &mut rng(1)).map(drop);
        (result != Err(Error::Count)).then_some(result.is_ok())
    },
}

/// Which key, weight, associated data and bytes of the input; constant, associated data and bytes of the
/// result; proof.
pub(super) fn evaluation(number: u8, weight: i64) -> [Vec<u8>; 8] {
    let (reader, mut rng) = (reader(&[number]).unwrap(), rng(number));
    let (before, after) = (ad(b"upload").unwrap(), ad(b"round").unwrap());
    let constants = vec![weight + 1; reader.key.slots().get()];
    let input = reader.encrypt(&before, &constants, number);
    let terms = [Term { weight, ciphertext: &input, ad: &before }];
    let combination = Combination { terms: &terms, constants: &constants, ad: &after };
    let evaluation = reader.secret.evaluation_key();
    let (result, witness) =
        evaluation.evaluate(&reader.key, &combination, |_| true, &mut rng).unwrap();
    let statement = EvaluationStatement { key: &reader.key, combination, result: &result };
    let proof = EvaluationProof::prove(&statement, &witness, &mut transcript(), &mut rng).unwrap();
    [
        vec![number],
        weight.to_be_bytes().into(),
        before.as_bytes().into(),
        input.to_bytes(),
        (weight + 1).to_be_bytes().into(),
        after.as_bytes().into(),
        result.to_bytes(),
        proof.to_bytes(),
    ]
}

verifier! {
    /// Proofs of an evaluation.
    VERIFY_EVALUATION = "khpke_verify_evaluation", 8, [0, 0, 0, 4, 0, 0, 4, 3],
    || [(1, 2), (1, -3), (2, 2), (3, 0)]
        .map(|(number, weight)| evaluation(number, weight).map(Base::new))
        .into(),
    |[number, weight, before, input, constant, after, result, proof]| {
        let (reader, before, after) = (reader(number)?, ad(before)?, ad(after)?);
        let weight = i64::from_be_bytes(weight.as_slice().try_into().ok()?);
        let constant = i64::from_be_bytes(constant.as_slice().try_into().ok()?);
        let input = Ciphertext::from_bytes(input).ok()?;
        let result = Ciphertext::from_bytes(result).ok()?;
        let proof = EvaluationProof::from_bytes(proof).ok()?;
        let slots = reader.key.slots();
        let terms = [Term { weight, ciphertext: &input, ad: &before }];
        let constants = vec![constant; slots.get()];
        let combination = Combination { terms: &terms, constants: &constants, ad: &after };
        let statement = EvaluationStatement { key: &reader.key, combination, result: &result };
        let verdict = proof.verify(statement, &mut transcript()).is_ok();
        (verdict || [input.slots(), result.slots()] == [slots; 2]).then_some(verdict)
    },
}

/// Which key, associated data, ciphertext, numbers, proof.
pub(super) fn decryption(number: u8, message: i64) -> [Vec<u8>; 5] {
    let (reader, bound) = (reader(&[number]).unwrap(), ad(b"audit").unwrap());
    let messages = vec![message; reader.key.slots().get()];
    let ciphertext = reader.encrypt(&bound, &messages, number);
    let statement = DecryptionStatement {
        key: &reader.key,
        ad: &bound,
        ciphertext: &ciphertext,
        messages: &messages,
    };
    let (secret, mut rng) = (&reader.secret, rng(number));
    let proof = DecryptionProof::prove(&statement, secret, &mut transcript(), &mut rng).unwrap();
    [
        vec![number],
        bound.as_bytes().into(),
        ciphertext.to_bytes(),
        messages.iter().flat_map(|message| message.to_be_bytes()).collect(),
        proof.to_bytes(),
    ]
}

verifier! {
    /// Proofs of a decryption.
    VERIFY_DECRYPTION = "khpke_verify_decryption", 5, [0, 0, 4, 0, 4],
    || [(1, 0), (1, -3), (2, i64::MAX), (3, 5)]
        .map(|(number, message)| decryption(number, message).map(Base::new))
        .into(),
    |[number, bound, ciphertext, messages, proof]| {
        let (reader, bound) = (reader(number)?, ad(bound)?);
        let ciphertext = Ciphertext::from_bytes(ciphertext).ok()?;
        let proof = DecryptionProof::from_bytes(proof).ok()?;
        let messages = messages.chunks(8).map(|m| m.try_into().map(i64::from_be_bytes));
        let messages: Vec<_> = messages.collect::<Result<_, _>>().ok()?;
        let statement = DecryptionStatement {
            key: &reader.key,
            ad: &bound,
            ciphertext: &ciphertext,
            messages: &messages,
        };
        let verdict = proof.verify(&statement, &mut transcript()).is_ok();
        let slots = reader.key.slots();
        let fits = ciphertext.slots() == slots && messages.len() == slots.get();
        let fits = fits && usize::from(proof.to_bytes()[3]) == slots.get();
        (verdict || fits).then_some(verdict)
    },
}
