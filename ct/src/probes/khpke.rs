//! medcrypto-khpke: KH-LCS up to the discrete logarithm, which is variable time, and its proofs.

use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AmountPolicy, AssociatedData, Ciphertext, Combination, DecryptionKey,
    DecryptionProof, DecryptionStatement, DigitBits, EvaluationKey, EvaluationProof,
    EvaluationStatement, Opening, PossessionProof, RangeParameters, RangeProof, RangeStatement,
    RegisteredKey, Slots, Term, TransferContext, TransferProof, TransferStatement, TransferWitness,
    VectorRangeProof, VectorStatement, insecure,
};

use super::{Probe, clean};
use crate::secret::{SecretRng, poisoned, public_rng, sink};

pub const PROBES: &[Probe] = &[
    clean("khpke/generate", || sink(DecryptionKey::generate(Slots::ONE, &mut rng()).unwrap())),
    clean("khpke/decryption-key-decode", || sink(Reader::new().secret)),
    clean("khpke/evaluation-key-decode", || sink(evaluation_key(&Reader::new()))),
    clean("khpke/evaluation-key-verify", || {
        let reader = Reader::new();
        sink(evaluation_key(&reader).verify(&reader.key).unwrap());
    }),
    clean("khpke/possession-prove", possession_prove),
    clean("khpke/encrypt", || {
        let reader = Reader::new();
        sink(reader.key.encrypt(&ad(), &[number(-42)], &mut rng()).unwrap());
        sink(reader.key.prepared().encrypt(&ad(), &[number(7)], &mut rng()).unwrap());
    }),
    clean("khpke/open", || {
        let reader = Reader::new();
        sink(reader.secret.open(&ad(), &reader.ciphertext()).unwrap());
    }),
    clean("khpke/open-refused", open_refused),
    clean("khpke/evaluate", || {
        with_combination(|reader, combination| {
            let evaluation = evaluation_key(reader);
            sink(evaluation.evaluate(&reader.key, combination, |_| true, &mut rng()).unwrap());
        });
    }),
    clean("khpke/evaluation-prove-and-retag", evaluation_prove_and_retag),
    clean("khpke/decryption-prove", decryption_prove),
    clean("khpke/range-prove", range_prove),
    clean("khpke/range-prove-slots", range_prove_slots),
    clean("khpke/transfer-prove", transfer_prove),
];

fn rng() -> SecretRng {
    SecretRng::new(1)
}

fn ad() -> AssociatedData {
    AssociatedData::new(b"upload").unwrap()
}

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::POSSESSION)
}

/// A secret number.
fn number(number: i64) -> i64 {
    i64::from_be_bytes(poisoned(number.to_be_bytes(), 0))
}

/// A secret key, and its registered public key, made in public.
struct Reader {
    secret: DecryptionKey,
    key: RegisteredKey,
}

impl Reader {
    fn new() -> Self {
        Self::numbered(1)
    }

    fn numbered(number: u8) -> Self {
        let mut rng = public_rng(number.into());
        let (secret, public) = DecryptionKey::generate(Slots::ONE, &mut rng).unwrap();
        let account = AccountId([6 + number; 32]);
        let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng);
        let key = public.register(account, &proof.unwrap(), &mut transcript()).unwrap();
        // Header, number of slots and key id are public.
        let bytes = poisoned(secret.to_secret_bytes().to_vec(), 3 + 1 + 32);
        Self { secret: DecryptionKey::from_bytes(&bytes).unwrap(), key }
    }

    fn ciphertext(&self) -> Ciphertext {
        self.key.encrypt(&ad(), &[42], &mut public_rng(2)).unwrap()
    }
}

fn evaluation_key(reader: &Reader) -> EvaluationKey {
    let bytes = reader.secret.evaluation_key().to_secret_bytes();
    EvaluationKey::from_bytes(&poisoned(bytes.to_vec(), 3 + 32)).unwrap()
}

fn possession_prove() {
    let (Reader { secret, key }, account) = (Reader::new(), AccountId([8; 32]));
    let proof = PossessionProof::prove(key.key(), &account, &secret, &mut transcript(), &mut rng());
    sink(proof.unwrap().to_bytes());
}

/// Under a wrong tag and under a wrong T: nothing but the verdict depends on the key.
fn open_refused() {
    let reader = Reader::new();
    let [good, other] =
        [2, 3].map(|seed| reader.key.encrypt(&ad(), &[42], &mut public_rng(seed)).unwrap());
    let (good, other) = (good.to_bytes(), other.to_bytes());
    let wrong_t = [&good[..196], &other[196..244], &good[244..]].concat();
    let wrong_tag = [&good[..244], &other[244..]].concat();
    for bytes in [wrong_t, wrong_tag] {
        let ciphertext = Ciphertext::from_bytes(&bytes).unwrap();
        sink(reader.secret.open(&ad(), &ciphertext).unwrap_err());
    }
}

fn with_combination(run: impl FnOnce(&Reader, &Combination<'_>)) {
    let (reader, ad) = (Reader::new(), ad());
    let ciphertext = reader.ciphertext();
    let terms = [Term { weight: -2, ciphertext: &ciphertext, ad: &ad }];
    run(&reader, &Combination { terms: &terms, constants: &[5], ad: &ad });
}

fn evaluation_prove_and_retag() {
    with_combination(|reader, combination| {
        let evaluation = evaluation_key(reader);
        let (result, witness) =
            evaluation.evaluate(&reader.key, combination, |_| true, &mut rng()).unwrap();
        let result = Ciphertext::from_bytes(&result.to_bytes()).unwrap();
        let statement =
            EvaluationStatement { key: &reader.key, combination: *combination, result: &result };
        let proof = EvaluationProof::prove(&statement, &witness, &mut transcript(), &mut rng());
        let verified = proof.unwrap().verify(statement, &mut transcript()).unwrap();
        sink(evaluation.retag(&verified, |_| true).unwrap());
    });
}

fn decryption_prove() {
    let (reader, ad) = (Reader::new(), ad());
    let ciphertext = reader.ciphertext();
    let statement =
        DecryptionStatement { key: &reader.key, ad: &ad, ciphertext: &ciphertext, messages: &[42] };
    let proof = DecryptionProof::prove(&statement, &reader.secret, &mut transcript(), &mut rng());
    sink(proof.unwrap().to_bytes());
}

/// Parameters made in public.
fn parameters() -> RangeParameters {
    insecure::deal(DigitBits::new(4).unwrap(), &mut public_rng(3)).unwrap().verify().unwrap()
}

/// In an interval of one row, and in one of two.
fn range_prove() {
    let parameters = parameters();
    for interval in [parameters.bits(8).unwrap(), parameters.between(-5, 200).unwrap()] {
        let opening = Opening::new(number(77), &mut rng()).unwrap();
        let commitment = opening.commitment().unwrap();
        let statement = RangeStatement { interval, commitment };
        let proof = RangeProof::prove(&statement, &opening, &mut transcript(), &mut rng());
        sink(proof.unwrap().to_bytes());
    }
}

fn range_prove_slots() {
    let (parameters, reader, ad) = (parameters(), Reader::new(), ad());
    let encrypted = reader.key.encrypt_for_proof(&ad, &[number(77)], &mut rng()).unwrap();
    let (ciphertext, witness) = encrypted;
    let interval = parameters.bits(8).unwrap();
    let statement =
        VectorStatement { interval, key: &reader.key, ad: &ad, ciphertext: &ciphertext };
    let proof = VectorRangeProof::prove(&statement, &witness, &mut transcript(), &mut rng());
    sink(proof.unwrap().to_bytes());
}

/// The payer's key, the amount and the balance are secret.
fn transfer_prove() {
    let (parameters, payer, payee) = (parameters(), Reader::new(), Reader::numbered(2));
    let balance = payer.ciphertext();
    let keys = [&payer.key, &payee.key];
    let [amount, holds] =
        [7_u64, 42].map(|number| u64::from_be_bytes(poisoned(number.to_be_bytes(), 0)));
    let made = TransferWitness::new(&payer.secret, keys, amount, holds, &mut rng());
    let (core, witness) = made.unwrap();
    let context =
        TransferContext { ledger: [7; 32], epoch: 0, nonce: 0, policy: AmountPolicy::Positive };
    let range = parameters.bits(8).unwrap();
    let statement = TransferStatement::new(range, context, keys, &balance, &core).unwrap();
    let proof = TransferProof::prove(&statement, &witness, &mut transcript(), &mut rng());
    sink(proof.unwrap().to_bytes());
}
