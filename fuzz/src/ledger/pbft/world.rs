//! Real replicas in a simulated world, driven by a script. After every event the invariants of
//! `medcrypto_ledger::sim` are checked: one digest a number, one block a height, nothing that nobody
//! submitted, nothing twice, certificates that a stranger accepts, nothing goes back, bounds hold.
//!
//! ```text
//! script   world ‖ event, event, …
//! world    4 or 7 replicas, seed and faults of the network, who is Byzantine (at most f, or nobody)
//! event    submit, run until timers of the view run out, cut, heal, crash,
//!          a Byzantine message of any kind (`forge`), one that was heard, mangled now and then,
//!          two batches of a Byzantine primary for one number, rubbish,
//!          a request under a client's key
//! ```
//! A Byzantine replica is silent, and the script speaks with its key. In the end the network is whole and
//! whatever was asked for has to be answered, whoever is the primary.

use std::cell::RefCell;
use std::rc::Rc;

use medcrypto_ledger::block::{ChainId, verify_chain};
use medcrypto_ledger::pbft::message::{Batch, Commit, PrePrepare, Request};
use medcrypto_ledger::pbft::{Client, Config, Message, Replay, Signed};
use medcrypto_ledger::sim::{Faults, Party, World};
use medcrypto_ledger::{Digest, ReplicaId, codec};

use super::forge::Forge;
use super::heard::Heard;
use super::{Tape, Tapped, auth, client_id, config, new_replica, request, sign};
use crate::script::Script;

/// Simulated milliseconds within which everything is answered on a network without faults: the patience
/// with a view doubles with every view in vain, and a script has time for ten of them.
const SERVED: u64 = 4_000_000;

struct Run {
    world: World<Tapped, Tape>,
    heard: Rc<RefCell<Heard>>,
    chain: ChainId,
    n: u16,
    /// Silent replicas whose keys the script has.
    byzantine: Vec<u16>,
    /// How many replicas may still crash or be Byzantine.
    spare: usize,
    clients: u16,
    /// Whether the clients' keys are used by nobody else; then everything that was asked for must be
    /// answered once the network is whole.
    clients_alone: bool,
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
pub(in crate::ledger) fn world(data: &[u8]) -> bool {
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
        let Config { chain, committee, .. } = config(n, 0);
        let heard = Rc::new(RefCell::new(Heard::default()));
        let tapped = |name, i| Tapped { auth: auth(name, i), heard: Rc::clone(&heard) };
        let (seed, faults) = (script.u64(), faults(script));
        let replica = |me: ReplicaId| new_replica(n, me.0, tapped("replica", me.0));
        let mut world = World::new(seed, faults, &config(n, 0), tapped("stranger", 0), replica);
        let clients = 1 + script.below(3) as u16;
        for who in 0..clients {
            let auth = tapped("client", who);
            let client = Client::new(chain, committee.clone(), client_id(who), auth, 2_000);
            world.add_client(client, Vec::new());
        }
        let (byzantine, spare) = (Vec::new(), usize::from(n - 1) / 3);
        let clients_alone = script.flag();
        let mut run = Self { world, heard, chain, n, byzantine, spare, clients, clients_alone };
        if script.flag() {
            run.corrupt(script);
        }
        run
    }

    /// Takes over one replica, if one may still fail.
    fn corrupt(&mut self, script: &mut Script<'_>) {
        // Most often the primary of the first views, who can do most.
        let who = if script.below(4) == 0 { self.any(script) } else { script.below(2) as u16 };
        if self.crash(who) {
            self.byzantine.push(who);
        }
    }

    fn crash(&mut self, who: u16) -> bool {
        if self.spare == 0 || self.byzantine.contains(&who) {
            return false;
        }
        self.spare -= 1;
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
            3..=5 => self.steps(1 + script.below(40)),
            6 => self.go(1 + script.below(4_000) as u64),
            7 => {
                let (from, to) = (self.any(script), self.any(script));
                self.world.cut(Party::Replica(from), Party::Replica(to));
            }
            8 => {
                let faults = faults(script);
                self.world.heal(faults);
            }
            9 => {
                let who = self.any(script);
                let _ = self.crash(who);
            }
            10..=12 => self.speak(script),
            13 => self.equivocate(script),
            14 => self.rubbish(script),
            _ => drop(self.submitted(script)),
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

    fn view(&self) -> u64 {
        self.world.replicas().values().map(|replica| replica.view()).max().unwrap_or(0)
    }

    /// Sends one message of a Byzantine replica to one replica or to all.
    fn speak(&mut self, script: &mut Script<'_>) {
        let Some(&me) = self.byzantine.first() else { return };
        let message = self.forged(script);
        let mut bytes = message.encode();
        if script.below(16) == 0 {
            let at = script.u64() as usize % bytes.len();
            bytes[at] ^= script.byte();
        }
        if !requests(&message).iter().all(|request| self.own(script, request)) {
            return;
        }
        let only = script.flag().then(|| self.any(script));
        for to in (0..self.n).filter(|to| only.is_none_or(|only| only == *to)) {
            self.world.inject(Party::Replica(me), ReplicaId(to), bytes.clone());
        }
    }

    fn forged(&self, script: &mut Script<'_>) -> Message {
        let (blocks, view, now) = (self.world.chain(), self.view(), self.world.now());
        let (keys, heard) = (self.byzantine.as_slice(), &*self.heard.borrow());
        let executed = blocks.len() as u64;
        let forge = Forge { n: self.n, keys, heard, blocks: &blocks, view, executed, now };
        let again = if script.below(4) == 0 { forge.again(script) } else { None };
        again.unwrap_or_else(|| forge.message(script))
    }

    /// The client said so, or does now, so that it is no invention of a replica's. It does not if it keeps
    /// its key for itself: its own next request has this number too.
    fn own(&mut self, script: &mut Script<'_>, request: &Signed<Request>) -> bool {
        let message = Message::Request(request.clone());
        if self.heard.borrow().messages.contains(&message) {
            return true;
        }
        if self.clients_alone {
            return false;
        }
        let to = ReplicaId(self.any(script));
        self.world.inject(Party::Client(0), to, message.encode());
        self.heard.borrow_mut().message(message);
        true
    }

    /// Two batches of a Byzantine primary for one number, each for some, with its votes for both.
    fn equivocate(&mut self, script: &mut Script<'_>) {
        let Some(&me) = self.byzantine.first() else { return };
        let (view, seq) = (self.view(), self.world.blocks().len() as u64 + script.below(2) as u64);
        let (mask, same, votes) = (script.byte(), script.below(4) == 0, script.flag());
        let (chain, sender, signer) = (self.chain, ReplicaId(me), auth("replica", me));
        let mut first = None;
        for half in 0..2 {
            let requests = (0..=script.below(2)).filter_map(|_| self.submitted(script)).collect();
            let time = self.world.now() + script.below(3) as u64;
            let batch = Batch { requests, time, proposer: sender };
            // One pair in four comes under one digest.
            let digest: Digest = first.filter(|_| same).unwrap_or_else(|| batch.digest());
            first = Some(digest);
            let vote = sign(&signer, PrePrepare::new(chain, sender, view, seq, digest));
            let commit = sign(&signer, Commit::new(chain, sender, view, seq, digest));
            let message = Message::PrePrepare(vote, batch);
            let to: Vec<_> =
                (0..self.n).filter(|to| mask >> to & 1 == half).map(ReplicaId).collect();
            for to in to {
                self.world.inject(Party::Replica(me), to, message.encode());
                if votes {
                    let message = Message::Commit(commit.clone()).encode();
                    self.world.inject(Party::Replica(me), to, message);
                }
            }
            self.heard.borrow_mut().message(message);
        }
    }

    /// A request that its client sent, or really sends to somebody now.
    fn submitted(&mut self, script: &mut Script<'_>) -> Option<Signed<Request>> {
        if self.clients_alone {
            let heard = self.heard.borrow();
            let requests: Vec<_> = heard.messages.iter().flat_map(requests).collect();
            let back = 1 + script.below(4.min(requests.len()));
            return requests.len().checked_sub(back).map(|at| requests[at].clone());
        }
        let (client, nonce) = (script.below(3) as u16, 1 + script.below(4) as u64);
        let request = request(self.chain, client, nonce, &[1 + script.byte() % 2]);
        let _ = self.own(script, &request);
        Some(request)
    }

    fn rubbish(&mut self, script: &mut Script<'_>) {
        let to = self.any(script);
        let bytes = script.bytes(40).to_vec();
        self.world.inject(Party::Replica(self.any(script)), ReplicaId(to), bytes);
    }

    /// The network becomes whole; what is still possible has to happen.
    fn finish(mut self) -> bool {
        self.world.heal(Faults::NONE);
        let served = self.world.run_until_served(SERVED);
        let served = served.unwrap_or_else(|violation| panic!("{violation}"));
        assert!(served || !self.clients_alone, "not served after healing");
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

fn requests(message: &Message) -> &[Signed<Request>] {
    match message {
        Message::Request(request) => std::slice::from_ref(request),
        Message::PrePrepare(_, batch) | Message::Body(batch) => &batch.requests,
        _ => &[],
    }
}
