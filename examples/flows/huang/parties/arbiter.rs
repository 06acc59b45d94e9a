//! Whoever decides disputes.

use medcrypto_core::rand_core::{CryptoRng, RngCore};

use crate::flows::huang::payload::Payload;
use crate::flows::huang::signer::Signer;

/// Recomputes the evidence of a dispute and votes on the chain.
#[derive(Clone, Debug)]
pub struct Arbiter {
    /// Signs its votes.
    pub signer: Signer,
}

impl Arbiter {
    /// A fresh arbiter.
    pub fn new<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self { signer: Signer::generate(rng) }
    }

    /// Whether the evidence upholds the dispute: the payload that the institution received does not
    /// open the commitment that was proven.
    #[must_use]
    pub fn upholds(&self, evidence: &Payload, commitment: &[u8; 32]) -> bool {
        let opened = evidence.open().map(|(opening, _)| opening.commitment().to_bytes());
        opened.as_ref() != Ok(commitment)
    }
}
