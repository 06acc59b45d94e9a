//! Quotas that move between accounts without being seen (Mo et al., Transfer and Redeem, corrected).
//!
//! ```text
//! account  owner ↦ ⟨key, balance, version⟩        balance: a ciphertext under the key
//!
//! Issue     by the issuer: an account at version 0 with its first balance
//! Transfer  by the owner A to B: a verdict on ⟨chain, A, B, version of A, both keys, balance of A, C, Ĉ⟩
//!           with balance and keys as stored; balance_A ← balance_A / C, version_A + 1; Ĉ waits for B
//! Redeem    by B: balance_B ← balance_B · Ĉ, version_B + 1; Ĉ is gone
//! ```
//! The verdict is that C and Ĉ hold the same t under the keys of A and B, that 1 ≤ t and t ≤ the balance, and
//! that A has agreed. [`Quotas`] gives it and does the arithmetic: the contract sees ciphertexts alone, so
//! that nothing is sent (t = 0) only a verdict can refuse. A balance that changes takes every other proof about it along, so two transfers made at one version are
//! one transfer. What waits for B changes B's balance when B wants it to, so that nobody spoils B's proofs
//! by paying. What B never redeems waits for ever, but no more than [`Ledger::MAX_WAITING`] transfers of one
//! payer wait for one receiver: the state is bounded by the accounts, which are the issuer's to open, and
//! who redeems nothing, or pays in dust, stands in nobody else's way.
//!
//! | | Mo et al. | here |
//! |---|---|---|
//! | Transfer | a message | debits at once; a second one at the same version is refused |
//! | Redeem | verifies, debits and credits as often as it is sent | credits, once, by the receiver |
//! | statement | the balance that the prover names | the stored one, its version and the chain |
//! | failure | ignored | refused, with a receipt |
//!
//! Status: *composition*.

use alloc::vec::Vec;

use serde::{Deserialize, Serialize};

use super::envelope::{Call, Contract, key_fits};
use crate::auth::PublicKey;
use crate::block::ChainId;
use crate::codec::{Bytes, Digest, Pairs, as_array};
use crate::error::Refused;

/// What a proof of a transfer is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The chain.
    pub chain_id: ChainId,
    /// Who pays.
    pub from: PublicKey,
    /// Who is paid.
    pub to: PublicKey,
    /// The payer's version.
    pub version: u64,
    /// The payer's encryption key.
    pub from_key: Bytes,
    /// The receiver's encryption key.
    pub to_key: Bytes,
    /// The payer's balance, as stored.
    pub balance: Bytes,
    /// The amount, encrypted under the payer's key.
    pub debit: Bytes,
    /// The amount, encrypted under the receiver's key.
    pub credit: Bytes,
}
as_array!(Statement { chain_id, from, to, version, from_key, to_key, balance, debit, credit });

/// Verdicts of the encryption. Each is a deterministic function of its arguments: the replicas must
/// agree.
pub trait Quotas {
    /// That the key is one, and the balance a ciphertext under it of an amount in range, as the issuer
    /// means it.
    ///
    /// # Errors
    /// [`Refused`].
    fn issued(&self, owner: &PublicKey, account: &Account, proof: &[u8]) -> Result<(), Refused>;

    /// The payer's new balance, if the proof of the statement verifies: of an amount from 1 to the balance.
    ///
    /// # Errors
    /// [`Refused`].
    fn debited(&self, statement: &Statement, proof: &[u8]) -> Result<Bytes, Refused>;

    /// The receiver's new balance; the credit was part of a verified statement for this key.
    ///
    /// # Errors
    /// [`Refused`].
    fn credited(&self, account: &Account, credit: &Bytes) -> Result<Bytes, Refused>;
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its encryption key, 1 to [`Account::MAX_KEY`] bytes.
    pub key: Bytes,
    /// The ciphertext of what it holds, 1 to [`Account::MAX_CIPHERTEXT`] bytes.
    pub balance: Bytes,
    /// How often the balance has changed.
    pub version: u64,
}
as_array!(Account { key, balance, version });

impl Account {
    /// The longest encryption key, in bytes.
    pub const MAX_KEY: usize = 1024;
    /// The longest ciphertext, in bytes.
    pub const MAX_CIPHERTEXT: usize = 1024;
    /// The longest proof, in bytes.
    pub const MAX_PROOF: usize = 4096;

    fn change(&mut self, balance: Bytes) -> Result<(), Reject> {
        self.version = self.version.checked_add(1).ok_or(Reject::Exhausted)?;
        self.balance = balance;
        Ok(())
    }
}

/// A transfer as its payer sends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// To whom.
    pub to: PublicKey,
    /// The payer's version that the proof is about.
    pub version: u64,
    /// The amount, encrypted under the payer's key.
    pub debit: Bytes,
    /// The amount, encrypted under the receiver's key.
    pub credit: Bytes,
    /// Of the [`Statement`], at most [`Account::MAX_PROOF`] bytes.
    pub proof: Bytes,
}
as_array!(Transfer { to, version, debit, credit, proof });

/// What a transaction can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// The issuer opens an account: owner, encryption key, first balance, proof.
    Issue(PublicKey, Bytes, Bytes, Bytes),
    /// The sender pays.
    Transfer(Transfer),
    /// The sender takes what a transfer has left for it.
    Redeem(Digest),
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// Somebody has an account.
    Issued(PublicKey),
    /// A transfer has this id; from, to.
    Transferred(Digest, PublicKey, PublicKey),
    /// A transfer was redeemed.
    Redeemed(Digest),
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reject {
    /// The issuer's to do.
    #[error("the issuer's to do")]
    Issuer,
    /// The owner has an account.
    #[error("account exists")]
    Exists,
    /// No such account.
    #[error("no such account")]
    Account,
    /// To oneself.
    #[error("to oneself")]
    Oneself,
    /// The proof is about another version than this, the account's.
    #[error("the version is {0}")]
    Version(u64),
    /// No verdict for the proof; there is none for a transfer of nothing.
    #[error("proof refused")]
    Proof,
    /// No such transfer, redeemed already, or to somebody else.
    #[error("no such transfer")]
    Transfer,
    /// [`Ledger::MAX_WAITING`] transfers of the payer wait for the receiver.
    #[error("too many transfers wait for the receiver")]
    Waiting,
    /// No number is left for another version.
    #[error("no version left")]
    Exhausted,
}

/// A transfer that its receiver has not redeemed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Waiting {
    from: PublicKey,
    to: PublicKey,
    credit: Bytes,
}
as_array!(Waiting { from, to, credit });

/// All accounts, and what waits for its receiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    issuer: PublicKey,
    accounts: Pairs<PublicKey, Account>,
    waiting: Pairs<Digest, Waiting>,
}
as_array!(Ledger { issuer, accounts, waiting });

impl Ledger {
    /// The most transfers of one payer that wait for one receiver.
    pub const MAX_WAITING: usize = 16;

    /// No accounts yet, and who issues them.
    #[must_use]
    pub fn new(issuer: PublicKey) -> Self {
        let (accounts, waiting) = Default::default();
        Self { issuer, accounts, waiting }
    }

    /// An account.
    #[must_use]
    pub fn account(&self, owner: &PublicKey) -> Option<&Account> {
        self.accounts.0.get(owner)
    }

    /// What waits: the transfer's id, the receiver, the amount under the receiver's key.
    pub fn waiting(&self) -> impl Iterator<Item = (&Digest, &PublicKey, &Bytes)> {
        self.waiting.0.iter().map(|(id, Waiting { to, credit, .. })| (id, to, credit))
    }

    fn issue<V: Quotas>(
        &mut self,
        call: &Call<'_>,
        owner: &PublicKey,
        account: Account,
        proof: &Bytes,
        verdicts: &V,
    ) -> Result<Event, Reject> {
        if *call.sender != self.issuer {
            return Err(Reject::Issuer);
        }
        if self.accounts.0.contains_key(owner) {
            return Err(Reject::Exists);
        }
        verdicts.issued(owner, &account, proof.as_slice()).or(Err(Reject::Proof))?;
        self.accounts.0.insert(owner.clone(), account);
        Ok(Event::Issued(owner.clone()))
    }

    fn transfer<V: Quotas>(
        &mut self,
        call: &Call<'_>,
        transfer: &Transfer,
        verdicts: &V,
    ) -> Result<Event, Reject> {
        let Transfer { to, version, debit, credit, proof } = transfer;
        if to == call.sender {
            return Err(Reject::Oneself);
        }
        let to_key = self.account(to).ok_or(Reject::Account)?.key.clone();
        let waits = self.waiting.0.values().filter(|w| w.to == *to && w.from == *call.sender);
        if waits.count() >= Self::MAX_WAITING {
            return Err(Reject::Waiting);
        }
        let from = self.accounts.0.get_mut(call.sender).ok_or(Reject::Account)?;
        if *version != from.version {
            return Err(Reject::Version(from.version));
        }
        let statement = Statement {
            chain_id: call.context.chain_id,
            from: call.sender.clone(),
            to: to.clone(),
            version: from.version,
            from_key: from.key.clone(),
            to_key,
            balance: from.balance.clone(),
            debit: debit.clone(),
            credit: credit.clone(),
        };
        let balance = verdicts.debited(&statement, proof.as_slice()).or(Err(Reject::Proof))?;
        from.change(balance)?;
        let (from, to, credit) = (call.sender.clone(), to.clone(), credit.clone());
        self.waiting.0.insert(call.tx, Waiting { from: from.clone(), to: to.clone(), credit });
        Ok(Event::Transferred(call.tx, from, to))
    }

    fn redeem<V: Quotas>(
        &mut self,
        call: &Call<'_>,
        id: Digest,
        verdicts: &V,
    ) -> Result<Event, Reject> {
        let mine = |waiting: &&Waiting| waiting.to == *call.sender;
        let waiting = self.waiting.0.get(&id).filter(mine).ok_or(Reject::Transfer)?;
        let account = self.accounts.0.get_mut(call.sender).ok_or(Reject::Account)?;
        let balance = verdicts.credited(account, &waiting.credit).or(Err(Reject::Proof))?;
        account.change(balance)?;
        self.waiting.0.remove(&id);
        Ok(Event::Redeemed(id))
    }
}

fn ciphertext_fits(bytes: &Bytes) -> bool {
    (1..=Account::MAX_CIPHERTEXT).contains(&bytes.0.len())
}

fn proof_fits(bytes: &Bytes) -> bool {
    bytes.0.len() <= Account::MAX_PROOF
}

impl<V: Quotas> Contract<V> for Ledger {
    type Action = Action;
    type Event = Event;
    type Reject = Reject;

    fn fits(action: &Action) -> bool {
        match action {
            Action::Issue(owner, key, balance, proof) => {
                let key_fits_too = (1..=Account::MAX_KEY).contains(&key.0.len());
                key_fits(owner) && key_fits_too && ciphertext_fits(balance) && proof_fits(proof)
            }
            Action::Transfer(Transfer { to, debit, credit, proof, .. }) => {
                let both = ciphertext_fits(debit) && ciphertext_fits(credit);
                key_fits(to) && both && proof_fits(proof)
            }
            Action::Redeem(_) => true,
        }
    }

    fn act(
        &mut self,
        action: &Action,
        call: &Call<'_>,
        verdicts: &V,
    ) -> Result<Vec<Event>, Reject> {
        let event = match action {
            Action::Issue(owner, key, balance, proof) => {
                let (key, balance) = (key.clone(), balance.clone());
                let account = Account { key, balance, version: 0 };
                self.issue(call, owner, account, proof, verdicts)
            }
            Action::Transfer(transfer) => self.transfer(call, transfer, verdicts),
            Action::Redeem(id) => self.redeem(call, *id, verdicts),
        };
        event.map(|event| alloc::vec![event])
    }
}
