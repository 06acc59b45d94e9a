//! The keys of data: one for each patient, type and epoch, wrapped for each reader.
//!
//! ```text
//! place     = DAG-CBOR ⟨patient, type, epoch⟩
//! blob      = DAG-CBOR ⟨epoch, nonce, AES-256-GCM(key, nonce, place, data)⟩
//! wrapped   = HPKE base mode (X25519, HKDF-SHA-256, AES-256-GCM), info WRAPPED_KEY, AAD place
//! ```
//! The paper has one key for a patient and a member of the staff, for all types and for ever, so that
//! revocation changes nothing (E-S9).

use std::fmt;

use aes_gcm::aead::{Aead as _, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use medcrypto_core::dst;
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::contract::policy::DataType;
use medcrypto_ledger::{Bytes, PublicKey};
use zeroize::Zeroizing;

type Suite = X25519HkdfSha256;

/// Wrong key, wrong place or changed bytes: which of them, nobody learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("does not open")]
pub struct Sealed;

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
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }

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
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: data, aad: &place.bytes() };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).or(Err(Sealed))?;
        Ok(encode(&(place.epoch, Bytes::from(&nonce[..]), Bytes::from(sealed))))
    }

    /// Decrypts the blob of a place.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn open(&self, place: &Place, blob: &[u8]) -> Result<Vec<u8>, Sealed> {
        let (_, nonce, sealed): (u64, Bytes, Bytes) = decode(blob).or(Err(Sealed))?;
        let nonce = <[u8; 12]>::try_from(nonce.as_slice()).or(Err(Sealed))?;
        let payload = Payload { msg: sealed.as_slice(), aad: &place.bytes() };
        self.cipher().decrypt(&Nonce::from(nonce), payload).or(Err(Sealed))
    }

    /// Encrypts this key for a reader.
    ///
    /// # Errors
    /// [`Sealed`] for a key that is none.
    pub fn wrap<R: RngCore + CryptoRng>(
        &self,
        place: &Place,
        reader: &ReaderKey,
        rng: &mut R,
    ) -> Result<Vec<u8>, Sealed> {
        let (mode, info) = (OpModeS::Base, dst::ledger::WRAPPED_KEY.as_bytes());
        let key = <Suite as Kem>::PublicKey::from_bytes(&reader.0).or(Err(Sealed))?;
        let (encapped, sealed) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, Suite, _>(
            &mode,
            &key,
            info,
            self.0.as_slice(),
            &place.bytes(),
            rng,
        )
        .or(Err(Sealed))?;
        Ok([encapped.to_bytes().as_slice(), &sealed].concat())
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

/// The HPKE key of a reader, for those who wrap for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderKey(pub [u8; 32]);

/// What opens the keys that are wrapped for a reader.
pub struct ReaderSecret(<Suite as Kem>::PrivateKey, ReaderKey);

impl ReaderSecret {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let (secret, public) = Suite::gen_keypair(rng);
        Self(secret, ReaderKey(public.to_bytes().into()))
    }

    /// The public half.
    #[must_use]
    pub const fn public(&self) -> &ReaderKey {
        &self.1
    }

    /// Opens a wrapped key.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn unwrap_key(&self, place: &Place, wrapped: &[u8]) -> Result<DataKey, Sealed> {
        let (encapped, sealed) = wrapped.split_at_checked(32).ok_or(Sealed)?;
        let encapped = <Suite as Kem>::EncappedKey::from_bytes(encapped).or(Err(Sealed))?;
        let info = dst::ledger::WRAPPED_KEY.as_bytes();
        let (mode, aad) = (OpModeR::Base, place.bytes());
        let key = hpke::single_shot_open::<AesGcm256, HkdfSha256, Suite>(
            &mode, &self.0, &encapped, info, sealed, &aad,
        );
        let key = Zeroizing::new(key.or(Err(Sealed))?);
        let key = <[u8; 32]>::try_from(key.as_slice()).or(Err(Sealed))?;
        Ok(DataKey(Zeroizing::new(key)))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

impl fmt::Debug for ReaderSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReaderSecret").field(&self.1).finish()
    }
}
