//! Range proofs of every slot of a ciphertext, digit by digit.
//!
//! ```text
//! statement   registered key, ad, ciphertext, parameters, [a, b]
//! witness     r₁, r₂, m₁ … mₙ of the encryption, a ≤ mᵢ ≤ b
//! rows        X₁ = [r₁]P₁,  X₂ = [r₂]P₂,  X₃ = [r₁+r₂]P₃,  T = [r₁]Ŝ₁ + [r₂]Ŝ₂
//!             Eᵢ − [a]H = [r₁]Sᵢ,₁ + [r₂]Sᵢ,₂ + [Σ 2^{uj}τᵢⱼ]H
//!             Eᵢ − [b]H = [r₁]Sᵢ,₁ + [r₂]Sᵢ,₂ + [−Σ 2^{uj}τ′ᵢⱼ]H        unless b − a = 2^{ul} − 1
//! transcript  "pp", "low", "high" as for a commitment, "key" key id, "ad", "C" the ciphertext, then as there
//! encoding    version ‖ suite ‖ tag ‖ n u8 ‖ l u8 ‖ s u8 ‖ V ‖ V̄ ‖ c ‖ z ‖ zv ‖ z_r₁ ‖ z_r₂
//!             86 + 160·m bytes, m = n·l·s digits, s = 1 or 2 rows a slot;
//!             batchable, with a and A for c: 70 + 48·(4 + n·s) + 208·m bytes
//! ```
//! The first four rows say that the ciphertext is in the language of the scheme: without that of T, an upload
//! with a wrong T spoils every sum that it enters. The tag is not proved; whoever adds up checks it.

#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::bls::{Scalar, SecretResidue};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript, dst};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::batch::{Rejected, verify_or_name};
use super::conjunction::{
    BatchableBody, Claim, CompactBody, Conjunction, Hidden, Proved, Shape, verify_all,
};
use super::{Interval, RangeParameters};
use crate::encrypt::encrypt_with;
use crate::generators::generators;
use crate::hps::Randomness;
use crate::sigma::{Base, Form, Row};
use crate::{AssociatedData, Ciphertext, Error, RegisteredKey, Slots};

/// What was encrypted and with what randomness, for a proof about it; wiped on drop.
pub struct EncryptionWitness {
    randomness: Randomness,
    messages: Zeroizing<Vec<i64>>,
}

impl fmt::Debug for EncryptionWitness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EncryptionWitness").finish_non_exhaustive()
    }
}

impl RegisteredKey {
    /// As [`encrypt`](Self::encrypt), with the witness of a proof about the ciphertext.
    ///
    /// # Errors
    /// As there.
    pub fn encrypt_for_proof<R: RngCore + CryptoRng>(
        &self,
        ad: &AssociatedData,
        messages: &[i64],
        rng: &mut R,
    ) -> Result<(Ciphertext, EncryptionWitness), Error> {
        let randomness = Randomness::generate(rng);
        let ciphertext = encrypt_with(self, ad, messages, &randomness)?;
        let messages = Zeroizing::new(messages.to_vec());
        Ok((ciphertext, EncryptionWitness { randomness, messages }))
    }
}

/// That every slot of a ciphertext encrypts a number of a range, and that the ciphertext is well formed.
#[derive(Clone, Copy, Debug)]
pub struct VectorStatement<'a> {
    /// The range, the same for all slots.
    pub interval: Interval<'a>,
    /// The key of the ciphertext.
    pub key: &'a RegisteredKey,
    /// What the ciphertext is bound to.
    pub ad: &'a AssociatedData,
    /// The ciphertext.
    pub ciphertext: &'a Ciphertext,
}

impl<'a> VectorStatement<'a> {
    fn absorb(&self, transcript: &mut Transcript) {
        transcript.enter(dst::khpke::VECTOR_PER_DIGIT);
        self.interval.absorb(transcript);
        transcript.append_bytes(b"key", &self.key.id().0);
        transcript.append_bytes(b"ad", self.ad.as_bytes());
        transcript.append_bytes(b"C", &self.ciphertext.to_bytes());
    }

    fn layout(&self) -> Layout {
        let (slots, sides) = (self.ciphertext.slots(), self.interval.sides());
        Layout { slots, digits: self.interval.digits() / sides, sides }
    }

    fn conjunction(&self) -> Result<Conjunction<'a>, Error> {
        let (core, digits) = (self.ciphertext.core(), self.layout().shape().digits);
        if self.key.slots() != core.slots() {
            return Err(Error::Count);
        }
        let [first, second] = [digits, digits + 1].map(Form::one);
        let both = Form::weighted([digits, digits + 1].map(|index| (index, Scalar::ONE)));
        let [p1, p2, p3] = generators().p.each_ref().map(Base::Fixed);
        let [x1, x2, x3] = core.x().points();
        let masked = |[one, two]: [Base<'a>; 2]| [(one, first.clone()), (two, second.clone())];
        let mut rows = alloc::vec![
            Row { image: x1, terms: alloc::vec![(p1, first.clone())] },
            Row { image: x2, terms: alloc::vec![(p2, second.clone())] },
            Row { image: x3, terms: alloc::vec![(p3, both)] },
            Row { image: core.t(), terms: masked(self.key.consistency_bases()).into() },
        ];
        for (slot, e) in core.e().iter().enumerate() {
            let mask = masked(self.key.slot_bases(slot).ok_or(Error::Count)?);
            rows.extend(self.interval.rows(*e, &mask, slot * self.interval.digits()));
        }
        Ok(Conjunction { parameters: self.interval.parameters(), digits, others: 2, rows })
    }

    fn prove<R: RngCore + CryptoRng>(
        &self,
        witness: &EncryptionWitness,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Proved, Error> {
        let mut digits = Zeroizing::new(Vec::with_capacity(self.layout().shape().digits));
        for message in witness.messages.iter() {
            digits.extend_from_slice(&self.interval.split((*message).into())?);
        }
        let Randomness { r1, r2 } = &witness.randomness;
        let copied = |secret: &SecretResidue| secret.scaled(&Scalar::ONE);
        self.absorb(transcript);
        let hidden = Hidden { digits, others: alloc::vec![copied(r1), copied(r2)] };
        self.conjunction()?.prove(&hidden, transcript, rng)
    }

    fn claim<'b>(
        &self,
        proof: &'b BatchableVectorRangeProof,
        mut transcript: Transcript,
    ) -> Option<Claim<'b>>
    where
        'a: 'b,
    {
        self.absorb(&mut transcript);
        Some(Claim { about: self.conjunction().ok()?, transcript, body: &proof.body })
    }
}

/// n, l and s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    slots: Slots,
    digits: usize,
    sides: usize,
}

impl Layout {
    const LEN: usize = Header::LEN + 3;

    fn shape(self) -> Shape {
        let (n, rows) = (self.slots.get(), self.slots.get() * self.sides);
        Shape { digits: n * self.digits * self.sides, others: 2, rows: 4 + rows }
    }

    fn write(self, tag: Tag) -> Writer {
        // l is at most 64 and s at most 2.
        let byte = |number: usize| u8::try_from(number).unwrap_or(u8::MAX);
        let writer = Writer::default().header(Header::v1(tag)).u8(self.slots.to_byte());
        writer.u8(byte(self.digits)).u8(byte(self.sides))
    }

    fn read(reader: &mut Reader<'_>, tag: Tag) -> Result<Self, DecodeError> {
        reader.header(Header::v1(tag))?;
        let slots = Slots::read(reader)?;
        let [digits, sides] = [reader.u8()?, reader.u8()?].map(usize::from);
        if !(1..=64).contains(&digits) || !(1..=2).contains(&sides) {
            return Err(DecodeError::NonCanonical);
        }
        Ok(Self { slots, digits, sides })
    }
}

/// Proof that every slot of a ciphertext encrypts a number of a range: the short form.
///
/// Knowledge of r₁, r₂ and of all digits, under the assumptions and with the status of
/// [`RangeProof`](super::RangeProof).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VectorRangeProof {
    layout: Layout,
    body: CompactBody,
}

/// Proof that every slot of a ciphertext encrypts a number of a range: the form of which many are verified at
/// once, by [`verify_vector_ranges`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchableVectorRangeProof {
    layout: Layout,
    body: BatchableBody,
}

impl VectorRangeProof {
    /// Proves, constant time in the numbers and the randomness.
    ///
    /// # Errors
    /// [`Error::Range`] for a number out of the range, [`Error::Count`] if key and ciphertext have different
    /// numbers of slots, [`Error::Verification`] for the witness of another ciphertext; [`Error::Decode`]
    /// for a commitment of the proof that is the identity, once in 2²⁴⁰.
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &VectorStatement<'_>,
        witness: &EncryptionWitness,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        let body = statement.prove(witness, transcript, rng)?.compact();
        Ok(Self { layout: statement.layout(), body })
    }

    /// # Errors
    /// [`Error::Verification`].
    pub fn verify(
        &self,
        statement: &VectorStatement<'_>,
        transcript: &mut Transcript,
    ) -> Result<(), Error> {
        if self.layout != statement.layout() {
            return Err(Error::Verification);
        }
        statement.absorb(transcript);
        let conjunction = statement.conjunction().or(Err(Error::Verification))?;
        conjunction.verify(&self.body, transcript)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.body.write(self.layout.write(Tag::KhpkeVectorProof)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let layout = Layout::read(&mut reader, Tag::KhpkeVectorProof)?;
        if bytes.len() != Layout::LEN + layout.shape().compact_len() {
            return Err(DecodeError::Length);
        }
        let body = CompactBody::read(&mut reader, layout.shape())?;
        reader.finish()?;
        Ok(Self { layout, body })
    }
}

impl BatchableVectorRangeProof {
    /// Proves, constant time in the numbers and the randomness.
    ///
    /// # Errors
    /// As [`VectorRangeProof::prove`].
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &VectorStatement<'_>,
        witness: &EncryptionWitness,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        let body = statement.prove(witness, transcript, rng)?.batchable();
        Ok(Self { layout: statement.layout(), body })
    }

    /// Verifies this proof alone.
    ///
    /// # Errors
    /// [`Error::Verification`].
    pub fn verify(
        &self,
        statement: &VectorStatement<'_>,
        transcript: &mut Transcript,
    ) -> Result<(), Error> {
        let claim = statement.claim(self, transcript.clone()).ok_or(Error::Verification)?;
        verify_all(statement.interval.parameters(), &[claim])?;
        statement.absorb(transcript);
        self.body.absorb(transcript).map(|_| ()).or(Err(Error::Verification))
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.body.write(self.layout.write(Tag::KhpkeBatchableVectorProof)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let layout = Layout::read(&mut reader, Tag::KhpkeBatchableVectorProof)?;
        if bytes.len() != Layout::LEN + layout.shape().batchable_len() {
            return Err(DecodeError::Length);
        }
        let body = BatchableBody::read(&mut reader, layout.shape())?;
        reader.finish()?;
        Ok(Self { layout, body })
    }
}

/// A proof about a ciphertext among many: what it says, the proof, and the transcript it was made in.
#[derive(Clone, Debug)]
pub struct VectorClaim<'a> {
    /// What is claimed.
    pub statement: VectorStatement<'a>,
    /// Why.
    pub proof: &'a BatchableVectorRangeProof,
    /// The transcript as it was before the proof.
    pub transcript: Transcript,
}

/// Verifies all claims at once, and names the bad ones: [`verify_ranges`](super::verify_ranges) for
/// ciphertexts.
///
/// # Errors
/// [`Rejected`]. A claim whose key does not fit its ciphertext is among the rejected.
pub fn verify_vector_ranges(
    parameters: &RangeParameters,
    claims: &[VectorClaim<'_>],
) -> Result<(), Rejected> {
    let claims = claims.iter().map(|VectorClaim { statement, proof, transcript }| {
        statement.claim(proof, transcript.clone())
    });
    verify_or_name(parameters, claims)
}
