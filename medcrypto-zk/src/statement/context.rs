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

/// Everything that a proof is bound to besides the record.
///
/// A proof under one context is none under another: replayed on another chain, for another
/// request or by another party it fails. Keys longer than 65 535 bytes have no encoding; their
/// length is written as 65 535 before all of their bytes.
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
    pub institution_key: &'a [u8],
    /// Public key of the patient.
    pub patient_key: &'a [u8],
    /// Nonce of the request.
    pub nonce: [u8; 32],
    /// When the request ends, in milliseconds since 1970.
    pub expiry_ms: u64,
}

impl Context<'_> {
    /// X.
    #[must_use]
    pub fn digest(&self) -> ContextDigest {
        let len = |key: &[u8]| u16::try_from(key.len()).unwrap_or(u16::MAX);
        let message = Writer::default()
            .u8(self.profile as u8)
            .array(&self.verifying_key)
            .array(&self.chain)
            .array(&self.contract)
            .array(&self.request)
            .u64(self.version)
            .array(&self.policy)
            .u16(len(self.institution_key))
            .array(self.institution_key)
            .u16(len(self.patient_key))
            .array(self.patient_key)
            .array(&self.nonce)
            .u64(self.expiry_ms)
            .finish();
        ContextDigest::new(h2f(zk::CONTEXT, &message))
    }
}
