//! Replicas that run a contract, and a client for every party that uses it.
//!
//! What a party does on the chain goes through [`Network::post`]: signed, sent to the replicas as a
//! request, ordered, executed, and believed once f + 1 replicas give the same answer. The network is the
//! seeded one of the ledger; nothing leaves the process.

use std::collections::BTreeMap;
use std::fmt;

use medcrypto_core::dst;
use medcrypto_ledger::auth::{Auth, ClientId, Committee, PublicKey, ReplicaId, Verifier};
use medcrypto_ledger::block::{
    BadBlock, CertifiedBlock, ChainId, Fault, Genesis, Header, verify_chain,
};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::envelope::{Contract, SignedTx, State, TxBody};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::pbft::{Client, Config, Reason, Replay, Replica, genesis_state_root};
use medcrypto_ledger::sim::{Faults, Report, World};

use super::Failure;

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

/// Replicas of a contract `C` with verdicts `V`, and parties with keys `A`.
pub struct Network<C: Contract<V>, V: Verifier, A: Auth> {
    world: World<A, Machine<C, V>>,
    genesis: Genesis,
    first: Machine<C, V>,
    clients: BTreeMap<PublicKey, Party>,
    waiting_max: usize,
}

/// A party as the network knows it.
#[derive(Clone, Copy, Debug)]
struct Party {
    client: u16,
    /// The nonce of its last accepted transaction.
    nonce: u64,
}

impl<V, C, A> Network<C, V, A>
where
    V: Verifier + Clone,
    C: Contract<V>,
    A: Auth + Clone,
{
    /// Starts a replica for each key, over a network with these faults, from a seed and a time.
    ///
    /// # Errors
    /// [`Failure::Usage`] for no keys.
    pub fn start(
        (contract, verdicts): (C, V),
        keys: &[(PublicKey, A)],
        faults: Faults,
        (seed, genesis_ms): (u64, u64),
    ) -> Result<Self, Failure> {
        let usage = |error: medcrypto_ledger::Error| Failure::Usage(error.to_string());
        let committee = Committee::new(keys.iter().map(|(public, _)| public.clone()).collect());
        let committee = committee.map_err(usage)?;
        let (_, observer) = keys.first().ok_or_else(|| Failure::Usage("no replica".to_owned()))?;
        let first = Machine::new(State::genesis(contract), verdicts);
        let genesis = Genesis::new(&committee, genesis_ms, genesis_state_root(&first));
        let first = first.on_chain(genesis.chain_id());
        let config = Config::new(genesis.clone(), ReplicaId(0)).map_err(usage)?;
        let waiting_max = config.waiting_max;
        let world = World::new(seed, faults, &config, observer.clone(), |me| {
            let key = keys.get(usize::from(me.0)).map_or(observer, |(_, key)| key);
            Replica::new(Config { me, ..config.clone() }, key.clone(), first.clone())
        });
        Ok(Self { world, genesis, first, clients: BTreeMap::new(), waiting_max })
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

    /// The machine at genesis.
    #[must_use]
    pub const fn first(&self) -> &Machine<C, V> {
        &self.first
    }

    /// Posts an action and returns what f + 1 replicas say became of it.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn post(
        &mut self,
        sender: &PublicKey,
        key: &A,
        action: C::Action,
    ) -> Result<AnswerOf<C, V>, Failure> {
        let tx = self.sign(sender, key, action);
        let answer = self.submit(sender, key, codec::encode(&tx))?;
        if matches!(answer, Answer::Applied(_)) {
            self.party(sender, key).nonce = tx.body.nonce;
        }
        Ok(answer)
    }

    /// The transaction that [`post`](Self::post) would send.
    pub fn sign(&mut self, sender: &PublicKey, key: &A, action: C::Action) -> SignedTx<C::Action> {
        let chain_id = self.chain_id();
        let nonce = self.party(sender, key).nonce.saturating_add(1);
        let body = TxBody { chain_id, sender: sender.clone(), nonce, action };
        let signature = key.sign(dst::ledger::TRANSACTION, &codec::encode(&body));
        SignedTx { body, signature }
    }

    /// Sends bytes as a request of a client and returns the answer that f + 1 replicas agree on.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn submit(
        &mut self,
        client: &PublicKey,
        key: &A,
        operation: Vec<u8>,
    ) -> Result<AnswerOf<C, V>, Failure> {
        let mut flood = self.flood(vec![(client.clone(), key.clone(), operation)])?;
        flood.answers.pop().ok_or_else(|| Failure::NoProgress("no answer".to_owned()))
    }

    /// Sends the requests of clients all at once, and returns the answers in their order with what the
    /// replicas had to hold. A client sends its second request when its first is answered.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn flood(
        &mut self,
        requests: Vec<(PublicKey, A, Vec<u8>)>,
    ) -> Result<Flood<AnswerOf<C, V>>, Failure> {
        let mut places = Vec::new();
        for (client, key, operation) in requests {
            let id = self.party(&client, &key).client;
            let earlier = places.iter().filter(|(other, _)| *other == id).count();
            places.push((id, self.answered(id).saturating_add(earlier)));
            self.world.submit(id, operation);
        }
        let full = self.full();
        let (waiting, log) = self.run_until_served()?;
        let answers = places.into_iter().map(|(id, place)| {
            let reply = self.world.results(id).get(place);
            let reply =
                reply.ok_or_else(|| Failure::NoProgress("no quorum answered".to_owned()))?;
            codec::decode(reply).map_err(|error| Failure::Check(format!("an answer: {error}")))
        });
        let answers = answers.collect::<Result<_, _>>()?;
        Ok(Flood { answers, waiting, log, full: self.full().saturating_sub(full) })
    }

    /// How many requests of a client were answered.
    fn answered(&self, client: u16) -> usize {
        self.world.results(client).len()
    }

    /// Runs until every client has its answer, or its patience is over; the most requests that waited at a
    /// replica, and the most numbers in its log.
    fn run_until_served(&mut self) -> Result<(usize, usize), Failure> {
        let violated =
            |violation: medcrypto_ledger::sim::Violation| Failure::Check(violation.to_string());
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
    /// the contract's state at the end.
    ///
    /// # Errors
    /// [`BadBlock`] names the first bad height.
    pub fn audit(&self, blocks: &[Vec<u8>], verdicts: &V) -> Result<(Header, State<C>), BadBlock> {
        // The stranger's own verdicts, not those of the replicas.
        let first = Machine::new(self.first.state().clone(), verdicts.clone());
        let first = first.on_chain(self.chain_id());
        let mut replay = Replay::new(&self.genesis, verdicts.clone(), first)
            .map_err(|_| BadBlock { height: 0, fault: Fault::Committee })?;
        let blocks = blocks.iter().map(Vec::as_slice);
        let head = verify_chain(&self.genesis, blocks, &mut replay, verdicts)?;
        Ok((head, replay.app().state().clone()))
    }

    /// The client of a party, made when it first speaks.
    fn party(&mut self, public: &PublicKey, key: &A) -> &mut Party {
        let next = u16::try_from(self.clients.len()).unwrap_or(u16::MAX);
        let (world, genesis) = (&mut self.world, &self.genesis);
        self.clients.entry(public.clone()).or_insert_with_key(|id| {
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

impl<C: Contract<V>, V: Verifier, A: Auth> fmt::Debug for Network<C, V, A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").finish_non_exhaustive()
    }
}
