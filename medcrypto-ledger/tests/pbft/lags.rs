//! Who lags is helped: H21, C2, and what the swarm found.

use medcrypto_ledger::block::BlockId;
use medcrypto_ledger::pbft::change::ViewChange;
use medcrypto_ledger::pbft::message::{Prepare, Status};
use medcrypto_ledger::pbft::{Config, Input, Message, Output, Reason, Replica, Timer};
use medcrypto_ledger::sim::SymbolicAuth;
use medcrypto_ledger::{Digest, ReplicaId};

use crate::common::{
    Bus, START, Symbolic, Tape, assert_rejected, batch, chain, change, checkpointed, config, give,
    kinds, new_view, new_view_bytes, prepared_by, replica, replica_auth, request, sent, sign,
    view_change,
};

fn view_timer(outputs: &[Output]) -> bool {
    outputs.iter().any(|output| matches!(output, Output::SetTimer(Timer::View, _)))
}

/// The STATUS that its timer makes a replica send.
fn status_of(replica: &mut Symbolic) -> (u64, u64, u64) {
    let out = replica.step(START, Input::Timeout(Timer::Status));
    let Some(Message::Status(status)) = sent(&out).into_iter().next() else { panic!("{out:?}") };
    (status.body().view, status.body().executed, status.body().certified)
}

/// What a replica answers to a STATUS of replica 3 at some time.
fn answers(replica: &mut Symbolic, now: u64, executed: u64, certified: u64) -> Vec<&'static str> {
    let sender = ReplicaId(3);
    let status = Status { chain: chain(4), sender, view: 0, executed, certified };
    kinds(&replica.step(START + now, Input::Message(Message::Status(sign(3, status)).encode())))
}

#[test]
fn h21_a_view_that_some_have_given_up_already_is_not_waited_for_without_end() {
    let mut waiting = replica(4, 2);
    give(&mut waiting, Message::Request(request(4, 0, 1, b"op")).encode());
    waiting.step(START, Input::Timeout(Timer::View));
    assert!(!view_timer(&give(&mut waiting, view_change(change(4, 1, 1, &[])))), "two are few");
    // The VIEW-CHANGE of replica 3 for view 1 is lost; the one for view 2 says as much.
    assert!(view_timer(&give(&mut waiting, view_change(change(4, 3, 2, &[])))));
    let out = waiting.step(START, Input::Timeout(Timer::View));
    assert_eq!(kinds(&out), ["ViewChange"]);
    // But no NEW-VIEW for view 1 comes of it, at the primary of view 1 either.
    let mut primary = replica(4, 1);
    give(&mut primary, view_change(change(4, 2, 1, &[])));
    assert_eq!(kinds(&give(&mut primary, view_change(change(4, 3, 2, &[])))), ["ViewChange"]);
    assert_eq!(primary.view(), 0);
}

#[test]
fn h21_who_has_executed_asks_for_the_prepares_of_a_later_view_all_the_same() {
    let mut bus = Bus::new(4);
    bus.queue.push_back((0, Message::Request(request(4, 0, 1, b"op")).encode()));
    bus.run(|_, _| true);
    let backup = &mut bus.replicas[2];
    assert_eq!((backup.executed(), status_of(backup)), (1, (0, 1, 1)));
    let digest = batch(4, b"op").digest();
    let p = (1, prepared_by(4, &[1, 2], 0, 1, digest));
    let changes = vec![change(4, 0, 1, &[p]), change(4, 1, 1, &[]), change(4, 3, 1, &[])];
    give(backup, new_view_bytes(new_view(4, 1, changes, &[(1, digest)])));
    assert_eq!((backup.executed(), status_of(backup)), (1, (1, 0, 1)), "number 1 is open again");
    let vote = Prepare::new(chain(4), ReplicaId(3), 1, 1, digest);
    let out = give(backup, Message::Prepare(sign(3, vote)).encode());
    assert_eq!(kinds(&out), ["Commit"]);
    assert_eq!(status_of(backup), (1, 1, 1));
    // And going back by a new view is no replay to the others.
    let mut other = replica(4, 1);
    let said = |view, executed| {
        let status = Status { chain: chain(4), sender: ReplicaId(2), view, executed, certified: 1 };
        Message::Status(sign(2, status)).encode()
    };
    assert_eq!(give(&mut other, said(0, 1)), []);
    assert_eq!(give(&mut other, said(1, 0)), [Output::Rejected(Reason::TooSoon)]);
    assert_eq!(give(&mut other, said(0, 1)), [Output::Rejected(Reason::Stale)]);
}

/// Four replicas that keep `history` numbers below h, after 17 blocks, and the id of block 16. The
/// deaf ones heard no CHECKPOINT.
fn seventeen(history: u64, deaf: &[u16]) -> (Bus, BlockId) {
    let mut bus = Bus::new(4);
    for (me, replica) in (0..).zip(&mut bus.replicas) {
        let config = Config { history, ..config::<SymbolicAuth>(4, me) };
        *replica = Replica::new(config, replica_auth(me), Tape::default());
    }
    let names = deaf.iter().map(|i| format!("me: ReplicaId({i})")).collect::<Vec<_>>();
    for who in 0..17 {
        bus.queue.push_back((0, Message::Request(request(4, who, 1, b"op")).encode()));
        bus.run(|replica, bytes| {
            let checkpoint = matches!(Message::decode(bytes), Ok(Message::Checkpoint(_)));
            let own = || format!("{replica:?}");
            !checkpoint || !names.iter().any(|name| own().contains(name.as_str()))
        });
    }
    let votes = bus.outputs.iter().flat_map(|(_, output)| sent(std::slice::from_ref(output)));
    let id = votes.filter_map(|message| match message {
        Message::Checkpoint(vote) if vote.body().height == 16 => Some(vote.body().block_id),
        _ => None,
    });
    let id = id.collect::<Vec<_>>()[0];
    (bus, id)
}

#[test]
fn c2_a_checkpoint_certifies_our_own_block_and_all_before_it() {
    let (mut bus, id) = seventeen(256, &[2]);
    let backup = &mut bus.replicas[2];
    assert_eq!((backup.executed(), backup.certified(), backup.low()), (17, 0, 0));
    let between = Message::Stable(checkpointed(4, 15, id)).encode();
    assert_eq!(give(backup, between), [Output::Rejected(Reason::Certificate)], "no checkpoint");
    let out = give(backup, Message::Stable(checkpointed(4, 16, id)).encode());
    let [Output::Certified { block, certificate }] = &out[..] else { panic!("{out:?}") };
    assert_eq!((block.header.id(), certificate.height), (id, 16));
    assert_eq!((backup.executed(), backup.certified(), backup.low()), (17, 16, 16));
    let again = Message::Stable(checkpointed(4, 16, id)).encode();
    assert_eq!(give(backup, again), [Output::Rejected(Reason::Duplicate)]);
}

/// Beyond f, or with a broken state of our own: we stay with our block, and say so.
#[test]
fn c2_a_checkpoint_of_another_block_than_ours_is_refused_aloud() {
    let (mut bus, id) = seventeen(256, &[2]);
    let backup = &mut bus.replicas[2];
    let other = || checkpointed(4, 16, BlockId(Digest([1; 32])));
    assert_rejected(backup, Message::Stable(other()).encode(), Reason::Diverged);
    let out = give(&mut backup.clone(), Message::Stable(checkpointed(4, 16, id)).encode());
    assert!(
        matches!(&out[..], [Output::Certified { .. }]),
        "ours is certified afterwards: {out:?}"
    );
    // The same certificate in the VIEW-CHANGEs of a quorum: the view is entered, the block is not.
    let changes = [0, 1, 3].map(|from| ViewChange { stable: other(), ..change(4, from, 1, &[]) });
    let out = give(backup, new_view_bytes(new_view(4, 1, changes.into(), &[])));
    let diverged = Output::Rejected(Reason::Diverged);
    assert!(out.contains(&diverged) && out.contains(&Output::Entered { view: 1 }), "{out:?}");
    assert_eq!((backup.certified(), backup.low(), backup.view()), (0, 0, 1));
}

#[test]
fn c2_who_cannot_vote_for_a_block_any_more_shows_the_checkpoint_instead() {
    let (mut keeps, _) = seventeen(256, &[]);
    let votes = answers(&mut keeps.replicas[0], 1_000, 17, 3);
    assert!(votes.contains(&"Checkpoint") && !votes.contains(&"Stable"), "{votes:?}");
    let (mut forgets, _) = seventeen(0, &[]);
    let votes = answers(&mut forgets.replicas[0], 1_000, 17, 3);
    assert_eq!(votes[0], "Stable", "{votes:?}");
    // Above h it votes.
    assert!(!answers(&mut forgets.replicas[0], 2_000, 17, 16).contains(&"Stable"));
}

#[test]
fn h21_whom_the_votes_do_not_help_is_shown_the_checkpoint() {
    let (mut bus, _) = seventeen(256, &[]);
    let primary = &mut bus.replicas[0];
    let first = answers(primary, 1_000, 12, 12);
    assert!(first.contains(&"PrePrepare") && !first.contains(&"Stable"), "{first:?}");
    // It is where it was: perhaps a lying primary told it of another batch.
    let second = answers(primary, 2_000, 12, 12);
    assert!(second.contains(&"PrePrepare") && second.contains(&"Stable"), "{second:?}");
    assert!(!answers(primary, 3_000, 13, 13).contains(&"Stable"), "they do help");
}
