//! Keys whose owner has shown that it has the secret.

use alloc::sync::Arc;
use core::fmt;

use super::{AccountId, KeyId, PublicKey, Slots};
use crate::generators::FixedPoint;
use crate::hps::Projection;
use crate::sigma::Base;

/// A public key whose possession is proved for an account; only it can be encrypted to, evaluated under or
/// be a party of a transfer.
///
/// Without the proof, a key `S^B = [2]S^A` of an attacker would make `[2]E_A − E_B = [t]H` public in every
/// ciphertext that is made for both. A registry also keeps keys and accounts unique.
#[derive(Clone)]
pub struct RegisteredKey {
    key: PublicKey,
    account: AccountId,
    /// Of S₁ … Sₙ, Ŝ, A, B, or none.
    combs: Option<Arc<[[FixedPoint; 2]]>>,
}

impl RegisteredKey {
    pub(super) fn new(key: PublicKey, account: AccountId) -> Self {
        Self { key, account, combs: None }
    }

    /// The same key with the combs of all its points: encryption and evaluation take about a third of the
    /// time, for 160 KiB and 8 ms a slot, and as much three times more.
    #[must_use]
    pub fn prepared(self) -> Self {
        let comb = |projection: &Projection| projection.points().map(FixedPoint::new);
        let combs = self.key.projections().map(comb).collect();
        Self { combs: Some(combs), ..self }
    }

    /// The public key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The digest that names the key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.key.id()
    }

    /// The account that the key is registered for.
    #[must_use]
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// How many numbers a ciphertext under this key carries.
    #[must_use]
    pub fn slots(&self) -> Slots {
        self.key.slots()
    }

    /// Sᵢ, counted from 0, as bases; none beyond the last slot.
    pub(crate) fn slot_bases(&self, index: usize) -> Option<[Base<'_>; 2]> {
        let projection = self.key.slot(index)?;
        Some(self.bases(index, projection))
    }

    /// Ŝ as bases.
    pub(crate) fn consistency_bases(&self) -> [Base<'_>; 2] {
        self.bases(self.slots().get(), &self.key.consistency)
    }

    /// A and B as bases.
    pub(crate) fn tag_bases(&self) -> [[Base<'_>; 2]; 2] {
        let slots = self.slots().get();
        [self.bases(slots + 1, &self.key.alpha), self.bases(slots + 2, &self.key.beta)]
    }

    fn bases(&self, index: usize, projection: &Projection) -> [Base<'_>; 2] {
        let combs = self.combs.as_ref().and_then(|combs| combs.get(index));
        combs.map_or_else(|| projection.bases(), |combs| combs.each_ref().map(Base::Fixed))
    }
}

impl fmt::Debug for RegisteredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RegisteredKey")
            .field("id", &self.id())
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}
