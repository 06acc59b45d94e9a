//! What the payer knows.

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::bls::{Scalar, SecretResidue};
use medcrypto_core::declassify;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::{AmountPolicy, TransferStatement};
use crate::Error;
use crate::encrypt::TransferCore;
use crate::hps::Randomness;
use crate::keys::{DecryptionKey, RegisteredKey};
use crate::range::Hidden;

/// The amount, what it leaves, the randomness of the core and the payer's key; wiped on drop.
///
/// Not clonable, and `Debug` prints nothing of it.
pub struct TransferWitness<'a> {
    key: &'a DecryptionKey,
    randomness: Randomness,
    amount: Zeroizing<u64>,
    change: Zeroizing<u64>,
}

impl<'a> TransferWitness<'a> {
    /// Encrypts `amount` out of `balance` for both parties: the core, and what its proof needs. Constant time
    /// in both numbers, up to whether the balance suffices.
    ///
    /// # Errors
    /// [`Error::Range`] for an amount above the balance, [`Error::Mismatch`] if the key is not the payer's, or
    /// payer and payee are one; [`Error::Count`] for keys of several slots.
    pub fn new<R: RngCore + CryptoRng>(
        key: &'a DecryptionKey,
        [payer, payee]: [&RegisteredKey; 2],
        amount: u64,
        balance: u64,
        rng: &mut R,
    ) -> Result<(TransferCore, Self), Error> {
        if key.id() != payer.id() {
            return Err(Error::Mismatch);
        }
        let (change, short) = balance.overflowing_sub(amount);
        let change = Zeroizing::new(change);
        if declassify(short, "whether a balance suffices") {
            return Err(Error::Range);
        }
        let randomness = Randomness::generate(rng);
        let core =
            TransferCore::share(payer, payee, &SecretResidue::from_u64(amount), &randomness)?;
        Ok((core, Self { key, randomness, amount: Zeroizing::new(amount), change }))
    }

    /// The digits of both amounts, then r₁, r₂, k₁, k₂, k₃.
    pub(super) fn hidden(&self, statement: &TransferStatement<'_>) -> Result<Hidden, Error> {
        let least = match statement.context.policy {
            AmountPolicy::Any => 0,
            AmountPolicy::Positive => 1,
        };
        let amount = statement.range.split(i128::from(*self.amount) - least)?;
        let change = statement.range.split((*self.change).into())?;
        // At once: a vector that grows leaves digits behind.
        let mut digits = Zeroizing::new(Vec::with_capacity(statement.digits()));
        digits.extend(amount.iter().chain(change.iter()));
        let Randomness { r1, r2 } = &self.randomness;
        let [k1, k2, k3] = self.key.mask(0).ok_or(Error::Count)?.parts();
        let others = [r1, r2, k1, k2, k3].map(|secret| secret.scaled(&Scalar::ONE));
        Ok(Hidden { digits, others: others.into() })
    }
}

impl fmt::Debug for TransferWitness<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferWitness").finish_non_exhaustive()
    }
}
