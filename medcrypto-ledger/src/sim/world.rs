//! A world of replicas and clients on one event queue.
//!
//! All chance comes from one ChaCha8 stream and every collection is ordered, so a seed determines
//! the trace. After every event the invariants of the module `check` are tested.

mod carry;
mod watch;

use alloc::collections::{BTreeMap, BTreeSet, BinaryHeap, VecDeque};
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::check::{Checker, Violation};
use super::event::{Event, Incident, Party, Report, Trace};
use super::faults::{Faults, Network};
use super::liar::{Liar, Lie};
use super::mark::Mark;
use crate::auth::{Auth, ClientId, ReplicaId};
use crate::block::{BlockId, CertifiedBlock};
use crate::pbft::{App, Client, Config, Evidence, Input, Reason, Replica, Timer};

struct Asker<A> {
    client: Client<A>,
    script: VecDeque<Vec<u8>>,
    results: Vec<Vec<u8>>,
}

/// Whether a replica hears and says anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Health {
    Up,
    /// Stops at the next input, with its outputs lost.
    Failing,
    Down,
    /// For ever; its key may be anybody's.
    Silent,
}

/// Replicas, clients and the network between them.
#[expect(missing_debug_implementations, reason = "nothing worth printing but its report")]
pub struct World<A, P> {
    seed: u64,
    config: Config,
    now: u64,
    order: u64,
    events: u64,
    queue: BinaryHeap<Reverse<(u64, u64, Event)>>,
    network: Network,
    replicas: BTreeMap<u16, Replica<A, P>>,
    health: BTreeMap<u16, Health>,
    liars: BTreeMap<u16, Liar<A>>,
    /// Replicas that went on below this height of the others.
    behind: BTreeMap<u16, u64>,
    askers: BTreeMap<u16, Asker<A>>,
    names: BTreeMap<ClientId, u16>,
    timers: BTreeMap<(Party, Timer), u64>,
    checker: Checker<A, P>,
    trace: Trace,
    sent: BTreeMap<&'static str, u64>,
    marks: BTreeSet<Mark>,
    evidence: Vec<Evidence>,
    rejected: Vec<(Party, Reason)>,
}

impl<A: Auth + Clone, P: App> World<A, P> {
    /// A world at time `config.genesis.time_ms`. Replica i is made by `replica(i)`, for every
    /// member of the committee, and 0 once more, whose application the stranger who watches begins
    /// with; `stranger` only verifies.
    pub fn new(
        seed: u64,
        faults: Faults,
        config: &Config,
        stranger: A,
        mut replica: impl FnMut(ReplicaId) -> Replica<A, P>,
    ) -> Self {
        let first = replica(ReplicaId(0)).into_app();
        let replicas = (0..config.committee.n()).map(|i| (i, replica(ReplicaId(i)))).collect();
        let mut world = Self {
            seed,
            config: config.clone(),
            now: config.genesis.time_ms,
            order: 0,
            events: 0,
            queue: BinaryHeap::new(),
            network: Network::new(seed, faults),
            replicas,
            health: BTreeMap::new(),
            liars: BTreeMap::new(),
            behind: BTreeMap::new(),
            askers: BTreeMap::new(),
            names: BTreeMap::new(),
            timers: BTreeMap::new(),
            checker: Checker::new(stranger, config.clone(), first),
            trace: Trace::default(),
            sent: BTreeMap::new(),
            marks: BTreeSet::new(),
            evidence: Vec::new(),
            rejected: Vec::new(),
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

    /// From now on the replica neither hears nor says anything, and anybody may use its key.
    pub fn silence(&mut self, replica: ReplicaId) {
        self.health.insert(replica.0, Health::Silent);
        self.checker.distrust(replica);
    }

    /// From now on the replica lies; `auth` holds its key.
    pub fn corrupt(&mut self, replica: ReplicaId, lie: Lie, auth: A) {
        let config = Config { me: replica, ..self.config.clone() };
        self.liars.insert(replica.0, Liar::new(lie, config, auth));
        self.checker.distrust(replica);
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

    /// After `span` milliseconds the incident happens.
    pub fn plan(&mut self, span: u64, incident: Incident) {
        self.schedule(span, Event::Happen(incident));
    }

    /// Delivers bytes of the caller's making to a replica, as if `from` had sent them.
    pub fn inject(&mut self, from: Party, to: ReplicaId, bytes: Vec<u8>) {
        self.note(from, &bytes, 1);
        let to = Party::Replica(to.0);
        self.schedule(0, Event::Deliver { from, to, bytes, garbled: false });
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
        self.trace.absorb(at, order, &event);
        match event {
            Event::Deliver { to, bytes, garbled, .. } => {
                self.input(to, Input::Message(bytes), garbled)
            }
            Event::Expire(party, timer, round)
                if self.timers.get(&(party, timer)) == Some(&round) =>
            {
                self.input(party, Input::Timeout(timer), false)
            }
            Event::Expire(..) => Ok(()),
            Event::Happen(incident) => {
                self.happen(&incident);
                Ok(())
            }
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

    /// Seed, trace and counts so far.
    pub fn report(&self) -> Report {
        Report {
            seed: self.seed,
            trace: self.trace.digest(),
            events: self.events,
            time: self.now,
            sent: self.sent.clone(),
            marks: self.marks.clone(),
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

    /// The replicas of which something is expected: neither silent nor lying.
    pub fn correct(&self) -> impl Iterator<Item = &Replica<A, P>> {
        let correct = self.replicas.iter().filter(|(id, _)| !self.checker.distrusts(**id));
        correct.map(|(_, replica)| replica)
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
        self.checker.chain().values().cloned().collect()
    }

    /// Evidence that correct replicas brought.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// Inputs that clients and correct replicas ignored, by whom and why.
    pub fn rejected(&self) -> &[(Party, Reason)] {
        &self.rejected
    }
}
