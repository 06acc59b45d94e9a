//! T11, T16: chaos first, then healing; a seed draws everything.

use std::process::Command;

use medcrypto_ledger::block::verify_chain;
use medcrypto_ledger::pbft::Replay;
use medcrypto_ledger::sim::{Faults, Party, Report, SymbolicAuth, World};
use medcrypto_ledger::{ReplicaId, codec};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::common::{Ed25519, Keyed, Tape, client, config, world};

/// What the runs went through; a swarm that never meets trouble proves nothing.
#[derive(Debug, Default)]
struct Marks {
    resent: usize,
    batched: usize,
    window_moved: usize,
    cut_off: usize,
    silent: usize,
    committed_in_chaos: usize,
    caught_up: usize,
}

struct Draw(ChaCha8Rng);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    fn sometimes(&mut self, percent: u64, bound: u64) -> u64 {
        if self.below(100) < percent { self.below(bound) } else { 0 }
    }

    fn faults(&mut self) -> Faults {
        Faults {
            link_spread: self.sometimes(70, 80),
            delay_min: 1,
            delay_max: 1 + self.sometimes(80, 300),
            loss: self.sometimes(80, 300),
            duplicate: self.sometimes(80, 300),
        }
    }
}

fn swarm<A: Keyed>(seed: u64, marks: &mut Marks) -> Report {
    let mut draw = Draw(ChaCha8Rng::seed_from_u64(seed ^ 0x5eed));
    let n = if draw.below(2) == 0 { 4 } else { 7 };
    let in_flight = 1 + draw.below(4);
    let mut world = world::<A>(seed, n, draw.faults(), |config| {
        config.checkpoint_every = 8;
        config.in_flight_max = in_flight;
    });
    let clients = 1 + draw.below(6) as u16;
    let requests = 1 + draw.below(12) as u8;
    for who in 0..clients {
        let script = (0..requests).map(|k| vec![who as u8, k]).collect();
        world.add_client(client(n, who), script);
    }
    let backup = ReplicaId(1 + draw.below(u64::from(n) - 1) as u16);
    let trouble = draw.below(3);
    match trouble {
        0 => isolate(&mut world, n, backup, marks),
        1 => silence(&mut world, backup, marks),
        _ => {}
    }
    world.run_for(8_000).unwrap_or_else(|v| panic!("seed {seed}: {v}"));
    marks.committed_in_chaos += usize::from(world.blocks().len() > 1);
    world.heal(Faults::NONE);
    let served = world.run_until_served(120_000).unwrap_or_else(|v| panic!("seed {seed}: {v}"));
    assert!(served, "seed {seed}: not served after healing");
    world.run_for(10_000).unwrap_or_else(|v| panic!("seed {seed}: {v}"));
    inspect(&world, seed, u64::from(requests) * u64::from(clients), marks);
    let equal =
        world.replicas().values().all(|r| r.state_root() == world.replicas()[&0].state_root());
    assert!(equal || trouble == 1, "seed {seed}: a replica that is not silent is behind");
    marks.caught_up += usize::from(equal && trouble == 0);
    world.report()
}

fn isolate<A: Keyed>(world: &mut World<A, Tape>, n: u16, who: ReplicaId, marks: &mut Marks) {
    marks.cut_off += 1;
    for other in (0..n).filter(|other| *other != who.0) {
        world.cut(Party::Replica(who.0), Party::Replica(other));
        world.cut(Party::Replica(other), Party::Replica(who.0));
    }
}

fn silence<A: Keyed>(world: &mut World<A, Tape>, who: ReplicaId, marks: &mut Marks) {
    marks.silent += 1;
    world.silence(who);
}

fn inspect<A: Keyed>(world: &World<A, Tape>, seed: u64, operations: u64, marks: &mut Marks) {
    let first = &world.replicas()[&0];
    assert_eq!(first.app().0.len() as u64, operations, "seed {seed}");
    assert_eq!(first.certified(), first.executed(), "seed {seed}");
    marks.batched += usize::from(first.executed() < operations);
    marks.window_moved += usize::from(first.low() > 0);
    let config = config::<A>(world.replicas().len() as u16, 0);
    let stranger = A::named("stranger");
    let mut replay = Replay::new(&config.genesis, stranger.clone(), Tape::default()).unwrap();
    let chain = world.chain().iter().map(codec::encode).collect::<Vec<_>>();
    let blocks = chain.iter().map(Vec::as_slice);
    verify_chain(&config.genesis, blocks, &mut replay, &stranger).unwrap();
    assert_eq!(replay.app(), first.app(), "seed {seed}");
    let assigned = first.executed() * (world.replicas().len() as u64 - 1);
    marks.resent += usize::from(world.report().sent["PrePrepare"] > assigned);
}

#[test]
fn t16_swarm_of_120_seeds() {
    let mut marks = Marks::default();
    for seed in 0..120 {
        let report = swarm::<SymbolicAuth>(seed, &mut marks);
        println!("{report}");
    }
    println!("{marks:?}");
    assert!(marks.resent > 60 && marks.batched > 40 && marks.window_moved > 60, "{marks:?}");
    assert!(marks.cut_off > 20 && marks.silent > 20 && marks.caught_up > 20, "{marks:?}");
    assert!(marks.committed_in_chaos > 110, "{marks:?}");
}

#[test]
#[ignore = "minutes; the seeds after those of every run"]
fn t16_swarm_of_2000_more_seeds() {
    let mut marks = Marks::default();
    (120..2_120).for_each(|seed| drop(swarm::<SymbolicAuth>(seed, &mut marks)));
    println!("{marks:?}");
}

#[test]
fn t16_swarm_of_10_seeds_with_ed25519() {
    for seed in 1_000..1_010 {
        println!("{}", swarm::<Ed25519>(seed, &mut Marks::default()));
    }
}

#[test]
fn t11_same_seed_same_trace() {
    let run = |seed| swarm::<SymbolicAuth>(seed, &mut Marks::default());
    assert_eq!(run(7), run(7));
    assert_ne!(run(7).trace, run(8).trace);
}

/// Prints the traces that the next test compares between processes.
#[test]
fn t11_print_traces() {
    for seed in [1, 2, 3] {
        println!("{}", swarm::<SymbolicAuth>(seed, &mut Marks::default()));
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
    let here = [1, 2, 3].map(|seed| swarm::<SymbolicAuth>(seed, &mut Marks::default()).to_string());
    let there = child();
    assert_eq!(there.len(), 3);
    assert!(there.iter().zip(&here).all(|(line, here)| line.contains(here.as_str())), "{there:?}");
    assert_eq!(there, child());
}
