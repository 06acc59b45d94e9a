//! Many range proofs at once, and which of them are bad.

use alloc::vec::Vec;

use medcrypto_core::Transcript;

use super::conjunction::Claim;
use super::proof::{BatchableRangeProof, RangeStatement};
use super::{RangeParameters, verify_all};

/// A range proof among many: what it says, the proof, and the transcript that it was made in.
#[derive(Clone, Debug)]
pub struct RangeClaim<'a> {
    /// What is claimed.
    pub statement: RangeStatement<'a>,
    /// Why.
    pub proof: &'a BatchableRangeProof,
    /// The transcript as it was before the proof.
    pub transcript: Transcript,
}

/// The proofs of a batch that do not verify, by their place in it, in order.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} proofs of the batch do not verify", .0.len())]
pub struct Rejected(Vec<usize>);

impl Rejected {
    /// The places, counted from 0; at least one.
    #[must_use]
    pub fn places(&self) -> &[usize] {
        &self.0
    }
}

/// Verifies all claims, of one set of parameters, by two Miller loops and one sum; nothing of nothing.
///
/// A batch that fails is halved until the bad claims stand alone: 2·log₂N more sums for each of them.
///
/// # Errors
/// [`Rejected`] with every claim that does not hold or refers to other parameters.
pub fn verify_ranges(
    parameters: &RangeParameters,
    claims: &[RangeClaim<'_>],
) -> Result<(), Rejected> {
    let claims = claims.iter().map(|RangeClaim { statement, proof, transcript }| {
        Some(statement.claim(proof, transcript.clone()))
    });
    verify_or_name(parameters, claims)
}

/// [`verify_all`], and who is to blame; None for a claim that cannot be true.
pub(crate) fn verify_or_name<'a>(
    parameters: &RangeParameters,
    claims: impl Iterator<Item = Option<Claim<'a>>>,
) -> Result<(), Rejected> {
    let (mut places, mut sound, mut bad) = (Vec::new(), Vec::new(), Vec::new());
    for (place, claim) in claims.enumerate() {
        match claim {
            Some(claim) => {
                places.push(place);
                sound.push(claim);
            }
            None => bad.push(place),
        }
    }
    let mut pending = alloc::vec![(&places[..], &sound[..])];
    while let Some((places, claims)) = pending.pop() {
        if verify_all(parameters, claims).is_ok() {
            continue;
        }
        if let [place] = places {
            bad.push(*place);
            continue;
        }
        let (left, right) = places.split_at(places.len() / 2);
        let (left_claims, right_claims) = claims.split_at(claims.len() / 2);
        pending.extend([(left, left_claims), (right, right_claims)]);
    }
    bad.sort_unstable();
    if bad.is_empty() { Ok(()) } else { Err(Rejected(bad)) }
}
