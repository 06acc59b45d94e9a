//! The keys that read and that add up.

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::{KeyId, PublicKey, RegisteredKey, Slots};
use crate::Error;
use crate::hps::HashingKey;

/// The key that reads: k₁ … kₙ, κ̂ and the evaluation key; wiped on drop.
///
/// Not clonable, not comparable, redacted in `Debug`:
///
/// ```compile_fail
/// # use medcrypto_khpke::DecryptionKey;
/// fn copied(key: &DecryptionKey) -> DecryptionKey { key.clone() }
/// ```
pub struct DecryptionKey {
    masks: Vec<HashingKey>,
    consistency: HashingKey,
    evaluation: EvaluationKey,
}

impl DecryptionKey {
    /// Draws a key for `slots` numbers a ciphertext, and its public key.
    ///
    /// # Errors
    /// [`Error::Decode`] if the key would project onto the identity, as with a generator of zeros.
    pub fn generate<R: RngCore + CryptoRng>(
        slots: Slots,
        rng: &mut R,
    ) -> Result<(Self, PublicKey), Error> {
        let masks = (0..slots.get()).map(|_| HashingKey::generate(rng)).collect();
        let consistency = HashingKey::generate(rng);
        let (alpha, beta) = (HashingKey::generate(rng), HashingKey::generate(rng));
        let evaluation = EvaluationKey { key: KeyId([0; 32]), alpha, beta };
        let mut secret = Self { masks, consistency, evaluation };
        let projections = secret.all().map(HashingKey::projection);
        let public = PublicKey::new(projections.collect::<Result<_, _>>()?)?;
        secret.evaluation.key = public.id();
        Ok((secret, public))
    }

    /// The public key that this key belongs to.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.evaluation.key
    }

    /// How many numbers it reads in a ciphertext.
    #[must_use]
    pub fn slots(&self) -> Slots {
        // A key is made with 1 to 64 slots only, so the default is unreachable.
        Slots::new(self.masks.len()).unwrap_or(Slots::MAX)
    }

    /// The evaluation key inside: whoever reads can also evaluate.
    #[must_use]
    pub fn evaluation_key(&self) -> &EvaluationKey {
        &self.evaluation
    }

    /// k₁ … kₙ, κ̂, α, β, in the order of the public key.
    pub(crate) fn all(&self) -> impl Iterator<Item = &HashingKey> {
        let evaluation = [&self.evaluation.alpha, &self.evaluation.beta];
        self.masks.iter().chain([&self.consistency]).chain(evaluation)
    }

    /// kᵢ, counted from 0.
    pub(crate) fn mask(&self, index: usize) -> Option<&HashingKey> {
        self.masks.get(index)
    }

    /// k₁ … kₙ.
    pub(crate) fn masks(&self) -> &[HashingKey] {
        &self.masks
    }

    /// κ̂.
    pub(crate) fn consistency(&self) -> &HashingKey {
        &self.consistency
    }

    /// The canonical encoding, for storage by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let len = Header::LEN + 1 + 32 + HashingKey::LEN * (self.masks.len() + 3);
        let writer = Writer::with_capacity(len)
            .header(Header::v1(Tag::KhpkeDecryptionKey))
            .u8(self.slots().to_byte());
        let writer = self.consistency.write(self.evaluation.write(writer));
        let writer = self.masks.iter().fold(writer, |writer, mask| mask.write(writer));
        Zeroizing::new(writer.finish())
    }

    /// Decodes what [`to_secret_bytes`](Self::to_secret_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], whatever is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        read_decryption(bytes).map_err(|_| DecodeError::NonCanonical)
    }
}

fn read_decryption(bytes: &[u8]) -> Result<DecryptionKey, DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.header(Header::v1(Tag::KhpkeDecryptionKey))?;
    let slots = Slots::read(&mut reader)?;
    let evaluation = EvaluationKey::read(&mut reader)?;
    let consistency = HashingKey::read(&mut reader)?;
    let masks = (0..slots.get()).map(|_| HashingKey::read(&mut reader));
    let masks = masks.collect::<Result<_, _>>()?;
    reader.finish()?;
    Ok(DecryptionKey { masks, consistency, evaluation })
}

impl fmt::Debug for DecryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecryptionKey").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// The key that adds up: α and β; wiped on drop.
///
/// It tags what it computes, and so does every holder of it: give it to who evaluates, never to who holds
/// another party's decryption key. It opens nothing:
///
/// ```compile_fail
/// # use medcrypto_khpke::{AssociatedData, Ciphertext, EvaluationKey};
/// fn opened(key: &EvaluationKey, ad: &AssociatedData, ciphertext: &Ciphertext) {
///     let _ = key.open(ad, ciphertext);
/// }
/// ```
/// and with a decryptor at hand that opens whatever it is sent, its holder is outside of the model: one input
/// alone is an evaluation too. What is decrypted should come with an
/// [`EvaluationProof`](crate::EvaluationProof) of what was agreed.
pub struct EvaluationKey {
    key: KeyId,
    alpha: HashingKey,
    beta: HashingKey,
}

impl EvaluationKey {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + Self::BODY_LEN;
    const BODY_LEN: usize = 32 + 2 * HashingKey::LEN;

    /// The public key that this key belongs to.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.key
    }

    /// α and β.
    pub(crate) fn parts(&self) -> (&HashingKey, &HashingKey) {
        (&self.alpha, &self.beta)
    }

    /// Checks that this is the evaluation key of `key`, as an evaluator does with one that it is given.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if it says that it is another's, [`Error::Verification`] if it only says that it is.
    pub fn verify(&self, key: &RegisteredKey) -> Result<(), Error> {
        if self.key != key.id() {
            return Err(Error::Mismatch);
        }
        let own = [self.alpha.projection()?, self.beta.projection()?];
        if own == key.key().tag_projections() { Ok(()) } else { Err(Error::Verification) }
    }

    fn write(&self, writer: Writer) -> Writer {
        self.beta.write(self.alpha.write(writer.array(&self.key.0)))
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let key = KeyId(reader.array()?);
        Ok(Self { key, alpha: HashingKey::read(reader)?, beta: HashingKey::read(reader)? })
    }

    /// The canonical encoding, for storage by the caller or for the evaluator.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::with_capacity(Self::LEN).header(Header::v1(Tag::KhpkeEvaluationKey));
        Zeroizing::new(self.write(writer).finish())
    }

    /// Decodes what [`to_secret_bytes`](Self::to_secret_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], whatever is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        read_evaluation(bytes).map_err(|_| DecodeError::NonCanonical)
    }
}

fn read_evaluation(bytes: &[u8]) -> Result<EvaluationKey, DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.header(Header::v1(Tag::KhpkeEvaluationKey))?;
    let key = EvaluationKey::read(&mut reader)?;
    reader.finish()?;
    Ok(key)
}

impl fmt::Debug for EvaluationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EvaluationKey").field("id", &self.key).finish_non_exhaustive()
    }
}
