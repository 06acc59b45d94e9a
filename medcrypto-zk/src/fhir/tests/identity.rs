//! Whom a resource is about, and which field it speaks for.

use serde_json::json;

use super::synthetic::{
    bundle, condition, field, glucose, ingest, ingest_with, kinds, patient, point, resource,
};
use crate::fhir::{IngestErrorKind, IngestWarningKind, ListClaim};
use crate::schema::Schema;

#[test]
fn other_patients_stay_out() {
    let mut foreign = condition("a", "active", "confirmed", "254637007");
    for reference in ["Patient/q", "Group/p", "Device/p", "Location/p"] {
        foreign["subject"]["reference"] = json!(reference);
        let record = ingest(&[patient(), foreign.clone()]).record;
        assert_eq!(
            record.codes(field("conditions_active")).unwrap().codes(),
            [0_u64; 0],
            "{reference}"
        );
    }
    for reference in ["Patient/p", "Patient/p/_history/2"] {
        foreign["subject"]["reference"] = json!(reference);
        let record = ingest(&[patient(), foreign.clone()]).record;
        assert_eq!(record.codes(field("conditions_active")).unwrap().codes(), [254_637_007]);
    }
}

/// Left out, the condition would make a complete list lack it; taken, a stranger's would be ours.
#[test]
fn a_subject_that_cannot_be_told_is_bad_data() {
    let references = [
        "urn:uuid:p",
        "#p",
        "Patient?identifier=p",
        "https://other.example/fhir/Patient/p",
        "xPatient/p",
        "Patient/",
        "Patient/a/p",
        "p",
    ];
    for kind in
        ["Observation", "Condition", "Procedure", "MedicationStatement", "MedicationRequest"]
    {
        for reference in references {
            let stray = resource(kind, "a", json!({ "subject": { "reference": reference } }));
            let error = bundle(&[patient(), stray]).unwrap_err();
            let expected = (IngestErrorKind::Subject, "$.subject.reference");
            assert_eq!((error.kind, error.path.as_str()), expected, "{kind} {reference}");
        }
    }
    let other = resource("ServiceRequest", "a", json!({ "subject": { "reference": "#p" } }));
    assert_eq!(bundle(&[patient(), other]).unwrap().resources("p").len(), 1);
}

#[test]
fn a_subject_is_resolved_in_its_own_bundle() {
    let coded = |id: &str, reference: &str| {
        let mut condition = condition(id, "active", "confirmed", "254637007");
        condition["subject"]["reference"] = json!(reference);
        condition
    };
    let wrapped = |url: &str, reference: &str| {
        let entries = json!([
            { "fullUrl": url, "resource": patient() },
            { "fullUrl": "urn:uuid:2", "resource": { "resourceType": "Group", "id": "g" } },
            { "fullUrl": "urn:uuid:2", "resource": { "resourceType": "Patient", "id": "q" } },
            { "fullUrl": "urn:uuid:3", "resource": coded("a", reference) },
        ]);
        bundle(&[json!({ "resourceType": "Bundle", "id": "b", "entry": entries })])
    };
    for url in ["urn:uuid:1", "https://a.example/fhir/Patient/p"] {
        assert_eq!(wrapped(url, url).unwrap().resources("p").len(), 2, "{url}");
    }
    // Another address, one that stands for two resources, and one that stands for no subject.
    for reference in ["urn:uuid:4", "urn:uuid:2", "urn:uuid:3"] {
        let error = wrapped("urn:uuid:1", reference).unwrap_err();
        assert_eq!(error.kind, IngestErrorKind::Subject, "{reference}");
        assert_eq!(error.path, "$.entry[3].resource.subject.reference");
    }
    // The addresses of one Bundle say nothing about another file.
    let alone = coded("a", "urn:uuid:1");
    assert_eq!(bundle(&[alone]).unwrap_err().kind, IngestErrorKind::Subject);
}

/// An observation whose "LOINC code" is a path or a word of the schema changes nothing.
#[test]
fn only_a_loinc_code_names_the_field_of_an_observation() {
    let schema = Schema::clinical_v1();
    let person = json!({
        "resourceType": "Patient", "id": "p", "birthDate": "1944-11-17", "gender": "male",
    });
    let sources = schema.fields().iter().flat_map(|spec| spec.sources);
    let words = sources.filter(|source| !source.starts_with(|c: char| c.is_ascii_digit()));
    let mut tried = 0;
    for word in words {
        for value in [
            json!({ "valueQuantity": {
                "value": 7, "system": "http://unitsofmeasure.org", "code": "1" } }),
            json!({ "valueQuantity": {
                "value": 7, "system": "http://unitsofmeasure.org", "code": "" } }),
            json!({ "valueCodeableConcept": { "coding": [
                { "system": "http://snomed.info/sct", "code": "278148006" }] } }),
        ] {
            let mut forged = resource("Observation", "o", value);
            forged["code"] = json!({ "coding": [{ "system": "http://loinc.org", "code": word }] });
            let ingested = ingest_with(&[person.clone(), forged], ListClaim::Partial, &[]).unwrap();
            let record = &ingested.record;
            assert_eq!(point(record, "birth_date"), Some(16_391), "{word}");
            assert_eq!(point(record, "sex"), Some(1), "{word}");
            assert_eq!(point(record, "as_of"), Some(43_829), "{word}");
            assert_eq!(point(record, "record_version"), Some(1), "{word}");
            assert!(!record.is_present(field("conditions_active")), "{word}");
            assert_eq!(kinds(&ingested), [], "{word}");
            tried += 1;
        }
    }
    assert_eq!(tried, 3 * 9);
}

#[test]
fn an_observation_after_the_record_is_left_out() {
    let (old, new) = (glucose("a", "2019-12-31", 5.0), |date| glucose("b", date, 6.0));
    for (date, expected) in [
        ("2020-01-02", 500),
        ("2020-01-02T00:30:00+09:00", 500),
        ("2021", 500),
        ("2020-01-01", 600),
        ("2020-01-01T23:59:59.5-05:00", 600),
        ("2020", 600),
    ] {
        let ingested = ingest(&[patient(), old.clone(), new(date)]);
        assert_eq!(point(&ingested.record, "glucose"), Some(expected), "{date}");
        let warned = kinds(&ingested) == [IngestWarningKind::AfterAsOf];
        assert_eq!(warned, expected == 500, "{date}");
    }
}
