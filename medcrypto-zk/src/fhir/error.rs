//! What is wrong with a folder of resources, and where.

use core::fmt;

/// Data that cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestError {
    /// Name of the file, as the caller gave it; empty if no file is to blame.
    pub file: String,
    /// JSON path in the file; empty if the file is no JSON.
    pub path: String,
    /// What is wrong.
    pub kind: IngestErrorKind,
}

/// What is wrong with the data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IngestErrorKind {
    /// Malformed or truncated JSON.
    #[error("malformed JSON at line {line}, column {column}")]
    Json {
        /// Line, from 1.
        line: usize,
        /// Column, from 1; 0 before the first.
        column: usize,
    },
    /// No resource type.
    #[error("missing resource type")]
    MissingType,
    /// No id.
    #[error("missing resource id")]
    MissingId,
    /// An id of other characters than letters, digits, `-` and `.`, or of more than 64.
    #[error("malformed resource id")]
    MalformedId,
    /// A clinical resource that is about nobody.
    #[error("missing subject")]
    MissingSubject,
    /// A clinical resource about a subject that cannot be told: neither `Patient/id`, nor a group,
    /// device or location, nor an entry of the same Bundle.
    #[error("unresolvable subject")]
    Subject,
    /// A second resource of the same type and id.
    #[error("a resource of this type and id was already given")]
    Duplicate,
    /// No resource describes this patient.
    #[error("no such patient")]
    NoSuchPatient,
    /// Malformed date or time.
    #[error("malformed date")]
    Date,
    /// A quantity in a unit that cannot be converted, in a field that is used.
    #[error("unknown unit")]
    UnknownUnit,
    /// A value that its field cannot hold.
    #[error("the value does not fit the field")]
    DoesNotFit,
}

impl IngestError {
    pub(super) fn json(file: &str, error: &serde_json::Error) -> Self {
        let kind = IngestErrorKind::Json { line: error.line(), column: error.column() };
        Self { file: file.into(), path: String::new(), kind }
    }

    pub(super) fn no_such_patient(id: &str) -> Self {
        let kind = IngestErrorKind::NoSuchPatient;
        Self { file: String::new(), path: format!("Patient/{id}"), kind }
    }

    pub(super) fn misfit(field: &str) -> Self {
        Self { file: String::new(), path: field.into(), kind: IngestErrorKind::DoesNotFit }
    }
}

impl fmt::Display for IngestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(f, &self.file, &self.path)?;
        write!(f, "{}", self.kind)
    }
}

impl core::error::Error for IngestError {}

/// A value that was not taken over, or a list that is only partial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IngestWarning {
    /// Name of the file, as the caller gave it.
    pub file: String,
    /// JSON path in the file.
    pub path: String,
    /// The field that is missing or partial.
    pub field: Option<&'static str>,
    /// Why.
    pub kind: IngestWarningKind,
}

/// Why a value was not taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IngestWarningKind {
    /// A quantity in a unit that cannot be converted; the field is missing.
    #[error("unknown unit")]
    UnknownUnit,
    /// Outside the field's bounds; the field is missing.
    #[error("out of bounds")]
    OutOfBounds,
    /// A partial date or a bound in a field that holds exact values only; the field is missing.
    #[error("not exact")]
    NotExact,
    /// An observation dated after the record; it is left out, and an older one may speak.
    #[error("dated after the record")]
    AfterAsOf,
    /// A value of another kind than the field's, or two that contradict; the field is missing.
    #[error("unreadable value")]
    Unreadable,
    /// No code of the list's terminology; the list is partial.
    #[error("no code of the field's terminology")]
    NoCode,
    /// A malformed code; the list is partial.
    #[error("malformed code")]
    BadCode,
    /// No status, or one that does not tell whether the resource belongs to the list; the list is
    /// partial.
    #[error("undecided status")]
    Status,
    /// More codes than a list holds; the list is partial and keeps the smallest.
    #[error("too many codes")]
    TooManyCodes,
}

impl fmt::Display for IngestWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        place(f, &self.file, &self.path)?;
        write!(f, "{}", self.kind)?;
        self.field.map_or(Ok(()), |field| write!(f, " ({field})"))
    }
}

fn place(f: &mut fmt::Formatter<'_>, file: &str, path: &str) -> fmt::Result {
    [file, path].into_iter().filter(|part| !part.is_empty()).try_for_each(|p| write!(f, "{p}: "))
}
