//! The crate as its user sees it: what is printed, what is kept, what is handed back.

use medcrypto_core::{
    SecretBytes, Transcript,
    bls::{
        FixedBaseG1, FixedBaseG2, G1, G2, NonIdentityG1, NonIdentityG2, PreparedG2, Scalar, pairing,
    },
    codec::Writer,
    declassify, declassify_bytes, dst,
    subtle::ConstantTimeEq,
    zeroize::Zeroizing,
};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};

#[test]
fn debug_names_the_type_and_prints_points_in_hexadecimal() {
    let (p, q) = (G1::generator(), G2::generator());
    let (p_hex, q_hex) = (hex::encode(p.to_bytes()), hex::encode(q.to_bytes()));
    assert_eq!(format!("{p:?}"), format!("G1({p_hex})"));
    assert_eq!(format!("{q:?}"), format!("G2({q_hex})"));
    assert_eq!(format!("{:?}", PreparedG2::new(&q)), format!("PreparedG2(G2({q_hex}))"));
    let (p, q) = (NonIdentityG1::try_from(p).unwrap(), NonIdentityG2::try_from(q).unwrap());
    assert_eq!(format!("{p:?}"), format!("NonIdentityG1({p_hex})"));
    assert_eq!(format!("{q:?}"), format!("NonIdentityG2({q_hex})"));
}

#[test]
fn debug_of_a_scalar_is_its_value() {
    let text = format!("{:?}", Scalar::from_u64(0xabc));
    assert!(text.starts_with("Scalar(") && text.to_lowercase().contains("0abc)"), "{text}");
}

#[test]
fn equality_is_that_of_points_whatever_their_coordinates() {
    let (one, two) = (G2::generator(), G2::generator().mul_vartime(&Scalar::from_u64(2)));
    assert!(bool::from((one + one).ct_eq(&two)));
    assert!(!bool::from(one.ct_eq(&two)));
}

#[test]
fn zero_is_zero_alone() {
    assert!(Scalar::ZERO.is_zero());
    assert!(!Scalar::ONE.is_zero());
}

#[test]
fn the_pairing_of_two_identities_is_one() {
    assert!(pairing(&G1::identity(), &G2::identity()).is_identity());
}

#[test]
fn debug_of_tables_transcripts_and_secrets_is_their_name() {
    let tables = (FixedBaseG1::new(&G1::generator()), FixedBaseG2::new(&G2::generator()));
    assert_eq!(format!("{tables:?}"), "(FixedBaseG1 { .. }, FixedBaseG2 { .. })");
    assert_eq!(format!("{:?}", Transcript::new(dst::zk::CONTEXT)), "Transcript { .. }");
    assert_eq!(format!("{:?}", SecretBytes::new(Zeroizing::new([7; 4]))), "SecretBytes { .. }");
}

#[test]
fn secret_bytes_keep_what_they_were_given() {
    let secret = SecretBytes::new(Zeroizing::new([3, 1, 4, 1]));
    assert_eq!(*secret.to_secret_bytes(), [3, 1, 4, 1]);
    assert_eq!(secret.expose(|bytes| bytes.to_vec()), [3, 1, 4, 1]);
}

#[test]
fn secret_bytes_are_drawn_from_the_generator_and_compared_by_value() {
    let draw = |seed| SecretBytes::<32>::generate(&mut ChaCha20Rng::seed_from_u64(seed));
    let mut expected = [0; 32];
    ChaCha20Rng::seed_from_u64(1).fill_bytes(&mut expected);
    assert_eq!(*draw(1).to_secret_bytes(), expected);
    assert!(bool::from(draw(1).ct_eq(&draw(1))));
    for place in [0, 31] {
        let mut other = expected;
        other[place] ^= 1;
        assert!(!bool::from(draw(1).ct_eq(&SecretBytes::new(Zeroizing::new(other)))));
    }
}

#[test]
fn publishing_and_preparing_keep_the_point() {
    let point = G2::generator() + G2::generator().mul_vartime(&Scalar::from_u64(5));
    assert_eq!(point.published("a test").to_bytes(), point.to_bytes());
    assert_eq!(PreparedG2::new(&point).point().to_bytes(), point.to_bytes());
    assert!(PreparedG2::new(&G2::identity()).point().is_identity());
}

/// Growing would leave a copy of what was written behind.
#[test]
fn a_writer_of_known_size_has_its_room_at_once() {
    assert!(Writer::with_capacity(64).finish().capacity() >= 64);
}

#[test]
fn declassifying_changes_nothing() {
    assert_eq!(declassify(17_u8, "a test"), 17);
    assert_eq!(declassify_bytes(b"public", "a test"), b"public");
}
