//! AuthSign: patient and institution put their names to one envelope.

use alloc::vec::Vec;

use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};

use crate::Error;
use crate::ed25519::{Signature, VerifyingKey};
use crate::envelope::{Domain, Envelope, Role, SignedEnvelope, VerifiedEnvelope};

/// One envelope under two signatures that nobody checked yet. 207 bytes and the domain.
///
/// The two differ in the role alone, which each signature covers: neither party's signature can
/// stand for the other's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DualSigned {
    patient: SignedEnvelope,
    institution: SignedEnvelope,
}

impl DualSigned {
    /// Encoded length in bytes, without the name of the domain: no role, and two signatures.
    pub const BASE_LEN: usize = SignedEnvelope::BASE_LEN - 1 + Signature::BODY_LEN;

    /// Puts the two signatures together.
    ///
    /// # Errors
    /// [`Error::Mismatch`] unless the roles are patient and institution and every other field is
    /// the same.
    pub fn combine(patient: SignedEnvelope, institution: SignedEnvelope) -> Result<Self, Error> {
        let expected = Envelope { role: Role::Institution, ..patient.unverified().clone() };
        let matches = patient.unverified().role == Role::Patient;
        if !matches || *institution.unverified() != expected {
            return Err(Error::Mismatch);
        }
        Ok(Self { patient, institution })
    }

    /// What the patient's envelope claims, for looking up the keys to verify with.
    #[must_use]
    pub const fn unverified(&self) -> &Envelope {
        self.patient.unverified()
    }

    /// Checks both signatures, under two different keys.
    ///
    /// # Errors
    /// [`Error::DuplicateSigner`] when both keys are the same; [`Error::Verification`] when either
    /// signature is wrong, without saying which.
    pub fn verify(
        &self,
        patient: &VerifyingKey,
        institution: &VerifyingKey,
    ) -> Result<VerifiedDual, Error> {
        if patient == institution {
            return Err(Error::DuplicateSigner);
        }
        Ok(VerifiedDual {
            patient: self.patient.verify(patient)?,
            institution: self.institution.verify(institution)?,
        })
    }

    /// Header, shared fields, the patient's signature, the institution's.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let shared = self.patient.unverified();
        Writer::with_capacity(Self::BASE_LEN + Domain::MAX_LEN)
            .header(Header::v1(Tag::SigDualEnvelope))
            .bytes(shared.domain.as_str().as_bytes())
            .array(&shared.chain_id)
            .u64(shared.nonce)
            .array(&shared.payload_hash)
            .array(self.patient.signature().as_array())
            .array(self.institution.signature().as_array())
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`], [`DecodeError::Header`], or [`DecodeError::NonCanonical`] for a
    /// domain that is no name and a signature out of range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigDualEnvelope))?;
        let patient = Envelope {
            domain: Domain::read(&mut reader)?,
            chain_id: reader.array()?,
            role: Role::Patient,
            nonce: reader.u64()?,
            payload_hash: reader.array()?,
        };
        let institution = Envelope { role: Role::Institution, ..patient.clone() };
        let signatures = (Signature::read(&mut reader)?, Signature::read(&mut reader)?);
        reader.finish()?;
        Ok(Self {
            patient: SignedEnvelope::new(patient, signatures.0),
            institution: SignedEnvelope::new(institution, signatures.1),
        })
    }
}

/// Both parties' verified envelopes. There is no other way to one than [`DualSigned::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedDual {
    patient: VerifiedEnvelope,
    institution: VerifiedEnvelope,
}

impl VerifiedDual {
    /// What the patient said.
    #[must_use]
    pub const fn patient(&self) -> &VerifiedEnvelope {
        &self.patient
    }

    /// What the institution said: the same, in its own role.
    #[must_use]
    pub const fn institution(&self) -> &VerifiedEnvelope {
        &self.institution
    }
}
