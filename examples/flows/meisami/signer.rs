//! ECDSA on secp256k1 as the ledger's signatures, low `s` only; bytes framed as for Ed25519.

use std::sync::Arc;

use medcrypto_core::Dst;
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::Refused;
use medcrypto_ledger::auth::{Auth, PublicKey, Signature, Verifier};
use medcrypto_sig::ecdsa::{self, SigningKey, VerifyingKey};

use crate::flows::signer::framed;

/// Checks signatures.
#[derive(Clone, Copy, Debug)]
pub struct Ecdsa;

impl Verifier for Ecdsa {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        let key = VerifyingKey::from_bytes(key.0.as_slice()).or(Err(Refused))?;
        let signature = ecdsa::Signature::from_bytes(signature.0.as_slice()).or(Err(Refused))?;
        key.verify(&framed(domain, message), &signature).or(Err(Refused))
    }
}

/// A party's signing key.
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
        Ecdsa.verify(key, domain, message, signature)
    }
}

impl Auth for Signer {
    fn sign(&self, domain: Dst, message: &[u8]) -> Signature {
        Signature(self.0.sign(&framed(domain, message)).to_bytes().into())
    }
}
