//! Keys of data, and how they come to their readers. What a key is the key of, a flow says: that becomes
//! the associated data.
//!
//! ```text
//! blob      = DAG-CBOR ⟨head, nonce, AES-256-GCM(key, nonce, AAD, data)⟩
//! wrapped   = HPKE base mode (X25519, HKDF-SHA-256, AES-256-GCM), info WRAPPED_KEY, AAD       80 bytes
//! ```

use std::fmt;
use std::marker::PhantomData;

use aes_gcm::aead::{Aead as _, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use medcrypto_core::dst;
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::Bytes;
use medcrypto_ledger::codec::{decode, encode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

type Suite = X25519HkdfSha256;

/// Wrong key, wrong place or changed bytes: which of them, nobody learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("does not open")]
pub struct Sealed;

/// The key of a `P`.
pub struct Key<P>(Zeroizing<[u8; 32]>, PhantomData<fn() -> P>);

impl<P> Key<P> {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key, PhantomData)
    }

    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new((&*self.0).into())
    }

    /// Encrypts data, with a head that everybody reads, into a blob.
    ///
    /// # Errors
    /// [`Sealed`] for more than AES-GCM takes.
    pub fn encrypt<H: Serialize, R: RngCore + CryptoRng>(
        &self,
        head: H,
        aad: &[u8],
        data: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, Sealed> {
        let mut nonce = [0; 12];
        rng.fill_bytes(&mut nonce);
        let payload = Payload { msg: data, aad };
        let sealed = self.cipher().encrypt(&Nonce::from(nonce), payload).or(Err(Sealed))?;
        Ok(encode(&(head, Bytes::from(&nonce[..]), Bytes::from(sealed))))
    }

    /// Decrypts a blob: its head, which the associated data may depend on, and the data.
    ///
    /// # Errors
    /// [`Sealed`].
    pub fn decrypt<H: Serialize + DeserializeOwned>(
        &self,
        aad: impl FnOnce(&H) -> Vec<u8>,
        blob: &[u8],
    ) -> Result<(H, Vec<u8>), Sealed> {
        let (head, nonce, sealed): (H, Bytes, Bytes) = decode(blob).or(Err(Sealed))?;
        let nonce = <[u8; 12]>::try_from(nonce.as_slice()).or(Err(Sealed))?;
        let payload = Payload { msg: sealed.as_slice(), aad: &aad(&head) };
        let data = self.cipher().decrypt(&Nonce::from(nonce), payload).or(Err(Sealed))?;
        Ok((head, data))
    }

    /// Encrypts this key for a reader.
    ///
    /// # Errors
    /// [`Sealed`] for a reader's key that is none.
    pub fn wrap_for<R: RngCore + CryptoRng>(
        &self,
        reader: &ReaderKey,
        aad: &[u8],
        rng: &mut R,
    ) -> Result<Vec<u8>, Sealed> {
        let (mode, info) = (OpModeS::Base, dst::ledger::WRAPPED_KEY.as_bytes());
        let reader = <Suite as Kem>::PublicKey::from_bytes(&reader.0).or(Err(Sealed))?;
        let key = self.0.as_slice();
        let sealed = hpke::single_shot_seal::<AesGcm256, HkdfSha256, Suite, _>(
            &mode, &reader, info, key, aad, rng,
        );
        let (encapped, sealed) = sealed.or(Err(Sealed))?;
        Ok([encapped.to_bytes().as_slice(), &sealed].concat())
    }
}

/// The HPKE key of a reader, for those who wrap for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderKey(pub [u8; 32]);

/// What opens the keys of `P`s that are wrapped for a reader.
pub struct ReaderSecret<P>(<Suite as Kem>::PrivateKey, ReaderKey, PhantomData<fn() -> P>);

impl<P> ReaderSecret<P> {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let (secret, public) = Suite::gen_keypair(rng);
        Self(secret, ReaderKey(public.to_bytes().into()), PhantomData)
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
    pub fn open_key(&self, aad: &[u8], wrapped: &[u8]) -> Result<Key<P>, Sealed> {
        let (encapped, sealed) = wrapped.split_at_checked(32).ok_or(Sealed)?;
        let encapped = <Suite as Kem>::EncappedKey::from_bytes(encapped).or(Err(Sealed))?;
        let (mode, info) = (OpModeR::Base, dst::ledger::WRAPPED_KEY.as_bytes());
        let key = hpke::single_shot_open::<AesGcm256, HkdfSha256, Suite>(
            &mode, &self.0, &encapped, info, sealed, aad,
        );
        let key = Zeroizing::new(key.or(Err(Sealed))?);
        let key = <[u8; 32]>::try_from(key.as_slice()).or(Err(Sealed))?;
        Ok(Key(Zeroizing::new(key), PhantomData))
    }
}

impl<P> fmt::Debug for Key<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

impl<P> fmt::Debug for ReaderSecret<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ReaderSecret").field(&self.1).finish()
    }
}
