//! Patient: birth date and sex.

use super::{Builder, IngestError, IngestErrorKind, IngestWarningKind, Part, time};

pub(super) fn read(patient: &Part<'_>, builder: &mut Builder<'_>) -> Result<(), IngestError> {
    birth_date(patient, builder)?;
    sex(patient, builder)
}

fn birth_date(patient: &Part<'_>, builder: &mut Builder<'_>) -> Result<(), IngestError> {
    let (Some(part), Some(field)) = (patient.get("birthDate"), builder.schema.field("birth_date"))
    else {
        return Ok(());
    };
    let dates = part.value.as_str().and_then(time::dates);
    match dates.ok_or_else(|| part.error(IngestErrorKind::Date))? {
        Some((first, last)) => {
            builder.put_checked(&part, field, (first.day_number(), last.day_number()))?;
        }
        None => builder.warn(&part, Some(field), IngestWarningKind::OutOfBounds),
    }
    Ok(())
}

/// `unknown` says that nothing is known: Missing, not a fourth value.
fn sex(patient: &Part<'_>, builder: &mut Builder<'_>) -> Result<(), IngestError> {
    let (Some(part), Some(field)) = (patient.get("gender"), builder.schema.field("sex")) else {
        return Ok(());
    };
    let gender = part.value.as_str().unwrap_or("");
    let names = builder.schema.spec(field).map_or([].as_slice(), |spec| spec.names);
    match names.iter().position(|name| *name == gender).map(i64::try_from) {
        Some(Ok(index)) => builder.put_checked(&part, field, (index, index))?,
        _ if gender == "unknown" => {}
        _ => builder.warn(&part, Some(field), IngestWarningKind::Unreadable),
    }
    Ok(())
}
