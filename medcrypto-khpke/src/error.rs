//! What can go wrong, in as few words as an attacker may be told.

use medcrypto_core::DecodeError;

use crate::aggregate::PlanError;

/// Why an operation was refused.
///
/// Facts about public inputs are named; everything that depends on a secret is one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Public bytes that are not an encoding of the expected object.
    #[error("malformed encoding: {0}")]
    Decode(#[from] DecodeError),
    /// No plan of an aggregation.
    #[error("no plan: {0}")]
    Plan(#[from] PlanError),
    /// Too few, too many, or different numbers of slots, inputs or digits.
    #[error("wrong number of parts")]
    Count,
    /// A number outside of what the parameters allow.
    #[error("out of range")]
    Range,
    /// Two objects belong to different keys or parameters.
    #[error("different keys or parameters")]
    Mismatch,
    /// A proof, key or parameter is not what it claims to be.
    #[error("verification failed")]
    Verification,
    /// A ciphertext does not open or evaluate, whatever the reason.
    #[error("decryption failed")]
    Decryption,
}
