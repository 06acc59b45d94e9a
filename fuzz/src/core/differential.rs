//! The same bytes by blst, by bls12_381 and by arkworks.

use std::sync::LazyLock;

use arbitrary::Unstructured;
use ark_ec::hashing::{
    HashToCurve, curve_maps::wb::WBMap, map_to_curve_hasher::MapToCurveBasedHasher,
};
use ark_ff::{PrimeField, field_hashers::DefaultFieldHasher};
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use bls12_381 as zk;
use medcrypto_core::{
    Dst,
    bls::{
        G1, G2, Scalar, SecretScalar, hash_to_g1, hash_to_g2, hash_to_scalar,
        pairing_product_is_one,
    },
    dst,
};
use sha2::{Digest, Sha256};

use super::{POINTS_1, POINTS_2, point_seeds};
use crate::{Class, Reached, Target, edit};

const fn target(name: &'static str, class: Class, run: fn(&[u8]) -> Reached) -> Target {
    Target { name, class, max_len: 256, run, seeds: numbers, dict: &[] }
}

/// Decoding of scalars, their arithmetic, and wide reduction.
pub const DIFF_SCALAR: Target = target("core_diff_scalar", Class::Parser, scalar);
/// Decoding in 𝔾₁ and multiplication.
pub const DIFF_G1: Target = Target {
    seeds: || multiplied(&POINTS_1),
    dict: super::POINT_DICT,
    ..target("core_diff_g1", Class::Verifier, g1)
};
/// Decoding in 𝔾₂ and multiplication.
pub const DIFF_G2: Target = Target {
    seeds: || multiplied(&POINTS_2),
    dict: super::POINT_DICT,
    ..target("core_diff_g2", Class::Verifier, g2)
};
/// Sums of multiples, by buckets and one by one.
pub const DIFF_SUM: Target = target("core_diff_sum", Class::Verifier, sum);
/// Hashing to the groups and to scalars.
pub const DIFF_HASH: Target = target("core_diff_hash", Class::Verifier, hash);
/// Products of pairings.
pub const DIFF_PAIRING: Target = target("core_diff_pairing", Class::Verifier, pairing);

/// A number in sixteen bytes before each point.
fn multiplied(bases: &[edit::Base]) -> Vec<Vec<u8>> {
    let numbered = |(i, seed): (u8, Vec<u8>)| [&[i; 16][..], &seed].concat();
    (0..).zip(point_seeds(bases)).map(numbered).collect()
}

/// Bytes that are read as numbers.
fn numbers() -> Vec<Vec<u8>> {
    let counting: Vec<u8> = (1..=200).collect();
    let cancelling = [&[3, 1, 0, 0, 0, 2, 0, 0, 0], &[0xff; 9][..], &[0; 9]].concat();
    vec![counting, vec![0; 130], vec![0xff; 130], cancelling]
}

/// A scalar by both, from eight bytes or from 64, with the ends of the range now and then.
fn number(script: &mut Unstructured<'_>) -> (Scalar, zk::Scalar) {
    match script.arbitrary::<u8>().unwrap_or_default() % 8 {
        0 => (Scalar::ZERO, zk::Scalar::zero()),
        1 => (Scalar::ONE, zk::Scalar::one()),
        2 => (-Scalar::ONE, -zk::Scalar::one()),
        3 | 4 => {
            let small: u64 = script.arbitrary().unwrap_or_default();
            (Scalar::from_u64(small), zk::Scalar::from(small))
        }
        _ => {
            let mut wide = [0; 64];
            let given = script.len().min(64);
            wide[..given].copy_from_slice(script.bytes(given).unwrap_or_default());
            wide_scalar(&wide)
        }
    }
}

fn wide_scalar(wide: &[u8; 64]) -> (Scalar, zk::Scalar) {
    let mut little = *wide;
    little.reverse();
    (Scalar::from_wide(wide), zk::Scalar::from_bytes_wide(&little))
}

fn same(ours: &Scalar, theirs: &zk::Scalar) -> bool {
    let mut bytes = theirs.to_bytes();
    bytes.reverse();
    ours.to_bytes() == bytes
}

fn scalar(data: &[u8]) -> Reached {
    let mut padded = [0; 128];
    padded.iter_mut().zip(data).for_each(|(to, from)| *to = *from);
    let (first, rest) = padded.split_first_chunk::<32>().unwrap();
    let mut little = *first;
    little.reverse();
    let (ours, theirs) = (Scalar::from_bytes(first), zk::Scalar::from_bytes(&little));
    assert_eq!(ours.is_ok(), bool::from(theirs.is_some()));
    let (a, x) = wide_scalar(rest.first_chunk().unwrap());
    assert!(same(&a, &x));
    if let Ok(b) = ours {
        let y = theirs.unwrap();
        assert!(same(&(a + b), &(x + y)) && same(&(a - b), &(x - y)) && same(&(a * b), &(x * y)));
        assert!(same(&-b, &-y));
        let (inverse, expected) = (b.invert(), y.invert());
        assert_eq!(inverse.is_some(), bool::from(expected.is_some()));
        assert!(inverse.is_none_or(|inverse| same(&inverse, &expected.unwrap())));
    }
    (!data.is_empty()).into()
}

/// Reached: the bytes are a point, so that the multiples are compared.
fn g1(data: &[u8]) -> Reached {
    let Some((script, object)) = data.split_at_checked(16) else { return Reached::No };
    let Ok(bytes) = <[u8; 48]>::try_from(edit::input(object, &[], Some(48), &POINTS_1)) else {
        return Reached::No;
    };
    let ours = G1::from_bytes(&bytes);
    let theirs = Option::<zk::G1Affine>::from(zk::G1Affine::from_compressed(&bytes));
    let third = ark_bls12_381::G1Affine::deserialize_compressed(&bytes[..]);
    assert_eq!((ours.is_ok(), ours.is_ok()), (theirs.is_some(), third.is_ok()));
    if let (Ok(ours), Some(theirs)) = (ours, theirs) {
        assert_eq!(theirs.to_compressed(), bytes);
        let (k, x) = number(&mut Unstructured::new(script));
        let product = ours.mul_vartime(&k).to_bytes();
        assert_eq!(product, zk::G1Affine::from(theirs * x).to_compressed());
        if let Ok(secret) = SecretScalar::from_bytes(&k.to_bytes()) {
            assert_eq!(ours.mul(&secret).to_bytes(), product);
            let generated = G1::mul_generator(&secret);
            assert_eq!(generated, G1::generator().mul_vartime(&k));
        }
    }
    ours.is_ok().into()
}

/// Reached: the bytes are a point, so that the multiples are compared.
fn g2(data: &[u8]) -> Reached {
    let Some((script, object)) = data.split_at_checked(16) else { return Reached::No };
    let Ok(bytes) = <[u8; 96]>::try_from(edit::input(object, &[], Some(96), &POINTS_2)) else {
        return Reached::No;
    };
    let ours = G2::from_bytes(&bytes);
    let theirs = Option::<zk::G2Affine>::from(zk::G2Affine::from_compressed(&bytes));
    let third = ark_bls12_381::G2Affine::deserialize_compressed(&bytes[..]);
    assert_eq!((ours.is_ok(), ours.is_ok()), (theirs.is_some(), third.is_ok()));
    if let (Ok(ours), Some(theirs)) = (ours, theirs) {
        assert_eq!(theirs.to_compressed(), bytes);
        let (k, x) = number(&mut Unstructured::new(script));
        let product = ours.mul_vartime(&k).to_bytes();
        assert_eq!(product, zk::G2Affine::from(theirs * x).to_compressed());
        if let Ok(secret) = SecretScalar::from_bytes(&k.to_bytes()) {
            assert_eq!(ours.mul(&secret).to_bytes(), product);
            let generated = G2::mul_generator(&secret);
            assert_eq!(generated, G2::generator().mul_vartime(&k));
        }
    }
    ours.is_ok().into()
}

/// Up to five points and weights, zeros and repetitions among them.
fn sum(data: &[u8]) -> Reached {
    let mut script = Unstructured::new(data);
    let n = script.arbitrary::<u8>().unwrap_or_default() % 6;
    let numbers: Vec<_> = (0..n).map(|_| (number(&mut script), number(&mut script))).collect();
    let weights: Vec<_> = numbers.iter().map(|(_, (weight, _))| *weight).collect();
    let exponent: zk::Scalar = numbers.iter().map(|((_, x), (_, w))| x * w).sum();
    let points =
        |p: G1| numbers.iter().map(move |((k, _), _)| p.mul_vartime(k)).collect::<Vec<_>>();
    let ours = G1::multi_exp_vartime(&points(G1::generator()), &weights).unwrap();
    assert_eq!(
        ours.to_bytes(),
        zk::G1Affine::from(zk::G1Affine::generator() * exponent).to_compressed()
    );
    let points: Vec<_> = numbers.iter().map(|((k, _), _)| G2::generator().mul_vartime(k)).collect();
    let ours = G2::multi_exp_vartime(&points, &weights).unwrap();
    assert_eq!(
        ours.to_bytes(),
        zk::G2Affine::from(zk::G2Affine::generator() * exponent).to_compressed()
    );
    (n > 0).into()
}

type Hasher<C, P> = MapToCurveBasedHasher<C, DefaultFieldHasher<Sha256, 128>, WBMap<P>>;
type Hasher1 = Hasher<ark_bls12_381::G1Projective, ark_bls12_381::g1::Config>;
type Hasher2 = Hasher<ark_bls12_381::G2Projective, ark_bls12_381::g2::Config>;

const DOMAINS: [Dst; 3] = [dst::sig::BLS_SIGNATURE, dst::pre::SCOPE, dst::pre::IBS_CHALLENGE];

static HASHERS: LazyLock<Vec<(Hasher1, Hasher2)>> = LazyLock::new(|| {
    let hashers =
        |dst: &Dst| (Hasher1::new(dst.as_bytes()).unwrap(), Hasher2::new(dst.as_bytes()).unwrap());
    DOMAINS.iter().map(hashers).collect()
});

fn hash(data: &[u8]) -> Reached {
    let Some((chosen, message)) = data.split_first() else { return Reached::No };
    let chosen = usize::from(*chosen) % DOMAINS.len();
    let (dst, (first, second)) = (DOMAINS[chosen], &HASHERS[chosen]);
    let point = first.hash(message).unwrap();
    assert_eq!(hash_to_g1(dst, message).to_bytes()[..], compressed(&point));
    let point = second.hash(message).unwrap();
    assert_eq!(hash_to_g2(dst, message).to_bytes()[..], compressed(&point));
    let scalar = ark_bls12_381::Fr::from_be_bytes_mod_order(&expand(dst.as_bytes(), message));
    let mut bytes = compressed(&scalar);
    bytes.reverse();
    assert_eq!(hash_to_scalar(dst, message).to_bytes()[..], bytes);
    Reached::Yes
}

fn compressed(value: &impl CanonicalSerialize) -> Vec<u8> {
    let mut bytes = Vec::new();
    value.serialize_compressed(&mut bytes).unwrap();
    bytes
}

/// expand_message_xmd of RFC 9380 to 48 bytes, from the text of section 5.3.1.
fn expand(dst: &[u8], message: &[u8]) -> Vec<u8> {
    let suffix = [dst, &[u8::try_from(dst.len()).unwrap()]].concat();
    let hash = |parts: &[&[u8]]| Sha256::digest(parts.concat()).to_vec();
    let b0 = hash(&[&[0; 64], message, &[0, 48, 0], &suffix]);
    let b1 = hash(&[&b0, &[1], &suffix]);
    let mixed: Vec<u8> = b0.iter().zip(&b1).map(|(a, b)| a ^ b).collect();
    let b2 = hash(&[&mixed, &[2], &suffix]);
    [b1, b2[..16].to_vec()].concat()
}

/// `Π e([aᵢ]P₁, [bᵢ]P₂)` for up to three pairs, made to cancel now and then.
fn pairing(data: &[u8]) -> Reached {
    let mut script = Unstructured::new(data);
    if script.is_empty() {
        return Reached::No;
    }
    let control = script.arbitrary::<u8>().unwrap_or_default();
    let n = usize::from(control % 3) + 1;
    let mut pairs: Vec<_> = (0..n).map(|_| (number(&mut script), number(&mut script))).collect();
    if control & 0x80 != 0 {
        let exponent: zk::Scalar = pairs.iter().map(|((_, x), (_, y))| x * y).sum();
        let ours: Scalar = pairs.iter().map(|((a, _), (b, _))| *a * *b).sum();
        pairs.push(((-ours, -exponent), (Scalar::ONE, zk::Scalar::one())));
    }
    let ours: Vec<_> = pairs
        .iter()
        .map(|((a, _), (b, _))| (G1::generator().mul_vartime(a), G2::generator().mul_vartime(b)))
        .collect();
    let exponent: zk::Scalar = pairs.iter().map(|((_, x), (_, y))| x * y).sum();
    let affine = |(a, b): &(G1, G2)| {
        let a = zk::G1Affine::from_compressed(&a.to_bytes()).unwrap();
        (a, zk::G2Prepared::from(zk::G2Affine::from_compressed(&b.to_bytes()).unwrap()))
    };
    let theirs: Vec<_> = ours.iter().map(affine).collect();
    let terms: Vec<_> = theirs.iter().map(|(a, b)| (a, b)).collect();
    let product = zk::multi_miller_loop(&terms).final_exponentiation();
    let one = product == zk::Gt::identity();
    assert_eq!(one, exponent == zk::Scalar::zero());
    assert_eq!(pairing_product_is_one(&ours), one);
    Reached::Yes
}
