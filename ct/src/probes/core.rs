//! medcrypto-core: scalars, combs, points, bytes, hedged randomness, nonces.

use medcrypto_core::{
    SecretBytes, Transcript,
    bls::{
        FixedBaseG1, FixedBaseG2, G1, G2, PreparedG2, Scalar, SecretG1, SecretScalar, hash_to_g1,
        hash_to_secret_scalar, multi_pairing, pairing,
    },
    declassify, dst,
    rng::hedged,
    subtle::ConstantTimeEq,
};

use super::{Probe, clean};
use crate::secret::{SecretRng, poisoned, public_rng, sink};

pub const PROBES: &[Probe] = &[
    clean("core/scalar-generate", || sink(scalar())),
    clean("core/scalar-decode", scalar_decode),
    clean("core/scalar-plus", || sink(scalar().plus(&Scalar::from_u64(5)))),
    clean("core/scalar-hash", scalar_hash),
    clean("core/scalar-compare", || compare(&scalar(), &SecretScalar::generate(&mut rng()))),
    clean("core/g1-mul", || sink(base_g1().mul(&scalar()))),
    clean("core/g2-mul", || sink(base_g2().mul(&scalar()))),
    clean("core/g1-comb", || sink(G1::mul_generator(&scalar()))),
    clean("core/g2-comb", || sink(G2::mul_generator(&scalar()))),
    clean("core/g1-comb-other-base", || sink(FixedBaseG1::new(&base_g1()).mul(&scalar()))),
    clean("core/g2-comb-other-base", || sink(FixedBaseG2::new(&base_g2()).mul(&scalar()))),
    clean("core/g1-publish", || sink(base_g1().mul(&scalar()).published("a point").to_bytes())),
    clean("core/g2-publish", || sink(base_g2().mul(&scalar()).published("a point").to_bytes())),
    clean("core/secret-g1-new", || sink(secret_g1())),
    clean("core/secret-g1-decode", secret_g1_decode),
    clean("core/secret-g1-use", secret_g1_use),
    clean("core/secret-g1-compare", || compare(&secret_g1(), &secret_g1())),
    clean("core/pairing", || sink(secret_g1().expose(|p| pairing(p, &G2::generator())))),
    clean("core/pairing-prepared", pairing_prepared),
    clean("core/pairing-product", pairing_product),
    clean("core/gt-encode", || sink(pairing(&base_g1().mul(&scalar()), &base_g2()).to_bytes())),
    clean("core/bytes-compare", bytes_compare),
    clean("core/hedged", hedged_bytes),
    clean("core/transcript-nonce", transcript_nonce),
];

fn rng() -> SecretRng {
    SecretRng::new(1)
}

fn scalar() -> SecretScalar {
    SecretScalar::generate(&mut rng())
}

fn base_g1() -> G1 {
    hash_to_g1(dst::pre::ID_DEC, b"base")
}

fn base_g2() -> G2 {
    G2::generator().mul_vartime(&Scalar::from_u64(7))
}

fn secret_g1() -> SecretG1 {
    SecretG1::new(base_g1().mul(&scalar())).unwrap()
}

fn compare<T: ConstantTimeEq>(one: &T, other: &T) {
    sink(declassify(one.ct_eq(other).unwrap_u8(), "the verdict of a comparison"));
}

fn scalar_decode() {
    let bytes = SecretScalar::generate(&mut public_rng(2)).to_secret_bytes();
    let secret = SecretScalar::from_bytes(&poisoned(*bytes, 0)).unwrap();
    sink(secret.to_secret_bytes());
}

fn scalar_hash() {
    let secret = SecretBytes::<32>::generate(&mut rng());
    sink(secret.expose(|bytes| hash_to_secret_scalar(dst::pre::FO_SCALAR, bytes)));
}

fn secret_g1_decode() {
    sink(SecretG1::from_bytes(&poisoned(base_g1().to_bytes(), 0)).unwrap());
}

fn secret_g1_use() {
    let (point, secret) = (secret_g1(), scalar());
    sink(point.expose(|point| point.mul(&secret)));
    sink(point.to_secret_bytes());
}

fn pairing_prepared() {
    let prepared = PreparedG2::new(&base_g2());
    sink(secret_g1().expose(|point| prepared.pairing(point)));
}

fn pairing_product() {
    let (secret, public) = (secret_g1(), base_g1());
    let pairs = |point: &G1| [(*point, G2::generator()), (public, base_g2())];
    sink(secret.expose(|point| multi_pairing(&pairs(point))));
}

fn bytes_compare() {
    let one = SecretBytes::<32>::generate(&mut rng());
    let same = SecretBytes::<32>::new(one.to_secret_bytes());
    compare(&one, &same);
    compare(&one, &SecretBytes::generate(&mut SecretRng::new(2)));
}

fn hedged_bytes() {
    let witness = poisoned([7; 48], 0);
    let drawn = hedged::<64, _>(dst::pre::IBS_NONCE, &witness, b"context", &mut rng());
    sink(SecretScalar::from_wide(&drawn).unwrap());
}

fn transcript_nonce() {
    let mut transcript = Transcript::new(dst::zk::CONTEXT);
    transcript.append_bytes(b"m", b"message");
    sink(transcript.nonce(&poisoned([9; 32], 0), &mut rng()));
}
