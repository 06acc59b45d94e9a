//! `pbft_lab` as its users meet it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "test code"
)]

#[path = "../support/command.rs"]
mod command;

use std::path::{Path, PathBuf};

use command::Ran;
use medcrypto_examples::flows::lab::run::EXAMPLE;
use serde_json::Value;

fn pbft_lab(arguments: &[&str]) -> Ran {
    Ran::of(&EXAMPLE, arguments)
}

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// A recording of seed 3, after some change.
fn changed(name: &str, change: impl FnOnce(&mut Value)) -> Ran {
    let path = file(name);
    let path = path.to_str().unwrap();
    assert_eq!(pbft_lab(&["run", "--seed", "3", "--out", path]).code, 0);
    let mut recording: Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    change(&mut recording);
    std::fs::write(path, recording.to_string()).unwrap();
    pbft_lab(&["replay", path])
}

#[test]
fn t16_runs_of_several_seeds_pass_and_show_what_they_met() {
    let ran = pbft_lab(&["run", "--seed", "10", "--seeds", "12"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.out.lines().filter(|line| line.ends_with(" passed")).count(), 12);
    assert!(ran.out.contains("ok     12 of 12 runs pass") && ran.out.ends_with("CHECKS 1/1\n"));
    let seven = pbft_lab(&["run", "--n", "7", "--seed", "10", "--seeds", "2"]);
    assert_eq!(seven.out.lines().filter(|line| line.starts_with("n=7 seed=1")).count(), 2);
}

#[test]
fn t11_the_same_seed_prints_the_same() {
    let run = |seed| pbft_lab(&["run", "--json", "--seed", seed]).out;
    assert_eq!(run("5"), run("5"));
    let trace = |out: &str| serde_json::from_str::<Value>(out).unwrap()["trace"].clone();
    assert_ne!(trace(&run("5")), trace(&run("6")));
    assert_eq!(trace(&run("5")).as_str().map(str::len), Some(64));
}

#[test]
fn t11_a_recording_replays_to_the_same_trace_and_another_does_not() {
    let same = changed("same.json", |_| {});
    assert_eq!(same.code, 0, "{}", same.err);
    assert!(same.out.ends_with("CHECKS 2/2\n"));
    let trace = changed("trace.json", |r| r["trace"] = Value::from("00"));
    assert_eq!((trace.code, trace.out.contains("FAILED the trace")), (1, true));
    let end = changed("end.json", |r| r["end"] = Value::from("S1"));
    assert_eq!((end.code, end.out.contains("FAILED the end")), (1, true));
    let faults = changed("faults.json", |r| r["plan"]["faults"]["loss"] = Value::from(1));
    assert_eq!((faults.code, faults.out.contains("FAILED the trace")), (1, true));
}

#[test]
fn t17_more_liars_than_the_protocol_bears_end_in_code_1_or_4() {
    let liars = |plan: &mut Value, liars: Value| {
        plan["replicas"] = Value::from(4);
        plan["incidents"] = Value::from(Vec::<Value>::new());
        plan["liars"] = liars;
        plan["faults"] = serde_json::json!({
            "link_spread": 0, "delay_min": 1, "delay_max": 1, "loss": 0, "duplicate": 0, "garble": 0
        });
    };
    let fork = changed("fork.json", |r| {
        liars(&mut r["plan"], serde_json::json!([[0, "Equivocation"], [1, "DoubleVote"]]));
    });
    assert_eq!(fork.code, 1);
    assert!(fork.err.contains("S1: two digests") && fork.err.contains("trace="), "{}", fork.err);
    let stuck = changed("stuck.json", |r| {
        liars(&mut r["plan"], serde_json::json!([[0, "Silence"], [1, "Silence"]]));
    });
    assert_eq!(stuck.code, 4, "{}", stuck.err);
}

#[test]
fn t01_messages_are_counted_and_obey_the_law() {
    let ran = pbft_lab(&["messages"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let row = |n: &str| {
        let lines = ran.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        lines.into_iter().find(|cells| cells.first() == Some(&n)).unwrap()
    };
    assert_eq!(row("4"), ["4", "3", "9", "12", "12", "24", "24", "36", "36"]);
    assert_eq!(row("13"), ["13", "12", "144", "156", "156", "312", "312", "468", "468"]);
    assert!(ran.out.ends_with("CHECKS 4/4\n"));
}

#[test]
fn t02_no_mutant_survives() {
    let ran = pbft_lab(&["mutants", "--json"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let json: Value = serde_json::from_str(&ran.out).unwrap();
    let rows = json["tables"][0]["rows"].as_array().unwrap();
    assert_eq!(rows.len(), json["checks"].as_array().unwrap().len());
    assert!(rows.iter().all(|row| row[1] == row[2]));
    let found = |name: &str| rows.iter().find(|row| row[0] == name).unwrap()[2].clone();
    assert_eq!(found("nothing carried over; all correct"), "fork after 17 steps");
    assert_eq!(found("f + 1 Byzantine"), "fork after 6 steps");
}

#[test]
fn bad_input_ends_in_code_2_or_3() {
    for arguments in [
        &[][..],
        &["walk"],
        &["run", "run"],
        &["replay"],
        &["run", "--n", "0"],
        &["run", "--n", "1025"],
        &["run", "--seeds", "0"],
        &["run", "--seed", "-1"],
        &["messages", "--seed", "1"],
        &["run", "--unknown"],
    ] {
        let ran = pbft_lab(arguments);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{arguments:?}");
        assert!(ran.err.contains("usage: pbft_lab"), "{arguments:?}");
    }
    assert_eq!(pbft_lab(&["replay", "/no/such/file"]).code, 3);
    assert_eq!(changed("schema.json", |r| r["schema"] = Value::from("v2")).code, 3);
    assert_eq!(changed("member.json", |r| r["plan"]["extra"] = Value::from(1)).code, 3);
    assert_eq!(changed("nobody.json", |r| r["plan"]["replicas"] = Value::from(0)).code, 3);
    assert_eq!(pbft_lab(&["--help"]).code, 0);
}
