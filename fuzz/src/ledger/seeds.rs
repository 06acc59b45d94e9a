//! Inputs to start from: the encodings of honest objects without the head that their target adds.

use medcrypto_ledger::block::{Checkpoint, TxProof};
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::{
    Action, Delivery, Expiry, RequirementLedger, SettlementStatement, SignedTx, State,
};
use medcrypto_ledger::{Digest, ReplicaId};

use super::chain::HONEST;
use super::hospital::{
    Symbolic, attest, chain, cid, digest, genesis, key, proof, record, settlement, signed, terms,
};
use super::pbft::sample_messages;

/// A choice, and an encoding without its first bytes.
fn seed(choice: u8, bytes: &[u8], head: usize) -> Vec<u8> {
    [&[choice], &bytes[head..]].concat()
}

pub(super) fn blocks() -> Vec<Vec<u8>> {
    let [first, .., last] = HONEST.blocks.as_slice() else { return Vec::new() };
    vec![
        seed(0, &encode(first), 3),
        seed(0, &encode(last), 3),
        seed(1, &encode(&first.block), 2),
        seed(2, &encode(&first.block.header), 1),
    ]
}

pub(super) fn certificates() -> Vec<Vec<u8>> {
    let certificate = &HONEST.blocks[0].certificate;
    let header = HONEST.blocks[0].block.header;
    let vote = Checkpoint {
        chain_id: header.chain_id,
        height: 1,
        block_id: header.id(),
        replica: ReplicaId(3),
    };
    vec![seed(0, &encode(certificate), 1), seed(1, &encode(&vote), 1)]
}

pub(super) fn geneses() -> Vec<Vec<u8>> {
    vec![encode(&HONEST.genesis)[1..].to_vec()]
}

/// A sale up to its delivery, and the states on the way.
fn sale() -> (Vec<SignedTx>, Vec<State>, Vec<Vec<u8>>) {
    let mut machine = RequirementLedger::new(genesis(), Symbolic).on_chain(chain());
    let (mut txs, mut states, mut receipts) = (Vec::new(), Vec::new(), Vec::new());
    let mut run = |sender: &str, action: Action| {
        let tx = signed(machine.state(), sender, action);
        receipts.push(encode(&machine.run(&encode(&tx), 1, 1_000)));
        states.push(machine.state().clone());
        txs.push(tx.clone());
        (tx.body.id(), machine.state().clone())
    };
    let (request, _) = run("institution", Action::Publish(terms("cancer", true)));
    let record = record("patient", "record");
    let (_, state) = run("issuer", Action::RegisterRecord(record.clone(), attest(&record)));
    let (again, _) = run("rival", Action::Publish(terms("cancer", false)));
    let prove = |state: &State, request| proof(state, "patient", request, "record");
    if let Some(proof) = prove(&state, request) {
        run("patient", Action::Prove(proof));
    }
    let rekey = medcrypto_ledger::contract::Rekey {
        request,
        rekey_id: digest("rk"),
        sealed: cid("sealed"),
    };
    let (_, state) = run("patient", Action::Rekey(rekey));
    // The same person's data again, against the licence.
    if let Some(proof) = prove(&state, again) {
        run("patient", Action::Prove(proof));
    }
    let delivery = Delivery { request, patient: key("patient"), delivery: cid("delivery") };
    let (_, state) = run("proxy", Action::Deliver(delivery));
    run("patient", Action::Settle(settlement(&state, request, "patient")));
    run("stranger", Action::Expire(Expiry { request, patient: None }));
    (txs, states, receipts)
}

pub(super) fn transactions() -> Vec<Vec<u8>> {
    let (txs, ..) = sale();
    let statement = SettlementStatement {
        chain_id: chain(),
        request: Digest::ZERO,
        patient: key("patient"),
        delivery: cid("delivery"),
    };
    let body = seed(2, &encode(&txs[0].body), 1);
    let all = txs.iter().map(|tx| seed(0, &encode(tx), 2));
    all.chain([body, seed(3, &encode(&statement), 1)]).collect()
}

pub(super) fn receipts() -> Vec<Vec<u8>> {
    let (_, _, receipts) = sale();
    receipts.iter().map(|bytes| bytes[1..].to_vec()).collect()
}

pub(super) fn states() -> Vec<Vec<u8>> {
    let (_, states, _) = sale();
    states.iter().step_by(2).map(|state| encode(state)[1..].to_vec()).collect()
}

pub(super) fn messages() -> Vec<Vec<u8>> {
    let (messages, batch, request) = sample_messages();
    let kinds = messages
        .iter()
        .zip(0_u8..)
        .map(|(message, choice)| seed(choice, &message.encode(), 3 + message.kind().len()));
    kinds.chain([seed(7, &encode(&batch), 1), seed(8, &encode(&request), 2)]).collect()
}

pub(super) fn tx_proofs() -> Vec<Vec<u8>> {
    let proof = |index| TxProof::of(&HONEST.blocks[3], index).expect("within the block");
    [0, 3].map(|index| encode(&proof(index))[2..].to_vec()).into()
}

pub(super) fn paths() -> Vec<Vec<u8>> {
    let path = encode(&TxProof::of(&HONEST.blocks[3], 0).expect("within the block").path);
    let root = encode(&(4_u64, Digest::ZERO));
    vec![seed(8, &[7; 64], 0), seed(1, &path, 0), seed(2, &path, 0), seed(3, &root, 1)]
}

pub(super) fn cids() -> Vec<Vec<u8>> {
    let bytes = Cid::of(b"object").to_bytes();
    vec![seed(0, &bytes, 4), seed(2, &bytes, 4), seed(1, &bytes, 0)]
}

pub(super) fn stores() -> Vec<Vec<u8>> {
    let whole = encode(&(300_000_u64, vec![Cid::of(b"a"), Cid::of(b"b")]));
    let manifest = [&[0], &whole[1..]].concat();
    [manifest].into_iter().chain(crate::script::random(18, 14, 100)).collect()
}
