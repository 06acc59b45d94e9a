//! The Userchain with its miners, and what the Docchain asks of it.

use std::collections::BTreeSet;
use std::num::NonZeroU64;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use medcrypto_core::dst;
use medcrypto_core::rand_core::RngCore;
use medcrypto_ledger::auth::{Auth, PublicKey, Signature, Verifier};
use medcrypto_ledger::block::{BlockId, ChainId, tx_root};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::coin;
use medcrypto_ledger::contract::envelope::{SignedTx, State, TxBody};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::keychain::{Action, Event, Keychain, Reject};
use medcrypto_ledger::pow::{CoreNode, Genesis, Header, SPACING_MS, Target, U256};
use medcrypto_ledger::sim::Oracle;
use medcrypto_ledger::{Bytes, Digest, Dst, Refused};
use rand_chacha::ChaCha20Rng;
use sha2::{Digest as _, Sha256};

use crate::flows::Failure;
use crate::flows::signer::{Ed25519, Signer};

/// How deep a block must lie to be believed, itself included.
pub const DEPTH: u64 = 6;
/// 2016-06-01T00:00:00Z.
pub const GENESIS_MS: u64 = 1_464_739_200_000;
/// Simulated tries a millisecond that give a block a minute at the first target.
pub const RATE: u64 = (1 << 40) / SPACING_MS;

/// The contract of devices, uploads and keys, on the Userchain.
pub type Keys = Machine<Keychain, Ed25519>;
/// What became of a transaction of the Userchain.
pub type Told = Answer<Event, Reject>;

/// A core node, the miners, and the transactions that wait.
#[derive(Debug)]
pub struct Userchain {
    genesis: Genesis,
    node: CoreNode<Oracle>,
    waiting: Vec<Bytes>,
    miners: Vec<PublicKey>,
    rate: NonZeroU64,
    now_ms: u64,
    rng: ChaCha20Rng,
}

impl Userchain {
    /// A chain of these miners, whose first target stands for 2⁴⁰ tries.
    #[must_use]
    pub fn new(miners: Vec<PublicKey>, rng: ChaCha20Rng) -> Self {
        let mut limit = [0xFF; 32];
        limit.iter_mut().take(5).for_each(|byte| *byte = 0);
        let limit = Target::round(U256::from_be_bytes(&limit));
        let genesis = Genesis { limit, time_ms: GENESIS_MS };
        let rate = NonZeroU64::new(RATE).unwrap_or(NonZeroU64::MIN);
        let (node, waiting) = (CoreNode::new(&genesis), Vec::new());
        Self { genesis, node, waiting, miners, rate, now_ms: GENESIS_MS, rng }
    }

    /// What the chain starts from.
    #[must_use]
    pub const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// The chain's identity.
    #[must_use]
    pub fn chain_id(&self) -> ChainId {
        self.genesis.chain_id::<Oracle>()
    }

    /// The core node.
    #[must_use]
    pub const fn node(&self) -> &CoreNode<Oracle> {
        &self.node
    }

    /// The simulated time.
    #[must_use]
    pub const fn now_ms(&self) -> u64 {
        self.now_ms
    }

    /// From now on all miners together try `times` times as often as at first.
    pub const fn set_rate(&mut self, times: u64) {
        if let Some(rate) = NonZeroU64::new(RATE.saturating_mul(times)) {
            self.rate = rate;
        }
    }

    /// Lets time pass.
    pub const fn pass(&mut self, span_ms: u64) {
        self.now_ms = self.now_ms.saturating_add(span_ms);
    }

    /// The next transaction of a sender, after those that wait.
    #[must_use]
    pub fn sign(&self, sender: &Signer, action: Action) -> SignedTx<Action> {
        let key = sender.public_key();
        let waits = self.waiting.iter().filter_map(|tx| codec::decode(tx.as_slice()).ok());
        let waits = waits.filter(|tx: &SignedTx<Action>| tx.body.sender == key).count() as u64;
        let next = self.keys().state().next_nonce(&key).unwrap_or(u64::MAX);
        let nonce = next.saturating_add(waits);
        let body = TxBody { chain_id: self.chain_id(), sender: key, nonce, action };
        let signature = sender.sign(dst::ledger::TRANSACTION, &codec::encode(&body));
        SignedTx { body, signature }
    }

    /// Hands bytes to the miners.
    pub fn submit(&mut self, tx: Vec<u8>) {
        self.waiting.push(tx.into());
    }

    /// Mines one block with everything that waits.
    ///
    /// # Errors
    /// [`Failure::Check`] for a block that the node refuses.
    pub fn mine(&mut self) -> Result<BlockId, Failure> {
        let target = self.node.chain().template(tx_root(&[]), Digest::ZERO, 0).target;
        let wait = Oracle::wait_ms(target, self.rate, &mut self.rng);
        self.now_ms = self.now_ms.saturating_add(wait.max(1));
        let txs = std::mem::take(&mut self.waiting);
        let miner = self.draw_miner();
        let header = self.node.chain().template(tx_root(&txs), miner, self.now_ms);
        self.take(header, txs)
    }

    /// Gives the node any block of an oracle; what leaves the best chain waits again.
    ///
    /// # Errors
    /// [`Failure::Check`] for a block that the node refuses.
    pub fn take(&mut self, header: Header, txs: Vec<Bytes>) -> Result<BlockId, Failure> {
        let sealed = Oracle::seal(header);
        let taken = self.node.accept(sealed, txs, self.now_ms);
        let (_, returned) = taken.map_err(|refusal| Failure::Check(refusal.to_string()))?;
        // Before what was sent later: a sender's nonces go up.
        self.waiting.splice(0..0, returned);
        Ok(sealed.id())
    }

    fn draw_miner(&mut self) -> Digest {
        let count = self.miners.len().max(1) as u64;
        let drawn = usize::try_from(self.rng.next_u64() % count).unwrap_or(0);
        self.miners.get(drawn).map_or(Digest::ZERO, name)
    }

    /// The devices, uploads and keys after the best chain.
    #[must_use]
    pub fn keys(&self) -> Keys {
        self.replay(self.node.chain().head().height).0
    }

    /// The state after the block at a height, and what became of that block's transactions.
    #[must_use]
    pub fn replay(&self, height: u64) -> (Keys, Vec<Told>) {
        let state = State::genesis(Keychain::default());
        let mut keys = Keys::new(state, Ed25519).on_chain(self.chain_id());
        let mut told = Vec::new();
        for header in (1..=height).filter_map(|height| self.node.chain().at(height)) {
            // Most blocks are empty, and their ids need not be known.
            let txs = if header.tx_count == 0 { &[] } else { self.node.txs(&header.id()) };
            let run = |tx: &Bytes| keys.run(tx.as_slice(), header.height, header.time_ms);
            told = txs.iter().map(run).collect();
        }
        (keys, told)
    }
}

/// The name of a miner in a header.
#[must_use]
pub fn name(miner: &PublicKey) -> Digest {
    Digest(Sha256::digest(miner.0.as_slice()).into())
}

/// The Userchain as the replicas of the Docchain see it.
#[derive(Clone, Debug)]
pub struct Judge(Arc<RwLock<Userchain>>);

impl Judge {
    /// A judge who looks at this chain.
    #[must_use]
    pub const fn new(userchain: Arc<RwLock<Userchain>>) -> Self {
        Self(userchain)
    }

    fn look(&self) -> RwLockReadGuard<'_, Userchain> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Verifier for Judge {
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        Ed25519.verify(key, domain, message, signature)
    }
}

impl coin::Userchain for Judge {
    fn block(&self, block: &BlockId) -> Result<(u64, PublicKey), Refused> {
        let userchain = self.look();
        let header = deep(&userchain, block)?;
        let miner = userchain.miners.iter().find(|key| name(key) == header.miner);
        Ok((header.height, miner.ok_or(Refused)?.clone()))
    }

    fn patient(
        &self,
        anchor: &BlockId,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<PublicKey, Refused> {
        let userchain = self.look();
        let (keys, _) = userchain.replay(deep(&userchain, anchor)?.height);
        let owner = keys.state().contract.diagnosable(doctor, records).or(Err(Refused))?;
        Ok(owner.clone())
    }
}

/// The header of a block that lies deep enough.
fn deep<'a>(userchain: &'a Userchain, block: &BlockId) -> Result<&'a Header, Refused> {
    let chain = userchain.node.chain();
    let header = chain.get(block).ok_or(Refused)?;
    if chain.confirmations(block) >= DEPTH { Ok(header) } else { Err(Refused) }
}
