//! Who takes part, and what each of them keeps secret.

use std::collections::BTreeMap;

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::PublicKey;

use super::vault::{EpochKey, ReaderSecret};
use crate::flows::signer::Signer;

/// The names of the doctors; the last one is added later.
pub const DOCTORS: [&str; 6] =
    ["doctor 1", "doctor 2", "doctor 3", "doctor 4", "doctor 5", "doctor 6"];
/// Who is revoked, by place in [`DOCTORS`].
pub const REVOKED: usize = 2;
/// Who is added, by place in [`DOCTORS`].
pub const ADDED: usize = 5;

/// A party that signs, and opens what is wrapped for it.
#[derive(Debug)]
pub struct Member {
    /// What it is called in the output.
    pub name: &'static str,
    /// What it signs with.
    pub signer: Signer,
    /// What it opens keys with.
    pub secret: ReaderSecret,
}

impl Member {
    /// A party with fresh keys.
    pub fn new<R: RngCore + CryptoRng>(name: &'static str, rng: &mut R) -> Self {
        Self { name, signer: Signer::generate(rng), secret: ReaderSecret::generate(rng) }
    }

    /// Its name on both chains.
    #[must_use]
    pub fn key(&self) -> PublicKey {
        self.signer.public_key()
    }
}

/// A device.
#[derive(Clone, Debug)]
pub struct Device {
    /// What it is called in the output.
    pub name: &'static str,
    /// What it signs with.
    pub signer: Signer,
}

impl Device {
    /// A device with a fresh key.
    pub fn new<R: RngCore + CryptoRng>(name: &'static str, rng: &mut R) -> Self {
        Self { name, signer: Signer::generate(rng) }
    }

    /// Its name on the Userchain.
    #[must_use]
    pub fn key(&self) -> PublicKey {
        self.signer.public_key()
    }
}

/// The user: one management node for all its devices.
#[derive(Debug)]
pub struct Owner {
    /// Its keys.
    pub member: Member,
    /// The key of every epoch so far, which its devices have too.
    pub epochs: BTreeMap<u64, EpochKey>,
}
