//! The access flow as its users meet it: the command line, and the ward as a library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "test code"
)]

#[path = "../support/command.rs"]
mod command;
mod enrolment;
#[path = "../support/flow.rs"]
mod flow;

use std::path::Path;

use command::Ran;
use flow::{attempts, checks, folder, two_seeds};
use medcrypto_examples::flows::Failure;
use medcrypto_examples::flows::folder::Folder;
use medcrypto_examples::flows::meisami::run::EXAMPLE;
use medcrypto_examples::flows::meisami::ward::{Source, Ward};
use medcrypto_examples::flows::meisami::{attacks, matrix};
use medcrypto_ledger::cas::{self, Store};
use medcrypto_ledger::sim::Faults;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

const FHIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir");

fn meisami_access(arguments: &[&str]) -> Ran {
    Ran::of(&EXAMPLE, arguments)
}

fn source() -> Source {
    Source::of(&Folder::read(Path::new(FHIR)).unwrap()).unwrap()
}

fn ward() -> Ward {
    let mut ward = Ward::new(source(), Faults::NONE, ChaCha20Rng::seed_from_u64(3)).unwrap();
    ward.enrol().unwrap();
    ward
}

#[test]
fn s01_s11_the_default_run_in_fast_mode_passes_every_check() {
    let ran = meisami_access(&["--fast"]);
    for step in 1..=9 {
        assert!(ran.out.contains(&format!("[ {step}/9]")), "{}", ran.out);
    }
    assert!(checks(&ran) >= 30, "{}", ran.out);
}

#[test]
fn s12_t34_every_attack_of_table_3_is_stopped_for_its_reason() {
    let attempts = attempts(&EXAMPLE, attacks::names());
    assert_eq!(attempts.len(), 8);
    assert!(attempts.iter().all(|attempts| *attempts > 0));
}

#[test]
fn s12_the_full_run_shows_the_seven_over_a_lossy_network() {
    let ran = meisami_access(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for name in attacks::names() {
        assert!(ran.out.lines().any(|line| line.starts_with(&format!("  {name} "))), "{name}");
    }
}

/// Every cell is what was compiled; the reason of a refusal stands in its row.
#[test]
fn s02_the_matrix_shows_all_nine_consents() {
    let table = matrix::table(&ward());
    let rows: Vec<_> = table.rows.iter().map(|row| row.join(" ")).collect();
    let untyped =
        "provision.period: of the consent, the exception or the data, no type tells which";
    let wanted = [
        "Emergency 0/5 0/5 0/5 0/5 category: neither a consent document nor access to information",
        "Out 0/5 0/5 0/5 0/5 provision.actor: an exception to an opt-out names who may read",
        &format!("basic 0/5 0/5 0/5 0/5 {untyped}"),
        "grantor 0/5 0/5 0/5 5/5 policy",
        "notAuthor 0/5 0/5 0/5 0/5 policy",
        "notOrg 0/5 0/5 5/5 0/5 policy",
        "notThem 5/5 5/5 0/5 0/5 policy",
        "notThis 0/5 0/5 0/5 0/5 provision.data: a grant is of types, not of resources",
        &format!("notTime 0/5 0/5 0/5 0/5 {untyped}"),
    ];
    assert_eq!(rows, wanted);
}

/// T30, E-S9: the key itself fails against what was written after the revocation.
#[test]
fn t30_e_s9_a_revoked_readers_real_key_opens_the_past_and_not_the_future() {
    let (mut ward, surgeon) = (ward(), 0);
    let (data_type, data) = ward.source.observations[0].clone();
    ward.consent("notThem").unwrap();
    let old = ward.write(&data_type, &data).unwrap();
    assert_eq!(ward.read(surgeon, &data_type, old).unwrap(), Ok(data.clone()));
    ward.consent("notAuthor").unwrap();
    assert_eq!(ward.read(surgeon, &data_type, old).unwrap(), Err("no grant".to_owned()));
    let new = ward.write(&data_type, b"written after the revocation").unwrap();
    let blob = cas::get(&ward.storage.store, &new).unwrap();
    assert_eq!(ward.open(surgeon, &data_type, old).unwrap(), data);
    let failure = |result: Result<_, Failure>| result.map(|_: Vec<u8>| ()).unwrap_err().to_string();
    assert_eq!(failure(ward.open(surgeon, &data_type, new)), "no key");
    assert_eq!(failure(ward.open_with(surgeon, &data_type, 0, &blob)), "does not open");
    // With a grant again it reads both.
    ward.consent("notThem").unwrap();
    assert!(ward.read(surgeon, &data_type, new).unwrap().is_ok());
}

/// Nothing that is encrypted under a key that a revoked reader has leaves the patient.
#[test]
fn t30_storage_never_sees_new_data_under_an_old_key() {
    let mut ward = ward();
    let (data_type, data) = ward.source.observations[0].clone();
    ward.consent("notThem").unwrap();
    ward.write(&data_type, &data).unwrap();
    ward.consent("notAuthor").unwrap();
    let before = ward.storage.store.blocks().count();
    ward.write(&data_type, &data).unwrap();
    assert_eq!(ward.storage.store.blocks().count(), before + 1);
}

#[test]
fn t34_a_changed_byte_of_a_ciphertext_stops_the_reader() {
    let mut ward = ward();
    let (data_type, data) = ward.source.observations[0].clone();
    ward.consent("notThem").unwrap();
    let cid = ward.write(&data_type, &data).unwrap();
    let blob = ward.storage.store.read(&cid).unwrap();
    for index in [0, 1, 5, blob.len() / 2, blob.len() - 1] {
        let mut changed = blob.clone();
        changed[index] ^= 1;
        // Storage lies: the identifier tells. Were it believed, the key would tell.
        assert!(ward.open_with(0, &data_type, 0, &changed).is_err(), "{index}");
        ward.storage.store.write(cid, changed);
        assert!(ward.read(0, &data_type, cid).is_err(), "{index}");
    }
    ward.storage.store.write(cid, blob);
    assert_eq!(ward.read(0, &data_type, cid).unwrap(), Ok(data));
}

/// Names, telephone numbers and addresses of the sample patient never appear.
#[test]
fn c12_only_identifiers_are_printed() {
    let ran = meisami_access(&["--fast"]);
    for private in ["van de Heuvel", "Pieter", "0648352638", "Langeveld", "Good Health"] {
        assert!(!ran.out.contains(private) && !ran.err.contains(private), "{private}");
    }
}

#[test]
fn t34_the_same_seed_gives_the_same_json_and_another_seed_another() {
    two_seeds(&EXAMPLE, &["--fast"], 9);
}

#[test]
fn bad_usage_exits_with_2_and_bad_data_with_3() {
    for arguments in [
        &["--unknown"][..],
        &["--seed", "many"],
        &["--attack", "no-such-attack"],
        &["--record"],
        &["stray"],
    ] {
        let ran = meisami_access(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.starts_with("meisami_access: "), "{}", ran.err);
    }
    assert_eq!(meisami_access(&["--help"]).code, 0);
    let empty = folder("no-consents");
    assert_eq!(meisami_access(&["--record", "no-such-folder"]).code, 3);
    assert_eq!(meisami_access(&["--record", empty.to_str().unwrap()]).code, 3);
    std::fs::write(empty.join("Patient.json"), "{}").unwrap();
    let ran = meisami_access(&["--record", empty.to_str().unwrap()]);
    assert_eq!(ran.code, 3);
    assert!(ran.err.contains("no observation or consent"), "{}", ran.err);
}
