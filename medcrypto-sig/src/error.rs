//! Why a signature is refused: one word about the signature, plain words about the caller's lists.

use medcrypto_core::DecodeError;

/// Why an operation of this crate failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Bytes that encode no value of the type.
    #[error("malformed encoding: {0}")]
    Decode(#[from] DecodeError),
    /// The signature is not that key's over that message; nothing more is said.
    #[error("signature verification failed")]
    Verification,
    /// No signature to aggregate, or no key to verify under.
    #[error("no signer")]
    NoSigner,
    /// One key stands for two signers.
    #[error("duplicate signer")]
    DuplicateSigner,
    /// Two signed envelopes that do not belong together.
    #[error("the envelopes do not match")]
    Mismatch,
}
