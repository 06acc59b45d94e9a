//! The fault-free course: H16, H27, T1, T15.

use std::collections::BTreeMap;

use medcrypto_ledger::ReplicaId;
use medcrypto_ledger::block::{Block, Context, Execute};
use medcrypto_ledger::pbft::message::Batch;
use medcrypto_ledger::pbft::{Config, Input, Message, Output, Quorum, Reason, Replay, Replica};
use medcrypto_ledger::sim::model::{Conduct, Finding, Model, Rules, STATES_MAX};
use medcrypto_ledger::sim::{Faults, SymbolicAuth};

use crate::common::{
    Bus, Ed25519, Keyed, START, Tape, batch, client, config, give, kinds, pre_prepare, prepare,
    replica, replica_auth, request, world,
};

const QUIET: u64 = 1 << 40;

/// What a world without losses sends for one request, by kind.
fn one_request<A: Keyed>(n: u16) -> BTreeMap<&'static str, u64> {
    let mut world = world::<A>(3, n, Faults::NONE, |config| config.status_every = QUIET);
    world.add_client(client(n, 0), vec![b"op".to_vec()]);
    world.run_for(1_000).unwrap();
    assert_eq!(world.results(0), [b"1@1".to_vec()]);
    assert!(world.replicas().values().all(|r| r.certified() == 1 && r.app().0 == [b"op"]));
    world.report().sent
}

#[test]
fn h27_four_replicas_boot_and_commit() {
    one_request::<SymbolicAuth>(4);
    one_request::<Ed25519>(4);
}

#[test]
fn h27_fewer_than_four_boot_and_tolerate_no_traitor() {
    (1..4).for_each(|n| {
        one_request::<SymbolicAuth>(n);
    });
    // Two of three are a majority, so a crash does no harm; a lying primary does.
    let quorum = Quorum::new(3).unwrap();
    let conduct = [Conduct::Byzantine, Conduct::Correct, Conduct::Correct];
    let outcome = Model::new(&conduct, Rules::corrected(quorum)).unwrap().explore(STATES_MAX);
    assert_eq!(outcome.finding, Finding::Fork(6));
}

#[test]
fn t01_a_request_costs_36_messages_at_four_and_the_law_at_others() {
    for (n, total) in [(4_u16, 36), (7, 126), (10, 270), (13, 468)] {
        let sent = one_request::<SymbolicAuth>(n);
        let m = u64::from(n);
        assert_eq!(sent["PrePrepare"], m - 1);
        assert_eq!(sent["Prepare"], (m - 1) * (m - 1));
        assert_eq!(sent["Commit"], m * (m - 1));
        assert_eq!(sent["Checkpoint"], m * (m - 1));
        let agreement = sent["PrePrepare"] + sent["Prepare"] + sent["Commit"];
        assert_eq!(agreement + sent["Checkpoint"], total);
        assert_eq!((sent["Request"], sent["Reply"]), (1, m));
        println!("n={n} {sent:?} total={total}");
    }
}

/// Which kinds a run without one kind of message still sends.
fn without(kind: &str) -> Bus {
    let mut bus = Bus::new(4);
    let ask = Message::Request(request(4, 0, 1, b"op"));
    bus.queue.push_back((0, ask.encode()));
    bus.run(|_, bytes| Message::decode(bytes).unwrap().kind() != kind);
    bus
}

#[test]
fn t01_every_class_of_message_is_needed() {
    let done = |output: &Output| matches!(output, Output::Certified { .. });
    let agreed = |output: &Output| matches!(output, Output::Committed { .. });
    assert_eq!(without("nothing").count(done), 4);
    for kind in ["Request", "PrePrepare", "Prepare", "Commit"] {
        assert_eq!(without(kind).count(agreed), 0, "{kind}");
    }
    assert_eq!(without("Checkpoint").count(agreed), 4);
    assert_eq!(without("Checkpoint").count(done), 0);
}

#[test]
fn t01_replicas_own_their_state() {
    let bus = without("PrePrepare");
    assert_eq!(bus.replicas[0].log_len(), 1);
    assert!(bus.replicas[1..].iter().all(|r| r.log_len() == 0 && r.app() == &Tape::default()));
}

#[test]
fn h16_numbers_have_no_gap_and_execution_keeps_their_order() {
    let mut world = world::<SymbolicAuth>(5, 4, Faults::NONE, |_| {});
    for i in 0..5 {
        world.add_client(client(4, i), (0..20_u8).map(|k| vec![i as u8, k]).collect());
    }
    assert!(world.run_until_served(60_000).unwrap());
    world.run_for(5_000).unwrap();
    let heights = world.blocks().keys().copied().collect::<Vec<_>>();
    assert_eq!(heights, (0..heights.len() as u64).collect::<Vec<_>>());
    let first = &world.replicas()[&0];
    assert_eq!(first.app().0.len(), 100);
    assert!(world.replicas().values().all(|r| r.state_root() == first.state_root()));
    assert!(first.low() > 0 && first.low().is_multiple_of(16));
}

#[test]
fn h16_a_later_number_waits_for_the_earlier_one() {
    let mut backup = replica(4, 1);
    let (first, mut second) = (batch(4, b"first"), batch(4, b"second"));
    second.requests = vec![request(4, 1, 1, b"second")];
    for (seq, batch) in [(2, &second), (1, &first)] {
        assert_eq!(backup.executed(), 0);
        give(&mut backup, pre_prepare(4, seq, batch));
        give(&mut backup, prepare(4, 2, seq, batch.digest()));
        give(&mut backup, crate::common::commit(4, 2, seq, batch.digest()));
        give(&mut backup, crate::common::commit(4, 3, seq, batch.digest()));
    }
    assert_eq!(backup.executed(), 2);
    assert_eq!(backup.app().0, [b"first".to_vec(), b"second".to_vec()]);
}

/// Backups agree to what replica 0 assigned by hand, and certify without it.
fn backups_alone(batches: &[Batch]) -> Bus {
    let mut bus = Bus::new(4);
    for (seq, batch) in (1..).zip(batches) {
        (1..4).for_each(|to| bus.queue.push_back((to, pre_prepare(4, seq, batch))));
        bus.run(|_, _| true);
    }
    bus
}

#[test]
fn c1_block_time_exceeds_the_median_whatever_was_proposed() {
    let proposed = [START + 50, 0, START + 7];
    let batches = (1..).zip(proposed).map(|(who, time)| Batch {
        requests: vec![request(4, who, 1, b"op")],
        time,
        proposer: ReplicaId(0),
    });
    let bus = backups_alone(&batches.collect::<Vec<_>>());
    let times = certified(&bus).iter().map(|block| block.header.time_ms).collect::<Vec<_>>();
    assert_eq!(times, [START + 50, START + 1, START + 7]);
}

#[test]
fn c2_t15_a_request_that_the_primary_orders_twice_executes_once() {
    let first = batch(4, b"op");
    let again = Batch { time: START + 1, ..first.clone() };
    let bus = backups_alone(&[first, again]);
    let counts = certified(&bus).iter().map(|block| block.header.tx_count).collect::<Vec<_>>();
    assert_eq!(counts, [1, 0]);
    assert!(bus.replicas[1..].iter().all(|r| r.app().0 == [b"op"]));
}

#[test]
fn a_request_of_a_client_on_the_same_machine_takes_the_same_way() {
    let mut primary = replica(4, 0);
    let out = primary.step(START, Input::Request(request(4, 0, 1, b"op")));
    assert_eq!(kinds(&out), ["PrePrepare"]);
    let out = primary.step(START, Input::Request(request(7, 0, 2, b"op")));
    assert_eq!(out, [Output::Rejected(Reason::Chain)]);
}

#[test]
fn c2_t15_a_request_repeated_fifty_times_executes_once_and_is_answered_from_the_cache() {
    let mut bus = Bus::new(4);
    let ask = Message::Request(request(4, 0, 1, b"op")).encode();
    for round in 0..50 {
        (0..4).for_each(|to| bus.queue.push_back((to, ask.clone())));
        bus.run(|_, _| true);
        assert!(bus.replicas.iter().all(|r| r.app().0 == [b"op"]), "round {round}");
    }
    let replies = bus.outputs.iter().filter_map(|(from, output)| match output {
        Output::Reply(_, bytes) => Some((*from, bytes.clone())),
        _ => None,
    });
    let mut by_replica = BTreeMap::<u16, Vec<Vec<u8>>>::new();
    replies.for_each(|(from, bytes)| by_replica.entry(from).or_default().push(bytes));
    assert_eq!(by_replica.len(), 4);
    assert!(by_replica.values().all(|all| all.len() >= 50 && all.iter().all(|r| *r == all[0])));
}

#[test]
fn batches_keep_to_their_count_and_their_bytes() {
    let mut world = world::<SymbolicAuth>(3, 4, Faults::NONE, |config| {
        config.in_flight_max = 1;
        config.batch_max = 3;
        config.message_max = 4_096;
    });
    for who in 0..7 {
        world.add_client(client(4, who), vec![vec![who as u8; 100]]);
    }
    for who in 7..10 {
        world.add_client(client(4, who), vec![vec![who as u8; 1_500]]);
    }
    assert!(world.run_until_served(60_000).unwrap());
    world.run_for(3_000).unwrap();
    let counts = world.chain().iter().map(|c| c.block.header.tx_count).collect::<Vec<_>>();
    assert_eq!(counts, [1, 3, 3, 1, 1, 1], "at most three, and one of the long ones");
    // A request that no batch can hold is refused by whoever sees it first.
    let mut primary = Replica::new(
        Config { message_max: 1_000, ..config::<SymbolicAuth>(4, 0) },
        replica_auth::<SymbolicAuth>(0),
        Tape::default(),
    );
    let out = primary.step(START, Input::Request(request(4, 0, 1, &[1; 600])));
    assert_eq!(out, [Output::Rejected(Reason::TooLong)]);
}

/// Certified blocks of a run, as replica 1 hands them out.
fn certified(bus: &Bus) -> Vec<Block> {
    let of_one = bus.outputs.iter().filter(|(from, _)| *from == 1);
    let blocks = of_one.filter_map(|(_, output)| match output {
        Output::Certified { block, .. } => Some(block.clone()),
        _ => None,
    });
    blocks.collect()
}

#[test]
fn c1_a_stranger_replays_the_blocks_to_the_same_state_roots() {
    let mut bus = Bus::new(4);
    for nonce in 1..=5 {
        let ask = Message::Request(request(4, 0, nonce, &[nonce as u8]));
        bus.queue.push_back((0, ask.encode()));
        bus.run(|_, _| true);
    }
    let config = config::<SymbolicAuth>(4, 0);
    let stranger = SymbolicAuth::named("stranger");
    let mut replay = Replay::new(&config.genesis, stranger, Tape::default()).unwrap();
    let blocks = certified(&bus);
    assert_eq!(blocks.len(), 5);
    for Block { header, txs } in blocks {
        let context =
            Context { chain_id: config.chain, height: header.height, time_ms: header.time_ms };
        assert_eq!(replay.execute(&context, &txs), Ok(header.state_root));
        assert_eq!(header.tx_count, 1);
    }
    assert_eq!(replay.app(), bus.replicas[0].app());
}
