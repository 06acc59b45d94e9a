//! Many transfers at once, and which of them are bad.

use alloc::vec::Vec;

use medcrypto_core::Transcript;

use super::{BatchableTransferProof, TransferStatement, VerifiedTransfer};
use crate::range::{RangeParameters, Rejected, verify_or_name};

/// A transfer among many: what it says, the proof, and the transcript that it was made in.
#[derive(Clone, Debug)]
pub struct TransferClaim<'a> {
    /// What is claimed.
    pub statement: TransferStatement<'a>,
    /// Why.
    pub proof: &'a BatchableTransferProof,
    /// The transcript as it was before the proof.
    pub transcript: Transcript,
}

/// Verifies all claims, of one set of parameters, by two Miller loops and one sum; nothing of nothing.
///
/// Each is about the balance of its own statement: two transfers out of one stored balance are both true, and
/// only one of them can be carried out.
///
/// # Errors
/// [`Rejected`] with every claim that does not hold or refers to other parameters.
pub fn verify_transfers(
    parameters: &RangeParameters,
    claims: &[TransferClaim<'_>],
) -> Result<Vec<VerifiedTransfer>, Rejected> {
    let bodies = claims.iter().map(|TransferClaim { statement, proof, transcript }| {
        statement.claim(&proof.0, transcript.clone()).ok()
    });
    verify_or_name(parameters, bodies)?;
    Ok(claims.iter().map(|claim| claim.statement.verified()).collect())
}
