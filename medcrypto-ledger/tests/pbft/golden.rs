//! The wire, frozen: one message of every kind.

use medcrypto_ledger::block::{BlockId, ChainId, Checkpoint};
use medcrypto_ledger::pbft::message::{Batch, Commit, PrePrepare, Prepare, Reply, Request, Status};
use medcrypto_ledger::pbft::signed::Statement;
use medcrypto_ledger::pbft::{Message, Signed};
use medcrypto_ledger::{Bytes, ClientId, Digest, PublicKey, ReplicaId, Signature};

const CHAIN: ChainId = ChainId(Digest([0xc4; 32]));
const ID: Digest = Digest([0xd1; 32]);

fn signed<T: Statement>(body: T) -> Signed<T> {
    Signed::from_parts(body, Signature(Bytes(vec![0x51, 0x61])))
}

fn client() -> ClientId {
    ClientId(PublicKey(Bytes(vec![0xc1])))
}

fn samples() -> [(Message, &'static str); 7] {
    let request =
        Request { chain: CHAIN, client: client(), nonce: 1, operation: Bytes(vec![0x0b]) };
    let batch =
        Batch { requests: vec![signed(request.clone())], time: 1_000, proposer: ReplicaId(0) };
    let sender = ReplicaId(2);
    let assign = PrePrepare::new(CHAIN, ReplicaId(0), 3, 4, ID);
    let checkpoint =
        Checkpoint { chain_id: CHAIN, height: 4, block_id: BlockId(ID), replica: sender };
    let result = Bytes(vec![0x0c]);
    let reply = Reply { chain: CHAIN, sender, view: 3, client: client(), nonce: 1, result };
    let status = Status { chain: CHAIN, sender, view: 3, executed: 4, certified: 24 };
    [
        (Message::Request(signed(request)), "a1675265717565737482845820(chain)41c101410b425161"),
        (
            Message::PrePrepare(signed(assign), batch),
            "a16a507265507265706172658282855820(chain)0003045820(id)425161838182845820(chain)41c101410b4251611903e800",
        ),
        (
            Message::Prepare(signed(Prepare::new(CHAIN, sender, 3, 4, ID))),
            "a1675072657061726582855820(chain)0203045820(id)425161",
        ),
        (
            Message::Commit(signed(Commit::new(CHAIN, sender, 3, 4, ID))),
            "a166436f6d6d697482855820(chain)0203045820(id)425161",
        ),
        (
            Message::Checkpoint(signed(checkpoint)),
            "a16a436865636b706f696e7482845820(chain)045820(id)02425161",
        ),
        (Message::Reply(signed(reply)), "a1655265706c7982865820(chain)020341c101410c425161"),
        (Message::Status(signed(status)), "a16653746174757382855820(chain)0203041818425161"),
    ]
}

/// A run of 32 equal bytes, shortened to keep the hexadecimal legible.
fn legible(bytes: &[u8]) -> String {
    hex::encode(bytes).replace(&"c4".repeat(32), "(chain)").replace(&"d1".repeat(32), "(id)")
}

#[test]
fn every_message_has_the_pinned_bytes() {
    for (message, pinned) in samples() {
        let bytes = message.encode();
        assert_eq!(legible(&bytes), pinned, "{}", message.kind());
        assert_eq!(Message::decode(&bytes), Ok(message));
    }
}

#[test]
fn the_digest_of_a_batch_is_pinned_and_covers_time_proposer_requests_and_signatures() {
    let request =
        Request { chain: CHAIN, client: client(), nonce: 1, operation: Bytes(vec![0x0b]) };
    let batch =
        Batch { requests: vec![signed(request.clone())], time: 1_000, proposer: ReplicaId(0) };
    let other = Signed::from_parts(request, Signature(Bytes(vec![0x51, 0x62])));
    assert_eq!(
        batch.digest().to_string(),
        "df37718f147be661b2ea1a2e217b05e1e74ae3a0533816de6626a14c119e8f11"
    );
    let changed = [
        Batch { time: 1_001, ..batch.clone() },
        Batch { proposer: ReplicaId(1), ..batch.clone() },
        Batch { requests: vec![], ..batch.clone() },
        Batch { requests: vec![other], ..batch.clone() },
    ];
    assert!(changed.iter().all(|c| c.digest() != batch.digest()));
}
