//! The known answers of vectors/khpke, made by an implementation that shares no code with this one,
//! and the pinned objects of version 1.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    unreachable_pub,
    reason = "test code"
)]

mod encryption;
mod evaluation;
mod keys;
mod pinned;
mod proofs;
#[path = "../../../vectors/reader.rs"]
mod reader;

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex};

use medcrypto_core::bls::{G1, Scalar, hash_to_g1};
use medcrypto_core::{Transcript, dst};
use medcrypto_khpke::{
    AccountId, AssociatedData, DecryptionKey, Error, PossessionProof, PublicKey, RegisteredKey,
};
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, RngCore, SeedableRng};
use reader::{Case, Outputs, Verdict};
use serde_json::Value;

/// The file `name` of this crate.
macro_rules! vectors {
    ($name:literal) => {
        include_str!(concat!("../../../vectors/khpke/", $name, ".json"))
    };
}
use vectors;

fn one(name: &'static str, bytes: &[u8]) -> Verdict {
    Ok(Outputs::from([(name, bytes.to_vec())]))
}

/// The name of an error, without saying that it is one of decoding.
fn error(error: impl Into<Error>) -> String {
    match error.into() {
        Error::Decode(inner) => format!("{inner:?}"),
        other => format!("{other:?}"),
    }
}

fn transcript() -> Transcript {
    Transcript::new(dst::khpke::POSSESSION)
}

fn secret(case: &Case) -> DecryptionKey {
    DecryptionKey::from_bytes(&case.bytes("secret")).unwrap()
}

/// The public key of a case, registered by its secret key: once for all cases that name it.
fn key(case: &Case) -> RegisteredKey {
    static KNOWN: LazyLock<Mutex<HashMap<Vec<u8>, RegisteredKey>>> = LazyLock::new(Mutex::default);
    let (bytes, secret) = (case.bytes("key"), secret(case));
    let register = || {
        let (public, account) = (PublicKey::from_bytes(&bytes).unwrap(), AccountId([7; 32]));
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng);
        public.register(account, &proof.unwrap(), &mut transcript()).unwrap()
    };
    KNOWN.lock().unwrap().entry(bytes.clone()).or_insert_with(register).clone()
}

fn ad(case: &Case) -> Result<AssociatedData, String> {
    AssociatedData::new(&case.bytes("ad")).map_err(error)
}

fn numbers(value: &Value) -> Vec<i64> {
    value.as_array().unwrap().iter().map(|number| number.as_i64().unwrap()).collect()
}

/// m for [m]H with |m| ≤ 1000, from the registered string and not by the crate.
fn small_log(point: &G1) -> Option<i64> {
    static TABLE: LazyLock<HashMap<[u8; 48], i64>> = LazyLock::new(|| {
        let h = hash_to_g1(dst::khpke::GEN, b"H\0\0\0\0");
        let multiple = |m: i64| {
            let product = h.mul_vartime(&Scalar::from_u64(m.unsigned_abs()));
            (if m < 0 { -product } else { product }).to_bytes()
        };
        (-1000..=1000).map(|m| (multiple(m), m)).collect()
    });
    TABLE.get(&point.to_bytes()).copied()
}

/// Plays recorded bytes, all of which have to be drawn.
struct Recorded(Vec<u8>);

impl Recorded {
    fn new(value: &[u8]) -> Self {
        Self(value.to_vec())
    }

    /// Fails if the operation left something of a recording.
    fn finish(&self) {
        assert!(self.0.is_empty(), "{} bytes of randomness were not drawn", self.0.len());
    }
}

impl RngCore for Recorded {
    fn next_u32(&mut self) -> u32 {
        unreachable!("only bytes are drawn")
    }

    fn next_u64(&mut self) -> u64 {
        unreachable!("only bytes are drawn")
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        let drawn: Vec<_> = self.0.drain(..dest.len()).collect();
        dest.copy_from_slice(&drawn);
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Recorded {}
