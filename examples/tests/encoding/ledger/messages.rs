use medcrypto_ledger::block::{BlockId, ChainId, QuorumCertificate};
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::pbft::change::{NewView, Prepared, ViewChange};
use medcrypto_ledger::pbft::message::{Batch, Fetch, PrePrepare, Prepare, Request};
use medcrypto_ledger::pbft::{Answer, Message, Signed, Snapshot};
use medcrypto_ledger::{Bytes, ClientId, Digest, PublicKey, ReplicaId, Signature};

use super::certified;
use crate::Object;

const CHAIN: ChainId = ChainId(Digest([0xc4; 32]));
const BATCH: Digest = Digest([0xd1; 32]);

fn signature(byte: u8) -> Signature {
    Signature(Bytes(vec![byte; 2]))
}

fn object(name: &'static str, message: &Message, fields: &[(usize, &'static str)]) -> Object {
    let bytes = message.encode();
    let again = Message::decode(&bytes).unwrap();
    assert_eq!(&again, message, "{name}");
    Object::new(name, &bytes, again.encode(), fields)
}

fn stable() -> QuorumCertificate {
    QuorumCertificate::new(2, BlockId(Digest([3; 32])), [(ReplicaId(0), signature(8))].into())
}

pub(super) fn objects() -> Vec<Object> {
    vec![prepare(), view_change(), new_view(), stable_checkpoint(), fetch(), body(), state()]
}

fn prepare() -> Object {
    let body = Prepare::new(CHAIN, ReplicaId(2), 3, 4, BATCH);
    let signature = Signature(Bytes(vec![0x51, 0x61]));
    let message = Message::Prepare(Signed::from_parts(body, signature));
    let fields = [
        (9, "map of 1: \"Prepare\""),
        (1, "array of 2: body, signature"),
        (1, "array of 5"),
        (34, "chain, 32 bytes"),
        (1, "sender"),
        (1, "view"),
        (1, "number"),
        (34, "digest"),
        (3, "signature, here 2 bytes"),
    ];
    object("message PREPARE, DAG-CBOR", &message, &fields)
}

fn view_change() -> Object {
    let prepares = Pairs([(ReplicaId(1), signature(0xb1))].into());
    let prepared = Prepared { view: 1, digest: BATCH, assign: signature(0xa0), prepares };
    let body = ViewChange {
        chain: CHAIN,
        sender: ReplicaId(2),
        view: 3,
        stable: stable(),
        prepared: Pairs([(5, prepared)].into()),
    };
    let fields = [
        (12, "map of 1: \"ViewChange\""),
        (1, "array of 2: body, signature"),
        (1, "array of 5"),
        (34, "chain, 32 bytes"),
        (1, "sender"),
        (1, "view"),
        (1, "stable checkpoint: array of 3"),
        (1, "height"),
        (34, "block"),
        (1, "array of 1 vote, by replica"),
        (1, "array of 2"),
        (1, "replica 0"),
        (3, "signature"),
        (1, "array of 1 certificate, by number"),
        (1, "array of 2"),
        (1, "number"),
        (1, "PREPARED: array of 4"),
        (1, "view"),
        (34, "digest"),
        (3, "signature of PRE-PREPARE"),
        (1, "array of 1 vote, by replica"),
        (1, "array of 2"),
        (1, "replica 1"),
        (3, "signature of PREPARE"),
        (3, "signature"),
    ];
    let message = Message::ViewChange(Signed::from_parts(body, signature(0x52)));
    object("message VIEW-CHANGE, DAG-CBOR", &message, &fields)
}

fn new_view() -> Object {
    let change = ViewChange {
        chain: CHAIN,
        sender: ReplicaId(2),
        view: 3,
        stable: QuorumCertificate::new(0, BlockId(Digest([3; 32])), [].into()),
        prepared: Pairs::default(),
    };
    let change = Signed::from_parts(change, signature(0x52));
    let assign = PrePrepare::new(CHAIN, ReplicaId(3), 3, 1, BATCH);
    let body = NewView {
        chain: CHAIN,
        sender: ReplicaId(3),
        view: 3,
        changes: Pairs([(ReplicaId(2), change)].into()),
        assigned: vec![Signed::from_parts(assign, signature(0xa3))],
    };
    let fields = [
        (9, "map of 1: \"NewView\""),
        (1, "array of 2: body, signature"),
        (1, "array of 5"),
        (34, "chain, 32 bytes"),
        (1, "sender"),
        (1, "view"),
        (1, "array of 1 VIEW-CHANGE, by replica"),
        (1, "array of 2"),
        (1, "replica 2"),
        (1, "array of 2: body, signature"),
        (1, "array of 5"),
        (34, "chain"),
        (1, "sender"),
        (1, "view"),
        (1, "stable checkpoint: array of 3"),
        (1, "height 0"),
        (34, "genesis"),
        (1, "array of 0: nobody signs genesis"),
        (1, "array of 0 certificates"),
        (3, "signature of replica 2"),
        (1, "array of 1 assignment"),
        (1, "array of 2: body, signature"),
        (1, "array of 5"),
        (34, "chain"),
        (1, "sender"),
        (1, "view"),
        (1, "number"),
        (34, "digest"),
        (3, "signature of PRE-PREPARE"),
        (3, "signature"),
    ];
    let message = Message::NewView(Signed::from_parts(body, signature(0x53)));
    object("message NEW-VIEW, DAG-CBOR", &message, &fields)
}

fn stable_checkpoint() -> Object {
    let fields = [
        (8, "map of 1: \"Stable\""),
        (1, "array of 3"),
        (1, "height"),
        (34, "block"),
        (1, "array of 1 vote, by replica"),
        (1, "array of 2"),
        (1, "replica 0"),
        (3, "signature"),
    ];
    object("message STABLE, DAG-CBOR", &Message::Stable(stable()), &fields)
}

fn fetch() -> Object {
    let digests = vec![BATCH, Digest([3; 32])];
    let body = Fetch { chain: CHAIN, sender: ReplicaId(2), round: 24, digests };
    let fields = [
        (7, "map of 1: \"Fetch\""),
        (1, "array of 2: body, signature"),
        (1, "array of 4"),
        (34, "chain, 32 bytes"),
        (1, "sender"),
        (2, "round 24"),
        (1, "array of 2"),
        (34, "digest of a batch"),
        (34, "id of a block"),
        (3, "signature"),
    ];
    let message = Message::Fetch(Signed::from_parts(body, signature(0x54)));
    object("message FETCH, DAG-CBOR", &message, &fields)
}

fn client() -> ClientId {
    ClientId(PublicKey(Bytes(vec![0xc1; 2])))
}

fn body() -> Object {
    let operation = Bytes(vec![0x0b; 3]);
    let request = Request { chain: CHAIN, client: client(), nonce: 1, operation };
    let requests = vec![Signed::from_parts(request, signature(0x55))];
    let batch = Batch { requests, time: 1_700_000_000_000, proposer: ReplicaId(0) };
    let fields = [
        (6, "map of 1: \"Body\""),
        (1, "array of 3"),
        (1, "array of 1 request"),
        (1, "array of 2: body, signature"),
        (1, "array of 4"),
        (34, "chain, 32 bytes"),
        (3, "client, here 2 bytes"),
        (1, "number of the client's request"),
        (4, "operation, 3 bytes"),
        (3, "signature of the client"),
        (9, "time in milliseconds"),
        (1, "proposer"),
    ];
    object("message BODY, DAG-CBOR", &Message::Body(batch), &fields)
}

fn state() -> Object {
    let answer = Answer { nonce: 1, result: Bytes(vec![0x0a]) };
    let snapshot = Snapshot {
        headers: vec![certified().block.header],
        clients: Pairs([(client(), answer)].into()),
        app: Bytes(vec![0xaa; 2]),
    };
    let fields = [
        (7, "map of 1: \"State\""),
        (1, "array of 3"),
        (1, "array of 1 header"),
        (155, "header, as above"),
        (1, "array of 1 client"),
        (1, "array of 2"),
        (3, "client"),
        (1, "array of 2"),
        (1, "number of its last request"),
        (2, "what it was told"),
        (3, "the application's own snapshot, 2 bytes"),
    ];
    object("message STATE, DAG-CBOR", &Message::State(snapshot), &fields)
}
