//! What patients and doctors send, and what becomes of it.

use alloc::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::watch::Tip;
use crate::auth::PublicKey;
use crate::block::BlockId;
use crate::cas::Cid;
use crate::codec::{Digest, as_array};

/// A diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// The Userchain block as of which the doctor has the keys.
    pub anchor: BlockId,
    /// The uploads that it is about, 1 to
    /// [`MAX_RECORDS`](crate::contract::keychain::MAX_RECORDS).
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
    /// The sender, a watcher, has seen that the tip may move from a block to another.
    Anchor(BlockId, Tip),
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
    /// A watcher has seen a block that may be the tip.
    Seen(PublicKey, Tip),
    /// The tip is this block now.
    Anchored(Tip),
}

/// Why an action is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reject {
    /// Not a block up to the tip.
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
    /// An offer until a height that is over or more than [`Coins::MAX_BLOCKS`](super::Coins::MAX_BLOCKS) away.
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
    /// The anchor is more than [`Rules::max_lag`](super::Rules::max_lag) blocks behind the tip.
    #[error("anchor too old")]
    Anchor,
    /// The doctor may not speak about these records at this anchor.
    #[error("the doctor has no key of a record")]
    NoKey,
    /// The watchers' to do.
    #[error("the watchers' to do")]
    Watcher,
    /// Not from the tip to a block above it.
    #[error("not on from the tip")]
    Tip,
}
