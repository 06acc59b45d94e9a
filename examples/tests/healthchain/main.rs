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

#[path = "../support/command.rs"]
mod command;
#[path = "../support/copy.rs"]
mod copy;
mod figures;
#[path = "../support/flow.rs"]
mod flow;
mod rows;
mod tips;

use command::Ran;
use copy::copied;
use flow::{attempts, two_seeds};
use medcrypto_examples::flows::healthchain::attacks;
use medcrypto_examples::flows::healthchain::run::EXAMPLE;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata");

fn healthchain_iot(arguments: &[&str]) -> Ran {
    Ran::of(&EXAMPLE, arguments)
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
    let attempts = attempts(&EXAMPLE, attacks::names());
    assert_eq!(attempts.len(), 8);
    assert!(attempts.iter().all(|attempts| *attempts >= 4), "{attempts:?}");
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

#[test]
fn t37_changed_measurements_are_refused() {
    let path = copied(DATA, &["ecg", "fhir", "."], "healthchain-changed");
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

#[test]
fn t34_the_same_seed_gives_the_same_json_and_another_seed_another() {
    let [first, other] = two_seeds(&EXAMPLE, &["--fast"], 11);
    assert_ne!(first["tables"], other["tables"], "another seed, other waiting times");
}

#[test]
fn c12_only_identifiers_are_printed() {
    let ran = healthchain_iot(&["--fast"]);
    for private in ["Chalmers", "Donald", "PleasantVille", "van de Heuvel"] {
        assert!(!ran.out.contains(private) && !ran.err.contains(private), "{private}");
    }
}
