//! The HL7 sample patients: what their records must hold.

use std::fs;

use crate::fhir::{FhirBundle, IngestOptions, IngestWarningKind, Ingested, ListClaim};
use crate::record::Record;
use crate::requirement::{Requirement, Truth};
use crate::schema::{Date, Schema};

const REQUIREMENT: &str = "all(has(conditions_active, {sct:254637007}), \
    glucose >= 6.1 \"mmol/L\", \
    age(birth_date) >= 40 on 2013-04-02, age(birth_date) <= 75 on 2013-04-02)";

fn folder() -> Vec<(String, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .filter(|(name, _)| name.ends_with(".json"))
        .collect();
    files.sort();
    files
}

fn ingest(patient: &str, lists: ListClaim) -> Ingested {
    ingest_as_of(patient, lists, Date::new(2013, 4, 5).unwrap())
}

fn ingest_as_of(patient: &str, lists: ListClaim, as_of: Date) -> Ingested {
    let files = folder();
    let bundle = FhirBundle::from_resources(files.iter().map(|(n, b)| (n.as_str(), b.as_slice())));
    let requirement = Requirement::parse(Schema::clinical_v1(), REQUIREMENT).unwrap();
    let used = requirement.fields();
    bundle
        .unwrap()
        .ingest(patient, IngestOptions { as_of, version: 1, lists, used: &used })
        .unwrap()
}

/// Every value as a scaled number; every list as its codes.
fn values(record: &Record) -> Vec<String> {
    let schema = record.schema();
    let show = |(field, spec): (_, &crate::schema::SlotSpec)| {
        if let Some((lo, hi)) = record.interval(field) {
            assert_eq!(lo, hi, "{}", spec.name);
            return Some(format!("{} {}", spec.name, spec.decode(lo).unwrap()));
        }
        let list = record.codes(field)?;
        Some(format!("{} {:?} {}", spec.name, list.codes(), list.is_complete()))
    };
    schema.ids().filter_map(show).collect()
}

fn truth(record: &Record) -> Truth {
    Requirement::parse(Schema::clinical_v1(), REQUIREMENT).unwrap().evaluate(record)
}

#[test]
fn f001_has_cancer_and_the_laboratory_values() {
    let Ingested { record, warnings } = ingest("f001", ListClaim::Partial);
    assert_eq!(
        values(&record),
        [
            "birth_date 16391", // 1944-11-17
            "sex 1",
            "glucose 630",
            "hemoglobin 72",
            "erythrocytes 412",
            "base_excess 126",
            "pco2 62",
            "conditions_active [368009, 18099001, 254637007] false",
            "procedures [34068001, 48387007, 172960003, 359615001] false",
            "as_of 41367",
            "record_version 1",
        ]
    );
    assert_eq!(warnings, []);
    assert_eq!(truth(&record), Truth::True);
}

#[test]
fn example_has_the_vital_signs() {
    let as_of = Date::new(2016, 12, 31).unwrap();
    let Ingested { record, warnings } = ingest_as_of("example", ListClaim::Partial, as_of);
    assert_eq!(
        values(&record),
        [
            "birth_date 27386", // 1974-12-25
            "sex 1",
            "height 1699", // 66.9 in; the length of the same day has the greater id
            "weight 8391",
            "heart_rate 44",
            "body_temperature 365",
            "systolic 107",
            "diastolic 60",
            "bmi 162",
            "oxygen_saturation 95",
            "respiratory_rate 26",
            "as_of 42733",
            "record_version 1",
        ]
    );
    assert_eq!(warnings, []);
    // 38 years old: False, although the other parts are unknown.
    assert_eq!(truth(&record), Truth::False);
}

/// Weight and oxygen saturation were measured after the date of this record.
#[test]
fn an_earlier_record_leaves_later_measurements_out() {
    let Ingested { record, warnings } = ingest("example", ListClaim::Partial);
    let names: Vec<_> =
        values(&record).iter().map(|v| v.split(' ').next().unwrap().to_string()).collect();
    assert!(names.contains(&"systolic".into()));
    assert!(!names.contains(&"weight".into()) && !names.contains(&"oxygen_saturation".into()));
    let mut late: Vec<_> = warnings.iter().map(|w| (w.field.unwrap(), w.kind)).collect();
    late.dedup();
    let after = IngestWarningKind::AfterAsOf;
    assert_eq!(late, [("weight", after), ("oxygen_saturation", after)]);
}

#[test]
fn pat2_is_sparse_and_nothing_is_guessed() {
    let Ingested { record, warnings } = ingest("pat2", ListClaim::Partial);
    assert_eq!(values(&record), ["sex 2", "as_of 41367", "record_version 1"]);
    assert_eq!(warnings, []);
    assert_eq!(truth(&record), Truth::Unknown);
}

#[test]
fn completeness_is_the_issuers_claim() {
    let holds = |patient, lists, text: &str| {
        let requirement = Requirement::parse(Schema::clinical_v1(), text).unwrap();
        requirement.evaluate(&ingest(patient, lists).record)
    };
    let lacks_diabetes = "lacks(conditions_active, {sct:44054006})";
    assert_eq!(holds("f001", ListClaim::Partial, lacks_diabetes), Truth::Unknown);
    assert_eq!(holds("f001", ListClaim::Complete, lacks_diabetes), Truth::True);
    assert_eq!(holds("pat2", ListClaim::Partial, lacks_diabetes), Truth::Unknown);
    assert_eq!(holds("pat2", ListClaim::Complete, lacks_diabetes), Truth::True);
    let three = "count(conditions_active, {sct:254637007, sct:368009, sct:18099001}) = 3";
    assert_eq!(holds("f001", ListClaim::Complete, three), Truth::True);
    assert_eq!(holds("f001", ListClaim::Partial, three), Truth::Unknown);
}

#[test]
fn the_folder_names_its_patients() {
    let files = folder();
    let bundle = FhirBundle::from_resources(files.iter().map(|(n, b)| (n.as_str(), b.as_slice())));
    assert_eq!(bundle.unwrap().patients().collect::<Vec<_>>(), ["example", "f001", "pat2"]);
}

/// Every file cut at every length: an error that names the file, or nothing at all.
#[test]
fn truncated_files_are_refused_by_name_line_and_column() {
    for (name, bytes) in folder().iter().filter(|(name, _)| name.contains("f001")) {
        let end = bytes.iter().rposition(|b| *b == b'}').unwrap();
        for len in (0..end).step_by(97) {
            let file = (name.as_str(), &bytes[..len]);
            let error = FhirBundle::from_resources([file]).unwrap_err();
            assert_eq!(&error.file, name);
            let text = error.to_string();
            assert!(text.contains("malformed JSON at line") && text.starts_with(name), "{text}");
        }
    }
}

#[test]
fn a_warning_reads_well() {
    let kind = IngestWarningKind::UnknownUnit;
    let (file, path) = ("a.json".into(), "$.valueQuantity".into());
    let warning = crate::fhir::IngestWarning { file, path, field: Some("glucose"), kind };
    assert_eq!(warning.to_string(), "a.json: $.valueQuantity: unknown unit (glucose)");
}

/// Any byte of any file changed: an error, a warning or a record, never a panic.
#[test]
fn changed_bytes_never_make_ingestion_panic() {
    use proptest::prelude::*;
    let files = folder();
    let config = ProptestConfig { cases: 1_000, failure_persistence: None, ..Default::default() };
    proptest!(config, |(file: prop::sample::Index, at: prop::sample::Index, byte in 0x20_u8..0x7f)| {
        let mut files = files.clone();
        let index = file.index(files.len());
        let bytes = &mut files[index].1;
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let parts = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        if let Ok(bundle) = FhirBundle::from_resources(parts) {
            let options = IngestOptions {
                as_of: Date::new(2013, 4, 5).unwrap(),
                version: 1,
                lists: ListClaim::Partial,
                used: &[],
            };
            for patient in ["f001", "example", "pat2"] {
                let _ = bundle.ingest(patient, options);
            }
        }
    });
}
