mod ranges;

use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AssociatedData, Ciphertext, Combination, DecryptionKey, DecryptionProof,
    DecryptionStatement, EvaluationKey, EvaluationProof, EvaluationStatement, PossessionProof,
    PublicKey, RegisteredKey, Slots, Term, TransferCore,
};

use crate::{Object, rng};

const HEAD: (usize, &str) = (3, "version, suite, tag");
const SLOTS: (usize, &str) = (1, "n");
const X: [(usize, &str); 3] = [(48, "X₁"), (48, "X₂"), (48, "X₃")];
const CHALLENGE: (usize, &str) = (16, "c");

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::POSSESSION)
}

fn ad(text: &str) -> AssociatedData {
    AssociatedData::new(text.as_bytes()).unwrap()
}

/// A reader of one slot: its key, the key of account `seed…seed`, and the proof that it is its.
fn reader(seed: u8) -> (DecryptionKey, RegisteredKey, PossessionProof) {
    let (mut rng, account) = (rng(seed.into()), AccountId([seed; 32]));
    let (secret, public) = DecryptionKey::generate(Slots::ONE, &mut rng).unwrap();
    let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng);
    let proof = proof.unwrap();
    let key = public.register(account, &proof, &mut transcript()).unwrap();
    (secret, key, proof)
}

pub(crate) fn objects() -> Vec<Object> {
    [keys(), encrypted(), proofs(), ranges::objects()].into_iter().flatten().collect()
}

fn keys() -> Vec<Object> {
    let (secret, key, possession) = reader(1);
    let (public, possession) = (key.key().to_bytes(), possession.to_bytes());
    let evaluation = secret.evaluation_key().to_secret_bytes();
    let secret = secret.to_secret_bytes();
    let (id, alpha, beta) = ((32, "key id"), (96, "α"), (96, "β"));
    let pairs = [(96, "S₁ ∈ 𝔾₁²"), (96, "Ŝ ∈ 𝔾₁²"), (96, "A ∈ 𝔾₁²"), (96, "B ∈ 𝔾₁²")];
    vec![
        Object::new(
            "public key of KH-LCS",
            &public,
            PublicKey::from_bytes(&public).unwrap().to_bytes(),
            &[&[HEAD, SLOTS], &pairs[..]].concat(),
        ),
        Object::new(
            "decryption key of KH-LCS",
            &secret,
            DecryptionKey::from_bytes(&secret).unwrap().to_secret_bytes(),
            &[HEAD, SLOTS, id, alpha, beta, (96, "κ̂"), (96, "k₁")],
        ),
        Object::new(
            "evaluation key of KH-LCS",
            &evaluation,
            EvaluationKey::from_bytes(&evaluation).unwrap().to_secret_bytes(),
            &[HEAD, id, alpha, beta],
        ),
        Object::new(
            "proof of possession of a key of KH-LCS",
            &possession,
            PossessionProof::from_bytes(&possession).unwrap().to_bytes(),
            &[HEAD, SLOTS, CHALLENGE, (96, "z of k₁"), (96, "of κ̂"), (96, "of α"), (96, "of β")],
        ),
    ]
}

fn encrypted() -> Vec<Object> {
    let (keys, ad) = ([1, 2].map(|seed| reader(seed).1), ad("upload"));
    // Of equal randomness, so that X is the same.
    let [payer, payee] = keys.map(|key| key.encrypt(&ad, &[42], &mut rng(3)).unwrap().to_bytes());
    let shared = [&[1, 1, 0x4c], &payer[4..244], &payee[148..244]].concat();
    let amounts = [(48, "E of the payer"), (48, "T"), (48, "E of the payee"), (48, "T")];
    vec![
        Object::new(
            "ciphertext of KH-LCS",
            &payer,
            Ciphertext::from_bytes(&payer).unwrap().to_bytes(),
            &[&[HEAD, SLOTS], &X[..], &[(48, "E₁"), (48, "T"), (16, "tag")]].concat(),
        ),
        Object::new(
            "amount of a transfer",
            &shared,
            TransferCore::from_bytes(&shared).unwrap().to_bytes(),
            &[&[HEAD], &X[..], &amounts].concat(),
        ),
    ]
}

fn proofs() -> Vec<Object> {
    let ((secret, key, _), mut rng) = (reader(1), rng(4));
    let (before, after) = (ad("upload"), ad("round"));
    let input = key.encrypt(&before, &[20], &mut rng).unwrap();
    let terms = [Term { weight: 2, ciphertext: &input, ad: &before }];
    let combination = Combination { terms: &terms, constants: &[2], ad: &after };
    let evaluation = secret.evaluation_key();
    let (result, witness) = evaluation.evaluate(&key, &combination, |_| true, &mut rng).unwrap();
    let statement = EvaluationStatement { key: &key, combination, result: &result };
    let proof = EvaluationProof::prove(&statement, &witness, &mut transcript(), &mut rng);
    let evaluated = proof.unwrap().to_bytes();
    let statement =
        DecryptionStatement { key: &key, ad: &after, ciphertext: &result, messages: &[42] };
    let proof = DecryptionProof::prove(&statement, &secret, &mut transcript(), &mut rng);
    let decrypted = proof.unwrap().to_bytes();
    vec![
        Object::new(
            "proof of an evaluation",
            &evaluated,
            EvaluationProof::from_bytes(&evaluated).unwrap().to_bytes(),
            &[HEAD, CHALLENGE, (32, "z₁"), (32, "z₂")],
        ),
        Object::new(
            "proof of a decryption",
            &decrypted,
            DecryptionProof::from_bytes(&decrypted).unwrap().to_bytes(),
            &[HEAD, SLOTS, CHALLENGE, (32, "z₁"), (32, "z₂"), (32, "z₃")],
        ),
    ]
}
