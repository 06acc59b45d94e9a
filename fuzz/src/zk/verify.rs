//! The verifier: the pinned proof of version 1, its statement and its key, one of them changed.
//!
//! Everything spliced in is a valid point or a canonical element, so that decoding never hides the
//! verifier. Groth16 proofs are malleable: (−A, −B, C) and (A/r, rB, C) prove the same statement, and
//! the model says so. Nothing else may pass but what is pinned.

use std::sync::LazyLock;

use ark_bls12_381::{Fr, G1Affine, G2Affine};
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{BigInteger, Field, PrimeField};
use ark_serialize::CanonicalDeserialize;
use medcrypto_zk::Error;
use medcrypto_zk::keys::VerifyingKey;
use medcrypto_zk::proof::Proof;
use medcrypto_zk::statement::Statement;

use super::points::{POOL, Pool, compressed};
use crate::script::Script;

pub(super) struct Pinned {
    pub(super) key: Vec<u8>,
    verifier: VerifyingKey,
    pub(super) statement: Vec<u8>,
    pub(super) proof: Vec<u8>,
    a: G1Affine,
    b: G2Affine,
    c: G1Affine,
}

pub(super) static PINNED: LazyLock<Pinned> = LazyLock::new(|| {
    let unhex =
        |text: &str| hex::decode(text.split_whitespace().collect::<String>()).expect("hexadecimal");
    let key = unhex(include_str!("../../../vectors/pinned/v1/zk/verifying-key.hex"));
    let proof = unhex(include_str!("../../../vectors/pinned/v1/zk/proof.hex"));
    let first = |bytes: &[u8]| G1Affine::deserialize_compressed(bytes).expect("a point");
    Pinned {
        verifier: VerifyingKey::from_bytes(&key).expect("the pinned key"),
        statement: unhex(include_str!("../../../vectors/pinned/v1/zk/statement.hex")),
        a: first(&proof[3..51]),
        b: G2Affine::deserialize_compressed(&proof[51..147]).expect("a point"),
        c: first(&proof[147..]),
        key,
        proof,
    }
});

/// The header and what is changed in one of the three. Reached: the verifier got to its equation.
pub(super) fn groth16(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    match script.below(4) {
        0 => statement(&mut script),
        1 => key(&mut script),
        _ => proof(&mut script),
    }
}

fn verdict(key: &VerifyingKey, statement: &[u8], proof: &[u8]) -> Result<(), Error> {
    let statement = Statement::from_bytes(statement).expect("a canonical statement");
    let proof = Proof::from_bytes(proof).expect("points of the groups");
    key.verify(&statement, &proof)
}

/// One input or two changed, swapped or taken from another place.
fn statement(script: &mut Script<'_>) -> bool {
    let pinned = &*PINNED;
    let mut bytes = pinned.statement.clone();
    for _ in 0..=script.below(2) {
        let (to, from) = (3 + 32 * script.below(6), 3 + 32 * script.below(7));
        let other = element(script, &bytes[from..from + 32]);
        bytes[to..to + 32].copy_from_slice(&other);
    }
    bytes[226] = if script.byte() % 4 == 3 { 0 } else { bytes[226] };
    let is_pinned = bytes == pinned.statement;
    let named = bytes[35..67] == pinned.statement[35..67];
    let verdict = verdict(&pinned.verifier, &bytes, &pinned.proof);
    assert_eq!(verdict.is_ok(), is_pinned, "statement {}", hex::encode(&bytes));
    // Another requirement than the key's is refused before the equation.
    named
}

/// An element near, or anywhere.
fn element(script: &mut Script<'_>, from: &[u8]) -> [u8; 32] {
    let value = Fr::from_be_bytes_mod_order(from);
    let value = match script.below(5) {
        0 => value,
        1 => value + Fr::from(script.below(3) as u64),
        2 => -value,
        3 => Fr::from(script.u64()),
        _ => Fr::from_be_bytes_mod_order(script.bytes(48)),
    };
    value.into_bigint().to_bytes_be().try_into().expect("32 bytes")
}

/// A point of the key replaced, or two of them exchanged.
fn key(script: &mut Script<'_>) -> bool {
    let pinned = &*PINNED;
    let mut bytes = pinned.key.clone();
    let points = bytes.len() - VerifyingKey::POINTS_LEN;
    let good = POOL.first.len() - Pool::REFUSED;
    let (second, exchange) = (script.byte().is_multiple_of(3), script.flag());
    let place = |index: usize| match (second, index) {
        (true, index) => points + 48 + 96 * (index % 3),
        (false, 0) => points,
        (false, index) => points + 344 + 48 * ((index - 1) % 8),
    };
    let len = if second { 96 } else { 48 };
    let (to, from) = (place(script.below(9)), place(script.below(9)));
    if exchange {
        let (left, right) = (bytes[to..to + len].to_vec(), bytes[from..from + len].to_vec());
        bytes[to..to + len].copy_from_slice(&right);
        bytes[from..from + len].copy_from_slice(&left);
    } else if second {
        bytes[to..to + 96].copy_from_slice(&POOL.second_bytes(script.below(good)));
    } else {
        bytes[to..to + 48].copy_from_slice(&POOL.first_bytes(script.below(good)));
    }
    let Ok(key) = VerifyingKey::from_bytes(&bytes) else { return false };
    let verdict = verdict(&key, &pinned.statement, &pinned.proof);
    assert_eq!(verdict.is_ok(), bytes == pinned.key, "key {}", hex::encode(&bytes));
    true
}

/// How a point of the proof is changed, as the scalar that multiplies it if it is a multiple.
fn factor(script: &mut Script<'_>) -> Option<Fr> {
    match script.below(6) {
        0..=2 => Some(Fr::ONE),
        3 => Some(-Fr::ONE),
        4 => Some(Fr::from(script.below(4) as u64 + 2)),
        _ => None,
    }
}

fn changed<P: AffineRepr<ScalarField = Fr>>(
    script: &mut Script<'_>,
    point: P,
    factor: Option<Fr>,
    pool: &[P],
) -> P {
    match factor {
        Some(factor) => (point * factor).into_affine(),
        // Another point, alone or added.
        None => {
            let other = pool[script.below(pool.len() - Pool::REFUSED)];
            let added = script.flag();
            if added { (point.into_group() + other).into_affine() } else { other }
        }
    }
}

/// Multiples of A, B and C, and other points in their place.
fn proof(script: &mut Script<'_>) -> bool {
    let pinned = &*PINNED;
    let (a, mut b, c) = (factor(script), factor(script), factor(script));
    if let (Some(by), true) = (a, script.byte() % 4 == 3) {
        b = by.inverse();
    }
    let points = [
        compressed::<48>(&changed(script, pinned.a, a, &POOL.first)).to_vec(),
        compressed::<96>(&changed(script, pinned.b, b, &POOL.second)).to_vec(),
        compressed::<48>(&changed(script, pinned.c, c, &POOL.first)).to_vec(),
    ];
    let bytes = [&pinned.proof[..3], &points.concat()].concat();
    let cancels = matches!((a, b), (Some(a), Some(b)) if a * b == Fr::ONE);
    let expected = cancels && c == Some(Fr::ONE);
    let verdict = verdict(&pinned.verifier, &pinned.statement, &bytes);
    assert_eq!(verdict.is_ok(), expected, "proof {}", hex::encode(&bytes));
    true
}
