//! Bad input: one message that names the place, the documented exit code, nothing half written.

use std::fs;
use std::path::Path;

use crate::flow::folder;
use crate::{FHIR, copied, huang_share};

/// Runs against a folder and checks exit code and message.
fn refused(record: &Path, extra: &[&str], code: u8, place: &str) {
    let out = folder(&format!("{}-out", record.file_name().unwrap().to_str().unwrap()));
    let arguments =
        [&["--fast", "--record", record.to_str().unwrap(), "--out", out.to_str().unwrap()], extra];
    let ran = huang_share(&arguments.concat());
    assert_eq!(ran.code, code, "{}{}", ran.out, ran.err);
    let messages: Vec<_> =
        ran.err.lines().filter(|line| line.starts_with("huang_share: ")).collect();
    assert_eq!(messages.len(), 1, "{}", ran.err);
    assert!(messages[0].contains(place), "{} lacks {place}", messages[0]);
    assert_eq!(fs::read_dir(&out).unwrap().count(), 0, "something was written");
}

fn spoilt(name: &str, file: &str, spoil: impl Fn(String) -> String) -> std::path::PathBuf {
    let record = copied(name);
    let path = record.join(file);
    let text = fs::read_to_string(&path).unwrap();
    let changed = spoil(text.clone());
    assert_ne!(text, changed, "nothing was spoilt");
    fs::write(&path, changed).unwrap();
    record
}

#[test]
fn malformed_and_truncated_json_name_file_and_line() {
    let malformed = spoilt("malformed", "Observation-f001.json", |t| t.replacen(':', ";", 1));
    refused(&malformed, &[], 3, "Observation-f001.json");
    let truncated = spoilt("truncated", "Patient-f001.json", |t| t[..t.len() / 2].to_owned());
    refused(&truncated, &[], 3, "Patient-f001.json");
    let ran = huang_share(&["--fast", "--record", truncated.to_str().unwrap()]);
    assert!(ran.err.contains("line"), "{}", ran.err);
}

#[test]
fn an_unknown_unit_matters_where_the_requirement_reads_it() {
    let record = spoilt("unit", "Observation-f001.json", |t| t.replace("mmol/L", "furlong"));
    refused(&record, &[], 3, "Observation-f001.json");
    let extra = ["--fast", "--record", record.to_str().unwrap(), "--require", "present(sex)"];
    let ran = huang_share(&extra);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("left out"), "{}", ran.out);
}

#[test]
fn a_resource_without_type_id_or_subject_is_bad_data() {
    let without = |name, member: &'static str| {
        spoilt(name, "Observation-f001.json", move |text| {
            let mut value: serde_json::Value = serde_json::from_str(&text).unwrap();
            value.as_object_mut().unwrap().remove(member);
            value.to_string()
        })
    };
    for (name, member) in [("no-type", "resourceType"), ("no-id", "id"), ("no-subject", "subject")]
    {
        refused(&without(name, member), &[], 3, "Observation-f001.json");
    }
}

/// An id is printed, so it may not carry a name or an escape sequence.
#[test]
fn an_id_of_other_characters_is_bad_data() {
    let record = spoilt("id", "Patient-f001.json", |text| {
        text.replacen("\"id\": \"f001\"", "\"id\": \"f001\\u001b[31m Doe\"", 1)
    });
    refused(&record, &[], 3, "Patient-f001.json");
}

#[test]
fn requirements_that_do_not_parse_or_type_check_name_line_and_column() {
    for (text, place) in [
        ("glucose >=", "line 1, column 11"),
        ("glucose >= 6.1 \"mg\"", "line 1, column 16"),
        ("all(present(sex),\n  oops(sex))", "line 2"),
        ("age(sex) >= 3 on 2013-04-02", "line 1"),
    ] {
        refused(Path::new(FHIR), &["--require", text], 2, place);
    }
}

#[test]
fn an_unmet_requirement_exits_with_5_and_writes_nothing() {
    refused(Path::new(FHIR), &["--require", "glucose >= 6.4 \"mmol/L\""], 5, "f001");
}

#[test]
fn a_file_with_another_digest_is_named() {
    let record = copied("digest");
    let digest = "0".repeat(64);
    fs::write(record.join("SHA256SUMS"), format!("{digest}  Patient-f001.json\n")).unwrap();
    refused(&record, &[], 3, "Patient-f001.json");
}

#[test]
fn a_folder_without_patients_or_files_is_refused() {
    refused(&folder("empty"), &[], 3, "empty");
    refused(Path::new("no-such-folder"), &[], 3, "no-such-folder");
    let record = copied("orphans");
    for patient in ["f001", "example", "pat2"] {
        fs::remove_file(record.join(format!("Patient-{patient}.json"))).unwrap();
    }
    refused(&record, &[], 2, "patient");
}

/// A second run checks what the first left; one flipped byte in any of it is named, and no file
/// changes.
#[test]
fn t34_corrupted_ciphertext_key_or_proof_files_are_named() {
    let out = folder("artefacts");
    let arguments = ["--fast", "--out", out.to_str().unwrap()];
    assert_eq!(huang_share(&arguments).code, 0);
    let written = [
        "figure-5.svg",
        "manifest.json",
        "proof.bin",
        "proving.key",
        "record.sealed",
        "statement.bin",
        "verifying.key",
    ];
    let mut names: Vec<_> = fs::read_dir(&out)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, written);
    for name in written {
        let path = out.join(name);
        let honest = fs::read(&path).unwrap();
        let mut bad = honest.clone();
        let middle = bad.len() / 2;
        bad[middle] ^= 0x40;
        fs::write(&path, &bad).unwrap();
        let ran = huang_share(&arguments);
        assert_eq!(ran.code, 3, "{name}: {}", ran.err);
        assert!(ran.err.contains(name) && ran.err.contains("artefacts"), "{name}: {}", ran.err);
        assert_eq!(fs::read(&path).unwrap(), bad, "{name} was touched");
        fs::write(&path, &honest).unwrap();
    }
    let again = huang_share(&arguments);
    assert_eq!(again.code, 0, "{}", again.err);
    assert!(!again.err.contains("setup"), "the key of the first run was not used");
    fs::remove_file(out.join("manifest.json")).unwrap();
    let stray = huang_share(&arguments);
    assert_eq!(stray.code, 3, "{}", stray.err);
    assert!(stray.err.contains("no manifest"), "{}", stray.err);
}

/// Nothing is half written where one of the files cannot be.
#[test]
fn a_folder_in_the_place_of_an_artefact_leaves_nothing_behind() {
    let out = folder("blocked");
    fs::create_dir(out.join("record.sealed.partial")).unwrap();
    let ran = huang_share(&["--fast", "--out", out.to_str().unwrap()]);
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(ran.err.contains("record.sealed"), "{}", ran.err);
    let left: Vec<_> = fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left, ["record.sealed.partial"]);
}

/// A list of digests is checked through a link, with either mark of sha256sum, and for files that
/// are gone; a list that cannot be read is no list.
#[test]
fn digests_are_never_skipped_in_silence() {
    let sums = |record: &Path, text: &[u8]| fs::write(record.join("SHA256SUMS"), text).unwrap();
    let record = copied("sums");
    let wrong = "0".repeat(64);
    for line in ["  Patient-f001.json", " *Patient-f001.json", "  ./Patient-f001.json"] {
        sums(&record, format!("{wrong}{line}\n").as_bytes());
        refused(&record, &[], 3, "Patient-f001.json");
    }
    sums(&record, format!("{wrong}  Patient-gone.json\n").as_bytes());
    refused(&record, &[], 3, "Patient-gone.json");
    sums(&record, b"\xff\xfe");
    refused(&record, &[], 3, "SHA256SUMS");
    sums(&record, b"nonsense\n");
    refused(&record, &[], 3, "SHA256SUMS: line 1");
    let link = folder("links").join("linked");
    std::os::unix::fs::symlink(&record, &link).unwrap();
    sums(&record, format!("{wrong}  Patient-f001.json\n").as_bytes());
    refused(&link, &[], 3, "Patient-f001.json");
}

/// A pipe or a device under a resource's name is refused, not read.
#[test]
fn only_regular_files_are_read() {
    let record = copied("special");
    std::os::unix::fs::symlink("/dev/zero", record.join("Observation-zero.json")).unwrap();
    refused(&record, &[], 3, "Observation-zero.json");
}

#[test]
fn a_missing_requirement_file_is_named() {
    refused(Path::new(FHIR), &["--require", "no/such/file.txt"], 2, "no/such/file.txt");
}
