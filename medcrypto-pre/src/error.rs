//! What can go wrong, in as few words as an attacker may be told.

use std::io;

use medcrypto_core::DecodeError;

/// Why an operation was refused.
///
/// Facts about public inputs are named; everything that depends on a secret is one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Public bytes that are not an encoding of the expected object.
    #[error("malformed encoding: {0}")]
    Decode(#[from] DecodeError),
    /// A name is empty, too long, or there are too many of them.
    #[error("a name is empty or too long")]
    Name,
    /// The validity window is empty.
    #[error("the validity window is empty")]
    Terms,
    /// Two objects belong to different authorities.
    #[error("different public parameters")]
    Parameters,
    /// An object belongs to another identity than the one it is used for.
    #[error("wrong identity")]
    Identity,
    /// The record lies outside the delegated scope.
    #[error("outside the delegated scope")]
    Scope,
    /// The delegation is not valid at this time.
    #[error("outside the validity window")]
    Validity,
    /// The delegation was revoked, or a later one took its place.
    #[error("revoked or superseded")]
    Revoked,
    /// A signature, key, header or delegation is not what it claims to be.
    #[error("verification failed")]
    Verification,
    /// A ciphertext does not open, whatever the reason.
    #[error("decryption failed")]
    Decryption,
    /// The plaintext is longer than the caller's limit or than a stream can carry.
    #[error("too long")]
    TooLong,
}

impl Error {
    /// The error of this crate inside an [`io::Error`], if that is where it comes from.
    #[must_use]
    pub fn of_io(error: &io::Error) -> Option<Self> {
        error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()).copied()
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        Self::new(io::ErrorKind::InvalidData, error)
    }
}
