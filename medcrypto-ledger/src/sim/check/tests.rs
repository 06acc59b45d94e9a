//! A checker that cannot fail proves nothing: each invariant is shown a world that breaks it.

use alloc::vec::Vec;

use super::{Checker, Refinement, Violation, garbled};
use crate::auth::{ClientId, Committee, ReplicaId};
use crate::block::{Block, Checkpoint, Execute, Genesis, Header, QuorumCertificate, Seal};
use crate::codec::{self, Bytes, Digest};
use crate::pbft::message::{Batch, Commit, PrePrepare, Prepare, Request};
use crate::pbft::signed::{Counted, Tally};
use crate::pbft::{
    Config, Evidence, Input, Message, Output, Quorum, Reason, Replay, Replica, Signed,
    genesis_state_root,
};
use crate::sim::{Party, SymbolicAuth, Tape};

type Watched = Checker<SymbolicAuth, Tape>;

fn auth(i: u16) -> SymbolicAuth {
    SymbolicAuth::new([1; 32], &alloc::format!("{i}"))
}

fn config(n: u16) -> Config {
    let keys = (0..n).map(|i| auth(i).public_key().clone()).collect();
    let root = genesis_state_root(&Tape::default());
    let genesis = Genesis::new(&Committee::new(keys).unwrap(), 0, root);
    Config::new(genesis, ReplicaId(0)).unwrap()
}

fn checker() -> Watched {
    Checker::new(auth(9), config(4), Tape::default())
}

fn request(nonce: u64) -> Signed<Request> {
    let client = ClientId(auth(7).public_key().clone());
    let body = Request { chain: config(4).chain, client, nonce, operation: Bytes(Vec::from(b"x")) };
    Signed::sign(&auth(7), body)
}

/// A block after `prev` with these requests, as a correct replica makes it.
fn block(prev: &Header, nonces: &[u64], time: u64) -> Block {
    let config = config(4);
    let txs = nonces.iter().map(|n| Bytes(codec::encode(&request(*n)))).collect::<Vec<_>>();
    let block = Block::next(prev, time, Seal::Bft(ReplicaId(0)), txs, Digest::ZERO);
    let mut replay = Replay::of(config.committee, auth(9), Tape::default());
    let state_root = replay.execute(&block.header.context(), &block.txs);
    let header = Header { state_root: state_root.unwrap_or(Digest::ZERO), ..block.header };
    Block { header, txs: block.txs }
}

fn genesis() -> Header {
    config(4).genesis.block().header
}

/// The block with the votes of so many replicas.
fn certified(block: Block, voters: u16) -> Output {
    let (chain_id, height, block_id) =
        (block.header.chain_id, block.header.height, block.header.id());
    let vote = |i| {
        let replica = ReplicaId(i);
        let body = Checkpoint { chain_id, height, block_id, replica };
        (replica, Signed::sign(&auth(i), body).signature().clone())
    };
    let certificate = QuorumCertificate::new(height, block_id, (0..voters).map(vote).collect());
    Output::Certified { block, certificate }
}

fn submitted() -> Watched {
    let mut checker = checker();
    [1, 2].iter().for_each(|nonce| checker.submitted(request(*nonce).body()));
    checker
}

/// Eight replicas are more than the model has, so S10 is silent.
fn without_model(checker: &mut Watched) {
    checker.refinement = Refinement::new(Quorum::new(8).unwrap());
}

fn reported(checker: &Watched, output: &Output) -> Result<(), Violation> {
    checker.clone().output(ReplicaId(0), output)
}

#[test]
fn t40_a_good_block_passes() {
    let mut checker = submitted();
    let good = certified(block(&genesis(), &[1, 2], 5), 3);
    assert_eq!(checker.output(ReplicaId(0), &good), Ok(()));
    assert_eq!(checker.output(ReplicaId(1), &good), Ok(()), "another replica's copy");
    assert_eq!((checker.head.height, checker.chain().len(), checker.blocks().len()), (1, 1, 2));
}

#[test]
fn t40_s1_two_digests_at_a_number() {
    let mut checker = checker();
    without_model(&mut checker);
    let committed = |byte| Output::Committed { seq: 1, view: 0, digest: Digest([byte; 32]) };
    assert_eq!(checker.output(ReplicaId(0), &committed(1)), Ok(()));
    assert_eq!(checker.output(ReplicaId(1), &committed(2)), Err(Violation::Digest(1)));
}

#[test]
fn t40_s2_two_blocks_at_a_height_and_a_broken_link() {
    let mut checker = submitted();
    assert_eq!(checker.output(ReplicaId(0), &certified(block(&genesis(), &[1], 1), 3)), Ok(()));
    let other = certified(block(&genesis(), &[1], 2), 3);
    assert_eq!(checker.output(ReplicaId(1), &other), Err(Violation::Block(1)));
    let mut orphan = block(&checker.head, &[], 9);
    orphan.header.prev = genesis().id();
    assert_eq!(reported(&checker, &certified(orphan, 3)), Err(Violation::Block(2)));
}

#[test]
fn t40_s3_a_request_that_nobody_submitted() {
    let phantom = certified(block(&genesis(), &[1], 1), 3);
    assert_eq!(reported(&checker(), &phantom), Err(Violation::Phantom(1)));
    let txs = Vec::from([Bytes(Vec::from([0]))]);
    let rubbish = Block::next(&genesis(), 1, Seal::Bft(ReplicaId(0)), txs, Digest::ZERO);
    assert_eq!(reported(&submitted(), &certified(rubbish, 3)), Err(Violation::Phantom(1)));
}

#[test]
fn t40_s4_a_request_out_of_order_and_one_twice() {
    for nonces in [&[2][..], &[1, 1], &[2, 1]] {
        let block = certified(block(&genesis(), nonces, 1), 3);
        assert_eq!(reported(&submitted(), &block), Err(Violation::Twice(1)), "{nonces:?}");
    }
}

#[test]
fn t40_s5_a_certificate_with_too_few_votes_or_of_another_block() {
    let good = block(&genesis(), &[1], 1);
    let few = certified(good.clone(), 2);
    assert_eq!(reported(&submitted(), &few), Err(Violation::Certificate(1)));
    let Output::Certified { certificate, .. } = certified(block(&genesis(), &[2], 1), 3) else {
        unreachable!("made above");
    };
    let other = Output::Certified { block: good, certificate };
    assert_eq!(reported(&submitted(), &other), Err(Violation::Certificate(1)));
}

/// A replica of one, which needs nobody in order to execute.
fn alone(requests: u64) -> Replica<SymbolicAuth, Tape> {
    let config = config(1);
    let mut replica = Replica::new(config.clone(), auth(0), Tape::default());
    for nonce in 1..=requests {
        let body = Request { chain: config.chain, ..request(nonce).body().clone() };
        replica.step(0, Input::Request(Signed::sign(&auth(7), body)));
    }
    assert_eq!(replica.executed(), requests);
    replica
}

#[test]
fn t40_s6_a_replica_that_went_back() {
    let mut checker = checker();
    assert_eq!(checker.replica(0, &alone(1)), Ok(()));
    assert_eq!(checker.replica(0, &alone(2)), Ok(()));
    assert_eq!(checker.clone().replica(1, &alone(1)), Ok(()), "another one");
    assert_eq!(checker.replica(0, &alone(1)), Err(Violation::Backwards(1)));
}

#[test]
fn t40_s7_a_log_and_a_queue_beyond_their_bounds() {
    let mut small = checker();
    (small.config.history, small.config.checkpoint_every) = (0, 1);
    // The next number's slot is there, too.
    assert_eq!(small.clone().replica(0, &alone(1)), Ok(()));
    assert_eq!(small.replica(0, &alone(2)), Err(Violation::Bound(2)));
    let mut backup =
        Replica::new(Config { me: ReplicaId(1), ..config(4) }, auth(1), Tape::default());
    backup.step(0, Input::Request(request(1)));
    let mut checker = checker();
    checker.config.waiting_max = 1;
    assert_eq!(checker.clone().replica(1, &backup), Ok(()));
    checker.config.waiting_max = 0;
    assert_eq!(checker.replica(1, &backup), Err(Violation::Bound(0)));
}

fn place(sender: u16, byte: u8) -> (crate::block::ChainId, ReplicaId, u64, u64, Digest) {
    (config(4).chain, ReplicaId(sender), 0, 1, Digest([byte; 32]))
}

fn prepare(sender: u16, byte: u8) -> Signed<Prepare> {
    let (chain, who, view, seq, digest) = place(sender, byte);
    Signed::sign(&auth(sender), Prepare::new(chain, who, view, seq, digest))
}

fn commit(sender: u16, byte: u8) -> Message {
    let (chain, who, view, seq, digest) = place(sender, byte);
    Message::Commit(Signed::sign(&auth(sender), Commit::new(chain, who, view, seq, digest)))
}

fn assign(byte: u8) -> Message {
    let (chain, who, view, seq, digest) = place(0, byte);
    let vote = Signed::sign(&auth(0), PrePrepare::new(chain, who, view, seq, digest));
    Message::PrePrepare(vote, Batch::null())
}

fn says(message: &Message) -> Output {
    Output::Broadcast(message.encode())
}

#[test]
fn t40_s8_a_correct_replica_that_votes_twice() {
    let checkpoint = |byte| {
        let (chain_id, replica, _, height, digest) = place(0, byte);
        let block_id = crate::block::BlockId(digest);
        let body = Checkpoint { chain_id, height, block_id, replica };
        Message::Checkpoint(Signed::sign(&auth(0), body))
    };
    let kinds: [(u16, [Message; 2]); 4] = [
        (0, [1, 2].map(assign)),
        (1, [1, 2].map(|byte| Message::Prepare(prepare(1, byte)))),
        (1, [1, 2].map(|byte| commit(1, byte))),
        (0, [1, 2].map(checkpoint)),
    ];
    for (who, [one, other]) in kinds {
        let mut checker = checker();
        without_model(&mut checker);
        assert_eq!(checker.output(ReplicaId(who), &says(&one)), Ok(()));
        assert_eq!(checker.output(ReplicaId(who), &says(&one)), Ok(()), "again");
        let twice = checker.output(ReplicaId(who), &says(&other));
        assert_eq!(twice, Err(Violation::Perjury(who)), "{}", one.kind());
    }
}

#[test]
fn t40_s8_evidence_against_a_correct_replica() {
    let config = config(4);
    let votes =
        [1, 2].map(|byte| prepare(2, byte).verify(&auth(9), &config.committee, config.chain));
    let [first, second] = votes.map(Result::unwrap);
    let mut tally = Tally::default();
    assert_eq!(tally.insert(first), Counted::New);
    let Counted::Equivocation(first, second) = tally.insert(second) else {
        unreachable!("two different votes");
    };
    let evidence = Output::Evidence(Evidence::Prepare(first, second));
    let mut checker = checker();
    assert_eq!(reported(&checker, &evidence), Err(Violation::Perjury(2)));
    checker.distrust(ReplicaId(2));
    assert_eq!(reported(&checker, &evidence), Ok(()));
}

#[test]
fn t40_s9_a_block_that_its_transactions_do_not_make() {
    let good = block(&genesis(), &[1], 1);
    type Change = fn(&mut Header);
    let changes: [Change; 6] = [
        |h| h.state_root = Digest::ZERO,
        |h| h.tx_root = Digest::ZERO,
        |h| h.tx_count = 2,
        |h| h.time_ms = 0,
        |h| h.version = 9,
        |h| h.chain_id.0 = Digest::ZERO,
    ];
    for (i, change) in changes.into_iter().enumerate() {
        let mut bad = good.clone();
        change(&mut bad.header);
        let found = reported(&submitted(), &certified(bad, 3));
        assert_eq!(found, Err(Violation::Chain(1)), "change {i}");
    }
}

#[test]
fn t40_s10_a_vote_without_the_votes_for_it() {
    let mut checker = checker();
    let hears = |checker: &mut Watched, who, message: &Message| {
        checker.output(ReplicaId(who), &says(message))
    };
    let early = Message::Prepare(prepare(1, 1));
    assert_eq!(hears(&mut checker.clone(), 1, &early), Err(Violation::Refinement(1)));
    assert_eq!(hears(&mut checker, 0, &assign(1)), Ok(()));
    assert_eq!(hears(&mut checker, 1, &early), Ok(()));
    let unprepared = commit(1, 1);
    assert_eq!(hears(&mut checker.clone(), 1, &unprepared), Err(Violation::Refinement(1)));
    assert_eq!(hears(&mut checker, 2, &Message::Prepare(prepare(2, 1))), Ok(()));
    assert_eq!(hears(&mut checker, 1, &unprepared), Ok(()));
    let committed = Output::Committed { seq: 1, view: 0, digest: Digest([1; 32]) };
    let too_early = checker.clone().output(ReplicaId(1), &committed);
    assert_eq!(too_early, Err(Violation::Refinement(1)));
    [0, 2].iter().for_each(|who| assert_eq!(hears(&mut checker, *who, &commit(*who, 1)), Ok(())));
    assert_eq!(checker.output(ReplicaId(1), &committed), Ok(()));
}

#[test]
fn t40_t05_a_changed_message_that_changes_something() {
    let who = Party::Replica(1);
    let refused = Output::Rejected(Reason::Signature);
    assert_eq!(garbled(who, core::slice::from_ref(&refused)), Ok(()));
    for outputs in
        [Vec::new(), Vec::from([says(&assign(1))]), Vec::from([refused.clone(), refused])]
    {
        assert_eq!(garbled(who, &outputs), Err(Violation::Garbled(who)));
    }
}
