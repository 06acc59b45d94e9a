//! Signatures of medcrypto-sig as the ledger's: Ed25519, or ECDSA on secp256k1 with low `s` only.
//!
//! ```text
//! signed bytes   len8(domain) ‖ domain ‖ message
//! ```

use std::fmt::Debug;
use std::sync::Arc;

use medcrypto_core::Dst;
use medcrypto_core::codec::Writer;
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::Refused;
use medcrypto_ledger::auth::{Auth, PublicKey, Signature, Verifier};
use medcrypto_sig::{ecdsa, ed25519};

/// A signature scheme, which checks signatures.
pub trait Scheme: Verifier + Copy + Debug + Default {
    /// What signs; replica and client state machines share it.
    type Key: Clone + Debug;

    /// A fresh key.
    fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self::Key;

    /// The key that verifies what this one signs.
    fn public_key(key: &Self::Key) -> PublicKey;

    /// Signs framed bytes.
    fn sign(key: &Self::Key, framed: &[u8]) -> Signature;
}

/// Checks Ed25519 signatures strictly.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ed25519;

impl Verifier for Ed25519 {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        let key = ed25519::VerifyingKey::from_bytes(key.0.as_slice()).or(Err(Refused))?;
        let signature = ed25519::Signature::from_bytes(signature.0.as_slice()).or(Err(Refused))?;
        key.verify(&framed(domain, message), &signature).or(Err(Refused))
    }
}

impl Scheme for Ed25519 {
    type Key = Arc<ed25519::SigningKey>;

    fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self::Key {
        ed25519::SigningKey::generate(rng).into()
    }

    fn public_key(key: &Self::Key) -> PublicKey {
        PublicKey(key.verifying_key().to_bytes().into())
    }

    fn sign(key: &Self::Key, framed: &[u8]) -> Signature {
        Signature(key.sign(framed).to_bytes().into())
    }
}

/// Checks ECDSA signatures.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ecdsa;

impl Verifier for Ecdsa {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        let key = ecdsa::VerifyingKey::from_bytes(key.0.as_slice()).or(Err(Refused))?;
        let signature = ecdsa::Signature::from_bytes(signature.0.as_slice()).or(Err(Refused))?;
        key.verify(&framed(domain, message), &signature).or(Err(Refused))
    }
}

impl Scheme for Ecdsa {
    type Key = Arc<ecdsa::SigningKey>;

    fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self::Key {
        ecdsa::SigningKey::generate(rng).into()
    }

    fn public_key(key: &Self::Key) -> PublicKey {
        PublicKey(key.verifying_key().to_bytes().into())
    }

    fn sign(key: &Self::Key, framed: &[u8]) -> Signature {
        Signature(key.sign(framed).to_bytes().into())
    }
}

/// A party's signing key.
#[derive(Clone, Debug)]
pub struct Signer<S: Scheme = Ed25519>(S::Key);

impl<S: Scheme> Signer<S> {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self::holding(S::generate(rng))
    }

    /// Whoever holds this key.
    #[must_use]
    pub const fn holding(key: S::Key) -> Self {
        Self(key)
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        S::public_key(&self.0)
    }
}

impl<S: Scheme> Verifier for Signer<S> {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        S::default().verify(key, domain, message, signature)
    }
}

impl<S: Scheme> Auth for Signer<S> {
    fn sign(&self, domain: Dst, message: &[u8]) -> Signature {
        S::sign(&self.0, &framed(domain, message))
    }
}

fn framed(domain: Dst, message: &[u8]) -> Vec<u8> {
    let domain = domain.as_bytes();
    // The registry holds every domain below 256 bytes.
    let length = u8::try_from(domain.len()).unwrap_or(u8::MAX);
    Writer::with_capacity(1 + domain.len() + message.len())
        .u8(length)
        .array(domain)
        .array(message)
        .finish()
}
