//! Blocks, certificates, the verification of a chain by a stranger, and the light client.

use std::collections::BTreeMap;

use medcrypto_ledger::block::{
    BadBlock, BadTx, Block, BlockId, CertifiedBlock, ChainId, Checkpoint, Context, Execute, Fault,
    Genesis, Header, QuorumCertificate, Seal, TxProof, block_time, median_time, verify_chain,
};
use medcrypto_ledger::codec::{decode, encode};
use medcrypto_ledger::merkle::InclusionProof;
use medcrypto_ledger::{Bytes, Committee, Digest, Error, PublicKey, ReplicaId};

use crate::world::{Symbolic, d, hash, key, sign};

const CHECKPOINT: medcrypto_ledger::Dst = medcrypto_core::dst::ledger::PBFT_CHECKPOINT;

/// An application whose state is the hash of everything it ran.
#[derive(Clone)]
struct Hasher(Digest);

impl Execute for Hasher {
    fn execute(&mut self, context: &Context, txs: &[Bytes]) -> Result<Digest, BadTx> {
        for tx in txs {
            self.0 = hash(&[&self.0.0, &context.height.to_be_bytes(), tx.as_slice()]);
        }
        Ok(self.0)
    }
}

pub(crate) fn replica(i: u16) -> PublicKey {
    key(&format!("replica {i}"))
}

fn genesis() -> Genesis {
    let committee = Committee::new((0..4).map(replica).collect()).unwrap();
    Genesis::new(&committee, 1000, d("start"))
}

pub(crate) fn certify(header: &Header, signers: &[u16]) -> QuorumCertificate {
    let (height, block_id, chain_id) = (header.height, header.id(), header.chain_id);
    let votes: BTreeMap<_, _> = signers
        .iter()
        .map(|i| {
            let replica_id = ReplicaId(*i);
            let vote = Checkpoint { chain_id, height, block_id, replica: replica_id };
            (replica_id, sign(&replica(*i), CHECKPOINT, &encode(&vote)))
        })
        .collect();
    QuorumCertificate::new(height, block_id, votes)
}

/// Blocks 1..=n; block h holds h mod 4 transactions.
fn chain(n: u64) -> Vec<CertifiedBlock> {
    let genesis = genesis();
    let mut executor = Hasher(genesis.state_root);
    let (mut head, mut times) = (genesis.block().header, vec![genesis.time_ms]);
    let mut blocks = vec![];
    for height in 1..=n {
        let txs: Vec<Bytes> =
            (0..height % 4).map(|i| Bytes(format!("tx {height} {i}").into_bytes())).collect();
        let time = block_time(1000 + height * 7, &times);
        let context = Context { chain_id: head.chain_id, height, time_ms: time };
        let root = executor.execute(&context, &txs).unwrap();
        let block = Block::next(&head, time, Seal::Bft(ReplicaId(0)), txs, root);
        head = block.header;
        times.push(time);
        blocks.push(CertifiedBlock { certificate: certify(&head, &[0, 1, 3]), block });
    }
    blocks
}

fn verify(blocks: &[Vec<u8>]) -> Result<Header, BadBlock> {
    let genesis = genesis();
    let mut executor = Hasher(genesis.state_root);
    verify_chain(&genesis, blocks.iter().map(Vec::as_slice), &mut executor, &Symbolic)
}

fn bytes(blocks: &[CertifiedBlock]) -> Vec<Vec<u8>> {
    blocks.iter().map(encode).collect()
}

#[test]
fn an_honest_chain_verifies_to_its_head() {
    let blocks = chain(50);
    assert_eq!(verify(&bytes(&blocks)), Ok(blocks[49].block.header));
    assert_eq!(verify(&[]), Ok(genesis().block().header));
}

#[test]
fn h28_t24_every_byte_of_a_chain_of_50_blocks_is_covered() {
    let mut blocks = bytes(&chain(50));
    let mut flips = 0;
    for i in 0..blocks.len() {
        for at in 0..blocks[i].len() {
            let mask = 1 << (at % 8);
            blocks[i][at] ^= mask;
            let bad = verify(&blocks[..=i]).unwrap_err();
            assert_eq!(bad.height, i as u64 + 1, "block {i} byte {at}: {bad}");
            blocks[i][at] ^= mask;
            flips += 1;
        }
    }
    assert_eq!(flips, blocks.iter().map(Vec::len).sum::<usize>());
    assert!(flips > 15_000, "{flips}");
    assert!(verify(&blocks).is_ok());
}

/// Changes a header and makes everything else fit again, certificate included.
fn tampered(change: impl Fn(&mut Header)) -> BadBlock {
    let mut blocks = chain(5);
    change(&mut blocks[2].block.header);
    blocks[2].certificate = certify(&blocks[2].block.header, &[0, 1, 3]);
    verify(&bytes(&blocks)).unwrap_err()
}

#[test]
fn each_lie_of_a_header_is_found_although_a_quorum_signs_it() {
    let at_3 = |fault| BadBlock { height: 3, fault };
    assert_eq!(tampered(|h| h.version = 2), at_3(Fault::Version));
    assert_eq!(tampered(|h| h.chain_id = ChainId(d("x"))), at_3(Fault::Chain));
    assert_eq!(tampered(|h| h.height = 4), at_3(Fault::Height));
    assert_eq!(tampered(|h| h.prev = BlockId(d("x"))), at_3(Fault::Previous));
    // The median of 1000, 1007 and 1014 is 1007.
    assert_eq!(tampered(|h| h.time_ms = 1007), at_3(Fault::Time));
    assert_eq!(tampered(|h| h.tx_count = 4), at_3(Fault::TxCount));
    assert_eq!(tampered(|h| h.tx_root = d("x")), at_3(Fault::TxRoot));
    assert_eq!(tampered(|h| h.state_root = d("x")), at_3(Fault::StateRoot));
    // Free choices of the proposer: the next block does not follow any more.
    let at_4 = BadBlock { height: 4, fault: Fault::Previous };
    assert_eq!(tampered(|h| h.time_ms = 1008), at_4);
    assert_eq!(tampered(|h| h.seal = Seal::Bft(ReplicaId(2))), at_4);
}

#[test]
fn t22_executed_and_agreed_transactions_are_the_same() {
    // A quorum agrees on three transactions and executes four (raijin, issue 21).
    let mut blocks = chain(3);
    let extra = Bytes(b"never agreed".to_vec());
    blocks[2].block.txs.push(extra.clone());
    let bad = verify(&bytes(&blocks)).unwrap_err();
    assert_eq!(bad, BadBlock { height: 3, fault: Fault::TxCount });
    blocks[2].block.txs.remove(0);
    let bad = verify(&bytes(&blocks)).unwrap_err();
    assert_eq!(bad, BadBlock { height: 3, fault: Fault::TxRoot });
    blocks[2].block.txs = vec![extra];
    assert_eq!(verify(&bytes(&blocks)).unwrap_err().height, 3);
}

#[test]
fn blocks_missing_doubled_swapped_or_of_another_chain_are_found() {
    let blocks = bytes(&chain(5));
    let pick =
        |order: &[usize]| -> Vec<Vec<u8>> { order.iter().map(|i| blocks[*i].clone()).collect() };
    let bad = |order: &[usize]| verify(&pick(order)).unwrap_err();
    assert_eq!(bad(&[0, 2, 3]), BadBlock { height: 2, fault: Fault::Height });
    assert_eq!(bad(&[0, 0, 1]), BadBlock { height: 2, fault: Fault::Height });
    assert_eq!(bad(&[1, 0]), BadBlock { height: 1, fault: Fault::Height });
    assert_eq!(verify(&[vec![]]).unwrap_err().fault, Fault::Encoding);
    let other = Genesis { time_ms: 1001, ..genesis() };
    let mut executor = Hasher(other.state_root);
    let verdict = verify_chain(&other, [blocks[0].as_slice()], &mut executor, &Symbolic);
    assert_eq!(verdict, Err(BadBlock { height: 1, fault: Fault::Chain }));
}

#[test]
fn h27_a_certificate_wants_three_of_four_over_this_block() {
    let header = chain(3)[2].block.header;
    let committee = genesis().committee().unwrap();
    let verdict =
        |certificate: &QuorumCertificate| certificate.verify(&header, &committee, &Symbolic);
    for signers in [[0, 1, 2].as_slice(), &[1, 2, 3], &[0, 1, 2, 3]] {
        assert_eq!(verdict(&certify(&header, signers)), Ok(()));
    }
    for signers in [[].as_slice(), &[0], &[0, 1], &[0, 1, 4], &[0, 1, 2, 4], &[0, 1, 65535]] {
        assert_eq!(verdict(&certify(&header, signers)), Err(Error::Certificate), "{signers:?}");
    }
    let other = Header { time_ms: 9999, ..header };
    assert_eq!(verdict(&certify(&other, &[0, 1, 2])), Err(Error::Certificate));
    let mut moved = certify(&header, &[0, 1, 2]);
    moved.height += 1;
    assert_eq!(verdict(&moved), Err(Error::Certificate));
    // A replica's signature in another's place, and one valid vote three times.
    let mut certificate = certify(&header, &[0, 1, 2]);
    let vote = certificate.signatures.0[&ReplicaId(0)].clone();
    certificate.signatures.0.insert(ReplicaId(2), vote.clone());
    assert_eq!(verdict(&certificate), Err(Error::Certificate));
    let thrice = [(0_u16, &vote), (0, &vote), (0, &vote)];
    let forged = encode(&(header.height, header.id(), thrice.as_slice()));
    assert!(decode::<QuorumCertificate>(&forged).is_err());
    // t13: the vote of a chain is none on another.
    let stranger = Header { chain_id: ChainId(d("x")), ..header };
    let transplanted = certify(&header, &[0, 1, 2]);
    assert!(transplanted.verify(&stranger, &committee, &Symbolic).is_err());
}

#[test]
fn t13_a_light_client_believes_a_final_header_and_a_path() {
    let blocks = chain(7);
    let certified = &blocks[6];
    for (index, tx) in certified.block.txs.iter().enumerate() {
        let proof = TxProof::of(certified, index as u64).unwrap();
        let proof = decode::<TxProof>(&encode(&proof)).unwrap();
        let verdict = |proof: &TxProof| proof.verify(&genesis(), tx.as_slice(), &Symbolic);
        assert_eq!(verdict(&proof), Ok(()));
        assert_eq!(proof.verify(&genesis(), b"another", &Symbolic), Err(Error::Merkle));
        let other = Genesis { time_ms: 1, ..genesis() };
        assert_eq!(proof.verify(&other, tx.as_slice(), &Symbolic), Err(Error::Certificate));
        let good = &proof;
        let changed = [
            TxProof { index: good.index + 1, ..good.clone() },
            TxProof { path: InclusionProof(vec![]), ..good.clone() },
            TxProof { header: Header { tx_count: 2, ..good.header }, ..good.clone() },
            TxProof { header: blocks[2].block.header, ..good.clone() },
            TxProof { certificate: certify(&good.header, &[0, 1]), ..good.clone() },
            TxProof { certificate: blocks[2].certificate.clone(), ..good.clone() },
        ];
        for proof in changed {
            assert!(verdict(&proof).is_err());
        }
    }
    assert_eq!(TxProof::of(certified, 3), Err(Error::OutOfRange));
}

#[test]
fn time_is_the_proposed_one_unless_the_median_has_passed_it() {
    assert_eq!(median_time(&[]), 0);
    assert_eq!(median_time(&[5]), 5);
    assert_eq!(median_time(&[9, 1]), 1);
    assert_eq!(median_time(&[9, 1, 5]), 5);
    // Only the last eleven count.
    let times: Vec<u64> = (0..20).collect();
    assert_eq!(median_time(&times), 14);
    assert_eq!(block_time(0, &times), 15);
    assert_eq!(block_time(15, &times), 15);
    assert_eq!(block_time(100, &times), 100);
    assert_eq!(block_time(0, &[u64::MAX]), u64::MAX);
}

#[test]
fn t18_a_committee_has_members_and_no_key_twice() {
    assert_eq!(Committee::new(vec![]), Err(Error::Committee));
    assert_eq!(Committee::new(vec![replica(0), replica(1), replica(0)]), Err(Error::Committee));
    let many = (0..=Committee::MAX as u16).map(replica).collect();
    assert_eq!(Committee::new(many), Err(Error::Committee));
    let genesis = Genesis { replicas: vec![], ..genesis() };
    let verdict = verify_chain(&genesis, [], &mut Hasher(d("")), &Symbolic);
    assert_eq!(verdict, Err(BadBlock { height: 0, fault: Fault::Committee }));
}
