//! A seed draws everything: who takes part, what happens to them, who lies and how.
//!
//! ```text
//! chaos      faults, incidents and liars, until calm_at         every invariant after every event
//! calm       the network is whole, and f liars go on lying      every client is served
//! after it   every correct replica has one head and one state, and every operation stands in it
//!            once, where its client was told
//! ```
//! Before `calm_at` nothing is promised but safety; afterwards liveness too, because at most f
//! replicas lie and everybody who stopped had saved its state.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::vec::Vec;

use rand_chacha::ChaCha8Rng;
use rand_core::{RngCore, SeedableRng};
use serde::{Deserialize, Serialize};

use super::faults::below;
use super::{Faults, Incident, Lie, Report, SymbolicAuth, Tape, Violation, World};
use crate::auth::{Auth, ClientId, Committee, PublicKey, ReplicaId};
use crate::block::Genesis;
use crate::error::Error;
use crate::pbft::{Client, Config, Quorum, Replica, genesis_state_root};

/// When simulated time begins, in milliseconds since 1970.
const START: u64 = 1_700_000_000_000;
/// How long a client waits before it asks everybody, in milliseconds.
const RETRANSMIT: u64 = 1_000;
/// How long everybody has to be served once the network is whole, in simulated milliseconds.
const PATIENCE: u64 = 600_000;
/// How long the replicas have to come to one head then.
const SETTLING: u64 = 3_000;
/// The most further operations, one after the other, until they have. Whom a lying primary told
/// another batch than the others is behind until the next checkpoint.
const CLOSING: u8 = 24;

/// Everything that a run depends on. Times are in milliseconds since its beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Seed of the network and of the liars.
    pub seed: u64,
    /// n.
    pub replicas: u16,
    /// Clients.
    pub clients: u16,
    /// Operations of each client.
    pub requests: u8,
    /// K: the low water mark moves in steps of K.
    pub checkpoint_every: u64,
    /// Numbers below h that are kept.
    pub history: u64,
    /// Batches that a primary has under way.
    pub in_flight_max: u64,
    /// What the network does until `calm_at`.
    pub faults: Faults,
    /// What else happens, and when.
    pub incidents: Vec<(u64, Incident)>,
    /// Who lies, and how.
    pub liars: Vec<(u16, Lie)>,
    /// When the network becomes whole and everybody goes on.
    pub calm_at: u64,
}

/// Why a run does not pass.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The plan names no committee.
    #[error("the plan cannot be carried out: {0}")]
    Plan(#[from] Error),
    /// An invariant is broken.
    #[error("{0} ({1})")]
    Violation(Violation, Report),
    /// Some client has no answer although the network was whole for long enough.
    #[error("a client was not served ({0})")]
    Unserved(Report),
    /// Correct replicas do not come to one head and one state.
    #[error("correct replicas are at different heads ({0})")]
    Apart(Report),
    /// The final state does not hold each operation once, where its client was told.
    #[error("operations and answers do not match the state ({0})")]
    Answers(Report),
}

/// A party's key by its name, and the public half.
pub type Key<'a, A> = &'a dyn Fn(&str) -> (A, PublicKey);

/// The symbolic key of a name, in one world that all plans share.
#[must_use]
pub fn symbolic(name: &str) -> (SymbolicAuth, PublicKey) {
    let auth = SymbolicAuth::new([7; 32], name);
    let public = auth.public_key().clone();
    (auth, public)
}

impl Plan {
    /// A plan in which nothing goes wrong.
    #[must_use]
    pub const fn quiet(replicas: u16, clients: u16, requests: u8) -> Self {
        Self {
            seed: 1,
            replicas,
            clients,
            requests,
            checkpoint_every: 4,
            history: 4,
            in_flight_max: 4,
            faults: Faults::NONE,
            incidents: Vec::new(),
            liars: Vec::new(),
            calm_at: 5_000,
        }
    }

    /// The plan of a seed, of four replicas or of seven.
    #[must_use]
    pub fn draw(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
        let replicas = if below(2, &mut rng) == 0 { 4 } else { 7 };
        Self::of(replicas, seed)
    }

    /// The plan of a seed with so many replicas.
    #[must_use]
    pub fn of(replicas: u16, seed: u64) -> Self {
        let rng = &mut ChaCha8Rng::seed_from_u64(seed ^ 0x5eed);
        // What `draw` has looked at.
        rng.next_u64();
        let calm_at = 3_000 + below(12_000, rng);
        Self {
            seed,
            replicas,
            clients: 1 + small(below(5, rng)),
            requests: u8::try_from(2 + below(16, rng)).unwrap_or(2),
            checkpoint_every: 2 + below(7, rng),
            history: below(24, rng),
            in_flight_max: 1 + below(4, rng),
            faults: faults(rng),
            incidents: incidents(replicas, calm_at, rng),
            liars: liars(replicas, rng),
            calm_at,
        }
    }

    /// The plan's world before its first event.
    ///
    /// # Errors
    /// [`Error::Committee`] if there are no or too many replicas.
    pub fn world<A: Auth + Clone>(&self, key: Key<'_, A>) -> Result<World<A, Tape>, Error> {
        let keys = (0..self.replicas).map(|i| key(&format!("replica {i}")).1).collect();
        let committee = Committee::new(keys)?;
        let root = genesis_state_root(&Tape::default());
        let mut config = Config::new(Genesis::new(&committee, START, root), ReplicaId(0))?;
        config.checkpoint_every = self.checkpoint_every;
        config.history = self.history;
        config.in_flight_max = self.in_flight_max;
        config.status_every = 500;
        config.view_timeout = 2_000;
        let auth = |id: u16| key(&format!("replica {id}")).0;
        let replica = |me: ReplicaId| {
            Replica::new(Config { me, ..config.clone() }, auth(me.0), Tape::default())
        };
        let stranger = key("stranger").0;
        let mut world = World::new(self.seed, self.faults, &config, stranger, replica);
        for (id, lie) in &self.liars {
            world.corrupt(ReplicaId(*id), *lie, auth(*id));
        }
        for (at, incident) in &self.incidents {
            world.plan(*at, incident.clone());
        }
        world.plan(self.calm_at, Incident::Calm);
        for who in 0..self.clients {
            let (auth, public) = key(&format!("client {who}"));
            let (chain, committee) = (config.chain, committee.clone());
            let client = Client::new(chain, committee, ClientId(public), auth, RETRANSMIT);
            world.add_client(client, self.script(who));
        }
        Ok(world)
    }

    /// What a client asks for: its number and the operation's.
    fn script(&self, client: u16) -> Vec<Vec<u8>> {
        let [high, low] = client.to_be_bytes();
        (0..self.requests).map(|k| alloc::vec![high, low, k]).collect()
    }

    /// Carries the plan out.
    ///
    /// # Errors
    /// The first [`Failure`].
    pub fn run<A: Auth + Clone>(&self, key: Key<'_, A>) -> Result<World<A, Tape>, Failure> {
        let mut world = self.world(key)?;
        let broken =
            |violation, world: &World<A, Tape>| Failure::Violation(violation, world.report());
        world.run_for(self.calm_at).map_err(|violation| broken(violation, &world))?;
        let mut scripts = (0..self.clients).map(|who| self.script(who)).collect::<Vec<_>>();
        for round in 0..CLOSING {
            let served = world.run_until_served(PATIENCE);
            if !served.map_err(|violation| broken(violation, &world))? {
                return Err(Failure::Unserved(world.report()));
            }
            world.run_for(SETTLING).map_err(|violation| broken(violation, &world))?;
            if is_at_one(&world) {
                break;
            }
            let operation = alloc::vec![round];
            scripts.iter_mut().take(1).for_each(|script| script.push(operation.clone()));
            world.submit(0, operation);
        }
        if !is_at_one(&world) {
            return Err(Failure::Apart(world.report()));
        }
        if !is_answered(&world, &scripts) {
            return Err(Failure::Answers(world.report()));
        }
        Ok(world)
    }
}

/// Whether every operation stands in the final state once, and where its client was told.
fn is_answered<A: Auth + Clone>(world: &World<A, Tape>, scripts: &[Vec<Vec<u8>>]) -> bool {
    let Some(Tape(tape)) = world.correct().map(Replica::app).next() else {
        return false;
    };
    let told = |answer: &Vec<u8>| {
        let text = core::str::from_utf8(answer).ok()?;
        let (number, _) = text.split_once('@')?;
        tape.get(number.parse::<usize>().ok()?.checked_sub(1)?)
    };
    let fits = |(who, script): (u16, &Vec<Vec<u8>>)| {
        let answers = world.results(who);
        let fits = |(answer, operation)| told(answer) == Some(operation);
        answers.len() == script.len() && answers.iter().zip(script).all(fits)
    };
    tape.len() == scripts.iter().map(Vec::len).sum::<usize>() && (0..).zip(scripts).all(fits)
}

/// Whether the correct replicas have one certified head and one state.
fn is_at_one<A: Auth + Clone>(world: &World<A, Tape>) -> bool {
    let heads = world.correct().map(|r| (r.executed(), r.state_root()));
    let certified = world.correct().all(|r| r.certified() == r.executed());
    certified && heads.collect::<BTreeSet<_>>().len() <= 1
}

fn small(value: u64) -> u16 {
    u16::try_from(value).unwrap_or_default()
}

/// In so many of a hundred runs a number below `bound`, otherwise 0.
fn sometimes<R: RngCore>(percent: u64, bound: u64, rng: &mut R) -> u64 {
    if below(100, rng) < percent { below(bound, rng) } else { 0 }
}

fn faults<R: RngCore>(rng: &mut R) -> Faults {
    Faults {
        link_spread: sometimes(60, 80, rng),
        delay_min: 1,
        delay_max: 1 + sometimes(80, 250, rng),
        loss: sometimes(70, 250, rng),
        duplicate: sometimes(70, 200, rng),
        garble: sometimes(70, 150, rng),
    }
}

/// Partitions that last for a while, and replicas that stop for a while.
fn incidents<R: RngCore>(n: u16, calm_at: u64, rng: &mut R) -> Vec<(u64, Incident)> {
    let mut incidents = Vec::new();
    for _ in 0..sometimes(70, 4, rng) {
        let from = below(calm_at, rng);
        let group = (0..n).filter(|_| below(3, rng) == 0).collect();
        let way = [Incident::Mute, Incident::Deafen, Incident::Split];
        let way = way.get(usize::from(small(below(3, rng)))).copied().unwrap_or(Incident::Split);
        incidents.push((from, way(group)));
        incidents.push((from.saturating_add(below(4_000, rng)), Incident::Mend));
    }
    for _ in 0..sometimes(70, 5, rng) {
        // The first primaries more often than others.
        let bound = if below(2, rng) == 0 { n.min(2) } else { n };
        let (from, who) = (below(calm_at, rng), small(below(bound.into(), rng)));
        incidents.push((from, Incident::Crash(who)));
        incidents.push((from.saturating_add(below(6_000, rng)), Incident::Restart(who)));
    }
    incidents
}

/// At most f liars, each where its lie matters most in half of the runs.
fn liars<R: RngCore>(n: u16, rng: &mut R) -> Vec<(u16, Lie)> {
    let faulty = Quorum::new(n).map_or(0, Quorum::faulty);
    let mut liars = BTreeMap::new();
    for _ in 0..faulty {
        let lie = usize::from(small(below(16, rng)));
        // In some runs nobody lies.
        let Some(lie) = Lie::ALL.get(lie).copied() else { continue };
        let best = if lie == Lie::FalsePlan { 1 } else { 0 };
        let who = if below(2, rng) == 0 { best } else { small(below(n.into(), rng)) };
        liars.insert(who, lie);
    }
    liars.into_iter().collect()
}
