//! Targets of medcrypto-core: the codec, the decoders of the group elements, and the same operations
//! by other implementations on the same bytes.

mod codec;
mod differential;

use std::sync::LazyLock;

use medcrypto_core::bls::{
    G1, G2, Gt, NonIdentityG1, NonIdentityG2, Scalar, SecretG1, SecretScalar,
};

pub use codec::CODEC;
pub use differential::{DIFF_G1, DIFF_G2, DIFF_HASH, DIFF_PAIRING, DIFF_SCALAR, DIFF_SUM};

use crate::{
    Class, Reached, Target,
    edit::{self, Base},
};

/// Targets of medcrypto-core.
pub const TARGETS: &[&Target] = &[
    &CODEC,
    &SCALAR,
    &G1_POINT,
    &G2_POINT,
    &GT,
    &DIFF_SCALAR,
    &DIFF_G1,
    &DIFF_G2,
    &DIFF_SUM,
    &DIFF_HASH,
    &DIFF_PAIRING,
];

/// Scalars, public and secret.
pub const SCALAR: Target = Target {
    name: "core_scalar",
    class: Class::Parser,
    max_len: 64,
    run: scalar,
    seeds: || SCALARS.iter().map(|base| edit::whole(&base.bytes)).chain([vec![2; 9]]).collect(),
    dict: &[],
};

/// Points of 𝔾₁: with the identity, without it, secret.
pub const G1_POINT: Target = Target {
    name: "core_g1_point",
    class: Class::Points,
    max_len: 80,
    run: g1,
    seeds: || point_seeds(&POINTS_1),
    dict: POINT_DICT,
};

/// Points of 𝔾₂: with the identity and without it.
pub const G2_POINT: Target = Target {
    name: "core_g2_point",
    class: Class::Points,
    max_len: 128,
    run: g2,
    seeds: || point_seeds(&POINTS_2),
    dict: POINT_DICT,
};

/// Elements of 𝔾ₜ.
pub const GT: Target = Target {
    name: "core_gt",
    class: Class::Points,
    max_len: 320,
    run: gt,
    seeds: || point_seeds(&ELEMENTS),
    dict: &[],
};

/// First bytes of points, and the first of the modulus.
pub const POINT_DICT: &[&[u8]] =
    &[b"\x80", b"\xa0", b"\xc0", b"\xe0", b"\x40", b"\x9a\x01\x11\xea", b"\xba\x01\x11\xea"];

static SCALARS: LazyLock<Vec<Base>> = LazyLock::new(|| {
    let values = [Scalar::ONE, -Scalar::ONE, Scalar::from_u64(u64::MAX), Scalar::ZERO];
    values.iter().map(|value| Base::new(value.to_bytes().to_vec())).collect()
});

pub(crate) static POINTS_1: LazyLock<Vec<Base>> = LazyLock::new(|| {
    let points = [1, 2, 0].map(|k| G1::generator().mul_vartime(&Scalar::from_u64(k)));
    points.iter().map(|point| Base::new(point.to_bytes().to_vec())).collect()
});

pub(crate) static POINTS_2: LazyLock<Vec<Base>> = LazyLock::new(|| {
    let points = [1, 2, 0].map(|k| G2::generator().mul_vartime(&Scalar::from_u64(k)));
    points.iter().map(|point| Base::new(point.to_bytes().to_vec())).collect()
});

static ELEMENTS: LazyLock<Vec<Base>> = LazyLock::new(|| {
    let elements = [1, 2, 0].map(|k| Gt::generator().pow_vartime(&Scalar::from_u64(k)));
    elements.iter().map(|element| Base::with_gt(element.to_bytes().to_vec(), 0)).collect()
});

/// Whole objects, and one script each that puts another point in their place.
pub(crate) fn point_seeds(bases: &[Base]) -> Vec<Vec<u8>> {
    let scripts = (0..8).map(|kind| vec![2, 0, 0, 0, kind, 5, 0, 0, 0]);
    bases.iter().map(|base| edit::whole(&base.bytes)).chain(scripts).collect()
}

fn scalar(data: &[u8]) -> Reached {
    let input = edit::input(data, &[], Some(32), &SCALARS);
    let Ok(bytes) = <[u8; 32]>::try_from(input) else { return Reached::No };
    let (public, secret) = (Scalar::from_bytes(&bytes), SecretScalar::from_bytes(&bytes));
    if let Ok(scalar) = &public {
        assert_eq!(scalar.to_bytes(), bytes);
    }
    if let Ok(scalar) = &secret {
        assert_eq!(*scalar.to_secret_bytes(), bytes);
    }
    assert_eq!(secret.is_ok(), public.is_ok_and(|scalar| !scalar.is_zero()));
    Reached::Yes
}

fn g1(data: &[u8]) -> Reached {
    let input = edit::input(data, &[], Some(48), &POINTS_1);
    let Ok(bytes) = <[u8; 48]>::try_from(input) else { return Reached::No };
    let any = G1::from_bytes(&bytes);
    let (some, secret) = (NonIdentityG1::from_bytes(&bytes), SecretG1::from_bytes(&bytes));
    if let Ok(point) = any {
        assert_eq!(point.to_bytes(), bytes);
    }
    if let Ok(point) = &secret {
        assert_eq!(*point.to_secret_bytes(), bytes);
        assert!(point.expose(|point| Ok(*point) == any));
    }
    let finite = any.is_ok_and(|point| !point.is_identity());
    assert_eq!((some.is_ok(), secret.is_ok()), (finite, finite));
    assert!(some.is_err() || some.map(|point| point.point()) == any);
    Reached::Yes
}

fn g2(data: &[u8]) -> Reached {
    let input = edit::input(data, &[], Some(96), &POINTS_2);
    let Ok(bytes) = <[u8; 96]>::try_from(input) else { return Reached::No };
    let (any, some) = (G2::from_bytes(&bytes), NonIdentityG2::from_bytes(&bytes));
    if let Ok(point) = any {
        assert_eq!(point.to_bytes(), bytes);
    }
    assert_eq!(some.is_ok(), any.is_ok_and(|point| !point.is_identity()));
    assert!(some.is_err() || some.map(|point| point.point()) == any);
    Reached::Yes
}

fn gt(data: &[u8]) -> Reached {
    let input = edit::input(data, &[], Some(288), &ELEMENTS);
    let Ok(bytes) = <[u8; 288]>::try_from(input) else { return Reached::No };
    if let Ok(element) = Gt::from_bytes(&bytes) {
        assert_eq!(element.to_bytes(), bytes);
        assert!((element * element.invert()).is_identity());
    }
    Reached::Yes
}
