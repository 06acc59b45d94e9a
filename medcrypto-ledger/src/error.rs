//! Why the ledger refuses.

use medcrypto_core::DecodeError;

/// A signature, proof or attestation was refused. One value, so that it says nothing more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("refused")]
pub struct Refused;

/// Why bytes, a proof or a stored object is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Bytes are not a canonical encoding.
    #[error("decoding: {0}")]
    Decode(#[from] DecodeError),
    /// A signature does not verify.
    #[error("signature refused")]
    Signature,
    /// A committee without members, with more than [`crate::auth::Committee::MAX`], or with the
    /// same key twice.
    #[error("not a committee")]
    Committee,
    /// A Merkle proof has another shape than its tree, or leads to another root.
    #[error("merkle proof refused")]
    Merkle,
    /// An index or a size beyond the log.
    #[error("outside the log")]
    OutOfRange,
    /// A certificate with too few distinct valid votes, or about another block.
    #[error("quorum certificate refused")]
    Certificate,
    /// The store holds nothing under this identifier.
    #[error("object missing")]
    Missing,
    /// Stored bytes that are not what their identifier names.
    #[error("stored bytes do not match their identifier")]
    Corrupt,
    /// An identifier of another kind than this store makes.
    #[error("unsupported content identifier")]
    Cid,
}

impl From<Refused> for Error {
    fn from(_: Refused) -> Self {
        Self::Signature
    }
}
