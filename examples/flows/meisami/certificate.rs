//! Whose a key is: what the hospital certifies, and what the registrar wants to see of it.
//!
//! ```text
//! certificate  ⟨key, references, treats, class⟩, signed by the hospital               under CERTIFICATE
//! application  certificate, signed for a chain with the certified key                 under ENROLMENT
//! digest       SHA-256(salt ‖ DAG-CBOR certificate), all that the chain keeps of it
//! ```
//! A consent names people by reference, and the references that a key answers to are those of its
//! certificate: who could enrol under another's would be granted what is meant for the other. The paper
//! has no enrolment; its keys are whoever says so.

use medcrypto_core::dst;
use medcrypto_ledger::auth::{Auth as _, PublicKey, Signature, Verifier as _};
use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::consent;
use medcrypto_ledger::contract::gate::Class;
use medcrypto_ledger::{Bytes, Digest};
use sha2::{Digest as _, Sha256};

use super::signer::{Ecdsa, Signer};

/// What is certified of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// On the chain.
    pub key: PublicKey,
    /// Its own reference in a consent, and those of the organisations that it works for.
    pub references: &'static [&'static str],
    /// Whether an opt-in means it.
    pub treats: bool,
    /// How often it may act.
    pub class: Class,
}

impl Subject {
    fn bytes(&self) -> Vec<u8> {
        encode(&(&self.key, self.references, self.treats, self.class))
    }

    /// As a consent sees it.
    #[must_use]
    pub fn in_consent(&self) -> consent::Reader<'_> {
        consent::Reader { key: self.key.clone(), names: self.references, treats: self.treats }
    }
}

/// A subject with the hospital's signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// What it says.
    pub subject: Subject,
    /// By whom.
    pub signature: Signature,
}

impl Certificate {
    /// Certifies a subject.
    #[must_use]
    pub fn issue(subject: Subject, hospital: &Signer) -> Self {
        let signature = hospital.sign(dst::ledger::CERTIFICATE, &subject.bytes());
        Self { subject, signature }
    }

    fn bytes(&self) -> Vec<u8> {
        encode(&(Bytes(self.subject.bytes()), &self.signature))
    }
}

/// A certificate that asks to be enrolled on a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    /// What is shown.
    pub certificate: Certificate,
    /// By the holder of the certified key.
    pub signature: Signature,
}

/// Why nobody is enrolled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The hospital has not signed this.
    #[error("not certified by the hospital")]
    Certificate,
    /// Whoever applies does not hold the key, or applied elsewhere.
    #[error("not signed with the certified key for this chain")]
    Possession,
}

impl Application {
    /// Applies for a chain.
    #[must_use]
    pub fn new(certificate: Certificate, chain: ChainId, applicant: &Signer) -> Self {
        let message = statement(chain, &certificate);
        Self { signature: applicant.sign(dst::ledger::ENROLMENT, &message), certificate }
    }

    /// Checks both signatures.
    ///
    /// # Errors
    /// [`Refusal`] names the first that is wrong.
    pub fn verify(self, hospital: &PublicKey, chain: ChainId) -> Result<Verified, Refusal> {
        let Self { certificate, signature } = self;
        let Certificate { subject, signature: certified } = &certificate;
        let message = subject.bytes();
        Ecdsa
            .verify(hospital, dst::ledger::CERTIFICATE, &message, certified)
            .or(Err(Refusal::Certificate))?;
        let message = statement(chain, &certificate);
        Ecdsa
            .verify(&subject.key, dst::ledger::ENROLMENT, &message, &signature)
            .or(Err(Refusal::Possession))?;
        Ok(Verified(certificate))
    }
}

/// What an applicant signs.
fn statement(chain: ChainId, certificate: &Certificate) -> Vec<u8> {
    encode(&(chain, Bytes(certificate.bytes())))
}

/// A certificate of the hospital's, shown by its holder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified(Certificate);

impl Verified {
    /// What the hospital says.
    #[must_use]
    pub const fn subject(&self) -> &Subject {
        &self.0.subject
    }

    /// What the chain keeps.
    #[must_use]
    pub fn digest(&self, salt: &[u8; 32]) -> Digest {
        Digest(Sha256::new().chain_update(salt).chain_update(self.0.bytes()).finalize().into())
    }
}
