//! Encryption and decryption.

use medcrypto_khpke::{AssociatedData, Ciphertext, Error};

use crate::fixture::{Reader, ad, alice, rng};

#[test]
fn what_is_encrypted_is_decrypted_slot_by_slot() {
    let reader = Reader::new(3, 2);
    let ad = ad("round 1");
    let ciphertext = reader.key.encrypt(&ad, &[0, -7, 1000], &mut rng(3)).unwrap();
    assert_eq!(reader.decrypt(&ad, &ciphertext), Ok(vec![0, -7, 1000]));
}
