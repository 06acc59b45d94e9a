//! A typed record: for every field of a schema, a value, an interval, a list of codes, or nothing.
//!
//! ```text
//! Missing            nothing is known; neither a literal nor its negation holds
//! Interval(lo, hi)   encoded; the value lies in [lo, hi], a point has lo = hi
//! Codes              distinct codes in increasing order; complete or partial
//!
//! bytes   count u8 ‖ entries in the order of the schema
//! entry   0 | 1 ‖ lo u64 ‖ hi u64 | 2 ‖ complete u8 ‖ n u16 ‖ n × u64
//! ```
//!
//! Every entry is within the bounds of its field, or it cannot be stored: nothing wraps and
//! nothing is clamped. A record is personal data: not `Clone`, redacted in `Debug`, wiped on drop.

use core::fmt;

use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Reader, Writer};
use zeroize::Zeroize;

use crate::schema::{FieldId, Location, MAX_CODES, Schema, SlotSpec};

/// Distinct codes of one terminology, in increasing order.
pub struct CodeList {
    codes: Vec<u64>,
    complete: bool,
}

impl CodeList {
    /// Sorts and deduplicates codes.
    ///
    /// `complete` is the issuer's claim that every code of the patient is here. Absence, upper
    /// bounds and equality of counts hold on a complete list only.
    #[must_use]
    pub fn new(mut codes: Vec<u64>, complete: bool) -> Self {
        codes.sort_unstable();
        codes.dedup();
        Self { codes, complete }
    }

    /// The codes, in increasing order.
    #[must_use]
    pub fn codes(&self) -> &[u64] {
        &self.codes
    }

    /// Whether nothing is left out.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.complete
    }
}

impl fmt::Debug for CodeList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeList").finish_non_exhaustive()
    }
}

impl Drop for CodeList {
    fn drop(&mut self) {
        self.codes.zeroize();
    }
}

/// What a record says about one field.
pub enum Entry {
    /// Nothing.
    Missing,
    /// The encoded value lies in `[lo, hi]`.
    Interval {
        /// Least possible encoded value.
        lo: u64,
        /// Greatest possible encoded value.
        hi: u64,
    },
    /// A list of codes.
    Codes(CodeList),
}

impl Entry {
    /// An exactly known encoded value.
    #[must_use]
    pub const fn point(value: u64) -> Self {
        Self::Interval { lo: value, hi: value }
    }

    /// Whether a field may hold this entry.
    fn fits(&self, spec: &SlotSpec) -> bool {
        match self {
            Self::Missing => true,
            Self::Interval { lo, hi } => {
                let may_spread =
                    spec.kind.is_ordered() && matches!(spec.location, Location::Leaf(_));
                !spec.kind.is_list() && lo <= hi && *hi <= spec.range() && (lo == hi || may_spread)
            }
            Self::Codes(list) => {
                // 0 and 2ⁿ − 1 are the sentinels of the gap tree; a field of other types may have
                // no bits at all.
                let last = 1_u64.checked_shl(spec.bits()).and_then(|end| end.checked_sub(2));
                let last = last.filter(|_| spec.kind.is_list()).unwrap_or(0);
                spec.kind.is_list()
                    && list.codes.len() <= MAX_CODES
                    && list.codes.iter().all(|code| 1 <= *code && *code <= last)
                    && list.codes.is_sorted_by(|a, b| a < b)
            }
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry").finish_non_exhaustive()
    }
}

/// Why an entry cannot be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The field is none of the record's schema.
    #[error("no such field")]
    UnknownField,
    /// Wrong kind of entry, out of bounds, an interval where only a point may stand, or a list
    /// longer than [`MAX_CODES`].
    #[error("the value does not fit the field")]
    DoesNotFit,
}

/// A record under a schema.
pub struct Record {
    schema: Schema,
    entries: Vec<Entry>,
}

impl Record {
    /// A record in which everything is missing.
    #[must_use]
    pub fn empty(schema: Schema) -> Self {
        Self { schema, entries: schema.fields().iter().map(|_| Entry::Missing).collect() }
    }

    /// The schema of the record.
    #[must_use]
    pub const fn schema(&self) -> Schema {
        self.schema
    }

    /// Replaces what the record says about a field.
    ///
    /// # Errors
    /// [`RecordError`]; the record is then unchanged.
    pub fn set(&mut self, field: FieldId, entry: Entry) -> Result<(), RecordError> {
        let spec = self.schema.spec(field).ok_or(RecordError::UnknownField)?;
        let place = self.entries.get_mut(field.index()).ok_or(RecordError::UnknownField)?;
        if !entry.fits(spec) {
            return Err(RecordError::DoesNotFit);
        }
        *place = entry;
        Ok(())
    }

    /// What the record says about a field; `Missing` for an id of another schema.
    #[must_use]
    pub fn entry(&self, field: FieldId) -> &Entry {
        self.entries.get(field.index()).unwrap_or(&Entry::Missing)
    }

    /// Whether the field is not missing.
    #[must_use]
    pub fn is_present(&self, field: FieldId) -> bool {
        !matches!(self.entry(field), Entry::Missing)
    }

    /// Bounds of the encoded value, if the field holds one.
    #[must_use]
    pub fn interval(&self, field: FieldId) -> Option<(u64, u64)> {
        match self.entry(field) {
            Entry::Interval { lo, hi } => Some((*lo, *hi)),
            Entry::Missing | Entry::Codes(_) => None,
        }
    }

    /// The codes, if the field holds a list.
    #[must_use]
    pub fn codes(&self, field: FieldId) -> Option<&CodeList> {
        match self.entry(field) {
            Entry::Codes(list) => Some(list),
            Entry::Missing | Entry::Interval { .. } => None,
        }
    }

    /// Appends the entries, to stand inside the encoding of an opening.
    pub(crate) fn write(&self, writer: Writer) -> Writer {
        let count = u8::try_from(self.entries.len()).unwrap_or(u8::MAX);
        self.entries.iter().fold(writer.u8(count), |writer, entry| entry.write(writer))
    }

    /// Reads what [`write`](Self::write) appended, under the same schema.
    pub(crate) fn read(schema: Schema, reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        if usize::from(reader.u8()?) != schema.fields().len() {
            return Err(DecodeError::Length);
        }
        let mut record = Self::empty(schema);
        for (field, _) in schema.ids() {
            let entry = Entry::read(reader)?;
            record.set(field, entry).map_err(|_| DecodeError::NonCanonical)?;
        }
        Ok(record)
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        for entry in &mut self.entries {
            if let Entry::Interval { lo, hi } = entry {
                lo.zeroize();
                hi.zeroize();
            }
        }
    }
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record").finish_non_exhaustive()
    }
}

impl Entry {
    fn write(&self, writer: Writer) -> Writer {
        match self {
            Self::Missing => writer.u8(0),
            Self::Interval { lo, hi } => writer.u8(1).u64(*lo).u64(*hi),
            Self::Codes(list) => {
                let count = u16::try_from(list.codes.len()).unwrap_or(u16::MAX);
                let start = writer.u8(2).bool(list.complete).u16(count);
                list.codes.iter().fold(start, |writer, code| writer.u64(*code))
            }
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.u8()? {
            0 => Ok(Self::Missing),
            1 => Ok(Self::Interval { lo: reader.u64()?, hi: reader.u64()? }),
            2 => {
                let (complete, count) = (reader.bool()?, usize::from(reader.u16()?));
                if count > MAX_CODES {
                    return Err(DecodeError::Length);
                }
                // As they stand: `set` refuses codes out of order, so one list has one encoding.
                let codes = (0..count).map(|_| reader.u64()).collect::<Result<_, _>>()?;
                Ok(Self::Codes(CodeList { codes, complete }))
            }
            _ => Err(DecodeError::NonCanonical),
        }
    }
}

#[cfg(test)]
mod tests;
