//! Inputs to start from, and words.

use std::path::Path;

use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::LineageId;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::bytes::MODULUS;
use super::small::{expression, record, small_schema};
use super::verify::PINNED;
use crate::script::Script;

/// Scripts of pseudo-random bytes.
pub(super) fn scripts(seed: u64, count: usize, len: usize) -> Vec<Vec<u8>> {
    crate::script::random(seed, count, len)
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

pub(super) fn proofs() -> Vec<Vec<u8>> {
    let body = &PINNED.proof[3..];
    [[0, 0, 0], [8, 9, 10], [12, 0, 0], [0, 13, 0], [0, 0, 12]]
        .map(|choices| [&choices, body, &[0]].concat())
        .into()
}

pub(super) fn statements() -> Vec<Vec<u8>> {
    let body = &PINNED.statement[3..];
    let aliased = [&MODULUS, &body[32..]].concat();
    [[body, &[0]].concat(), [aliased.as_slice(), &[0]].concat(), [body, &[1, 7]].concat()].into()
}

pub(super) fn elements() -> Vec<Vec<u8>> {
    let mut below = MODULUS;
    below[31] = 0;
    [below, MODULUS, [0xff; 32]].map(Vec::from).into()
}

pub(super) fn openings() -> Vec<Vec<u8>> {
    let secret = HolderSecret::from_bytes([3; 31].into());
    let lineage = LineageId::from_id(&[9; 31]);
    let opening = |bytes: &Vec<u8>| {
        let record = record(&mut Script::new(bytes), Schema::clinical_v1());
        let opening = RecordOpening::generate(record, secret.commitment(), lineage, &mut rng());
        opening.to_secret_bytes()[35..].to_vec()
    };
    scripts(5, 3, 400).iter().map(opening).collect()
}

pub(super) fn verifying_keys() -> Vec<Vec<u8>> {
    let body = &PINNED.key[3..];
    [[0, 0, 0], [0, 0, 7], [0, 10, 0], [3, 15, 0], [5, 11, 0], [2, 14, 0]]
        .map(|choices| [&choices, body].concat())
        .into()
}

const CLINICAL: [&str; 4] = [
    r#"all(has(conditions_active, {sct:254637007}), glucose >= 6.1 "mmol/L",
 age(birth_date) >= 40 on 2013-04-02, age(birth_date) <= 75 on 2013-04-02)"#,
    r#"any(all(has(conditions_active, {sct:254637007, sct:44054006}), lacks(medications, {sct:387458008})),
 at_least(2, systolic >= 140 "mm[Hg]", diastolic in [60, 90] "mm[Hg]", sex = female, missing(bmi)))"#,
    r#"not(any(cmp(diastolic + 40, systolic) <= 0, count(procedures, {sct:80146002}) != 1))"#,
    r#"all(sex in {female, other}, blood_type = o_neg, body_temperature < 37.5 "Cel", present(as_of))"#,
];

fn small_texts() -> Vec<String> {
    scripts(6, 6, 120).iter().map(|bytes| expression(&mut Script::new(bytes), 3)).collect()
}

/// The texts, and scripts that edit them.
pub(super) fn texts() -> Vec<Vec<u8>> {
    [plain_texts(), editing(8)].concat()
}

/// The texts in JSON, and scripts that edit them.
pub(super) fn jsons() -> Vec<Vec<u8>> {
    [plain_jsons(), editing(9)].concat()
}

fn editing(seed: u64) -> Vec<Vec<u8>> {
    let scripts = scripts(seed, 6, 40).into_iter().zip([2, 3].into_iter().cycle());
    scripts.map(|(script, first)| [&[first], script.as_slice()].concat()).collect()
}

pub(super) fn plain_texts() -> Vec<Vec<u8>> {
    let clinical = CLINICAL.iter().map(|text| [&[0], text.as_bytes()].concat());
    clinical.chain(small_texts().iter().map(|text| [&[1], text.as_bytes()].concat())).collect()
}

pub(super) fn plain_jsons() -> Vec<Vec<u8>> {
    let json = |first: u8, schema, text: &str| {
        let requirement = Requirement::parse(schema, text).ok()?;
        Some([&[first], requirement.to_json().as_bytes()].concat())
    };
    let clinical = CLINICAL.iter().map(|text| json(0, Schema::clinical_v1(), text));
    let small = small_texts();
    clinical.chain(small.iter().map(|text| json(1, small_schema(), text))).flatten().collect()
}

pub(super) fn codes() -> Vec<Vec<u8>> {
    [
        &b"\x00254637007"[..],
        b"\x0115074-8",
        b"\x02E11.9",
        b"\x02C4A",
        b"\x03L01XE02",
        b"\x002012-02-29",
        b"\x021900-01-01",
    ]
    .map(Vec::from)
    .into()
}

/// Resources, and scripts that edit them.
pub(super) fn resources() -> Vec<Vec<u8>> {
    let script = |script: Vec<u8>| [&[0x81], script.as_slice()].concat();
    plain_resources().into_iter().chain(scripts(10, 4, 80).into_iter().map(script)).collect()
}

/// Public examples of HL7, whole and without their narrative.
pub(super) fn plain_resources() -> Vec<Vec<u8>> {
    let read = |name: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testdata/fhir");
        std::fs::read(folder.join(name)).expect("a file of testdata")
    };
    let small: [&[u8]; 3] = [
        br#"{"resourceType":"Patient","id":"a","gender":"male","birthDate":"1944-11-17"}"#,
        br#"{"resourceType":"Observation","id":"o","status":"final","subject":{"reference":"Patient/a"},"code":{"coding":[{"system":"http://loinc.org","code":"15074-8"}]},"effectiveDateTime":"2013-04-02T09:30:10+01:00","valueQuantity":{"value":6.3,"unit":"mmol/l","system":"http://unitsofmeasure.org","code":"mmol/L"}}"#,
        br#"{"resourceType":"Condition","id":"c","subject":{"reference":"Patient/a"},"clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"active"}]},"code":{"coding":[{"system":"http://snomed.info/sct","code":"254637007"}]}}"#,
    ];
    let more: &[u8] = br#"{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"b","birthDate":"1970"}},{"resource":{"resourceType":"Procedure","id":"p","status":"completed","subject":{"reference":"urn:uuid:1"},"code":{"coding":[{"system":"http://snomed.info/sct","code":"80146002"}]}}},{"resource":{"resourceType":"MedicationStatement","id":"m","status":"active","subject":{"reference":"Patient/b"},"medicationCodeableConcept":{"coding":[{"system":"http://snomed.info/sct","code":"387458008"}]}}},{"resource":{"resourceType":"Observation","id":"bp","status":"final","subject":{"reference":"Patient/b"},"effectiveDateTime":"2012-09-17","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":107,"comparator":"<","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]}}]}"#;
    let files = |files: &[&[u8]], flags: u8| [&[flags], files.join(&0xff).as_slice()].concat();
    let hl7 = ["Patient-f001.json", "Observation-f001.json", "Condition-f001.json"].map(read);
    vec![
        files(&small, 1),
        files(&[more], 0),
        files(&[small[0], small[1]], 0),
        files(&[&hl7[0]], 0),
        files(&[&hl7[1]], 0),
        files(&[&hl7[2]], 0),
        files(&[&read("Observation-blood-pressure.json")], 0),
    ]
}

pub(super) const WORDS: &[&[u8]] = &[
    b"all(",
    b"any(",
    b"not(",
    b"at_least(",
    b"has(",
    b"lacks(",
    b"count(",
    b"present(",
    b"missing(",
    b"age(",
    b"cmp(",
    b" in [",
    b" in {",
    b"under \"",
    b" on 2013-04-02",
    b"sct:",
    b"icd10:",
    b"254637007",
    b" >= ",
    b" != ",
    b"glucose",
    b"birth_date",
    b"conditions_active",
    b"small",
    b"signed",
    b"born",
    b"diagnoses",
    b"concepts",
    b"wide_color",
    b"\"mmol/L\"",
    b"\"1\"",
    b"\"cm\"",
    b" = true",
];

pub(super) const JSON_WORDS: &[&[u8]] = &[
    b"{\"all\":[",
    b"{\"any\":[",
    b"{\"not\":",
    b"{\"at_least\":{\"k\":1,\"of\":[",
    b"\"number\"",
    b"\"range\"",
    b"\"age\"",
    b"\"is\"",
    b"\"one_of\"",
    b"\"cmp\"",
    b"\"has\"",
    b"\"lacks\"",
    b"\"count\"",
    b"\"present\"",
    b"\"missing\"",
    b"\"field\"",
    b"\"op\"",
    b"\"value\"",
    b"\"unit\"",
    b"\"set\"",
    b"\"codes\"",
    b"\"under\"",
    b"\"years\"",
    b"\"on\"",
    b"\"from\"",
    b"\"to\"",
    b"\"plus\"",
    b"\"left\"",
    b"\"right\"",
    b"\"values\"",
    b"\"k\"",
];

pub(super) const FHIR_WORDS: &[&[u8]] = &[
    b"\"resourceType\":",
    b"\"Patient\"",
    b"\"Observation\"",
    b"\"Condition\"",
    b"\"Procedure\"",
    b"\"MedicationStatement\"",
    b"\"MedicationRequest\"",
    b"\"Bundle\"",
    b"\"entry\":",
    b"\"resource\":",
    b"\"fullUrl\":",
    b"\"subject\":",
    b"\"reference\":",
    b"\"Patient/a\"",
    b"\"effectiveDateTime\":",
    b"\"effectivePeriod\":",
    b"\"effectiveInstant\":",
    b"\"issued\":",
    b"\"component\":",
    b"\"valueQuantity\":",
    b"\"comparator\":",
    b"\"status\":",
    b"\"entered-in-error\"",
    b"\"dataAbsentReason\":",
    b"\"birthDate\":",
    b"\"gender\":",
    b"\"clinicalStatus\":",
    b"\"verificationStatus\":",
    b"\"valueCodeableConcept\":",
    b"mg/dL",
    b"[lb_av]",
    b"http://loinc.org",
    b"\xff",
];
