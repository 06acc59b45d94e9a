//! Ed25519, ECDSA and BLS.

use medcrypto_sig::{bls, ecdsa, ed25519};

use crate::reader::{Case, Outputs, Runner, Verdict, run, unhex};
use crate::{error, pinned, secret, vectors};

fn bytes(bytes: Vec<u8>) -> Verdict {
    Ok(Outputs::from([("bytes", bytes)]))
}

fn signed(key: Vec<u8>, signature: Vec<u8>) -> Verdict {
    Ok(Outputs::from([("key", key), ("signature", signature)]))
}

fn ed25519_sign(case: &Case) -> Verdict {
    let signing = ed25519::SigningKey::from_seed(&secret(case, "seed"));
    let (key, message) = (signing.verifying_key(), case.bytes("message"));
    let signature = signing.sign(&message);
    key.verify(&message, &signature).unwrap();
    signed(key.to_bytes(), signature.to_bytes())
}

fn ed25519_verify(case: &Case) -> Verdict {
    let key = ed25519::VerifyingKey::from_bytes(&case.bytes("key")).unwrap();
    let (message, encoded) = (case.bytes("message"), case.bytes("bytes"));
    let signature = ed25519::Signature::from_bytes(&encoded).map_err(error)?;
    key.verify(&message, &signature).map_err(error)?;
    bytes(signature.to_bytes())
}

#[test]
fn kat_ed25519() {
    let runners: [(&str, Runner); 3] = [
        ("sign", ed25519_sign),
        ("verify", ed25519_verify),
        ("key", |case| {
            let key = ed25519::VerifyingKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
            bytes(key.to_bytes())
        }),
    ];
    run(vectors!("ed25519"), "medcrypto-sig/ed25519", &runners);
    run(pinned!("ed25519"), "medcrypto-sig/ed25519", &runners);
}

fn ecdsa_sign(case: &Case) -> Verdict {
    let (secret, message) = (secret(case, "secret"), case.bytes("message"));
    let signing = ecdsa::SigningKey::from_secret_bytes(&secret).map_err(error)?;
    let (key, signature) = (signing.verifying_key(), signing.sign(&message));
    key.verify(&message, &signature).unwrap();
    signed(key.to_bytes(), signature.to_bytes())
}

fn ecdsa_verify(case: &Case) -> Verdict {
    let key = ecdsa::VerifyingKey::from_bytes(&case.bytes("key")).unwrap();
    let (message, encoded) = (case.bytes("message"), case.bytes("bytes"));
    let signature = ecdsa::Signature::from_bytes(&encoded).map_err(error)?;
    key.verify(&message, &signature).map_err(error)?;
    bytes(signature.to_bytes())
}

#[test]
fn kat_ecdsa() {
    let runners: [(&str, Runner); 3] = [
        ("sign", ecdsa_sign),
        ("verify", ecdsa_verify),
        ("key", |case| {
            let key = ecdsa::VerifyingKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
            bytes(key.to_bytes())
        }),
    ];
    run(vectors!("ecdsa"), "medcrypto-sig/ecdsa", &runners);
    run(pinned!("ecdsa"), "medcrypto-sig/ecdsa", &runners);
}

fn bls_sign(case: &Case) -> Verdict {
    let (secret, message) = (secret(case, "secret"), case.bytes("message"));
    let signing = bls::SigningKey::from_secret_bytes(&secret).map_err(error)?;
    let (key, signature) = (signing.public_key(), signing.sign(&message));
    key.verify().unwrap().verify(&message, &signature).unwrap();
    signed(key.to_bytes(), signature.to_bytes())
}

fn bls_key(case: &Case) -> Verdict {
    let key = bls::PublicKey::from_bytes(&case.bytes("bytes")).map_err(error)?;
    bytes(key.verify().map_err(error)?.public_key().to_bytes())
}

fn bls_verify(case: &Case) -> Verdict {
    let keys = case
        .list("keys")
        .iter()
        .map(|key| bls::PublicKey::from_bytes(&unhex(key)).unwrap().verify().unwrap());
    let (keys, message): (Vec<_>, _) = (keys.collect(), case.bytes("message"));
    let signature = bls::Signature::from_bytes(&case.bytes("bytes")).map_err(error)?;
    let verdict = bls::fast_aggregate_verify(&keys, &message, &signature);
    if let [key] = &keys[..] {
        assert_eq!(key.verify(&message, &signature), verdict);
    }
    verdict.map_err(error)?;
    bytes(signature.to_bytes())
}

#[test]
fn kat_bls() {
    let runners: [(&str, Runner); 3] =
        [("sign", bls_sign), ("key", bls_key), ("verify", bls_verify)];
    run(vectors!("bls"), "medcrypto-sig/bls", &runners);
    run(pinned!("bls"), "medcrypto-sig/bls", &runners);
}
