//! Objects from the fields that a file shows.

use std::collections::{BTreeMap, BTreeSet};

use medcrypto_ledger::block::{
    Block, BlockId, CertifiedBlock, ChainId, Checkpoint, Genesis, Header, QuorumCertificate, Seal,
};
use medcrypto_ledger::cas::Cid;
use medcrypto_ledger::{Bytes, ClientId, Digest, PublicKey, ReplicaId, Signature};
use serde_json::Value;

use super::reader::unhex;

/// The named fields of an object.
#[derive(Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a Value);

impl<'a> Fields<'a> {
    fn get(self, name: &str) -> &'a Value {
        self.0.get(name).unwrap_or_else(|| panic!("no field {name}"))
    }

    pub(super) fn object(self, name: &str) -> Self {
        Fields(self.get(name))
    }

    pub(super) fn optional(self, name: &str) -> Option<Self> {
        let value = self.get(name);
        (!value.is_null()).then_some(Fields(value))
    }

    pub(super) fn objects(self, name: &str) -> impl Iterator<Item = Self> {
        self.get(name).as_array().unwrap().iter().map(Fields)
    }

    pub(super) fn number(self, name: &str) -> u64 {
        self.get(name).as_u64().unwrap()
    }

    pub(super) fn small<T: TryFrom<u64>>(self, name: &str) -> T {
        T::try_from(self.number(name)).ok().unwrap()
    }

    pub(super) fn flag(self, name: &str) -> bool {
        self.get(name).as_bool().unwrap()
    }

    pub(super) fn text(self, name: &str) -> &'a str {
        self.get(name).as_str().unwrap()
    }

    pub(super) fn bytes(self, name: &str) -> Bytes {
        Bytes(unhex(self.get(name)))
    }

    pub(super) fn list(self, name: &str) -> Vec<Bytes> {
        self.objects(name).map(Fields::whole).collect()
    }

    /// The value itself, if it is bytes.
    pub(super) fn whole(self) -> Bytes {
        Bytes(unhex(self.0))
    }

    pub(super) fn digest(self, name: &str) -> Digest {
        Digest(self.bytes(name).0.try_into().unwrap())
    }

    pub(super) fn digests(self, name: &str) -> Vec<Digest> {
        self.list(name).into_iter().map(|bytes| Digest(bytes.0.try_into().unwrap())).collect()
    }

    pub(super) fn key(self, name: &str) -> PublicKey {
        PublicKey(self.bytes(name))
    }

    pub(super) fn keys(self, name: &str) -> BTreeSet<PublicKey> {
        self.list(name).into_iter().map(PublicKey).collect()
    }

    pub(super) fn client(self, name: &str) -> ClientId {
        ClientId(self.key(name))
    }

    pub(super) fn signature(self, name: &str) -> Signature {
        Signature(self.bytes(name))
    }

    pub(super) fn cid(self, name: &str) -> Cid {
        Cid::from_bytes(self.bytes(name).as_slice()).unwrap()
    }

    pub(super) fn chain(self, name: &str) -> ChainId {
        ChainId(self.digest(name))
    }

    pub(super) fn block_id(self, name: &str) -> BlockId {
        BlockId(self.digest(name))
    }

    pub(super) fn replica(self, name: &str) -> ReplicaId {
        ReplicaId(self.small(name))
    }

    pub(super) fn genesis(self) -> Genesis {
        let replicas = self.list("replicas").into_iter().map(PublicKey).collect();
        let (time_ms, state_root) = (self.number("time_ms"), self.digest("state_root"));
        Genesis { replicas, time_ms, state_root }
    }

    pub(super) fn header(self) -> Header {
        Header {
            version: self.small("version"),
            chain_id: self.chain("chain_id"),
            height: self.number("height"),
            time_ms: self.number("time_ms"),
            prev: self.block_id("prev"),
            tx_root: self.digest("tx_root"),
            tx_count: self.small("tx_count"),
            state_root: self.digest("state_root"),
            seal: Seal::Bft(self.replica("proposer")),
        }
    }

    pub(super) fn block(self) -> Block {
        Block { header: self.object("header").header(), txs: self.list("txs") }
    }

    /// A checkpoint, whose chain the messages of replicas call `chain`.
    pub(super) fn checkpoint(self, chain: &str) -> Checkpoint {
        Checkpoint {
            chain_id: self.chain(chain),
            height: self.number("height"),
            block_id: self.block_id("block_id"),
            replica: self.replica("replica"),
        }
    }

    pub(super) fn certificate(self) -> QuorumCertificate {
        let vote = |vote: Self| (vote.replica("replica"), vote.signature("signature"));
        let votes: BTreeMap<_, _> = self.objects("signatures").map(vote).collect();
        QuorumCertificate::new(self.number("height"), self.block_id("block_id"), votes)
    }

    pub(super) fn certified_block(self) -> CertifiedBlock {
        let certificate = self.object("certificate").certificate();
        CertifiedBlock { block: self.object("block").block(), certificate }
    }
}
