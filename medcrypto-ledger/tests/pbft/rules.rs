//! What a replica accepts: H17, T6, T13 and the boundaries of the window.

use medcrypto_ledger::block::{ChainId, Checkpoint};
use medcrypto_ledger::pbft::message::{Batch, Commit, PrePrepare, Prepare, Status, Vote};
use medcrypto_ledger::pbft::{Message, Reason, Signed};
use medcrypto_ledger::sim::SymbolicAuth;
use medcrypto_ledger::{DecodeError, Digest, ReplicaId};

use crate::common::{
    START, assert_rejected, batch, config, give, kinds, pre_prepare, pre_prepare_of, prepare,
    replica, replica_auth, request,
};

fn chain() -> ChainId {
    config::<SymbolicAuth>(4, 0).chain
}

const OTHER: ChainId = ChainId(Digest([9; 32]));

fn assign(seq: u64, batch: &Batch) -> PrePrepare {
    PrePrepare::new(chain(), ReplicaId(0), 0, seq, batch.digest())
}

#[test]
fn h17_the_unchanged_message_is_accepted() {
    let out = give(&mut replica(4, 1), pre_prepare(4, 1, &batch(4, b"op")));
    assert_eq!(kinds(&out), ["Prepare"]);
}

#[test]
fn h17_pre_prepare_one_negative_for_each_field() {
    let good = batch(4, b"op");
    let vote = assign(1, &good);
    let mut backup = replica(4, 1);
    let mut refuse = |vote: PrePrepare, signer: u16, batch: &Batch, reason: Reason| {
        assert_rejected(&mut backup, pre_prepare_of(vote, signer, batch), reason);
    };
    // Signature, by another replica's key.
    refuse(vote, 2, &good, Reason::Signature);
    // Chain.
    refuse(Vote { chain: OTHER, ..vote }, 0, &good, Reason::Chain);
    // Sender: a backup, ourselves, nobody.
    refuse(Vote { sender: ReplicaId(2), ..vote }, 2, &good, Reason::Sender);
    refuse(Vote { sender: ReplicaId(1), ..vote }, 1, &good, Reason::Sender);
    refuse(Vote { sender: ReplicaId(9), ..vote }, 0, &good, Reason::Sender);
    // View.
    refuse(Vote { view: 1, ..vote }, 0, &good, Reason::View);
    refuse(Vote { view: u64::MAX, ..vote }, 0, &good, Reason::View);
    // Sequence number: h < n ≤ h + L = 32.
    for seq in [0, 33, u64::MAX] {
        refuse(Vote { seq, ..vote }, 0, &good, Reason::Sequence);
    }
    // Digest.
    refuse(Vote { digest: Digest([1; 32]), ..vote }, 0, &good, Reason::Digest);
    refuse(vote, 0, &batch(4, b"other"), Reason::Digest);
    // Time.
    let late = Batch { time: START + 10_001, ..good.clone() };
    refuse(assign(1, &late), 0, &late, Reason::Time);
    let never = Batch { time: u64::MAX, ..good.clone() };
    refuse(assign(1, &never), 0, &never, Reason::Time);
}

#[test]
fn h17_the_last_admitted_number_and_time_are_accepted() {
    let edge = Batch { time: START + 10_000, ..batch(4, b"op") };
    let out = give(&mut replica(4, 1), pre_prepare(4, 32, &edge));
    assert_eq!(kinds(&out), ["Prepare"]);
}

#[test]
fn h17_pre_prepare_one_negative_for_each_rule_of_the_batch() {
    let good = batch(4, b"op");
    let mut backup = replica(4, 1);
    let mut refuse = |batch: Batch, reason: Reason| {
        assert_rejected(&mut backup, pre_prepare(4, 1, &batch), reason);
    };
    refuse(Batch { requests: vec![], ..good.clone() }, Reason::Batch);
    refuse(Batch { proposer: ReplicaId(2), ..good.clone() }, Reason::Batch);
    let many = (0..65).map(|who| request(4, who, 1, b"op")).collect();
    refuse(Batch { requests: many, ..good.clone() }, Reason::Batch);
    let twice = vec![request(4, 0, 1, b"op"), request(4, 0, 2, b"op")];
    refuse(Batch { requests: twice, ..good.clone() }, Reason::Batch);
    refuse(batch(4, b""), Reason::Operation);
    // A request with the signature of another operation; its own, of another chain.
    let forged = Signed::from_parts(
        request(4, 0, 1, b"mine").body().clone(),
        request(4, 0, 1, b"yours").signature().clone(),
    );
    let foreign = request(7, 0, 1, b"op");
    for (request, reason) in [(forged, Reason::Signature), (foreign, Reason::Chain)] {
        let batch = Batch { requests: vec![request], time: START, proposer: ReplicaId(0) };
        let vote = PrePrepare::new(chain(), ReplicaId(0), 0, 1, batch.digest());
        let vote = Signed::sign(&replica_auth::<SymbolicAuth>(0), vote);
        assert_rejected(&mut backup, Message::PrePrepare(vote, batch).encode(), reason);
    }
}

#[test]
fn h17_prepare_and_commit_one_negative_for_each_field() {
    let mut backup = replica(4, 1);
    let digest = batch(4, b"op").digest();
    let cases = |sender: u16| {
        [
            (OTHER, sender, 0, 1, sender, Reason::Chain),
            (chain(), sender, 1, 1, sender, Reason::View),
            (chain(), sender, 0, 0, sender, Reason::Sequence),
            (chain(), sender, 0, 33, sender, Reason::Sequence),
            (chain(), sender, 0, 1, 3, Reason::Signature),
            (chain(), 1, 0, 1, 1, Reason::Sender),
            (chain(), 4, 0, 1, 3, Reason::Sender),
        ]
    };
    for (chain, sender, view, seq, signer, reason) in cases(2) {
        let auth = replica_auth::<SymbolicAuth>(signer);
        let vote = Prepare::new(chain, ReplicaId(sender), view, seq, digest);
        let bytes = Message::Prepare(Signed::sign(&auth, vote)).encode();
        assert_rejected(&mut backup, bytes, reason);
        let vote = Commit::new(chain, ReplicaId(sender), view, seq, digest);
        let bytes = Message::Commit(Signed::sign(&auth, vote)).encode();
        assert_rejected(&mut backup, bytes, reason);
    }
    assert_rejected(&mut backup, prepare(4, 0, 1, digest), Reason::Sender);
}

#[test]
fn h17_checkpoint_and_status_one_negative_for_each_field() {
    let mut backup = replica(4, 1);
    let good = Checkpoint {
        chain_id: chain(),
        height: 1,
        block_id: medcrypto_ledger::block::BlockId(Digest([3; 32])),
        replica: ReplicaId(2),
    };
    let cases = [
        (Checkpoint { chain_id: OTHER, ..good }, 2, Reason::Chain),
        (Checkpoint { height: 0, ..good }, 2, Reason::Sequence),
        (Checkpoint { height: u64::MAX, ..good }, 2, Reason::Sequence),
        (Checkpoint { replica: ReplicaId(1), ..good }, 1, Reason::Sender),
        (Checkpoint { replica: ReplicaId(8), ..good }, 2, Reason::Sender),
        (good, 3, Reason::Signature),
    ];
    for (body, signer, reason) in cases {
        let vote = Signed::sign(&replica_auth::<SymbolicAuth>(signer), body);
        assert_rejected(&mut backup, Message::Checkpoint(vote).encode(), reason);
    }
    let good = Status { chain: chain(), sender: ReplicaId(2), view: 0, executed: 0, certified: 0 };
    let cases = [
        (Status { chain: OTHER, ..good }, 2, Reason::Chain),
        (Status { sender: ReplicaId(1), ..good }, 1, Reason::Sender),
        (Status { sender: ReplicaId(4), ..good }, 2, Reason::Sender),
        (good, 3, Reason::Signature),
    ];
    for (body, signer, reason) in cases {
        let status = Signed::sign(&replica_auth::<SymbolicAuth>(signer), body);
        assert_rejected(&mut backup, Message::Status(status).encode(), reason);
    }
}

#[test]
fn c2_only_the_next_nonce_is_accepted() {
    let mut primary = replica(4, 0);
    for nonce in [0, 2, u64::MAX] {
        let ask = Message::Request(request(4, 0, nonce, b"op"));
        assert_rejected(&mut primary, ask.encode(), Reason::Nonce);
    }
    let ask = Message::Request(request(4, 0, 1, b"op")).encode();
    assert_eq!(kinds(&give(&mut primary, ask.clone())), ["PrePrepare"]);
    assert_rejected(&mut primary, ask, Reason::Duplicate);
    let empty = Message::Request(request(4, 1, 1, b""));
    assert_rejected(&mut primary, empty.encode(), Reason::Operation);
}

#[test]
fn t06_a_replica_cannot_speak_for_another() {
    let digest = batch(4, b"op").digest();
    let mut backup = replica(4, 1);
    for claimed in [2, 9, u16::MAX] {
        let vote = Prepare::new(chain(), ReplicaId(claimed), 0, 1, digest);
        let vote = Signed::sign(&replica_auth::<SymbolicAuth>(3), vote);
        let reason = if claimed == 2 { Reason::Signature } else { Reason::Sender };
        assert_rejected(&mut backup, Message::Prepare(vote).encode(), reason);
    }
}

/// Every way to read the signature of one kind of vote as another kind's.
#[test]
fn t13_no_signature_serves_two_kinds() {
    let body = |sender| (chain(), ReplicaId(sender), 0, 1, batch(4, b"op").digest());
    let auth = |i| replica_auth::<SymbolicAuth>(i);
    let (c, s, v, n, d) = body(2);
    let prepare = Signed::sign(&auth(2), Prepare::new(c, s, v, n, d));
    let commit = Signed::sign(&auth(2), Commit::new(c, s, v, n, d));
    let mut backup = replica(4, 1);
    let as_commit = Signed::from_parts(Commit::new(c, s, v, n, d), prepare.signature().clone());
    assert_rejected(&mut backup, Message::Commit(as_commit).encode(), Reason::Signature);
    let as_prepare = Signed::from_parts(Prepare::new(c, s, v, n, d), commit.signature().clone());
    assert_rejected(&mut backup, Message::Prepare(as_prepare).encode(), Reason::Signature);

    let (c, s, v, n, d) = body(0);
    let assign = Signed::sign(&auth(0), PrePrepare::new(c, s, v, n, d));
    let confirm = Signed::sign(&auth(0), Commit::new(c, s, v, n, d));
    let as_commit = Signed::from_parts(Commit::new(c, s, v, n, d), assign.signature().clone());
    assert_rejected(&mut backup, Message::Commit(as_commit).encode(), Reason::Signature);
    let body = PrePrepare::new(c, s, v, n, d);
    let as_assign = Signed::from_parts(body, confirm.signature().clone());
    let message = Message::PrePrepare(as_assign, batch(4, b"op"));
    assert_rejected(&mut backup, message.encode(), Reason::Signature);
}

#[test]
fn t13_no_signature_serves_two_chains_or_views() {
    let digest = batch(4, b"op").digest();
    let auth = replica_auth::<SymbolicAuth>(2);
    let mut backup = replica(4, 1);
    let here = Prepare::new(chain(), ReplicaId(2), 0, 1, digest);
    for there in [Vote { chain: OTHER, ..here }, Vote { view: 4, ..here }, Vote { seq: 2, ..here }]
    {
        let foreign = Signed::sign(&auth, there);
        let pasted = Signed::from_parts(here, foreign.signature().clone());
        assert_rejected(&mut backup, Message::Prepare(pasted).encode(), Reason::Signature);
    }
}

#[test]
fn t12_bytes_that_are_no_message_are_refused() {
    let mut backup = replica(4, 1);
    let good = prepare(4, 2, 1, batch(4, b"op").digest());
    let trailing = [good.as_slice(), &[0]].concat();
    let cases =
        [vec![], vec![0xff], trailing, good[..good.len() - 1].to_vec(), vec![0x9f; 1 << 20]];
    for bytes in cases {
        let reason = Reason::Decode(DecodeError::NonCanonical);
        assert_rejected(&mut backup, bytes, reason);
    }
    // Lengths of 2⁶⁴ − 1 must not be believed: an array, a byte string, a batch of requests.
    for head in ["9b", "5b", "a1675265717565737482849b"] {
        let bytes = [hex::decode(head).unwrap(), vec![0xff; 8]].concat();
        assert_rejected(&mut backup, bytes, Reason::Decode(DecodeError::NonCanonical));
    }
    assert_rejected(&mut backup, vec![0; (1 << 20) + 1], Reason::TooLong);
    // Deep nesting must not exhaust the stack.
    assert_rejected(&mut backup, vec![0x81; 1 << 20], Reason::Decode(DecodeError::NonCanonical));
}
