//! Voters who repeat themselves, contradict themselves or flood: H16, T3, T4, T10, T17.

use medcrypto_ledger::pbft::message::{Commit, Prepare, Status};
use medcrypto_ledger::pbft::{Evidence, Input, Message, Output, Reason, Signed};
use medcrypto_ledger::sim::{Faults, Party, SymbolicAuth, Violation};
use medcrypto_ledger::{Digest, ReplicaId};

use crate::common::{
    START, Symbolic, batch, commit, config, give, kinds, pre_prepare, prepare, replica,
    replica_auth, request, sent, world,
};

fn committed(outputs: &[Output]) -> Option<Digest> {
    outputs.iter().find_map(|output| match output {
        Output::Committed { digest, .. } => Some(*digest),
        _ => None,
    })
}

#[test]
fn t03_a_vote_repeated_a_hundred_times_counts_once() {
    let mut backup = replica(7, 1);
    let batch = batch(7, b"op");
    let digest = batch.digest();
    give(&mut backup, pre_prepare(7, 1, &batch));
    for _ in 0..100 {
        assert!(kinds(&give(&mut backup, prepare(7, 2, 1, digest))).is_empty());
    }
    assert!(kinds(&give(&mut backup, prepare(7, 3, 1, digest))).is_empty(), "three of four");
    assert_eq!(kinds(&give(&mut backup, prepare(7, 4, 1, digest))), ["Commit"]);
    for _ in 0..100 {
        assert_eq!(committed(&give(&mut backup, commit(7, 2, 1, digest))), None);
    }
    for voter in [3, 4] {
        assert_eq!(committed(&give(&mut backup, commit(7, voter, 1, digest))), None);
    }
    assert_eq!(committed(&give(&mut backup, commit(7, 0, 1, digest))), Some(digest));
}

#[test]
fn t03_the_primary_is_not_counted_twice() {
    let mut backup = replica(4, 1);
    let batch = batch(4, b"op");
    give(&mut backup, pre_prepare(4, 1, &batch));
    let out = give(&mut backup, prepare(4, 0, 1, batch.digest()));
    assert_eq!(out, [Output::Rejected(Reason::Sender)]);
}

#[test]
fn h16_a_second_assignment_of_a_number_is_evidence() {
    let mut backup = replica(4, 1);
    give(&mut backup, pre_prepare(4, 1, &batch(4, b"a")));
    let again = give(&mut backup, pre_prepare(4, 1, &batch(4, b"a")));
    assert_eq!(again, [Output::Rejected(Reason::Duplicate)]);
    let out = give(&mut backup, pre_prepare(4, 1, &batch(4, b"b")));
    let [Output::Evidence(evidence), Output::Rejected(Reason::Equivocation)] = out.as_slice()
    else {
        panic!("{out:?}")
    };
    assert_eq!(evidence.culprit(), ReplicaId(0));
    let Evidence::PrePrepare(first, second) = evidence else { panic!("{evidence:?}") };
    assert_ne!(first.body().digest, second.body().digest);
    assert_eq!((first.body().seq, second.body().seq), (1, 1));
    // The evidence convinces a stranger, and the first assignment stands.
    let (stranger, config) = (replica_auth::<SymbolicAuth>(9), config::<SymbolicAuth>(4, 0));
    for vote in [first, second] {
        let vote = vote.clone().into_unverified();
        assert!(vote.verify(&stranger, &config.committee, config.chain).is_ok());
    }
    assert_eq!(kinds(&give(&mut backup, prepare(4, 2, 1, batch(4, b"a").digest()))), ["Commit"]);
}

#[test]
fn t04_a_double_voter_counts_once_and_leaves_evidence() {
    let mut backup = replica(4, 1);
    let (a, b) = (batch(4, b"a").digest(), batch(4, b"b").digest());
    give(&mut backup, pre_prepare(4, 1, &batch(4, b"a")));
    give(&mut backup, prepare(4, 3, 1, b));
    let out = give(&mut backup, prepare(4, 3, 1, a));
    assert!(matches!(out[0], Output::Evidence(Evidence::Prepare(..))), "{out:?}");
    assert_eq!(culprit(&out), Some(ReplicaId(3)));
    assert!(kinds(&out).is_empty(), "the second vote did not count");
    give(&mut backup, commit(4, 3, 1, b));
    let out = give(&mut backup, commit(4, 3, 1, a));
    assert!(matches!(out[0], Output::Evidence(Evidence::Commit(..))), "{out:?}");
    assert_eq!(culprit(&out), Some(ReplicaId(3)));
}

/// Whom the first output convicts.
fn culprit(out: &[Output]) -> Option<ReplicaId> {
    match out.first() {
        Some(Output::Evidence(evidence)) => Some(evidence.culprit()),
        _ => None,
    }
}

#[test]
fn t04_votes_for_another_digest_do_not_count() {
    let mut backup = replica(4, 1);
    let b = batch(4, b"b").digest();
    give(&mut backup, pre_prepare(4, 1, &batch(4, b"a")));
    for voter in [2, 3] {
        assert!(kinds(&give(&mut backup, prepare(4, voter, 1, b))).is_empty());
    }
}

/// Lets the correct replicas exchange what they say, under an equivocating primary and
/// two-faced voters; returns what each correct replica committed.
fn equivocate(n: u16, split: &[(u16, &[u8])], traitors: &[u16]) -> Vec<Option<Digest>> {
    let mut correct = split.iter().map(|(id, _)| replica(n, *id)).collect::<Vec<Symbolic>>();
    let mut said = Vec::new();
    let mut digests = vec![None; split.len()];
    for (i, (_, op)) in split.iter().enumerate() {
        let proposal = batch(n, op);
        let digest = proposal.digest();
        let mut inbox = vec![pre_prepare(n, 1, &proposal), commit(n, 0, 1, digest)];
        inbox.extend(traitors.iter().map(|t| prepare(n, *t, 1, digest)));
        inbox.extend(traitors.iter().map(|t| commit(n, *t, 1, digest)));
        for bytes in inbox {
            said.extend(heard(&mut correct[i], bytes, &mut digests[i]).map(|b| (i, b)));
        }
    }
    while let Some((from, bytes)) = said.pop() {
        for to in (0..correct.len()).filter(|to| *to != from) {
            let more = heard(&mut correct[to], bytes.clone(), &mut digests[to]);
            said.extend(more.map(|b| (to, b)));
        }
    }
    digests
}

fn heard(
    replica: &mut Symbolic,
    bytes: Vec<u8>,
    digest: &mut Option<Digest>,
) -> impl Iterator<Item = Vec<u8>> + use<> {
    let out = give(replica, bytes);
    *digest = digest.or(committed(&out));
    out.into_iter().filter_map(|output| match output {
        Output::Broadcast(bytes) => Some(bytes),
        _ => None,
    })
}

#[test]
fn t04_an_equivocating_primary_with_a_double_voter_does_not_fork_seven() {
    let (a, b) = (batch(7, b"a").digest(), batch(7, b"b").digest());
    let split: [(u16, &[u8]); 5] = [(1, b"a"), (2, b"a"), (3, b"a"), (4, b"b"), (5, b"b")];
    let digests = equivocate(7, &split, &[6]);
    assert!(digests.contains(&Some(a)), "not vacuous");
    assert!(!digests.contains(&Some(b)));
    let split: [(u16, &[u8]); 4] = [(1, b"a"), (2, b"a"), (3, b"b"), (4, b"b")];
    assert_eq!(equivocate(7, &split, &[6]), [None; 4]);
}

#[test]
fn t17_two_traitors_of_four_do_fork_the_real_replicas() {
    let (a, b) = (batch(4, b"a").digest(), batch(4, b"b").digest());
    let split: [(u16, &[u8]); 2] = [(1, b"a"), (2, b"b")];
    assert_eq!(equivocate(4, &split, &[3]), [Some(a), Some(b)], "beyond f nothing is promised");
}

#[test]
fn t17_t40_the_checker_reports_the_fork_of_two_traitors() {
    let mut world = world::<SymbolicAuth>(1, 4, Faults::NONE, |_| {});
    [0, 3].iter().for_each(|traitor| world.silence(ReplicaId(*traitor)));
    for (to, op) in [(1, b"a"), (2, b"b")] {
        let proposal = batch(4, op);
        let digest = proposal.digest();
        let lies = [
            pre_prepare(4, 1, &proposal),
            prepare(4, 3, 1, digest),
            commit(4, 0, 1, digest),
            commit(4, 3, 1, digest),
        ];
        lies.into_iter().for_each(|bytes| world.inject(Party::Replica(0), ReplicaId(to), bytes));
    }
    assert_eq!(world.run_for(1_000), Err(Violation::Digest(1)));
}

#[test]
fn t10_a_flood_of_numbers_is_bounded() {
    let mut backup = replica(4, 1);
    let (chain, auth) = (config::<SymbolicAuth>(4, 0).chain, replica_auth::<SymbolicAuth>(3));
    for i in 0..50_000_u64 {
        let seq = if i % 2 == 0 { u64::MAX - i } else { i };
        let digest = Digest([i as u8; 32]);
        let vote = Prepare::new(chain, ReplicaId(3), 0, seq, digest);
        let prepare = Message::Prepare(Signed::sign(&auth, vote));
        let vote = Commit::new(chain, ReplicaId(3), 0, seq, digest);
        let commit = Message::Commit(Signed::sign(&auth, vote));
        give(&mut backup, prepare.encode());
        give(&mut backup, commit.encode());
    }
    assert!(backup.log_len() <= 32, "{}", backup.log_len());
    assert_eq!((backup.executed(), backup.low()), (0, 0));
}

#[test]
fn t10_a_flood_of_requests_is_bounded() {
    let mut backup = replica(4, 1);
    for who in 0..2_000 {
        let ask = Message::Request(request(4, who, 1, b"op"));
        let full = give(&mut backup, ask.encode()) == [Output::Rejected(Reason::Full)];
        assert_eq!(full, who >= 1_024);
    }
    assert_eq!(backup.waiting_len(), 1_024);
}

#[test]
fn t10_a_flood_of_status_is_answered_once_an_interval() {
    let mut primary = replica(4, 0);
    give(&mut primary, Message::Request(request(4, 0, 1, b"op")).encode());
    let chain = config::<SymbolicAuth>(4, 0).chain;
    let body = Status { chain, sender: ReplicaId(2), view: 0, executed: 0, certified: 0 };
    let status = Signed::sign(&replica_auth::<SymbolicAuth>(2), body);
    let bytes = Message::Status(status).encode();
    assert_eq!(kinds(&give(&mut primary, bytes.clone())), ["PrePrepare"]);
    for _ in 0..100 {
        assert_eq!(give(&mut primary, bytes.clone()), [Output::Rejected(Reason::TooSoon)]);
    }
}

/// What replica 2 says of itself.
fn status(executed: u64, certified: u64) -> Vec<u8> {
    let chain = config::<SymbolicAuth>(4, 0).chain;
    let body = Status { chain, sender: ReplicaId(2), view: 0, executed, certified };
    Message::Status(Signed::sign(&replica_auth::<SymbolicAuth>(2), body)).encode()
}

#[test]
fn an_old_status_does_not_use_up_the_answers_to_the_last() {
    let mut primary = replica(4, 0);
    for who in 0..3 {
        give(&mut primary, Message::Request(request(4, who, 1, b"op")).encode());
    }
    let answers = |primary: &mut Symbolic, now: u64, bytes: Vec<u8>| {
        let out = primary.step(START + now, Input::Message(bytes));
        match out.as_slice() {
            [Output::Rejected(reason)] => Err(*reason),
            _ => Ok(sent(&out).len()),
        }
    };
    // The first comes from the wire as a replay; the true one is too soon after it, once.
    assert_eq!(answers(&mut primary, 0, status(0, 0)), Ok(3));
    assert_eq!(answers(&mut primary, 1, status(2, 2)), Err(Reason::TooSoon));
    for round in 1..20 {
        for old in [(0, 0), (1, 1), (2, 1), (1, 2)] {
            let replay = status(old.0, old.1);
            assert_eq!(answers(&mut primary, round * 500, replay), Err(Reason::Stale));
        }
        assert_eq!(answers(&mut primary, round * 500 + 1, status(2, 2)), Ok(1), "{round}");
    }
    assert_eq!(answers(&mut primary, 10_001, status(3, 2)), Ok(1));
    assert_eq!(answers(&mut primary, 20_001, status(2, 2)), Err(Reason::Stale));
}
