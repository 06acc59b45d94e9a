//! Verification of one proof, and of many at once. Variable time: everything is public.

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, NonIdentityG1, Scalar};
use medcrypto_core::{Transcript, dst};

use super::body::Responses;
use super::{BatchableBody, Commitments, CompactBody, Conjunction};
use crate::Error;
use crate::range::RangeParameters;
use crate::sigma::{Base, Challenge, WeightedSum};

/// One proof of a batch: what it is about, the transcript with its statement, and the proof.
pub(crate) struct Claim<'a> {
    pub(crate) about: Conjunction<'a>,
    pub(crate) transcript: Transcript,
    pub(crate) body: &'a BatchableBody,
}

impl Conjunction<'_> {
    /// Verifies a compact proof, after the statement is in the transcript.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub(crate) fn verify(
        &self,
        body: &CompactBody,
        transcript: &mut Transcript,
    ) -> Result<(), Error> {
        if !body.fits(self.shape()) {
            return Err(Error::Verification);
        }
        let commitments = self.recomputed(body)?;
        if commitments.challenge(transcript) != Ok(body.challenge) {
            return Err(Error::Verification);
        }
        body.responses.absorb(transcript);
        let mut weights = Weights(transcript.clone());
        let sum = |points: &[NonIdentityG1], weights: &[Scalar]| {
            let points: Vec<_> = points.iter().map(NonIdentityG1::point).collect();
            G1::multi_exp_vartime(&points, weights).or(Err(Error::Verification))
        };
        let delta: Vec<_> = body.v.iter().map(|_| weights.next()).collect();
        let (left, right) = (sum(&body.v_bar, &delta)?, sum(&body.v, &delta)?);
        if self.parameters.pairs(&left, &right) { Ok(()) } else { Err(Error::Verification) }
    }

    /// a and A as the equations say.
    fn recomputed(&self, body: &CompactBody) -> Result<Commitments, Error> {
        let challenge = body.challenge.scalar();
        let answered =
            |(((v, v_bar), z), zv): (((&NonIdentityG1, &NonIdentityG1), &Scalar), &Scalar)| {
                let mut sum = WeightedSum::default();
                sum.add(&Base::Fixed(self.parameters.base()), zv);
                sum.add(&Base::Point(-v.point()), z);
                sum.add(&Base::Point(-v_bar.point()), &challenge);
                committed(sum.total().or(Err(Error::Verification))?)
            };
        let Responses { secrets, blinders } = &body.responses;
        let digits = body.v.iter().zip(&body.v_bar).zip(secrets).zip(blinders);
        let rows = self.rows.iter().map(|row| {
            committed(row.recomputed(&challenge, secrets).or(Err(Error::Verification))?)
        });
        Ok(Commitments {
            v: body.v.clone(),
            v_bar: body.v_bar.clone(),
            a: digits.map(answered).collect::<Result<_, _>>()?,
            rows: rows.collect::<Result<_, _>>()?,
        })
    }
}

fn committed(point: G1) -> Result<NonIdentityG1, Error> {
    NonIdentityG1::try_from(point).or(Err(Error::Verification))
}

/// Verifies all claims, which refer to the same parameters, by two Miller loops and one sum.
///
/// # Errors
/// [`Error::Verification`] if one of them does not hold, or refers to other parameters.
pub(crate) fn verify_all(parameters: &RangeParameters, claims: &[Claim<'_>]) -> Result<(), Error> {
    let (challenges, mut weights) = absorbed(parameters, claims)?;
    let [mut left, mut right] = <[WeightedSum<'_>; 2]>::default();
    for (claim, challenge) in claims.iter().zip(challenges) {
        claim.weigh(challenge.scalar(), &mut weights, [&mut left, &mut right]);
    }
    let [left, right] = [left, right].map(|sum| sum.total().or(Err(Error::Verification)));
    let (left, right) = (left?, right?);
    if parameters.pairs(&left, &right) { Ok(()) } else { Err(Error::Verification) }
}

/// The challenge of each claim, and the weights of all that is in them.
pub(super) fn absorbed(
    parameters: &RangeParameters,
    claims: &[Claim<'_>],
) -> Result<(Vec<Challenge>, Weights), Error> {
    let mut batch = Transcript::new(dst::khpke::WEIGHTS);
    let challenges = claims.iter().map(|claim| claim.absorbed(parameters, &mut batch));
    let challenges = challenges.collect::<Result<_, _>>()?;
    Ok((challenges, Weights(batch)))
}

impl Claim<'_> {
    /// The challenge of this claim; what it is about, and every byte of the proof, goes into the batch.
    fn absorbed(
        &self,
        parameters: &RangeParameters,
        batch: &mut Transcript,
    ) -> Result<Challenge, Error> {
        let same = parameters.digest() == self.about.parameters.digest();
        if !same || self.body.shape() != self.about.shape() {
            return Err(Error::Verification);
        }
        let mut transcript = self.transcript.clone();
        let challenge = self.body.absorb(&mut transcript);
        batch.append_bytes(b"claim", &transcript.challenge_bytes::<32>(b"claim"));
        challenge.or(Err(Error::Verification))
    }

    /// Adds every equation under a weight of its own: what pairs with P₂ left, what pairs with gvk right.
    fn weigh<'b>(&'b self, c: Scalar, weights: &mut Weights, sums: [&mut WeightedSum<'b>; 2]) {
        let [left, right] = sums;
        let Commitments { v, v_bar, a, rows } = &self.body.commitments;
        let Responses { secrets, blinders } = &self.body.responses;
        let gamma = Base::Fixed(self.about.parameters.base());
        let digits = v.iter().zip(v_bar).zip(a).zip(secrets).zip(blinders);
        for ((((v, v_bar), a), z), zv) in digits {
            let [v, v_bar, a] = [v, v_bar, a].map(|point| Base::Point(point.point()));
            let (answer, signature) = (weights.next(), weights.next());
            left.add(&a, &answer);
            left.add(&v_bar, &(answer * c + signature));
            left.add(&gamma, &-(answer * *zv));
            left.add(&v, &(answer * *z));
            right.add(&v, &signature);
        }
        for (row, commitment) in self.about.rows.iter().zip(rows) {
            row.weigh(left, &weights.next(), &c, secrets, &commitment.point());
        }
    }
}

/// Weights of 128 bits, never 0.
pub(super) struct Weights(Transcript);

impl Weights {
    pub(super) fn next(&mut self) -> Scalar {
        Scalar::from_u128(u128::from_be_bytes(self.0.challenge_bytes(b"delta")).max(1))
    }
}
