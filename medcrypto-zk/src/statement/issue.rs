//! What an issuer signs, and which issuers a verifier accepts.

use medcrypto_core::codec::Writer;
use medcrypto_core::dst::zk;
use sha2::{Digest, Sha256};

use crate::field::{Commitment, PolicyDigest, SchemaDigest, h2f};

/// What an issuer vouches for with one signature: the commitment, the record behind it, and the
/// ciphertext that will deliver it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IssueMessage {
    /// C.
    pub commitment: Commitment,
    /// Digest of the record that may be published (keyed or over the ciphertext: never the bare
    /// record).
    pub record_digest: [u8; 32],
    /// The schema of the record.
    pub schema: SchemaDigest,
    /// As of when the record is complete, in milliseconds since 1970.
    pub as_of_ms: u64,
    /// Digest of the ciphertext.
    pub ciphertext_digest: [u8; 32],
}

impl IssueMessage {
    /// Length of the signed bytes.
    pub const LEN: usize = 22 + 32 + 32 + 32 + 8 + 32;

    /// `ISSUE ‖ C32 ‖ h32 ‖ schema32 ‖ as_of u64 ‖ ct_digest32`, the bytes to sign.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::LEN)
            .array(zk::ISSUE.as_bytes())
            .array(&self.commitment.to_bytes())
            .array(&self.record_digest)
            .array(&self.schema.to_bytes())
            .u64(self.as_of_ms)
            .array(&self.ciphertext_digest)
            .finish()
    }
}

/// Why an issuer policy cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// No issuer at all.
    #[error("a policy names at least one issuer")]
    NoIssuer,
    /// A key that is empty or longer than 65 535 bytes, or keys of different lengths.
    #[error("issuer keys have 1 to 65535 bytes and one length")]
    KeyLength,
}

/// The issuers that a verifier accepts, and how old a record may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuerPolicy {
    keys: Vec<Vec<u8>>,
    key_len: u16,
    earliest_as_of_ms: u64,
}

impl IssuerPolicy {
    /// A policy from issuer keys in any order; repeated keys count once. Keys of one length, which
    /// is hashed before them, keep the hashed bytes unambiguous.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn new(keys: &[&[u8]], earliest_as_of_ms: u64) -> Result<Self, PolicyError> {
        let first = keys.first().ok_or(PolicyError::NoIssuer)?;
        let key_len = u16::try_from(first.len()).map_err(|_| PolicyError::KeyLength)?;
        if key_len == 0 || keys.iter().any(|key| key.len() != first.len()) {
            return Err(PolicyError::KeyLength);
        }
        let mut keys: Vec<Vec<u8>> = keys.iter().map(|key| key.to_vec()).collect();
        keys.sort_unstable();
        keys.dedup();
        Ok(Self { keys, key_len, earliest_as_of_ms })
    }

    /// Whether the policy accepts this issuer and this date.
    #[must_use]
    pub fn accepts(&self, key: &[u8], as_of_ms: u64) -> bool {
        as_of_ms >= self.earliest_as_of_ms && self.keys.iter().any(|own| own == key)
    }

    /// `SHA-256(len16 ‖ sorted issuer keys ‖ earliest as_of)`, with the length of each key first.
    ///
    /// No other list of keys gives the same bytes: the date has eight, so the length tells how many
    /// keys there are and where each ends.
    #[must_use]
    pub fn policy32(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.key_len.to_be_bytes());
        self.keys.iter().for_each(|key| hash.update(key));
        hash.update(self.earliest_as_of_ms.to_be_bytes());
        hash.finalize().into()
    }

    /// `h2f(POLICY, policy32)`, the public input.
    #[must_use]
    pub fn digest(&self) -> PolicyDigest {
        PolicyDigest::new(h2f(zk::POLICY, &self.policy32()))
    }
}
