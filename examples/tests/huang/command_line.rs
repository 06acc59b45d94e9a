//! Options, output and exit codes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use medcrypto_examples::flows::huang::Failure;
use medcrypto_examples::flows::huang::attacks;
use medcrypto_examples::flows::huang::paper::{self, Measured};
use medcrypto_examples::flows::huang::report::Report;
use serde_json::Value;

use crate::flow::{attempts, checks, folder, json, two_seeds};
use crate::{EXAMPLE, FHIR, huang_share};

#[test]
fn the_default_run_in_fast_mode_passes_every_check() {
    let ran = huang_share(&["--fast"]);
    for step in 1..=9 {
        assert!(ran.out.contains(&format!("[ {step}/9]")), "{}", ran.out);
    }
    assert!(checks(&ran) >= 7);
    assert!(ran.err.contains("setup of the proving key"));
}

#[test]
fn h24_h25_h26_the_full_run_compares_with_the_paper_over_a_lossy_network() {
    let ran = huang_share(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("The paper's figures beside ours"));
}

#[test]
fn a_check_that_fails_is_counted_named_and_ends_with_code_1() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut report = Report::new(("huang_share", 9), &mut out, &mut err, false, 1);
    report.check("one holds", true);
    report.check("one does not", false);
    let failed = report.finish().unwrap().unwrap_err();
    assert_eq!(failed, ["one does not"]);
    assert_eq!(Failure::Check(failed.join("; ")).code(), 1);
    assert_eq!(String::from_utf8(out).unwrap().lines().last(), Some("CHECKS 1/2"));
}

/// Names, telephone numbers and addresses of the sample patients never appear.
#[test]
fn c12_only_identifiers_are_printed() {
    for patient in ["f001", "example", "pat2"] {
        let ran = huang_share(&["--fast", "--patient", patient, "--require", "present(sex)"]);
        assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
        let private = private(patient);
        assert!(private.len() > 5, "{private:?}");
        for word in private {
            assert!(!ran.out.contains(&word) && !ran.err.contains(&word), "{word}");
        }
    }
}

/// What the resources about a patient say of a person: names, addresses, numbers, birth date, codes.
fn private(patient: &str) -> BTreeSet<String> {
    let reference = format!("Patient/{patient}");
    let mut words = BTreeSet::new();
    for entry in fs::read_dir(FHIR).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let resource: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        if resource["id"] == patient || resource["subject"]["reference"] == *reference {
            gather("", &resource, &mut words);
        }
    }
    words
}

const PERSONAL: [&str; 10] = [
    "text",
    "family",
    "given",
    "line",
    "city",
    "district",
    "postalCode",
    "value",
    "birthDate",
    "display",
];

/// A personal text, or a code of SNOMED CT or LOINC and not one such as `active`; longer than what chance
/// finds anywhere.
fn is_personal(key: &str, word: &str) -> bool {
    let digits = word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    word.len() > 5 && (PERSONAL.contains(&key) || key == "code" && digits)
}

/// What is personal below a value.
fn gather(key: &str, value: &Value, words: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => members.iter().for_each(|(key, value)| gather(key, value, words)),
        Value::Array(items) => items.iter().for_each(|item| gather(key, item, words)),
        Value::String(word) if is_personal(key, word) => {
            words.insert(word.clone());
        }
        _ => {}
    }
}

#[test]
fn t34_the_same_seed_gives_the_same_json_and_another_seed_another() {
    two_seeds(&EXAMPLE, &[], 9);
}

/// A run with the key of an earlier run is otherwise the same run.
#[test]
fn json_does_not_depend_on_where_the_key_comes_from() {
    let out = folder("same");
    let run = || json(&EXAMPLE, &["--fast", "--out", out.to_str().unwrap()]);
    assert_eq!(run(), run());
}

#[test]
fn t34_every_attack_is_rejected() {
    let attempts = attempts(&EXAMPLE, attacks::names());
    assert!(attempts.len() >= 15);
    assert!(attempts.iter().all(|attempts| *attempts > 0));
}

/// Our column is what was measured, theirs is what they printed: each moves alone.
#[test]
fn h25_t35_the_table_shows_what_was_measured() {
    let measured = Measured {
        setup_s: 1.25,
        prove_s: 2.5,
        verify_s: 0.0125,
        verifying_key: 4321,
        proof: 195,
        constraints: 9876,
        block_ms: 321,
    };
    let slower = Measured { setup_s: 7.75, prove_s: 8.5, verify_s: 0.0375, ..measured };
    let (first, second) = (paper::table(&measured), paper::table(&slower));
    assert_eq!(first.rows, second.rows);
    for (table, seconds) in
        [(&first, ["1.25 s", "2.50 s", "0.0125 s"]), (&second, ["7.75 s", "8.50 s", "0.0375 s"])]
    {
        let cells = table.measured.concat();
        assert!(seconds.iter().zip(&cells).all(|(want, cell)| cell.starts_with(want)), "{cells:?}");
        assert!(cells.contains(&"4321 B".to_owned()));
        assert!(cells.iter().any(|cell| cell.starts_with("195 B, constant")));
        assert!(cells.iter().any(|cell| cell.contains("9876 constraints")));
    }
}

#[test]
fn h23_figure_5_draws_the_time_that_was_simulated() {
    let width = |svg: &str, row: usize| {
        let bar = svg.split("<rect").nth(row + 1).unwrap();
        let width = bar.split("width=\"").nth(1).unwrap().split('"').next().unwrap();
        width.parse::<f64>().unwrap()
    };
    let (fast, slow) = (paper::figure_5(100), paper::figure_5(10_000));
    assert_eq!(fast.matches("<rect").count(), 3);
    assert_eq!((width(&fast, 0), width(&fast, 1)), (width(&slow, 0), width(&slow, 1)));
    assert!(width(&fast, 2) < width(&slow, 2) && width(&slow, 2) < width(&slow, 1));
    // A hundred times longer is two decades, wherever they start.
    let decades = width(&paper::figure_5(1_000_000), 2) - width(&slow, 2);
    assert!((width(&slow, 2) - width(&fast, 2) - decades).abs() < 0.2);
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let all = entries.flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] });
    all.filter(|path| path.extension().is_some_and(|extension| extension == "rs")).collect()
}

/// No time is made up, and nothing waits to look busy.
#[test]
fn t34_no_example_sleeps() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let tests = folder.join("tests");
    let sources: Vec<_> =
        sources(folder).into_iter().filter(|path| !path.starts_with(&tests)).collect();
    assert!(sources.len() > 20);
    for path in sources {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("sleep"), "{}", path.display());
    }
}

#[test]
fn the_three_sample_patients_prove_what_they_can() {
    for (patient, requirement, code) in [
        ("f001", "glucose >= 6.1 \"mmol/L\"", 0),
        ("example", "heart_rate <= 50 \"/min\"", 0),
        ("example", "glucose >= 6.1 \"mmol/L\"", 5),
        ("pat2", "present(sex)", 0),
        ("pat2", "not(has(conditions_active, {sct:254637007}))", 5),
    ] {
        let ran = huang_share(&["--fast", "--patient", patient, "--require", requirement]);
        assert_eq!(ran.code, code, "{patient} {requirement}: {}{}", ran.out, ran.err);
    }
}

#[test]
fn a_requirement_may_stand_in_a_file_as_text_or_json() {
    let folder = folder("requirements");
    let text = folder.join("requirement.txt");
    fs::write(&text, "glucose >= 6.1 \"mmol/L\"\n").unwrap();
    assert_eq!(huang_share(&["--fast", "--require", text.to_str().unwrap()]).code, 0);
    let json = folder.join("requirement.json");
    let schema = medcrypto_zk::schema::Schema::clinical_v1();
    let parsed =
        medcrypto_zk::requirement::Requirement::parse(schema, "glucose >= 6.1 \"mmol/L\"").unwrap();
    fs::write(&json, parsed.to_json()).unwrap();
    assert_eq!(huang_share(&["--fast", "--require", json.to_str().unwrap()]).code, 0);
}

#[test]
fn usage_errors_exit_with_2() {
    for arguments in [
        &["--unknown"][..],
        &["--seed", "many"],
        &["--attack", "no-such-attack"],
        &["--patient", "nobody"],
        &["--record"],
        &["stray"],
    ] {
        let ran = huang_share(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}: {}", ran.err);
        assert!(ran.err.starts_with("huang_share: "), "{}", ran.err);
        let option = arguments.iter().find(|argument| argument.starts_with("--"));
        let named = option.unwrap_or(&"stray").trim_start_matches("--attack");
        assert!(ran.err.contains(named) || ran.err.contains("nobody"), "{}", ran.err);
    }
    assert_eq!(huang_share(&["--help"]).code, 0);
}
