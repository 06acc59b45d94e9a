//! Ed25519 as the ledger's signatures.
//!
//! ```text
//! signed bytes   len8(domain) ‖ domain ‖ message
//! ```

use std::sync::Arc;

use medcrypto_core::Dst;
use medcrypto_core::codec::Writer;
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::Refused;
use medcrypto_ledger::auth::{Auth, PublicKey, Signature, Verifier};
use medcrypto_sig::ed25519::{self, SigningKey, VerifyingKey};

/// Checks Ed25519 signatures strictly.
#[derive(Clone, Copy, Debug)]
pub struct Ed25519;

impl Verifier for Ed25519 {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        let key = VerifyingKey::from_bytes(key.0.as_slice()).or(Err(Refused))?;
        let signature = ed25519::Signature::from_bytes(signature.0.as_slice()).or(Err(Refused))?;
        key.verify(&framed(domain, message), &signature).or(Err(Refused))
    }
}

/// A party's signing key, which replica and client state machines share.
#[derive(Clone, Debug)]
pub struct Signer(Arc<SigningKey>);

impl Signer {
    /// A fresh key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(Arc::new(SigningKey::generate(rng)))
    }

    /// The key that verifies what this one signs.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes().into())
    }
}

impl Verifier for Signer {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        Ed25519.verify(key, domain, message, signature)
    }
}

impl Auth for Signer {
    fn sign(&self, domain: Dst, message: &[u8]) -> Signature {
        Signature(self.0.sign(&framed(domain, message)).to_bytes().into())
    }
}

pub(super) fn framed(domain: Dst, message: &[u8]) -> Vec<u8> {
    let domain = domain.as_bytes();
    // The registry holds every domain below 256 bytes.
    let length = u8::try_from(domain.len()).unwrap_or(u8::MAX);
    Writer::with_capacity(1 + domain.len() + message.len())
        .u8(length)
        .array(domain)
        .array(message)
        .finish()
}
