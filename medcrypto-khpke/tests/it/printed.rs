//! The encryption as printed: what breaks it, and that the same moves give nothing here.

use blstrs::{G1Projective, Scalar};
use ff::Field;
use group::Group;
use medcrypto_core::bls::G1;
use medcrypto_khpke::paper::{self, PaperAccount, PaperCiphertext, PaperPublicKey};
use medcrypto_khpke::{Ciphertext, DecodeError, Error};

use crate::fixture::{ad, alice, multiple, rng};
use crate::raw::{self, Wire};

fn log(key: &PaperPublicKey, point: &G1) -> Option<i64> {
    (-200..=200).find(|m| multiple(&key.h, *m) == *point)
}

#[test]
fn x01_anybody_adds_to_a_printed_ciphertext_and_not_to_ours() {
    let mut rng = rng(60);
    let (key, issuer, opener) = paper::setup(&mut rng);
    let changed = key.encrypt(42, &mut rng).plus_message(&key, 1, &mut rng);
    assert_eq!(log(&key, &paper::collude(issuer, opener).decrypt(&changed)), Some(43));

    let ciphertext = alice().key.encrypt(&ad(""), &[42], &mut rng).unwrap();
    let own = alice().key.encrypt(&ad(""), &[1], &mut rng).unwrap();
    let [a, b] = [&ciphertext, &own].map(|c| Wire::parse(&c.to_bytes()).unwrap());
    let changed = Ciphertext::from_bytes(&a.plus(&b).to_bytes()).unwrap();
    assert_eq!(alice().decrypt(&ad(""), &changed), Err(Error::Decryption));
}

#[test]
fn x02_e01_the_printed_evaluation_takes_no_key_and_any_number_of_inputs() {
    let mut rng = rng(61);
    let (key, issuer, opener) = paper::setup(&mut rng);
    let inputs: Vec<_> = (1..=3).map(|m| key.encrypt(m, &mut rng)).collect();
    let secret = paper::collude(issuer, opener);
    let decrypt = |ciphertext: &PaperCiphertext| log(&key, &secret.decrypt(ciphertext));
    assert_eq!(decrypt(&PaperCiphertext::product(inputs[..2].iter().copied())), Some(3));
    assert_eq!(decrypt(&PaperCiphertext::product(inputs.iter().copied())), Some(6));
    // Redeem is an evaluation too, and takes no key either.
    assert_eq!(decrypt(&inputs[0].quotient(&inputs[2])), Some(-2));
}

/// X9: PartyInitial takes a balance below 0, and one that is no encryption of a number at all.
#[test]
fn x09_a_printed_account_opens_with_whatever_its_owner_says() {
    let mut rng = rng(62);
    let (key, issuer, opener) = paper::setup(&mut rng);
    let negative = PaperAccount::open(key, key.encrypt(-5, &mut rng));
    let honest = key.encrypt(42, &mut rng);
    let rogue = PaperAccount::open(key, PaperCiphertext { c1: honest.c1 + key.h, ..honest });
    let secret = paper::collude(issuer, opener);
    assert_eq!(log(&key, &secret.decrypt(&negative.balance)), Some(-5));
    assert_eq!(log(&key, &secret.decrypt(&rogue.balance)), None);
}

/// X10: who issues and opens group signatures decrypts, because Setup prints one γ and one α₁ for both.
#[test]
fn x10_the_printed_issuer_and_opener_decrypt_everything() {
    let mut rng = rng(63);
    let (key, issuer, opener) = paper::setup(&mut rng);
    assert_eq!((issuer.public(), opener.public()), (key.x1, [key.x2, key.x3]));
    let ciphertext = key.encrypt(42, &mut rng);
    assert_eq!(log(&key, &paper::collude(issuer, opener).decrypt(&ciphertext)), Some(42));
}

/// X11: the printed rule has no membership check, so a point of small order in C₁ shows 1/γ modulo that order.
#[test]
fn x11_small_orders_show_the_printed_exponent_and_do_not_decode_here() {
    let gamma = Scalar::from(0x0123_4567_89ab_cdef);
    let exponent = gamma.invert().unwrap().to_bytes_be();
    let decrypt = |c1: G1Projective, c3: G1Projective| c3 - raw::multiplied(&c1, &exponent);
    let honest = (raw::bases()[0], raw::bases()[1]);
    for order in [3_u32, 11] {
        let torsion = raw::torsion(order);
        let difference = decrypt(honest.0, honest.1) - decrypt(honest.0 + torsion, honest.1);
        let shown = (0..order).find(|i| torsion * Scalar::from(u64::from(*i)) == difference);
        let expected = exponent.iter().fold(0, |sum, byte| (sum * 256 + u32::from(*byte)) % order);
        assert_eq!(shown, Some(expected));

        let mut wire =
            Wire::parse(&alice().key.encrypt(&ad(""), &[1], &mut rng(64)).unwrap().to_bytes());
        wire.iter_mut().for_each(|wire| wire.x[0] += torsion);
        let bytes = wire.unwrap().to_bytes();
        assert_eq!(Ciphertext::from_bytes(&bytes), Err(DecodeError::NotInGroup));
    }
    assert!(!bool::from(raw::torsion(3).is_identity()));
}

/// E2: X₃ is part of the key and of nothing else.
#[test]
fn e02_no_printed_ciphertext_depends_on_x3() {
    let mut first = rng(65);
    let (key, ..) = paper::setup(&mut first);
    let other = PaperPublicKey { x3: key.h, ..key };
    let [a, b] = [key, other].map(|key| key.encrypt(42, &mut rng(66)));
    assert_eq!(a, b);
}

/// E3: first balances are masked by g₁, and decryption removes a mask of g.
#[test]
fn e03_a_printed_first_balance_does_not_decrypt() {
    let mut rng = rng(67);
    let (key, issuer, opener) = paper::setup(&mut rng);
    let secret = paper::collude(issuer, opener);
    let balance = key.first_balance(42, &mut rng);
    assert_eq!(log(&key, &secret.decrypt(&balance)), None);
    assert_eq!(log(&key, &secret.decrypt(&key.encrypt(42, &mut rng))), Some(42));
}
