//! Everybody and everything around both chains, and what each can do.

use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use medcrypto_core::dst;
use medcrypto_core::rand_core::RngCore;
use medcrypto_ledger::Digest;
use medcrypto_ledger::auth::Auth as _;
use medcrypto_ledger::block::{BadBlock, BlockId};
use medcrypto_ledger::cas::{self, Cid, MemoryStore};
use medcrypto_ledger::codec::{self, Pairs};
use medcrypto_ledger::contract::coin::{self, Coins, Rules, Tip, Watch};
use medcrypto_ledger::contract::envelope::{SignedTx, State};
use medcrypto_ledger::contract::host::{Answer, Machine};
use medcrypto_ledger::contract::keychain::{Action, JoinStatement, Keys};
use medcrypto_ledger::sim::{Faults, Oracle};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::data::Source;
use super::parties::{DOCTORS, Device, Member, Owner};
use super::userchain::{DEPTH, GENESIS_MS, Judge, Userchain};
use super::vault::{EpochKey, Place};
use crate::flows::Failure;
use crate::flows::network::{AnswerOf, Network};
use crate::flows::signer::{Ed25519, Signer};

/// How many replicas the Docchain has.
pub const REPLICAS: u16 = 4;
/// How many miners the Userchain has.
pub const MINERS: usize = 3;
/// A block pays its miner 100 units, a paid diagnosis destroys 5, and is about keys at most 144 blocks old.
pub const RULES: Rules = Rules { reward: 100, burn: 5, max_lag: 144 };

/// What became of a transaction of the Docchain.
pub type Told = AnswerOf<Coins, Judge>;

/// An upload, as its device remembers it.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// Its id on the Userchain.
    pub id: Digest,
    /// The epoch of its key.
    pub epoch: u64,
    /// The ciphertext.
    pub cid: Cid,
    /// What was measured.
    pub data: Vec<u8>,
}

/// Both chains, the storage, and all parties.
#[derive(Debug)]
pub struct Clinic {
    userchain: Arc<RwLock<Userchain>>,
    tip: Tip,
    /// The Docchain.
    pub docchain: Network<Machine<Coins, Judge>, Ed25519>,
    /// The replicas of the Docchain, who watch the Userchain.
    pub watchers: Vec<Signer>,
    /// The user.
    pub owner: Owner,
    /// An ECG, a monitor, and the monitor that follows it.
    pub devices: [Device; 3],
    /// Doctors 1 to 6.
    pub doctors: Vec<Member>,
    /// Who mines.
    pub miners: Vec<Signer>,
    /// Where the ciphertexts are.
    pub store: MemoryStore,
    /// Every upload so far.
    pub uploads: Vec<Uploaded>,
    /// What there is to measure.
    pub source: Source,
    /// Everything random.
    pub rng: ChaCha20Rng,
}

impl Clinic {
    /// A clinic in which nobody has done anything.
    ///
    /// # Errors
    /// [`Failure::Usage`], never for four replicas.
    pub fn new(source: Source, faults: Faults, seed: u64) -> Result<Self, Failure> {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let mut mining = ChaCha20Rng::seed_from_u64(seed);
        mining.set_stream(1);
        let miners: Vec<_> = (0..MINERS).map(|_| Signer::generate(&mut rng)).collect();
        let names = miners.iter().map(Signer::public_key).collect();
        let userchain = Arc::new(RwLock::new(Userchain::new(names, mining)));
        let watchers: Vec<_> = (0..REPLICAS).map(|_| Signer::generate(&mut rng)).collect();
        let tip = Tip { block: genesis(&userchain), height: 0 };
        let watch = Watch::new(watchers.iter().map(Signer::public_key).collect(), tip.block);
        let coins = Coins::new(RULES, watch);
        let judge = Judge::new(Arc::clone(&userchain), Vec::new());
        let start = (rng.next_u64(), GENESIS_MS);
        let docchain = Network::start((State::genesis(coins), judge), &watchers, faults, start)?;
        let owner = Owner { member: Member::new("owner", &mut rng), epochs: [].into() };
        let devices = ["ecg", "monitor 1", "monitor 2"].map(|name| Device::new(name, &mut rng));
        let doctors = DOCTORS.map(|name| Member::new(name, &mut rng)).into();
        let (store, uploads) = (MemoryStore::new(), Vec::new());
        Ok(Self {
            userchain,
            tip,
            docchain,
            watchers,
            owner,
            devices,
            doctors,
            miners,
            store,
            uploads,
            source,
            rng,
        })
    }

    /// A look at the Userchain.
    pub fn users(&self) -> RwLockReadGuard<'_, Userchain> {
        self.userchain.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The Userchain, to change it.
    pub fn users_mut(&self) -> RwLockWriteGuard<'_, Userchain> {
        self.userchain.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs an action, hands it to the miners and returns the transaction.
    #[expect(clippy::must_use_candidate, reason = "most senders look at the chain afterwards")]
    pub fn send(&self, sender: &Signer, action: Action) -> SignedTx<Action> {
        let mut users = self.users_mut();
        let tx = users.sign(sender, action);
        users.submit(codec::encode(&tx));
        tx
    }

    /// Mines one block of what waits, all of which must be applied.
    ///
    /// # Errors
    /// [`Failure::Check`] says what was refused.
    pub fn confirm(&self) -> Result<BlockId, Failure> {
        let mut users = self.users_mut();
        let id = users.mine()?;
        let (_, told) = users.replay(&id);
        told.iter().try_for_each(|told| match told {
            Answer::Applied(_) => Ok(()),
            Answer::Rejected(rejection) => Err(Failure::Check(rejection.to_string())),
        })?;
        Ok(id)
    }

    /// Mines until what is there now is deep enough, and lets the watchers look.
    ///
    /// # Errors
    /// [`Failure::Check`].
    pub fn settle(&mut self) -> Result<(), Failure> {
        (0..DEPTH).try_for_each(|_| self.confirm().map(|_| ()))?;
        self.watch().map(|_| ())
    }

    /// The watchers vote for the last block that lies deep enough, if it goes on from the tip; answers the tip
    /// afterwards.
    ///
    /// # Errors
    /// [`Failure::Check`] for a vote that is refused.
    pub fn watch(&mut self) -> Result<Tip, Failure> {
        let from = self.tip.block;
        let vouched = |to: &Tip| self.users().vouches(&from, to);
        let settled = self.users().settled();
        let Some(to) = settled.filter(vouched) else { return Ok(self.tip) };
        for watcher in self.watchers.clone() {
            if self.tip == to {
                break;
            }
            let events = self.pay(&watcher, coin::Action::Anchor(from, to))?;
            if events == [coin::Event::Anchored(to)] {
                self.tip = to;
            }
        }
        Ok(self.tip)
    }

    /// The block of the Userchain that the Docchain goes by.
    #[must_use]
    pub const fn tip(&self) -> Tip {
        self.tip
    }

    /// The transaction by which the owner takes on a device, with the device's consent.
    #[must_use]
    pub fn join(&self, device: &Device) -> Action {
        let chain_id = self.users().chain_id();
        let (owner, key) = (self.owner.member.key(), device.key());
        let statement = JoinStatement { chain_id, owner, device: key.clone() };
        let statement = codec::encode(&statement);
        Action::Join(key, device.signer.sign(dst::ledger::DEVICE_JOIN, &statement))
    }

    /// Algorithm 3: the next epoch, its key wrapped for these doctors and for the owner.
    ///
    /// # Errors
    /// [`Failure::Check`].
    pub fn rotate(&mut self, doctors: &[usize]) -> Result<Action, Failure> {
        let owner = self.owner.member.key();
        let epoch = self.owner.epochs.len() as u64;
        let key = EpochKey::generate(&mut self.rng);
        let mut wrap = |member: &Member| {
            let reader = (&member.key(), member.secret.public());
            key.wrap((&owner, epoch), reader, &mut self.rng).map_err(check)
        };
        let own = wrap(&self.owner.member)?;
        let named = doctors.iter().filter_map(|place| self.doctors.get(*place));
        let wrapped: Result<_, Failure> =
            named.map(|doctor| Ok((doctor.key(), wrap(doctor)?))).collect();
        let keys = Keys { epoch, doctors: Pairs(wrapped?), own };
        self.owner.epochs.insert(epoch, key);
        Ok(Action::Rotate(keys))
    }

    /// Algorithm 3 without a rotation: the current key for one more doctor.
    ///
    /// # Errors
    /// [`Failure::Check`].
    pub fn share(&mut self, doctor: usize) -> Result<Action, Failure> {
        let owner = self.owner.member.key();
        let member = self.doctors.get(doctor).ok_or_else(|| check("no such doctor"))?;
        let (epoch, key) = self.owner.epochs.last_key_value().ok_or_else(|| check("no epoch"))?;
        let reader = (&member.key(), member.secret.public());
        let wrapped = key.wrap((&owner, *epoch), reader, &mut self.rng).map_err(check)?;
        Ok(Action::Share(member.key(), Pairs([(*epoch, wrapped)].into())))
    }

    /// Algorithm 2: a device measures for a while, encrypts, stores, computes the identifier itself,
    /// and hands the transaction to the miners.
    ///
    /// # Errors
    /// [`Failure::Check`].
    pub fn upload(
        &mut self,
        device: usize,
        span_ms: u64,
        kind: &str,
        data: &[u8],
    ) -> Result<SignedTx<Action>, Failure> {
        self.users_mut().pass(span_ms);
        let taken_ms = self.users().now_ms();
        let device = self.devices.get(device).ok_or_else(|| check("no such device"))?.clone();
        let (epoch, key) = self.owner.epochs.last_key_value().ok_or_else(|| check("no epoch"))?;
        let (owner, author, epoch) = (&self.owner.member.key(), &device.key(), *epoch);
        let place = Place { owner, author, epoch, taken_ms };
        let blob = key.seal(place, kind, data, &mut self.rng).map_err(check)?;
        let cid = cas::put(&mut self.store, &blob).map_err(check)?;
        let tx = self.send(&device.signer, Action::Upload(epoch, taken_ms, cid));
        self.uploads.push(Uploaded { id: tx.body.id(), epoch, cid, data: data.to_vec() });
        Ok(tx)
    }

    /// Posts an action on the Docchain.
    ///
    /// # Errors
    /// [`Failure::NoProgress`].
    pub fn post(&mut self, sender: &Signer, action: coin::Action) -> Result<Told, Failure> {
        self.docchain.post(sender, action)
    }

    /// The same for a party of the honest flow, whose transaction must be applied.
    ///
    /// # Errors
    /// [`Failure::Check`] says what was refused.
    pub fn pay(
        &mut self,
        sender: &Signer,
        action: coin::Action,
    ) -> Result<Vec<coin::Event>, Failure> {
        match self.post(sender, action)? {
            Answer::Applied(events) => Ok(events),
            Answer::Rejected(rejection) => Err(check(rejection)),
        }
    }

    /// A doctor by place.
    ///
    /// # Errors
    /// [`Failure::Check`] for one that is not there.
    pub fn doctor(&self, place: usize) -> Result<&Member, Failure> {
        self.doctors.get(place).ok_or_else(|| check("no such doctor"))
    }

    /// The coins and diagnoses after the Docchain, as a stranger finds them.
    ///
    /// # Errors
    /// [`Failure::Check`] names the first bad block.
    pub fn audit(&self) -> Result<Coins, Failure> {
        let blocks: Vec<_> = self.docchain.chain().iter().map(codec::encode).collect();
        self.verify(&blocks).map_err(check)
    }

    /// The same for any blocks.
    ///
    /// # Errors
    /// [`BadBlock`] names the first bad block.
    pub fn verify(&self, blocks: &[Vec<u8>]) -> Result<Coins, BadBlock> {
        let judge = Judge::new(Arc::clone(&self.userchain), Vec::new());
        let (_, state) = self.docchain.audit(blocks, &judge)?;
        Ok(state.contract)
    }
}

/// The block that a Userchain begins with.
fn genesis(userchain: &RwLock<Userchain>) -> BlockId {
    let userchain = userchain.read().unwrap_or_else(PoisonError::into_inner);
    userchain.genesis().header::<Oracle>().id()
}

/// What became of a transaction of the Docchain, in words.
#[must_use]
pub fn outcome(told: &Told) -> String {
    match told {
        Answer::Applied(_) => "applied".to_owned(),
        Answer::Rejected(rejection) => rejection.to_string(),
    }
}

/// A failure of a step that must not fail.
pub(super) fn check(error: impl ToString) -> Failure {
    Failure::Check(error.to_string())
}
