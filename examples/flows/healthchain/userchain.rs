//! The Userchain with its miners, and what the Docchain asks of it.
//!
//! ```text
//! tip      in the state of the Docchain: a block that q of its replicas, the watchers, have seen DEPTH deep
//! watcher  votes for a block of its best chain, DEPTH deep, above the tip and on it
//! judge    answers from the tip downwards: its best chain, and whether it has changed, are of no matter
//! ```

use std::collections::BTreeSet;
use std::iter;
use std::num::NonZeroU64;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use medcrypto_core::dst;
use medcrypto_core::rand_core::RngCore;
use medcrypto_ledger::auth::{Auth, PublicKey, Signature, Verifier};
use medcrypto_ledger::block::{BlockId, ChainId, tx_root};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::coin::{self, Tip};
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

/// How deep a block must lie for a watcher to vote for it, itself included.
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
#[derive(Clone, Debug)]
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

    /// Who mines.
    #[must_use]
    pub fn miners(&self) -> &[PublicKey] {
        &self.miners
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
        self.replay(&self.node.chain().head().id()).0
    }

    /// The state after a block, on the best chain or not, and what became of that block's transactions.
    #[must_use]
    pub fn replay(&self, block: &BlockId) -> (Keys, Vec<Told>) {
        let state = State::genesis(Keychain::default());
        let mut keys = Keys::new(state, Ed25519).on_chain(self.chain_id());
        let mut told = Vec::new();
        for (id, header) in self.path(block) {
            let run = |tx: &Bytes| keys.run(tx.as_slice(), header.height, header.time_ms);
            told = self.node.txs(&id).iter().map(run).collect();
        }
        (keys, told)
    }

    /// The blocks from genesis to this one; none, if it is not there.
    fn path(&self, block: &BlockId) -> Vec<(BlockId, &Header)> {
        let chain = self.node.chain();
        let find = |id: BlockId| Some((id, chain.get(&id)?));
        let back = iter::successors(find(*block), |(_, header)| find(header.prev));
        let mut path: Vec<_> = back.collect();
        path.reverse();
        path
    }

    /// The header of a block, if it is this tip or before it.
    fn up_to(&self, tip: &BlockId, block: &BlockId) -> Option<&Header> {
        let chain = self.node.chain();
        let header = chain.get(block)?;
        let mut at = *tip;
        while chain.get(&at)?.height > header.height {
            at = chain.get(&at)?.prev;
        }
        (at == *block).then_some(header)
    }

    /// The last block that lies deep enough.
    #[must_use]
    pub fn settled(&self) -> Option<Tip> {
        let height = (self.node.chain().head().height + 1).checked_sub(DEPTH)?;
        let header = self.node.chain().at(height)?;
        Some(Tip { block: header.id(), height })
    }

    /// Whether a watcher with this node votes that the tip goes on from one block to another.
    #[must_use]
    pub fn vouches(&self, from: &BlockId, to: &Tip) -> bool {
        let chain = self.node.chain();
        let deep = chain.confirmations(&to.block) >= DEPTH;
        let higher = self.up_to(&to.block, from).is_some_and(|from| from.height < to.height);
        deep && higher && chain.get(&to.block).is_some_and(|header| header.height == to.height)
    }

    /// The blocks up to this one, as another node hands them out.
    fn hand_out(&self, block: &BlockId) -> Vec<(Header, Vec<Bytes>)> {
        let path = self.path(block).into_iter().skip(1);
        path.map(|(id, header)| (*header, self.node.txs(&id).to_vec())).collect()
    }

    /// Takes those blocks of another node that are not here; each is checked.
    fn catch_up(&mut self, blocks: Vec<(Header, Vec<Bytes>)>) -> Result<(), Failure> {
        for (header, txs) in blocks {
            if self.node.chain().get(&header.id()).is_none() {
                self.pass(header.time_ms.saturating_sub(self.now_ms));
                self.take(header, txs)?;
            }
        }
        Ok(())
    }
}

/// The name of a miner in a header.
#[must_use]
pub fn name(miner: &PublicKey) -> Digest {
    Digest(Sha256::digest(miner.0.as_slice()).into())
}

/// The Userchain as one replica of the Docchain, or a stranger, sees it: through a node of its own, and
/// others to get blocks from.
#[derive(Clone, Debug)]
pub struct Judge {
    own: Arc<RwLock<Userchain>>,
    others: Vec<Arc<RwLock<Userchain>>>,
}

impl Judge {
    /// A judge with this node and others.
    #[must_use]
    pub const fn new(own: Arc<RwLock<Userchain>>, others: Vec<Arc<RwLock<Userchain>>>) -> Self {
        Self { own, others }
    }

    fn look(&self) -> RwLockReadGuard<'_, Userchain> {
        self.own.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The own node, with every block up to this one. A tip that nobody hands out is none: q watchers have
    /// voted for it, and the correct ones among them have its blocks.
    fn up_to(&self, tip: &BlockId) -> Result<RwLockReadGuard<'_, Userchain>, Refused> {
        if self.look().node.chain().get(tip).is_none() {
            let ask = |other: &Arc<RwLock<Userchain>>| {
                other.read().unwrap_or_else(PoisonError::into_inner).hand_out(tip)
            };
            let blocks = self.others.iter().map(ask).find(|blocks| !blocks.is_empty());
            let mut own = self.own.write().unwrap_or_else(PoisonError::into_inner);
            own.catch_up(blocks.ok_or(Refused)?).or(Err(Refused))?;
        }
        Ok(self.look())
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
    fn block(&self, tip: &BlockId, block: &BlockId) -> Result<(u64, PublicKey), Refused> {
        let userchain = self.up_to(tip)?;
        let header = userchain.up_to(tip, block).ok_or(Refused)?;
        let miner = userchain.miners.iter().find(|key| name(key) == header.miner);
        Ok((header.height, miner.ok_or(Refused)?.clone()))
    }

    fn patient(
        &self,
        anchor: &BlockId,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<PublicKey, Refused> {
        let (keys, _) = self.up_to(anchor)?.replay(anchor);
        let owner = keys.state().contract.diagnosable(doctor, records).or(Err(Refused))?;
        Ok(owner.clone())
    }
}
