//! Decoders of medcrypto-khpke. Objects with a number of slots have 1 to 64 of them.

use medcrypto_core::codec::Tag;
use medcrypto_khpke::{
    Ciphertext, DecryptionKey, DecryptionProof, EvaluationKey, EvaluationProof, PossessionProof,
    PublicKey, TransferCore,
};

use super::{READERS, Reader, ad, possession, verifiers};
use crate::decoder::decoder;

decoder! {
    /// Public keys: 4 + 96·(n + 3) bytes.
    PUBLIC_KEY = "khpke_public_key", Points, Tag::KhpkePublicKey, 388..=6436,
    || READERS.iter().map(|reader| Base::new(reader.key.key().to_bytes())).collect(),
    |bytes| Some(PublicKey::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Decryption keys: 36 + 96·(n + 3) bytes.
    DECRYPTION_KEY = "khpke_decryption_key", Parser, Tag::KhpkeDecryptionKey, 420..=6468,
    || READERS.iter().map(|reader| Base::new(reader.secret.to_secret_bytes().to_vec())).collect(),
    |bytes| Some(DecryptionKey::from_bytes(bytes).ok()?.to_secret_bytes().to_vec()),
}

decoder! {
    /// Evaluation keys.
    EVALUATION_KEY = "khpke_evaluation_key", Parser, Tag::KhpkeEvaluationKey,
    EvaluationKey::LEN..=EvaluationKey::LEN,
    || {
        let key = |reader: &Reader| reader.secret.evaluation_key().to_secret_bytes().to_vec();
        READERS.iter().map(|reader| Base::new(key(reader))).collect()
    },
    |bytes| Some(EvaluationKey::from_bytes(bytes).ok()?.to_secret_bytes().to_vec()),
}

decoder! {
    /// Ciphertexts: 20 + 48·(n + 4) bytes.
    CIPHERTEXT = "khpke_ciphertext", Points, Tag::KhpkeCiphertext, 260..=3284,
    || {
        let ad = ad(b"ad").unwrap();
        let numbers = [&[0][..], &[-7], &[1, i64::MAX]];
        let all = READERS.iter().zip(numbers);
        all.map(|(reader, m)| Base::new(reader.encrypt(&ad, m, 9).to_bytes())).collect()
    },
    |bytes| Some(Ciphertext::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Proofs of possession: 20 + 96·(n + 3) bytes.
    POSSESSION = "khpke_possession", Parser, Tag::KhpkePossession, 404..=6452,
    || {
        let proof = |reader: &Reader| possession(reader.key.key(), &reader.secret, 1).to_bytes();
        READERS.iter().map(|reader| Base::new(proof(reader))).collect()
    },
    |bytes| Some(PossessionProof::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Proofs of an evaluation.
    EVALUATION_PROOF = "khpke_evaluation_proof", Parser, Tag::KhpkeEvaluationProof,
    EvaluationProof::LEN..=EvaluationProof::LEN,
    || [1, 2, 3].map(|number| Base::new(verifiers::evaluation(number, 2)[7].clone())).into(),
    |bytes| Some(EvaluationProof::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Proofs of a decryption: 20 + 96·n bytes.
    DECRYPTION_PROOF = "khpke_decryption_proof", Parser, Tag::KhpkeDecryptionProof, 116..=6164,
    || [1, 2, 3].map(|number| Base::new(verifiers::decryption(number, 5)[4].clone())).into(),
    |bytes| Some(DecryptionProof::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// One amount for two keys: X, then E and T of each, as the ciphertexts of equal randomness have them.
    TRANSFER_CORE = "khpke_transfer_core", Points, Tag::KhpkeTransferCore,
    TransferCore::LEN..=TransferCore::LEN,
    || [3, 4].map(|seed| Base::new(shared(seed))).into(),
    |bytes| Some(TransferCore::from_bytes(bytes).ok()?.to_bytes()),
}

fn shared(seed: u8) -> Vec<u8> {
    let ad = ad(b"").unwrap();
    let [payer, payee, _] = READERS.each_ref();
    let [payer, payee] = [payer, payee].map(|reader| reader.encrypt(&ad, &[42], seed).to_bytes());
    let header = medcrypto_core::codec::Header::v1(Tag::KhpkeTransferCore).to_bytes();
    [&header[..], &payer[4..244], &payee[148..244]].concat()
}
