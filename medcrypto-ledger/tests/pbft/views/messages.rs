//! The messages of a view change, field by field: H21, T13.

use super::*;

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
