//! The keys of data: one for each patient, type and epoch, wrapped for each reader.
//!
//! ```text
//! place     = DAG-CBOR ⟨patient, type, epoch⟩
//! blob      = DAG-CBOR ⟨epoch, nonce, AES-256-GCM(key, nonce, place, data)⟩
//! wrapped   = HPKE base mode (X25519, HKDF-SHA-256, AES-256-GCM), info WRAPPED_KEY, AAD place
//! ```
//! The paper has one key for a patient and a member of the staff, for all types and for ever, so that
//! revocation changes nothing (E-S9).

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::policy::DataType;
use medcrypto_ledger::{Bytes, PublicKey};

use crate::flows::sealed::{self, Key};

pub use crate::flows::sealed::{ReaderKey, Sealed};

/// Whose data of which type under which epoch.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Whose.
    pub patient: PublicKey,
    /// Of which type.
    pub data_type: DataType,
    /// Under which epoch.
    pub epoch: u64,
}

impl Place {
    fn bytes(&self) -> Vec<u8> {
        encode(&(&self.patient, &self.data_type, self.epoch))
    }
}

/// The key of one place.
pub type DataKey = Key<Place>;

/// What opens the keys of places that are wrapped for a reader.
pub type ReaderSecret = sealed::ReaderSecret<Place>;

impl DataKey {
    /// Encrypts data for its place.
    ///
    /// # Errors
    /// [`Sealed`] for more than AES-GCM takes.
    pub fn seal<R: RngCore + CryptoRng>(
        &self,
        place: &Place,
        data: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, Sealed> {
        self.encrypt(place.epoch, &place.bytes(), data, rng)
    }

    /// Decrypts the blob of a place.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn open(&self, place: &Place, blob: &[u8]) -> Result<Vec<u8>, Sealed> {
        self.decrypt(|_: &u64| place.bytes(), blob).map(|(_, data)| data)
    }

    /// Encrypts this key for a reader.
    ///
    /// # Errors
    /// [`Sealed`] for a reader's key that is none.
    pub fn wrap<R: RngCore + CryptoRng>(
        &self,
        place: &Place,
        reader: &ReaderKey,
        rng: &mut R,
    ) -> Result<Vec<u8>, Sealed> {
        self.wrap_for(reader, &place.bytes(), rng)
    }
}

/// The epoch that a blob says it is under; believed once it opens.
///
/// # Errors
/// [`Sealed`] for bytes that are no blob.
pub fn epoch(blob: &[u8]) -> Result<u64, Sealed> {
    let (epoch, _, _): (u64, Bytes, Bytes) = decode(blob).or(Err(Sealed))?;
    Ok(epoch)
}

impl ReaderSecret {
    /// Opens a wrapped key.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn unwrap_key(&self, place: &Place, wrapped: &[u8]) -> Result<DataKey, Sealed> {
        self.open_key(&place.bytes(), wrapped)
    }
}
