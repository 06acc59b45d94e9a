//! An envelope under one signature, before and after its verification.

use alloc::vec::Vec;

use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};

use crate::Error;
use crate::ed25519::{Signature, VerifyingKey};
use crate::envelope::{Domain, Envelope, Role};

/// An envelope with a signature that nobody checked yet. 144 bytes and the domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedEnvelope {
    envelope: Envelope,
    signature: Signature,
}

impl SignedEnvelope {
    /// Encoded length in bytes, without the name of the domain.
    pub const BASE_LEN: usize = Header::LEN + 4 + 32 + 1 + 8 + 32 + Signature::BODY_LEN;

    pub(super) const fn new(envelope: Envelope, signature: Signature) -> Self {
        Self { envelope, signature }
    }

    /// What the envelope claims, for looking up the key to verify it with.
    #[must_use]
    pub const fn unverified(&self) -> &Envelope {
        &self.envelope
    }

    pub(super) const fn signature(&self) -> &Signature {
        &self.signature
    }

    /// Checks the signature and names the signer.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(&self, key: &VerifyingKey) -> Result<VerifiedEnvelope, Error> {
        key.verify(&self.envelope.message(), &self.signature)?;
        Ok(VerifiedEnvelope { envelope: self.envelope.clone(), signer: *key })
    }

    /// Header, fields, signature.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let envelope = &self.envelope;
        Writer::with_capacity(Self::BASE_LEN + Domain::MAX_LEN)
            .header(Header::v1(Tag::SigEnvelope))
            .bytes(envelope.domain.as_str().as_bytes())
            .array(&envelope.chain_id)
            .u8(envelope.role.to_byte())
            .u64(envelope.nonce)
            .array(&envelope.payload_hash)
            .array(self.signature.as_array())
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`], [`DecodeError::Header`], or [`DecodeError::NonCanonical`] for a
    /// domain that is no name, an unknown role and a signature out of range.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigEnvelope))?;
        let envelope = Envelope {
            domain: Domain::read(&mut reader)?,
            chain_id: reader.array()?,
            role: Role::from_byte(reader.u8()?)?,
            nonce: reader.u64()?,
            payload_hash: reader.array()?,
        };
        let signature = Signature::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { envelope, signature })
    }
}

/// An envelope whose signature was checked, and by whose key. There is no other way to one than
/// [`SignedEnvelope::verify`], and no decoder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedEnvelope {
    envelope: Envelope,
    signer: VerifyingKey,
}

impl VerifiedEnvelope {
    /// What the signer said.
    #[must_use]
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// The key that said it.
    #[must_use]
    pub const fn signer(&self) -> &VerifyingKey {
        &self.signer
    }
}
