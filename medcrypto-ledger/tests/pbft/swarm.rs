//! T11, T16: chaos first, then healing; a seed draws everything.

use std::collections::BTreeMap;
use std::process::Command;

use medcrypto_ledger::PublicKey;
use medcrypto_ledger::sim::swarm::Plan;
use medcrypto_ledger::sim::{Mark, Report, SymbolicAuth};

use crate::common::{Ed25519, Keyed};

fn keys<A: Keyed>(name: &str) -> (A, PublicKey) {
    let auth = A::named(name);
    let public = auth.public();
    (auth, public)
}

fn run<A: Keyed>(seed: u64) -> Report {
    let world = Plan::draw(seed).run::<A>(&keys::<A>);
    world.unwrap_or_else(|failure| panic!("{failure}\n{:?}", Plan::draw(seed))).report()
}

/// In how many of the runs each mark was seen.
fn swarm<A: Keyed>(seeds: impl Iterator<Item = u64>) -> BTreeMap<Mark, u64> {
    let mut seen = BTreeMap::new();
    for report in seeds.map(run::<A>) {
        println!("{report}");
        report.marks.into_iter().for_each(|mark| *seen.entry(mark).or_insert(0) += 1);
    }
    seen.iter().for_each(|(mark, runs)| println!("{mark} {runs}"));
    seen
}

#[test]
fn t16_swarm_of_300_seeds() {
    let seen = swarm::<SymbolicAuth>(0..300);
    let unseen = Mark::all().into_iter().filter(|mark| !seen.contains_key(mark));
    assert_eq!(unseen.collect::<Vec<_>>(), []);
}

#[test]
#[ignore = "minutes; docs/evidence/swarm.md tells what came of it"]
fn t16_swarm_of_5000_more_seeds() {
    (0..5).for_each(|k| drop(swarm::<SymbolicAuth>(300 + 1_000 * k..1_300 + 1_000 * k)));
}

#[test]
fn t16_swarm_of_10_seeds_with_ed25519() {
    swarm::<Ed25519>(1_000..1_010);
}

#[test]
fn t11_same_seed_same_trace() {
    assert_eq!(run::<SymbolicAuth>(7), run::<SymbolicAuth>(7));
    assert_ne!(run::<SymbolicAuth>(7).trace, run::<SymbolicAuth>(8).trace);
}

/// Whatever changes one of these changes what every seed means.
#[test]
fn t11_golden_traces() {
    let traces = [
        "129f62619d99f955c980b4ba621d803d5de6e93ad2019d67c2090692ac7c1f1d",
        "8dab81ff3c80e2d35d4472b06f233efb3a4b56a4dd05686f1fd7149cd3970fbe",
        "87db93e429a2645f606b28f94f24b3b505ba1c50b17898b615a76bd59f5e532b",
    ];
    assert_eq!([1, 2, 3].map(|seed| run::<SymbolicAuth>(seed).trace.to_string()), traces);
}

/// Prints the traces that the next test compares between processes.
#[test]
fn t11_print_traces() {
    for seed in [1, 2, 3] {
        println!("{}", run::<SymbolicAuth>(seed));
    }
}

#[test]
fn t11_same_seed_same_trace_in_two_processes() {
    let child = || {
        let exe = std::env::current_exe().unwrap();
        let args = ["--exact", "swarm::t11_print_traces", "--nocapture"];
        let out = Command::new(exe).args(args).output().unwrap();
        let text = String::from_utf8(out.stdout).unwrap();
        text.lines().filter(|line| line.contains("seed=")).map(String::from).collect::<Vec<_>>()
    };
    let here = [1, 2, 3].map(|seed| run::<SymbolicAuth>(seed).to_string());
    let there = child();
    assert_eq!(there.len(), 3);
    assert!(there.iter().zip(&here).all(|(line, here)| line.contains(here.as_str())), "{there:?}");
    assert_eq!(there, child());
}
