//! Healthchain as its users meet it: the command line, the clinic as a library, and the figures.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::float_cmp,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "test code"
)]

mod figures;
mod rows;
mod tips;

use std::path::{Path, PathBuf};

use medcrypto_examples::flows::healthchain::{attacks, run};
use serde_json::Value;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata");

struct Ran {
    code: u8,
    out: String,
    err: String,
}

/// Runs a command line in this process.
fn healthchain_iot(arguments: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run::main(arguments, &mut out, &mut err);
    Ran { code, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

#[test]
fn c9_the_default_run_in_fast_mode_passes_every_check() {
    let ran = healthchain_iot(&["--fast"]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for step in 1..=9 {
        assert!(ran.out.contains(&format!("[ {step}/9]")), "{}", ran.out);
    }
    for algorithm in ["Algorithm 2", "Algorithm 3", "Algorithm 4"] {
        assert!(ran.out.contains(algorithm));
    }
    assert!(ran.out.ends_with("CHECKS 11/11\n"), "{}", ran.out);
}

#[test]
fn c15_c18_c19_the_full_run_prints_tables_and_figures_over_a_lossy_network() {
    let ran = healthchain_iot(&[]);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    for title in ["Table I:", "Table II:", "Table III:", "Figures 6 and 7:", "retargets"] {
        assert!(ran.out.contains(title), "{title}");
    }
    for figure in ["96.84 s against 129.31 s", "3.27 MiB against 26.20 MiB"] {
        assert!(ran.out.contains(figure), "{figure}");
    }
    assert!(ran.out.ends_with("CHECKS 16/16\n"), "{}", ran.out);
}

#[test]
fn t34_every_attack_is_stopped_for_its_reason() {
    let listed = healthchain_iot(&["--list-attacks"]);
    let names: Vec<_> = listed.out.lines().collect();
    assert_eq!(names, attacks::names().collect::<Vec<_>>());
    assert_eq!(names.len(), 8);
    for name in names {
        let ran = healthchain_iot(&["--fast", "--attack", name]);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.out, ran.err);
        let checks = ran.out.lines().last().unwrap().strip_prefix("CHECKS ").unwrap();
        let (passed, total) = checks.split_once('/').unwrap();
        assert!(passed == total && total.parse::<u32>().unwrap() >= 4, "{name}: {checks}");
    }
}

#[test]
fn the_exit_code_says_what_went_wrong() {
    assert_eq!(healthchain_iot(&["--help"]).code, 0);
    for usage in [
        ["--unknown"].as_slice(),
        &["--seed", "x"],
        &["--attack", "none"],
        &["--data"],
        &["--fast", "--out", "x"],
    ] {
        assert_eq!(healthchain_iot(usage).code, 2, "{usage:?}");
    }
    assert_eq!(healthchain_iot(&["--fast", "--data", "no-such-folder"]).code, 3);
}

/// A copy of the data that a test may spoil.
fn copied(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&path);
    for folder in ["ecg", "fhir", "."] {
        std::fs::create_dir_all(path.join(folder)).unwrap();
        for entry in std::fs::read_dir(Path::new(DATA).join(folder)).unwrap() {
            let file = entry.unwrap().path();
            if file.is_file() {
                std::fs::copy(&file, path.join(folder).join(file.file_name().unwrap())).unwrap();
            }
        }
    }
    path
}

#[test]
fn t37_changed_measurements_are_refused() {
    let path = copied("healthchain-changed");
    let spoil = |file: &str| {
        let file = path.join(file);
        let honest = std::fs::read(&file).unwrap();
        let mut changed = honest.clone();
        changed[200] ^= 1;
        std::fs::write(&file, changed).unwrap();
        let ran = healthchain_iot(&["--fast", "--data", path.to_str().unwrap()]);
        std::fs::write(&file, honest).unwrap();
        ran
    };
    for file in ["ecg/mitdb208_mlii.u16le", "fhir/Observation-heart-rate.json"] {
        let ran = spoil(file);
        assert_eq!(ran.code, 3, "{file}: {}", ran.err);
        assert!(ran.out.is_empty());
    }
}

/// Every member but those named `ms`.
fn without_times(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.remove("ms");
            members.values_mut().for_each(without_times);
        }
        Value::Array(items) => items.iter_mut().for_each(without_times),
        _ => {}
    }
}

#[test]
fn t34_the_same_seed_gives_the_same_json_and_another_seed_another() {
    let json = |seed| {
        let ran = healthchain_iot(&["--fast", "--json", "--seed", seed]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let mut value: Value = serde_json::from_str(&ran.out).unwrap();
        assert_eq!(value["schema"], "medcrypto.example.v1");
        assert_eq!(value["example"], "healthchain_iot");
        assert_eq!(value["steps"].as_array().unwrap().len(), 11);
        without_times(&mut value);
        value
    };
    let first = json("7");
    assert_eq!(first, json("7"));
    let other = json("8");
    assert_ne!(first["trace"], other["trace"]);
    assert_ne!(first["tables"], other["tables"], "another seed, other waiting times");
}

#[test]
fn c12_only_identifiers_are_printed() {
    let ran = healthchain_iot(&["--fast"]);
    for private in ["Chalmers", "Donald", "PleasantVille", "van de Heuvel"] {
        assert!(!ran.out.contains(private) && !ran.err.contains(private), "{private}");
    }
}
