//! The keys of KH-LCS, the randomness of a ciphertext and the numbers in it.

use medcrypto_core::bls::{FixedBaseG1, SecretResidue, hash_to_g1};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AssociatedData, Combination, DecryptionKey, DecryptionProof, DecryptionStatement,
    EvaluationKey, EvaluationProof, EvaluationStatement, PossessionProof, Slots, Term,
};

use super::{clean, rng, spy::Search};

const NUMBER: i64 = 0x0123_4567_89ab_cdef;

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::POSSESSION)
}

/// The exponents of a key of one slot, r₁ and r₂ of a generator, and [m]H.
fn search(secret: &DecryptionKey) -> Search {
    let mut search = Search::new();
    let encoded = secret.to_secret_bytes();
    let names = ["α₁", "α₂", "α₃", "β₁", "β₂", "β₃", "κ̂₁", "κ̂₂", "κ̂₃", "k₁", "k₂", "k₃"];
    let exponents = encoded[36..].chunks_exact(32);
    assert_eq!(exponents.len(), names.len());
    // Of each triple one, whole and as limbs: there are not more needles.
    for (name, exponent) in names.iter().zip(exponents).step_by(3) {
        search.add_scalar(name, exponent);
    }
    let mut rng = rng(2);
    for name in ["r₁", "r₂"] {
        search.add_scalar(name, SecretResidue::generate(&mut rng).to_secret_bytes().as_slice());
    }
    let h = FixedBaseG1::new(&hash_to_g1(dst::khpke::GEN, b"H\0\0\0\0"));
    search.add_point("[m]H", &h.mul(&SecretResidue::from_i64(NUMBER)).to_bytes());
    search
}

#[test]
fn t20_keys_randomness_and_numbers_of_kh_lcs_leave_no_secret() {
    let generate = || DecryptionKey::generate(Slots::ONE, &mut rng(1)).unwrap();
    let (secret, public) = generate();
    let search = search(&secret);
    search.check_controls();
    let (account, ad) = (AccountId([7; 32]), AssociatedData::new(b"ad").unwrap());
    let possession = || {
        PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng(3)).unwrap()
    };
    let key = public.clone().register(account, &possession(), &mut transcript()).unwrap();
    let prepared = key.clone().prepared();
    let ciphertext = key.encrypt(&ad, &[NUMBER], &mut rng(2)).unwrap();
    let terms = [Term { weight: 1, ciphertext: &ciphertext, ad: &ad }];
    let combination = Combination { terms: &terms, constants: &[0], ad: &ad };
    let evaluation = secret.evaluation_key();
    let evaluate = || evaluation.evaluate(&key, &combination, |_| true, &mut rng(2)).unwrap();
    let (result, witness) = evaluate();
    let evaluated = EvaluationStatement { key: &key, combination, result: &result };
    let prove =
        || EvaluationProof::prove(&evaluated, &witness, &mut transcript(), &mut rng(3)).unwrap();
    let verified = prove().verify(evaluated, &mut transcript()).unwrap();
    let (encoded, encoded_evaluation) = (secret.to_secret_bytes(), evaluation.to_secret_bytes());
    clean! { search,
        "generate": generate();
        "decryption key out": secret.to_secret_bytes();
        "decryption key in": DecryptionKey::from_bytes(&encoded).unwrap();
        "half a decryption key in": DecryptionKey::from_bytes(&encoded[..300]).unwrap_err();
        "evaluation key out": evaluation.to_secret_bytes();
        "evaluation key in": EvaluationKey::from_bytes(&encoded_evaluation).unwrap();
        "evaluation key checked": evaluation.verify(&key).unwrap();
        "possession": possession();
        "encrypt": key.encrypt(&ad, &[NUMBER], &mut rng(2)).unwrap();
        "encrypt to a prepared key": prepared.encrypt(&ad, &[NUMBER], &mut rng(2)).unwrap();
        "open": secret.open(&ad, &ciphertext).unwrap();
        "open what does not open": secret.open(&AssociatedData::default(), &ciphertext).unwrap_err();
        "evaluate": evaluate();
        "prove an evaluation": prove();
        "tag an evaluation": evaluation.retag(&verified, |_| true).unwrap();
    }
    drop(search);
    proof_of_a_decryption(&secret);
}

/// Its number is public, and with it [m]H.
fn proof_of_a_decryption(secret: &DecryptionKey) {
    let (_, public) = DecryptionKey::generate(Slots::ONE, &mut rng(1)).unwrap();
    let (account, ad) = (AccountId([7; 32]), AssociatedData::new(b"ad").unwrap());
    let proof =
        PossessionProof::prove(&public, &account, secret, &mut transcript(), &mut rng(3)).unwrap();
    let key = public.register(account, &proof, &mut transcript()).unwrap();
    let ciphertext = key.encrypt(&ad, &[42], &mut rng(2)).unwrap();
    let statement =
        DecryptionStatement { key: &key, ad: &ad, ciphertext: &ciphertext, messages: &[42] };
    clean! { search(secret),
        "prove a decryption":
            DecryptionProof::prove(&statement, secret, &mut transcript(), &mut rng(3)).unwrap();
    }
}
