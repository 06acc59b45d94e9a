//! Inputs to start from: honest objects.

use medcrypto_ledger::block::{Checkpoint, TxProof, tx_root};
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::envelope::{self, Contract};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::keychain::Keychain;
use medcrypto_ledger::contract::policy::{self, Grant, Policies};
use medcrypto_ledger::contract::reveal::Rounds;
use medcrypto_ledger::contract::{
    Action, Delivery, Expiry, Receipt, RequirementLedger, SettlementStatement, SignedTx, State,
    gate, quota,
};
use medcrypto_ledger::pbft::Message;
use medcrypto_ledger::pow::{self, Target};
use medcrypto_ledger::sim::Oracle;
use medcrypto_ledger::{Digest, ReplicaId};

use super::chain::HONEST;
use super::codec::Known;
use super::contracts;
use super::hospital::{
    Symbolic, attest, chain, cid, digest, genesis, key, proof, record, settlement, signed, terms,
};
use super::names::names;
use super::pbft::{sample_messages, sample_snapshots};
use super::policies;

pub(super) fn blocks() -> Vec<Known> {
    let [first, .., last] = HONEST.blocks.as_slice() else { return Vec::new() };
    vec![
        Known::new(0, first, 3),
        Known::new(0, last, 3),
        Known::new(1, &first.block, 2),
        Known::new(2, &first.block.header, 1),
    ]
}

pub(super) fn certificates() -> Vec<Known> {
    let certificate = &HONEST.blocks[0].certificate;
    let header = HONEST.blocks[0].block.header;
    let vote = Checkpoint {
        chain_id: header.chain_id,
        height: 1,
        block_id: header.id(),
        replica: ReplicaId(3),
    };
    vec![Known::new(0, certificate, 1), Known::new(1, &vote, 1)]
}

pub(super) fn geneses() -> Vec<Known> {
    vec![Known::new(0, &HONEST.genesis, 1)]
}

/// A sale up to its delivery, and the states on the way.
fn sale() -> (Vec<SignedTx>, Vec<State>, Vec<Receipt>) {
    let mut machine = RequirementLedger::new(genesis(), Symbolic).on_chain(chain());
    let (mut txs, mut states, mut receipts) = (Vec::new(), Vec::new(), Vec::new());
    let mut run = |sender: &str, action: Action| {
        let tx = signed(machine.state(), sender, action);
        receipts.push(machine.run(&encode(&tx), 1, 1_000));
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

pub(super) fn transactions() -> Vec<Known> {
    let (txs, ..) = sale();
    let statement = SettlementStatement {
        chain_id: chain(),
        request: Digest::ZERO,
        patient: key("patient"),
        delivery: cid("delivery"),
    };
    let all = txs.iter().map(|tx| Known::new(0, tx, 2));
    all.chain([Known::new(1, &txs[0].body, 1), Known::new(2, &statement, 1)]).collect()
}

pub(super) fn receipts() -> Vec<Known> {
    let (_, _, receipts) = sale();
    receipts.iter().map(|receipt| Known::new(0, receipt, 1)).collect()
}

pub(super) fn states() -> Vec<Known> {
    let (_, states, _) = sale();
    states.iter().step_by(2).map(|state| Known::new(0, state, 1)).collect()
}

/// What actions leave, `step` blocks apart: transactions, answers and the state, from this choice on.
fn visits<C>(first: u8, step: u64, contract: C, acts: &[(&str, C::Action)]) -> Vec<Known>
where
    C: Contract<Symbolic>,
{
    let mut machine = Machine::new(envelope::State::genesis(contract), Symbolic).on_chain(chain());
    let (mut txs, mut answers) = (Vec::new(), Vec::new());
    for (height, (sender, action)) in (0..).map(|i| 1 + i * step).zip(acts) {
        let nonce = machine.state().next_nonce(&key(sender)).expect("few transactions");
        let tx = policies::signed(sender, nonce, action.clone());
        answers.push(machine.run(&encode(&tx), height, 1_000));
        txs.push(Known::new(first, &tx, 2));
    }
    let kind = |answer: &Answer<_, _>| u8::from(matches!(answer, Answer::Rejected(_))) + 1;
    // The map and the name.
    let frame = |answer: &_| 2 + if kind(answer) == 1 { "Applied" } else { "Rejected" }.len();
    let mut answers: Vec<_> =
        answers.iter().map(|a| (kind(a), Known::new(first + kind(a), a, frame(a)))).collect();
    answers.sort_by_key(|(kind, _)| *kind);
    let answers = answers.into_iter().map(|(_, known)| known);
    txs.into_iter().chain(answers).chain([Known::new(first + 3, machine.state(), 1)]).collect()
}

/// Every action, two of them refused.
fn policy_acts() -> Vec<(&'static str, policy::Action)> {
    let pulse = || policies::data_type("pulse");
    let types = [pulse(), policies::data_type("ct")].into();
    let grant = Grant { types, from_ms: 1_000, until_ms: 9_000 };
    vec![
        ("patient", policy::Action::Grant(key("doctor"), grant)),
        ("patient", policy::Action::Write(pulse(), 0, cid("pulse"))),
        ("patient", policy::Action::Write(pulse(), 7, cid("pulse"))),
        ("doctor", policy::Action::Read(key("patient"), pulse(), cid("pulse"))),
        ("nurse", policy::Action::Read(key("patient"), pulse(), cid("pulse"))),
    ]
}

pub(super) fn policies() -> Vec<Known> {
    visits(0, 0, Policies::default(), &policy_acts())
}

pub(super) fn gates() -> Vec<Known> {
    let enrol = |name| ("registrar", gate::Action::Enrol(key(name), gate::Class(0), digest(name)));
    let members = ["patient", "doctor", "leaver"].map(enrol);
    let acts = policy_acts().into_iter().map(|(who, action)| (who, gate::Action::Act(action)));
    let rotate = ("doctor", gate::Action::Rotate(key("fresh")));
    let revoke = ("registrar", gate::Action::Revoke(key("leaver")));
    let all: Vec<_> = members.into_iter().chain(acts).chain([rotate, revoke]).collect();
    visits(0, 0, policies::genesis().contract, &all)
}

pub(super) fn contracts() -> Vec<Known> {
    let quotas = quota::Ledger::new(key("issuer"));
    let keychain = visits(0, 0, Keychain::default(), &contracts::keychain_acts());
    let coins = visits(4, 0, contracts::coins(), &contracts::coin_acts());
    let rounds = visits(8, 1, Rounds::default(), &contracts::reveal_acts());
    let quotas = visits(12, 0, quotas, &contracts::quota_acts());
    [keychain, coins, rounds, quotas].into_iter().flatten().collect()
}

/// Headers, a block, a transaction's place and a whole answer, targets.
pub(super) fn pow() -> Vec<Known> {
    let limit = Target::from_bits(0x1d00_ffff).expect("Bitcoin's");
    let genesis = pow::Genesis { limit, time_ms: 1_000 };
    let mut node = pow::CoreNode::<Oracle>::new(&genesis);
    let txs: Vec<_> = ["first", "second", "third"].map(contracts::bytes).into();
    let header = node.chain().template(tx_root(&txs), digest("miner"), 2_000);
    let accepted = node.accept(Oracle::seal(header), txs.clone(), 2_000);
    accepted.expect("a block after genesis");
    let found = node.search(|tx| tx == b"second").pop().expect("it is in the block");
    let targets = [0x1d00_ffff, 0x0101_0000, 0x2100_ffff, 0x207f_ffff];
    let targets = targets.map(|bits| Target::from_bits(bits).expect("a target"));
    let headers = [header, genesis.header::<Oracle>()];
    let known = headers.iter().map(|header| Known::new(0, header, 1));
    known
        .chain([Known::new(1, &pow::Block { header, txs }, 2)])
        .chain([Known::new(2, &found.proof, 1), Known::new(3, &found, 1)])
        .chain(targets.iter().map(|target| Known::new(4, target, 0)))
        .collect()
}

/// A message of every kind there is, in the order of the kinds; a batch and a request.
pub(super) fn messages() -> Vec<Known> {
    let (messages, batch, request) = sample_messages();
    let kinds: Vec<_> = messages.iter().map(Message::kind).collect();
    assert_eq!(kinds, names::<Message>(), "a kind of message without a sample");
    let count = kinds.len() as u8;
    // The map, the name under its head, and the array of the parts.
    let frame = |message: &Message| 3 + message.kind().len();
    let messages = (0..).zip(&messages).map(|(i, m)| Known::new(i, m, frame(m)));
    messages.chain([Known::new(count, &batch, 1), Known::new(count + 1, &request, 2)]).collect()
}

pub(super) fn snapshots() -> Vec<Known> {
    sample_snapshots().iter().map(|snapshot| Known::new(0, snapshot, 1)).collect()
}

pub(super) fn tx_proofs() -> Vec<Known> {
    let proof = |index| TxProof::of(&HONEST.blocks[3], index).expect("within the block");
    [0, 3].map(|index| Known::new(0, &proof(index), 2)).into()
}

pub(super) fn paths() -> Vec<Known> {
    let path = TxProof::of(&HONEST.blocks[3], 0).expect("within the block").path;
    let root = (4_u64, Digest::ZERO);
    vec![Known::new(0, &path, 0), Known::new(1, &path, 0), Known::new(2, &root, 1)]
}

pub(super) fn cids() -> Vec<Vec<u8>> {
    let bytes = Cid::of(b"object").to_bytes();
    let seed = |choice: u8, bytes: &[u8]| [&[choice], bytes].concat();
    vec![seed(0, &bytes[4..]), seed(2, &bytes[4..]), seed(1, &bytes)]
}

pub(super) fn stores() -> Vec<Vec<u8>> {
    let whole = encode(&(300_000_u64, vec![Cid::of(b"a"), Cid::of(b"b")]));
    let manifest = [&[0], &whole[1..]].concat();
    [manifest].into_iter().chain(crate::script::random(18, 14, 100)).collect()
}
