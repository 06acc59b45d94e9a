//! Type-check: every door into the syntax tree.
//!
//! Units are compared as strings with the field's canonical UCUM unit: nothing is converted in a
//! requirement. A number may not have more decimals than the field keeps. Numbers outside a
//! field's bounds are allowed; the normal form folds them.

use super::ast::{Atom, Expr, Op, Set};
use super::error::RequirementErrorKind as Kind;
use super::{MAX_DEPTH, MAX_NODES, MAX_SET};
use crate::schema::{CodeSystem, Date, FieldId, Schema, SlotSpec, SlotType};

/// Most years in an age.
const MAX_AGE: u16 = 150;
/// Most codes that a count may be compared with; one more for `>=` and `<`.
const MAX_COUNT: u32 = 62;

/// Builds atoms that fit a schema, and counts nodes.
pub(super) struct Checker {
    schema: Schema,
    nodes: usize,
}

impl Checker {
    pub(super) const fn new(schema: Schema) -> Self {
        Self { schema, nodes: 0 }
    }

    /// Called on entering every node.
    pub(super) fn enter(&mut self, depth: usize) -> Result<(), Kind> {
        self.nodes += 1;
        match () {
            () if depth > MAX_DEPTH => Err(Kind::TooDeep),
            () if self.nodes > MAX_NODES => Err(Kind::TooManyNodes),
            () => Ok(()),
        }
    }

    pub(super) fn field(&self, name: &str) -> Result<FieldId, Kind> {
        self.schema.field(name).ok_or(Kind::UnknownField)
    }

    pub(super) fn spec(&self, field: FieldId) -> Result<&'static SlotSpec, Kind> {
        self.schema.spec(field).ok_or(Kind::UnknownField)
    }

    pub(super) fn kind(&self, field: FieldId) -> Result<SlotType, Kind> {
        self.spec(field).map(|spec| spec.kind)
    }

    pub(super) fn unit(&self, field: FieldId, unit: &str) -> Result<(), Kind> {
        let spec = self.spec(field)?;
        if unit == spec.unit { Ok(()) } else { Err(Kind::WrongUnit(spec.unit)) }
    }

    /// A decimal, scaled by the field's decimals.
    pub(super) fn number(&self, field: FieldId, text: &str) -> Result<i64, Kind> {
        let spec = self.spec(field)?;
        if !spec.kind.is_numeric() {
            return Err(Kind::WrongType("a number"));
        }
        scaled(text, spec.decimals)
    }

    pub(super) const fn range(field: FieldId, lo: i64, hi: i64) -> Result<Atom, Kind> {
        if lo <= hi { Ok(Atom::Range(field, lo, hi)) } else { Err(Kind::EmptyInterval) }
    }

    pub(super) fn date_field(&self, field: FieldId) -> Result<(), Kind> {
        let is_date = self.kind(field)? == SlotType::Date;
        if is_date { Ok(()) } else { Err(Kind::WrongType("a date")) }
    }

    pub(super) fn years(text: &str) -> Result<u16, Kind> {
        let years = integer(text)?;
        u16::try_from(years).ok().filter(|y| *y <= MAX_AGE).ok_or(Kind::NumberOutOfRange)
    }

    pub(super) fn date(text: &str) -> Result<Date, Kind> {
        Date::parse(text).ok_or(Kind::Date)
    }

    /// The index of a name; of `false` and `true` for a boolean.
    pub(super) fn name(&self, field: FieldId, name: &str) -> Result<u64, Kind> {
        let spec = self.spec(field)?;
        let names: &[&str] = match spec.kind {
            SlotType::Enum => spec.names,
            SlotType::Boolean => &["false", "true"],
            _ => return Err(Kind::WrongType("an enum or a boolean")),
        };
        let index = names.iter().position(|other| *other == name).ok_or(Kind::UnknownName)?;
        u64::try_from(index).map_err(|_| Kind::UnknownName)
    }

    pub(super) fn one_of(&self, field: FieldId, names: Vec<u64>) -> Result<Atom, Kind> {
        match names.len() {
            _ if self.kind(field)? != SlotType::Enum => Err(Kind::WrongType("an enum")),
            0 => Err(Kind::EmptySet),
            len if len > MAX_SET => Err(Kind::SetTooLarge),
            _ => Ok(Atom::OneOf(field, names)),
        }
    }

    /// Both fields must be numbers of one unit and one scale.
    pub(super) fn comparable(&self, left: FieldId, right: FieldId) -> Result<(), Kind> {
        let (a, b) = (self.spec(left)?, self.spec(right)?);
        let numeric = a.kind.is_numeric() && b.kind.is_numeric();
        let alike = a.unit == b.unit && a.decimals == b.decimals && left != right;
        if numeric && alike { Ok(()) } else { Err(Kind::NotComparable) }
    }

    pub(super) fn list(&self, field: FieldId) -> Result<CodeSystem, Kind> {
        let spec = self.spec(field)?;
        spec.system.filter(|_| spec.kind.is_list()).ok_or(Kind::WrongType("a list of codes"))
    }

    /// `system:code`.
    pub(super) fn code(&self, field: FieldId, system: &str, code: &str) -> Result<u64, Kind> {
        let expected = self.list(field)?;
        if !CodeSystem::ALL.iter().any(|known| known.prefix() == system) {
            return Err(Kind::Expected("one of sct:, icd10:, loinc:, atc:"));
        }
        if expected.prefix() != system {
            return Err(Kind::WrongSystem(expected.prefix()));
        }
        expected.encode(code).map_err(Kind::Code)
    }

    pub(super) fn codes(codes: Vec<u64>) -> Result<Set, Kind> {
        match codes.len() {
            0 => Err(Kind::EmptySet),
            len if len > MAX_SET => Err(Kind::SetTooLarge),
            _ => Ok(Set::Codes(codes)),
        }
    }

    pub(super) fn under(&self, field: FieldId, prefix: &str) -> Result<Set, Kind> {
        self.list(field)?.under(prefix).map(Set::Under).map_err(Kind::Code)
    }

    pub(super) fn count(field: FieldId, set: Set, op: Op, text: &str) -> Result<Atom, Kind> {
        let count = u32::try_from(integer(text)?).map_err(|_| Kind::CountOutOfRange)?;
        let shift = u32::from(matches!(op, Op::Ge | Op::Lt));
        let is_in_range = (shift..=MAX_COUNT + shift).contains(&count);
        if is_in_range {
            Ok(Atom::Count(field, set, op, count))
        } else {
            Err(Kind::CountOutOfRange)
        }
    }

    pub(super) fn group(parts: &[Expr]) -> Result<(), Kind> {
        if parts.is_empty() { Err(Kind::EmptyGroup) } else { Ok(()) }
    }

    pub(super) fn threshold(text: &str, parts: &[Expr]) -> Result<u32, Kind> {
        Self::group(parts)?;
        let k = u32::try_from(integer(text)?).map_err(|_| Kind::Threshold)?;
        let fits = usize::try_from(k).is_ok_and(|k| 1 <= k && k <= parts.len());
        if fits { Ok(k) } else { Err(Kind::Threshold) }
    }
}

/// `0|[1-9][0-9]*`, at most nine digits.
fn integer(text: &str) -> Result<u64, Kind> {
    let canonical = text == "0" || !text.starts_with('0');
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match text.parse() {
        Ok(value) if canonical && digits && text.len() <= 9 => Ok(value),
        _ if canonical && digits => Err(Kind::NumberOutOfRange),
        _ => Err(Kind::Expected("a whole number")),
    }
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?`, times 10^decimals.
pub(super) fn scaled(text: &str, decimals: u8) -> Result<i64, Kind> {
    const DECIMAL: Kind = Kind::Expected("a decimal number");
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let canonical = whole == "0" || (!whole.is_empty() && !whole.starts_with('0'));
    if !canonical || !is_plain(whole) || !is_plain(fraction) || digits.ends_with('.') {
        return Err(DECIMAL);
    }
    if fraction.len() > usize::from(decimals) {
        return Err(Kind::TooManyDecimals(decimals));
    }
    if whole.len() > 12 {
        return Err(Kind::NumberOutOfRange);
    }
    let number = format!("{whole}{fraction:0<width$}", width = usize::from(decimals));
    let value: i64 = number.parse().map_err(|_| Kind::NumberOutOfRange)?;
    // Beyond the widest field; bounded so that no later sum can overflow.
    if value < 1 << 61 { Ok(sign * value) } else { Err(Kind::NumberOutOfRange) }
}
