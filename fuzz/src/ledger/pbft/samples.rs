//! A message of every kind, states, and the blocks of a short honest run.

use std::sync::LazyLock;

use medcrypto_ledger::block::{CertifiedBlock, Checkpoint};
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::pbft::change::{NewView, Prepared, ViewChange};
use medcrypto_ledger::pbft::message::{
    Batch, Commit, Fetch, PrePrepare, Prepare, Reply, Request, Status,
};
use medcrypto_ledger::pbft::{Client, Message, Signed, Snapshot};
use medcrypto_ledger::sim::{Faults, World};
use medcrypto_ledger::{Bytes, ReplicaId};

use super::{START, auth, client_id, config, forge, new_replica, request, sign};

/// Blocks of four replicas that nothing happens to; more than a state names headers of.
pub(super) static BLOCKS: LazyLock<Vec<CertifiedBlock>> = LazyLock::new(|| {
    let shared = config(4, 0);
    let replica = |me: ReplicaId| new_replica(4, me.0, auth("replica", me.0));
    let mut world = World::new(1, Faults::NONE, &shared, auth("stranger", 0), replica);
    let (chain, committee) = (shared.chain, shared.committee);
    let client = Client::new(chain, committee, client_id(0), auth("client", 0), 2_000);
    world.add_client(client, (0..14).map(|op| vec![1 + op % 2]).collect());
    assert_eq!(world.run_until_served(60_000), Ok(true));
    world.chain()
});

/// Before ten blocks and after.
pub(in crate::ledger) fn snapshots() -> Vec<Snapshot> {
    [4, 12].map(|height| forge::snapshot(4, &BLOCKS[..height])).into()
}

/// In the order of the kinds, with a batch and a request.
pub(in crate::ledger) fn messages() -> (Vec<Message>, Batch, Signed<Request>) {
    let (chain, sender, signer) = (config(4, 0).chain, ReplicaId(0), auth("replica", 0));
    let request = request(chain, 0, 1, b"op");
    let batch = Batch { requests: vec![request.clone()], time: START, proposer: sender };
    let digest = batch.digest();
    let block_id = medcrypto_ledger::block::BlockId(digest);
    let checkpoint = Checkpoint { chain_id: chain, height: 1, block_id, replica: sender };
    let (client, result) = (client_id(0), Bytes(b"1@1".to_vec()));
    let reply = Reply { chain, sender, view: 0, client, nonce: 1, result };
    let status = Status { chain, sender, view: 0, executed: 3, certified: 2 };
    let assign = sign(&signer, PrePrepare::new(chain, sender, 0, 1, digest));
    let agree = |i| {
        let vote = Prepare::new(chain, ReplicaId(i), 0, 5, digest);
        (ReplicaId(i), sign(&auth("replica", i), vote).signature().clone())
    };
    let prepares = Pairs([1, 2].map(agree).into());
    let prepared = Prepared { view: 0, digest, assign: assign.signature().clone(), prepares };
    let stable = BLOCKS[3].certificate.clone();
    let change = |i| {
        let prepared = Pairs([(5, prepared.clone())].into());
        let (sender, stable) = (ReplicaId(i), stable.clone());
        let body = ViewChange { chain, sender, view: 1, stable, prepared };
        (sender, sign(&auth("replica", i), body))
    };
    let changes = Pairs([1, 2, 3].map(change).into());
    let primary = auth("replica", 1);
    let assigned = vec![sign(&primary, PrePrepare::new(chain, ReplicaId(1), 1, 5, digest))];
    let entry = NewView { chain, sender: ReplicaId(1), view: 1, changes, assigned };
    let fetch = Fetch { chain, sender, round: 1, digests: vec![digest, digest] };
    let messages = vec![
        Message::Request(request.clone()),
        Message::PrePrepare(assign, batch.clone()),
        Message::Prepare(sign(&signer, Prepare::new(chain, sender, 0, 1, digest))),
        Message::Commit(sign(&signer, Commit::new(chain, sender, 0, 1, digest))),
        Message::Checkpoint(sign(&signer, checkpoint)),
        Message::Reply(sign(&signer, reply)),
        Message::Status(sign(&signer, status)),
        Message::ViewChange(change(1).1),
        Message::NewView(sign(&primary, entry)),
        Message::Stable(stable),
        Message::Fetch(sign(&signer, fetch)),
        Message::Body(batch.clone()),
        Message::State(forge::snapshot(4, &BLOCKS[..4])),
    ];
    (messages, batch, request)
}
