//! One amount for two keys.

use alloc::vec::Vec;

use medcrypto_core::DecodeError;
use medcrypto_core::bls::{G1, NonIdentityG1, SecretResidue};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};

use crate::Error;
use crate::ciphertext::Core;
use crate::generators::generators;
use crate::hps::{Element, Randomness};
use crate::keys::{RegisteredKey, Slots};

/// The amount of a transfer under the keys of payer A and payee B, with one X; no tag.
///
/// ```text
/// X = ([r₁]P₁, [r₂]P₂, [r₁+r₂]P₃)
/// E_A = [r₁]S^A₁ + [r₂]S^A₂ + [t]H,  T_A = [r₁]Ŝ^A₁ + [r₂]Ŝ^A₂       the same for B
/// encoding   version ‖ suite ‖ tag ‖ X₁ ‖ X₂ ‖ X₃ ‖ E_A ‖ T_A ‖ E_B ‖ T_B       3 + 336 bytes
/// ```
/// Randomness may be shared because the scheme is reproducible (Bellare, Boldyreva, Staddon 2003) and both
/// keys are registered. Nothing here is proved: that is the proof of the transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransferCore {
    x: Element,
    payer: Amount,
    payee: Amount,
}

/// E and T of one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Amount {
    e: G1,
    t: NonIdentityG1,
}

impl TransferCore {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + 7 * G1::LEN;

    /// Encrypts `amount` to both, constant time in it.
    ///
    /// # Errors
    /// [`Error::Count`] for keys of more than one slot, [`Error::Mismatch`] for a key and itself.
    pub(crate) fn share(
        payer: &RegisteredKey,
        payee: &RegisteredKey,
        amount: &SecretResidue,
        randomness: &Randomness,
    ) -> Result<Self, Error> {
        if [payer, payee].map(RegisteredKey::slots) != [Slots::ONE; 2] {
            return Err(Error::Count);
        }
        if payer.id() == payee.id() {
            return Err(Error::Mismatch);
        }
        let x = Element::new(randomness.points())?;
        let amount = |key| Amount::new(key, amount, randomness);
        Ok(Self { x, payer: amount(payer)?, payee: amount(payee)? })
    }

    /// (X, E_A, T_A).
    #[must_use]
    pub fn for_payer(&self) -> Core {
        self.payer.core(&self.x)
    }

    /// (X, E_B, T_B).
    #[must_use]
    pub fn for_payee(&self) -> Core {
        self.payee.core(&self.x)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::with_capacity(Self::LEN).header(Header::v1(Tag::KhpkeTransferCore));
        self.payee.write(self.payer.write(self.x.write(writer))).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::KhpkeTransferCore))?;
        let x = Element::read(&mut reader)?;
        let (payer, payee) = (Amount::read(&mut reader)?, Amount::read(&mut reader)?);
        reader.finish()?;
        Ok(Self { x, payer, payee })
    }
}

impl Amount {
    fn new(
        key: &RegisteredKey,
        amount: &SecretResidue,
        randomness: &Randomness,
    ) -> Result<Self, Error> {
        let slot = key.slot_bases(0).ok_or(Error::Count)?;
        let e = randomness.evaluate(&slot) + generators().h.mul(amount);
        let e = e.published("a part of a ciphertext");
        let t = randomness.evaluate(&key.consistency_bases()).published("a part of a ciphertext");
        Ok(Self { e, t: t.try_into()? })
    }

    fn core(&self, x: &Element) -> Core {
        Core::of_parts(*x, alloc::vec![self.e], self.t)
    }

    fn write(&self, writer: Writer) -> Writer {
        writer.array(&self.e.to_bytes()).array(&self.t.to_bytes())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let e = G1::from_bytes(&reader.array()?)?;
        Ok(Self { e, t: NonIdentityG1::from_bytes(&reader.array()?)? })
    }
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::encrypt::encrypt_with;
    use crate::keys::samples::registered;
    use crate::{AssociatedData, VerifiedCore};

    #[test]
    fn each_half_is_what_encryption_with_the_same_randomness_gives() {
        let (ad, mut rng) = (AssociatedData::default(), ChaCha20Rng::seed_from_u64(1));
        let ((payer, a), (payee, b)) = (registered(1, 2), registered(1, 3));
        let randomness = Randomness::generate(&mut rng);
        let amount = SecretResidue::from_u64(42);
        let core = TransferCore::share(&a, &b, &amount, &randomness).unwrap();
        let bytes = core.to_bytes();
        assert_eq!(bytes.len(), TransferCore::LEN);
        assert_eq!(TransferCore::from_bytes(&bytes).as_ref(), Ok(&core));
        for len in 0..bytes.len() {
            assert!(TransferCore::from_bytes(&bytes[..len]).is_err());
        }
        let halves = [(payer, a, core.for_payer()), (payee, b, core.for_payee())];
        for (secret, key, half) in halves {
            let whole = encrypt_with(&key, &ad, &[42], &randomness).unwrap();
            assert_eq!(whole.core(), &half);
            let verified = VerifiedCore::new(key.id(), half);
            assert_eq!(secret.evaluation_key().seal(&ad, &verified), Ok(whole));
        }
    }

    #[test]
    fn t22_a_key_does_not_pay_itself_and_ledger_keys_have_one_slot() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        let ((_, one), (_, two)) = (registered(1, 2), registered(2, 3));
        let randomness = Randomness::generate(&mut rng);
        let share =
            |a, b| TransferCore::share(a, b, &SecretResidue::from_u64(1), &randomness).unwrap_err();
        assert_eq!(share(&one, &one), Error::Mismatch);
        assert_eq!(share(&one, &two), Error::Count);
        assert_eq!(share(&two, &one), Error::Count);
    }
}
