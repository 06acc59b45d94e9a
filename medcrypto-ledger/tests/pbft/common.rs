//! Committees, an application, and a bus that delivers by hand.

use std::collections::{BTreeMap, VecDeque};

use ed25519_dalek::{Signature as Ed25519Signature, Signer as _, SigningKey, VerifyingKey};
use medcrypto_ledger::block::{BlockId, ChainId, Checkpoint, Genesis, QuorumCertificate};
use medcrypto_ledger::codec::Pairs;
use medcrypto_ledger::pbft::change::{NewView, Prepared, ViewChange};
use medcrypto_ledger::pbft::message::{Batch, Commit, PrePrepare, Prepare, Request};
use medcrypto_ledger::pbft::signed::Statement;
use medcrypto_ledger::pbft::{
    Client, Config, Input, Message, Output, Quorum, Reason, Replica, Signed, Timer,
    genesis_state_root,
};
pub use medcrypto_ledger::sim::Tape;
use medcrypto_ledger::sim::{Faults, SymbolicAuth, World};
use medcrypto_ledger::{
    Auth, Bytes, ClientId, Committee, Digest, Dst, PublicKey, Refused, ReplicaId, Signature,
    Verifier,
};
use sha2::{Digest as _, Sha256};

pub const START: u64 = 1_700_000_000_000;

/// A key pair that tests make by name.
pub trait Keyed: Auth + Clone + std::fmt::Debug {
    fn named(name: &str) -> Self;
    fn public(&self) -> PublicKey;
}

impl Keyed for SymbolicAuth {
    fn named(name: &str) -> Self {
        Self::new([7; 32], name)
    }

    fn public(&self) -> PublicKey {
        self.public_key().clone()
    }
}

/// Ed25519, strict, over the length-prefixed domain and the message.
#[derive(Clone, Debug)]
pub struct Ed25519(SigningKey);

fn framed(domain: Dst, message: &[u8]) -> Vec<u8> {
    [&[domain.as_bytes().len() as u8], domain.as_bytes(), message].concat()
}

impl Verifier for Ed25519 {
    fn verify(&self, key: &PublicKey, d: Dst, m: &[u8], s: &Signature) -> Result<(), Refused> {
        let key = key.0.as_slice().try_into().or(Err(Refused))?;
        let key = VerifyingKey::from_bytes(key).or(Err(Refused))?;
        let signature = Ed25519Signature::from_slice(s.0.as_slice()).or(Err(Refused))?;
        key.verify_strict(&framed(d, m), &signature).or(Err(Refused))
    }
}

impl Auth for Ed25519 {
    fn sign(&self, domain: Dst, message: &[u8]) -> Signature {
        Signature(Bytes(self.0.sign(&framed(domain, message)).to_bytes().to_vec()))
    }
}

impl Keyed for Ed25519 {
    fn named(name: &str) -> Self {
        Self(SigningKey::from_bytes(&Sha256::digest(name).into()))
    }

    fn public(&self) -> PublicKey {
        PublicKey(Bytes(self.0.verifying_key().to_bytes().to_vec()))
    }
}

pub fn replica_auth<A: Keyed>(i: u16) -> A {
    A::named(&format!("replica {i}"))
}

pub fn client_auth<A: Keyed>(i: u16) -> A {
    A::named(&format!("client {i}"))
}

pub fn client_id<A: Keyed>(i: u16) -> ClientId {
    ClientId(client_auth::<A>(i).public())
}

pub fn config<A: Keyed>(n: u16, me: u16) -> Config {
    let keys = (0..n).map(|i| replica_auth::<A>(i).public()).collect();
    let committee = Committee::new(keys).unwrap();
    let genesis = Genesis::new(&committee, START, genesis_state_root(&Tape::default()));
    Config::new(genesis, ReplicaId(me)).unwrap()
}

pub type Symbolic = Replica<SymbolicAuth, Tape>;

pub fn replica(n: u16, me: u16) -> Symbolic {
    Replica::new(config::<SymbolicAuth>(n, me), replica_auth(me), Tape::default())
}

pub fn client<A: Keyed>(n: u16, i: u16) -> Client<A> {
    let Config { chain, committee, .. } = config::<A>(n, 0);
    Client::new(chain, committee, client_id::<A>(i), client_auth(i), 2_000)
}

pub fn world<A: Keyed>(
    seed: u64,
    n: u16,
    faults: Faults,
    tune: impl Fn(&mut Config),
) -> World<A, Tape> {
    let tuned = |me| {
        let mut config = config::<A>(n, me);
        tune(&mut config);
        config
    };
    let make = |me: ReplicaId| Replica::new(tuned(me.0), replica_auth(me.0), Tape::default());
    World::new(seed, faults, &tuned(0), A::named("stranger"), make)
}

pub fn request(n: u16, who: u16, nonce: u64, op: &[u8]) -> Signed<Request> {
    let body = Request {
        chain: config::<SymbolicAuth>(n, 0).chain,
        client: client_id::<SymbolicAuth>(who),
        nonce,
        operation: Bytes(op.to_vec()),
    };
    Signed::sign(&client_auth::<SymbolicAuth>(who), body)
}

pub fn batch(n: u16, op: &[u8]) -> Batch {
    Batch { requests: vec![request(n, 0, 1, op)], time: START, proposer: ReplicaId(0) }
}

/// A PRE-PREPARE of replica 0 in view 0.
pub fn pre_prepare(n: u16, seq: u64, batch: &Batch) -> Vec<u8> {
    let chain = config::<SymbolicAuth>(n, 0).chain;
    let vote = PrePrepare::new(chain, ReplicaId(0), 0, seq, batch.digest());
    pre_prepare_of(vote, 0, batch)
}

pub fn pre_prepare_of(vote: PrePrepare, signer: u16, batch: &Batch) -> Vec<u8> {
    let vote = Signed::sign(&replica_auth::<SymbolicAuth>(signer), vote);
    Message::PrePrepare(vote, batch.clone()).encode()
}

pub fn prepare(n: u16, from: u16, seq: u64, digest: Digest) -> Vec<u8> {
    let chain = config::<SymbolicAuth>(n, 0).chain;
    let vote = Prepare::new(chain, ReplicaId(from), 0, seq, digest);
    let vote = Signed::sign(&replica_auth::<SymbolicAuth>(from), vote);
    Message::Prepare(vote).encode()
}

pub fn commit(n: u16, from: u16, seq: u64, digest: Digest) -> Vec<u8> {
    let chain = config::<SymbolicAuth>(n, 0).chain;
    let vote = Commit::new(chain, ReplicaId(from), 0, seq, digest);
    let vote = Signed::sign(&replica_auth::<SymbolicAuth>(from), vote);
    Message::Commit(vote).encode()
}

pub fn chain(n: u16) -> ChainId {
    config::<SymbolicAuth>(n, 0).chain
}

pub fn sign<T: Statement>(who: u16, body: T) -> Signed<T> {
    Signed::sign(&replica_auth::<SymbolicAuth>(who), body)
}

pub fn genesis_certificate(n: u16) -> QuorumCertificate {
    let id = config::<SymbolicAuth>(n, 0).genesis.block().header.id();
    QuorumCertificate::new(0, id, BTreeMap::new())
}

/// That `digest` was PREPARED, by the primary of `view` and these backups.
pub fn prepared_by(n: u16, backups: &[u16], view: u64, seq: u64, digest: Digest) -> Prepared {
    let primary = (view % u64::from(n)) as u16;
    let vote = PrePrepare::new(chain(n), ReplicaId(primary), view, seq, digest);
    let assign = sign(primary, vote).signature().clone();
    let vote = |i: &u16| {
        let vote = Prepare::new(chain(n), ReplicaId(*i), view, seq, digest);
        (ReplicaId(*i), sign(*i, vote).signature().clone())
    };
    Prepared { view, digest, assign, prepares: Pairs(backups.iter().map(vote).collect()) }
}

/// A VIEW-CHANGE from genesis.
pub fn change(n: u16, sender: u16, view: u64, prepared: &[(u64, Prepared)]) -> ViewChange {
    let prepared = Pairs(prepared.iter().cloned().collect());
    let stable = genesis_certificate(n);
    ViewChange { chain: chain(n), sender: ReplicaId(sender), view, stable, prepared }
}

pub fn view_change(change: ViewChange) -> Vec<u8> {
    Message::ViewChange(sign(change.sender.0, change)).encode()
}

/// A NEW-VIEW of the view's primary with these VIEW-CHANGEs and assignments.
pub fn new_view(n: u16, view: u64, changes: Vec<ViewChange>, o: &[(u64, Digest)]) -> NewView {
    let primary = (view % u64::from(n)) as u16;
    let sender = ReplicaId(primary);
    let vote = |(seq, digest): &(u64, Digest)| {
        sign(primary, PrePrepare::new(chain(n), sender, view, *seq, *digest))
    };
    let changes = changes.into_iter().map(|c| (c.sender, sign(c.sender.0, c)));
    NewView {
        chain: chain(n),
        sender,
        view,
        changes: Pairs(changes.collect()),
        assigned: o.iter().map(vote).collect(),
    }
}

pub fn new_view_bytes(message: NewView) -> Vec<u8> {
    Message::NewView(sign(message.sender.0, message)).encode()
}

/// q CHECKPOINTs of replicas 0, 1, … for a block.
pub fn checkpointed(n: u16, height: u64, block_id: BlockId) -> QuorumCertificate {
    let vote = |i| {
        let body = Checkpoint { chain_id: chain(n), height, block_id, replica: ReplicaId(i) };
        (ReplicaId(i), sign(i, body).signature().clone())
    };
    let quorum = Quorum::new(n).unwrap().quorum() as u16;
    QuorumCertificate::new(height, block_id, (0..quorum).map(vote).collect())
}

pub fn null() -> Digest {
    <Batch>::null().digest()
}

pub fn give(replica: &mut Symbolic, bytes: Vec<u8>) -> Vec<Output> {
    replica.step(START, Input::Message(bytes))
}

/// The input is rejected for this reason, and nothing else happens.
#[track_caller]
pub fn assert_rejected(replica: &mut Symbolic, bytes: Vec<u8>, reason: Reason) {
    let before = format!("{replica:?}");
    assert_eq!(give(replica, bytes), [Output::Rejected(reason)]);
    assert_eq!(format!("{replica:?}"), before);
}

pub fn sent(outputs: &[Output]) -> Vec<Message> {
    let bytes = outputs.iter().filter_map(|output| match output {
        Output::Send(_, bytes) | Output::Broadcast(bytes) | Output::Reply(_, bytes) => Some(bytes),
        _ => None,
    });
    bytes.map(|bytes| Message::decode(bytes).unwrap()).collect()
}

pub fn kinds(outputs: &[Output]) -> Vec<&'static str> {
    sent(outputs).iter().map(Message::kind).collect()
}

/// Delivers in order of sending; every output is kept.
pub struct Bus {
    pub replicas: Vec<Symbolic>,
    pub queue: VecDeque<(u16, Vec<u8>)>,
    pub outputs: Vec<(u16, Output)>,
}

impl Bus {
    pub fn new(n: u16) -> Self {
        let replicas = (0..n).map(|i| replica(n, i)).collect();
        Self { replicas, queue: VecDeque::new(), outputs: Vec::new() }
    }

    /// Delivers until nothing is under way; `look` sees every delivery first, and says whether it
    /// takes place.
    pub fn run(&mut self, mut look: impl FnMut(&mut Symbolic, &[u8]) -> bool) {
        while let Some((to, bytes)) = self.queue.pop_front() {
            let replica = &mut self.replicas[usize::from(to)];
            if !look(replica, &bytes) {
                continue;
            }
            let outputs = give(replica, bytes);
            outputs.iter().for_each(|output| self.route(to, output));
            self.outputs.extend(outputs.into_iter().map(|output| (to, output)));
        }
    }

    /// A timer of one replica runs out.
    pub fn expire(&mut self, who: u16, timer: Timer) {
        let outputs = self.replicas[usize::from(who)].step(START, Input::Timeout(timer));
        outputs.iter().for_each(|output| self.route(who, output));
        self.outputs.extend(outputs.into_iter().map(|output| (who, output)));
    }

    fn route(&mut self, from: u16, output: &Output) {
        match output {
            Output::Send(to, bytes) => self.queue.push_back((to.0, bytes.clone())),
            Output::Broadcast(bytes) => {
                let others = (0..self.replicas.len() as u16).filter(|to| *to != from);
                self.queue.extend(others.map(|to| (to, bytes.clone())));
            }
            _ => {}
        }
    }

    pub fn count(&self, wanted: impl Fn(&Output) -> bool) -> usize {
        self.outputs.iter().filter(|(_, output)| wanted(output)).count()
    }
}
