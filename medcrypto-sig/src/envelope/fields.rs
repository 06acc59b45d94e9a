//! What is signed, valid by construction, and the bytes that say it.

use alloc::string::String;
use alloc::vec::Vec;

use medcrypto_core::codec::{Reader, Writer};
use medcrypto_core::{DecodeError, dst};

use crate::ed25519::SigningKey;
use crate::envelope::SignedEnvelope;

/// What kind of statement an envelope makes: 1 to 64 characters of visible ASCII, such as
/// `sharing/settlement`. Two kinds never share a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// Longest domain in bytes.
    pub const MAX_LEN: usize = 64;

    /// Checks length and characters.
    ///
    /// # Errors
    /// [`DecodeError::Length`] for an empty or overlong name, [`DecodeError::NonCanonical`] for
    /// anything but visible ASCII.
    pub fn new(name: &str) -> Result<Self, DecodeError> {
        if name.is_empty() || name.len() > Self::MAX_LEN {
            return Err(DecodeError::Length);
        }
        if !name.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(DecodeError::NonCanonical);
        }
        Ok(Self(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let bytes = reader.bytes(Self::MAX_LEN)?;
        Self::new(core::str::from_utf8(bytes).map_err(|_| DecodeError::NonCanonical)?)
    }
}

/// In which capacity a party signs. Append only; a number is never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[repr(u8)]
pub enum Role {
    /// Whose record it is.
    Patient = 1,
    /// Who issues and commits to the record.
    Hospital = 2,
    /// Who asks for the record and pays.
    Institution = 3,
    /// Who re-encrypts.
    Proxy = 4,
    /// Who issues identity keys.
    Authority = 5,
}

impl Role {
    pub(super) const fn to_byte(self) -> u8 {
        self as u8
    }

    pub(super) const fn from_byte(byte: u8) -> Result<Self, DecodeError> {
        match byte {
            1 => Ok(Self::Patient),
            2 => Ok(Self::Hospital),
            3 => Ok(Self::Institution),
            4 => Ok(Self::Proxy),
            5 => Ok(Self::Authority),
            _ => Err(DecodeError::NonCanonical),
        }
    }
}

/// An unsigned envelope; every combination of its fields is valid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// Kind of the statement.
    pub domain: Domain,
    /// Identity of the chain that the statement is for.
    pub chain_id: [u8; 32],
    /// Capacity in which the signer signs.
    pub role: Role,
    /// The signer's next number or the height of the chain, as the domain defines.
    pub nonce: u64,
    /// Digest of the statement itself.
    pub payload_hash: [u8; 32],
}

impl Envelope {
    /// Signs the envelope.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> SignedEnvelope {
        SignedEnvelope::new(self.clone(), key.sign(&self.message()))
    }

    /// The bytes under the signature: every field with its length, so that no two envelopes and
    /// no other message of the workspace share them.
    pub(super) fn message(&self) -> Vec<u8> {
        Writer::with_capacity(256)
            .bytes(dst::sig::ENVELOPE.as_bytes())
            .bytes(self.domain.as_str().as_bytes())
            .bytes(&self.chain_id)
            .bytes(&[self.role.to_byte()])
            .bytes(&self.nonce.to_be_bytes())
            .bytes(&self.payload_hash)
            .finish()
    }
}
