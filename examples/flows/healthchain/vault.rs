//! The key of an epoch: what it encrypts, and how it comes to its readers.
//!
//! ```text
//! place     = ⟨owner, author, epoch, time, kind⟩
//! blob      = DAG-CBOR ⟨kind, nonce, AES-256-GCM(key, nonce, AAD = DAG-CBOR place, data)⟩
//! wrapped   = HPKE base mode (X25519, HKDF-SHA-256, AES-256-GCM), info WRAPPED_KEY,
//!             AAD = DAG-CBOR ⟨owner, epoch, reader⟩                                    80 bytes
//! ```
//! The paper names AES without a mode, and puts a key of 96 bytes into an RSA block that holds 62
//! (E-C3, E-C11).

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::{Bytes, PublicKey};

use crate::flows::sealed::{self, Key};

pub use crate::flows::sealed::{ReaderKey, Sealed};

/// What an [`EpochKey`] is the key of.
#[derive(Clone, Copy, Debug)]
pub enum Epoch {}

/// The key of an epoch.
pub type EpochKey = Key<Epoch>;

/// What opens the keys of epochs that are wrapped for a reader.
pub type ReaderSecret = sealed::ReaderSecret<Epoch>;

/// Whose data, by whom, under which epoch, of when.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Whose.
    pub owner: &'a PublicKey,
    /// The device, or the doctor.
    pub author: &'a PublicKey,
    /// The epoch of the key.
    pub epoch: u64,
    /// Milliseconds since 1970.
    pub taken_ms: u64,
}

impl Place<'_> {
    fn bytes(&self, kind: &str) -> Vec<u8> {
        encode(&(self.owner, self.author, self.epoch, self.taken_ms, kind))
    }
}

impl EpochKey {
    /// Encrypts data of a kind for its place.
    ///
    /// # Errors
    /// [`Sealed`] for more than AES-GCM takes.
    pub fn seal<R: RngCore + CryptoRng>(
        &self,
        place: Place<'_>,
        kind: &str,
        data: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, Sealed> {
        self.encrypt(kind, &place.bytes(kind), data, rng)
    }

    /// Decrypts the blob of a place: its kind and the data.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn open(&self, place: Place<'_>, blob: &[u8]) -> Result<(String, Vec<u8>), Sealed> {
        self.decrypt(|kind: &String| place.bytes(kind), blob)
    }

    /// Encrypts this key of an owner's epoch for a reader.
    ///
    /// # Errors
    /// [`Sealed`] for a reader's key that is none.
    pub fn wrap<R: RngCore + CryptoRng>(
        &self,
        (owner, epoch): (&PublicKey, u64),
        (reader, key): (&PublicKey, &ReaderKey),
        rng: &mut R,
    ) -> Result<Bytes, Sealed> {
        self.wrap_for(key, &encode(&(owner, epoch, reader)), rng).map(Bytes::from)
    }
}

impl ReaderSecret {
    /// Opens the key of an owner's epoch that is wrapped for `reader`.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn unwrap_key(
        &self,
        (owner, epoch): (&PublicKey, u64),
        reader: &PublicKey,
        wrapped: &[u8],
    ) -> Result<EpochKey, Sealed> {
        self.open_key(&encode(&(owner, epoch, reader)), wrapped)
    }
}
