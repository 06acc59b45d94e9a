//! FHIR ingestion: files of hostile JSON. One file, one record; whatever their order.

use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::fhir::{FhirBundle, IngestError, IngestErrorKind, IngestOptions, ListClaim};
use medcrypto_zk::field::LineageId;
use medcrypto_zk::holder::HolderSecret;
use medcrypto_zk::record::{Entry, Record};
use medcrypto_zk::schema::{Date, Schema};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// Files are separated by a byte that no JSON contains. Reached: the first file is JSON.
pub(super) fn ingest(data: &[u8]) -> bool {
    let (flags, rest) = data.split_first().map_or((0, data), |(first, rest)| (*first, rest));
    let names: Vec<String> = (0..16).map(|i| format!("{i}.json")).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(rest.split(|byte| *byte == 0xff)).collect();
    let bundle = match FhirBundle::from_resources(files.iter().copied()) {
        Ok(bundle) => bundle,
        Err(error) => return !is_first_json(&error),
    };
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
