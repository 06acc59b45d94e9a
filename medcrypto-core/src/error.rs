//! Why bytes are refused: public facts about public bytes, and nothing else.

/// Why a public encoding was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The input is not exactly as long as the encoding.
    #[error("wrong length")]
    Length,
    /// Unknown version, suite or object tag.
    #[error("unsupported header")]
    Header,
    /// Not the one canonical encoding of a value of this type.
    #[error("non-canonical encoding")]
    NonCanonical,
    /// A point off the curve or outside the subgroup of prime order.
    #[error("not in the group")]
    NotInGroup,
    /// The identity element where the type forbids it.
    #[error("identity element")]
    Identity,
}
