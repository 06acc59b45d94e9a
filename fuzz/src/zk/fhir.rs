//! FHIR ingestion: files of hostile JSON. One file, one record; whatever their order.
//!
//! ```text
//! input   flags u8 ‖ rest     bit 0 lists are complete; bit 7 the rest is a script that edits the
//!                             resources of a seed by the token, else it is the files themselves
//! ```

use std::borrow::Cow;
use std::sync::LazyLock;

use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::fhir::{FhirBundle, IngestError, IngestErrorKind, IngestOptions, ListClaim};
use medcrypto_zk::field::LineageId;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::record::{Entry, Record};
use medcrypto_zk::schema::{Date, Schema};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::seeds;
use super::tokens::{edited_json_of, tokens};
use crate::script::{Script, is_examined};

/// Between two files: a byte that no JSON contains.
const BETWEEN: u8 = 0xff;

/// The tokens of every file of the seeds.
static SEEDS: LazyLock<Vec<Vec<Vec<String>>>> = LazyLock::new(|| {
    let file = |bytes: &[u8]| tokens(&String::from_utf8_lossy(bytes));
    let files = |seed: &Vec<u8>| seed[1..].split(|byte| *byte == BETWEEN).map(file).collect();
    seeds::plain_resources().iter().map(files).collect()
});

/// The files of a seed, one of them edited after the other, each with tokens of its neighbours.
fn edited(script: &mut Script<'_>) -> Vec<u8> {
    let files = &SEEDS[script.below(SEEDS.len())];
    let mut edit = |file: &Vec<String>| edited_json_of(script, file.clone(), files).into_bytes();
    files.iter().map(&mut edit).collect::<Vec<_>>().join(&BETWEEN)
}

/// Reached: the first file is JSON.
pub(super) fn ingest(data: &[u8]) -> bool {
    let (flags, rest) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    let is_script = flags >> 7 == 1;
    let rest = if is_script { edited(&mut Script::new(rest)).into() } else { Cow::Borrowed(rest) };
    let names: Vec<String> = (0..16).map(|i| format!("{i}.json")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(rest.split(|byte| *byte == BETWEEN)).collect();
    let bundle = match FhirBundle::from_resources(files.iter().copied()) {
        Ok(bundle) => bundle,
        Err(error) => return !is_first_json(&error),
    };
    if !is_examined(data) {
        bundle.patients().for_each(|patient| drop(bundle.ingest(patient, options(flags))));
        return true;
    }
    let again = FhirBundle::from_resources(files.iter().copied()).expect("once accepted");
    let reversed = FhirBundle::from_resources(files.iter().rev().copied());
    let reversed = reversed.expect("the order decides nothing");
    for patient in bundle.patients() {
        let record = bundle.ingest(patient, options(flags));
        assert_eq!(seen(&record), seen(&again.ingest(patient, options(flags))));
        let other = reversed.ingest(patient, options(flags));
        assert_eq!(record.is_ok(), other.is_ok());
        if let (Ok(record), Ok(other)) = (record, other) {
            assert_eq!(entries(&record.record), entries(&other.record), "order of the files");
            stores(record.record);
        }
        assert!(bundle.resources(patient).iter().any(|(name, _)| name.ends_with(patient)));
    }
    true
}

fn is_first_json(error: &IngestError) -> bool {
    matches!(error.kind, IngestErrorKind::Json { .. }) && error.file == "0.json"
}

fn options(flags: u8) -> IngestOptions<'static> {
    let lists = if flags & 1 == 1 { ListClaim::Complete } else { ListClaim::Partial };
    let as_of = Date::new(2013, 4, 2).expect("a date");
    IngestOptions { as_of, version: u32::from(flags), lists, used: &[] }
}

type Seen = Result<(Vec<String>, String), String>;

fn seen(ingested: &Result<medcrypto_zk::fhir::Ingested, IngestError>) -> Seen {
    match ingested {
        Ok(ingested) => Ok((entries(&ingested.record), format!("{:?}", ingested.warnings))),
        Err(error) => Err(format!("{error:?}")),
    }
}

/// What `Debug` does not print of a record.
fn entries(record: &Record) -> Vec<String> {
    let entry = |field| match record.entry(field) {
        Entry::Missing => "missing".to_owned(),
        Entry::Interval { lo, hi } => format!("{lo} to {hi}"),
        Entry::Codes(list) => format!("{:?} {}", list.codes(), list.is_complete()),
    };
    record.schema().ids().map(|(field, _)| entry(field)).collect()
}

/// A record that came in fits its schema: its opening decodes again.
fn stores(record: Record) {
    let secret = HolderSecret::from_bytes([1; 31].into());
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let lineage = LineageId::from_id(&[2; 31]);
    let opening = RecordOpening::generate(record, secret.commitment(), lineage, rng);
    let bytes = opening.to_secret_bytes();
    let read = RecordOpening::from_bytes(Schema::clinical_v1(), &bytes).expect("its own bytes");
    assert_eq!(read.to_secret_bytes(), bytes);
}
