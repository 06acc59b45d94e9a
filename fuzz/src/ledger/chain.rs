//! A chain shown to a stranger, certificates, and what a light client is shown.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use medcrypto_core::dst::ledger::PBFT_CHECKPOINT;
use medcrypto_ledger::block::{
    BadTx, Block, BlockId, CertifiedBlock, ChainId, Checkpoint, Context, Execute, Fault, Genesis,
    Header, QuorumCertificate, Seal, TxProof, verify_chain,
};
use medcrypto_ledger::codec::encode;
use medcrypto_ledger::sim::SymbolicAuth;
use medcrypto_ledger::{Auth, Bytes, Committee, Digest, ReplicaId, Signature};
use sha2::Digest as _;

use crate::script::Script;

/// Replicas; three are a quorum.
const N: u16 = 4;
const LENGTH: usize = 4;

/// An application whose state is the hash of everything it ran.
struct Hasher(Digest);

impl Execute for Hasher {
    fn execute(&mut self, context: &Context, txs: &[Bytes]) -> Result<Digest, BadTx> {
        for tx in txs {
            let hash = sha2::Sha256::new().chain_update(self.0.0);
            let hash = hash.chain_update(context.height.to_be_bytes()).chain_update(tx);
            self.0 = Digest(hash.finalize().into());
        }
        Ok(self.0)
    }
}

fn replica(i: u16) -> SymbolicAuth {
    SymbolicAuth::new([1; 32], &format!("replica {i}"))
}

fn vote(header: &Header, i: u16) -> (ReplicaId, Signature) {
    let (height, block_id, chain_id) = (header.height, header.id(), header.chain_id);
    let body = Checkpoint { chain_id, height, block_id, replica: ReplicaId(i) };
    (ReplicaId(i), replica(i).sign(PBFT_CHECKPOINT, &encode(&body)))
}

fn certify(header: &Header, signers: impl IntoIterator<Item = u16>) -> QuorumCertificate {
    let votes: BTreeMap<_, _> = signers.into_iter().map(|i| vote(header, i)).collect();
    QuorumCertificate::new(header.height, header.id(), votes)
}

pub(super) struct Honest {
    pub(super) genesis: Genesis,
    committee: Committee,
    pub(super) blocks: Vec<CertifiedBlock>,
    bytes: Vec<Vec<u8>>,
}

pub(super) static HONEST: LazyLock<Honest> = LazyLock::new(|| {
    let keys = (0..N).map(|i| replica(i).public_key().clone()).collect();
    let committee = Committee::new(keys).expect("four keys");
    let genesis = Genesis::new(&committee, 1_000, Digest([7; 32]));
    let (mut head, mut executor) = (genesis.block().header, Hasher(genesis.state_root));
    let mut blocks = Vec::new();
    for height in 1..=LENGTH as u64 {
        let txs: Vec<_> =
            (0..height).map(|i| Bytes(format!("{height} {i}").into_bytes())).collect();
        let time_ms = 1_000 + 7 * height;
        let context = Context { chain_id: head.chain_id, height, time_ms };
        let root = executor.execute(&context, &txs).expect("total");
        let block = Block::next(&head, time_ms, Seal::Bft(ReplicaId(0)), txs, root);
        head = block.header;
        blocks.push(CertifiedBlock { certificate: certify(&head, [0, 1, 3]), block });
    }
    let bytes = blocks.iter().map(encode).collect();
    Honest { genesis, committee, blocks, bytes }
});

fn verify(blocks: &[Vec<u8>]) -> Result<Header, Fault> {
    let mut executor = Hasher(HONEST.genesis.state_root);
    let blocks = blocks.iter().map(Vec::as_slice);
    verify_chain(&HONEST.genesis, blocks, &mut executor, &replica(0)).map_err(|bad| bad.fault)
}

/// A chain with bytes or fields changed, certified again by as many replicas as it takes. Reached:
/// every block decodes.
pub(super) fn chain(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    if script.flag() { patched(&mut script) } else { rewritten(&mut script) }
}

/// Bytes changed, blocks exchanged or left out.
fn patched(script: &mut Script<'_>) -> bool {
    let mut blocks = HONEST.bytes[..1 + script.below(LENGTH)].to_vec();
    for _ in 0..1 + script.below(3) {
        let at = script.below(blocks.len());
        match script.below(6) {
            0 => drop(blocks.remove(at)),
            1 => blocks.swap(at, 0),
            2 => blocks.push(blocks[at].clone()),
            _ => {
                let block = &mut blocks[at];
                let place = script.u64() as usize % block.len();
                block[place] ^= script.byte();
            }
        }
        if blocks.is_empty() {
            break;
        }
    }
    let verdict = verify(&blocks);
    assert_eq!(verdict.is_ok(), HONEST.bytes.starts_with(&blocks), "{verdict:?}");
    verdict != Err(Fault::Encoding)
}

/// A field of a header or a transaction changed, and a certificate made for what came out.
fn rewritten(script: &mut Script<'_>) -> bool {
    let length = 1 + script.below(LENGTH);
    let mut blocks = HONEST.blocks[..length].to_vec();
    let at = script.below(length);
    let mut block = blocks[at].block.clone();
    let small = script.below(4) as u64;
    match script.below(12) {
        0 => block.header.version = small as u16,
        1 => block.header.chain_id = ChainId(Digest([small as u8; 32])),
        2 => block.header.height = small,
        3 => block.header.time_ms = 999 + script.below(40) as u64,
        4 => block.header.prev = BlockId(Digest([small as u8; 32])),
        5 => block.header.tx_root = Digest([small as u8; 32]),
        6 => block.header.tx_count = small as u32,
        7 => block.header.state_root = Digest([small as u8; 32]),
        8 => block.header.seal = Seal::Bft(ReplicaId(small as u16)),
        9 => block.txs.push(Bytes(script.bytes(4).to_vec())),
        10 => drop(block.txs.pop()),
        _ => {}
    }
    let signers: Vec<u16> = (0..N).filter(|_| script.below(4) > 0).collect();
    let certificate = certify(&block.header, signers.iter().copied());
    // A quorum may choose the time, after the median, and the proposer: the last block's bind nobody.
    let of_quorum = signers.len() >= 3;
    let free = Header {
        time_ms: HONEST.blocks[at].block.header.time_ms,
        seal: HONEST.blocks[at].block.header.seal,
        ..block.header
    };
    let may_differ = at + 1 == length && block.header.time_ms > median_before(at);
    let same = block == HONEST.blocks[at].block;
    let harmless =
        free == HONEST.blocks[at].block.header && block.txs == HONEST.blocks[at].block.txs;
    let expected = of_quorum && (same || harmless && may_differ);
    blocks[at] = CertifiedBlock { block, certificate };
    let verdict = verify(&blocks.iter().map(encode).collect::<Vec<_>>());
    assert_eq!(verdict.is_ok(), expected, "{verdict:?} {:?}", blocks[at]);
    true
}

/// The median of the times before block `at`, counted from 0: 1000, 1007, … in order.
fn median_before(at: usize) -> u64 {
    1_000 + 7 * (at as u64 / 2)
}

/// A certificate of any signatures over any header, and the proof of a transaction that it carries.
/// Reached: it names the header and has enough signatures.
pub(super) fn certificate(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let certified = &HONEST.blocks[script.below(LENGTH)];
    let header = certified.block.header;
    let signed = &HONEST.blocks
        [if script.below(4) == 0 { script.below(LENGTH) } else { header.height as usize - 1 }];
    let mut votes = BTreeMap::new();
    let mut valid = 0;
    for i in 0..N + 2 {
        let (_, mut signature) = vote(&signed.block.header, i);
        let mut is_valid = i < N && signed.block.header == header;
        match script.below(8) {
            0 => continue,
            1 => {
                let bit = script.byte();
                let place = script.below(32);
                signature.0.0[place] ^= bit;
                is_valid &= bit == 0;
            }
            2 => {
                let other = script.below(usize::from(N)) as u16;
                signature = vote(&signed.block.header, other).1;
                is_valid &= other == i;
            }
            3 => {
                signature.0.0.truncate(script.below(33));
                is_valid &= signature.0.0.len() == 32;
            }
            _ if i >= N => continue,
            _ => {}
        }
        valid += usize::from(is_valid);
        votes.insert(ReplicaId(i), signature);
    }
    let all_valid = valid == votes.len();
    let enough = votes.len() >= 3;
    let mut certificate = QuorumCertificate::new(header.height, header.id(), votes);
    let mut named = true;
    match script.below(12) {
        0 => (certificate.height, named) = (header.height + 1, false),
        1 => (certificate.block_id, named) = (BlockId(Digest::ZERO), false),
        _ => {}
    }
    let verdict = certificate.verify(&header, &HONEST.committee, &replica(0));
    assert_eq!(verdict.is_ok(), named && enough && all_valid, "{certificate:?}");
    let good = verdict.is_ok();
    light(&mut script, certified, certificate, good);
    named && enough
}

/// A light client, with the certificate or the honest one.
fn light(
    script: &mut Script<'_>,
    certified: &CertifiedBlock,
    certificate: QuorumCertificate,
    good: bool,
) {
    let count = certified.block.txs.len();
    let index = script.below(count);
    let mut proof = TxProof::of(certified, index as u64).expect("within the block");
    proof.certificate = certificate;
    let mut expected = good;
    let shown = script.below(count);
    expected &= shown == index;
    match script.below(6) {
        0 => {
            proof.index = script.below(count + 2) as u64;
            expected &= proof.index == index as u64;
        }
        1 => expected &= proof.path.0.pop().is_none(),
        2 => {
            proof.path.0.push(Digest::ZERO);
            expected = false;
        }
        3 => {
            let bit = script.byte();
            if let Some(node) = proof.path.0.first_mut() {
                node.0[script.below(32)] ^= bit;
                expected &= bit == 0;
            }
        }
        _ => {}
    }
    let tx = certified.block.txs[shown].as_slice();
    let verdict = proof.verify(&HONEST.genesis, tx, &replica(0));
    assert_eq!(verdict.is_ok(), expected, "{proof:?}");
}
