mod messages;

use std::collections::BTreeMap;

use medcrypto_ledger::block::{
    Block, BlockId, CertifiedBlock, ChainId, Header, QuorumCertificate, Seal,
};
use medcrypto_ledger::codec;
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::contract::envelope::{SignedTx, TxBody};
use medcrypto_ledger::contract::keychain::{Action, Keys};
use medcrypto_ledger::contract::reveal::Opening;
use medcrypto_ledger::pow::{self, Target};
use medcrypto_ledger::{Bytes, Digest, PublicKey, ReplicaId, Signature};

use crate::Object;

fn certified() -> CertifiedBlock {
    let header = Header {
        version: 1,
        chain_id: ChainId(Digest([1; 32])),
        height: 2,
        time_ms: 1_700_000_000_000,
        prev: BlockId(Digest([3; 32])),
        tx_root: Digest([4; 32]),
        tx_count: 1,
        state_root: Digest([6; 32]),
        seal: Seal::Bft(ReplicaId(7)),
    };
    let vote = |byte| Signature(Bytes(vec![byte; 2]));
    let votes = BTreeMap::from([(ReplicaId(0), vote(8)), (ReplicaId(300), vote(9))]);
    let certificate = QuorumCertificate::new(2, BlockId(Digest([3; 32])), votes);
    CertifiedBlock { block: Block { header, txs: vec![Bytes(vec![1, 2])] }, certificate }
}

fn mined() -> Object {
    let target = Target::from_bits(0x1d00_ffff).unwrap();
    let header = pow::Header {
        version: 1,
        chain_id: ChainId(Digest([1; 32])),
        height: 2,
        time_ms: 1_700_000_000_000,
        prev: BlockId(Digest([3; 32])),
        tx_root: Digest([4; 32]),
        tx_count: 1,
        target,
        nonce: 8,
        miner: Digest([9; 32]),
    };
    let block = codec::encode(&pow::Block { header, txs: vec![Bytes(vec![1, 2])] });
    let again = codec::encode(&codec::decode::<pow::Block>(&block).unwrap());
    Object::new(
        "block of a chain of work, DAG-CBOR",
        block,
        again,
        &[
            (1, "array of 2: header, transactions"),
            (1, "array of 10"),
            (1, "version"),
            (34, "chain, 32 bytes"),
            (1, "height"),
            (9, "time in milliseconds"),
            (34, "previous block"),
            (34, "root of the transactions"),
            (1, "number of transactions"),
            (5, "target, compact"),
            (1, "nonce"),
            (34, "miner"),
            (1, "array of 1 transaction"),
            (3, "2 bytes"),
        ],
    )
}

/// A key transaction, whose frame every contract's transaction has.
fn rotation() -> Object {
    let key = |byte| PublicKey(Bytes(vec![byte; 2]));
    let wrapped = |byte| Bytes(vec![byte; 3]);
    let doctors = Pairs([(key(5), wrapped(6)), (key(7), wrapped(8))].into());
    let action = Action::Rotate(Keys { epoch: 24, doctors, own: wrapped(9) });
    let chain_id = ChainId(Digest([1; 32]));
    let body = TxBody { chain_id, sender: key(2), nonce: 3, action };
    let tx = codec::encode(&SignedTx { body, signature: Signature(Bytes(vec![4; 2])) });
    let again = codec::encode(&codec::decode::<SignedTx<Action>>(&tx).unwrap());
    let fields = [
        (1, "array of 2: body, signature"),
        (1, "array of 4"),
        (34, "chain, 32 bytes"),
        (3, "sender, here 2 bytes"),
        (1, "nonce"),
        (8, "action: map of 1, \"Rotate\""),
        (1, "array of 3"),
        (2, "epoch"),
        (1, "array of 2 doctors, by key"),
        (1, "array of 2"),
        (3, "key"),
        (4, "the epoch's key, wrapped, here 3 bytes"),
        (1, "array of 2"),
        (3, "key"),
        (4, "the epoch's key, wrapped"),
        (4, "the epoch's key, wrapped for the owner"),
        (3, "signature"),
    ];
    Object::new("transaction of the key contract, DAG-CBOR", tx, again, &fields)
}

/// What a commitment is the digest of, under the domain `ledger::COMMITMENT`.
fn opening() -> Object {
    let opening = Opening {
        chain_id: ChainId(Digest([1; 32])),
        round: Digest([2; 32]),
        member: PublicKey(Bytes(vec![3; 2])),
        salt: Digest([4; 32]),
        value: Bytes(vec![5; 3]),
    };
    let bytes = codec::encode(&opening);
    let again = codec::encode(&codec::decode::<Opening>(&bytes).unwrap());
    let fields = [
        (1, "array of 5"),
        (34, "chain, 32 bytes"),
        (34, "round"),
        (3, "member, here 2 bytes"),
        (34, "salt"),
        (4, "value, here 3 bytes"),
    ];
    Object::new("opening of a commitment, DAG-CBOR", bytes, again, &fields)
}

pub(crate) fn objects() -> Vec<Object> {
    let block = codec::encode(&certified());
    let again = codec::encode(&codec::decode::<CertifiedBlock>(&block).unwrap());
    let mut objects = vec![Object::new(
        "block with its certificate, DAG-CBOR",
        block,
        again,
        &[
            (1, "array of 2: block, certificate"),
            (1, "array of 2: header, transactions"),
            (1, "array of 9"),
            (1, "version"),
            (34, "chain, 32 bytes"),
            (1, "height"),
            (9, "time in milliseconds"),
            (34, "previous block"),
            (34, "root of the transactions"),
            (1, "number of transactions"),
            (34, "root of the state"),
            (6, "seal: map of 1, \"Bft\", proposer"),
            (1, "array of 1 transaction"),
            (3, "2 bytes"),
            (1, "certificate: array of 3"),
            (1, "height"),
            (34, "block"),
            (1, "array of 2 votes, by replica"),
            (1, "array of 2"),
            (1, "replica 0"),
            (3, "signature"),
            (1, "array of 2"),
            (3, "replica 300"),
            (3, "signature"),
        ],
    )];
    objects.extend(messages::objects());
    objects.extend([mined(), rotation(), opening()]);
    objects
}
