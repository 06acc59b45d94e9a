//! The pinned objects of version 1: vectors/pinned/v1/khpke, which no generator ever rewrites.

use medcrypto_khpke::{Ciphertext, DecryptionKey, PublicKey};

use crate::proofs::RUNNERS;
use crate::reader::{Case, Runner, Verdict, run};
use crate::{ad, one, secret, small_log};

fn opened(case: &Case) -> Verdict {
    let public = PublicKey::from_bytes(&case.bytes("key")).unwrap();
    assert_eq!(DecryptionKey::id(&secret(case)), public.id());
    let ciphertext = Ciphertext::from_bytes(&case.bytes("bytes")).unwrap();
    let numbers = secret(case).decrypt(&ad(case).unwrap(), &ciphertext, small_log).unwrap();
    one("messages", &numbers.iter().flat_map(|m| m.to_be_bytes()).collect::<Vec<_>>())
}

#[test]
fn kat_pinned_v1_is_valid_for_ever() {
    let json = include_str!("../../../vectors/pinned/v1/khpke/encryption.json");
    let runners: [(&str, Runner); 1] = [("opened", opened)];
    assert_eq!(run(json, "medcrypto-khpke/pinned-v1", &runners), 1);
    let json = include_str!("../../../vectors/pinned/v1/khpke/proofs.json");
    let verifiers = ["register", "verify-evaluation", "verify-decryption"];
    let known = RUNNERS.into_iter().filter(|(kind, _)| verifiers.contains(kind));
    assert_eq!(run(json, "medcrypto-khpke/proofs", &known.collect::<Vec<_>>()), 3);
}
