//! The contract's state. Its canonical digest is the application's part of the state root.

use alloc::collections::{BTreeMap, BTreeSet};

use medcrypto_core::dst;
use serde::{Deserialize, Serialize};

use super::tx::{Record, Requirement};
use crate::auth::PublicKey;
use crate::cas::Cid;
use crate::codec::{self, Digest, Pairs, as_array};
use crate::error::Error;

/// Everything the contract remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Free money of every account.
    pub balances: Pairs<PublicKey, u64>,
    /// The last nonce of every sender.
    pub nonces: Pairs<PublicKey, u64>,
    /// The classes that can be licensed exclusively: every sale of them shows the exclusive
    /// nullifier.
    pub exclusive_classes: BTreeSet<Digest>,
    /// Registered records by patient, commitment and issuer: nobody takes another issuer's place.
    pub records: Pairs<(PublicKey, Digest, PublicKey), Record>,
    /// Requests by id.
    pub requests: Pairs<Digest, Request>,
    /// Sales by request and patient.
    pub sales: Pairs<(Digest, PublicKey), Sale>,
    /// Nullifiers that were used.
    pub nullifiers: BTreeSet<Digest>,
    /// Exclusive nullifiers that are reserved or burnt.
    pub claims: Pairs<Digest, Claim>,
}
as_array!(State {
    balances,
    nonces,
    exclusive_classes,
    records,
    requests,
    sales,
    nullifiers,
    claims,
});

/// A published requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Who buys.
    pub institution: PublicKey,
    /// What, and on which terms.
    pub requirement: Requirement,
    /// Places without a sale; `places · price` is in escrow for them.
    pub places: u32,
}
as_array!(Request { institution, requirement, places });

/// One patient's sale to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sale {
    /// The commitment that was proven about.
    pub commitment: Digest,
    /// Who vouches for the record that was proven about.
    pub issuer: PublicKey,
    /// The exclusive nullifier, if the class has one.
    pub exclusive: Option<Digest>,
    /// How far it is.
    pub stage: Stage,
    /// Until when the stage lasts.
    pub deadline: u64,
}
as_array!(Sale { commitment, issuer, exclusive, stage, deadline });

/// How far a sale is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// The proof was accepted; the price is in escrow for this patient.
    Proven,
    /// The sealed re-encryption key is posted.
    Rekeyed(Cid),
    /// The proxy has delivered.
    Delivered(Cid),
    /// The institution disputes: the evidence's digest, and the arbiters' votes so far. Its bond is
    /// held.
    Disputed(Digest, Pairs<PublicKey, bool>),
    /// The patient was paid.
    Settled,
    /// A dispute was upheld; the institution has its money back.
    Refunded,
    /// Nobody delivered in time.
    Expired,
}

/// Who holds an exclusive nullifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The request that claimed it first since it was last free. With several sales of shared
    /// licences its own sale may have expired while another still holds the nullifier.
    pub request: Digest,
    /// Whether by an exclusive licence.
    pub exclusive: bool,
    /// Sales that are between proof and delivery.
    pub reserved: u32,
    /// Whether a delivery has made it final.
    pub burnt: bool,
}
as_array!(Claim { request, exclusive, reserved, burnt });

impl State {
    /// The state at genesis.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the allocation exceeds `u64::MAX`.
    pub fn genesis(
        allocation: BTreeMap<PublicKey, u64>,
        exclusive_classes: BTreeSet<Digest>,
    ) -> Result<Self, Error> {
        let sum = allocation.values().try_fold(0_u64, |sum, amount| sum.checked_add(*amount));
        sum.ok_or(Error::OutOfRange)?;
        Ok(Self {
            balances: Pairs(allocation),
            nonces: Pairs::default(),
            exclusive_classes,
            records: Pairs::default(),
            requests: Pairs::default(),
            sales: Pairs::default(),
            nullifiers: BTreeSet::new(),
            claims: Pairs::default(),
        })
    }

    /// Digest of the whole state.
    #[must_use]
    pub fn digest(&self) -> Digest {
        codec::digest(dst::ledger::CONTRACT_STATE, self)
    }

    /// The nonce that a sender's next transaction carries.
    #[must_use]
    pub fn next_nonce(&self, sender: &PublicKey) -> u64 {
        self.nonces.0.get(sender).copied().unwrap_or(0).saturating_add(1)
    }

    /// All money: balances, escrow of places and of running sales, and bonds. Never changes.
    #[must_use]
    pub fn total(&self) -> u128 {
        let balances = self.balances.0.values().map(|b| u128::from(*b));
        let places = self
            .requests
            .0
            .values()
            .map(|r| u128::from(r.places).saturating_mul(r.requirement.price.into()));
        let sales = self.sales.0.iter().map(|((request, _), sale)| self.held(request, sale));
        balances.chain(places).chain(sales).sum()
    }

    /// What is held for one sale.
    fn held(&self, request: &Digest, sale: &Sale) -> u128 {
        let Some(request) = self.requests.0.get(request) else { return 0 };
        let (price, bond) = (request.requirement.price, request.requirement.bond);
        match sale.stage {
            Stage::Proven | Stage::Rekeyed(_) | Stage::Delivered(_) => price.into(),
            Stage::Disputed(..) => u128::from(price).saturating_add(bond.into()),
            Stage::Settled | Stage::Refunded | Stage::Expired => 0,
        }
    }
}
