//! A world of replicas and clients on one event queue.
//!
//! ```text
//! event = (time, order of scheduling, delivery or timer)      least first
//! trace = SHA-256 over every event that was handled
//! ```
//! All chance comes from one ChaCha8 stream and every collection is ordered, so a seed determines
//! the trace. After every event the invariants of the module `check` are tested.

use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use alloc::vec::Vec;
use core::cmp::Reverse;
use core::fmt;

use sha2::{Digest as _, Sha256};

use super::check::{Checker, Violation};
use super::faults::{Faults, Network};
use crate::auth::{Auth, ClientId, ReplicaId};
use crate::block::{BlockId, CertifiedBlock};
use crate::codec::Digest;
use crate::pbft::{App, Client, Config, Evidence, Input, Message, Output, Reason, Replica, Timer};

/// Who sends, receives or keeps a timer. Clients are numbered as they were given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A replica.
    Replica(u16),
    /// A client.
    Client(u16),
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Deliver(Party, Party, Vec<u8>),
    Expire(Party, Timer, u64),
}

/// What a run leaves behind; [`fmt::Display`] prints seed and trace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The seed that repeats the run.
    pub seed: u64,
    /// Digest of every event.
    pub trace: Digest,
    /// Events handled.
    pub events: u64,
    /// Simulated milliseconds.
    pub time: u64,
    /// Messages handed to the network, by kind.
    pub sent: BTreeMap<&'static str, u64>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seed, trace, events, time, .. } = self;
        write!(f, "seed={seed} trace={trace} events={events} time={time}ms")
    }
}

struct Asker<A> {
    client: Client<A>,
    script: VecDeque<Vec<u8>>,
    results: Vec<Vec<u8>>,
}

/// Replicas, clients and the network between them.
#[expect(missing_debug_implementations, reason = "nothing worth printing but its report")]
pub struct World<A, P> {
    seed: u64,
    now: u64,
    order: u64,
    events: u64,
    queue: BinaryHeap<Reverse<(u64, u64, Event)>>,
    network: Network,
    replicas: BTreeMap<u16, Replica<A, P>>,
    askers: BTreeMap<u16, Asker<A>>,
    names: BTreeMap<ClientId, u16>,
    silent: BTreeSet<u16>,
    timers: BTreeMap<(Party, Timer), u64>,
    checker: Checker<A>,
    trace: Sha256,
    sent: BTreeMap<&'static str, u64>,
    evidence: Vec<Evidence>,
    rejected: Vec<(Party, Reason)>,
    chain: BTreeMap<u64, CertifiedBlock>,
}

impl<A: Auth + Clone, P: App> World<A, P> {
    /// A world at time `config.genesis.time_ms`. Replica i is made by `replica(i)`, for every
    /// member of the committee; `stranger` only verifies.
    pub fn new(
        seed: u64,
        faults: Faults,
        config: &Config,
        stranger: A,
        mut replica: impl FnMut(ReplicaId) -> Replica<A, P>,
    ) -> Self {
        let mut world = Self {
            seed,
            now: config.genesis.time_ms,
            order: 0,
            events: 0,
            queue: BinaryHeap::new(),
            network: Network::new(seed, faults),
            replicas: (0..config.committee.n()).map(|i| (i, replica(ReplicaId(i)))).collect(),
            askers: BTreeMap::new(),
            names: BTreeMap::new(),
            silent: BTreeSet::new(),
            timers: BTreeMap::new(),
            checker: Checker::new(stranger, config.clone()),
            trace: Sha256::new(),
            sent: BTreeMap::new(),
            evidence: Vec::new(),
            rejected: Vec::new(),
            chain: BTreeMap::new(),
        };
        let first = world.replicas.iter().map(|(id, r)| (*id, r.start())).collect::<Vec<_>>();
        for (id, outputs) in first {
            world.perform(Party::Replica(id), outputs);
        }
        world
    }

    /// Adds a client with the operations that it will submit one after the other.
    pub fn add_client(&mut self, client: Client<A>, script: Vec<Vec<u8>>) {
        let id = u16::try_from(self.askers.len()).unwrap_or(u16::MAX);
        self.names.insert(client.id().clone(), id);
        self.askers.insert(id, Asker { client, script: script.into(), results: Vec::new() });
        self.submit_next(id);
    }

    /// Adds an operation to those that a client will submit.
    pub fn submit(&mut self, client: u16, operation: Vec<u8>) {
        if let Some(asker) = self.askers.get_mut(&client) {
            asker.script.push_back(operation);
        }
        self.submit_next(client);
    }

    /// From now on the replica neither hears nor says anything.
    pub fn silence(&mut self, replica: ReplicaId) {
        self.silent.insert(replica.0);
    }

    /// From now on nothing gets from one party to the other; the way back is another link.
    pub fn cut(&mut self, from: Party, to: Party) {
        self.network.cut.insert((from, to));
    }

    /// Another network, without cut links; what is under way arrives as it would have.
    pub fn heal(&mut self, faults: Faults) {
        self.network.faults = faults;
        self.network.cut.clear();
    }

    /// Delivers bytes of the caller's making to a replica, as if `from` had sent them.
    pub fn inject(&mut self, from: Party, to: ReplicaId, bytes: Vec<u8>) {
        self.note(from, &bytes);
        self.schedule(0, Event::Deliver(from, Party::Replica(to.0), bytes));
    }

    /// Handles the next event; none is left only in a world without replicas.
    ///
    /// # Errors
    /// The first [`Violation`] of an invariant.
    pub fn step(&mut self) -> Result<(), Violation> {
        let Some(Reverse((at, order, event))) = self.queue.pop() else {
            return Ok(());
        };
        self.now = at;
        self.events = self.events.saturating_add(1);
        self.absorb(order, &event);
        match event {
            Event::Deliver(_, to, bytes) => self.input(to, Input::Message(bytes)),
            Event::Expire(party, timer, round)
                if self.timers.get(&(party, timer)) == Some(&round) =>
            {
                self.input(party, Input::Timeout(timer))
            }
            Event::Expire(..) => Ok(()),
        }
    }

    /// Runs for `span` milliseconds.
    ///
    /// # Errors
    /// The first [`Violation`] of an invariant.
    pub fn run_for(&mut self, span: u64) -> Result<(), Violation> {
        let end = self.now.saturating_add(span);
        while self.next_event().is_some_and(|at| at <= end) {
            self.step()?;
        }
        self.now = end;
        Ok(())
    }

    /// Runs until every client has every answer, but at most for `span` milliseconds; says
    /// whether it has.
    ///
    /// # Errors
    /// The first [`Violation`] of an invariant.
    pub fn run_until_served(&mut self, span: u64) -> Result<bool, Violation> {
        let end = self.now.saturating_add(span);
        while !self.is_served() && self.next_event().is_some_and(|at| at <= end) {
            self.step()?;
        }
        Ok(self.is_served())
    }

    /// Whether every client has every answer.
    pub fn is_served(&self) -> bool {
        self.askers.values().all(|asker| !asker.client.is_busy() && asker.script.is_empty())
    }

    fn next_event(&self) -> Option<u64> {
        self.queue.peek().map(|Reverse((at, ..))| *at)
    }

    fn absorb(&mut self, order: u64, event: &Event) {
        self.trace.update(self.now.to_be_bytes());
        self.trace.update(order.to_be_bytes());
        let (from, to, what, bytes) = match event {
            Event::Deliver(from, to, bytes) => (label(*from), label(*to), 0, bytes.as_slice()),
            Event::Expire(party, Timer::Status, _) => (label(*party), [0; 3], 1, [].as_slice()),
            Event::Expire(party, ..) => (label(*party), [0; 3], 2, [].as_slice()),
        };
        self.trace.update([from, to].concat());
        self.trace.update([what]);
        self.trace.update(Sha256::digest(bytes));
    }

    fn input(&mut self, party: Party, input: Input) -> Result<(), Violation> {
        let outputs = match party {
            Party::Replica(id) => return self.replica_input(id, input),
            Party::Client(id) => {
                self.askers.get_mut(&id).map(|asker| asker.client.step(input)).unwrap_or_default()
            }
        };
        self.perform(party, outputs);
        if let Party::Client(id) = party {
            self.submit_next(id);
        }
        Ok(())
    }

    fn replica_input(&mut self, id: u16, input: Input) -> Result<(), Violation> {
        let heard = self.replicas.get_mut(&id).filter(|_| !self.silent.contains(&id));
        let Some(replica) = heard else {
            return Ok(());
        };
        let outputs = replica.step(self.now, input);
        self.checker.replica(id, replica)?;
        outputs.iter().try_for_each(|output| self.checker.output(output))?;
        self.perform(Party::Replica(id), outputs);
        Ok(())
    }

    fn submit_next(&mut self, id: u16) {
        let Some(asker) = self.askers.get_mut(&id).filter(|asker| !asker.client.is_busy()) else {
            return;
        };
        let operation = asker.script.pop_front();
        let outputs = operation.and_then(|op| asker.client.submit(op).ok()).unwrap_or_default();
        self.perform(Party::Client(id), outputs);
    }

    fn perform(&mut self, party: Party, outputs: Vec<Output>) {
        for output in outputs {
            self.carry_out(party, output);
        }
    }

    fn carry_out(&mut self, party: Party, output: Output) {
        match output {
            Output::Send(to, bytes) => self.send(party, Party::Replica(to.0), bytes),
            Output::Broadcast(bytes) => self.broadcast(party, &bytes),
            Output::Reply(client, bytes) => {
                let to = self.names.get(&client).copied().map(Party::Client);
                to.into_iter().for_each(|to| self.send(party, to, bytes.clone()));
            }
            Output::SetTimer(timer, span) => {
                let round = self.order;
                self.timers.insert((party, timer), round);
                self.schedule(span, Event::Expire(party, timer, round));
            }
            Output::CancelTimer(timer) => {
                self.timers.remove(&(party, timer));
            }
            Output::Evidence(evidence) => self.evidence.push(evidence),
            Output::Rejected(reason) => self.rejected.push((party, reason)),
            Output::Done { result, .. } => self.done(party, result),
            Output::Certified { block, certificate } => {
                let certified = CertifiedBlock { block, certificate };
                self.chain.entry(certified.block.header.height).or_insert(certified);
            }
            Output::Committed { .. } | Output::Entered { .. } | Output::Restored { .. } => {}
        }
    }

    fn done(&mut self, party: Party, result: Vec<u8>) {
        let Party::Client(id) = party else { return };
        if let Some(asker) = self.askers.get_mut(&id) {
            asker.results.push(result);
        }
    }

    fn broadcast(&mut self, from: Party, bytes: &[u8]) {
        let others = self.replicas.keys().map(|id| Party::Replica(*id));
        for to in others.filter(|to| *to != from).collect::<Vec<_>>() {
            self.send(from, to, bytes.to_vec());
        }
    }

    fn send(&mut self, from: Party, to: Party, bytes: Vec<u8>) {
        self.note(from, &bytes);
        for delay in self.network.delays(from, to) {
            self.schedule(delay, Event::Deliver(from, to, bytes.clone()));
        }
    }

    /// Counts a message and, for S3, remembers what clients asked.
    fn note(&mut self, from: Party, bytes: &[u8]) {
        let Ok(message) = Message::decode(bytes) else { return };
        let count = self.sent.entry(message.kind()).or_insert(0);
        *count = count.saturating_add(1);
        if let (Party::Client(_), Message::Request(request)) = (from, message) {
            self.checker.submitted(request.body());
        }
    }

    fn schedule(&mut self, delay: u64, event: Event) {
        let at = self.now.saturating_add(delay);
        self.queue.push(Reverse((at, self.order, event)));
        self.order = self.order.saturating_add(1);
    }

    /// Seed, trace and counts so far.
    pub fn report(&self) -> Report {
        Report {
            seed: self.seed,
            trace: Digest(self.trace.clone().finalize().into()),
            events: self.events,
            time: self.now,
            sent: self.sent.clone(),
        }
    }

    /// Milliseconds.
    pub const fn now(&self) -> u64 {
        self.now
    }

    /// The replicas by number.
    pub const fn replicas(&self) -> &BTreeMap<u16, Replica<A, P>> {
        &self.replicas
    }

    /// What a client was answered, in order.
    pub fn results(&self, client: u16) -> &[Vec<u8>] {
        self.askers.get(&client).map_or(&[], |asker| asker.results.as_slice())
    }

    /// Height and id of every block that some replica certified, genesis included.
    pub const fn blocks(&self) -> &BTreeMap<u64, BlockId> {
        self.checker.blocks()
    }

    /// Every certified block but genesis with its certificate, as some replica gave it out.
    pub fn chain(&self) -> Vec<CertifiedBlock> {
        self.chain.values().cloned().collect()
    }

    /// Evidence that replicas brought.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// Inputs that were ignored, by whom and why.
    pub fn rejected(&self) -> &[(Party, Reason)] {
        &self.rejected
    }
}

fn label(party: Party) -> [u8; 3] {
    let (kind, [high, low]) = match party {
        Party::Replica(id) => (1, id.to_be_bytes()),
        Party::Client(id) => (2, id.to_be_bytes()),
    };
    [kind, high, low]
}
