//! Healthcoin, and the diagnoses that it pays (Xu et al., Algorithm 4).
//!
//! ```text
//! Mint      the reward of a Userchain block to its miner, once a block, whoever brings it
//! Transfer  from the sender to an account
//! Offer     by a patient to a doctor, until a height; the price is in escrow
//! Withdraw  by the patient, after that height
//! Diagnose  by a doctor, about records that it has the keys of at an anchor, a Userchain block
//!           (tx_diag); consumes an offer of theirs: `burn` units are destroyed, the rest is the doctor's
//!
//! Σ balances + Σ escrow = minted − burnt, after every transaction
//! ```
//! Units are integers; a coin is as many as a block's reward. Coins live where diagnoses are committed, on
//! the Docchain, whose blocks are final: what is minted for a Userchain block that is given up later would
//! otherwise be paid out. So [`Userchain`] must answer for blocks that are deep enough only, and alike on
//! every replica.
//!
//! | | Xu et al. | here |
//! |---|---|---|
//! | coin transactions | none defined | these |
//! | payment | "consumed" when tx_diag is committed | escrow, released by the diagnosis or by a height |
//! | doctor | any | one with the current key and the keys of the records, at the anchor |
//!
//! Status: *composition*.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::envelope::{Call, Contract, key_fits};
use super::keychain::MAX_RECORDS;
use crate::auth::PublicKey;
use crate::block::BlockId;
use crate::cas::Cid;
use crate::codec::{Digest, Pairs, as_array};
use crate::error::Refused;

/// What the Docchain asks of the Userchain. Each answer is a deterministic function of its arguments:
/// the replicas must agree.
pub trait Userchain {
    /// The miner of a block that nothing will replace any more.
    ///
    /// # Errors
    /// [`Refused`] for any other block.
    fn miner(&self, block: &BlockId) -> Result<PublicKey, Refused>;

    /// Whose these records are, if the doctor may speak about them in the state after the anchor:
    /// [`Keychain::diagnosable`](super::keychain::Keychain::diagnosable).
    ///
    /// # Errors
    /// [`Refused`], also for an anchor that something may still replace.
    fn patient(
        &self,
        anchor: &BlockId,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<PublicKey, Refused>;
}

/// A diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The Userchain block as of which the doctor has the keys.
    pub anchor: BlockId,
    /// The uploads that it is about, 1 to [`MAX_RECORDS`].
    pub records: BTreeSet<Digest>,
    /// The ciphertext of the conclusion.
    pub cid: Cid,
    /// The offer that it consumes.
    pub offer: Option<Digest>,
}
as_array!(Diagnosis { anchor, records, cid, offer });

/// What a transaction can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// A Userchain block pays its miner.
    Mint(BlockId),
    /// So many units of the sender's to an account.
    Transfer(PublicKey, u64),
    /// To a doctor, a price in units, until a height.
    Offer(PublicKey, u64, u64),
    /// The sender takes back an offer that is over.
    Withdraw(Digest),
    /// The sender diagnoses.
    Diagnose(Diagnosis),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// A block has paid this account.
    Minted(BlockId, PublicKey),
    /// From one account to another.
    Transferred(PublicKey, PublicKey, u64),
    /// An offer has this id.
    Offered(Digest),
    /// An offer went back.
    Withdrawn(Digest),
    /// A diagnosis has this id; the doctor, the patient.
    Diagnosed(Digest, PublicKey, PublicKey),
    /// An offer was consumed; what the doctor got.
    Paid(Digest, u64),
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reject {
    /// Not a block of the Userchain that nothing will replace.
    #[error("no such block")]
    Block,
    /// The block has paid its miner.
    #[error("minted already")]
    Minted,
    /// No more units fit the ledger.
    #[error("more than can be counted")]
    Overflow,
    /// Nothing, or a price that leaves nothing after the burn.
    #[error("an amount too small")]
    Amount,
    /// From an account to itself.
    #[error("to oneself")]
    Oneself,
    /// The account cannot pay.
    #[error("insufficient funds")]
    Funds,
    /// An offer until a height that is over or more than [`Coins::MAX_BLOCKS`] away.
    #[error("not a height to wait for")]
    Until,
    /// No such offer, or consumed or taken back.
    #[error("no such offer")]
    Offer,
    /// The offer is of another patient, or to another doctor.
    #[error("somebody else's offer")]
    Party,
    /// The offer is still open.
    #[error("too early")]
    Early,
    /// The offer is over.
    #[error("too late")]
    Late,
    /// No record, or too many.
    #[error("no record, or too many")]
    Records,
    /// The doctor may not speak about these records at this anchor.
    #[error("the doctor has no key of a record")]
    NoKey,
}

/// What a patient puts down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Who pays.
    pub patient: PublicKey,
    /// Who is paid.
    pub doctor: PublicKey,
    /// How many units, the burnt ones included.
    pub price: u64,
    /// The last height of a diagnosis that consumes it.
    pub until: u64,
}
as_array!(Offer { patient, doctor, price, until });

/// A diagnosis on the chain, and who answers for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Who has signed it.
    pub doctor: PublicKey,
    /// Whom it is about.
    pub patient: PublicKey,
    /// What it says.
    pub diagnosis: Diagnosis,
}
as_array!(Report { doctor, patient, diagnosis });

/// All coins and diagnoses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coins {
    reward: u64,
    burn: u64,
    balances: Pairs<PublicKey, u64>,
    offers: Pairs<Digest, Offer>,
    reports: Pairs<Digest, Report>,
    paid: BTreeSet<BlockId>,
    minted: u64,
    burnt: u64,
}
as_array!(Coins { reward, burn, balances, offers, reports, paid, minted, burnt });

impl Coins {
    /// The longest wait for a diagnosis, in blocks.
    pub const MAX_BLOCKS: u64 = 1 << 20;

    /// No coins yet: units of a block's reward, and units that every paid diagnosis destroys.
    #[must_use]
    pub fn new(reward: u64, burn: u64) -> Self {
        let (balances, offers, reports, paid) = Default::default();
        Self { reward, burn, balances, offers, reports, paid, minted: 0, burnt: 0 }
    }

    /// The free units of an account.
    #[must_use]
    pub fn balance(&self, account: &PublicKey) -> u64 {
        self.balances.0.get(account).copied().unwrap_or(0)
    }

    /// The units minted so far, and those burnt.
    #[must_use]
    pub const fn totals(&self) -> (u64, u64) {
        (self.minted, self.burnt)
    }

    /// All balances that are not 0.
    pub fn balances(&self) -> impl Iterator<Item = (&PublicKey, u64)> {
        self.balances.0.iter().map(|(account, units)| (account, *units))
    }

    /// The offers that are neither consumed nor taken back.
    pub fn offers(&self) -> impl Iterator<Item = (&Digest, &Offer)> {
        self.offers.0.iter()
    }

    /// A diagnosis by its id, the id of the transaction.
    #[must_use]
    pub fn report(&self, id: &Digest) -> Option<&Report> {
        self.reports.0.get(id)
    }

    fn debit(&mut self, account: &PublicKey, units: u64) -> Result<(), Reject> {
        let left = self.balance(account).checked_sub(units).ok_or(Reject::Funds)?;
        if left == 0 {
            self.balances.0.remove(account);
        } else {
            self.balances.0.insert(account.clone(), left);
        }
        Ok(())
    }

    /// All units together are at most `minted`, so nothing overflows.
    fn credit(&mut self, account: &PublicKey, units: u64) -> Result<(), Reject> {
        if units == 0 {
            return Ok(());
        }
        let sum = self.balance(account).checked_add(units).ok_or(Reject::Overflow)?;
        self.balances.0.insert(account.clone(), sum);
        Ok(())
    }

    fn mint<V: Userchain>(&mut self, block: BlockId, userchain: &V) -> Result<Event, Reject> {
        let miner = userchain.miner(&block).or(Err(Reject::Block))?;
        if !self.paid.insert(block) {
            return Err(Reject::Minted);
        }
        self.minted = self.minted.checked_add(self.reward).ok_or(Reject::Overflow)?;
        self.credit(&miner, self.reward)?;
        Ok(Event::Minted(block, miner))
    }

    fn transfer(&mut self, call: &Call<'_>, to: &PublicKey, units: u64) -> Result<Event, Reject> {
        if units == 0 {
            return Err(Reject::Amount);
        }
        if to == call.sender {
            return Err(Reject::Oneself);
        }
        self.debit(call.sender, units)?;
        self.credit(to, units)?;
        Ok(Event::Transferred(call.sender.clone(), to.clone(), units))
    }

    fn offer(
        &mut self,
        call: &Call<'_>,
        doctor: &PublicKey,
        price: u64,
        until: u64,
    ) -> Result<Event, Reject> {
        if price <= self.burn {
            return Err(Reject::Amount);
        }
        if doctor == call.sender {
            return Err(Reject::Oneself);
        }
        let height = call.context.height;
        if until < height || until > height.saturating_add(Self::MAX_BLOCKS) {
            return Err(Reject::Until);
        }
        self.debit(call.sender, price)?;
        let (patient, doctor) = (call.sender.clone(), doctor.clone());
        self.offers.0.insert(call.tx, Offer { patient, doctor, price, until });
        Ok(Event::Offered(call.tx))
    }

    fn withdraw(&mut self, call: &Call<'_>, id: Digest) -> Result<Event, Reject> {
        let Offer { patient, price, until, .. } = self.offers.0.remove(&id).ok_or(Reject::Offer)?;
        if patient != *call.sender {
            return Err(Reject::Party);
        }
        if call.context.height <= until {
            return Err(Reject::Early);
        }
        self.credit(&patient, price)?;
        Ok(Event::Withdrawn(id))
    }

    fn diagnose<V: Userchain>(
        &mut self,
        call: &Call<'_>,
        diagnosis: &Diagnosis,
        userchain: &V,
    ) -> Result<Vec<Event>, Reject> {
        let Diagnosis { anchor, records, offer, .. } = diagnosis;
        if !(1..=MAX_RECORDS).contains(&records.len()) {
            return Err(Reject::Records);
        }
        let doctor = call.sender;
        let patient = userchain.patient(anchor, doctor, records).or(Err(Reject::NoKey))?;
        let mut events = alloc::vec![Event::Diagnosed(call.tx, doctor.clone(), patient.clone())];
        if let Some(id) = offer {
            events.push(self.consume(call, *id, &patient)?);
        }
        let doctor = doctor.clone();
        self.reports.0.insert(call.tx, Report { doctor, patient, diagnosis: diagnosis.clone() });
        Ok(events)
    }

    fn consume(&mut self, call: &Call<'_>, id: Digest, about: &PublicKey) -> Result<Event, Reject> {
        let Offer { patient, doctor, price, until } =
            self.offers.0.remove(&id).ok_or(Reject::Offer)?;
        if patient != *about || doctor != *call.sender {
            return Err(Reject::Party);
        }
        if call.context.height > until {
            return Err(Reject::Late);
        }
        let pay = price.checked_sub(self.burn).ok_or(Reject::Amount)?;
        self.burnt = self.burnt.checked_add(self.burn).ok_or(Reject::Overflow)?;
        self.credit(&doctor, pay)?;
        Ok(Event::Paid(id, pay))
    }
}

impl<V: Userchain> Contract<V> for Coins {
    type Action = Action;
    type Event = Event;
    type Reject = Reject;

    fn fits(action: &Action) -> bool {
        match action {
            Action::Transfer(key, _) | Action::Offer(key, ..) => key_fits(key),
            Action::Mint(_) | Action::Withdraw(_) | Action::Diagnose(_) => true,
        }
    }

    fn act(
        &mut self,
        action: &Action,
        call: &Call<'_>,
        verdicts: &V,
    ) -> Result<Vec<Event>, Reject> {
        let event = match action {
            Action::Mint(block) => self.mint(*block, verdicts)?,
            Action::Transfer(to, units) => self.transfer(call, to, *units)?,
            Action::Offer(doctor, price, until) => self.offer(call, doctor, *price, *until)?,
            Action::Withdraw(id) => self.withdraw(call, *id)?,
            Action::Diagnose(diagnosis) => return self.diagnose(call, diagnosis, verdicts),
        };
        Ok(alloc::vec![event])
    }
}
