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
fn t08_the_highest_view_decides_whatever_the_order() {
    let low = |seq, op| (seq, prepared_by(4, &[1, 2], 0, seq, d(op)));
    let high = |seq, op| (seq, prepared_by(4, &[0, 2], 1, seq, d(op)));
    for (first, second) in [(low(1, b"a"), high(1, b"b")), (high(1, b"b"), low(1, b"a"))] {
        let changes =
            || vec![change(4, 0, 2, from_ref(&first)), change(4, 1, 2, from_ref(&second))];
        let changes = || [changes(), vec![change(4, 2, 2, &[])]].concat();
        let mut backup = replica(4, 3);
        let wrong = new_view(4, 2, changes(), &[(1, d(b"a"))]);
        assert_rejected(&mut backup, new_view_bytes(wrong), Reason::Plan);
        let right = new_view(4, 2, changes(), &[(1, d(b"b"))]);
        assert_eq!(entered(&give(&mut backup, new_view_bytes(right))), [2]);
    }
}

#[test]
fn t08_certificates_are_verified_one_negative_for_each_field() {
    let (seq, good) = cert(1, b"op");
    let mut backup = replica(4, 2);
    let other = prepared_by(4, &[1, 2, 3], 0, 1, d(b"other"));
    let signature = |i: u16| other.prepares.0[&ReplicaId(i)].clone();
    let without = |prepares: &[(u16, u16)]| {
        let map = prepares.iter().map(|(named, by)| (ReplicaId(*named), signature(*by)));
        Prepared { prepares: Pairs(map.collect()), ..other.clone() }
    };
    let cases = [
        (seq, Prepared { view: 1, ..good.clone() }, Reason::Certificate),
        (seq, Prepared { digest: d(b"other"), ..good.clone() }, Reason::Signature),
        (seq, Prepared { assign: other.assign.clone(), ..good.clone() }, Reason::Signature),
        (2, good.clone(), Reason::Signature),
        (0, good.clone(), Reason::Certificate),
        (33, prepared_by(4, &[1, 2], 0, 33, d(b"op")), Reason::Certificate),
        (1, without(&[(1, 1)]), Reason::Certificate),
        (1, without(&[(1, 1), (2, 1)]), Reason::Signature),
        (1, without(&[(1, 1), (9, 2)]), Reason::Sender),
        (1, prepared_by(4, &[0, 1], 0, 1, d(b"op")), Reason::Certificate),
    ];
    for (seq, certificate, reason) in cases {
        let bad = change(4, 0, 1, &[(seq, certificate)]);
        assert_rejected(&mut backup, view_change(bad.clone()), reason);
        // The same inside a NEW-VIEW that proposes what it would demand.
        let changes = vec![bad.clone(), change(4, 1, 1, &[]), change(4, 3, 1, &[])];
        let digest = bad.prepared.0.values().next().unwrap().digest;
        let o = if seq == 1 { vec![(1, digest)] } else { vec![] };
        assert_rejected(&mut backup, new_view_bytes(new_view(4, 1, changes, &o)), reason);
    }
    assert!(kinds(&give(&mut backup, view_change(change(4, 0, 1, &[cert(1, b"op")])))).is_empty());
}

#[test]
fn t08_a_bad_certificate_hides_no_good_ones() {
    // concord-bft PR 50. The liar's VIEW-CHANGE arrives first; its bad certificate is at number 1.
    let mut primary = replica(4, 1);
    let bad = Prepared { digest: d(b"lie"), ..cert(1, b"x").1 };
    let liar = change(4, 3, 1, &[(1, bad), cert(2, b"two")]);
    assert_rejected(&mut primary, view_change(liar), Reason::Signature);
    give(&mut primary, view_change(change(4, 0, 1, &[cert(1, b"op")])));
    let out = give(&mut primary, view_change(change(4, 2, 1, &[])));
    assert_eq!(entered(&out), [1], "joined at f + 1, and three with its own");
    let messages = sent(&out);
    let Some(Message::NewView(message)) = messages.iter().find(|m| m.kind() == "NewView") else {
        panic!("{messages:?}")
    };
    let votes = message.body().assigned.iter().map(|vote| *vote.body()).collect::<Vec<_>>();
    assert_eq!(votes, [PrePrepare::new(chain(4), ReplicaId(1), 1, 1, d(b"op"))]);
    let senders = message.body().changes.0.keys().copied().collect::<Vec<_>>();
    assert_eq!(senders, [0, 1, 2].map(ReplicaId));
}

#[test]
fn t09_other_proposals_than_the_view_changes_demand_are_refused() {
    let mut backup = replica(4, 2);
    let changes = || three(&[cert(1, b"one"), cert(3, b"three")]);
    let right = [(1, d(b"one")), (2, null()), (3, d(b"three"))];
    let wrong: [&[(u64, Digest)]; 9] = [
        &[],
        &right[..2],
        &[right[1], right[2]],
        &[right[0], right[2]],
        &[right[0], (2, d(b"filled")), right[2]],
        &[(1, d(b"other")), right[1], right[2]],
        &[right[0], right[1], right[2], (4, d(b"more"))],
        &[right[0], right[1], right[2], right[2]],
        &[right[2], right[1], right[0]],
    ];
    for o in wrong {
        assert_rejected(&mut backup, new_view_bytes(new_view(4, 1, changes(), o)), Reason::Plan);
    }
    let out = give(&mut backup, new_view_bytes(new_view(4, 1, changes(), &right)));
    assert_eq!(entered(&out), [1]);
    assert_eq!(voted(&out), [(1, 2, null())], "the bodies of the others are not here");
    let [Message::Fetch(fetch)] = &sent(&out)[..1] else { panic!("{out:?}") };
    assert_eq!(fetch.body().digests, [d(b"one"), d(b"three")]);
}

#[test]
fn t09_c1_a_null_request_fills_the_gap_with_an_empty_block() {
    let mut bus = Bus::new(4);
    // Number 2 reached nobody; 1 and 3 were prepared, and their bodies are known to all but one.
    for (seq, op) in [(1, b"one".as_slice()), (3, b"three")] {
        let mut proposal = batch(4, op);
        proposal.requests = vec![request(4, seq as u16, 1, op)];
        let digest = proposal.digest();
        for to in 1..4 {
            give(&mut bus.replicas[to], pre_prepare(4, seq, &proposal));
            let others = (1..4).filter(|from| *from != to as u16);
            others.for_each(|from| {
                give(&mut bus.replicas[to], prepare(4, from, seq, digest));
            });
        }
    }
    for who in 1..4 {
        give(&mut bus.replicas[who], Message::Request(request(4, 9, 1, b"late")).encode());
        bus.expire(who as u16, Timer::View);
    }
    bus.run(|_, _| true);
    let blocks = bus.outputs.iter().filter_map(|(from, output)| match output {
        Output::Certified { block, .. } if *from == 0 => Some(block.header),
        _ => None,
    });
    let blocks = blocks.collect::<Vec<_>>();
    let counts = blocks.iter().map(|header| header.tx_count).collect::<Vec<_>>();
    assert_eq!(counts, [1, 0, 1, 1], "the old primary, who had no body, follows");
    let seals = blocks.iter().map(|header| header.seal).collect::<Vec<_>>();
    let proposers = [ReplicaId(0), ReplicaId::NONE, ReplicaId(0), ReplicaId(1)];
    assert_eq!(seals, proposers.map(medcrypto_ledger::block::Seal::Bft));
    // Times 0 and START are raised to median + 1.
    let times = blocks.iter().map(|header| header.time_ms - START).collect::<Vec<_>>();
    assert_eq!(times, [1, 1, 2, 2]);
    assert!(
        bus.replicas
            .iter()
            .all(|r| r.app().0 == [b"one".to_vec(), b"three".to_vec(), b"late".to_vec()])
    );
}

#[test]
fn t09_numbers_up_to_max_s_are_not_assigned_again() {
    // A primary of view 1 that was given checkpoint 16 by q replicas proposes for one of the
    // numbers below it to a replica that is behind.
    let id = medcrypto_ledger::block::BlockId(Digest([5; 32]));
    let stable = checkpointed(4, 16, id);
    let changes = [0, 1, 3].map(|i| ViewChange { stable: stable.clone(), ..change(4, i, 1, &[]) });
    let mut behind = in_view_1(changes.to_vec(), &[]);
    let late = Batch { proposer: ReplicaId(1), ..batch(4, b"lie") };
    for seq in [1, 15, 16] {
        let vote = PrePrepare::new(chain(4), ReplicaId(1), 1, seq, late.digest());
        let bytes = Message::PrePrepare(sign(1, vote), late.clone()).encode();
        assert_rejected(&mut behind, bytes, Reason::Sequence);
    }
    let vote = PrePrepare::new(chain(4), ReplicaId(1), 1, 17, late.digest());
    let out = give(&mut behind, Message::PrePrepare(sign(1, vote), late).encode());
    assert_eq!(voted(&out).len(), 1);
}

#[test]
fn h21_a_number_of_the_new_view_has_one_digest() {
    let mut backup = in_view_1(three(&[cert(1, b"one")]), &[(1, d(b"one"))]);
    let other = Batch { proposer: ReplicaId(1), ..batch(4, b"other") };
    let vote = PrePrepare::new(chain(4), ReplicaId(1), 1, 1, other.digest());
    let out = give(&mut backup, Message::PrePrepare(sign(1, vote), other).encode());
    assert!(matches!(&out[0], Output::Evidence(Evidence::PrePrepare(..))), "{out:?}");
    // The body of what it did assign, of an older time and another proposer, is accepted.
    let vote = PrePrepare::new(chain(4), ReplicaId(1), 1, 1, d(b"one"));
    let resent = Message::PrePrepare(sign(1, vote), batch(4, b"one")).encode();
    assert_eq!(voted(&give(&mut backup, resent.clone())), [(1, 1, d(b"one"))]);
    assert_rejected(&mut backup, resent, Reason::Duplicate);
    // What it assigns above is its own.
    let vote = PrePrepare::new(chain(4), ReplicaId(1), 1, 2, d(b"two"));
    let foreign = Message::PrePrepare(sign(1, vote), batch(4, b"two")).encode();
    assert_rejected(&mut backup, foreign, Reason::Batch);
}

#[test]
fn h21_a_missing_body_is_fetched_by_digest_from_who_has_it() {
    let mut backup = in_view_1(three(&[cert(1, b"one")]), &[(1, d(b"one"))]);
    let body = Message::Body(batch(4, b"one")).encode();
    assert_rejected(&mut backup, Message::Body(batch(4, b"lie")).encode(), Reason::Duplicate);
    assert_eq!(voted(&give(&mut backup, body.clone())), [(1, 1, d(b"one"))]);
    assert_rejected(&mut backup, body.clone(), Reason::Duplicate);
    // Whoever prepared it keeps it, also when another view assigned the number otherwise.
    let mut keeper = replica(4, 3);
    give(&mut keeper, pre_prepare(4, 1, &batch(4, b"one")));
    give(&mut keeper, new_view_bytes(new_view(4, 1, three(&[cert(1, b"x")]), &[(1, d(b"x"))])));
    let fetch = Fetch { chain: chain(4), sender: ReplicaId(2), round: 1, digests: vec![d(b"one")] };
    let out = give(&mut keeper, Message::Fetch(sign(2, fetch)).encode());
    assert_eq!(out, [Output::Send(ReplicaId(2), body)]);
}

#[test]
fn h21_fetch_one_negative_for_each_field_and_no_replay() {
    let mut keeper = replica(4, 3);
    give(&mut keeper, pre_prepare(4, 1, &batch(4, b"one")));
    let good = Fetch { chain: chain(4), sender: ReplicaId(2), round: 5, digests: vec![d(b"one")] };
    let cases = [
        (Fetch { chain: OTHER, ..good.clone() }, 2, Reason::Chain),
        (Fetch { sender: ReplicaId(3), ..good.clone() }, 3, Reason::Sender),
        (Fetch { sender: ReplicaId(4), ..good.clone() }, 2, Reason::Sender),
        (good.clone(), 1, Reason::Signature),
    ];
    for (fetch, signer, reason) in cases {
        assert_rejected(&mut keeper, Message::Fetch(sign(signer, fetch)).encode(), reason);
    }
    // One of a hundred digests is known; a digest that is asked for twice is answered twice, and
    // never more than 32 times.
    let many = Fetch { digests: vec![d(b"one"); 100], ..good.clone() };
    let ask = |fetch: Fetch| Input::Message(Message::Fetch(sign(2, fetch)).encode());
    assert_eq!(keeper.step(START, ask(many.clone())).len(), 32);
    assert_eq!(keeper.step(START + 900, ask(many)), [Output::Rejected(Reason::Stale)]);
    let next = |round| ask(Fetch { round, ..good.clone() });
    assert_eq!(keeper.step(START + 499, next(6)), [Output::Rejected(Reason::TooSoon)]);
    assert_eq!(keeper.step(START + 500, next(6)).len(), 1);
    assert_eq!(keeper.step(START + 9_000, next(6)), [Output::Rejected(Reason::Stale)]);
}

#[test]
fn h21_view_change_and_new_view_one_negative_for_each_field() {
    let good = change(4, 0, 1, &[cert(1, b"op")]);
    let mut backup = replica(4, 2);
    let id = genesis_certificate(4).block_id;
    let short = checkpointed(4, 16, id);
    let mut two = short.clone();
    two.signatures.0.pop_last();
    let mut wrong = short.clone();
    wrong.height = 32;
    let mut invented = genesis_certificate(4);
    invented.height = 16;
    let with = |stable| ViewChange { stable, ..change(4, 0, 1, &[]) };
    let cases = [
        (ViewChange { chain: OTHER, ..good.clone() }, 0, Reason::Chain),
        (ViewChange { sender: ReplicaId(2), ..good.clone() }, 2, Reason::Sender),
        (ViewChange { sender: ReplicaId(4), ..good.clone() }, 0, Reason::Sender),
        (ViewChange { view: 0, ..good.clone() }, 0, Reason::View),
        (good.clone(), 3, Reason::Signature),
        (with(two), 0, Reason::Certificate),
        (with(wrong), 0, Reason::Signature),
        (with(invented), 0, Reason::Certificate),
        (ViewChange { stable: short, ..good.clone() }, 0, Reason::Certificate),
    ];
    for (change, signer, reason) in cases {
        assert_rejected(&mut backup, Message::ViewChange(sign(signer, change)).encode(), reason);
    }
    let message = new_view(4, 1, three(&[cert(1, b"op")]), &[(1, d(b"op"))]);
    let mut fewer = message.clone();
    fewer.changes.0.pop_last();
    let mut renamed = message.clone();
    let twice = renamed.changes.0[&ReplicaId(0)].clone();
    renamed.changes.0.insert(ReplicaId(3), twice);
    let mut later = message.clone();
    later.changes.0.insert(ReplicaId(0), sign(0, change(4, 0, 2, &[])));
    let mut unsigned = message.clone();
    unsigned.changes.0.insert(ReplicaId(0), sign(3, good));
    let mut forged = message.clone();
    forged.assigned = vec![sign(3, *message.assigned[0].body())];
    let cases = [
        (NewView { chain: OTHER, ..message.clone() }, 1, Reason::Chain),
        (NewView { sender: ReplicaId(3), ..message.clone() }, 3, Reason::Sender),
        (NewView { view: 0, ..message.clone() }, 1, Reason::View),
        (NewView { view: 5, ..message.clone() }, 1, Reason::Certificate),
        (message.clone(), 0, Reason::Signature),
        (fewer, 1, Reason::Certificate),
        (renamed, 1, Reason::Certificate),
        (later, 1, Reason::Certificate),
        (unsigned, 1, Reason::Signature),
        (forged, 1, Reason::Signature),
    ];
    for (message, signer, reason) in cases {
        assert_rejected(&mut backup, Message::NewView(sign(signer, message)).encode(), reason);
    }
    give(&mut backup, new_view_bytes(message.clone()));
    assert_rejected(&mut backup, new_view_bytes(message), Reason::View);
    assert_rejected(&mut backup, view_change(change(4, 0, 1, &[])), Reason::View);
}

#[test]
fn t13_no_vote_of_one_view_counts_in_another() {
    let mut backup = in_view_1(three(&[]), &[]);
    let digest = d(b"op");
    assert_rejected(&mut backup, pre_prepare(4, 1, &batch(4, b"op")), Reason::View);
    assert_rejected(&mut backup, prepare(4, 3, 1, digest), Reason::View);
    assert_rejected(&mut backup, commit(4, 3, 1, digest), Reason::View);
    // The signature of view 0 under a body of view 1.
    let old = sign(3, Prepare::new(chain(4), ReplicaId(3), 0, 1, digest));
    let new = Vote { view: 1, ..*old.body() };
    let pasted = medcrypto_ledger::pbft::Signed::from_parts(new, old.signature().clone());
    assert_rejected(&mut backup, Message::Prepare(pasted).encode(), Reason::Signature);
}

#[test]
fn h21_f_plus_one_view_changes_take_a_replica_along_to_the_least_of_their_views() {
    let mut backup = replica(7, 6);
    assert!(give(&mut backup, view_change(change(7, 0, 9, &[]))).is_empty());
    assert!(give(&mut backup, view_change(change(7, 1, 4, &[]))).is_empty(), "two liars at most");
    let out = give(&mut backup, view_change(change(7, 2, 8, &[])));
    let [Message::ViewChange(own)] = &sent(&out)[..] else { panic!("{out:?}") };
    assert_eq!((own.body().view, own.body().sender), (4, ReplicaId(6)));
    // Replays and lower views of the same replicas count no more.
    let stale = [change(7, 1, 4, &[]), change(7, 0, 8, &[]), change(7, 2, 3, &[])];
    for change in stale {
        assert_rejected(&mut backup, view_change(change), Reason::Stale);
    }
    assert_eq!(backup.view(), 0, "a view is entered with a NEW-VIEW only");
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

/// A CHECKPOINT of a stranger to the plan: min-s is the highest h that q replicas certified.
#[test]
fn h21_the_highest_checkpoint_is_where_the_new_view_starts() {
    let id = medcrypto_ledger::block::BlockId(Digest([5; 32]));
    let high = ViewChange { stable: checkpointed(4, 16, id), ..change(4, 3, 1, &[]) };
    let above = cert(17, b"above");
    let changes = || {
        vec![change(4, 0, 1, &[cert(1, b"op"), above.clone()]), change(4, 1, 1, &[]), high.clone()]
    };
    let mut backup = replica(4, 2);
    let below = new_view(4, 1, changes(), &[(1, d(b"op"))]);
    assert_rejected(&mut backup, new_view_bytes(below), Reason::Plan);
    let out = give(&mut backup, new_view_bytes(new_view(4, 1, changes(), &[(17, d(b"above"))])));
    assert_eq!(entered(&out), [1]);
    // It is behind, so it asks for the state of that block, and for the body.
    let [Message::Fetch(fetch)] = &sent(&out)[..] else { panic!("{out:?}") };
    assert_eq!(fetch.body().digests, [d(b"above"), id.0]);
    // A certificate of one replica less is none.
    let vote = |i| {
        let body =
            Checkpoint { chain_id: chain(4), height: 16, block_id: id, replica: ReplicaId(i) };
        (ReplicaId(i), sign(i, body).signature().clone())
    };
    let two = medcrypto_ledger::block::QuorumCertificate::new(16, id, (0..2).map(vote).collect());
    assert_rejected(&mut replica(4, 2), Message::Stable(two).encode(), Reason::Certificate);
}
