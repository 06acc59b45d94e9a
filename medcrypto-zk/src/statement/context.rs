//! The context of a proof: chain, contract, request, parties, nonce and expiry.

use medcrypto_core::codec::Writer;
use medcrypto_core::dst::zk;

use crate::field::{ContextDigest, h2f};

/// How C is authenticated; the numbers are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Profile {
    /// C is public and the issuer's signature over it is checked outside the circuit.
    Anchored = 1,
}

/// Why a key cannot stand in a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ContextError {
    /// The key is longer than [`PartyKey::MAX`] bytes.
    #[error("a key in a context has at most 65535 bytes")]
    KeyLength,
}

/// A party's public key, of at most 65 535 bytes, so that its length has one encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartyKey<'a> {
    len: u16,
    bytes: &'a [u8],
}

impl<'a> PartyKey<'a> {
    /// Most bytes of a key.
    pub const MAX: usize = 0xffff;

    /// A key of any length up to [`MAX`](Self::MAX); one of known length converts by `From`.
    ///
    /// # Errors
    /// [`ContextError::KeyLength`].
    pub fn new(bytes: &'a [u8]) -> Result<Self, ContextError> {
        let len = u16::try_from(bytes.len()).map_err(|_| ContextError::KeyLength)?;
        Ok(Self { len, bytes })
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for PartyKey<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        const { assert!(N <= Self::MAX, "the key is too long") };
        #[allow(clippy::cast_possible_truncation, reason = "checked when compiled")]
        let len = N as u16;
        Self { len, bytes }
    }
}

/// Everything that a proof is bound to besides the record.
///
/// A proof under one context is none under another: replayed on another chain, for another
/// request or by another party it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a> {
    /// How C is authenticated.
    pub profile: Profile,
    /// Digest of the verifying key.
    pub verifying_key: [u8; 32],
    /// Identity of the chain.
    pub chain: [u8; 32],
    /// Identity of the contract.
    pub contract: [u8; 32],
    /// Identity of the request.
    pub request: [u8; 32],
    /// Version of the request.
    pub version: u64,
    /// Digest of the issuer policy, [`IssuerPolicy::policy32`](super::IssuerPolicy::policy32).
    pub policy: [u8; 32],
    /// Public key of the institution.
    pub institution_key: PartyKey<'a>,
    /// Public key of the patient.
    pub patient_key: PartyKey<'a>,
    /// Nonce of the request.
    pub nonce: [u8; 32],
    /// When the request ends, in milliseconds since 1970.
    pub expiry_ms: u64,
}

impl Context<'_> {
    /// X.
    #[must_use]
    pub fn digest(&self) -> ContextDigest {
        let message = Writer::default()
            .u8(self.profile as u8)
            .array(&self.verifying_key)
            .array(&self.chain)
            .array(&self.contract)
            .array(&self.request)
            .u64(self.version)
            .array(&self.policy)
            .u16(self.institution_key.len)
            .array(self.institution_key.bytes)
            .u16(self.patient_key.len)
            .array(self.patient_key.bytes)
            .array(&self.nonce)
            .u64(self.expiry_ms)
            .finish();
        ContextDigest::new(h2f(zk::CONTEXT, &message))
    }
}
