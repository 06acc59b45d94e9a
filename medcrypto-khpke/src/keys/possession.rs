//! Proof of possession of a key, for one account.
//!
//! ```text
//! statement  public key S₁ … Sₙ, Ŝ, A, B and account id       witness  all hashing keys κ
//! relation   for each: π₁ = [κ₁]P₁ + [κ₃]P₃,  π₂ = [κ₂]P₂ + [κ₃]P₃       2(n + 3) rows, 3(n + 3) secrets
//! transcript "key" public key, "account" account id, "A" the 2(n + 3) commitments, challenge "c"
//! encoding   version ‖ suite ‖ tag ‖ n u8 ‖ c 16 ‖ z₁ … z₃₍ₙ₊₃₎          20 + 96·(n + 3) bytes: 404 for n = 1
//! ```

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, Scalar, SecretResidue};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript, dst};
use rand_core::{CryptoRng, RngCore};

use super::{AccountId, DecryptionKey, PublicKey, RegisteredKey, Slots};
use crate::Error;
use crate::generators::generators;
use crate::hps::{HashingKey, Projection};
use crate::sigma::{self, Base, Challenge, Form, Row};

/// Proof that whoever registers a key for an account has its secret key.
///
/// Construction: Schnorr (1991) for linear relations, Fiat–Shamir with the whole statement. Knowledge
/// error 2⁻¹²⁸ a guess in the random-oracle model. Status: *published*.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossessionProof {
    slots: Slots,
    challenge: Challenge,
    responses: Vec<Scalar>,
}

impl PossessionProof {
    /// Encoded length in bytes for `slots` slots.
    #[must_use]
    pub fn len(slots: Slots) -> usize {
        Header::LEN + 1 + Challenge::LEN + Scalar::LEN * secrets(slots)
    }

    /// Proves that `witness` is the secret key of `key`, for `account`; constant time in it.
    ///
    /// # Errors
    /// [`Error::Mismatch`] if it is another key's; [`Error::Decode`] for a challenge of 0, once in 2¹²⁸.
    pub fn prove<R: RngCore + CryptoRng>(
        key: &PublicKey,
        account: &AccountId,
        witness: &DecryptionKey,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        if witness.id() != key.id() {
            return Err(Error::Mismatch);
        }
        absorb(transcript, key, account);
        let secrets: Vec<SecretResidue> = witness.all().flat_map(HashingKey::copied).collect();
        let nonces = sigma::nonces(transcript, &secrets, rng);
        let commitments = rows(key).map(|row| row.of_secrets(&nonces).published("a commitment"));
        let challenge = draw(transcript, &commitments.collect::<Vec<_>>())?;
        let responses = sigma::responses(&nonces, &challenge.scalar(), &secrets);
        Ok(Self { slots: key.slots(), challenge, responses })
    }

    fn verify(
        &self,
        key: &PublicKey,
        account: &AccountId,
        transcript: &mut Transcript,
    ) -> Result<(), Error> {
        if self.slots != key.slots() {
            return Err(Error::Verification);
        }
        absorb(transcript, key, account);
        let challenge = self.challenge.scalar();
        let recomputed = rows(key).map(|row| row.recomputed(&challenge, &self.responses));
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
            .header(Header::v1(Tag::KhpkePossession))
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
        reader.header(Header::v1(Tag::KhpkePossession))?;
        let slots = Slots::read(&mut reader)?;
        let challenge = Challenge::from_bytes(&reader.array()?)?;
        let responses = (0..secrets(slots)).map(|_| Scalar::from_bytes(&reader.array()?));
        let responses = responses.collect::<Result<_, _>>()?;
        reader.finish()?;
        Ok(Self { slots, challenge, responses })
    }
}

impl PublicKey {
    /// Checks the proof that the owner of `account` has the secret key; nothing else makes a
    /// [`RegisteredKey`].
    ///
    /// # Errors
    /// [`Error::Verification`].
    pub fn register(
        self,
        account: AccountId,
        proof: &PossessionProof,
        transcript: &mut Transcript,
    ) -> Result<RegisteredKey, Error> {
        proof.verify(&self, &account, transcript)?;
        Ok(RegisteredKey::new(self, account))
    }
}

fn secrets(slots: Slots) -> usize {
    3 * (slots.get() + 3)
}

fn absorb(transcript: &mut Transcript, key: &PublicKey, account: &AccountId) {
    transcript.enter(dst::khpke::POSSESSION);
    transcript.append_bytes(b"key", &key.to_bytes());
    transcript.append_bytes(b"account", &account.0);
}

fn rows(key: &PublicKey) -> impl Iterator<Item = Row<'static>> {
    key.projections().enumerate().flat_map(|(index, projection)| projected(projection, 3 * index))
}

/// π₁ = [κ₁]P₁ + [κ₃]P₃ and π₂ = [κ₂]P₂ + [κ₃]P₃, where κ are the secrets from number `first` on.
pub(crate) fn projected(projection: &Projection, first: usize) -> [Row<'static>; 2] {
    let [p1, p2, p3] = generators().p.each_ref().map(Base::Fixed);
    let [image1, image2] = projection.points();
    let row = |image, own, index| Row {
        image,
        terms: alloc::vec![(own, Form::one(index)), (p3, Form::one(first + 2))],
    };
    [row(image1, p1, first), row(image2, p2, first + 1)]
}

fn draw(transcript: &mut Transcript, commitments: &[G1]) -> Result<Challenge, DecodeError> {
    commitments.iter().for_each(|commitment| transcript.append_g1(b"A", commitment));
    sigma::challenge(transcript)
}
