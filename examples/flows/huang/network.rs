//! The ledger of the flow: replicas, the contract on them, and a client for every party.
//!
//! Everything that a party does on the chain goes through [`Network::post`]: the transaction is
//! signed, sent to the replicas as a request, ordered, executed, and believed once f + 1 replicas
//! give the same receipt. The network is the seeded one of the ledger; nothing leaves the process.

use std::collections::BTreeMap;
use std::fmt;

use medcrypto_core::dst;
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_ledger::auth::{Auth, ClientId, Committee, PublicKey, ReplicaId};
use medcrypto_ledger::block::{
    BadBlock, CertifiedBlock, ChainId, Fault, Genesis, Header, verify_chain,
};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::{
    Action, Outcome, Receipt, RequirementLedger, SignedTx, State, TxBody,
};
use medcrypto_ledger::pbft::{Client, Config, Quorum, Replay, Replica, genesis_state_root};
use medcrypto_ledger::sim::{Faults, Report, World};

use super::Failure;
use super::judge::Judge;
use super::signer::{Ed25519, Signer};
use super::study::GENESIS_MS;

/// How long a party waits for an answer, in simulated milliseconds.
const PATIENCE_MS: u64 = 60_000;
/// After how long a client asks again.
const RETRANSMIT_MS: u64 = 2_000;
/// How long the replicas have to certify the block of an answered request.
const SETTLING_MS: u64 = 2_000;

/// Replicas that run the requirement contract, and the parties that use it.
pub struct Network {
    world: World<Signer, RequirementLedger<Judge>>,
    genesis: Genesis,
    first: RequirementLedger<Judge>,
    clients: BTreeMap<PublicKey, Party>,
    /// How long each request waited for its answer, in simulated milliseconds.
    waits: Vec<u64>,
}

impl Network {
    /// Starts `replicas` replicas with this contract state, over a network with these faults.
    ///
    /// # Errors
    /// [`Failure::Usage`] for a committee of none.
    pub fn start<R: RngCore + CryptoRng>(
        replicas: u16,
        state: State,
        judge: Judge,
        faults: Faults,
        rng: &mut R,
    ) -> Result<Self, Failure> {
        let keys: Vec<_> = (0..replicas).map(|_| Signer::generate(rng)).collect();
        let committee = Committee::new(keys.iter().map(Signer::public_key).collect())
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let first = RequirementLedger::new(state.clone(), judge.clone());
        let genesis = Genesis::new(&committee, GENESIS_MS, genesis_state_root(&first));
        let machine = first.on_chain(genesis.chain_id());
        let config = Config::new(genesis.clone(), ReplicaId(0))
            .map_err(|error| Failure::Usage(error.to_string()))?;
        let observer = Signer::generate(rng);
        let world = World::new(rng.next_u64(), faults, &config, observer.clone(), |me| {
            let key = keys.get(usize::from(me.0)).unwrap_or(&observer);
            Replica::new(Config { me, ..config.clone() }, key.clone(), machine.clone())
        });
        Ok(Self { world, genesis, first: machine, clients: BTreeMap::new(), waits: Vec::new() })
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

    /// Posts an action and returns what f + 1 replicas say became of it.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn post(&mut self, sender: &Signer, action: Action) -> Result<Receipt, Failure> {
        let tx = self.sign(sender, action);
        let receipt = self.submit(sender, codec::encode(&tx))?;
        if receipt.outcome == Outcome::Applied {
            self.party(sender).nonce = tx.body.nonce;
        }
        Ok(receipt)
    }

    /// The transaction that [`post`](Self::post) would send.
    pub fn sign(&mut self, sender: &Signer, action: Action) -> SignedTx {
        let chain_id = self.chain_id();
        let nonce = self.party(sender).nonce.saturating_add(1);
        let body = TxBody { chain_id, sender: sender.public_key(), nonce, action };
        let signature = sender.sign(dst::ledger::TRANSACTION, &codec::encode(&body));
        SignedTx { body, signature }
    }

    /// Sends bytes as a request of `client` and returns the receipt that f + 1 replicas agree on.
    ///
    /// # Errors
    /// [`Failure::NoProgress`] when no f + 1 replicas answer in time.
    pub fn submit(&mut self, client: &Signer, operation: Vec<u8>) -> Result<Receipt, Failure> {
        let id = self.party(client).client;
        let before = self.world.results(id).len();
        let asked = self.world.now();
        self.world.submit(id, operation);
        let served = self.world.run_until_served(PATIENCE_MS);
        served.map_err(|violation| Failure::Check(violation.to_string()))?;
        self.waits.push(self.world.now().saturating_sub(asked));
        // The block of the request is certified only after the replies.
        self.run_for(SETTLING_MS)?;
        let reply = self.world.results(id).get(before);
        let reply = reply.ok_or_else(|| Failure::NoProgress("no quorum answered".to_owned()))?;
        codec::decode(reply).map_err(|error| Failure::Check(format!("a receipt: {error}")))
    }

    /// Lets simulated time pass.
    ///
    /// # Errors
    /// [`Failure::Check`] when an invariant of the agreement breaks.
    pub fn run_for(&mut self, span_ms: u64) -> Result<(), Failure> {
        self.world.run_for(span_ms).map_err(|violation| Failure::Check(violation.to_string()))
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

    /// How many replicas there are.
    #[must_use]
    pub fn replicas(&self) -> u16 {
        u16::try_from(self.genesis.replicas.len()).unwrap_or(u16::MAX)
    }

    /// What the network has done so far: seed, trace, events, messages by kind.
    #[must_use]
    pub fn report(&self) -> Report {
        self.world.report()
    }

    /// Verifies blocks from genesis as a stranger who knows the committee and the rules, and
    /// returns the contract's state at the end.
    ///
    /// # Errors
    /// [`BadBlock`] names the first bad height.
    pub fn audit(&self, blocks: &[Vec<u8>]) -> Result<(Header, State), BadBlock> {
        let mut replay = Replay::new(&self.genesis, Ed25519, self.first.clone())
            .map_err(|_| BadBlock { height: 0, fault: Fault::Committee })?;
        let blocks = blocks.iter().map(Vec::as_slice);
        let head = verify_chain(&self.genesis, blocks, &mut replay, &Ed25519)?;
        Ok((head, replay.app().state().clone()))
    }

    /// The client of a party, made when it first speaks.
    fn party(&mut self, key: &Signer) -> &mut Party {
        let next = u16::try_from(self.clients.len()).unwrap_or(u16::MAX);
        let (world, genesis) = (&mut self.world, &self.genesis);
        self.clients.entry(key.public_key()).or_insert_with_key(|id| {
            let committee = genesis.committee().ok();
            committee.into_iter().for_each(|committee| {
                let id = ClientId(id.clone());
                let client =
                    Client::new(genesis.chain_id(), committee, id, key.clone(), RETRANSMIT_MS);
                world.add_client(client, Vec::new());
            });
            Party { client: next, nonce: 0 }
        })
    }
}

/// A party as the network knows it.
#[derive(Clone, Copy, Debug)]
struct Party {
    /// Its client.
    client: u16,
    /// The nonce of its last accepted transaction.
    nonce: u64,
}

/// What became of a transaction, in a word.
#[must_use]
pub fn outcome(receipt: &Receipt) -> String {
    match receipt.outcome {
        Outcome::Applied => "applied".to_owned(),
        Outcome::Rejected(reject) => reject.to_string(),
    }
}

/// What to tell a user about a cluster of `replicas`; none if it tolerates a fault.
#[must_use]
pub fn fault_warning(replicas: u16) -> Option<String> {
    let faulty = Quorum::new(replicas).map_or(0, Quorum::faulty);
    (faulty == 0).then(|| format!("{replicas} replicas tolerate f = 0 faults; four tolerate one"))
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").finish_non_exhaustive()
    }
}
