//! Encryption and decryption.

use medcrypto_core::bls::{G1, Scalar, SecretResidue};
use medcrypto_khpke::{
    AssociatedData, Ciphertext, DecodeError, DecryptionKey, Error, EvaluationKey, PublicKey, Slots,
};
use rand_core::{CryptoRng, RngCore};

use crate::fixture::{Reader, ad, alice, generator, multiple, rng, small_log};
use crate::game::other_spellings;
use crate::raw;

#[test]
fn m01_what_is_encrypted_is_decrypted_slot_by_slot() {
    let reader = Reader::new(3, 2);
    let ad = ad("round 1");
    let ciphertext = reader.key.encrypt(&ad, &[0, -7, 1000], &mut rng(3)).unwrap();
    assert_eq!(reader.decrypt(&ad, &ciphertext), Ok(vec![0, -7, 1000]));
    let points = reader.secret.open(&ad, &ciphertext).unwrap();
    assert_eq!(points.decode(|_| None), Err(Error::Decryption));
    assert_eq!(points.decode(|point| Some(i64::from(point.is_identity()))), Ok(vec![1, 0, 0]));
}

#[test]
fn m01_the_ends_of_an_i64_are_encrypted_as_they_are() {
    let (reader, ad) = (alice(), ad(""));
    for m in [i64::MIN, i64::MAX] {
        let ciphertext = reader.key.encrypt(&ad, &[m], &mut rng(4)).unwrap();
        let expected = generator(b"H", 0).mul(&SecretResidue::from_i64(m));
        let log = |point: &G1| (*point == expected).then_some(m);
        assert_eq!(reader.secret.decrypt(&ad, &ciphertext, log), Ok(vec![m]));
    }
}

#[test]
fn numbers_and_slots_are_counted() {
    let reader = Reader::new(2, 5);
    let encrypt = |messages: &[i64]| reader.key.encrypt(&ad(""), messages, &mut rng(6));
    assert_eq!(encrypt(&[]), Err(Error::Count));
    assert_eq!(encrypt(&[1]), Err(Error::Count));
    assert_eq!(encrypt(&[1, 2, 3]), Err(Error::Count));
    let two = encrypt(&[1, 2]).unwrap();
    assert_eq!(alice().decrypt(&ad(""), &two), Err(Error::Count));
    assert_eq!([0, 65].map(Slots::new), [Err(Error::Count), Err(Error::Count)]);
    assert_eq!(Slots::new(64), Ok(Slots::MAX));
}

#[test]
fn associated_data_end_at_1024_bytes() {
    assert!(AssociatedData::new(&[7; 1024]).is_ok());
    assert_eq!(AssociatedData::new(&[7; 1025]), Err(Error::Range));
    let long = AssociatedData::new(&[7; 1024]).unwrap();
    let ciphertext = alice().key.encrypt(&long, &[5], &mut rng(7)).unwrap();
    assert_eq!(alice().decrypt(&long, &ciphertext), Ok(vec![5]));
}

/// T11: whatever the tag covers, changed alone, is refused, and always by the same word.
#[test]
fn t11_t19_every_part_changed_singly_is_refused_by_one_word() {
    let (reader, round) = (alice(), ad("round 1"));
    let ciphertext = reader.key.encrypt(&round, &[42], &mut rng(8)).unwrap();
    let bytes = ciphertext.to_bytes();
    assert_eq!(reader.decrypt(&round, &ciphertext), Ok(vec![42]));
    for point in 0..5 {
        let mut wire = raw::Wire::parse(&bytes).unwrap();
        let mut points = wire.points();
        points[point] += raw::bases()[0];
        wire = raw::Wire::of_points(points, wire.tag);
        let changed = Ciphertext::from_bytes(&wire.to_bytes()).unwrap();
        assert_eq!(reader.decrypt(&round, &changed), Err(Error::Decryption), "point {point}");
    }
    for byte in 0..16 {
        let mut changed = bytes.clone();
        changed[raw::LEN - 16 + byte] ^= 1;
        let changed = Ciphertext::from_bytes(&changed).unwrap();
        assert_eq!(reader.decrypt(&round, &changed), Err(Error::Decryption), "byte {byte}");
    }
    for other in ["", "round 2", "round 1 ", "ound 1"] {
        assert_eq!(reader.decrypt(&ad(other), &ciphertext), Err(Error::Decryption));
    }
    let beyond = reader.key.encrypt(&round, &[1001], &mut rng(8)).unwrap();
    assert_eq!(reader.decrypt(&round, &beyond), Err(Error::Decryption));
    let other = Reader::new(1, 9);
    assert_eq!(other.decrypt(&round, &ciphertext), Err(Error::Decryption));
}

/// T11: the same secrets under another key id; the mock without the id takes it.
#[test]
fn t11_a_ciphertext_is_bound_to_the_key_id() {
    let (reader, round) = (alice(), ad("round 1"));
    let ciphertext = reader.key.encrypt(&round, &[42], &mut rng(10)).unwrap();
    let mut renamed = reader.secret.to_secret_bytes().to_vec();
    renamed[4] ^= 1;
    let renamed = DecryptionKey::from_bytes(&renamed).unwrap();
    assert_eq!(renamed.decrypt(&round, &ciphertext, small_log), Err(Error::Decryption));

    let mut rng = rng(11);
    let mut secret = || {
        let mut bytes = [0; 64];
        rng.fill_bytes(&mut bytes);
        raw::wide(&bytes)
    };
    let mock = raw::Weakness { without_id: true, ..Default::default() };
    let keys = mock.keys(&mut secret);
    let bytes = mock.encrypt(&keys, b"a", 42, [secret(), secret()]).to_bytes();
    let renamed = raw::Keys { id: [9; 32], ..keys };
    assert_eq!(mock.decrypt(&renamed, b"a", &bytes), Some(42));
}

/// T7 and T12: a right tag on a wrong T, which only a holder of α and β or an honest-looking sender can make.
#[test]
fn t12_a_right_tag_does_not_excuse_a_wrong_t() {
    let (reader, round) = (alice(), ad("round 1"));
    let ciphertext = reader.key.encrypt(&round, &[42], &mut rng(12)).unwrap();
    let mut wire = raw::Wire::parse(&ciphertext.to_bytes()).unwrap();
    let tag = |wire: &raw::Wire| {
        let bytes = reader.secret.evaluation_key().to_secret_bytes();
        let scalar = |i: usize| {
            let bytes: [u8; 32] = bytes[35 + 32 * i..][..32].try_into().unwrap();
            blstrs::Scalar::from_bytes_be(&bytes).unwrap()
        };
        let (alpha, beta) = ([0, 1, 2].map(scalar), [3, 4, 5].map(scalar));
        let mut keys = raw::Keys::new(alpha, alpha, alpha, beta);
        keys.id = reader.key.id().0;
        raw::Weakness::default().tag_by_key(&keys, b"round 1", wire)
    };
    assert_eq!(tag(&wire), wire.tag);
    wire.t += raw::h();
    wire.tag = tag(&wire);
    let poisoned = Ciphertext::from_bytes(&wire.to_bytes()).unwrap();
    assert_eq!(reader.decrypt(&round, &poisoned), Err(Error::Decryption));
    // The evaluator sees a right tag; what it makes of it stays unreadable.
    let terms = [medcrypto_khpke::Term { weight: 1, ciphertext: &poisoned, ad: &round }];
    let combination = medcrypto_khpke::Combination { terms: &terms, constants: &[0], ad: &round };
    let evaluation = reader.secret.evaluation_key();
    let (sum, _) = evaluation.evaluate(&reader.key, &combination, |_| true, &mut rng(13)).unwrap();
    assert_eq!(reader.decrypt(&round, &sum), Err(Error::Decryption));
}

/// T13: one spelling of a ciphertext, and nothing that is not one.
#[test]
fn t13_other_spellings_of_a_ciphertext_are_no_ciphertext() {
    let mut rng = rng(14);
    let ciphertexts: [_; 8] =
        core::array::from_fn(|_| alice().key.encrypt(&ad(""), &[1], &mut rng).unwrap());
    let bytes = ciphertexts[0].to_bytes();
    assert_eq!(bytes.len(), Ciphertext::len(Slots::ONE));
    assert_eq!(Ciphertext::from_bytes(&bytes).as_ref(), Ok(&ciphertexts[0]));
    let spellings = ciphertexts.iter().flat_map(|c| other_spellings(&c.to_bytes()));
    let spellings: Vec<_> = spellings.collect();
    assert!(spellings.len() > 7 * 8, "an abscissa with room for the modulus");
    for spelling in spellings {
        assert!(Ciphertext::from_bytes(&spelling).is_err(), "{}", hex::encode(spelling));
    }
    for len in 0..bytes.len() {
        assert!(Ciphertext::from_bytes(&bytes[..len]).is_err());
    }
}

#[test]
fn t13_points_of_small_order_and_off_the_curve_are_refused_in_every_place() {
    let ciphertext = alice().key.encrypt(&ad(""), &[1], &mut rng(15)).unwrap().to_bytes();
    for order in [3, 11] {
        for place in 0..5 {
            let wire = raw::Wire::parse(&ciphertext).unwrap();
            let mut points = wire.points();
            points[place] += raw::torsion(order);
            let mixed = raw::Wire::of_points(points, wire.tag).to_bytes();
            assert_eq!(Ciphertext::from_bytes(&mixed), Err(DecodeError::NotInGroup));
            points[place] = raw::torsion(order);
            let pure = raw::Wire::of_points(points, wire.tag).to_bytes();
            assert_eq!(Ciphertext::from_bytes(&pure), Err(DecodeError::NotInGroup));
        }
    }
    let mut off = ciphertext;
    let swap = (1..=u8::MAX).find(|byte| {
        off[4 + 47] = *byte;
        raw::Wire::parse(&off).is_none()
    });
    assert!(swap.is_some());
    assert_eq!(Ciphertext::from_bytes(&off), Err(DecodeError::NotInGroup));
}

#[test]
fn t13_the_identity_is_refused_but_where_a_message_hides() {
    let ciphertext = alice().key.encrypt(&ad(""), &[1], &mut rng(16)).unwrap().to_bytes();
    for place in 0..5 {
        let mut bytes = ciphertext.clone();
        bytes[4 + 48 * place..][..48].copy_from_slice(&G1::identity().to_bytes());
        let decoded = Ciphertext::from_bytes(&bytes);
        if place == 3 {
            assert_eq!(decoded.unwrap().to_bytes(), bytes);
        } else {
            assert_eq!(decoded, Err(DecodeError::Identity));
        }
    }
}

/// T17 for encryption: a generator of zeros is an error and not an endless loop.
#[test]
fn t17_a_generator_of_zeros_is_an_error() {
    struct Zeros;
    impl RngCore for Zeros {
        fn next_u32(&mut self) -> u32 {
            0
        }
        fn next_u64(&mut self) -> u64 {
            0
        }
        fn fill_bytes(&mut self, dest: &mut [u8]) {
            dest.fill(0);
        }
        fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
            dest.fill(0);
            Ok(())
        }
    }
    impl CryptoRng for Zeros {}
    let identity = Error::Decode(DecodeError::Identity);
    assert_eq!(alice().key.encrypt(&ad(""), &[1], &mut Zeros).unwrap_err(), identity);
    assert_eq!(DecryptionKey::generate(Slots::ONE, &mut Zeros).unwrap_err(), identity);
}

/// T19: the answer does not depend on which of tag, T and logarithm is wrong, and `open` does not ask for the last.
#[test]
fn t19_the_logarithm_is_not_reached_by_what_does_not_open() {
    let (reader, round) = (alice(), ad("round 1"));
    let ciphertext = reader.key.encrypt(&round, &[42], &mut rng(17)).unwrap();
    let refused = reader.secret.decrypt(&ad("round 2"), &ciphertext, |_| panic!("asked"));
    assert_eq!(refused, Err(Error::Decryption));
}

/// T12, X10: nothing in an evaluation key is a mask key, and there is no other key to give away.
#[test]
fn t12_x10_no_part_of_the_evaluation_key_unmasks() {
    let (reader, round) = (alice(), ad("round 1"));
    let ciphertext = reader.key.encrypt(&round, &[42], &mut rng(18)).unwrap().to_bytes();
    let point = |i: usize| {
        let bytes: [u8; 48] = ciphertext[4 + 48 * i..][..48].try_into().unwrap();
        G1::from_bytes(&bytes).unwrap()
    };
    let key = reader.secret.evaluation_key().to_secret_bytes();
    let scalar =
        |i: usize| Scalar::from_bytes(key[35 + 32 * i..][..32].try_into().unwrap()).unwrap();
    let message = multiple(&generator(b"H", 0), 42);
    for first in [0, 3] {
        let unmasked =
            (0..3).fold(point(3), |left, i| left - point(i).mul_vartime(&scalar(first + i)));
        assert_ne!(unmasked, message);
    }
}

#[test]
fn secrets_are_read_back_and_print_nothing() {
    let reader = alice();
    let bytes = reader.secret.to_secret_bytes();
    let again = DecryptionKey::from_bytes(&bytes).unwrap();
    assert_eq!(again.to_secret_bytes(), bytes);
    assert_eq!(again.id(), reader.key.id());
    let bytes = again.evaluation_key().to_secret_bytes();
    assert_eq!(bytes.len(), EvaluationKey::LEN);
    assert_eq!(EvaluationKey::from_bytes(&bytes).unwrap().to_secret_bytes(), bytes);
    let printed = format!("{again:?} {:?}", again.evaluation_key());
    let id = format!("{:?}", reader.key.id());
    assert_eq!(
        printed,
        format!("DecryptionKey {{ id: {id}, .. }} EvaluationKey {{ id: {id}, .. }}")
    );
}

#[test]
fn t13_keys_are_refused_short_long_and_with_any_header() {
    let secret = &alice().secret;
    let refuses = |bytes: &[u8], decode: &dyn Fn(&[u8]) -> bool| {
        assert!(decode(bytes));
        for len in 0..bytes.len() {
            assert!(!decode(&bytes[..len]));
        }
        assert!(!decode(&[bytes, &[0]].concat()));
        for i in 0..3 {
            let mut changed = bytes.to_vec();
            changed[i] ^= 1;
            assert!(!decode(&changed));
        }
    };
    let public = |bytes: &[u8]| PublicKey::from_bytes(bytes).is_ok();
    refuses(&alice().key.key().to_bytes(), &public);
    refuses(&secret.to_secret_bytes(), &|bytes| DecryptionKey::from_bytes(bytes).is_ok());
    let evaluation = secret.evaluation_key().to_secret_bytes();
    refuses(&evaluation, &|bytes| EvaluationKey::from_bytes(bytes).is_ok());
    for slots in [0, 2, 65, 255] {
        let mut changed = alice().key.key().to_bytes();
        changed[3] = slots;
        assert!(!public(&changed));
    }
    let mut over = evaluation.to_vec();
    over[35..67].fill(0xff);
    assert_eq!(EvaluationKey::from_bytes(&over).unwrap_err(), DecodeError::NonCanonical);
}

#[test]
fn t13_a_public_key_holds_points_of_the_group_and_no_identity() {
    let bytes = alice().key.key().to_bytes();
    for place in 0..8 {
        let with = |point: [u8; 48]| {
            let mut bytes = bytes.clone();
            bytes[4 + 48 * place..][..48].copy_from_slice(&point);
            PublicKey::from_bytes(&bytes)
        };
        assert_eq!(with(G1::identity().to_bytes()), Err(DecodeError::Identity));
        assert_eq!(with(raw::torsion(3).to_compressed()), Err(DecodeError::NotInGroup));
        let changed = with(G1::generator().to_bytes()).unwrap();
        assert_ne!(changed.id(), alice().key.id());
    }
}
