//! Who takes part in the targets of the agreement: replicas, clients, an application, and an adversary
//! who hears everything that is signed.

mod forge;
mod heard;
mod replica;
mod samples;
mod world;

use std::cell::RefCell;
use std::rc::Rc;

use medcrypto_ledger::block::{ChainId, Genesis};
use medcrypto_ledger::pbft::message::Request;
use medcrypto_ledger::pbft::signed::Statement;
use medcrypto_ledger::pbft::{
    App, Config, Context, Replica, RestoreError, Signed, genesis_state_root,
};
use medcrypto_ledger::sim::SymbolicAuth;
use medcrypto_ledger::{
    Auth, Bytes, ClientId, Committee, Digest, Dst, PublicKey, Refused, ReplicaId, Signature,
    Verifier, codec,
};
use sha2::{Digest as _, Sha256};

use heard::Heard;

pub(super) use replica::replica as replica_bytes;
pub(super) use samples::{messages as sample_messages, snapshots as sample_snapshots};
pub(super) use world::world;

const START: u64 = 1_700_000_000_000;

/// Remembers every operation in order; refuses empty ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tape(Vec<Bytes>);

impl App for Tape {
    fn check(&self, op: &[u8]) -> Result<(), Refused> {
        if op.is_empty() { Err(Refused) } else { Ok(()) }
    }

    fn apply(&mut self, op: &[u8], context: &Context) -> Vec<u8> {
        self.0.push(op.into());
        format!("{}@{}", self.0.len(), context.height).into_bytes()
    }

    fn digest(&self) -> Digest {
        let hash = |hash: Sha256, op: &Bytes| hash.chain_update(Sha256::digest(op.as_slice()));
        Digest(self.0.iter().fold(Sha256::new(), hash).finalize().into())
    }

    fn snapshot(&self) -> Vec<u8> {
        codec::encode(&self.0)
    }

    fn restore(&mut self, snapshot: &[u8]) -> Result<(), RestoreError> {
        self.0 = codec::decode(snapshot).or(Err(RestoreError))?;
        Ok(())
    }
}

fn auth(name: &str, i: u16) -> SymbolicAuth {
    SymbolicAuth::new([7; 32], &format!("{name} {i}"))
}

fn client_id(i: u16) -> ClientId {
    ClientId(auth("client", i).public_key().clone())
}

fn config(n: u16, me: u16) -> Config {
    let keys = (0..n).map(|i| auth("replica", i).public_key().clone()).collect();
    let committee = Committee::new(keys).expect("different keys");
    let genesis = Genesis::new(&committee, START, genesis_state_root(&Tape::default()));
    let mut config = Config::new(genesis, ReplicaId(me)).expect("a member");
    // Small, so that scripts move the window, fill the queue, outrun the history, and run out of patience.
    (config.checkpoint_every, config.in_flight_max, config.waiting_max) = (4, 2, 4);
    (config.history, config.view_timeout) = (8, 1_000);
    config
}

fn new_replica<A: Auth>(n: u16, me: u16, auth: A) -> Replica<A, Tape> {
    Replica::new(config(n, me), auth, Tape::default())
}

fn request(chain: ChainId, client: u16, nonce: u64, op: &[u8]) -> Signed<Request> {
    let body = Request { chain, client: client_id(client), nonce, operation: op.into() };
    sign(&auth("client", client), body)
}

fn sign<T: Statement>(signer: &SymbolicAuth, body: T) -> Signed<T> {
    Signed::sign(signer, body)
}

/// A key whose signatures the adversary hears: nothing else is secret on this network.
#[derive(Clone, Debug)]
struct Tapped {
    auth: SymbolicAuth,
    heard: Rc<RefCell<Heard>>,
}

impl Verifier for Tapped {
    fn verify(&self, key: &PublicKey, d: Dst, m: &[u8], s: &Signature) -> Result<(), Refused> {
        self.auth.verify(key, d, m, s)
    }
}

impl Auth for Tapped {
    fn sign(&self, domain: Dst, message: &[u8]) -> Signature {
        let signature = self.auth.sign(domain, message);
        self.heard.borrow_mut().signed(domain, message, &signature);
        signature
    }
}
