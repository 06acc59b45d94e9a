//! The contract on a chain: a sale from registration to a block that a light client verifies.

use medcrypto_ledger::block::{
    BadTx, Block, CertifiedBlock, Execute, Fault, Genesis, Seal, TxProof, verify_chain,
};
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::contract::{Action, Event, RequirementLedger, State};
use medcrypto_ledger::pbft::message::Request;
use medcrypto_ledger::pbft::{Replay, Signed, Unverified, genesis_state_root};
use medcrypto_ledger::{Bytes, ClientId, Committee, Digest, ReplicaId};

use crate::chain::{certify, replica};
use crate::world::*;

type Machine = RequirementLedger<Symbolic>;

/// A stranger who replays the chain.
fn stranger(genesis: &Genesis, state: &State) -> Replay<Symbolic, Machine> {
    let machine = Machine::new(state.clone(), Symbolic).on_chain(genesis.chain_id());
    Replay::new(genesis, Symbolic, machine).unwrap()
}

/// A chain whose clients are one gateway: each transaction a request, each request a block.
struct Chain {
    genesis: Genesis,
    replay: Replay<Symbolic, Machine>,
    blocks: Vec<CertifiedBlock>,
}

impl Chain {
    fn new(state: &State) -> Self {
        let root = genesis_state_root(&Machine::new(state.clone(), Symbolic));
        let committee = Committee::new((0..4).map(replica).collect()).unwrap();
        let genesis = Genesis::new(&committee, 999, root);
        Self { replay: stranger(&genesis, state), genesis, blocks: vec![] }
    }

    fn push(&mut self, operation: Vec<u8>) {
        let head = self.blocks.last().map_or(self.genesis.block().header, |b| b.block.header);
        let nonce = self.blocks.len() as u64 + 1;
        let txs = vec![self.tx("gateway", nonce, operation)];
        let mut block =
            Block::next(&head, head.time_ms + 1, Seal::Bft(ReplicaId(0)), txs, Digest::ZERO);
        block.header.state_root = self.replay.execute(&block.header.context(), &block.txs).unwrap();
        let certificate = certify(&block.header, &[0, 2, 3]);
        self.blocks.push(CertifiedBlock { block, certificate });
    }

    /// The gateway's request, signed by `signer`.
    fn tx(&self, signer: &str, nonce: u64, operation: Vec<u8>) -> Bytes {
        let (chain, client) = (self.genesis.chain_id(), ClientId(key("gateway")));
        let body = Request { chain, client, nonce, operation: Bytes(operation) };
        let domain = medcrypto_core::dst::ledger::PBFT_REQUEST;
        let signature = sign(&key(signer), domain, &encode(&body));
        Bytes(encode(&Signed::<Request, Unverified>::from_parts(body, signature)))
    }

    fn bytes(&self) -> Vec<Vec<u8>> {
        self.blocks.iter().map(encode).collect()
    }
}

#[test]
fn h13_h14_a_sale_ends_in_a_block_that_a_light_client_verifies() {
    let mut world = World::new();
    let first = world.state.clone();
    let mut chain = Chain::new(&first);
    world.chain = chain.genesis.chain_id();
    let mut step = |world: &mut World, sender: &str, action: Action| {
        let tx = world.tx(sender, action);
        let events = world.apply(&tx).unwrap();
        chain.push(encode(&tx));
        events
    };
    let record = world.record("patient", "record");
    let signature = attest(&record);
    step(&mut world, "patient", Action::RegisterRecord(record, signature));
    let events = step(&mut world, "institution", Action::Publish(terms(true)));
    let [Event::Published(request)] = events[..] else { panic!("{events:?}") };
    let proof = world.proof("patient", request, "record");
    step(&mut world, "patient", Action::Prove(proof));
    step(&mut world, "patient", rekey(request));
    step(&mut world, "proxy", deliver(request, "patient"));
    let settlement = world.settlement(request, "patient", cid("delivery"));
    step(&mut world, "institution", Action::Settle(settlement));

    // The replayed balances are the world's, for a stranger too.
    let mut replay = stranger(&chain.genesis, &first);
    let bytes = chain.bytes();
    let slices = bytes.iter().map(Vec::as_slice);
    let head = verify_chain(&chain.genesis, slices, &mut replay, &Symbolic).unwrap();
    assert_eq!(head.height, 6);
    assert_eq!(replay.app().state().balances, world.state.balances);
    assert_eq!(world.balance("patient"), FUNDS + 100);

    // The settlement is in the last block.
    let last = chain.blocks.last().unwrap();
    let proof = TxProof::of(last, 0).unwrap();
    assert_eq!(proof.verify(&chain.genesis, last.block.txs[0].as_slice(), &Symbolic), Ok(()));

    // H14: blocks hold hashes and identifiers, so they stay small.
    let sizes: Vec<usize> = bytes.iter().map(Vec::len).collect();
    assert!(sizes.iter().all(|size| *size < 1600), "{sizes:?}");

    // A state root that nobody computed is found although a quorum signs it.
    let mut lie = chain.blocks[2].clone();
    lie.block.header.state_root = Digest::ZERO;
    lie.certificate = certify(&lie.block.header, &[0, 1, 2]);
    let lied = [bytes[0].clone(), bytes[1].clone(), encode(&lie)];
    let slices = lied.iter().map(Vec::as_slice);
    let mut replay = stranger(&chain.genesis, &first);
    let bad = verify_chain(&chain.genesis, slices, &mut replay, &Symbolic).unwrap_err();
    assert_eq!((bad.height, bad.fault), (3, Fault::StateRoot));
}

#[test]
fn a_block_with_an_entry_that_nobody_could_order_is_refused_although_a_quorum_signs_it() {
    let state = World::new().state;
    let mut chain = Chain::new(&state);
    chain.push(b"an operation that the contract refuses is a transaction".to_vec());
    let verdict = |chain: &Chain, blocks: &[CertifiedBlock]| {
        let bytes: Vec<Vec<u8>> = blocks.iter().map(encode).collect();
        let mut replay = stranger(&chain.genesis, &state);
        let slices = bytes.iter().map(Vec::as_slice);
        let head = verify_chain(&chain.genesis, slices, &mut replay, &Symbolic);
        head.map(|head| head.height).map_err(|bad| (bad.height, bad.fault))
    };
    assert_eq!(verdict(&chain, &chain.blocks), Ok(1));
    let good = chain.tx("gateway", 2, vec![1]);
    let mut foreign = Chain::new(&state);
    foreign.genesis.time_ms += 1;
    let mut padded = good.clone();
    padded.0.push(0);
    let junk = [
        (Bytes(b"junk".to_vec()), BadTx::Encoding),
        (Bytes::default(), BadTx::Encoding),
        (padded, BadTx::Encoding),
        (chain.tx("thief", 2, vec![1]), BadTx::Signature),
        (foreign.tx("gateway", 2, vec![1]), BadTx::Signature),
        (chain.tx("gateway", 1, vec![1]), BadTx::Nonce),
        (chain.tx("gateway", 3, vec![1]), BadTx::Nonce),
        (chain.tx("gateway", 0, vec![1]), BadTx::Nonce),
    ];
    // The junk alone changes no state, so the root that a lazy executor computes is this one.
    let head = chain.blocks[0].block.header;
    for (tx, reason) in junk {
        let (time, root) = (head.time_ms + 1, head.state_root);
        let block = Block::next(&head, time, Seal::Bft(ReplicaId(0)), vec![tx], root);
        let certificate = certify(&block.header, &[0, 2, 3]);
        let bad = CertifiedBlock { block, certificate };
        let fault = Fault::Tx(reason);
        assert_eq!(verdict(&chain, &[chain.blocks[0].clone(), bad]), Err((2, fault)));
    }
    // Twice in one block, it is once too often.
    let mut replay = stranger(&chain.genesis, &state);
    replay.execute(&head.context(), &chain.blocks[0].block.txs).unwrap();
    let twice = [good.clone(), good];
    assert_eq!(replay.execute(&head.context(), &twice), Err(BadTx::Nonce));
}
