//! Proof of an evaluation.
//!
//! ```text
//! statement  registered key, combination (w, C⁽ⁱ⁾, adᵢ, b, ad), result C      witness  r₁, r₂
//! Δ          C − Σ wᵢ·C⁽ⁱ⁾ − b, part by part
//! relation   ΔX₁ = [r₁]P₁,  ΔX₂ = [r₂]P₂
//!            ΔX₃ = [r₁+r₂]P₃,  ΔT = [r₁]Ŝ₁ + [r₂]Ŝ₂,  ΔEⱼ = [r₁]Sⱼ,₁ + [r₂]Sⱼ,₂
//! transcript "key" key id, "k" inputs, for each "w", "ad", "C"; "b" each constant, "ad", "C" result;
//!            a weight "weight" for each row of the last line, which becomes one row; "A" the 3 commitments, challenge "c"
//! encoding   version ‖ suite ‖ tag ‖ c 16 ‖ z₁ ‖ z₂                            83 bytes, whatever n and k are
//! ```
//! ΔX₁ and ΔX₂ determine r₁ and r₂, and the weights, 128 bits each, come after Δ: a wrong row survives the
//! weighing once in 2¹²⁸.

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, Scalar, SecretResidue};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, Transcript, dst};
use rand_core::{CryptoRng, RngCore};

use super::{Combination, Sum};
use crate::Error;
use crate::ciphertext::Ciphertext;
use crate::generators::{FixedPoint, generators};
use crate::hps::{Projection, Randomness};
use crate::keys::RegisteredKey;
use crate::sigma::{self, Base, Challenge, Form, Row};

/// That a ciphertext is the evaluation of a combination under a key.
#[derive(Clone, Copy, Debug)]
pub struct EvaluationStatement<'a> {
    /// The key.
    pub key: &'a RegisteredKey,
    /// What was combined; the verifier takes it from its own state.
    pub combination: Combination<'a>,
    /// The result.
    pub result: &'a Ciphertext,
}

/// r₁ and r₂ of an evaluation, for its proof; wiped on drop.
pub struct EvaluationWitness(pub(super) Randomness);

impl core::fmt::Debug for EvaluationWitness {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("EvaluationWitness").finish_non_exhaustive()
    }
}

/// An evaluation whose proof was checked.
///
/// That the inputs and the result have the right tags is not part of it.
#[derive(Clone, Copy, Debug)]
pub struct VerifiedEvaluation<'a>(EvaluationStatement<'a>);

impl<'a> VerifiedEvaluation<'a> {
    /// What was proved.
    #[must_use]
    pub fn statement(&self) -> &EvaluationStatement<'a> {
        &self.0
    }
}

/// Proof that a ciphertext is the stated combination of the stated ciphertexts, and nothing else.
///
/// Who decrypts only what comes with one is not the tool of an evaluator that hands it a single input.
/// Knowledge error 2⁻¹²⁷ a guess in the random-oracle model. Status: *composition*.
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
/// let (a, b) = (AssociatedData::new(b"hospital a")?, AssociatedData::new(b"hospital b")?);
/// let (first, second) = (key.encrypt(&a, &[40], &mut rng)?, key.encrypt(&b, &[2], &mut rng)?);
/// let terms = [
///     Term { weight: 1, ciphertext: &first, ad: &a },
///     Term { weight: -20, ciphertext: &second, ad: &b },
/// ];
/// let ad = AssociatedData::new(b"round 1")?;
/// let combination = Combination { terms: &terms, constants: &[0], ad: &ad };
///
/// // The evaluator adds up, under a policy of its own, and proves what it did.
/// let of_two = |asked: &Combination<'_>| asked.terms.len() == 2;
/// let evaluation = secret.evaluation_key();
/// let (result, witness) = evaluation.evaluate(&key, &combination, of_two, &mut rng)?;
/// let statement = EvaluationStatement { key: &key, combination, result: &result };
/// let proof = EvaluationProof::prove(&statement, &witness, &mut transcript(), &mut rng)?;
///
/// // Anybody checks it.
/// let verified = proof.verify(statement, &mut transcript())?;
/// # let log = |point: &medcrypto_core::bls::G1| point.is_identity().then_some(0);
/// assert_eq!(secret.decrypt(&ad, verified.statement().result, log)?, [0]);
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvaluationProof {
    challenge: Challenge,
    responses: [Scalar; 2],
}

impl EvaluationProof {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + Challenge::LEN + 2 * Scalar::LEN;

    /// Proves an evaluation; constant time in the witness.
    ///
    /// # Errors
    /// [`Error::Count`] if the parts of the statement do not fit together, [`Error::Mismatch`] if the witness
    /// is another evaluation's; [`Error::Decode`] for a challenge of 0, once in 2¹²⁰.
    pub fn prove<R: RngCore + CryptoRng>(
        statement: &EvaluationStatement<'_>,
        witness: &EvaluationWitness,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        statement.absorb(transcript);
        let Randomness { r1, r2 } = &witness.0;
        let secrets = [r1, r2].map(|secret| secret.scaled(&Scalar::ONE));
        let rows = statement.rows(transcript)?;
        if rows.iter().any(|row| row.of_secrets(&secrets).published("an image") != row.image) {
            return Err(Error::Mismatch);
        }
        Self::answer(&rows, &secrets, transcript, rng)
    }

    /// The moves of the prover, whether the rows hold or not.
    fn answer<R: RngCore + CryptoRng>(
        rows: &[Row<'_>; 3],
        secrets: &[SecretResidue; 2],
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Self, Error> {
        let nonces = sigma::nonces(transcript, secrets, rng);
        let commitments =
            rows.each_ref().map(|row| row.of_secrets(&nonces).published("a commitment"));
        let challenge = draw(transcript, &commitments)?;
        let responses = respond(&nonces, &challenge, secrets)?;
        Ok(Self { challenge, responses })
    }

    /// Checks the proof; the verifier takes the inputs from its own state.
    ///
    /// # Errors
    /// [`Error::Verification`].
    pub fn verify<'a>(
        &self,
        statement: EvaluationStatement<'a>,
        transcript: &mut Transcript,
    ) -> Result<VerifiedEvaluation<'a>, Error> {
        statement.absorb(transcript);
        let rows = statement.rows(transcript).map_err(|_| Error::Verification)?;
        let challenge = self.challenge.scalar();
        let recomputed = rows.iter().map(|row| row.recomputed(&challenge, &self.responses));
        let recomputed =
            recomputed.collect::<Result<Vec<_>, _>>().map_err(|_| Error::Verification)?;
        if draw(transcript, &recomputed) == Ok(self.challenge) {
            Ok(VerifiedEvaluation(statement))
        } else {
            Err(Error::Verification)
        }
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = Writer::with_capacity(Self::LEN)
            .header(Header::v1(Tag::KhpkeEvaluationProof))
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
        reader.header(Header::v1(Tag::KhpkeEvaluationProof))?;
        let challenge = Challenge::from_bytes(&reader.array()?)?;
        let mut response = || Scalar::from_bytes(&reader.array()?);
        let responses = [response()?, response()?];
        reader.finish()?;
        Ok(Self { challenge, responses })
    }
}

impl EvaluationStatement<'_> {
    fn absorb(&self, transcript: &mut Transcript) {
        let Combination { terms, constants, ad } = &self.combination;
        transcript.enter(dst::khpke::EVALUATION);
        transcript.append_bytes(b"key", &self.key.id().0);
        transcript.append_u64(b"k", u64::try_from(terms.len()).unwrap_or(u64::MAX));
        for term in *terms {
            transcript.append_bytes(b"w", &term.weight.to_be_bytes());
            transcript.append_bytes(b"ad", term.ad.as_bytes());
            transcript.append_bytes(b"C", &term.ciphertext.to_bytes());
        }
        constants.iter().for_each(|b| transcript.append_bytes(b"b", &b.to_be_bytes()));
        transcript.append_bytes(b"ad", ad.as_bytes());
        transcript.append_bytes(b"C", &self.result.to_bytes());
    }

    /// The rows of X₁ and X₂, and the weighted sum of all others.
    fn rows(&self, transcript: &mut Transcript) -> Result<[Row<'static>; 3], Error> {
        let [p1, p2, _] = generators().p.each_ref().map(Base::Fixed);
        let ([x1, x2, x3], t, e) = self.differences()?;
        let row =
            |image, base, secret| Row { image, terms: alloc::vec![(base, Form::one(secret))] };
        let rest = self.rest(transcript, &[x3, t], &e)?;
        Ok([row(x1, p1, 0), row(x2, p2, 1), rest])
    }

    /// ΔX, ΔT and ΔE.
    fn differences(&self) -> Result<([G1; 3], G1, Vec<G1>), Error> {
        let core = self.result.core();
        if core.slots() != self.key.slots() {
            return Err(Error::Count);
        }
        let Sum { x: [x1, x2, x3], e, t } = self.combination.sum(self.key)?;
        let [y1, y2, y3] = core.x().points();
        let e = core.e().iter().zip(e).map(|(result, sum)| *result - sum).collect();
        Ok(([y1 - x1, y2 - x2, y3 - x3], core.t() - t, e))
    }

    /// The rows of X₃, T and E₁ … Eₙ, each with a weight of its own, as one.
    fn rest(
        &self,
        transcript: &mut Transcript,
        x3_and_t: &[G1; 2],
        e: &[G1],
    ) -> Result<Row<'static>, Error> {
        let [_, _, p3] = generators().p.each_ref().map(FixedPoint::point);
        let slots = self.key.key().projections().take(e.len()).map(Projection::points);
        let bases = [[*p3; 2], self.key.key().consistency().points()].into_iter().chain(slots);
        let bases: Vec<[G1; 2]> = bases.collect();
        let weights: Vec<_> = bases.iter().map(|_| weight(transcript)).collect();
        let images: Vec<_> = x3_and_t.iter().chain(e).copied().collect();
        let weigh =
            |points: &[G1]| G1::multi_exp_vartime(points, &weights).map_err(|_| Error::Count);
        let first = weigh(&bases.iter().map(|[first, _]| *first).collect::<Vec<_>>())?;
        let second = weigh(&bases.iter().map(|[_, second]| *second).collect::<Vec<_>>())?;
        let terms =
            alloc::vec![(Base::Point(first), Form::one(0)), (Base::Point(second), Form::one(1)),];
        Ok(Row { image: weigh(&images)?, terms })
    }
}

fn weight(transcript: &mut Transcript) -> Scalar {
    Scalar::from_u128(u128::from_be_bytes(transcript.challenge_bytes(b"weight")))
}

fn draw(transcript: &mut Transcript, commitments: &[G1]) -> Result<Challenge, DecodeError> {
    commitments.iter().for_each(|commitment| transcript.append_g1(b"A", commitment));
    sigma::challenge(transcript)
}

fn respond(
    nonces: &[SecretResidue],
    challenge: &Challenge,
    secrets: &[SecretResidue],
) -> Result<[Scalar; 2], Error> {
    let responses = sigma::responses(nonces, &challenge.scalar(), secrets);
    responses.try_into().map_err(|_| Error::Count)
}

#[cfg(test)]
mod tests {
    use medcrypto_core::bls::NonIdentityG1;
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;
    use crate::AssociatedData;
    use crate::ciphertext::Core;
    use crate::evaluate::{Term, evaluate_with};
    use crate::hps::Element;
    use crate::keys::samples::registered;

    /// Adds the given multiples of P₁ to X₁, X₂, X₃, E₁, E₂ and T.
    fn changed(result: &Ciphertext, by: [i64; 6]) -> Ciphertext {
        let [x1, x2, x3, e1, e2, t] =
            by.map(|m| generators().p[0].point().mul(&SecretResidue::from_i64(m)));
        let core = result.core();
        let [y1, y2, y3] = core.x().points();
        let x = Element::new([y1 + x1, y2 + x2, y3 + x3]).unwrap();
        let e = alloc::vec![core.e()[0] + e1, core.e()[1] + e2];
        let t: NonIdentityG1 = (core.t() + t).try_into().unwrap();
        Ciphertext::new(Core::of_parts(x, e, t), *result.tag())
    }

    /// A prover who answers for false rows: no row is free, and no two of those that are weighed cancel.
    #[test]
    fn t06_a_false_row_is_refused_alone_and_against_another() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let (secret, key) = registered(2, 2);
        let ad = AssociatedData::default();
        let input = key.encrypt(&ad, &[1, 2], &mut rng).unwrap();
        let terms = [Term { weight: 3, ciphertext: &input, ad: &ad }];
        let combination = Combination { terms: &terms, constants: &[4, 5], ad: &ad };
        let randomness = Randomness::generate(&mut rng);
        let result =
            evaluate_with(secret.evaluation_key(), &key, &combination, &randomness).unwrap();
        let Randomness { r1, r2 } = &randomness;
        let secrets = [r1, r2].map(|secret| secret.scaled(&Scalar::ONE));
        let transcript = || Transcript::new(dst::khpke::EVALUATION);
        let mut accepts = |by| {
            let result = changed(&result, by);
            let statement = EvaluationStatement { key: &key, combination, result: &result };
            let mut prover = transcript();
            statement.absorb(&mut prover);
            let rows = statement.rows(&mut prover).unwrap();
            let proof = EvaluationProof::answer(&rows, &secrets, &mut prover, &mut rng).unwrap();
            proof.verify(statement, &mut transcript()).is_ok()
        };
        assert!(accepts([0; 6]));
        let single = (0..6).map(|i| core::array::from_fn(|j| i64::from(i == j)));
        let pairs = [[0, 0, 1, -1, 0, 0], [0, 0, 0, 1, -1, 0], [0, 0, 0, 0, 1, -1]];
        let more = [[1, -1, 0, 0, 0, 0], [0, 0, 1, 0, 0, -1], [1, 1, 2, 0, 0, 0]];
        for by in single.chain(pairs).chain(more) {
            assert!(!accepts(by), "{by:?}");
        }
    }
}
