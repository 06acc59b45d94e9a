//! Changing the view: H21, E-H2, T7, T8, T9, T15, T38.

use std::collections::BTreeMap;
use std::slice::from_ref;

use medcrypto_ledger::block::{ChainId, Checkpoint};
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::pbft::change::{NewView, Prepared, ViewChange};
use medcrypto_ledger::pbft::message::{Batch, Commit, Fetch, PrePrepare, Prepare, Vote};
use medcrypto_ledger::pbft::{Evidence, Input, Message, Output, Reason, Timer};
use medcrypto_ledger::sim::{Faults, SymbolicAuth};
use medcrypto_ledger::{Digest, ReplicaId};

use crate::common::{
    Bus, START, Symbolic, assert_rejected, batch, chain, change, checkpointed, client, commit,
    genesis_certificate, give, kinds, new_view, new_view_bytes, null, pre_prepare, prepare,
    prepared_by, replica, request, sent, sign, view_change, world,
};

mod certificates;
mod messages;

const OTHER: ChainId = ChainId(Digest([9; 32]));

fn d(op: &[u8]) -> Digest {
    batch(4, op).digest()
}

/// The certificate that replicas 0, 1 and 2 prepared `op` at `seq` in view 0.
fn cert(seq: u64, op: &[u8]) -> (u64, Prepared) {
    (seq, prepared_by(4, &[1, 2], 0, seq, d(op)))
}

/// What the backups sign in the named phase, as digests by number.
fn voted(outputs: &[Output]) -> Vec<(u64, u64, Digest)> {
    let votes = sent(outputs).into_iter().filter_map(|message| match message {
        Message::Prepare(vote) => Some((vote.body().view, vote.body().seq, vote.body().digest)),
        _ => None,
    });
    votes.collect()
}

fn entered(outputs: &[Output]) -> Vec<u64> {
    let views = outputs.iter().filter_map(|output| match output {
        Output::Entered { view } => Some(*view),
        _ => None,
    });
    views.collect()
}

fn timers(outputs: &[Output]) -> Vec<Option<u64>> {
    let timers = outputs.iter().filter_map(|output| match output {
        Output::SetTimer(Timer::View, span) => Some(Some(*span)),
        Output::CancelTimer(Timer::View) => Some(None),
        _ => None,
    });
    timers.collect()
}

#[test]
fn h21_a_silent_primary_is_replaced_and_the_next_and_the_next() {
    for (n, silent) in [(4, vec![0]), (7, vec![0, 1])] {
        let mut world = world::<SymbolicAuth>(1, n, Faults::NONE, |_| {});
        silent.iter().for_each(|id| world.silence(ReplicaId(*id)));
        world.add_client(client(n, 0), vec![b"a".to_vec(), b"b".to_vec()]);
        assert!(world.run_until_served(60_000).unwrap());
        world.run_for(3_000).unwrap();
        assert_eq!(world.results(0), [b"1@1".to_vec(), b"2@2".to_vec()]);
        let alive = world.replicas().iter().filter(|(id, _)| !silent.contains(id));
        assert!(
            alive.map(|(_, r)| (r.view(), r.executed())).all(|m| m == (silent.len() as u64, 2))
        );
        // T for each primary in vain, twice that for the second.
        let waited = world.now() - START;
        let least = (1..=silent.len() as u32).map(|k| 4_000 << (k - 1)).sum::<u64>();
        assert!(waited > least && waited < least + 10_000, "{waited}");
    }
}

/// Replicas 0 to 3 prepare `op`; replica 3 alone hears the COMMITs.
fn committed_at_one(op: &[u8]) -> Bus {
    let mut bus = Bus::new(4);
    bus.queue.push_back((0, Message::Request(request(4, 0, 1, op)).encode()));
    let mut hears = 0;
    bus.run(|_, bytes| {
        let is_commit = matches!(Message::decode(bytes), Ok(Message::Commit(_)));
        hears += usize::from(is_commit);
        !is_commit
    });
    assert_eq!(hears, 12, "every replica prepared");
    for from in 0..3 {
        bus.queue.push_back((3, commit(4, from, 1, bus_digest(&bus))));
    }
    bus.run(|_, _| true);
    let executed = bus.replicas.iter().map(Symbolic::executed).collect::<Vec<_>>();
    assert_eq!(executed, [0, 0, 0, 1]);
    bus
}

fn bus_digest(bus: &Bus) -> Digest {
    let sent = bus.outputs.iter().flat_map(|(_, output)| sent(from_ref(output)));
    let mut digests = sent.filter_map(|message| match message {
        Message::PrePrepare(vote, _) => Some(vote.body().digest),
        _ => None,
    });
    digests.next().unwrap()
}

#[test]
fn t07_e_h2_what_one_replica_committed_is_committed_again_by_the_others() {
    // Whoever is cut off: the old primary, or the very replica that committed.
    for cut in [0, 3] {
        let mut bus = committed_at_one(b"op");
        let digest = bus_digest(&bus);
        let alive = (0..4).filter(|i| *i != cut).collect::<Vec<u16>>();
        bus.outputs.clear();
        let ask = Message::Request(request(4, 0, 1, b"op")).encode();
        for who in &alive {
            give(&mut bus.replicas[usize::from(*who)], ask.clone());
        }
        alive.iter().filter(|i| **i != 0).for_each(|who| bus.expire(*who, Timer::View));
        let own = format!("me: ReplicaId({cut})");
        bus.run(|replica, _| !format!("{replica:?}").contains(&own));
        for who in alive {
            let replica = &bus.replicas[usize::from(who)];
            assert_eq!((replica.view(), replica.executed()), (1, 1), "{who} with {cut} cut off");
            assert_eq!(replica.app().0, [b"op".to_vec()]);
        }
        let committed = bus.outputs.iter().filter_map(|(_, output)| match output {
            Output::Committed { seq, view, digest } => Some((*seq, *view, *digest)),
            _ => None,
        });
        let committed = committed.collect::<Vec<_>>();
        assert!(committed.len() >= 2 && committed.iter().all(|c| *c == (1, 1, digest)));
    }
}

/// Three VIEW-CHANGEs for view 1, the first with these certificates.
fn three(prepared: &[(u64, Prepared)]) -> Vec<ViewChange> {
    vec![change(4, 0, 1, prepared), change(4, 1, 1, &[]), change(4, 3, 1, &[])]
}

/// Replica 2 in view 1.
fn in_view_1(changes: Vec<ViewChange>, o: &[(u64, Digest)]) -> Symbolic {
    let mut backup = replica(4, 2);
    let out = give(&mut backup, new_view_bytes(new_view(4, 1, changes, o)));
    assert_eq!(entered(&out), [1]);
    backup
}

#[test]
fn h21_a_replica_that_gave_up_listens_and_votes_no_more() {
    let mut backup = replica(4, 2);
    give(&mut backup, Message::Request(request(4, 0, 1, b"op")).encode());
    let out = backup.step(START, Input::Timeout(Timer::View));
    assert_eq!(kinds(&out), ["ViewChange"]);
    let digest = d(b"op");
    let heard = [
        pre_prepare(4, 1, &batch(4, b"op")),
        prepare(4, 1, 1, digest),
        prepare(4, 3, 1, digest),
        commit(4, 0, 1, digest),
        commit(4, 1, 1, digest),
    ];
    for bytes in heard {
        let out = give(&mut backup, bytes);
        assert!(kinds(&out).is_empty(), "{out:?}");
    }
    let out = give(&mut backup, commit(4, 3, 1, digest));
    assert_eq!(kinds(&out), ["Reply", "Checkpoint"]);
    assert_eq!((backup.executed(), backup.app().0.len()), (1, 1));
    // Neither does it enter a view that it promised to skip.
    backup.step(START, Input::Timeout(Timer::View));
    let mut ahead = replica(4, 2);
    give(&mut ahead, view_change(change(4, 0, 5, &[])));
    give(&mut ahead, view_change(change(4, 3, 5, &[])));
    let skipped = new_view_bytes(new_view(4, 1, three(&[]), &[]));
    assert_rejected(&mut ahead, skipped, Reason::View);
}

/// Without the primary, 3 is the only one to hear q VIEW-CHANGEs for view 1, and gives it up: the others,
/// who hear no more of 3 than that, must not wait for it in view 1 for ever.
#[test]
fn h21_who_wants_a_later_view_still_speaks_for_a_timer_of_ours() {
    let mut replicas = [1, 2, 3].map(|me| replica(4, me));
    let give_up = |replica: &mut Symbolic| {
        let outputs = replica.step(START, Input::Timeout(Timer::View));
        sent(&outputs).remove(0).encode()
    };
    for replica in &mut replicas {
        give(replica, Message::Request(request(4, 0, 1, b"op")).encode());
    }
    let [of_1, of_2, _] = replicas.each_mut().map(give_up);
    let [one, two, three] = &mut replicas;
    assert!(timers(&give(three, of_1.clone())).is_empty());
    assert_eq!(timers(&give(three, of_2.clone())), [Some(4_000)]);
    let of_3 = give_up(three);
    for (replica, other) in [(&mut *one, of_2), (&mut *two, of_1)] {
        assert!(timers(&give(replica, other)).is_empty());
        assert_eq!(timers(&give(replica, of_3.clone())), [Some(4_000)]);
    }
    let [of_1, _] = [one, &mut *two].map(give_up);
    assert_eq!(entered(&give(two, of_1)), [2]);
}

#[test]
fn h21_the_timer_runs_while_a_request_waits_and_doubles_with_each_view_in_vain() {
    let mut backup = replica(4, 3);
    let ask = |who| Message::Request(request(4, who, 1, b"op")).encode();
    assert_eq!(timers(&give(&mut backup, ask(0))), [Some(4_000)]);
    assert_eq!(timers(&give(&mut backup, ask(1))), [], "it runs for the first");
    for view in 1..=5_u64 {
        let out = backup.step(START, Input::Timeout(Timer::View));
        assert_eq!(kinds(&out), ["ViewChange"]);
        assert_eq!(timers(&out), [], "not before q replicas are there");
        assert_eq!(timers(&give(&mut backup, view_change(change(4, 0, view, &[])))), []);
        let out = give(&mut backup, view_change(change(4, 2, view, &[])));
        let span = if view == 3 { vec![] } else { vec![Some(4_000 << (view - 1))] };
        assert_eq!(timers(&out), span, "view {view}");
        if view == 3 {
            // It is the primary of this view, and waits for nobody there until others give it up.
            assert_eq!(entered(&out), [3]);
            give(&mut backup, view_change(change(4, 0, 4, &[])));
            give(&mut backup, view_change(change(4, 2, 4, &[])));
            break;
        }
    }
    // In view 5 it waits for the same request with the same patience, until it is executed.
    let changes = [0, 1, 2].map(|i| change(4, i, 5, &[])).to_vec();
    let out = give(&mut backup, new_view_bytes(new_view(4, 5, changes, &[])));
    assert_eq!(timers(&out), [Some(4_000 << 3)]);
    let good = Batch { proposer: ReplicaId(1), ..batch(4, b"op") };
    let d = good.digest();
    let assign = sign(1, PrePrepare::new(chain(4), ReplicaId(1), 5, 1, d));
    give(&mut backup, Message::PrePrepare(assign, good).encode());
    let vote = Prepare::new(chain(4), ReplicaId(0), 5, 1, d);
    give(&mut backup, Message::Prepare(sign(0, vote)).encode());
    let mut last = Vec::new();
    for from in [0, 1] {
        let vote = Commit::new(chain(4), ReplicaId(from), 5, 1, d);
        last = give(&mut backup, Message::Commit(sign(from, vote)).encode());
    }
    assert_eq!(backup.executed(), 1);
    assert_eq!(timers(&last), [Some(4_000)], "reset, and now for the second client");
}

#[test]
fn h21_the_timer_stops_when_nothing_waits_and_survives_a_crash() {
    let mut backup = replica(4, 1);
    assert_eq!(timers(&backup.start()), []);
    give(&mut backup, Message::Request(request(4, 0, 1, b"op")).encode());
    assert_eq!(timers(&backup.start()), [Some(4_000)]);
    let digest = d(b"op");
    give(&mut backup, pre_prepare(4, 1, &batch(4, b"op")));
    give(&mut backup, prepare(4, 2, 1, digest));
    give(&mut backup, commit(4, 2, 1, digest));
    assert_eq!(timers(&give(&mut backup, commit(4, 3, 1, digest))), [None]);
    let out = backup.step(START, Input::Timeout(Timer::View));
    assert_eq!(out, [Output::Rejected(Reason::Misdirected)]);
}

#[test]
fn t38_ten_thousand_views_are_skipped_on_a_bounded_stack() {
    let skip = || {
        let mut backup = replica(4, 1);
        for view in 1..=10_000_u64 {
            for from in [0, 3] {
                give(&mut backup, view_change(change(4, from, view, &[])));
            }
        }
        // And in one leap, from two replicas that are far ahead.
        for from in [0, 3] {
            give(&mut backup, view_change(change(4, from, u64::MAX, &[])));
        }
        let own = backup.step(START, Input::Timeout(Timer::View));
        assert_eq!(kinds(&own), ["ViewChange"], "the last view there is");
        (backup.view(), backup.log_len(), format!("{backup:?}").len())
    };
    let thread = std::thread::Builder::new().stack_size(128 << 10).spawn(skip);
    let (view, slots, size) = thread.unwrap().join().unwrap();
    assert_eq!(view % 4, 1, "it led every fourth of them");
    assert!(slots <= 1, "{slots}");
    assert!(size < 20_000, "{size}");
}

#[test]
fn c2_t15_a_client_repeats_itself_fifty_times_across_a_view_change() {
    let mut bus = Bus::new(4);
    let ask = Message::Request(request(4, 0, 1, b"op")).encode();
    for round in 0..50 {
        (0..4).for_each(|to| bus.queue.push_back((to, ask.clone())));
        // The first primary loses its voice after its PRE-PREPARE.
        let lost = |bytes: &[u8]| match Message::decode(bytes) {
            Ok(Message::Commit(vote)) => vote.body().view == 0,
            _ => false,
        };
        bus.run(|_, bytes| !lost(bytes));
        if round == 20 {
            (1..4).for_each(|who| bus.expire(who, Timer::View));
            bus.run(|_, bytes| !lost(bytes));
        }
    }
    assert!(bus.replicas.iter().all(|r| (r.view(), r.app().0.len()) == (1, 1)));
    let mut results = BTreeMap::<Vec<u8>, usize>::new();
    for (_, output) in &bus.outputs {
        if let Some(Message::Reply(reply)) = sent(from_ref(output)).pop() {
            *results.entry(reply.body().result.0.clone()).or_default() += 1;
        }
    }
    assert_eq!(results.keys().collect::<Vec<_>>(), [b"1@1"]);
    assert!(results[b"1@1".as_slice()] >= 29 * 4);
}

#[test]
fn h21_who_missed_the_new_view_is_told_by_status() {
    let mut bus = Bus::new(4);
    let ask = Message::Request(request(4, 0, 1, b"op")).encode();
    (1..4).for_each(|to| drop(give(&mut bus.replicas[to], ask.clone())));
    (1..4).for_each(|who| bus.expire(who, Timer::View));
    let absent = "me: ReplicaId(3)";
    bus.run(|replica, _| !format!("{replica:?}").contains(absent));
    let states =
        |bus: &Bus| bus.replicas.iter().map(|r| (r.view(), r.executed())).collect::<Vec<_>>();
    // Replica 3 gave up with the others, and heard nothing since.
    assert_eq!(states(&bus), [(1, 1), (1, 1), (1, 1), (0, 0)]);
    bus.expire(3, Timer::Status);
    bus.run(|_, _| true);
    assert_eq!(states(&bus), [(1, 1); 4]);
    // One that is in the middle of a view change tells what it wants.
    let mut lone = replica(4, 2);
    give(&mut lone, ask);
    lone.step(START, Input::Timeout(Timer::View));
    let status = medcrypto_ledger::pbft::message::Status {
        chain: chain(4),
        sender: ReplicaId(1),
        view: 0,
        executed: 0,
        certified: 0,
    };
    let out = give(&mut lone, Message::Status(sign(1, status)).encode());
    assert_eq!(kinds(&out), ["ViewChange"]);
}
