//! Why a circuit, a key, a statement or a proof was refused.

use medcrypto_core::DecodeError;

/// Why an operation on circuits, keys and proofs failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The requirement can never be met, or names what the schema does not have.
    #[error("no record can meet the requirement")]
    Unsatisfiable,
    /// The requirement asks for more than [`MAX_OPENINGS`](crate::circuit::MAX_OPENINGS) openings of
    /// lists.
    #[error("the requirement asks too much of lists of codes")]
    TooLarge,
    /// The record does not meet the requirement. Nothing says which part: that is for the holder
    /// alone to find out.
    #[error("the record does not meet the requirement")]
    Unmet,
    /// The opening belongs to another holder or to another schema.
    #[error("the record belongs to another holder or schema")]
    WrongRecord,
    /// The statement is not the one that the record, the holder and the requirement give.
    #[error("the statement is not about this record, holder and requirement")]
    Inconsistent,
    /// The key was made for another circuit.
    #[error("the key belongs to another requirement")]
    WrongCircuit,
    /// A key whose points are the identity, repeated or otherwise the product of an accident.
    #[error("degenerate key")]
    DegenerateKey,
    /// A key file whose bytes do not match their digest.
    #[error("corrupted key file")]
    CorruptedKey,
    /// Setup or prover could not finish.
    #[error("the proof system failed")]
    ProofSystem,
    /// The proof does not prove the statement; nothing says why.
    #[error("verification failed")]
    Verification,
    /// Bytes that are no canonical encoding.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}
