//! Replicas that run a ledger, and a client for every party that uses it.
//!
//! What a party does on the chain goes through [`Network::post`]: signed, sent to the replicas as a
//! request, ordered, executed, and believed once f + 1 replicas give the same answer. The network is the
//! seeded one of the ledger; nothing leaves the process.

mod ledger;

use std::collections::BTreeMap;
use std::fmt;

use medcrypto_core::dst;
use medcrypto_ledger::auth::{Auth, ClientId, Committee, PublicKey, ReplicaId};
use medcrypto_ledger::block::{
    BadBlock, CertifiedBlock, ChainId, Fault, Genesis, Header, verify_chain,
};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::envelope::{Contract, SignedTx, TxBody};
use medcrypto_ledger::contract::host::Answer;
use medcrypto_ledger::pbft::{Client, Config, Quorum, Reason, Replay, Replica, genesis_state_root};
use medcrypto_ledger::sim::{Faults, Report, Violation, World};

use super::Failure;
use super::signer::{Scheme, Signer};

pub use ledger::Ledger;

/// What the network does to messages in a full run: one in twenty is lost, one in twenty arrives twice,
/// and all overtake each other.
pub const ROUGH: Faults =
    Faults { link_spread: 20, delay_min: 5, delay_max: 80, loss: 50, duplicate: 50, garble: 0 };

/// How long a party waits for an answer, in simulated milliseconds.
const PATIENCE_MS: u64 = 60_000;
/// After how long a client asks again.
const RETRANSMIT_MS: u64 = 2_000;
/// How long the replicas have to certify the block of an answered request.
const SETTLING_MS: u64 = 2_000;

/// How often the replicas are looked at while requests are under way.
const LOOK_MS: u64 = 5;

/// What became of requests that came at once, and what the replicas held meanwhile.
#[derive(Clone, Debug)]
pub struct Flood<T> {
    /// The answers, in the order of the requests.
    pub answers: Vec<T>,
    /// The most requests that waited at one replica.
    pub waiting: usize,
    /// The most numbers in the log of one replica.
    pub log: usize,
    /// How often a replica refused a request because its queue was full.
    pub full: usize,
}

/// What became of a transaction.
pub type AnswerOf<C, V> = Answer<<C as Contract<V>>::Event, <C as Contract<V>>::Reject>;

/// Replicas of a ledger `L`, and parties with keys of a scheme `S`.
pub struct Network<L: Ledger, S: Scheme> {
    world: World<Signer<S>, L>,
    genesis: Genesis,
    first: L,
    clients: BTreeMap<PublicKey, Party>,
    /// How long each request waited for its answer, in simulated milliseconds.
    waits: Vec<u64>,
    waiting_max: usize,
}

/// A party as the network knows it.
#[derive(Clone, Copy, Debug)]
struct Party {
    client: u16,
    /// The nonce of its last accepted transaction.
    nonce: u64,
}

impl<L: Ledger, S: Scheme> Network<L, S> {
    /// Starts a replica for each key, over a network with these faults, from a seed and a time.
    ///
    /// # Errors
    /// [`Failure::Usage`] for no keys.
    pub fn start(
        (state, verdicts): (L::State, L::Verdicts),
        keys: &[Signer<S>],
        faults: Faults,
        (seed, genesis_ms): (u64, u64),
    ) -> Result<Self, Failure> {
        let usage = |error: medcrypto_ledger::Error| Failure::Usage(error.to_string());
        let committee = Committee::new(keys.iter().map(Signer::public_key).collect());
        let committee = committee.map_err(usage)?;
        let observer = keys.first().ok_or_else(|| Failure::Usage("no replica".to_owned()))?;
        let first = L::at(state, verdicts);
        let genesis = Genesis::new(&committee, genesis_ms, genesis_state_root(&first));
        let first = first.on_chain(genesis.chain_id());
        let config = Config::new(genesis.clone(), ReplicaId(0)).map_err(usage)?;
        let waiting_max = config.waiting_max;
        let world = World::new(seed, faults, &config, observer.clone(), |me| {
            let key = keys.get(usize::from(me.0)).unwrap_or(observer);
            Replica::new(Config { me, ..config.clone() }, key.clone(), first.clone())
        });
        let (clients, waits) = (BTreeMap::new(), Vec::new());
        Ok(Self { world, genesis, first, clients, waits, waiting_max })
    }

    /// The chain's identity.
    #[must_use]
    pub fn chain_id(&self) -> ChainId {
        self.genesis.chain_id()
    }

    /// What the chain starts from.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The ledger at genesis.
    #[must_use]
    pub const fn first(&self) -> &L {
        &self.first
    }

    /// How many replicas there are.
    #[must_use]
    pub fn replicas(&self) -> u16 {
        u16::try_from(self.genesis.replicas.len()).unwrap_or(u16::MAX)
    }

    /// Posts an action and returns what f + 1 replicas say became of it.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn post(&mut self, sender: &Signer<S>, action: L::Action) -> Result<L::Answer, Failure> {
        let tx = self.sign(sender, action);
        let answer = self.submit(sender, codec::encode(&tx))?;
        if L::is_applied(&answer) {
            self.party(sender).nonce = tx.body.nonce;
        }
        Ok(answer)
    }

    /// The transaction that [`post`](Self::post) would send.
    pub fn sign(&mut self, sender: &Signer<S>, action: L::Action) -> SignedTx<L::Action> {
        let chain_id = self.chain_id();
        let nonce = self.party(sender).nonce.saturating_add(1);
        let body = TxBody { chain_id, sender: sender.public_key(), nonce, action };
        let signature = sender.sign(dst::ledger::TRANSACTION, &codec::encode(&body));
        SignedTx { body, signature }
    }

    /// Sends bytes as a request of a client and returns the answer that f + 1 replicas agree on.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn submit(&mut self, client: &Signer<S>, operation: Vec<u8>) -> Result<L::Answer, Failure> {
        let id = self.party(client).client;
        let place = self.answered(id);
        let asked = self.world.now();
        self.world.submit(id, operation);
        self.world.run_until_served(PATIENCE_MS).map_err(violated)?;
        self.waits.push(self.world.now().saturating_sub(asked));
        // The block of the request is certified only after the replies.
        self.world.run_for(SETTLING_MS).map_err(violated)?;
        self.answer(id, place)
    }

    /// Sends the requests of clients all at once, and returns the answers in their order with what the
    /// replicas had to hold. A client sends its second request when its first is answered.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn flood(
        &mut self,
        requests: Vec<(Signer<S>, Vec<u8>)>,
    ) -> Result<Flood<L::Answer>, Failure> {
        let mut places = Vec::new();
        for (client, operation) in requests {
            let id = self.party(&client).client;
            let earlier = places.iter().filter(|(other, _)| *other == id).count();
            places.push((id, self.answered(id).saturating_add(earlier)));
            self.world.submit(id, operation);
        }
        let full = self.full();
        let (waiting, log) = self.watch_until_served()?;
        let answers = places.into_iter().map(|(id, place)| self.answer(id, place));
        let answers = answers.collect::<Result<_, _>>()?;
        Ok(Flood { answers, waiting, log, full: self.full().saturating_sub(full) })
    }

    /// How many requests of a client were answered.
    fn answered(&self, client: u16) -> usize {
        self.world.results(client).len()
    }

    /// The answer to a client's request, by its place among them.
    fn answer(&self, client: u16, place: usize) -> Result<L::Answer, Failure> {
        let reply = self.world.results(client).get(place);
        let reply = reply.ok_or_else(|| Failure::NoProgress("no quorum answered".to_owned()))?;
        codec::decode(reply).map_err(|error| Failure::Check(format!("an answer: {error}")))
    }

    /// Runs until every client has its answer, or its patience is over; the most requests that waited at a
    /// replica, and the most numbers in its log.
    fn watch_until_served(&mut self) -> Result<(usize, usize), Failure> {
        let end = self.world.now().saturating_add(PATIENCE_MS);
        let (mut waiting, mut log) = (0, 0);
        while self.world.now() < end && !self.world.is_served() {
            self.world.run_for(LOOK_MS).map_err(violated)?;
            for replica in self.world.replicas().values() {
                waiting = waiting.max(replica.waiting_len());
                log = log.max(replica.log_len());
            }
        }
        // The block of the last request is certified only after the replies.
        self.world.run_for(SETTLING_MS).map_err(violated)?;
        Ok((waiting, log))
    }

    /// How often replicas refused a request so far because their queues were full.
    fn full(&self) -> usize {
        self.world.rejected().iter().filter(|(_, reason)| *reason == Reason::Full).count()
    }

    /// How many requests a replica lets wait.
    #[must_use]
    pub const fn waiting_max(&self) -> usize {
        self.waiting_max
    }

    /// From now on this replica neither hears nor says anything.
    pub fn silence(&mut self, replica: u16) {
        self.world.silence(ReplicaId(replica));
    }

    /// The simulated time in milliseconds since 1970.
    #[must_use]
    pub fn now_ms(&self) -> u64 {
        self.world.now()
    }

    /// The median of how long a request waits for its block, in simulated milliseconds; 0 before the
    /// first.
    #[must_use]
    pub fn block_ms(&self) -> u64 {
        let mut waits = self.waits.clone();
        waits.sort_unstable();
        waits.get(waits.len() / 2).copied().unwrap_or(0)
    }

    /// Every certified block after genesis.
    #[must_use]
    pub fn chain(&self) -> Vec<CertifiedBlock> {
        self.world.chain()
    }

    /// What the network has done so far: seed, trace, events, messages by kind.
    #[must_use]
    pub fn report(&self) -> Report {
        self.world.report()
    }

    /// Verifies blocks from genesis as a stranger who knows the committee and the rules, and returns
    /// the ledger's state at the end.
    ///
    /// # Errors
    /// [`BadBlock`] names the first bad height.
    pub fn audit(
        &self,
        blocks: &[Vec<u8>],
        verdicts: &L::Verdicts,
    ) -> Result<(Header, L::State), BadBlock> {
        // The stranger's own verdicts, not those of the replicas.
        let first = L::at(self.first.state().clone(), verdicts.clone()).on_chain(self.chain_id());
        let mut replay = Replay::new(&self.genesis, verdicts.clone(), first)
            .map_err(|_| BadBlock { height: 0, fault: Fault::Committee })?;
        let blocks = blocks.iter().map(Vec::as_slice);
        let head = verify_chain(&self.genesis, blocks, &mut replay, verdicts)?;
        Ok((head, replay.app().state().clone()))
    }

    /// The client of a party, made when it first speaks.
    fn party(&mut self, key: &Signer<S>) -> &mut Party {
        let next = u16::try_from(self.clients.len()).unwrap_or(u16::MAX);
        let (world, genesis) = (&mut self.world, &self.genesis);
        self.clients.entry(key.public_key()).or_insert_with_key(|id| {
            let committee = genesis.committee().ok();
            committee.into_iter().for_each(|committee| {
                let id = ClientId(id.clone());
                let chain_id = genesis.chain_id();
                let client = Client::new(chain_id, committee, id, key.clone(), RETRANSMIT_MS);
                world.add_client(client, Vec::new());
            });
            Party { client: next, nonce: 0 }
        })
    }
}

/// An invariant of the agreement that is broken.
fn violated(violation: Violation) -> Failure {
    Failure::Check(violation.to_string())
}

/// What to tell a user about a cluster of `replicas`; none if it tolerates a fault.
#[must_use]
pub fn fault_warning(replicas: u16) -> Option<String> {
    let faulty = Quorum::new(replicas).map_or(0, Quorum::faulty);
    (faulty == 0).then(|| format!("{replicas} replicas tolerate f = 0 faults; four tolerate one"))
}

impl<L: Ledger, S: Scheme> fmt::Debug for Network<L, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").finish_non_exhaustive()
    }
}
