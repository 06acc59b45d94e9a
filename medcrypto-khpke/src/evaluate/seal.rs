//! Tags for what was checked before.

use crate::ciphertext::{Ciphertext, Core};
use crate::evaluate::{Combination, VerifiedEvaluation};
use crate::keys::{EvaluationKey, KeyId};
use crate::tag::Bound;
use crate::{AssociatedData, Error};

/// A core that a proof has shown to be well formed under a key: X in L, T right, E of a known form.
///
/// Only the verification of such a proof makes one. A tag on an unproved core would make every later
/// aggregate unreadable, and answer questions about α and β.
#[derive(Clone, Debug)]
pub struct VerifiedCore {
    key: KeyId,
    core: Core,
}

impl VerifiedCore {
    #[allow(dead_code, reason = "made by the verifiers of transfers, uploads and first balances")]
    pub(crate) fn new(key: KeyId, core: Core) -> Self {
        Self { key, core }
    }

    /// The core.
    #[must_use]
    pub fn core(&self) -> &Core {
        &self.core
    }
}

impl EvaluationKey {
    /// Gives a proved core its tag, bound to `ad`; constant time in the key.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if it is proved for another key.
    pub fn seal(&self, ad: &AssociatedData, core: &VerifiedCore) -> Result<Ciphertext, Error> {
        if core.key != self.id() {
            return Err(Error::Mismatch);
        }
        self.tagged(ad, &core.core)
    }

    /// The result of another holder's evaluation, with the tag it has to have: what a replica stores.
    ///
    /// Inputs and policy are checked as in [`evaluate`](Self::evaluate); the tag that came with the result
    /// does not count. The same for every replica.
    ///
    /// # Errors
    /// As [`evaluate`](Self::evaluate).
    pub fn retag(
        &self,
        evaluation: &VerifiedEvaluation<'_>,
        policy: impl FnOnce(&Combination<'_>) -> bool,
    ) -> Result<Ciphertext, Error> {
        let statement = evaluation.statement();
        self.admit(statement.key, &statement.combination, policy)?;
        self.tagged(statement.combination.ad, statement.result.core())
    }

    fn tagged(&self, ad: &AssociatedData, core: &Core) -> Result<Ciphertext, Error> {
        let tag = *Bound { key: self.id(), ad, core }.tag_by_key(self)?;
        Ok(Ciphertext::new(core.clone(), tag))
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::keys::samples::registered;

    #[test]
    fn a_core_is_sealed_for_the_key_that_it_is_proved_for_and_for_one_purpose() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let ((secret, key), (stranger, _)) = (registered(2, 2), registered(2, 3));
        let [ad, other] = [b"a", b"b"].map(|ad| AssociatedData::new(ad).unwrap());
        let ciphertext = key.encrypt(&ad, &[4, 5], &mut rng).unwrap();
        let verified = VerifiedCore::new(key.id(), ciphertext.core().clone());
        let sealed = secret.evaluation_key().seal(&other, &verified).unwrap();
        assert!(secret.open(&other, &sealed).is_ok());
        assert_eq!(secret.open(&ad, &sealed).unwrap_err(), Error::Decryption);
        assert_eq!(stranger.evaluation_key().seal(&ad, &verified), Err(Error::Mismatch));
        assert_eq!(secret.evaluation_key().seal(&ad, &verified), Ok(ciphertext));
    }
}
