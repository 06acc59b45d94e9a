//! The default clinical schema, version 1.
//!
//! Order and numbers are the format. `docs/requirement-language.md` shows the same table.

use super::{CodeSystem, Date, Location, Slot, SlotSpec, SlotType};

/// Six fields of the wide leaf, then slots 1 to 19.
pub(super) const FIELDS: &[SlotSpec] = &[
    date("birth_date", Location::Wide(0), &["Patient.birthDate"]),
    names("sex", 1, &["Patient.gender"], &["female", "male", "other"]),
    names("blood_type", 2, &["883-9", "882-1"], BLOOD_TYPES),
    number("height", Location::Wide(3), "cm", (20, 280), 1, &["8302-2", "8306-3"]),
    number("weight", Location::Wide(4), "kg", (0, 650), 2, &["29463-7", "3141-9"]).with_min(20),
    number("heart_rate", Location::Wide(5), "/min", (0, 350), 0, &["8867-4"]),
    number("body_temperature", slot(1), "Cel", (20, 50), 1, &["8310-5"]),
    number("systolic", slot(2), "mm[Hg]", (0, 400), 0, &["8480-6"]),
    number("diastolic", slot(3), "mm[Hg]", (0, 300), 0, &["8462-4"]),
    number("bmi", slot(4), "kg/m2", (5, 150), 1, &["39156-5"]),
    number("oxygen_saturation", slot(5), "%", (0, 100), 0, &["2708-6", "59408-5"]),
    number("respiratory_rate", slot(6), "/min", (0, 150), 0, &["9279-1"]),
    number("glucose", slot(7), "mmol/L", (0, 100), 2, &["15074-8", "2339-0"]),
    number("hemoglobin", slot(8), "g/dL", (0, 30), 1, &["718-7"]),
    number("erythrocytes", slot(9), "10*12/L", (0, 15), 2, &["789-8"]),
    number("creatinine", slot(10), "umol/L", (0, 5000), 0, &["14682-9", "2160-0"]),
    number("bicarbonate", slot(11), "mmol/L", (0, 100), 1, &["1963-8"]),
    number("base_excess", slot(12), "mmol/L", (-50, 50), 1, &["11555-0"]),
    number("pco2", slot(13), "kPa", (0, 40), 1, &["11557-6"]),
    codes("conditions_active", 14, &["Condition[clinicalStatus=active|recurrence|relapse]"]),
    codes("conditions_history", 15, &["Condition[clinicalStatus=inactive|remission|resolved]"]),
    codes("procedures", 16, &["Procedure[status=in-progress|completed|stopped]"]),
    codes("medications", 17, &["MedicationStatement[active]", "MedicationRequest[active]"]),
    date("as_of", slot(18), &["issuer"]),
    number("record_version", slot(19), "1", (0, 0xffff_ffff), 0, &["issuer"]),
];

/// ABO group and Rh(D) factor.
const BLOOD_TYPES: &[&str] =
    &["o_neg", "o_pos", "a_neg", "a_pos", "b_neg", "b_pos", "ab_neg", "ab_pos"];

const fn slot(number: u16) -> Location {
    Location::Leaf(Slot(number))
}

const fn number(
    name: &'static str,
    location: Location,
    unit: &'static str,
    (min, max): (i64, i64),
    decimals: u8,
    sources: &'static [&'static str],
) -> SlotSpec {
    let kind = if decimals == 0 { SlotType::Integer } else { SlotType::Decimal };
    let scale = 10_i64.pow(decimals as u32);
    let (min, max) = (min * scale, max * scale);
    SlotSpec { name, location, kind, unit, min, max, decimals, sources, names: &[], system: None }
}

const fn date(
    name: &'static str,
    location: Location,
    sources: &'static [&'static str],
) -> SlotSpec {
    let (kind, max) = (SlotType::Date, Date::MAX_DAY);
    let (unit, names) = ("", [].as_slice());
    SlotSpec { name, location, kind, unit, min: 0, max, decimals: 0, sources, names, system: None }
}

const fn names(
    name: &'static str,
    index: u8,
    sources: &'static [&'static str],
    names: &'static [&'static str],
) -> SlotSpec {
    let (location, kind, unit) = (Location::Wide(index), SlotType::Enum, "");
    let max = names.len() as i64 - 1;
    SlotSpec { name, location, kind, unit, min: 0, max, decimals: 0, sources, names, system: None }
}

const fn codes(name: &'static str, number: u16, sources: &'static [&'static str]) -> SlotSpec {
    let (location, kind, names) = (slot(number), SlotType::Codes60, [].as_slice());
    let system = Some(CodeSystem::Sct);
    let (unit, min, max, decimals) = ("", 0, 0, 0);
    SlotSpec { name, location, kind, unit, min, max, decimals, sources, names, system }
}

impl SlotSpec {
    /// A least value that is no whole number, in units of 10^−decimals.
    const fn with_min(self, min: i64) -> Self {
        Self { min, ..self }
    }
}
