//! Whoever decides disputes.

use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_pre::{Error, OpeningEvidence, PublicParams, RecordAddress};

use super::Deposit;
use crate::flows::huang::payload::Payload;
use crate::flows::huang::signer::Signer;

/// Recomputes the evidence of a dispute and votes on the chain.
#[derive(Clone, Debug)]
pub struct Arbiter {
    /// Signs its votes.
    pub signer: Signer,
}

/// What a dispute is about: public facts, looked up by the arbiter and not told by a party.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The authority's parameters.
    pub params: &'a PublicParams,
    /// Where the record belongs; a wrong address fails with the evidence.
    pub address: &'a RecordAddress,
    /// The ciphertext that the chain names.
    pub ciphertext: &'a [u8],
    /// The commitment that was proven.
    pub commitment: &'a [u8; 32],
}

impl Arbiter {
    /// A fresh arbiter.
    pub fn new<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self { signer: Signer::generate(rng) }
    }

    /// Whether the evidence upholds the dispute: it is genuine for the registered ciphertext, and what
    /// that opens to is not the record behind the commitment. A party's word for a plaintext counts
    /// for nothing.
    #[must_use]
    pub fn upholds(&self, case: &Case<'_>, evidence: &[u8]) -> bool {
        let opened =
            OpeningEvidence::from_bytes(evidence).map_err(Error::from).and_then(|evidence| {
                let (header, payload) = Deposit::split(case.ciphertext, case.address)?;
                evidence.open_to_vec(case.params, case.address, &header, payload)
            });
        match opened {
            Ok(plain) => {
                let opening = Payload::from_bytes(plain).open();
                opening.map(|(opening, _)| opening.commitment().to_bytes()) != Ok(*case.commitment)
            }
            // The evidence is genuine, and the payload opens for nobody.
            Err(Error::Decryption) => true,
            Err(_) => false,
        }
    }
}
