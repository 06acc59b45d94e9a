//! Single rules of ingestion on resources made for them.

use serde_json::{Value, json};

use crate::fhir::{
    FhirBundle, IngestError, IngestErrorKind, IngestOptions, IngestWarningKind, Ingested, ListClaim,
};
use crate::record::Record;
use crate::schema::{Date, FieldId, Schema};

pub(super) fn field(name: &str) -> FieldId {
    Schema::clinical_v1().field(name).unwrap()
}

pub(super) fn patient() -> Value {
    json!({ "resourceType": "Patient", "id": "p" })
}

/// A resource about the patient, with its own members on top.
pub(super) fn resource(kind: &str, id: &str, members: Value) -> Value {
    let mut value =
        json!({ "resourceType": kind, "id": id, "subject": { "reference": "Patient/p" } });
    for (key, member) in members.as_object().unwrap() {
        value[key] = member.clone();
    }
    value
}

pub(super) fn glucose(id: &str, date: &str, value: f64) -> Value {
    resource(
        "Observation",
        id,
        json!({
            "status": "final",
            "code": { "coding": [{ "system": "http://loinc.org", "code": "15074-8" }] },
            "effectiveDateTime": date,
            "valueQuantity": { "value": value, "system": "http://unitsofmeasure.org", "code": "mmol/L" },
        }),
    )
}

pub(super) fn condition(id: &str, clinical: &str, verification: &str, code: &str) -> Value {
    let concept =
        |system: &str, code: &str| json!({ "coding": [{ "system": system, "code": code }] });
    resource(
        "Condition",
        id,
        json!({
            "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", clinical),
            "verificationStatus":
                concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", verification),
            "code": concept("http://snomed.info/sct", code),
        }),
    )
}

pub(super) fn bundle(resources: &[Value]) -> Result<FhirBundle, IngestError> {
    let files: Vec<_> =
        resources.iter().map(|r| (format!("{}.json", r["id"]), r.to_string())).collect();
    FhirBundle::from_resources(files.iter().map(|(name, text)| (name.as_str(), text.as_bytes())))
}

pub(super) fn ingest_with(
    resources: &[Value],
    lists: ListClaim,
    used: &[FieldId],
) -> Result<Ingested, IngestError> {
    let as_of = Date::new(2020, 1, 1).unwrap();
    bundle(resources)?.ingest("p", IngestOptions { as_of, version: 1, lists, used })
}

pub(super) fn ingest(resources: &[Value]) -> Ingested {
    ingest_with(resources, ListClaim::Complete, &[]).unwrap()
}

pub(super) fn kinds(ingested: &Ingested) -> Vec<IngestWarningKind> {
    ingested.warnings.iter().map(|warning| warning.kind).collect()
}

pub(super) fn point(record: &Record, name: &str) -> Option<u64> {
    let (lo, hi) = record.interval(field(name))?;
    assert_eq!(lo, hi);
    Some(lo)
}

#[test]
fn the_latest_observation_wins_and_ties_go_to_the_smallest_id() {
    let value = |resources: &[Value]| {
        let all: Vec<_> = [patient()].into_iter().chain(resources.iter().cloned()).collect();
        point(&ingest(&all).record, "glucose")
    };
    let (old, new) = (glucose("a", "2019-01-01", 5.0), glucose("b", "2019-01-02", 6.0));
    assert_eq!(value(&[old.clone(), new.clone()]), Some(600));
    assert_eq!(value(&[new.clone(), old.clone()]), Some(600));
    let tie = glucose("c", "2019-01-02", 7.0);
    assert_eq!(value(&[tie.clone(), new.clone()]), Some(600));
    assert_eq!(value(&[new.clone(), tie]), Some(600));
    // Instants are compared, not spellings: 00:30 in Tokyo is the day before in London.
    let tokyo = glucose("d", "2019-01-02T00:30:00+09:00", 8.0);
    assert_eq!(value(&[tokyo, glucose("e", "2019-01-01T20:00:00Z", 9.0)]), Some(900));
    // Entered in error: as if it was not there.
    let mut wrong = glucose("f", "2019-05-01", 9.9);
    wrong["status"] = json!("entered-in-error");
    assert_eq!(value(&[new.clone(), wrong]), Some(600));
    // A newer observation without a value does not let the older one speak.
    let mut absent = glucose("g", "2019-05-01", 0.0);
    absent.as_object_mut().unwrap().remove("valueQuantity");
    absent["dataAbsentReason"] = json!({ "text": "clotted" });
    assert_eq!(value(&[new, absent]), None);
}

#[test]
fn t18_an_unknown_unit_is_an_error_only_where_it_is_used() {
    let mut bad = glucose("b", "2019-01-02", 110.0);
    bad["valueQuantity"]["code"] = json!("mg/dl");
    let resources = [patient(), glucose("a", "2019-01-01", 5.0), bad];
    let unused = ingest_with(&resources, ListClaim::Complete, &[field("weight")]).unwrap();
    assert_eq!(point(&unused.record, "glucose"), None);
    assert_eq!(kinds(&unused), [IngestWarningKind::UnknownUnit]);
    assert_eq!(unused.warnings[0].field, Some("glucose"));
    let error = ingest_with(&resources, ListClaim::Complete, &[field("glucose")]).unwrap_err();
    assert_eq!(error.to_string(), "\"b\".json: $.valueQuantity.code: unknown unit");
    // A unit that is only displayed, or of another system, is unknown too.
    let mut display = glucose("c", "2019-01-03", 5.0);
    display["valueQuantity"] = json!({ "value": 5.0, "unit": "mmol/L" });
    let warned = ingest(&[patient(), display]);
    assert_eq!(kinds(&warned), [IngestWarningKind::UnknownUnit]);
}

/// Neighbours that no f64 tells apart: a tie to the even value, and just above the tie.
#[test]
fn t18_a_number_is_read_as_it_is_written() {
    let read = |number: &str, comparator: &str| {
        let observation = glucose("a", "2019-01-01", 1.5).to_string();
        let spelled = format!("{number}{comparator}");
        let text = observation.replacen("1.5", &spelled, 1);
        assert!(text.contains(&spelled), "{text}");
        let file = (patient().to_string(), text);
        let files = [("p.json", file.0.as_bytes()), ("a.json", file.1.as_bytes())];
        let as_of = Date::new(2020, 1, 1).unwrap();
        let options = IngestOptions { as_of, version: 1, lists: ListClaim::Complete, used: &[] };
        let record =
            FhirBundle::from_resources(files).unwrap().ingest("p", options).unwrap().record;
        record.interval(field("glucose"))
    };
    assert_eq!(read("6.305", ""), Some((630, 630)));
    assert_eq!(read("6.3050000000000000001", ""), Some((631, 631)));
    assert_eq!(read("6.3150000000000000000", ""), Some((632, 632)));
    assert_eq!(read("6.3149999999999999999", ""), Some((631, 631)));
    let below = r#","comparator":"<""#;
    assert_eq!(read("6.30", below), Some((0, 629)));
    assert_eq!(read("6.3000000000000000001", below), Some((0, 630)));
    assert_eq!(read("630e-2", ""), Some((630, 630)));
    // Longer than what is read: missing, not rounded twice.
    assert_eq!(read("6.30500000000000000000001", ""), None);
}

#[test]
fn t18_values_that_do_not_fit_stay_missing() {
    let mut high = glucose("a", "2019-01-01", 100.01);
    let ingested = ingest(&[patient(), high.clone()]);
    assert_eq!(kinds(&ingested), [IngestWarningKind::OutOfBounds]);
    assert!(!ingested.record.is_present(field("glucose")));
    high["valueQuantity"]["value"] = json!(5);
    high["valueQuantity"]["comparator"] = json!("<");
    let censored = ingest(&[patient(), high.clone()]);
    assert_eq!(censored.record.interval(field("glucose")), Some((0, 499)));
    // A field of the wide leaf is exact or missing.
    high["code"]["coding"][0]["code"] = json!("8867-4");
    high["valueQuantity"]["code"] = json!("/min");
    let pulse = ingest(&[patient(), high]);
    assert_eq!(kinds(&pulse), [IngestWarningKind::NotExact]);
    assert!(!pulse.record.is_present(field("heart_rate")));
}

#[test]
fn t18_partial_birth_dates_stay_missing_and_malformed_ones_are_bad_data() {
    let born = |date: &str| {
        let person = json!({ "resourceType": "Patient", "id": "p", "birthDate": date });
        ingest_with(&[person], ListClaim::Partial, &[])
    };
    assert_eq!(point(&born("1944-11-17").unwrap().record, "birth_date"), Some(16_391));
    for partial in ["1944", "1944-11"] {
        let ingested = born(partial).unwrap();
        assert_eq!(kinds(&ingested), [IngestWarningKind::NotExact], "{partial}");
        assert!(!ingested.record.is_present(field("birth_date")));
    }
    assert_eq!(kinds(&born("1899-12-31").unwrap()), [IngestWarningKind::OutOfBounds]);
    for bad in ["", "1944-13", "1944-02-30", "17.11.1944", "1944-11-17T00:00:00Z"] {
        let error = born(bad).unwrap_err();
        assert_eq!(
            (error.kind, error.path.as_str()),
            (IngestErrorKind::Date, "$.birthDate"),
            "{bad}"
        );
    }
}

#[test]
fn the_status_of_a_condition_chooses_its_list() {
    let codes = ["254637007", "368009", "18099001", "44054006", "38341003", "22298006"];
    let resources = [
        patient(),
        condition("a", "active", "confirmed", codes[0]),
        condition("b", "relapse", "provisional", codes[1]),
        condition("c", "resolved", "confirmed", codes[2]),
        condition("d", "active", "refuted", codes[3]),
        condition("e", "active", "entered-in-error", codes[4]),
    ];
    let record = ingest(&resources).record;
    let list = |record: &Record, name| {
        let list = record.codes(field(name)).unwrap();
        (list.codes().to_vec(), list.is_complete())
    };
    assert_eq!(list(&record, "conditions_active"), (vec![368_009, 254_637_007], true));
    assert_eq!(list(&record, "conditions_history"), (vec![18_099_001], true));
    // No usable status: in neither list, and neither is complete any more.
    let undecided = condition("f", "perhaps", "confirmed", codes[5]);
    let all: Vec<_> = resources.into_iter().chain([undecided]).collect();
    let ingested = ingest(&all);
    assert_eq!(list(&ingested.record, "conditions_active"), (vec![368_009, 254_637_007], false));
    assert_eq!(list(&ingested.record, "conditions_history"), (vec![18_099_001], false));
    assert_eq!(kinds(&ingested), [IngestWarningKind::Status; 2]);
}

#[test]
fn t19_a_code_of_another_terminology_makes_the_list_partial() {
    let mut other = condition("a", "active", "confirmed", "E11.9");
    other["code"]["coding"][0]["system"] = json!("http://hl7.org/fhir/sid/icd-10-cm");
    let known = condition("b", "active", "confirmed", "368009");
    let ingested = ingest(&[patient(), other, known.clone()]);
    let list = ingested.record.codes(field("conditions_active")).unwrap();
    assert_eq!((list.codes(), list.is_complete()), ([368_009].as_slice(), false));
    assert_eq!(kinds(&ingested), [IngestWarningKind::NoCode]);
    let wrong = condition("c", "active", "confirmed", "368008");
    let ingested = ingest(&[patient(), known, wrong]);
    assert!(!ingested.record.codes(field("conditions_active")).unwrap().is_complete());
    assert_eq!(kinds(&ingested), [IngestWarningKind::BadCode]);
}

#[test]
fn only_what_was_done_or_is_taken_is_listed() {
    let coded = |kind: &str, id: &str, key: &str, code: &str, members: Value| {
        let mut value = resource(kind, id, members);
        value[key] = json!({ "coding": [{ "system": "http://snomed.info/sct", "code": code }] });
        value
    };
    let procedure =
        |id, status: &str, code| coded("Procedure", id, "code", code, json!({ "status": status }));
    let request = |id, code, members| {
        coded("MedicationRequest", id, "medicationCodeableConcept", code, members)
    };
    let record = ingest(&[
        patient(),
        procedure("a", "completed", "34068001"),
        procedure("b", "not-done", "359615001"),
        request("c", "387517004", json!({ "status": "active", "intent": "order" })),
        request(
            "d",
            "387458008",
            json!({ "status": "active", "intent": "order", "doNotPerform": true }),
        ),
        request("e", "372687004", json!({ "status": "active", "intent": "proposal" })),
        request("f", "372756006", json!({ "status": "cancelled", "intent": "order" })),
    ])
    .record;
    assert_eq!(record.codes(field("procedures")).unwrap().codes(), [34_068_001]);
    assert_eq!(record.codes(field("medications")).unwrap().codes(), [387_517_004]);
}

#[test]
fn a_resource_without_type_id_or_subject_is_bad_data() {
    let refused = |change: fn(&mut serde_json::Map<String, Value>)| {
        let mut bad = glucose("g", "2019-01-01", 5.0);
        change(bad.as_object_mut().unwrap());
        let error =
            FhirBundle::from_resources([("x.json", bad.to_string().as_bytes())]).unwrap_err();
        error.to_string()
    };
    assert_eq!(
        refused(|r| drop(r.remove("resourceType"))),
        "x.json: $.resourceType: missing resource type"
    );
    assert_eq!(refused(|r| drop(r.remove("id"))), "x.json: $.id: missing resource id");
    let empty = refused(|r| drop(r.insert("id".into(), json!(""))));
    assert_eq!(empty, "x.json: $.id: missing resource id");
    assert_eq!(
        refused(|r| drop(r.remove("subject"))),
        "x.json: $.subject.reference: missing subject"
    );
    let wrapped = json!({ "resourceType": "Bundle", "entry": [
        { "resource": patient() },
        { "resource": { "resourceType": "Condition", "id": "c" } },
    ] });
    let text = wrapped.to_string();
    let error = FhirBundle::from_resources([("b.json", text.as_bytes())]).unwrap_err();
    assert_eq!(error.to_string(), "b.json: $.entry[1].resource.subject.reference: missing subject");
    assert_eq!(bundle(&[patient(), patient()]).unwrap_err().kind, IngestErrorKind::Duplicate);
    let error = FhirBundle::from_resources([("y.json", b"{\n \"a\": }".as_slice())]).unwrap_err();
    assert_eq!(error.to_string(), "y.json: malformed JSON at line 2, column 7");
    let nobody =
        ingest_with(&[json!({ "resourceType": "Patient", "id": "q" })], ListClaim::Partial, &[]);
    assert_eq!(nobody.unwrap_err().kind, IngestErrorKind::NoSuchPatient);
}

#[test]
fn a_list_beyond_its_capacity_is_partial() {
    // 64 concept identifiers with valid check digits.
    let valid = (1_000_000..).filter(|n| n / 10 % 100 == 0).map(|n: u64| n.to_string());
    let valid = valid.filter(|code| crate::schema::CodeSystem::Sct.encode(code).is_ok());
    let conditions = valid
        .take(64)
        .enumerate()
        .map(|(i, code)| condition(&format!("c{i}"), "active", "confirmed", &code));
    let ingested = ingest(&[patient()].into_iter().chain(conditions).collect::<Vec<_>>());
    let list = ingested.record.codes(field("conditions_active")).unwrap();
    assert_eq!((list.codes().len(), list.is_complete()), (63, false));
    assert_eq!(kinds(&ingested), [IngestWarningKind::TooManyCodes]);
}

#[test]
fn blood_type_needs_group_and_factor() {
    let typed_all = |codes: &[&str]| {
        let coding: Vec<_> = codes
            .iter()
            .map(|code| json!({ "system": "http://snomed.info/sct", "code": code }))
            .collect();
        let mut observation = glucose("b", "2019-01-01", 0.0);
        observation["code"]["coding"][0]["code"] = json!("883-9");
        observation.as_object_mut().unwrap().remove("valueQuantity");
        observation["valueCodeableConcept"] = json!({ "coding": coding });
        ingest(&[patient(), observation])
    };
    let typed = |code: &str| typed_all(&[code]);
    assert_eq!(point(&typed("278149003").record, "blood_type"), Some(3));
    // Two groups at once.
    let both = typed_all(&["278149003", "278152006"]);
    assert_eq!(point(&both.record, "blood_type"), None);
    assert_eq!(kinds(&both), [IngestWarningKind::Unreadable]);
    // Group A without its factor.
    let group_only = typed("112144000");
    assert_eq!(point(&group_only.record, "blood_type"), None);
    assert_eq!(kinds(&group_only), [IngestWarningKind::Unreadable]);
}
