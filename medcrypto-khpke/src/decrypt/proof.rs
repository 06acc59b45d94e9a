//! Proof of a decryption.
//!
//! ```text
//! statement  registered key S₁ … Sₙ, associated data, ciphertext (X, E, T, tag), numbers m₁ … mₙ
//! witness    k₁ … kₙ
//! relation   for each slot: S₁ = [k₁]P₁ + [k₃]P₃,  S₂ = [k₂]P₂ + [k₃]P₃,  E − [m]H = k·X
//! transcript "key" key id, "ad", "C" ciphertext, "m" each number, "A" the 3n commitments, challenge "c"
//! encoding   version ‖ suite ‖ tag ‖ n u8 ‖ c 16 ‖ z₁ … z₃ₙ              20 + 96·n bytes: 116 for n = 1
//! ```

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, Scalar, SecretResidue};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript, dst};
use rand_core::{CryptoRng, RngCore};

use crate::ciphertext::Ciphertext;
use crate::generators::generators;
use crate::hps::HashingKey;
use crate::keys::{DecryptionKey, RegisteredKey, Slots, projected};
use crate::sigma::{self, Base, Challenge, Form, Row};
use crate::{AssociatedData, Error};

/// That a ciphertext decrypts to these numbers.
#[derive(Clone, Copy, Debug)]
pub struct DecryptionStatement<'a> {
    /// The key that it is encrypted to.
    pub key: &'a RegisteredKey,
    /// What it is bound to.
    pub ad: &'a AssociatedData,
    /// The ciphertext.
    pub ciphertext: &'a Ciphertext,
    /// One number a slot.
    pub messages: &'a [i64],
}

/// Proof that E masks the stated numbers under the stated key.
///
/// It says what the ciphertext decrypts to if it decrypts: whether its tag and T are right is not part of
/// the relation. The prover checks them, because κ·X of a malformed X is not for others to learn about.
/// The numbers become public. Knowledge error 2⁻¹²⁸ a guess in the random-oracle model; k is determined by
/// S up to a discrete logarithm between P₁, P₂ and P₃. Status: *composition*.
///
/// ```
/// # use medcrypto_core::{Transcript, dst};
/// # use medcrypto_khpke::*;
/// # let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(1);
/// # let (secret, public) = DecryptionKey::generate(Slots::ONE, &mut rng)?;
/// # let account = AccountId([7; 32]);
/// # let transcript = || Transcript::new(dst::khpke::POSSESSION);
/// # let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng)?;
/// # let key = public.register(account, &proof, &mut transcript())?;
/// let ad = AssociatedData::new(b"audit")?;
/// let ciphertext = key.encrypt(&ad, &[42], &mut rng)?;
/// let statement =
///     DecryptionStatement { key: &key, ad: &ad, ciphertext: &ciphertext, messages: &[42] };
/// let proof = DecryptionProof::prove(&statement, &secret, &mut transcript(), &mut rng)?;
/// proof.verify(&statement, &mut transcript())?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecryptionProof {
    slots: Slots,
    challenge: Challenge,
    responses: Vec<Scalar>,
}

impl DecryptionProof {
    /// Encoded length in bytes for `slots` slots.
    #[must_use]
    pub fn len(slots: Slots) -> usize {
        Header::LEN + 1 + Challenge::LEN + Scalar::LEN * 3 * slots.get()
    }

    /// Proves what the ciphertext decrypts to; constant time in the key.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for another key, [`Error::Decryption`] if the ciphertext does not decrypt to
    /// these numbers; [`Error::Decode`] for a challenge of 0, once in 2¹²⁸.
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &DecryptionStatement<'_>,
        witness: &DecryptionKey,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        if witness.id() != statement.key.id() {
            return Err(Error::Mismatch);
        }
        let points = witness.open(statement.ad, statement.ciphertext)?;
        points.are(&statement.message_points())?;
        statement.absorb(transcript);
        let secrets: Vec<SecretResidue> =
            witness.masks().iter().flat_map(HashingKey::copied).collect();
        let nonces = sigma::nonces(transcript, &secrets, rng);
        let rows = statement.rows().ok_or(Error::Count)?;
        let commitments = rows.iter().map(|row| row.of_secrets(&nonces).published("a commitment"));
        let challenge = draw(transcript, &commitments.collect::<Vec<_>>())?;
        let responses = sigma::responses(&nonces, &challenge.scalar(), &secrets);
        Ok(Self { slots: witness.slots(), challenge, responses })
    }

    /// # Errors
    /// [`Error::Verification`].
    pub fn verify(
        &self,
        statement: &DecryptionStatement<'_>,
        transcript: &mut Transcript,
    ) -> Result<(), Error> {
        if self.slots != statement.key.slots() {
            return Err(Error::Verification);
        }
        statement.absorb(transcript);
        let challenge = self.challenge.scalar();
        let rows = statement.rows().ok_or(Error::Verification)?;
        let recomputed = rows.iter().map(|row| row.recomputed(&challenge, &self.responses));
        let recomputed =
            recomputed.collect::<Result<Vec<_>, _>>().map_err(|_| Error::Verification)?;
        if draw(transcript, &recomputed) == Ok(self.challenge) {
            Ok(())
        } else {
            Err(Error::Verification)
        }
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::with_capacity(Self::len(self.slots))
            .header(Header::v1(Tag::KhpkeDecryptionProof))
            .u8(self.slots.to_byte())
            .array(&self.challenge.to_bytes());
        let write = |writer: Writer, response: &Scalar| writer.array(&response.to_bytes());
        self.responses.iter().fold(writer, write).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::KhpkeDecryptionProof))?;
        let slots = Slots::read(&mut reader)?;
        let challenge = Challenge::from_bytes(&reader.array()?)?;
        let responses = (0..3 * slots.get()).map(|_| Scalar::from_bytes(&reader.array()?));
        let responses = responses.collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { slots, challenge, responses })
    }
}

impl DecryptionStatement<'_> {
    fn absorb(&self, transcript: &mut Transcript) {
        transcript.enter(dst::khpke::DECRYPTION);
        transcript.append_bytes(b"key", &self.key.id().0);
        transcript.append_bytes(b"ad", self.ad.as_bytes());
        transcript.append_bytes(b"C", &self.ciphertext.to_bytes());
        self.messages.iter().for_each(|m| transcript.append_bytes(b"m", &m.to_be_bytes()));
    }

    fn message_points(&self) -> Vec<G1> {
        self.messages.iter().map(|message| generators().h.mul_i64(*message)).collect()
    }

    /// None unless key, ciphertext and numbers have as many slots as each other.
    fn rows(&self) -> Option<Vec<Row<'static>>> {
        let (core, slots) = (self.ciphertext.core(), self.key.slots().get());
        if core.slots() != self.key.slots() || self.messages.len() != slots {
            return None;
        }
        let opened = core.e().iter().zip(self.message_points());
        let rows = opened.enumerate().map(|(index, (e, message))| {
            let terms = core.x().points().into_iter().enumerate();
            let terms = terms.map(|(i, x)| (Base::Point(x), Form::one(3 * index + i)));
            let mask = Row { image: *e - message, terms: terms.collect() };
            let [first, second] = projected(self.key.key().slot(index)?, 3 * index);
            Some([first, second, mask])
        });
        Some(rows.collect::<Option<Vec<_>>>()?.into_iter().flatten().collect())
    }
}

fn draw(transcript: &mut Transcript, commitments: &[G1]) -> Result<Challenge, DecodeError> {
    commitments.iter().for_each(|commitment| transcript.append_g1(b"A", commitment));
    sigma::challenge(transcript)
}
