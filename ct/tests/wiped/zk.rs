//! `HolderSecret`, `RecordOpening`, `Record`, `CodeList`, `Ingested`.

use ark_bls12_381::Fr;
use ark_ff::PrimeField;
use medcrypto_core::dst;
use medcrypto_zk::{
    commitment::RecordOpening,
    fhir::{FhirBundle, IngestOptions, Ingested, ListClaim},
    field::LineageId,
    holder::HolderSecret,
    record::{CodeList, Entry, Record},
    schema::{Date, Schema},
};
use sha3::{
    Shake256,
    digest::{ExtendableOutput, Update, XofReader},
};

use super::{
    clean, rng,
    spy::{Search, memory},
};

const FIELD: &str = "conditions_active";

/// Codes whose bytes are in no other block, three of them a needle and more.
fn codes() -> Vec<u64> {
    vec![254_637_007, 44_054_006, 73_211_009, 195_967_001]
}

fn record() -> Record {
    let schema = Schema::clinical_v1();
    let mut record = Record::empty(schema);
    let field = schema.field(FIELD).unwrap();
    record.set(field, Entry::Codes(CodeList::new(codes(), true))).unwrap();
    record
}

fn opening(holder: &HolderSecret) -> RecordOpening {
    let lineage = LineageId::from_id(&[7; 31]);
    RecordOpening::generate(record(), holder.commitment(), lineage, &mut rng(2))
}

/// The salt of a leaf, by the formula of `medcrypto_zk::commitment::salt`.
fn salt(seed: &[u8], tree: u8, slot: u16, index: u32) -> [u8; 31] {
    let mut hash = Shake256::default();
    let parts = [dst::zk::SALT.as_bytes(), seed, &[tree]];
    parts.iter().for_each(|part| hash.update(part));
    hash.update(&slot.to_be_bytes());
    hash.update(&index.to_be_bytes());
    let mut out = [0; 31];
    hash.finalize_xof().read(&mut out);
    out
}

fn add_element(search: &mut Search, name: &str, bytes: &[u8; 31]) {
    search.add_both_ways(name, bytes);
    search.add(&format!("{name} as limbs"), memory(&Fr::from_be_bytes_mod_order(bytes).0.0));
}

/// Twenty conditions, so that the list of their codes grows while they are read.
fn conditions() -> FhirBundle {
    let condition = |(id, code): (usize, u64)| {
        format!(
            r#"{{"resourceType":"Condition","id":"{id}","subject":{{"reference":"Patient/p"}},
               "clinicalStatus":{{"coding":[{{"code":"active",
                   "system":"http://terminology.hl7.org/CodeSystem/condition-clinical"}}]}},
               "code":{{"coding":[{{"system":"http://snomed.info/sct","code":"{code}"}}]}}}}"#
        )
    };
    let patient = r#"{"resourceType":"Patient","id":"p"}"#.to_owned();
    let all = codes().into_iter().cycle().take(20).enumerate().map(condition).chain([patient]);
    let all: Vec<String> = all.collect();
    FhirBundle::from_resources(all.iter().map(|json| ("bundle", json.as_bytes()))).unwrap()
}

fn ingest(bundle: &FhirBundle) -> Ingested {
    let as_of = Date::new(2013, 4, 5).unwrap();
    let options = IngestOptions { as_of, version: 1, lists: ListClaim::Partial, used: &[] };
    bundle.ingest("p", options).unwrap()
}

#[test]
fn t20_ingested_records_leave_no_codes() {
    let mut sorted = codes();
    sorted.sort_unstable();
    let bytes = |codes: &[u64]| codes.iter().flat_map(|c| c.to_ne_bytes()).collect::<Vec<_>>();
    let mut search = Search::new();
    search.add("the codes as they are read", &bytes(&codes()));
    search.add("the codes of the record", &bytes(&sorted));
    search.check_controls();
    let bundle = conditions();
    let field = Schema::clinical_v1().field(FIELD).unwrap();
    assert_eq!(ingest(&bundle).record.codes(field).unwrap().codes(), sorted);
    clean! { search,
        "ingested": ingest(&bundle);
    }
}

#[test]
fn t20_holder_secrets_and_openings_leave_no_secret() {
    let holder = HolderSecret::generate(&mut rng(1));
    let sk = holder.to_secret_bytes();
    let encoded = opening(&holder).to_secret_bytes();
    let seed = &encoded[35..67];
    let mut sorted = codes();
    sorted.sort_unstable();
    let in_memory: Vec<u8> = sorted.iter().flat_map(|code| code.to_ne_bytes()).collect();
    let on_the_wire: Vec<u8> = sorted.iter().flat_map(|code| code.to_be_bytes()).collect();
    let mut search = Search::new();
    add_element(&mut search, "sk", &sk);
    search.add("the seed", seed);
    add_element(&mut search, "the salt of the wide leaf", &salt(seed, 0, 0, 0));
    add_element(&mut search, "the salt of leaf 20", &salt(seed, 0, 20, 0));
    search.add("the codes in memory", &in_memory);
    search.add("the codes on the wire", &on_the_wire);
    search.check_controls();
    let opening = opening(&holder);
    clean! { search,
        "holder": HolderSecret::generate(&mut rng(1));
        "holder in": HolderSecret::from_bytes(sk.clone());
        "holder out": holder.to_secret_bytes();
        "holder's commitment": holder.commitment();
        "codes": CodeList::new(codes(), true);
        "record": record();
        "opening": super::zk::opening(&holder);
        "opening out": opening.to_secret_bytes();
        "opening in": RecordOpening::from_bytes(Schema::clinical_v1(), &encoded).unwrap();
        "opening in, cut": RecordOpening::from_bytes(Schema::clinical_v1(), &encoded[..encoded.len() - 1]).unwrap_err();
        "commitment": opening.commitment();
    }
}
