//! Why a requirement is refused, and where.

use core::fmt;

use crate::schema::CodeError;

/// A requirement that does not parse or does not type-check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequirementError {
    /// What is wrong.
    pub kind: RequirementErrorKind,
    /// Where.
    pub position: Position,
}

/// A place in a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Position {
    /// In text, both counted from 1.
    Text {
        /// Line.
        line: usize,
        /// Column, in bytes.
        column: usize,
    },
    /// In the JSON form: a path such as `$.all[2].number`.
    Json(String),
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { line, column } => write!(f, "line {line}, column {column}"),
            Self::Json(path) => f.write_str(path),
        }
    }
}

impl fmt::Display for RequirementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.position, self.kind)
    }
}

impl core::error::Error for RequirementError {}

/// What is wrong with a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RequirementErrorKind {
    /// A byte outside printable ASCII and white space.
    #[error("only ASCII text is allowed")]
    NotAscii,
    /// More than [`MAX_TEXT`](super::MAX_TEXT) bytes.
    #[error("the text is too long")]
    TooLong,
    /// Something else stands here.
    #[error("expected {0}")]
    Expected(&'static str),
    /// The schema has no such field.
    #[error("unknown field")]
    UnknownField,
    /// The field has no such value.
    #[error("the field has no value of this name")]
    UnknownName,
    /// The field is of another type.
    #[error("the field is not {0}")]
    WrongType(&'static str),
    /// Not the field's unit, spelled as in UCUM.
    #[error("wrong unit: the field is in \"{0}\"")]
    WrongUnit(&'static str),
    /// More decimals than the field keeps.
    #[error("too many decimals: the field keeps {0}")]
    TooManyDecimals(u8),
    /// A number beyond what any field holds.
    #[error("number out of range")]
    NumberOutOfRange,
    /// An interval whose lower end is above its upper end.
    #[error("empty interval")]
    EmptyInterval,
    /// `all()`, `any()` or `at_least(k)` over nothing.
    #[error("empty group")]
    EmptyGroup,
    /// `{}`.
    #[error("empty set")]
    EmptySet,
    /// k below 1 or above the number of parts.
    #[error("the threshold must lie between 1 and the number of parts")]
    Threshold,
    /// A count that always or never holds, or beyond what a list can hold.
    #[error("count out of range: 0 to 62, for >= and < 1 to 63")]
    CountOutOfRange,
    /// The two fields of a comparison differ in unit or decimals, or are one field.
    #[error("the two fields cannot be compared")]
    NotComparable,
    /// Nested deeper than [`MAX_DEPTH`](super::MAX_DEPTH).
    #[error("nested too deeply")]
    TooDeep,
    /// More than [`MAX_NODES`](super::MAX_NODES) nodes.
    #[error("too many nodes")]
    TooManyNodes,
    /// More than [`MAX_SET`](super::MAX_SET) members of a set.
    #[error("too many members in a set")]
    SetTooLarge,
    /// No date of the years 1900 to 2199.
    #[error("no such date")]
    Date,
    /// A code of another terminology than the field's.
    #[error("the field holds codes of another system: {0}")]
    WrongSystem(&'static str),
    /// A malformed code.
    #[error("{0}")]
    Code(CodeError),
    /// The normal form breaks a limit of the language on depth, nodes, members, numbers or length.
    #[error("the normal form exceeds the limits of the language")]
    NormalForm,
    /// A key that occurs twice in one object.
    #[error("a key is repeated")]
    RepeatedKey,
    /// Not JSON, or not a JSON form of a requirement.
    #[error("malformed JSON form")]
    Json,
}
