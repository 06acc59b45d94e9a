//! Identities, and the three parts an identity plays.
//!
//! ```text
//! id_enc = len32 ‖ realm ‖ len32 ‖ subject ‖ len32 ‖ key_epoch          (also the wire encoding)
//! ```
//! An identity is its bytes: no case folding, no Unicode normalisation. Two strings that look alike
//! are two identities; whoever enrols people fixes the spelling, and pseudonyms are better than
//! names because an identity is readable in every object that mentions it.

use alloc::{string::String, vec::Vec};
use core::fmt;

use medcrypto_core::{
    DecodeError,
    codec::{Reader, Writer},
};

use crate::Error;

/// Who a key belongs to: a realm, a subject within it, and the epoch of the subject's key.
///
/// The realm and the subject take 1 to 255 bytes each, the key epoch 0 to 255. A new key epoch is
/// a new identity with a new key.
///
/// # Example
/// ```
/// # use medcrypto_pre::{Error, Identity};
/// let patient = Identity::new("st-mary.example", "pseudonym-7f3a", "2025")?;
/// assert_eq!(patient.subject(), "pseudonym-7f3a");
/// assert_eq!(Identity::new("", "x", ""), Err(Error::Name));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    realm: String,
    subject: String,
    key_epoch: String,
}

impl Identity {
    /// Longest part in bytes.
    pub const MAX_PART: usize = 255;
    /// Longest encoding in bytes.
    pub const MAX_LEN: usize = 3 * (4 + Self::MAX_PART);

    /// An identity of the three parts; the key epoch may be empty.
    ///
    /// # Errors
    /// [`Error::Name`] for an empty realm or subject, or a part of more than 255 bytes.
    pub fn new(realm: &str, subject: &str, key_epoch: &str) -> Result<Self, Error> {
        let too_long = [realm, subject, key_epoch].iter().any(|part| part.len() > Self::MAX_PART);
        if too_long || realm.is_empty() || subject.is_empty() {
            return Err(Error::Name);
        }
        Ok(Self { realm: realm.into(), subject: subject.into(), key_epoch: key_epoch.into() })
    }

    /// The name space that the subject belongs to.
    #[must_use]
    pub fn realm(&self) -> &str {
        &self.realm
    }

    /// The subject.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The epoch of the subject's key, perhaps empty.
    #[must_use]
    pub fn key_epoch(&self) -> &str {
        &self.key_epoch
    }

    /// `id_enc`: three length-prefixed strings.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::MAX_LEN)
            .bytes(self.realm.as_bytes())
            .bytes(self.subject.as_bytes())
            .bytes(self.key_epoch.as_bytes())
            .finish()
    }

    /// Reads an identity inside a larger object.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut part = || text(reader, Self::MAX_PART);
        let (realm, subject, key_epoch) = (part()?, part()?, part()?);
        Self::new(realm, subject, key_epoch).map_err(|_| DecodeError::NonCanonical)
    }
}

/// Reads a length-prefixed string of at most `max` bytes.
pub(crate) fn text<'a>(reader: &mut Reader<'a>, max: usize) -> Result<&'a str, DecodeError> {
    core::str::from_utf8(reader.bytes(max)?).map_err(|_| DecodeError::NonCanonical)
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.realm, self.subject)?;
        if self.key_epoch.is_empty() { Ok(()) } else { write!(f, "#{}", self.key_epoch) }
    }
}

/// The owner of records, who may delegate their reading.
///
/// The three parts are types of their own so that they cannot be transposed:
///
/// ```compile_fail
/// # use medcrypto_pre::{Delegatee, Delegator};
/// fn swapped(reader: Delegatee) -> Delegator { reader }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delegator(pub Identity);

/// The reader of delegated records.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Delegatee(pub Identity);

/// The proxy that re-encrypts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Proxy(pub Identity);
