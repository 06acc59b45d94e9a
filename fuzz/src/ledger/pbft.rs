//! Real replicas in a simulated world, driven by a script. After every event the invariants of
//! `medcrypto_ledger::sim` are checked: one digest a number, one block a height, nothing that nobody
//! submitted, nothing twice, certificates that a stranger accepts, nothing goes back, bounds hold.
//!
//! ```text
//! script   world ‖ event, event, …
//! world    4 or 7 replicas, seed and faults of the network, who is Byzantine (at most f, or nobody)
//! event    submit, run, cut, heal, crash, forge a vote, equivocate as the primary, send rubbish,
//!          repeat a request under a client's key
//! ```
//! A Byzantine replica is silent, and the script speaks with its key.

use medcrypto_ledger::block::{ChainId, Checkpoint, Genesis, verify_chain};
use medcrypto_ledger::pbft::message::{Batch, Commit, PrePrepare, Prepare, Reply, Request, Status};
use medcrypto_ledger::pbft::signed::Statement;
use medcrypto_ledger::pbft::{
    App, Client, Config, Context, Input, Message, Output, Replay, Replica, RestoreError, Signed,
    genesis_state_root,
};
use medcrypto_ledger::sim::{Faults, Party, SymbolicAuth, World};
use medcrypto_ledger::{Bytes, ClientId, Committee, Digest, Refused, ReplicaId, codec};
use sha2::{Digest as _, Sha256};

use crate::script::Script;

const START: u64 = 1_700_000_000_000;

/// Remembers every operation in order; refuses empty ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Tape(Vec<Vec<u8>>);

impl App for Tape {
    fn check(&self, op: &[u8]) -> Result<(), Refused> {
        if op.is_empty() { Err(Refused) } else { Ok(()) }
    }

    fn apply(&mut self, op: &[u8], context: &Context) -> Vec<u8> {
        self.0.push(op.to_vec());
        format!("{}@{}", self.0.len(), context.height).into_bytes()
    }

    fn digest(&self) -> Digest {
        let hash = self.0.iter().fold(Sha256::new(), |h, op| h.chain_update(Sha256::digest(op)));
        Digest(hash.finalize().into())
    }

    fn snapshot(&self) -> Vec<u8> {
        self.0.concat()
    }

    fn restore(&mut self, _: &[u8]) -> Result<(), RestoreError> {
        Err(RestoreError)
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
    // Small, so that scripts move the window and fill the queue.
    (config.checkpoint_every, config.in_flight_max, config.waiting_max) = (4, 2, 4);
    config
}

fn replica(n: u16, me: u16) -> Replica<SymbolicAuth, Tape> {
    Replica::new(config(n, me), auth("replica", me), Tape::default())
}

fn request(chain: ChainId, client: u16, nonce: u64, op: &[u8]) -> Signed<Request> {
    let body = Request { chain, client: client_id(client), nonce, operation: Bytes(op.to_vec()) };
    Signed::sign(&auth("client", client), body)
}

struct Run {
    world: World<SymbolicAuth, Tape>,
    chain: ChainId,
    n: u16,
    /// Silent replicas whose keys the script has.
    byzantine: Vec<u16>,
    /// How many replicas may still crash or be Byzantine.
    spare: usize,
    clients: u16,
    /// Digests that a vote may name.
    digests: Vec<Digest>,
    /// Whether everything that was asked for must be answered once the network is whole.
    must_serve: bool,
}

fn faults(script: &mut Script<'_>) -> Faults {
    Faults {
        link_spread: script.below(80) as u64,
        delay_min: 1,
        delay_max: 1 + script.below(300) as u64,
        loss: script.below(300) as u64,
        duplicate: script.below(300) as u64,
        garble: script.below(300) as u64,
    }
}

/// Reached: at least one block was certified.
pub(super) fn world(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let mut run = Run::start(&mut script);
    for _ in 0..48 {
        if script.is_over() {
            break;
        }
        run.event(&mut script);
    }
    run.finish()
}

impl Run {
    fn start(script: &mut Script<'_>) -> Self {
        let n = if script.below(4) == 0 { 7 } else { 4 };
        let shared = config(n, 0);
        let (chain, stranger) = (shared.chain, auth("stranger", 0));
        let (seed, faults) = (script.u64(), faults(script));
        let world = World::new(seed, faults, &shared, stranger, |me| replica(n, me.0));
        let spare = usize::from(n - 1) / 3;
        let clients = 1 + script.below(3) as u16;
        let (byzantine, digests) = (Vec::new(), vec![Digest::ZERO]);
        let mut run =
            Self { world, chain, n, byzantine, spare, clients, digests, must_serve: true };
        if script.flag() {
            run.corrupt(script);
        }
        for who in 0..clients {
            let Config { chain, committee, .. } = config(n, 0);
            let client = Client::new(chain, committee, client_id(who), auth("client", who), 2_000);
            run.world.add_client(client, Vec::new());
        }
        run
    }

    /// Takes over one replica, if one may still fail.
    fn corrupt(&mut self, script: &mut Script<'_>) {
        // Most often the primary, who can do most.
        let who = if script.below(4) == 0 { self.any(script) } else { 0 };
        if self.crash(who) {
            self.byzantine.push(who);
        }
    }

    fn crash(&mut self, who: u16) -> bool {
        if self.spare == 0 || self.byzantine.contains(&who) {
            return false;
        }
        self.spare -= 1;
        // Without a primary nothing moves: changing the view is another part.
        self.must_serve &= who != 0;
        self.world.silence(ReplicaId(who));
        true
    }

    fn any(&self, script: &mut Script<'_>) -> u16 {
        script.below(usize::from(self.n)) as u16
    }

    fn event(&mut self, script: &mut Script<'_>) {
        match script.below(16) {
            0..=2 => {
                let (client, op) = (script.below(3) as u16, script.bytes(2).to_vec());
                if client < self.clients && !op.is_empty() {
                    self.world.submit(client, op);
                }
            }
            3..=6 => self.steps(1 + script.below(40)),
            7 => self.go(1 + script.below(2_000) as u64),
            8 => {
                let (from, to) = (self.any(script), self.any(script));
                self.world.cut(Party::Replica(from), Party::Replica(to));
            }
            9 => {
                let faults = faults(script);
                self.world.heal(faults);
            }
            10 => {
                let who = self.any(script);
                let _ = self.crash(who);
            }
            11 | 12 => self.vote(script),
            13 => self.equivocate(script),
            14 => self.rubbish(script),
            _ => self.as_client(script),
        }
    }

    fn steps(&mut self, count: usize) {
        for _ in 0..count {
            self.world.step().unwrap_or_else(|violation| panic!("{violation}"));
        }
    }

    fn go(&mut self, span: u64) {
        self.world.run_for(span).unwrap_or_else(|violation| panic!("{violation}"));
    }

    /// Sends one message of a Byzantine replica to one replica or to all.
    fn send(&mut self, script: &mut Script<'_>, from: u16, message: &Message) {
        let bytes = message.encode();
        let only = script.flag().then(|| self.any(script));
        for to in (0..self.n).filter(|to| only.is_none_or(|only| only == *to)) {
            self.world.inject(Party::Replica(from), ReplicaId(to), bytes.clone());
        }
    }

    fn vote(&mut self, script: &mut Script<'_>) {
        let Some(&me) = self.byzantine.first() else { return };
        let signer = auth("replica", me);
        let sender = ReplicaId(if script.below(16) == 0 { self.any(script) } else { me });
        let view = u64::from(script.below(16) == 0);
        let blocks = self.world.blocks().len() as u64;
        let seq = blocks.saturating_sub(2) + script.below(5) as u64;
        let digest = self.digests[script.below(self.digests.len())];
        let chain = self.chain;
        let message = match script.below(5) {
            0 => Message::Prepare(sign(&signer, Prepare::new(chain, sender, view, seq, digest))),
            1 => Message::Commit(sign(&signer, Commit::new(chain, sender, view, seq, digest))),
            2 => {
                let ids: Vec<_> = self.world.blocks().values().copied().collect();
                let block_id = ids[script.below(ids.len())];
                let body = Checkpoint { chain_id: chain, height: seq, block_id, replica: sender };
                Message::Checkpoint(sign(&signer, body))
            }
            3 => {
                let (executed, certified) = (seq, script.below(8) as u64);
                Message::Status(sign(&signer, Status { chain, sender, view, executed, certified }))
            }
            _ => {
                let (client, result) = (client_id(0), Bytes(script.bytes(2).to_vec()));
                let nonce = script.below(4) as u64;
                Message::Reply(sign(&signer, Reply { chain, sender, view, client, nonce, result }))
            }
        };
        self.send(script, me, &message);
    }

    /// Two batches of a Byzantine primary for one number, each for some, with its votes for both.
    fn equivocate(&mut self, script: &mut Script<'_>) {
        let Some(&me) = self.byzantine.first() else { return };
        let seq = self.world.blocks().len() as u64 + script.below(2) as u64;
        let (mask, same, votes) = (script.byte(), script.below(4) == 0, script.flag());
        let (chain, sender, signer) = (self.chain, ReplicaId(me), auth("replica", me));
        for half in 0..2 {
            let requests = (0..=script.below(2)).map(|_| self.submitted(script)).collect();
            let time = self.world.now() + script.below(3) as u64;
            let batch = Batch { requests, time, proposer: sender };
            // One pair in four comes under one digest.
            let first = self.digests.last().filter(|_| same && half == 1);
            let digest = first.copied().unwrap_or_else(|| batch.digest());
            self.digests.push(digest);
            let vote = sign(&signer, PrePrepare::new(chain, sender, 0, seq, digest));
            let commit = sign(&signer, Commit::new(chain, sender, 0, seq, digest));
            let to = (0..self.n).filter(|to| mask >> to & 1 == half);
            for to in to.map(ReplicaId) {
                let message = Message::PrePrepare(vote.clone(), batch.clone()).encode();
                self.world.inject(Party::Replica(me), to, message);
                if votes {
                    let message = Message::Commit(commit.clone()).encode();
                    self.world.inject(Party::Replica(me), to, message);
                }
            }
        }
    }

    /// A request that its client really sends to somebody.
    fn submitted(&mut self, script: &mut Script<'_>) -> Signed<Request> {
        self.must_serve = false;
        let (client, nonce) = (script.below(3) as u16, 1 + script.below(4) as u64);
        let request = request(self.chain, client, nonce, &[1 + script.byte() % 2]);
        let bytes = Message::Request(request.clone()).encode();
        let to = self.any(script);
        self.world.inject(Party::Client(client), ReplicaId(to), bytes);
        request
    }

    fn rubbish(&mut self, script: &mut Script<'_>) {
        let to = self.any(script);
        let bytes = script.bytes(40).to_vec();
        self.world.inject(Party::Replica(self.any(script)), ReplicaId(to), bytes);
    }

    fn as_client(&mut self, script: &mut Script<'_>) {
        let _ = self.submitted(script);
    }

    /// The network becomes whole; what is still possible has to happen.
    fn finish(mut self) -> bool {
        self.world.heal(Faults::NONE);
        let served = self.world.run_until_served(60_000);
        let served = served.unwrap_or_else(|violation| panic!("{violation}"));
        assert!(served || !self.must_serve, "not served after healing");
        self.go(3_000);
        let config = config(self.n, 0);
        let chain = self.world.chain();
        let bytes: Vec<_> = chain.iter().map(codec::encode).collect();
        let stranger = auth("stranger", 0);
        let mut replay = Replay::new(&config.genesis, stranger.clone(), Tape::default())
            .expect("the state of genesis");
        let head =
            verify_chain(&config.genesis, bytes.iter().map(Vec::as_slice), &mut replay, &stranger);
        let head = head.unwrap_or_else(|bad| panic!("{bad}"));
        for replica in self.world.replicas().values().filter(|r| r.executed() == head.height) {
            assert_eq!(replica.app(), replay.app(), "two states at one height");
        }
        head.height > 0
    }
}

fn sign<T: Statement>(signer: &SymbolicAuth, body: T) -> Signed<T> {
    Signed::sign(signer, body)
}

/// One replica and bytes from anybody: a message that is rejected changes nothing but, at most, what
/// is noted about a STATUS. Reached: a message was admitted or refused for more than its encoding.
pub(super) fn replica_bytes(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let mut replica = replica(4, script.below(4) as u16);
    let chain = config(4, 0).chain;
    let mut reached = false;
    let mut now = START;
    while !script.is_over() {
        now += script.below(500) as u64;
        let message = forged(&mut script, chain);
        let before = format!("{replica:?}");
        let is_status = matches!(message, Message::Status(_));
        let mut bytes = message.encode();
        if script.below(8) == 0 {
            let at = script.u64() as usize % bytes.len();
            bytes[at] ^= script.byte();
        }
        reached |= Message::decode(&bytes).is_ok();
        let outputs = replica.step(now, Input::Message(bytes));
        let rejected = outputs.iter().any(|output| matches!(output, Output::Rejected(_)));
        if rejected && !is_status {
            assert_eq!(format!("{replica:?}"), before, "a rejected message left a trace");
        }
    }
    reached
}

/// A message of anybody, rightly signed.
fn forged(script: &mut Script<'_>, chain: ChainId) -> Message {
    let from = script.below(5) as u16;
    let (signer, sender) = (auth("replica", from), ReplicaId(from));
    let (view, seq) = (u64::from(script.below(16) == 0), script.below(12) as u64);
    let batch = Batch {
        requests: (0..script.below(3))
            .map(|i| request(chain, i as u16, 1 + script.below(2) as u64, &[1]))
            .collect(),
        time: START + script.below(3) as u64,
        proposer: ReplicaId(0),
    };
    let digest = if script.below(8) == 0 { Digest::ZERO } else { batch.digest() };
    match script.below(7) {
        0 => Message::Request(request(chain, from, script.below(4) as u64, script.bytes(2))),
        1 | 2 => {
            let vote = sign(&signer, PrePrepare::new(chain, sender, view, seq, digest));
            Message::PrePrepare(vote, batch)
        }
        3 => Message::Prepare(sign(&signer, Prepare::new(chain, sender, view, seq, digest))),
        4 => Message::Commit(sign(&signer, Commit::new(chain, sender, view, seq, digest))),
        5 => {
            let block_id = medcrypto_ledger::block::BlockId(digest);
            let body = Checkpoint { chain_id: chain, height: seq, block_id, replica: sender };
            Message::Checkpoint(sign(&signer, body))
        }
        _ => {
            let (executed, certified) = (seq, script.below(12) as u64);
            Message::Status(sign(&signer, Status { chain, sender, view, executed, certified }))
        }
    }
}

/// A message of every kind in the order of the codec's target, a batch, and a request.
pub(super) fn sample_messages() -> (Vec<Message>, Batch, Signed<Request>) {
    let (chain, sender, signer) = (config(4, 0).chain, ReplicaId(0), auth("replica", 0));
    let request = request(chain, 0, 1, b"op");
    let batch = Batch { requests: vec![request.clone()], time: START, proposer: sender };
    let digest = batch.digest();
    let block_id = medcrypto_ledger::block::BlockId(digest);
    let checkpoint = Checkpoint { chain_id: chain, height: 1, block_id, replica: sender };
    let (client, result) = (client_id(0), Bytes(b"1@1".to_vec()));
    let reply = Reply { chain, sender, view: 0, client, nonce: 1, result };
    let status = Status { chain, sender, view: 0, executed: 3, certified: 2 };
    let messages = vec![
        Message::Request(request.clone()),
        Message::PrePrepare(
            sign(&signer, PrePrepare::new(chain, sender, 0, 1, digest)),
            batch.clone(),
        ),
        Message::Prepare(sign(&signer, Prepare::new(chain, sender, 0, 1, digest))),
        Message::Commit(sign(&signer, Commit::new(chain, sender, 0, 1, digest))),
        Message::Checkpoint(sign(&signer, checkpoint)),
        Message::Reply(sign(&signer, reply)),
        Message::Status(sign(&signer, status)),
    ];
    (messages, batch, request)
}
