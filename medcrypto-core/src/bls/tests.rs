//! Known answers, group laws and hostile encodings.

use proptest::prelude::*;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use rand_core::{CryptoRng, RngCore};

use super::*;
use crate::{DecodeError, Dst};

pub(super) fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn public(secret: &SecretScalar) -> Scalar {
    Scalar::from_bytes(&secret.to_secret_bytes()).unwrap()
}

pub(super) fn scalar() -> impl Strategy<Value = Scalar> {
    any::<[u8; 64]>().prop_map(|wide| Scalar::from_wide(&wide))
}

pub(super) fn g1(n: u64) -> G1 {
    G1::generator().mul_vartime(&Scalar::from_u64(n))
}

pub(super) fn g2(n: u64) -> G2 {
    G2::generator().mul_vartime(&Scalar::from_u64(n))
}

#[test]
fn wide_reduction_matches_python_integers() {
    let all_ones = Scalar::from_wide(&[0xff; 64]).to_bytes();
    assert_eq!(
        hex::encode(all_ones),
        "0748d9d99f59ff1105d314967254398f2b6cedcb87925c23c999e990f3f29c6c"
    );
}

/// RFC 9380, appendix J.9.1 and J.10.1, messages "" and "abc".
#[test]
fn t01_hashing_matches_rfc_9380() {
    let dst1 = Dst::of_test_vector("QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_");
    let x = |point: G1| hex::encode(point.0.to_uncompressed().split_at(48).0);
    assert_eq!(
        x(hash_to_g1(dst1, b"")),
        "052926add2207b76ca4fa57a8734416c8dc95e24501772c814278700eed6d1e4e8cf62d9c09db0fac349612b759e79a1"
    );
    assert_eq!(
        x(hash_to_g1(dst1, b"abc")),
        "03567bc5ef9c690c2ab2ecdf6a96ef1c139cc0b2f284dca0a9a7943388a49a3aee664ba5379a7655d3c68900be2f6903"
    );
    let dst2 = Dst::of_test_vector("QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_");
    let x = hash_to_g2(dst2, b"").0.to_uncompressed();
    let (x1, x0) = x.split_at(96).0.split_at(48);
    assert_eq!(
        hex::encode(x0),
        "0141ebfbdca40eb85b87142e130ab689c673cf60f1a3e98d69335266f30d9b8d4ac44c1038e9dcdd5393faf5c41fb78a"
    );
    assert_eq!(
        hex::encode(x1),
        "05cb8437535e20ecffaef7752baddf98034139c38452458baeefab379ba13dff5bf5dd71b72418717047f5b0f37da03d"
    );
}

/// RFC 9380, appendix K.1: expand_message_xmd(SHA-256), message "abc", 32 bytes.
#[test]
fn message_expansion_matches_rfc_9380() {
    let dst = Dst::of_test_vector("QUUX-V01-CS02-with-expander-SHA256-128");
    assert_eq!(
        hex::encode(expand_message_xmd::<32>(dst, b"abc")),
        "d8ccab23b5985ccea865c6c97b6e5b8350e794e603b4b97902f53a8a0d605615"
    );
}

#[test]
fn hash_to_scalar_is_the_expansion_mod_r() {
    let expanded: [u8; 48] = expand_message_xmd(crate::dst::pre::FO_SCALAR, b"m");
    let mut wide = [0; 64];
    wide[16..].copy_from_slice(&expanded);
    assert_eq!(hash_to_scalar(crate::dst::pre::FO_SCALAR, b"m"), Scalar::from_wide(&wide));
}

#[test]
fn pairing_is_the_one_of_blst() {
    assert_eq!(
        blstrs_compressed(blstrs::pairing(
            &G1::generator().to_affine(),
            &G2::generator().to_affine()
        )),
        Gt::generator().to_bytes()
    );
}

fn blstrs_compressed(element: blstrs::Gt) -> [u8; 288] {
    use blstrs::Compress;
    let mut bytes = [0; 288];
    element.write_compressed(bytes.as_mut_slice()).unwrap();
    bytes
}

#[test]
fn gt_identity_has_its_own_code_word_and_zero_is_no_second_encoding() {
    assert_eq!(Gt::identity().to_bytes(), [0; 288]);
    assert_eq!(Gt::from_bytes(&[0; 288]), Ok(Gt::identity()));
}

#[test]
fn gt_decoding_refuses_large_coefficients_and_strangers() {
    let bytes = Gt::generator().to_bytes();
    for i in 0..6 {
        let mut large = bytes;
        large[48 * i..48 * (i + 1)].fill(0xff);
        assert_eq!(Gt::from_bytes(&large), Err(DecodeError::NonCanonical));
    }
    let mut stranger = bytes;
    stranger[0] ^= 1;
    assert_eq!(Gt::from_bytes(&stranger), Err(DecodeError::NotInGroup));
}

#[test]
fn products_skip_identities_and_nothing_is_one() {
    assert!(pairing_product_is_one(&[]));
    assert!(pairing_product_is_one(&[(G1::identity(), g2(3)), (g1(3), G2::identity())]));
    assert!(pairing_product_is_one(&[(g1(6), g2(2)), (G1::identity(), g2(5)), (-g1(4), g2(3))]));
    assert!(!pairing_product_is_one(&[(g1(6), g2(2)), (-g1(4), g2(2))]));
    assert!(PreparedG2::new(&G2::identity()).pairing(&g1(1)).is_identity());
    assert!(PreparedG2::new(&g2(1)).pairing(&G1::identity()).is_identity());
}

#[test]
fn multi_exponentiation_is_defined_for_empty_mismatched_and_identity_input() {
    let k = [Scalar::from_u64(2), Scalar::from_u64(3), Scalar::from_u64(5)];
    assert_eq!(G1::multi_exp_vartime(&[], &[]), Ok(G1::identity()));
    assert_eq!(G2::multi_exp_vartime(&[], &[]), Ok(G2::identity()));
    assert_eq!(G1::multi_exp_vartime(&[g1(1)], &k), Err(LengthMismatch));
    assert_eq!(G2::multi_exp_vartime(&[g2(1)], &k), Err(LengthMismatch));
    assert_eq!(G1::multi_exp_vartime(&[g1(7)], &k[..1]), Ok(g1(14)));
    assert_eq!(G1::multi_exp_vartime(&[g1(1), G1::identity(), g1(1)], &k), Ok(g1(7)));
    assert_eq!(G2::multi_exp_vartime(&[g2(1), G2::identity(), g2(1)], &k), Ok(g2(7)));
    let zeros = [Scalar::ZERO; 3];
    assert_eq!(G1::multi_exp_vartime(&[g1(1), g1(2), g1(3)], &zeros), Ok(G1::identity()));
    // Cancelling terms meet in one bucket.
    assert_eq!(G1::multi_exp_vartime(&[g1(4), -g1(4)], &[k[0], k[0]]), Ok(G1::identity()));
}

#[test]
fn combs_agree_with_multiplication_at_the_edges() {
    let mut edges: Vec<[u8; 32]> = (0..255)
        .map(|bit| {
            let mut bytes = [0; 32];
            bytes[31 - bit / 8] = 1 << (bit % 8);
            bytes
        })
        .filter(|bytes| Scalar::from_bytes(bytes).is_ok())
        .collect();
    edges.push((-Scalar::ONE).to_bytes());
    edges.extend((1..=33).map(|n| Scalar::from_u64(n).to_bytes()));
    let base = FixedBaseG1::new(&g1(11));
    for bytes in edges {
        let secret = SecretScalar::from_bytes(&bytes).unwrap();
        let k = public(&secret);
        assert_eq!(G1::mul_generator(&secret), G1::generator().mul_vartime(&k), "{k:?}");
        assert_eq!(G2::mul_generator(&secret), G2::generator().mul_vartime(&k), "{k:?}");
        assert_eq!(base.mul(&secret), g1(11).mul_vartime(&k), "{k:?}");
    }
}

#[test]
fn combs_agree_with_multiplication_by_signed_numbers() {
    let base = FixedBaseG1::new(&g1(11));
    let powers = (0..63).flat_map(|bit| [(1_i64 << bit) - 1, 1 << bit]);
    let edges = powers.flat_map(|n| [n, -n]).chain([i64::MAX, i64::MIN, i64::MIN + 1]);
    let small = (-33..=33).chain([-1_000_003, 0x5555_5555_5555_5555]);
    for n in edges.chain(small) {
        let magnitude = g1(11).mul_vartime(&Scalar::from_u64(n.unsigned_abs()));
        let expected = if n < 0 { -magnitude } else { magnitude };
        assert_eq!(base.mul_i64(n), expected, "{n}");
    }
    assert_eq!(FixedBaseG1::new(&G1::identity()).mul_i64(-5), G1::identity());
}

#[test]
fn a_point_is_wiped_to_the_identity() {
    let mut points = vec![g1(3), g1(4)];
    points.iter_mut().for_each(zeroize::Zeroize::zeroize);
    assert_eq!(points, [G1::default(); 2]);
    assert!(G1::default().is_identity());
}

#[test]
fn secret_scalars_exclude_zero_and_r() {
    let r_minus_1 = (-Scalar::ONE).to_bytes();
    let mut r = r_minus_1;
    r[31] += 1;
    assert!(SecretScalar::from_bytes(&[0; 32]).is_err());
    assert_eq!(SecretScalar::from_bytes(&r).err(), Some(DecodeError::NonCanonical));
    assert_eq!(Scalar::from_bytes(&r), Err(DecodeError::NonCanonical));
    assert!(SecretScalar::from_wide(&[0; 64]).is_none());
    let last = SecretScalar::from_bytes(&r_minus_1).unwrap();
    assert!(last.plus(&Scalar::ONE).is_none());
    assert_eq!(public(&last.plus(&Scalar::from_u64(3)).unwrap()), Scalar::from_u64(2));
}

/// T33: a generator that starts with zeros does not make a zero key.
#[test]
fn a_draw_of_zero_is_repeated() {
    struct ZerosFirst(u8);
    impl RngCore for ZerosFirst {
        fn next_u32(&mut self) -> u32 {
            0
        }
        fn next_u64(&mut self) -> u64 {
            0
        }
        fn fill_bytes(&mut self, dest: &mut [u8]) {
            dest.fill(self.0 / 2);
            self.0 += 1;
        }
        fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
            self.fill_bytes(dest);
            Ok(())
        }
    }
    impl CryptoRng for ZerosFirst {}
    let mut rng = ZerosFirst(0);
    let secret = SecretScalar::generate(&mut rng);
    assert_eq!((rng.0, public(&secret)), (3, Scalar::from_wide(&[1; 64])));
}

/// On the curve and outside the subgroup: x = 4 in 𝔾₁'s curve, found by trial.
fn torsion_g1() -> [u8; 48] {
    (1..=255_u8)
        .map(|x| {
            let mut bytes = [0; 48];
            (bytes[0], bytes[47]) = (0x80, x);
            bytes
        })
        .find(|bytes| {
            Option::<blstrs::G1Affine>::from(blstrs::G1Affine::from_compressed_unchecked(bytes))
                .is_some_and(|point| !bool::from(point.is_torsion_free()))
        })
        .unwrap()
}

fn torsion_g2() -> [u8; 96] {
    (1..=255_u8)
        .map(|x| {
            let mut bytes = [0; 96];
            (bytes[0], bytes[95]) = (0x80, x);
            bytes
        })
        .find(|bytes| {
            Option::<blstrs::G2Affine>::from(blstrs::G2Affine::from_compressed_unchecked(bytes))
                .is_some_and(|point| !bool::from(point.is_torsion_free()))
        })
        .unwrap()
}

#[test]
fn points_outside_the_subgroup_are_refused() {
    assert_eq!(G1::from_bytes(&torsion_g1()), Err(DecodeError::NotInGroup));
    assert_eq!(G2::from_bytes(&torsion_g2()), Err(DecodeError::NotInGroup));
    assert_eq!(SecretG1::from_bytes(&torsion_g1()).err(), Some(DecodeError::NonCanonical));
}

#[test]
fn points_off_the_curve_and_bad_flags_are_refused() {
    let off_curve = (1..=255_u8).find_map(|x| {
        let mut bytes = [0; 48];
        (bytes[0], bytes[47]) = (0x80, x);
        bool::from(blstrs::G1Affine::from_compressed_unchecked(&bytes).is_none()).then_some(bytes)
    });
    assert_eq!(G1::from_bytes(&off_curve.unwrap()), Err(DecodeError::NotInGroup));
    let mut identity = [0; 48];
    identity[0] = 0xc0;
    assert_eq!(G1::from_bytes(&identity), Ok(G1::identity()));
    assert_eq!(G1::identity().to_bytes(), identity);
    assert_eq!(NonIdentityG1::from_bytes(&identity), Err(DecodeError::Identity));
    for (index, value) in [(0, 0xe0), (0, 0x40), (47, 1), (20, 1)] {
        let mut bad = identity;
        bad[index] = value;
        assert_eq!(G1::from_bytes(&bad), Err(DecodeError::NonCanonical), "{index} {value:x}");
    }
    let mut x_is_p = hex::decode("9a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab").unwrap();
    assert_eq!(
        G1::from_bytes(x_is_p.as_slice().try_into().unwrap()),
        Err(DecodeError::NonCanonical)
    );
    x_is_p[0] &= 0x7f;
    assert_eq!(
        G1::from_bytes(x_is_p.as_slice().try_into().unwrap()),
        Err(DecodeError::NonCanonical)
    );
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    assert_eq!(G2::from_bytes(&identity), Ok(G2::identity()));
    assert_eq!(NonIdentityG2::from_bytes(&identity), Err(DecodeError::Identity));
}

/// The branch-free encoder of secret points is ours; of P and −P one has the greater y.
#[test]
fn a_secret_point_is_encoded_and_used_as_a_public_one() {
    for seed in 1..=128 {
        let p = g1(seed);
        for point in [p, -p] {
            let secret = SecretG1::new(point).unwrap();
            assert_eq!(*secret.to_secret_bytes(), point.to_bytes());
            assert!(secret.expose(|exposed| *exposed == point));
            assert_eq!(point.published("a test").to_bytes(), point.to_bytes());
        }
    }
}

#[test]
fn secrets_print_nothing_and_compare_in_constant_time() {
    use subtle::ConstantTimeEq;
    let secret = SecretScalar::generate(&mut rng(1));
    let point = SecretG1::new(G1::mul_generator(&secret)).unwrap();
    assert_eq!(format!("{secret:?} {point:?}"), "SecretScalar { .. } SecretG1 { .. }");
    assert_eq!(format!("{:?}", Gt::generator()), "Gt { .. }");
    assert!(bool::from(secret.ct_eq(&SecretScalar::generate(&mut rng(1)))));
    assert!(!bool::from(secret.ct_eq(&SecretScalar::generate(&mut rng(2)))));
    assert!(bool::from(point.ct_eq(&SecretG1::from_bytes(&point.to_secret_bytes()).unwrap())));
    assert!(SecretG1::new(G1::identity()).is_err());
}

static_assertions::assert_not_impl_any!(SecretScalar: Copy, Clone, PartialEq);
static_assertions::assert_not_impl_any!(SecretG1: Copy, Clone, PartialEq);

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn scalars_form_a_field_and_decode_to_themselves(a in scalar(), b in scalar()) {
        prop_assert_eq!(a + b - b, a);
        prop_assert_eq!(a * b, b * a);
        prop_assert_eq!(Scalar::from_bytes(&a.to_bytes()), Ok(a));
        if let Some(inverse) = a.invert() {
            prop_assert_eq!(a * inverse, Scalar::ONE);
        }
    }

    #[test]
    fn points_decode_to_themselves(a in scalar()) {
        let (p, q) = (G1::generator().mul_vartime(&a), G2::generator().mul_vartime(&a));
        prop_assert_eq!(G1::from_bytes(&p.to_bytes()), Ok(p));
        prop_assert_eq!(G2::from_bytes(&q.to_bytes()), Ok(q));
        let t = pairing(&p, &G2::generator());
        prop_assert_eq!(Gt::from_bytes(&t.to_bytes()), Ok(t));
    }

    #[test]
    fn combs_agree_with_multiplication(seed in any::<u64>()) {
        let secret = SecretScalar::generate(&mut rng(seed));
        prop_assert_eq!(G1::mul_generator(&secret), G1::generator().mul(&secret));
        prop_assert_eq!(G2::mul_generator(&secret), G2::generator().mul(&secret));
        let base = g2(seed | 1);
        prop_assert_eq!(FixedBaseG2::new(&base).mul(&secret), base.mul_vartime(&public(&secret)));
    }

    #[test]
    fn the_pairing_is_bilinear_however_it_is_computed(a in scalar(), b in scalar()) {
        let (p, q) = (G1::generator().mul_vartime(&a), G2::generator().mul_vartime(&b));
        let expected = Gt::generator().pow_vartime(&(a * b));
        prop_assert_eq!(pairing(&p, &q), expected);
        prop_assert_eq!(PreparedG2::new(&q).pairing(&p), expected);
        prop_assert_eq!(multi_pairing(&[(p, q), (p, q)]), expected * expected);
        prop_assert!((expected * expected.invert()).is_identity());
    }

    #[test]
    fn multi_exponentiation_is_the_sum(terms in prop::collection::vec((1_u64..1000, scalar()), 0..40)) {
        let points: Vec<_> = terms.iter().map(|(n, _)| g1(*n)).collect();
        let scalars: Vec<_> = terms.iter().map(|(_, k)| *k).collect();
        let sum: G1 = points.iter().zip(&scalars).map(|(p, k)| p.mul_vartime(k)).sum();
        prop_assert_eq!(G1::multi_exp_vartime(&points, &scalars), Ok(sum));
    }

    #[test]
    fn decoders_never_panic_and_are_injective(bytes in prop::collection::vec(any::<u8>(), 288)) {
        if let Ok(element) = Gt::from_bytes(bytes[..].try_into().unwrap()) {
            prop_assert_eq!(&element.to_bytes()[..], &bytes[..]);
        }
        if let Ok(point) = G1::from_bytes(bytes[..48].try_into().unwrap()) {
            prop_assert_eq!(&point.to_bytes()[..], &bytes[..48]);
        }
        if let Ok(point) = G2::from_bytes(bytes[..96].try_into().unwrap()) {
            prop_assert_eq!(&point.to_bytes()[..], &bytes[..96]);
        }
    }
}
