//! What a NEW-VIEW proves, and what it must propose: T8, T9.

use super::*;

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
