//! What the contract asks of the primitives, none of which it knows.

use alloc::collections::BTreeSet;

use super::tx::{PublicInputs, Record};
use crate::auth::{PublicKey, Signature, Verifier};
use crate::block::ChainId;
use crate::codec::Digest;
use crate::error::Refused;

/// The nullifier kind of every sale: one per person (and not one per record).
pub const KIND_PERSON: u8 = 0;

/// What a proof is bound to, so that it serves one sale only: the preimage of its context.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding<'a> {
    /// Digest of the verifying key.
    pub verifying_key: Digest,
    /// The chain.
    pub chain_id: ChainId,
    /// The request.
    pub request: Digest,
    /// The issuers whose records are accepted.
    pub issuers: &'a BTreeSet<PublicKey>,
    /// The earliest date of an accepted record.
    pub earliest_as_of_ms: u64,
    /// Who buys.
    pub institution: &'a PublicKey,
    /// Who sells.
    pub patient: &'a PublicKey,
    /// Chosen by the patient.
    pub nonce: Digest,
    /// Until when the request takes proofs.
    pub expiry_ms: u64,
}

/// Verdicts of the primitives. Each is a deterministic function of its arguments: the replicas must
/// agree. [`Verifier`] decides the signatures of transactions and settlements.
pub trait Verdicts: Verifier {
    /// The issuer's signature over the record's commitment and ciphertext.
    ///
    /// # Errors
    /// [`Refused`].
    fn attestation(&self, record: &Record, signature: &Signature) -> Result<(), Refused>;

    /// A proof of these public inputs under the verifying key with this digest.
    ///
    /// # Errors
    /// [`Refused`], also for an unknown key.
    fn proof(
        &self,
        verifying_key: &Digest,
        inputs: &PublicInputs,
        proof: &[u8],
    ) -> Result<(), Refused>;

    /// The public input that stands for an issuer policy.
    fn policy(&self, issuers: &BTreeSet<PublicKey>, earliest_as_of_ms: u64) -> Digest;

    /// The context X of a sale.
    fn context(&self, binding: &Binding<'_>) -> Digest;

    /// The nullifier scope of a name and a period.
    fn scope(&self, kind: u8, name: &[u8], period: u32) -> Digest;
}
