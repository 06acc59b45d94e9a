//! The typed schema of a record: which field sits where, and how its values become integers.
//!
//! ```text
//! record     64 slots; slot 0 is the wide leaf of six small exact fields, the others one leaf each
//! number     encoded = value · 10^decimals − min              0 ≤ encoded ≤ max − min
//! date       encoded = days since 1900-01-01 − min
//! boolean    false 0, true 1
//! enum       index in the list of names
//! codes      see [`CodeSystem`]; 1 ≤ code ≤ 2ⁿ − 2, n = 37 or 60
//! digest     h2f(MEDCRYPTO-ZK-V01-SCHEMA, every line of the table)
//! ```
//!
//! The digest covers names, places, types, units, bounds, decimals, sources and terminologies, so
//! that a committed value cannot be read again under another unit, scale or code system.

mod clinical;
mod code;
mod date;

use medcrypto_core::codec::Writer;
use medcrypto_core::dst::zk;

use crate::hash::h2f_wide;

pub use code::{CodeError, CodeSystem};
pub use date::Date;

/// Number of slots of a record; slot 0 is the wide leaf.
pub const SLOTS: u16 = 64;
/// Number of fields in the wide leaf.
pub const WIDE_FIELDS: u8 = 6;
/// Most codes that a list can hold: 64 gap leaves.
pub const MAX_CODES: usize = 63;

/// Position of a leaf in the record tree, below [`SLOTS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u16);

/// Index of a field in its schema; made by [`Schema::field`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(u8);

impl FieldId {
    /// Position in [`Schema::fields`].
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Where a field sits in the record tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Location {
    /// In the wide leaf (slot 0), at this index below [`WIDE_FIELDS`]; such a field is exact or
    /// missing.
    Wide(u8),
    /// In a leaf of its own, slot 1 to 63.
    Leaf(Slot),
}

/// What a field holds; the numbers are part of the format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum SlotType {
    /// Whole number with a unit.
    Integer = 1,
    /// Fixed-point decimal with a unit.
    Decimal = 2,
    /// Calendar date.
    Date = 3,
    /// Truth value.
    Boolean = 4,
    /// One of a few names.
    Enum = 5,
    /// One base-37 code (ICD-10, ATC); reserved, in no schema: nothing reads it.
    Code37 = 6,
    /// One LOINC code; reserved, in no schema.
    Loinc = 7,
    /// One SNOMED CT code; reserved, in no schema.
    Snomed = 8,
    /// List of base-37 codes, complete.
    Codes37 = 9,
    /// List of base-37 codes, partial; never in a schema, only in a leaf header.
    Codes37Partial = 10,
    /// List of 60-bit codes, complete.
    Codes60 = 11,
    /// List of 60-bit codes, partial; never in a schema, only in a leaf header.
    Codes60Partial = 12,
    /// Digest of 248 bits; reserved, in no schema.
    Digest = 13,
}

impl SlotType {
    /// Whether the field holds a list of codes.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Codes37 | Self::Codes37Partial | Self::Codes60 | Self::Codes60Partial)
    }

    /// Whether the field holds a number with a unit.
    #[must_use]
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal)
    }

    /// Whether a value may be an interval: numbers and dates outside the wide leaf.
    #[must_use]
    pub const fn is_ordered(self) -> bool {
        matches!(self, Self::Integer | Self::Decimal | Self::Date)
    }
}

/// One field of a schema.
#[derive(Clone, Copy, Debug)]
pub struct SlotSpec {
    /// Name in the requirement language, `[a-z][a-z0-9_]{0,31}`.
    pub name: &'static str,
    /// Where the field sits.
    pub location: Location,
    /// What it holds.
    pub kind: SlotType,
    /// Canonical UCUM unit; empty where the type has none.
    pub unit: &'static str,
    /// Least value, in units of 10^−decimals (dates: day number; others 0).
    pub min: i64,
    /// Greatest value, in units of 10^−decimals.
    pub max: i64,
    /// Decimals kept.
    pub decimals: u8,
    /// Where ingestion takes it from: LOINC codes or a FHIR path.
    pub sources: &'static [&'static str],
    /// Names of an enum, in the order of their indices.
    pub names: &'static [&'static str],
    /// Terminology of a list of codes.
    pub system: Option<CodeSystem>,
}

impl SlotSpec {
    /// Greatest encoded value, `max − min`.
    #[must_use]
    pub const fn range(&self) -> u64 {
        self.max.abs_diff(self.min)
    }

    /// Bits of an encoded value: ⌈log₂(range + 1)⌉, or the width of a list's code type.
    #[must_use]
    pub const fn bits(&self) -> u32 {
        match self.system {
            Some(system) => system.bits(),
            None => u64::BITS - self.range().leading_zeros(),
        }
    }

    /// The encoding of a scaled value (`value · 10^decimals`, or a day number), if within bounds.
    #[must_use]
    pub fn encode(&self, scaled: i64) -> Option<u64> {
        (self.min <= scaled && scaled <= self.max).then(|| scaled.abs_diff(self.min))
    }

    /// The scaled value of an encoding, if within bounds.
    #[must_use]
    pub fn decode(&self, encoded: u64) -> Option<i64> {
        let encoded = (encoded <= self.range()).then_some(encoded)?;
        self.min.checked_add_unsigned(encoded)
    }

    /// One line of the table that the schema digest covers.
    fn write(&self, writer: Writer) -> Writer {
        let (place, index) = match self.location {
            Location::Wide(index) => (0, u16::from(index)),
            Location::Leaf(slot) => (1, slot.0),
        };
        let writer = writer
            .bytes(self.name.as_bytes())
            .u8(place)
            .u16(index)
            .u8(self.kind as u8)
            .bytes(self.unit.as_bytes())
            .array(&self.min.to_be_bytes())
            .array(&self.max.to_be_bytes())
            .u8(self.decimals)
            .bytes(self.system.map_or("", CodeSystem::uri).as_bytes());
        strings(strings(writer, self.sources), self.names)
    }
}

fn strings(writer: Writer, list: &[&str]) -> Writer {
    let count = u32::try_from(list.len()).unwrap_or(u32::MAX);
    list.iter().fold(writer.u32(count), |writer, item| writer.bytes(item.as_bytes()))
}

/// Why a table is no schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SchemaError {
    /// More than 69 fields (six in the wide leaf and 63 leaves).
    #[error("too many fields")]
    TooManyFields,
    /// A name that is no identifier, or that occurs twice.
    #[error("field {0}: bad or repeated name")]
    Name(usize),
    /// A place outside the tree, or taken twice.
    #[error("field {0}: bad or repeated place")]
    Location(usize),
    /// Bounds of 2⁶⁰ or more, or bounds, decimals, names or terminology that do not fit the type; a
    /// reserved type.
    #[error("field {0}: bounds, names or terminology do not fit the type")]
    Shape(usize),
}

/// A checked table of fields.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    version: u32,
    fields: &'static [SlotSpec],
}

impl Schema {
    /// The default clinical schema, version 1.
    #[must_use]
    pub const fn clinical_v1() -> Self {
        Self { version: 1, fields: clinical::FIELDS }
    }

    /// Checks a table of fields.
    ///
    /// # Errors
    /// [`SchemaError`], with the index of the field.
    pub fn new(version: u32, fields: &'static [SlotSpec]) -> Result<Self, SchemaError> {
        if fields.len() > usize::from(WIDE_FIELDS) + usize::from(SLOTS) - 1 {
            return Err(SchemaError::TooManyFields);
        }
        for (index, field) in fields.iter().enumerate() {
            let earlier = fields.iter().take(index);
            let (mut names, mut places) = (earlier.clone(), earlier);
            if !is_identifier(field.name) || names.any(|other| other.name == field.name) {
                return Err(SchemaError::Name(index));
            }
            if !field.is_placed() || places.any(|other| other.location == field.location) {
                return Err(SchemaError::Location(index));
            }
            if !field.is_well_formed() {
                return Err(SchemaError::Shape(index));
            }
        }
        Ok(Self { version, fields })
    }

    /// Every field, in order.
    #[must_use]
    pub const fn fields(&self) -> &'static [SlotSpec] {
        self.fields
    }

    /// Every field with its id, in order.
    pub fn ids(&self) -> impl Iterator<Item = (FieldId, &'static SlotSpec)> + use<> {
        (0..=u8::MAX).map(FieldId).zip(self.fields)
    }

    /// The field of this name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<FieldId> {
        self.ids().find(|(_, spec)| spec.name == name).map(|(id, _)| id)
    }

    /// The field at this place.
    #[must_use]
    pub fn at(&self, location: Location) -> Option<FieldId> {
        self.ids().find(|(_, spec)| spec.location == location).map(|(id, _)| id)
    }

    /// The specification of a field; `None` for an id of another schema.
    #[must_use]
    pub fn spec(&self, field: FieldId) -> Option<&'static SlotSpec> {
        self.fields.get(field.index())
    }

    /// The schema digest before its reduction modulo r.
    pub(crate) fn digest_wide(&self) -> [u8; 64] {
        let count = u32::try_from(self.fields.len()).unwrap_or(u32::MAX);
        let start = Writer::default().u32(self.version).u32(count);
        let table = self.fields.iter().fold(start, |writer, field| field.write(writer));
        h2f_wide(zk::SCHEMA, &table.finish())
    }
}

/// `[a-z][a-z0-9_]{0,31}`.
pub(crate) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    name.len() <= 32
        && bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

impl SlotSpec {
    const fn is_placed(&self) -> bool {
        match self.location {
            Location::Wide(index) => index < WIDE_FIELDS && !self.kind.is_list(),
            Location::Leaf(slot) => 0 < slot.0 && slot.0 < SLOTS,
        }
    }

    fn is_well_formed(&self) -> bool {
        // With constants below 2⁶¹, no sum of bounds and constants leaves an i64.
        const LIMIT: u64 = 1 << 60;
        let is_bounded = self.min <= self.max
            && self.range() < LIMIT
            && self.min.unsigned_abs() < LIMIT
            && self.max.unsigned_abs() < LIMIT
            && self.decimals <= 9;
        let has_names = self.range().checked_add(1) == u64::try_from(self.names.len()).ok()
            && self.names.iter().all(|name| is_identifier(name));
        let plain = self.names.is_empty() && self.system.is_none();
        is_bounded
            && match self.kind {
                SlotType::Integer => plain && self.decimals == 0,
                SlotType::Decimal => plain,
                SlotType::Date => {
                    plain && self.decimals == 0 && self.min >= 0 && self.max <= Date::MAX_DAY
                }
                SlotType::Boolean => plain && (self.min, self.max, self.decimals) == (0, 1, 0),
                SlotType::Enum => self.min == 0 && has_names && self.system.is_none(),
                SlotType::Codes37 => self.system.is_some_and(|system| system.bits() == 37),
                SlotType::Codes60 => self.system.is_some_and(|system| system.bits() == 60),
                SlotType::Code37
                | SlotType::Loinc
                | SlotType::Snomed
                | SlotType::Digest
                | SlotType::Codes37Partial
                | SlotType::Codes60Partial => false,
            }
    }
}

#[cfg(test)]
mod tests;
