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
use medcrypto_ledger::{Bytes, PublicKey};
use zeroize::Zeroizing;

type Suite = X25519HkdfSha256;

/// Wrong key, wrong place or changed bytes: which of them, nobody learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("does not open")]
pub struct Sealed;

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

/// The key of an epoch.
pub struct EpochKey(Zeroizing<[u8; 32]>);

impl EpochKey {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }

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
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: data, aad: &place.bytes(kind) };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).or(Err(Sealed))?;
        Ok(encode(&(kind, Bytes::from(&nonce[..]), Bytes::from(sealed))))
    }

    /// Decrypts the blob of a place: its kind and the data.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn open(&self, place: Place<'_>, blob: &[u8]) -> Result<(String, Vec<u8>), Sealed> {
        let (kind, nonce, sealed): (String, Bytes, Bytes) = decode(blob).or(Err(Sealed))?;
        let nonce = <[u8; 12]>::try_from(nonce.as_slice()).or(Err(Sealed))?;
        let payload = Payload { msg: sealed.as_slice(), aad: &place.bytes(&kind) };
        let data = self.cipher().decrypt(&Nonce::from(nonce), payload).or(Err(Sealed))?;
        Ok((kind, data))
    }

    /// Encrypts this key of an owner's epoch for a reader.
    ///
    /// # Errors
    /// [`Sealed`] for a key that is none.
    pub fn wrap<R: RngCore + CryptoRng>(
        &self,
        (owner, epoch): (&PublicKey, u64),
        (reader, key): (&PublicKey, &ReaderKey),
        rng: &mut R,
    ) -> Result<Bytes, Sealed> {
        let aad = encode(&(owner, epoch, reader));
        let key = <Suite as Kem>::PublicKey::from_bytes(&key.0).or(Err(Sealed))?;
        let (encapped, sealed) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, Suite, _>(
            &OpModeS::Base,
            &key,
            dst::ledger::WRAPPED_KEY.as_bytes(),
            self.0.as_slice(),
            &aad,
            rng,
        )
        .or(Err(Sealed))?;
        Ok([encapped.to_bytes().as_slice(), &sealed].concat().into())
    }
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
        let (encapped, sealed) = wrapped.split_at_checked(32).ok_or(Sealed)?;
        let encapped = <Suite as Kem>::EncappedKey::from_bytes(encapped).or(Err(Sealed))?;
        let key = hpke::single_shot_open::<AesGcm256, HkdfSha256, Suite>(
            &OpModeR::Base,
            &self.0,
            &encapped,
            dst::ledger::WRAPPED_KEY.as_bytes(),
            sealed,
            &encode(&(owner, epoch, reader)),
        );
        let key = Zeroizing::new(key.or(Err(Sealed))?);
        let key = <[u8; 32]>::try_from(key.as_slice()).or(Err(Sealed))?;
        Ok(EpochKey(Zeroizing::new(key)))
    }
}

impl fmt::Debug for EpochKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EpochKey(…)")
    }
}

impl fmt::Debug for ReaderSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReaderSecret").field(&self.1).finish()
    }
}
