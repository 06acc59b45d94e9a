//! The terms of a delegation, signed inside the re-encryption key.
//!
//! ```text
//! terms = not_before u64 ‖ not_after u64 ‖ len32 ‖ licence ‖ exclusive u8 ‖ len32 ‖ purpose ‖ serial u64
//! valid at t  ⇔  not_before ≤ t < not_after
//! ```
//! The proxy and the delegatee enforce the window, each at the time of use and by a clock that the
//! caller supplies. It is not cryptographic: what ends a delegation for a proxy and a delegatee
//! that work together is an epoch component in the scope path.

use alloc::string::String;

use medcrypto_core::{
    DecodeError,
    codec::{Reader, Writer},
};

use crate::{Error, identity::text};

/// Seconds since 1970-01-01 00:00:00 UTC, supplied by the caller: this crate reads no clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnixTime(pub u64);

/// Licence terms of a delegation.
///
/// # Example
/// ```
/// # use medcrypto_pre::{Error, Terms, UnixTime};
/// let terms = Terms::new(UnixTime(1_700_000_000), UnixTime(1_710_000_000))?
///     .licence("licence-42")?
///     .purpose("oncology study 7")?
///     .exclusive(true)
///     .serial(3);
/// assert!(terms.valid_at(UnixTime(1_700_000_000)) && !terms.valid_at(UnixTime(1_710_000_000)));
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Terms {
    not_before: UnixTime,
    not_after: UnixTime,
    licence: String,
    exclusive: bool,
    purpose: String,
    serial: u64,
}

impl Terms {
    /// Longest licence identifier in bytes.
    pub const MAX_LICENCE: usize = 128;
    /// Longest purpose in bytes.
    pub const MAX_PURPOSE: usize = 256;
    /// Longest encoding in bytes.
    pub const MAX_LEN: usize = 8 + 8 + 4 + Self::MAX_LICENCE + 1 + 4 + Self::MAX_PURPOSE + 8;

    /// Terms that are valid from `not_before` until just before `not_after`; no licence, not
    /// exclusive, no purpose, serial 0.
    ///
    /// # Errors
    /// [`Error::Terms`] unless `not_before < not_after`.
    pub fn new(not_before: UnixTime, not_after: UnixTime) -> Result<Self, Error> {
        if not_before >= not_after {
            return Err(Error::Terms);
        }
        let (licence, purpose) = (String::new(), String::new());
        Ok(Self { not_before, not_after, licence, exclusive: false, purpose, serial: 0 })
    }

    /// With a licence identifier.
    ///
    /// # Errors
    /// [`Error::Name`] over 128 bytes.
    pub fn licence(self, licence: &str) -> Result<Self, Error> {
        bounded(licence, Self::MAX_LICENCE).map(|licence| Self { licence, ..self })
    }

    /// With a purpose of use.
    ///
    /// # Errors
    /// [`Error::Name`] over 256 bytes.
    pub fn purpose(self, purpose: &str) -> Result<Self, Error> {
        bounded(purpose, Self::MAX_PURPOSE).map(|purpose| Self { purpose, ..self })
    }

    /// Exclusive or not. Two signed statements with overlapping exclusive scopes are evidence of a
    /// double sale.
    #[must_use]
    pub fn exclusive(self, exclusive: bool) -> Self {
        Self { exclusive, ..self }
    }

    /// With a serial number, which grows with every new delegation of one scope to one delegatee:
    /// a proxy that has seen a later one refuses the earlier ones.
    #[must_use]
    pub fn serial(self, serial: u64) -> Self {
        Self { serial, ..self }
    }

    /// Whether `now` lies in the window.
    #[must_use]
    pub fn valid_at(&self, now: UnixTime) -> bool {
        self.not_before <= now && now < self.not_after
    }

    /// First valid second.
    #[must_use]
    pub fn not_before(&self) -> UnixTime {
        self.not_before
    }

    /// First second that is no longer valid.
    #[must_use]
    pub fn not_after(&self) -> UnixTime {
        self.not_after
    }

    /// The licence identifier, perhaps empty.
    #[must_use]
    pub fn licence_id(&self) -> &str {
        &self.licence
    }

    /// Whether the licence is exclusive.
    #[must_use]
    pub fn is_exclusive(&self) -> bool {
        self.exclusive
    }

    /// The purpose of use, perhaps empty.
    #[must_use]
    pub fn purpose_of_use(&self) -> &str {
        &self.purpose
    }

    /// The serial number.
    #[must_use]
    pub fn serial_number(&self) -> u64 {
        self.serial
    }

    /// [`Error::Validity`] outside the window.
    pub(crate) fn require_valid_at(&self, now: UnixTime) -> Result<(), Error> {
        if self.valid_at(now) { Ok(()) } else { Err(Error::Validity) }
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        writer
            .u64(self.not_before.0)
            .u64(self.not_after.0)
            .bytes(self.licence.as_bytes())
            .bool(self.exclusive)
            .bytes(self.purpose.as_bytes())
            .u64(self.serial)
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (not_before, not_after) = (UnixTime(reader.u64()?), UnixTime(reader.u64()?));
        let licence = text(reader, Self::MAX_LICENCE)?.into();
        let exclusive = reader.bool()?;
        let purpose = text(reader, Self::MAX_PURPOSE)?.into();
        let serial = reader.u64()?;
        if not_before >= not_after {
            return Err(DecodeError::NonCanonical);
        }
        Ok(Self { not_before, not_after, licence, exclusive, purpose, serial })
    }
}

fn bounded(text: &str, max: usize) -> Result<String, Error> {
    if text.len() > max { Err(Error::Name) } else { Ok(text.into()) }
}
