//! Nullifier scopes: what may be claimed once.

use medcrypto_core::DecodeError;
use medcrypto_core::codec::Writer;
use medcrypto_core::dst::zk;

use crate::field::{ScopeDigest, h2f};

/// What a nullifier counts; the numbers are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// One claim a person.
    PerPerson = 0,
    /// One claim a record lineage.
    PerLineage = 1,
}

impl Kind {
    /// Reads the element 0 or 1.
    pub(crate) fn from_element(bytes: &[u8; 32]) -> Result<Self, DecodeError> {
        match bytes.split_last() {
            Some((0, zeros)) if zeros.iter().all(|b| *b == 0) => Ok(Self::PerPerson),
            Some((1, zeros)) if zeros.iter().all(|b| *b == 0) => Ok(Self::PerLineage),
            _ => Err(DecodeError::NonCanonical),
        }
    }
}

/// Why a scope cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScopeError {
    /// The name is empty or longer than 65 535 bytes.
    #[error("a scope needs a name of 1 to 65535 bytes")]
    Name,
    /// The quarter is not 1 to 4.
    #[error("a quarter is 1 to 4")]
    Quarter,
}

/// A calendar quarter, `4·year + quarter − 1`, or no period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Period(u32);

impl Period {
    /// No period: the claim can be made once for ever.
    pub const ALWAYS: Self = Self(0);

    /// The period of this number, as [`Period::number`] gives it.
    #[must_use]
    pub const fn from_number(number: u32) -> Self {
        Self(number)
    }

    /// `4·year + quarter − 1`, or 0 for no period.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// A quarter of a year.
    ///
    /// # Errors
    /// [`ScopeError::Quarter`].
    pub fn quarter(year: u16, quarter: u8) -> Result<Self, ScopeError> {
        let last = u32::from(quarter).checked_sub(1).filter(|last| *last < 4);
        last.map(|last| Self(4 * u32::from(year) + last)).ok_or(ScopeError::Quarter)
    }
}

/// Within what a claim is unique: a study, or a class of data under an exclusive licence.
///
/// An exclusive scope carries no institution, so that a second sale to anybody in the period
/// gives the same nullifier; it links the sales of that class and period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scope {
    kind: Kind,
    name: Vec<u8>,
    period: Period,
}

impl Scope {
    /// A scope with a name that is not empty.
    ///
    /// # Errors
    /// [`ScopeError::Name`].
    pub fn new(kind: Kind, name: &[u8], period: Period) -> Result<Self, ScopeError> {
        if name.is_empty() || u16::try_from(name.len()).is_err() {
            return Err(ScopeError::Name);
        }
        Ok(Self { kind, name: name.to_vec(), period })
    }

    /// The kind of the nullifier.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// `h2f(SCOPE, kind ‖ len16 name ‖ period)`.
    #[must_use]
    pub fn digest(&self) -> ScopeDigest {
        let message = Writer::with_capacity(7 + self.name.len())
            .u8(self.kind as u8)
            .u16(u16::try_from(self.name.len()).unwrap_or(u16::MAX))
            .array(&self.name)
            .u32(self.period.0)
            .finish();
        ScopeDigest::new(h2f(zk::SCOPE, &message))
    }
}
