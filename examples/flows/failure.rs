//! Why a run ends early, and the exit code that says so.

use std::io;

use thiserror::Error;

/// Why a run ended early; one message that names the place.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Failure {
    /// A check failed, or an attack got through.
    #[error("{0}")]
    Check(String),
    /// The command line, or a requirement that does not parse or type-check.
    #[error("{0}")]
    Usage(String),
    /// A record, a file or a digest that is not what it should be.
    #[error("{0}")]
    Data(String),
    /// The replicas did not answer.
    #[error("no progress: {0}")]
    NoProgress(String),
    /// The record does not meet the requirement; nothing was posted.
    #[error("{0}")]
    Unmet(String),
}

impl Failure {
    /// The exit code of the process.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::Check(_) => 1,
            Self::Usage(_) => 2,
            Self::Data(_) => 3,
            Self::NoProgress(_) => 4,
            Self::Unmet(_) => 5,
        }
    }
}

/// A failure to write the output.
pub(super) fn output(error: io::Error) -> Failure {
    Failure::Data(format!("output: {error}"))
}
