//! H20, T14: a client believes f + 1 replicas that answer alike.

use medcrypto_ledger::pbft::message::Reply;
use medcrypto_ledger::pbft::{Client, Input, Message, Output, Reason, Signed, Timer};
use medcrypto_ledger::sim::SymbolicAuth;
use medcrypto_ledger::{Bytes, ReplicaId};

use crate::common::{client, client_id, config, kinds, replica_auth};

fn reply(from: u16, nonce: u64, result: &[u8]) -> Reply {
    Reply {
        chain: config::<SymbolicAuth>(4, 0).chain,
        sender: ReplicaId(from),
        view: 0,
        client: client_id::<SymbolicAuth>(0),
        nonce,
        result: Bytes(result.to_vec()),
    }
}

fn tell(client: &mut Client<SymbolicAuth>, signer: u16, reply: Reply) -> Vec<Output> {
    let reply = Signed::sign(&replica_auth::<SymbolicAuth>(signer), reply);
    client.step(Input::Message(Message::Reply(reply).encode()))
}

fn asking() -> Client<SymbolicAuth> {
    let mut client = client(4, 0);
    client.submit(b"op".to_vec()).unwrap();
    client
}

fn done(result: &[u8]) -> Output {
    Output::Done { nonce: 1, result: result.to_vec() }
}

#[test]
fn h20_two_of_four_that_match_are_believed_and_one_is_not() {
    let mut client = asking();
    assert!(tell(&mut client, 1, reply(1, 1, b"yes")).is_empty());
    assert!(client.is_busy());
    let out = tell(&mut client, 2, reply(2, 1, b"yes"));
    assert_eq!(out, [Output::CancelTimer(Timer::Retransmit), done(b"yes")]);
    assert!(!client.is_busy());
    let late = tell(&mut client, 3, reply(3, 1, b"yes"));
    assert_eq!(late, [Output::Rejected(Reason::Nonce)]);
}

#[test]
fn t14_a_lying_replica_convinces_nobody() {
    let mut client = asking();
    for _ in 0..100 {
        tell(&mut client, 3, reply(3, 1, b"lie"));
    }
    assert!(client.is_busy());
    assert!(tell(&mut client, 0, reply(0, 1, b"truth")).is_empty(), "one liar, one witness");
    let out = tell(&mut client, 1, reply(1, 1, b"truth"));
    assert!(out.contains(&done(b"truth")));
}

#[test]
fn t14_replies_one_negative_for_each_field() {
    let mut client = asking();
    tell(&mut client, 1, reply(1, 1, b"yes"));
    let foreign = config::<SymbolicAuth>(7, 0).chain;
    let cases = [
        (3, reply(2, 1, b"yes"), Reason::Signature),
        (2, Reply { chain: foreign, ..reply(2, 1, b"yes") }, Reason::Chain),
        (2, reply(4, 1, b"yes"), Reason::Sender),
        (2, reply(2, 2, b"yes"), Reason::Nonce),
        (
            2,
            Reply { client: client_id::<SymbolicAuth>(1), ..reply(2, 1, b"y") },
            Reason::Misdirected,
        ),
        (1, reply(1, 1, b"yes"), Reason::Duplicate),
        (1, reply(1, 1, b"no"), Reason::Duplicate),
    ];
    for (signer, reply, reason) in cases {
        assert_eq!(tell(&mut client, signer, reply), [Output::Rejected(reason)]);
        assert!(client.is_busy());
    }
}

#[test]
fn h20_an_unanswered_client_asks_everybody_and_keeps_its_request() {
    let mut client = client::<SymbolicAuth>(4, 0);
    let first = client.submit(b"op".to_vec()).unwrap();
    assert!(matches!(first[0], Output::Send(ReplicaId(0), _)));
    assert!(client.submit(b"another".to_vec()).is_err());
    let again = client.step(Input::Timeout(Timer::Retransmit));
    assert!(matches!(again[0], Output::Broadcast(_)));
    assert_eq!(kinds(&first), kinds(&again));
    let (Output::Send(_, a), Output::Broadcast(b)) = (&first[0], &again[0]) else { panic!() };
    assert_eq!(a, b);
}
