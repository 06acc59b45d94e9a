//! Healthcoin, and the diagnoses that it pays (Xu et al., Algorithm 4).
//!
//! ```text
//! Mint      the reward of a Userchain block to its miner, once a block, whoever brings it
//! Transfer  from the sender to an account
//! Offer     by a patient to a doctor, until a height; the price is in escrow
//! Withdraw  by the patient, after that height
//! Diagnose  by a doctor, about records that it has the keys of at an anchor, a Userchain block
//!           (tx_diag); consumes an offer of theirs: `burn` units are destroyed, the rest is the doctor's
//! Anchor    by the watchers: the tip of the Userchain moves on (`Watch`)
//!           blocks that are minted for, and anchors, lie at or below the tip; anchors at most `max_lag`
//!
//! Σ balances + Σ escrow = minted − burnt, after every transaction
//! ```
//! Units are integers; a coin is as many as a block's reward. Coins live where diagnoses are committed, on
//! the Docchain, whose blocks are final: what is minted for a Userchain block that is given up later would
//! otherwise be paid out. What the Docchain knows of the Userchain is its state: a tip, moved by ordered
//! transactions only. [`Userchain`] answers from the tip downwards, so replicas that see the Userchain
//! otherwise, and whoever executes old blocks again, decide alike. A doctor chooses its anchor, and one who
//! is revoked would choose an old one for ever: hence `max_lag`. When the Userchain leaves the tip for a
//! fork, correct watchers vote no more: nothing that was paid is taken back, and nothing new is minted.
//!
//! | | Xu et al. | here |
//! |---|---|---|
//! | coin transactions | none defined | these |
//! | payment | "consumed" when tx_diag is committed | escrow, released by the diagnosis or by a height |
//! | doctor | any | one with the current key and the keys of the records, at a recent anchor |
//! | two chains | "synchronized" | a quorum of watchers moves the tip that the Docchain goes by |
//!
//! Status: *composition*.

mod tx;
mod watch;

pub use tx::{Action, Diagnosis, Event, Reject};
pub use watch::{Tip, Watch};

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::envelope::{Call, Contract, key_fits};
use super::keychain::MAX_RECORDS;
use crate::auth::PublicKey;
use crate::block::BlockId;
use crate::codec::{Digest, Pairs, as_array};
use crate::error::Refused;

/// What the Docchain asks of the Userchain. Each answer is a function of its arguments: an id stands for
/// its block and all before it, whatever the best chain is now. Who lacks a block up to the tip gets it
/// before it answers; f + 1 correct watchers have it.
pub trait Userchain {
    /// The height and the miner of a block, if it is the tip or one before it.
    ///
    /// # Errors
    /// [`Refused`] for any other block.
    fn block(&self, tip: &BlockId, block: &BlockId) -> Result<(u64, PublicKey), Refused>;

    /// Whose these records are, if the doctor may speak about them in the state after the anchor, a block
    /// that [`block`](Self::block) has answered for:
    /// [`Keychain::diagnosable`](super::keychain::Keychain::diagnosable).
    ///
    /// # Errors
    /// [`Refused`].
    fn patient(
        &self,
        anchor: &BlockId,
        doctor: &PublicKey,
        records: &BTreeSet<Digest>,
    ) -> Result<PublicKey, Refused>;
}

/// The height and the miner of a block.
type Block = (u64, PublicKey);

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

/// What is fixed at genesis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The units of a Userchain block's reward.
    pub reward: u64,
    /// The units that every paid diagnosis destroys.
    pub burn: u64,
    /// How many Userchain blocks an anchor may be behind the tip.
    pub max_lag: u64,
}
as_array!(Rules { reward, burn, max_lag });

/// All coins and diagnoses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coins {
    rules: Rules,
    watch: Watch,
    balances: Pairs<PublicKey, u64>,
    offers: Pairs<Digest, Offer>,
    reports: Pairs<Digest, Report>,
    paid: BTreeSet<BlockId>,
    minted: u64,
    burnt: u64,
}
as_array!(Coins { rules, watch, balances, offers, reports, paid, minted, burnt });

impl Coins {
    /// The longest wait for a diagnosis, in blocks.
    pub const MAX_BLOCKS: u64 = 1 << 20;

    /// No coins yet.
    #[must_use]
    pub fn new(rules: Rules, watch: Watch) -> Self {
        let (balances, offers, reports, paid) = Default::default();
        Self { rules, watch, balances, offers, reports, paid, minted: 0, burnt: 0 }
    }

    /// The tip of the Userchain and who moves it.
    #[must_use]
    pub const fn watch(&self) -> &Watch {
        &self.watch
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

    /// A block up to the tip.
    fn block<V: Userchain>(&self, block: &BlockId, userchain: &V) -> Result<Block, Reject> {
        userchain.block(&self.watch.tip().block, block).or(Err(Reject::Block))
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
    fn credit(&mut self, account: &PublicKey, units: u64) {
        if units > 0 {
            let sum = self.balance(account).saturating_add(units);
            self.balances.0.insert(account.clone(), sum);
        }
    }

    fn mint<V: Userchain>(&mut self, block: BlockId, userchain: &V) -> Result<Event, Reject> {
        let (_, miner) = self.block(&block, userchain)?;
        if self.paid.contains(&block) {
            return Err(Reject::Minted);
        }
        self.minted = self.minted.checked_add(self.rules.reward).ok_or(Reject::Overflow)?;
        self.paid.insert(block);
        self.credit(&miner, self.rules.reward);
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
        self.credit(to, units);
        Ok(Event::Transferred(call.sender.clone(), to.clone(), units))
    }

    fn offer(
        &mut self,
        call: &Call<'_>,
        doctor: &PublicKey,
        price: u64,
        until: u64,
    ) -> Result<Event, Reject> {
        if price <= self.rules.burn {
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
        let Offer { patient, price, until, .. } = self.offers.0.get(&id).ok_or(Reject::Offer)?;
        if patient != call.sender {
            return Err(Reject::Party);
        }
        if call.context.height <= *until {
            return Err(Reject::Early);
        }
        let price = *price;
        self.offers.0.remove(&id);
        self.credit(call.sender, price);
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
        let (height, _) = self.block(anchor, userchain)?;
        if self.watch.tip().height.saturating_sub(height) > self.rules.max_lag {
            return Err(Reject::Anchor);
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
            self.offers.0.get(&id).ok_or(Reject::Offer)?;
        if patient != about || doctor != call.sender {
            return Err(Reject::Party);
        }
        if call.context.height > *until {
            return Err(Reject::Late);
        }
        let pay = price.checked_sub(self.rules.burn).ok_or(Reject::Amount)?;
        self.burnt = self.burnt.checked_add(self.rules.burn).ok_or(Reject::Overflow)?;
        self.offers.0.remove(&id);
        self.credit(call.sender, pay);
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
            Action::Mint(_) | Action::Withdraw(_) | Action::Diagnose(_) | Action::Anchor(..) => {
                true
            }
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
            Action::Anchor(from, to) => self.watch.vote(call.sender, *from, *to)?,
        };
        Ok(alloc::vec![event])
    }
}
