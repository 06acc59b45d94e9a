//! Secret residues against public scalars, and exponents that are zero, short or both.

use proptest::prelude::*;
use subtle::ConstantTimeEq;

use super::tests::{g1, g2, rng, scalar};
use super::*;
use crate::DecodeError;

fn residue(value: &Scalar) -> SecretResidue {
    SecretResidue::from_bytes(&value.to_bytes()).unwrap()
}

fn value(residue: &SecretResidue) -> Scalar {
    residue.publish("a test")
}

fn power_of_two(exponent: usize) -> Scalar {
    (0..exponent).fold(Scalar::ONE, |power, _| power + power)
}

#[test]
fn a_residue_is_zero_or_r_minus_1_and_never_r() {
    let last = -Scalar::ONE;
    let mut r = last.to_bytes();
    r[31] += 1;
    assert_eq!(SecretResidue::from_bytes(&r).err(), Some(DecodeError::NonCanonical));
    assert_eq!(SecretResidue::from_bytes(&[0xff; 32]).err(), Some(DecodeError::NonCanonical));
    assert_eq!(value(&SecretResidue::from_bytes(&[0; 32]).unwrap()), Scalar::ZERO);
    assert_eq!(*residue(&last).to_secret_bytes(), last.to_bytes());
    assert_eq!(value(&residue(&last).plus(&SecretResidue::from_u64(1))), Scalar::ZERO);
    assert_eq!(value(&SecretResidue::from_u64(0).minus(&SecretResidue::from_u64(1))), last);
}

#[test]
fn residues_of_integers_keep_their_sign() {
    for n in [0, 1, -1, 2, -2, i64::MAX, i64::MIN, i64::MIN + 1, 1 << 40, -(1 << 40)] {
        let magnitude = Scalar::from_u64(n.unsigned_abs());
        let expected = if n < 0 { -magnitude } else { magnitude };
        assert_eq!(value(&SecretResidue::from_i64(n)), expected, "{n}");
    }
    assert_eq!(value(&SecretResidue::from_u64(u64::MAX)), Scalar::from_u64(u64::MAX));
}

#[test]
fn the_inverse_of_zero_is_zero() {
    assert_eq!(value(&SecretResidue::from_u64(0).inverted()), Scalar::ZERO);
    let last = SecretResidue::from_i64(-1);
    assert_eq!(value(&last.inverted()), value(&last));
}

#[test]
fn a_residue_is_drawn_by_wide_reduction_of_all_64_bytes() {
    use rand_core::RngCore;
    let mut wide = [0; 64];
    rng(3).fill_bytes(&mut wide);
    assert_eq!(value(&SecretResidue::generate(&mut rng(3))), Scalar::from_wide(&wide));
}

#[test]
fn residues_print_nothing_and_compare_in_constant_time() {
    let secret = SecretResidue::generate(&mut rng(1));
    assert_eq!(format!("{secret:?}"), "SecretResidue { .. }");
    assert!(bool::from(secret.ct_eq(&SecretResidue::generate(&mut rng(1)))));
    assert!(!bool::from(secret.ct_eq(&SecretResidue::generate(&mut rng(2)))));
    let scalar = SecretScalar::generate(&mut rng(4));
    assert_eq!(*SecretResidue::from(&scalar).to_secret_bytes(), *scalar.to_secret_bytes());
}

static_assertions::assert_not_impl_any!(SecretResidue: Copy, Clone, PartialEq, core::ops::Deref);
static_assertions::assert_impl_all!(SecretResidue: SecretExponent, Send, Sync);
static_assertions::assert_impl_all!(SecretScalar: SecretExponent);
static_assertions::assert_not_impl_any!(Scalar: SecretExponent);

/// Zero, the bounds of a window, every borrow of a recoding, and r − 1.
#[test]
fn combs_and_points_are_multiplied_by_any_residue() {
    let small = (0..=33).map(Scalar::from_u64);
    let near_powers = (0..255).map(power_of_two).flat_map(|p| [p, -p, p - Scalar::ONE]);
    let (comb1, comb2) = (FixedBaseG1::new(&g1(11)), FixedBaseG2::new(&g2(11)));
    for k in small.chain(near_powers) {
        let secret = residue(&k);
        let expected = g1(11).mul_vartime(&k);
        assert_eq!(comb1.mul(&secret), expected, "{k:?}");
        assert_eq!(comb1.mul_vartime(&k), expected, "{k:?}");
        assert_eq!(g1(11).mul(&secret), expected, "{k:?}");
        assert_eq!(G1::mul_generator(&secret), G1::generator().mul_vartime(&k), "{k:?}");
        assert_eq!(comb2.mul(&secret), g2(11).mul_vartime(&k), "{k:?}");
    }
}

#[test]
fn zero_and_the_identity_multiply_to_the_identity() {
    let (zero, some) = (SecretResidue::from_u64(0), SecretResidue::from_i64(-7));
    assert!(G1::mul_generator(&zero).is_identity());
    assert!(G2::mul_generator(&zero).is_identity());
    assert!(g1(5).mul(&zero).is_identity());
    assert!(G1::identity().mul(&some).is_identity());
    assert!(FixedBaseG1::new(&G1::identity()).mul(&some).is_identity());
    assert!(FixedBaseG1::new(&G1::identity()).mul_vartime(&Scalar::from_u64(5)).is_identity());
    assert!(G1::identity().mul_vartime(&-Scalar::ONE).is_identity());
    assert!(G1::identity().mul_bounded(&some, 256).is_identity());
}

/// Every number of bits, with ones in all of them and in none above.
#[test]
fn short_exponents_give_the_product_at_every_length() {
    let base = g1(13);
    for bits in 1..=254 {
        let ones = power_of_two(bits) - Scalar::ONE;
        for k in [ones, power_of_two(bits - 1), Scalar::ZERO, Scalar::ONE] {
            assert_eq!(base.mul_bounded(&residue(&k), bits), base.mul_vartime(&k), "{bits} {k:?}");
        }
    }
    for k in [-Scalar::ONE, Scalar::from_wide(&[7; 64])] {
        assert_eq!(base.mul_bounded(&residue(&k), 255), base.mul_vartime(&k));
        assert_eq!(base.mul_bounded(&residue(&k), 256), base.mul_vartime(&k));
        assert_eq!(base.mul_bounded(&residue(&k), usize::MAX), base.mul_vartime(&k));
    }
}

/// 2²⁵⁴ − 1 has ones everywhere: what is left of it is what the bound says.
#[test]
fn bits_above_the_bound_do_not_count() {
    let (base, ones) = (g1(17), power_of_two(254) - Scalar::ONE);
    assert!(base.mul_bounded(&residue(&ones), 0).is_identity());
    for bits in 1..254 {
        let low = power_of_two(bits) - Scalar::ONE;
        assert_eq!(base.mul_bounded(&residue(&ones), bits), base.mul_vartime(&low), "{bits}");
    }
}

fn product_sum(points: &[G1], scalars: &[Scalar]) -> G1 {
    points.iter().zip(scalars).map(|(point, scalar)| point.mul_vartime(scalar)).sum()
}

/// The width of the longest scalar decides; each byte boundary, and one long scalar among short ones.
#[test]
fn multi_exponentiation_reads_every_bit_of_short_scalars() {
    let points: Vec<_> = (1..=5).map(g1).collect();
    for bits in (1..=254).step_by(3).chain([8, 16, 64, 128, 254]) {
        let ones = power_of_two(bits) - Scalar::ONE;
        let top = power_of_two(bits - 1);
        let scalars = [ones, top, Scalar::ONE, Scalar::ZERO, ones];
        let sum = G1::multi_exp_vartime(&points, &scalars);
        assert_eq!(sum, Ok(product_sum(&points, &scalars)), "{bits}");
    }
    let scalars = [Scalar::ONE, -Scalar::ONE, Scalar::ZERO, Scalar::ONE, Scalar::ONE];
    assert_eq!(G1::multi_exp_vartime(&points, &scalars), Ok(product_sum(&points, &scalars)));
}

#[test]
fn all_zero_scalars_give_the_identity_for_any_number_of_points() {
    for n in 0..70 {
        let points: Vec<_> = (1..=n).map(g1).collect();
        let zeros = vec![Scalar::ZERO; points.len()];
        assert_eq!(G1::multi_exp_vartime(&points, &zeros), Ok(G1::identity()), "{n}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn residues_obey_the_laws_of_the_field(a in scalar(), b in scalar(), k in scalar()) {
        let (x, y) = (residue(&a), residue(&b));
        prop_assert_eq!(value(&x.plus(&y)), a + b);
        prop_assert_eq!(value(&x.minus(&y)), a - b);
        prop_assert_eq!(value(&x.times(&y)), a * b);
        prop_assert_eq!(value(&x.scaled(&k)), a * k);
        prop_assert_eq!(Some(value(&x.inverted())), a.invert());
        prop_assert_eq!(value(&x.plus(&y).minus(&y)), a);
        prop_assert_eq!(value(&x.minus(&x)), Scalar::ZERO);
    }

    #[test]
    fn short_multi_exponentiation_is_the_sum(
        terms in prop::collection::vec((0_u64..1000, any::<u64>()), 0..40),
        shift in 0_u32..64,
    ) {
        let points: Vec<_> = terms.iter().map(|(n, _)| g1(*n)).collect();
        let scalars: Vec<_> = terms.iter().map(|(_, k)| Scalar::from_u64(k >> shift)).collect();
        let sum = product_sum(&points, &scalars);
        prop_assert_eq!(G1::multi_exp_vartime(&points, &scalars), Ok(sum));
    }
}
