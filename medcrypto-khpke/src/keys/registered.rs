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
///
/// ```
/// use medcrypto_core::{Transcript, dst};
/// use medcrypto_khpke::{AccountId, AssociatedData, DecryptionKey, PossessionProof, Slots};
/// # let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(1);
/// // The owner draws a key and proves that it has it.
/// let (secret, public) = DecryptionKey::generate(Slots::new(2)?, &mut rng)?;
/// let account = AccountId([7; 32]);
/// let transcript = || Transcript::new(dst::khpke::POSSESSION);
/// let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng)?;
///
/// // Others register it, and encrypt to it.
/// let key = public.register(account, &proof, &mut transcript())?.prepared();
/// let ad = AssociatedData::new(b"ward 3, round 1")?;
/// let ciphertext = key.encrypt(&ad, &[0, 0], &mut rng)?;
///
/// // The owner reads; `log` is a table of discrete logarithms, here of one entry.
/// let log = |point: &medcrypto_core::bls::G1| point.is_identity().then_some(0);
/// assert_eq!(secret.decrypt(&ad, &ciphertext, log)?, [0, 0]);
/// # Ok::<(), medcrypto_khpke::Error>(())
/// ```
/// A key that is not registered encrypts nothing:
///
/// ```compile_fail
/// # use medcrypto_khpke::{AssociatedData, PublicKey};
/// fn unregistered(key: &PublicKey, ad: &AssociatedData, rng: &mut rand_chacha::ChaCha20Rng) {
///     let _ = key.encrypt(ad, &[1], rng);
/// }
/// ```
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

    /// The same key with another S₁, which nobody has shown to possess.
    #[cfg(all(test, feature = "insecure-setup"))]
    pub(crate) fn with_slot(mut self, slot: [medcrypto_core::bls::G1; 2]) -> Self {
        self.key.slots = Projection::of_points(slot).into_iter().collect();
        Self { combs: None, ..self }
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
