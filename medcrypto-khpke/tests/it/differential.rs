//! The crate against the second implementation, byte by byte, and against pinned bytes.

use blstrs::Scalar;
use medcrypto_khpke::hazmat;
use medcrypto_khpke::{
    Ciphertext, Combination, DecryptionKey, DecryptionProof, DecryptionStatement, EvaluationProof,
    EvaluationStatement, PossessionProof, RegisteredKey, Slots, Term,
};
use rand_chacha::ChaCha20Rng;
use rand_core::RngCore;

use crate::fixture::{self, account, ad, generator, rng, transcript};
use crate::raw::{self, Keys, Weakness, wide};

fn drawn<const N: usize>(rng: &mut ChaCha20Rng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn exponents<const N: usize>(bytes: &[u8]) -> [Scalar; N] {
    core::array::from_fn(|i| wide(bytes[64 * i..][..64].try_into().unwrap()))
}

/// The same key in both implementations.
fn both(rng: &mut ChaCha20Rng) -> (DecryptionKey, RegisteredKey, Keys) {
    let randomness = drawn::<768>(rng);
    let (secret, public) = hazmat::generate(Slots::ONE, &randomness).unwrap();
    let key = fixture::register(public, &secret, account(1), 1);
    let triple = |i: usize| exponents::<3>(&randomness[192 * i..]);
    (secret, key, Keys::new(triple(0), triple(1), triple(2), triple(3)))
}

#[test]
fn m01_keys_ciphertexts_and_evaluations_are_those_of_the_second_implementation() {
    let mut rng = rng(41);
    for _ in 0..6 {
        let (secret, key, keys) = both(&mut rng);
        assert_eq!(key.key().to_bytes(), keys.public_bytes());
        assert_eq!(key.id().0, keys.id);
        let randomness = [drawn::<128>(&mut rng), drawn(&mut rng), drawn(&mut rng)];
        let inputs = [(3, "first", 11), (-2, "second", -5)].into_iter().zip(&randomness);
        let inputs = inputs.map(|((weight, text, m), randomness)| {
            let ours = hazmat::encrypt(&key, &ad(text), &[m], randomness).unwrap();
            let r = exponents(randomness);
            let theirs = Weakness::default().encrypt(&keys, text.as_bytes(), m, r).to_bytes();
            assert_eq!(ours.to_bytes(), theirs);
            (weight, text, ours)
        });
        let inputs: Vec<_> = inputs.collect();
        let ads: Vec<_> = inputs.iter().map(|(_, text, _)| ad(text)).collect();
        let terms = inputs.iter().zip(&ads);
        let terms: Vec<_> = terms
            .map(|((weight, _, ciphertext), ad)| Term { weight: *weight, ciphertext, ad })
            .collect();
        let out = ad("sum");
        let combination = Combination { terms: &terms, constants: &[-4], ad: &out };
        let evaluation = secret.evaluation_key();
        let ours = hazmat::evaluate(evaluation, &key, &combination, &randomness[2]).unwrap();
        let bytes = |text: &str| text.as_bytes().to_vec();
        let raw: Vec<_> = inputs.iter().map(|(w, t, c)| (*w, bytes(t), c.to_bytes())).collect();
        let r = exponents(&randomness[2]);
        let theirs = Weakness::default().evaluate(&keys, &raw, (-4, b"sum"), r).unwrap();
        assert_eq!(ours.to_bytes(), theirs.to_bytes());
        assert_eq!(Weakness::default().decrypt(&keys, b"sum", &ours.to_bytes()), Some(39));
        assert_eq!(secret.decrypt(&out, &ours, fixture::small_log), Ok(vec![39]));
    }
}

/// Keys with combs and without compute the same.
#[test]
fn a_prepared_key_encrypts_and_evaluates_to_the_same_bytes() {
    let mut rng = rng(42);
    let (secret, key, _) = both(&mut rng);
    let (prepared, randomness) = (key.clone().prepared(), drawn(&mut rng));
    let plain = hazmat::encrypt(&key, &ad("a"), &[7], &randomness).unwrap();
    assert_eq!(hazmat::encrypt(&prepared, &ad("a"), &[7], &randomness), Ok(plain.clone()));
    let terms = [Term { weight: 5, ciphertext: &plain, ad: &ad("a") }];
    let combination = Combination { terms: &terms, constants: &[1], ad: &ad("b") };
    let evaluate = |key| hazmat::evaluate(secret.evaluation_key(), key, &combination, &randomness);
    assert_eq!(evaluate(&key), evaluate(&prepared));
}

#[test]
fn t15_the_generators_are_hashes_of_their_labels() {
    let [p1, p2, p3] = raw::bases().map(|point| point.to_compressed());
    assert_eq!([1, 2, 3].map(|i| generator(b"P", i).to_bytes()), [p1, p2, p3]);
    assert_eq!(generator(b"H", 0).to_bytes(), raw::h().to_compressed());
}

/// Bytes of this version, for ever: one line each for key id, key, secret keys, ciphertexts and their sum.
#[test]
fn the_bytes_of_version_1_are_pinned() {
    let mut rng = rng(43);
    let (secret, key) = {
        let randomness: [u8; 960] = drawn(&mut rng);
        let (secret, public) = hazmat::generate(Slots::new(2).unwrap(), &randomness).unwrap();
        let key = fixture::register(public, &secret, account(1), 1);
        (secret, key)
    };
    let encrypt = |m: [i64; 2], text: &str, rng: &mut ChaCha20Rng| {
        hazmat::encrypt(&key, &ad(text), &m, &drawn(rng)).unwrap()
    };
    let first = encrypt([70, -3], "upload 1", &mut rng);
    let second = encrypt([0, 900], "upload 2", &mut rng);
    let ads = [ad("upload 1"), ad("upload 2"), ad("round 1")];
    let terms = [
        Term { weight: 2, ciphertext: &first, ad: &ads[0] },
        Term { weight: -1, ciphertext: &second, ad: &ads[1] },
    ];
    let combination = Combination { terms: &terms, constants: &[5, 0], ad: &ads[2] };
    let evaluation = secret.evaluation_key();
    let sum = hazmat::evaluate(evaluation, &key, &combination, &drawn(&mut rng)).unwrap();
    let lines = [
        key.id().0.to_vec(),
        key.key().to_bytes(),
        secret.to_secret_bytes().to_vec(),
        evaluation.to_secret_bytes().to_vec(),
        first.to_bytes(),
        second.to_bytes(),
        sum.to_bytes(),
    ];
    let lines: Vec<_> = lines.iter().map(hex::encode).collect();
    let pinned: Vec<_> = include_str!("../data/encryption.hex").lines().collect();
    assert_eq!(lines, pinned, "{}", lines.join("\n"));
    let decoded = Ciphertext::from_bytes(&hex::decode(pinned[6]).unwrap()).unwrap();
    assert_eq!(secret.decrypt(&ads[2], &decoded, fixture::small_log), Ok(vec![145, -906]));
}

/// Labels, order, weights and bases are part of the format: three proofs of this version, for ever.
#[test]
fn the_proofs_of_version_1_are_pinned() {
    let mut rng = rng(44);
    let (secret, key, _) = both(&mut rng);
    let (upload, round) = (ad("upload"), ad("round"));
    let input = key.encrypt(&upload, &[20], &mut rng).unwrap();
    let terms = [Term { weight: 2, ciphertext: &input, ad: &upload }];
    let combination = Combination { terms: &terms, constants: &[2], ad: &round };
    let evaluation = secret.evaluation_key();
    let (result, witness) = evaluation.evaluate(&key, &combination, |_| true, &mut rng).unwrap();

    let possession =
        PossessionProof::prove(key.key(), &account(9), &secret, &mut transcript(), &mut rng);
    let evaluated = EvaluationStatement { key: &key, combination, result: &result };
    let evaluation = EvaluationProof::prove(&evaluated, &witness, &mut transcript(), &mut rng);
    let decrypted =
        DecryptionStatement { key: &key, ad: &round, ciphertext: &result, messages: &[42] };
    let decryption = DecryptionProof::prove(&decrypted, &secret, &mut transcript(), &mut rng);
    let lines = [
        possession.unwrap().to_bytes(),
        evaluation.unwrap().to_bytes(),
        decryption.unwrap().to_bytes(),
    ];
    let lines: Vec<_> = lines.iter().map(hex::encode).collect();
    let pinned: Vec<_> = include_str!("../data/proofs.hex").lines().collect();
    assert_eq!(lines, pinned, "{}", lines.join("\n"));

    let bytes: Vec<_> = pinned.iter().map(|line| hex::decode(line).unwrap()).collect();
    let possession = PossessionProof::from_bytes(&bytes[0]).unwrap();
    assert!(key.key().clone().register(account(9), &possession, &mut transcript()).is_ok());
    let evaluation = EvaluationProof::from_bytes(&bytes[1]).unwrap();
    assert!(evaluation.verify(evaluated, &mut transcript()).is_ok());
    let decryption = DecryptionProof::from_bytes(&bytes[2]).unwrap();
    assert!(decryption.verify(&decrypted, &mut transcript()).is_ok());
}
