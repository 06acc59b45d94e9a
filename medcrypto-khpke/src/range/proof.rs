//! Range proofs of commitments, digit by digit.
//!
//! ```text
//! statement   parameters, [a, b], Com        witness  t, β with Com = [t]H + [β]Q and a ≤ t ≤ b
//! rows        Com − [a]H = [Σ 2^{uj}τⱼ]H + [β]Q
//!             Com − [b]H = [−Σ 2^{uj}τ_{l+j}]H + [β]Q         unless b − a = 2^{ul} − 1
//! digits      0 ≤ τⱼ < 2^u                                    m of them, m = l or 2l
//! transcript  "pp" digest of the parameters, "low" and "high" 16 bytes each, "Com",
//!             "V" m points, "Vbar" m points, "a" m points, "A" a point a row, challenge "c" 16 bytes,
//!             "z" z₀ … z_{m−1} ‖ zv₀ … zv_{m−1} ‖ z_β, weights "delta" 16 bytes each
//! encoding    compact    version ‖ suite ‖ tag ‖ V ‖ V̄ ‖ c ‖ z ‖ zv ‖ z_β             51 + 160·m bytes
//!             batchable  version ‖ suite ‖ tag ‖ V ‖ V̄ ‖ a ‖ A ‖ z ‖ zv ‖ z_β         83 or 131 + 208·m bytes
//! ```
//! For [0, 2⁴⁰) and digits of 10 bits: 691 and 915 bytes. The equations are those of the digits and rows in
//! the module above: V, V̄, a, A are its commitments.

use alloc::vec::Vec;

use medcrypto_core::bls::Scalar;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript, dst};
use rand_core::{CryptoRng, RngCore};

use super::commitment::{Commitment, Opening};
use super::conjunction::{BatchableBody, Claim, CompactBody, Conjunction, Hidden, Proved, Shape};
use super::{Interval, verify_all};
use crate::Error;
use crate::generators::generators;
use crate::sigma::{Base, Form};

/// That a commitment hides a number of a range.
#[derive(Clone, Copy, Debug)]
pub struct RangeStatement<'a> {
    /// The range.
    pub interval: Interval<'a>,
    /// The commitment.
    pub commitment: Commitment,
}

impl<'a> RangeStatement<'a> {
    fn absorb(&self, transcript: &mut Transcript) {
        transcript.enter(dst::khpke::RANGE_PER_DIGIT);
        self.interval.absorb(transcript);
        transcript.append_bytes(b"Com", &self.commitment.to_bytes());
    }

    fn conjunction(&self) -> Conjunction<'a> {
        let digits = self.interval.digits();
        let mask = [(Base::Fixed(&generators().q), Form::one(digits))];
        let rows = self.interval.rows(self.commitment.point(), &mask, 0);
        Conjunction { parameters: self.interval.parameters(), digits, others: 1, rows }
    }

    fn prove<R: RngCore + CryptoRng>(
        &self,
        witness: &Opening,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Proved, Error> {
        let digits = self.interval.split(witness.value())?;
        self.absorb(transcript);
        let others = alloc::vec![witness.blinder().scaled(&Scalar::ONE)];
        self.conjunction().prove(&Hidden { digits, others }, transcript, rng)
    }

    pub(super) fn claim<'b>(
        &self,
        proof: &'b BatchableRangeProof,
        mut transcript: Transcript,
    ) -> Claim<'b>
    where
        'a: 'b,
    {
        self.absorb(&mut transcript);
        Claim { about: self.conjunction(), transcript, body: &proof.0 }
    }
}

/// Proof that a commitment hides a number of a range: the short form.
///
/// Construction: signed digits (Camenisch, Chaabouni, shelat 2008) shown without pairings of the prover
/// (Camenisch, Drijvers, Hajny 2016), and one or two linear rows. Sound under U-SDH and DL in 𝔾₁ in the
/// random-oracle model, knowledge error 2⁻¹²⁷ a guess; zero-knowledge without a trapdoor. Verification: a
/// small multi-exponentiation a digit and one product of two pairings, variable time. Status: *published*
/// for the digits, *composition* for their conjunction with rows.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use medcrypto_core::{Transcript, dst};
/// use medcrypto_khpke::{DigitBits, Opening, RangeProof, RangeStatement, insecure};
/// let rng = &mut rand_core::OsRng;
/// let parameters = insecure::deal(DigitBits::new(4)?, rng)?.verify()?;
///
/// let age = Opening::new(42_u64, rng)?;
/// let statement =
///     RangeStatement { interval: parameters.between(18, 65)?, commitment: age.commitment()? };
/// let session = || Transcript::new(dst::khpke::RANGE_PER_DIGIT);
/// let proof = RangeProof::prove(&statement, &age, &mut session(), rng)?;
/// RangeProof::from_bytes(&proof.to_bytes())?.verify(&statement, &mut session())?;
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeProof(CompactBody);

/// Proof that a commitment hides a number of a range: the form of which many are verified at once.
///
/// What is proved, and under what assumptions, is as for [`RangeProof`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchableRangeProof(BatchableBody);

impl RangeProof {
    const TAG: Header = Header::v1(Tag::KhpkeRangeProof);

    /// Encoded length in bytes.
    #[must_use]
    pub fn len(interval: &Interval<'_>) -> usize {
        Header::LEN + shape(interval.digits(), interval.sides()).compact_len()
    }

    /// Proves, constant time in the number and its blinding factor.
    ///
    /// # Errors
    /// [`Error::Range`] for a number out of the range, [`Error::Verification`] if it is not the committed
    /// one; [`Error::Decode`] for a commitment of the proof that is the identity, once in 2²⁴⁰.
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &RangeStatement<'_>,
        witness: &Opening,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        statement.prove(witness, transcript, rng).map(|proved| Self(proved.compact()))
    }

    /// # Errors
    /// [`Error::Verification`].
    pub fn verify(
        &self,
        statement: &RangeStatement<'_>,
        transcript: &mut Transcript,
    ) -> Result<(), Error> {
        statement.absorb(transcript);
        statement.conjunction().verify(&self.0, transcript)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.write(Writer::default().header(Self::TAG)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else; the length tells the digits.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Self::TAG)?;
        let shape = shapes().find(|shape| Header::LEN + shape.compact_len() == bytes.len());
        let body = CompactBody::read(&mut reader, shape.ok_or(DecodeError::Length)?)?;
        reader.finish()?;
        Ok(Self(body))
    }
}

impl BatchableRangeProof {
    const TAG: Header = Header::v1(Tag::KhpkeBatchableRangeProof);

    /// Encoded length in bytes.
    #[must_use]
    pub fn len(interval: &Interval<'_>) -> usize {
        Header::LEN + shape(interval.digits(), interval.sides()).batchable_len()
    }

    /// Proves, constant time in the number and its blinding factor.
    ///
    /// # Errors
    /// As [`RangeProof::prove`].
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &RangeStatement<'_>,
        witness: &Opening,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        statement.prove(witness, transcript, rng).map(|proved| Self(proved.batchable()))
    }

    /// Verifies this proof alone; many at once: [`verify_ranges`](super::verify_ranges).
    ///
    /// # Errors
    /// [`Error::Verification`].
    pub fn verify(
        &self,
        statement: &RangeStatement<'_>,
        transcript: &mut Transcript,
    ) -> Result<(), Error> {
        let claim = statement.claim(self, transcript.clone());
        verify_all(statement.interval.parameters(), &[claim])?;
        statement.absorb(transcript);
        self.0.absorb(transcript).map(|_| ()).or(Err(Error::Verification))
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.write(Writer::default().header(Self::TAG)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else; the length tells digits and rows.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Self::TAG)?;
        let shape = shapes().find(|shape| Header::LEN + shape.batchable_len() == bytes.len());
        let body = BatchableBody::read(&mut reader, shape.ok_or(DecodeError::Length)?)?;
        reader.finish()?;
        Ok(Self(body))
    }
}

const fn shape(digits: usize, rows: usize) -> Shape {
    Shape { digits, others: 1, rows }
}

/// All shapes of a range proof: 1 to 64 digits a row. No two have batchable forms of one length.
fn shapes() -> impl Iterator<Item = Shape> {
    (1..=2).flat_map(|rows| (1..=64).map(move |digits| shape(rows * digits, rows)))
}
