//! Observations: the latest value of every field, by LOINC code.

use serde_json::Value;

use super::quantity::{self, Refusal};
use super::time::Instant;
use super::{Builder, IngestError, IngestErrorKind, IngestWarningKind, Part, time};
use crate::schema::{CodeSystem, FieldId, SlotSpec, SlotType};

/// A value that an observation, or a component of one, gives for a field.
struct Candidate<'a> {
    /// Earliest instant that its date allows; `None` sorts first.
    at: Option<Instant<'a>>,
    id: &'a str,
    part: Part<'a>,
}

pub(super) fn read(
    observations: &[Part<'_>],
    builder: &mut Builder<'_>,
) -> Result<(), IngestError> {
    let valid = observations.iter().filter(|observation| {
        !matches!(observation.text("status"), Some("entered-in-error" | "cancelled"))
    });
    let as_of = builder.options.as_of;
    let dated: Vec<_> = valid
        .map(|observation| Ok((instant(observation)?, observation)))
        .collect::<Result<_, _>>()?;
    // The record says what was known on its date; a later value would be dated wrongly.
    let (late, dated): (Vec<_>, Vec<_>) =
        dated.into_iter().partition(|(at, _)| at.is_some_and(|at| at.first_day > as_of));
    for (field, spec) in builder.schema.ids() {
        for part in late.iter().filter_map(|(_, observation)| source(observation, spec)) {
            builder.warn(&part, Some(field), IngestWarningKind::AfterAsOf);
        }
        if let Some(latest) = latest(&dated, spec) {
            take(&latest, field, spec, builder)?;
        }
    }
    Ok(())
}

/// When the observed value held: the end of a period, or its start, or when it was issued.
fn instant<'a>(observation: &Part<'a>) -> Result<Option<Instant<'a>>, IngestError> {
    let period = observation.get("effectivePeriod");
    let of_period = |key| period.as_ref().and_then(|period| period.get(key));
    let part = observation
        .get("effectiveDateTime")
        .or_else(|| observation.get("effectiveInstant"))
        .or_else(|| of_period("end"))
        .or_else(|| of_period("start"))
        .or_else(|| observation.get("issued"));
    let Some(part) = part else { return Ok(None) };
    let instant = part.value.as_str().and_then(time::instant);
    instant.map(Some).ok_or_else(|| part.error(IngestErrorKind::Date))
}

/// The latest candidate; among equals the one with the smallest id.
fn latest<'a>(
    dated: &[(Option<Instant<'a>>, &Part<'a>)],
    spec: &SlotSpec,
) -> Option<Candidate<'a>> {
    let mut best: Option<Candidate<'a>> = None;
    for (at, observation) in dated {
        let id = observation.text("id").unwrap_or("");
        let is_later = best.as_ref().is_none_or(|b| *at > b.at || (*at == b.at && id < b.id));
        if let Some(part) = source(observation, spec).filter(|_| is_later) {
            best = Some(Candidate { at: *at, id, part });
        }
    }
    best
}

/// The observation itself, or its first component, that gives a value of the field.
fn source<'a>(observation: &Part<'a>, spec: &SlotSpec) -> Option<Part<'a>> {
    let whole = core::iter::once(observation.clone());
    whole.chain(observation.items("component")).find(|part| is_source(part, spec))
}

/// Whether the part carries a LOINC code of the field. A path or a word among the sources, such as
/// `Patient.gender`, is no LOINC code, so that no observation can speak for it.
fn is_source(part: &Part<'_>, spec: &SlotSpec) -> bool {
    let codes =
        part.get("code").map(|code| code.codes(CodeSystem::Loinc.uri())).unwrap_or_default();
    codes.iter().any(|code| CodeSystem::Loinc.encode(code).is_ok() && spec.sources.contains(code))
}

fn take(
    candidate: &Candidate<'_>,
    field: FieldId,
    spec: &SlotSpec,
    builder: &mut Builder<'_>,
) -> Result<(), IngestError> {
    if spec.kind == SlotType::Enum {
        return blood_type(&candidate.part, field, builder);
    }
    let Some(quantity) = candidate.part.get("valueQuantity") else {
        let is_given = candidate.part.value.as_object().is_some_and(has_value);
        if is_given {
            builder.warn(&candidate.part, Some(field), IngestWarningKind::Unreadable);
        }
        return Ok(());
    };
    let Some(number) = quantity.get("value").map(|part| part.value.to_string()) else {
        return Ok(());
    };
    let is_ucum = quantity.text("system") == Some("http://unitsofmeasure.org");
    let unit = quantity.text("code").filter(|_| is_ucum).unwrap_or("");
    match quantity::bounds(spec, &number, unit, quantity.text("comparator")) {
        Ok(bounds) => builder.put_checked(&quantity, field, bounds)?,
        Err(Refusal::Unit) if builder.options.used.contains(&field) => {
            return Err(quantity.error_in("code", IngestErrorKind::UnknownUnit));
        }
        Err(Refusal::Unit) => builder.warn(&quantity, Some(field), IngestWarningKind::UnknownUnit),
        Err(Refusal::Value) => builder.warn(&quantity, Some(field), IngestWarningKind::Unreadable),
        Err(Refusal::OutOfBounds) => {
            builder.warn(&quantity, Some(field), IngestWarningKind::OutOfBounds);
        }
    }
    Ok(())
}

fn has_value(members: &serde_json::Map<String, Value>) -> bool {
    members.keys().any(|key| key.starts_with("value"))
}

/// SNOMED CT codes of the ABO group with the Rh(D) factor, in the order of the field's names.
const BLOOD_GROUPS: [&str; 8] = [
    "278148006", // O negative
    "278147001", // O positive
    "278152006", // A negative
    "278149003", // A positive
    "278153001", // B negative
    "278150003", // B positive
    "278154007", // AB negative
    "278151004", // AB positive
];

/// A group without its Rh factor is not exact, and two groups contradict each other: missing.
fn blood_type(
    part: &Part<'_>,
    field: FieldId,
    builder: &mut Builder<'_>,
) -> Result<(), IngestError> {
    let Some(value) = part.get("valueCodeableConcept") else { return Ok(()) };
    let codes = value.codes(CodeSystem::Sct.uri());
    let mut groups = (0_i64..).zip(BLOOD_GROUPS).filter(|(_, group)| codes.contains(group));
    match (groups.next(), groups.next()) {
        (Some((index, _)), None) => builder.put_checked(&value, field, (index, index))?,
        _ => builder.warn(&value, Some(field), IngestWarningKind::Unreadable),
    }
    Ok(())
}
