//! Encryption, ciphertexts and decryption.

use medcrypto_khpke::{Ciphertext, TransferCore, hazmat};

use crate::reader::{Case, Runner, Verdict, run};
use crate::{ad, error, key, numbers, one, secret, small_log, vectors};

fn encrypted(case: &Case) -> Verdict {
    let (key, messages, randomness) =
        (key(case), numbers(case.input("messages")), case.random("r"));
    let ciphertext = hazmat::encrypt(&key, &ad(case)?, &messages, &randomness).map_err(error)?;
    one("bytes", &ciphertext.to_bytes())
}

fn decoded(case: &Case) -> Verdict {
    one("bytes", &Ciphertext::from_bytes(&case.bytes("bytes")).map_err(error)?.to_bytes())
}

fn decrypted(case: &Case) -> Verdict {
    let ciphertext = Ciphertext::from_bytes(&case.bytes("bytes")).unwrap();
    let numbers = secret(case).decrypt(&ad(case)?, &ciphertext, small_log).map_err(error)?;
    one("messages", &numbers.iter().flat_map(|m| m.to_be_bytes()).collect::<Vec<_>>())
}

#[test]
fn kat_encryption() {
    let runners: [(&str, Runner); 4] = [
        ("encrypt", encrypted),
        ("ciphertext", decoded),
        ("decrypt", decrypted),
        ("transfer-core", |case| {
            one("bytes", &TransferCore::from_bytes(&case.bytes("bytes")).map_err(error)?.to_bytes())
        }),
    ];
    run(vectors!("encryption"), "medcrypto-khpke/encryption", &runners);
}
