//! Verifiers of medcrypto-sig.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use medcrypto_sig::{
    Error, bls, ecdsa, ed25519,
    envelope::{DualSigned, Role, SignedEnvelope},
};

use super::{MESSAGES, bls_key, ecdsa_key, ed25519_key, envelope};
use crate::{
    Class, Reached, Target,
    edit::{Base, byte},
    verifier::verifier,
};

/// Every key over every message: key, message, signature.
fn signed(sign: impl Fn(u8, &[u8]) -> [Vec<u8>; 3]) -> Vec<[Base; 3]> {
    let keys = [1, 2].into_iter();
    let all = keys.flat_map(|seed| MESSAGES.map(|message| sign(seed, message).map(Base::new)));
    all.collect()
}

verifier! {
    /// ed25519: key, message, signature.
    VERIFY_ED25519 = "sig_verify_ed25519", 3, [3, 0, 3],
    || signed(|seed, message| {
        let key = ed25519_key(seed);
        [key.verifying_key().to_bytes(), message.into(), key.sign(message).to_bytes()]
    }),
    |[key, message, signature]| {
        let key = ed25519::VerifyingKey::from_bytes(key).ok()?;
        let signature = ed25519::Signature::from_bytes(signature).ok()?;
        Some(key.verify(message, &signature).is_ok())
    },
}

verifier! {
    /// ECDSA: key, message, signature.
    VERIFY_ECDSA = "sig_verify_ecdsa", 3, [3, 0, 3],
    || signed(|seed, message| {
        let key = ecdsa_key(seed);
        [key.verifying_key().to_bytes(), message.into(), key.sign(message).to_bytes()]
    }),
    |[key, message, signature]| {
        let key = ecdsa::VerifyingKey::from_bytes(key).ok()?;
        let signature = ecdsa::Signature::from_bytes(signature).ok()?;
        Some(key.verify(message, &signature).is_ok())
    },
}

verifier! {
    /// Proofs of possession: the key.
    VERIFY_POSSESSION = "sig_verify_possession", 1, [3],
    || [1, 2, 3].map(|seed| [Base::new(bls_key(seed).public_key().to_bytes())]).into(),
    |[key]| Some(bls::PublicKey::from_bytes(key).ok()?.verify().is_ok()),
}

verifier! {
    /// BLS: which key, message, signature.
    VERIFY_BLS = "sig_verify_bls", 3, [0, 0, 3],
    || signed(|seed, message| [vec![seed], message.into(), bls_key(seed).sign(message).to_bytes()]),
    |[key, message, signature]| {
        let [key @ 1..=4] = key[..] else { return None };
        let signature = bls::Signature::from_bytes(signature).ok()?;
        Some(KEYS[usize::from(key) - 1].verify(message, &signature).is_ok())
    },
}

static KEYS: LazyLock<Vec<bls::PopVerifiedKey>> =
    LazyLock::new(|| [1, 2, 3, 4].map(|seed| bls_key(seed).public_key().verify().unwrap()).into());

/// Aggregates: the verdict follows from who signed what and who is named.
pub const VERIFY_AGGREGATE: Target = Target {
    name: "sig_verify_aggregate",
    class: Class::Verifier,
    max_len: 16,
    run: aggregate,
    seeds: || {
        let exact = [[2, 0, 1, 2, 0, 1, 0], [3, 0, 1, 2, 0, 1, 2], [2, 0, 0, 2, 0, 0, 0]];
        exact
            .into_iter()
            .chain([[2, 0, 1, 1, 0, 0, 0], [1, 7, 0, 1, 3, 0, 0]])
            .map(Vec::from)
            .collect()
    },
    dict: &[],
};

/// `n ‖ signers ‖ m ‖ named`; bits 2 and 3 of a signer say which message it signs.
fn aggregate(data: &[u8]) -> Reached {
    let mut script = Unstructured::new(data);
    let mut list =
        || -> Vec<u8> { (0..byte(&mut script) % 5).map(|_| byte(&mut script)).collect() };
    let (signers, named) = (list(), list());
    let message = |of: u8| MESSAGES[usize::from(of >> 2 & 3) % MESSAGES.len()];
    let sign = |of: &u8| bls_key((of & 3) + 1).sign(message(*of));
    let signatures: Vec<_> = signers.iter().map(sign).collect();
    let sum = bls::aggregate(&signatures);
    assert_eq!(sum.is_err(), signers.is_empty());
    let Ok(sum) = sum else { return Reached::No };
    let keys: Vec<_> = named.iter().map(|of| KEYS[usize::from(of & 3)]).collect();
    let verdict = bls::fast_aggregate_verify(&keys, MESSAGES[0], &sum);
    let sorted = |list: &[u8], mask: u8| {
        let mut list: Vec<_> = list.iter().map(|of| of & mask).collect();
        list.sort_unstable();
        list
    };
    // What each signer signed counts, and of those named only who they are.
    let said = signers.iter().map(|of| if message(*of).is_empty() { of & 3 } else { of | 4 });
    let said: Vec<u8> = said.collect();
    let mut distinct = sorted(&named, 3);
    distinct.dedup();
    let expected = match named.len() {
        0 => Err(Error::NoSigner),
        n if n != distinct.len() => Err(Error::DuplicateSigner),
        _ if sorted(&said, 7) == distinct => Ok(()),
        _ => Err(Error::Verification),
    };
    assert_eq!(verdict, expected);
    matches!(verdict, Ok(()) | Err(Error::Verification)).into()
}

verifier! {
    /// Envelopes: key, envelope.
    VERIFY_ENVELOPE = "sig_verify_envelope", 2, [3, 3],
    || [(1, Role::Patient), (2, Role::Hospital)].map(|(seed, role)| {
        let key = ed25519_key(seed);
        [key.verifying_key().to_bytes(), envelope(role).sign(&key).to_bytes()].map(Base::new)
    }).into(),
    |[key, signed]| {
        let key = ed25519::VerifyingKey::from_bytes(key).ok()?;
        Some(SignedEnvelope::from_bytes(signed).ok()?.verify(&key).is_ok())
    },
}

pub(super) fn dual(patient: u8, institution: u8) -> DualSigned {
    let signed = |seed, role| envelope(role).sign(&ed25519_key(seed));
    let patient = signed(patient, Role::Patient);
    DualSigned::combine(patient, signed(institution, Role::Institution)).unwrap()
}

verifier! {
    /// AuthSign: the patient's key, the institution's, the envelope.
    VERIFY_DUAL = "sig_verify_dual", 3, [3, 3, 3],
    || [(1, 2), (2, 3)].map(|(patient, institution)| {
        let key = |seed| ed25519_key(seed).verifying_key().to_bytes();
        [key(patient), key(institution), dual(patient, institution).to_bytes()].map(Base::new)
    }).into(),
    |[patient, institution, signed]| {
        let patient = ed25519::VerifyingKey::from_bytes(patient).ok()?;
        let institution = ed25519::VerifyingKey::from_bytes(institution).ok()?;
        let verdict = DualSigned::from_bytes(signed).ok()?.verify(&patient, &institution);
        (!matches!(verdict, Err(Error::DuplicateSigner))).then_some(verdict.is_ok())
    },
}
