//! Proofs of possession, evaluation and decryption.

use medcrypto_khpke::{
    AccountId, Ciphertext, DecryptionProof, DecryptionStatement, EvaluationProof,
    EvaluationStatement, PossessionProof, PublicKey,
};

use crate::evaluation::Parts;
use crate::reader::{Case, Outputs, Runner, Verdict, run};
use crate::{Recorded, ad, error, key, numbers, one, secret, transcript, vectors};

fn possession(case: &Case) -> Verdict {
    let public = PublicKey::from_bytes(&case.bytes("key")).unwrap();
    let (account, mut rng) =
        (AccountId(case.array("account")), Recorded::new(&case.random_bytes("rng")));
    let proof =
        PossessionProof::prove(&public, &account, &secret(case), &mut transcript(), &mut rng);
    let proof = proof.map_err(error)?;
    rng.finish();
    one("bytes", &proof.to_bytes())
}

fn register(case: &Case) -> Verdict {
    let public = PublicKey::from_bytes(&case.bytes("key")).unwrap();
    let account = AccountId(case.array("account"));
    let proof = PossessionProof::from_bytes(&case.bytes("bytes")).map_err(error)?;
    let key = public.register(account, &proof, &mut transcript()).map_err(error)?;
    assert_eq!(key.account(), account);
    one("id", &key.id().0)
}

fn evaluation(case: &Case) -> Verdict {
    let (key, secret) = (key(case), secret(case));
    let random = [case.random_bytes("r"), case.random_bytes("rng")];
    let mut rng = Recorded::new(&random.concat());
    Parts::of(case).with(|combination| {
        let (result, witness) = secret
            .evaluation_key()
            .evaluate(&key, &combination, |_| true, &mut rng)
            .map_err(error)?;
        let statement = EvaluationStatement { key: &key, combination, result: &result };
        let proof = EvaluationProof::prove(&statement, &witness, &mut transcript(), &mut rng);
        let proof = proof.map_err(error)?;
        rng.finish();
        Ok(Outputs::from([("result", result.to_bytes()), ("bytes", proof.to_bytes())]))
    })
}

fn verify_evaluation(case: &Case) -> Verdict {
    let (key, parts) = (key(case), Parts::of(case));
    let result = Ciphertext::from_bytes(&case.bytes("result")).unwrap();
    let proof = EvaluationProof::from_bytes(&case.bytes("bytes")).map_err(error)?;
    parts.with(|combination| {
        let statement = EvaluationStatement { key: &key, combination, result: &result };
        proof.verify(statement, &mut transcript()).map_err(error)?;
        one("bytes", &proof.to_bytes())
    })
}

/// Runs with the statement of a case about a decryption.
fn with_opening<T>(case: &Case, run: impl FnOnce(&DecryptionStatement<'_>) -> T) -> T {
    let (key, ad, messages) = (key(case), ad(case).unwrap(), numbers(case.input("messages")));
    let ciphertext = Ciphertext::from_bytes(&case.bytes("ciphertext")).unwrap();
    run(&DecryptionStatement { key: &key, ad: &ad, ciphertext: &ciphertext, messages: &messages })
}

fn decryption(case: &Case) -> Verdict {
    let mut rng = Recorded::new(&case.random_bytes("rng"));
    let prove = |statement: &DecryptionStatement<'_>| {
        DecryptionProof::prove(statement, &secret(case), &mut transcript(), &mut rng)
    };
    let proof = with_opening(case, prove).map_err(error)?;
    rng.finish();
    one("bytes", &proof.to_bytes())
}

fn verify_decryption(case: &Case) -> Verdict {
    with_opening(case, |statement| {
        let proof = DecryptionProof::from_bytes(&case.bytes("bytes")).map_err(error)?;
        proof.verify(statement, &mut transcript()).map_err(error)?;
        one("bytes", &proof.to_bytes())
    })
}

pub const RUNNERS: [(&str, Runner); 6] = [
    ("possession", possession),
    ("register", register),
    ("evaluation", evaluation),
    ("verify-evaluation", verify_evaluation),
    ("decryption", decryption),
    ("verify-decryption", verify_decryption),
];

#[test]
fn kat_proofs() {
    run(vectors!("proofs"), "medcrypto-khpke/proofs", &RUNNERS);
}
