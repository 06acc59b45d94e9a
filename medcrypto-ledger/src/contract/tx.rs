//! Transactions: digests, identifiers, keys and signatures, never a record.
//!
//! Every field has a bound ([`SignedTx::fits`]), so a transaction stays below
//! [`SignedTx::MAX_LEN`] bytes, and nothing in it has room for a record.

use alloc::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::envelope::{self, key_fits, signature_fits};
use crate::auth::{PublicKey, Signature};
use crate::block::ChainId;
use crate::cas::Cid;
use crate::codec::{Bytes, Digest, as_array};

/// A transaction of this contract.
pub type SignedTx = envelope::SignedTx<Action>;

/// What its sender signs. The id of a [`Action::Publish`] names its request.
pub type TxBody = envelope::TxBody<Action>;

/// The nine things a transaction can do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Step 1: an institution publishes a requirement and escrows its price.
    Publish(Requirement),
    /// Step 3: patient or issuer registers the commitment of a record and its ciphertext.
    RegisterRecord(Record, Signature),
    /// Steps 4 and 5: a patient proves that a registered record meets the requirement.
    Prove(Proof),
    /// Step 6: the patient posts the re-encryption key, sealed to the proxy.
    Rekey(Rekey),
    /// Step 7: the proxy posts the re-encrypted header.
    Deliver(Delivery),
    /// Step 9: both parties have signed.
    Settle(Settlement),
    /// The institution says that what it received does not open the commitment.
    Dispute(Dispute),
    /// An arbiter decides.
    Verdict(Verdict),
    /// Anybody says that a deadline has passed.
    Expire(Expiry),
}

/// What an institution asks for, on which terms. The expected result is always *true*: a negated
/// requirement is another requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Digest of the verifying key.
    pub verifying_key: Digest,
    /// Digest Q of the requirement with its parameters.
    pub requirement: Digest,
    /// The issuers whose records are accepted; the first half of the issuer policy.
    pub issuers: BTreeSet<PublicKey>,
    /// The earliest date of an accepted record, milliseconds since 1970; the second half.
    pub earliest_as_of_ms: u64,
    /// Words to find the request by; they say part of the requirement in the open.
    pub keywords: BTreeSet<Bytes>,
    /// The class of data that is bought.
    pub class: Digest,
    /// The period of the class: 4·year + quarter − 1.
    pub period: u32,
    /// Whether the licence is exclusive for class and period.
    pub exclusive: bool,
    /// Price of one patient's data, not 0.
    pub price: u64,
    /// How many patients' data are bought; the escrow is price · places.
    pub places: u32,
    /// What a dispute costs whoever raises it in vain, not 0.
    pub bond: u64,
    /// The proxy.
    pub proxy: PublicKey,
    /// Who decides disputes, by majority. A patient accepts them, and the proxy, by proving.
    pub arbiters: BTreeSet<PublicKey>,
    /// Until when every stage lasts.
    pub deadlines: Deadlines,
}
as_array!(Requirement {
    verifying_key,
    requirement,
    issuers,
    earliest_as_of_ms,
    keywords,
    class,
    period,
    exclusive,
    price,
    places,
    bond,
    proxy,
    arbiters,
    deadlines,
});

/// One deadline a stage, milliseconds; every duration from 1 to [`Deadlines::MAX_STAGE_MS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// The last moment of a proof, absolute; at most [`Deadlines::MAX_STAGE_MS`] after the
    /// publication.
    pub prove_until: u64,
    /// How long the patient has for the re-encryption key.
    pub rekey: u64,
    /// How long the proxy has to deliver.
    pub deliver: u64,
    /// How long the institution has to dispute; silence pays.
    pub dispute: u64,
    /// How long the arbiters have; silence pays.
    pub verdict: u64,
}
as_array!(Deadlines { prove_until, rekey, deliver, dispute, verdict });

impl Deadlines {
    /// The longest stage: 366 days. Money and data are not locked up for longer.
    pub const MAX_STAGE_MS: u64 = 366 * 24 * 60 * 60 * 1000;

    /// Every stage lasts, and none for ever.
    fn fit(&self) -> bool {
        let stages = [self.rekey, self.deliver, self.dispute, self.verdict];
        stages.iter().all(|lasts| (1..=Self::MAX_STAGE_MS).contains(lasts))
    }
}

/// A patient's record as the chain knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Whose record it is.
    pub patient: PublicKey,
    /// Its commitment C.
    pub commitment: Digest,
    /// Its ciphertext.
    pub ciphertext: Cid,
    /// Who vouches for it.
    pub issuer: PublicKey,
    /// As of when it is complete, milliseconds since 1970.
    pub as_of_ms: u64,
}
as_array!(Record { patient, commitment, ciphertext, issuer, as_of_ms });

/// The public inputs of a proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicInputs {
    /// C.
    pub commitment: Digest,
    /// Q.
    pub requirement: Digest,
    /// Digest of the issuer policy.
    pub policy: Digest,
    /// X.
    pub context: Digest,
    /// N.
    pub nullifier: Digest,
    /// The scope of N.
    pub scope: Digest,
    /// The kind of N.
    pub kind: u8,
}
as_array!(PublicInputs { commitment, requirement, policy, context, nullifier, scope, kind });

/// A proof for a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The request.
    pub request: Digest,
    /// The nonce of the context.
    pub nonce: Digest,
    /// What is proven.
    pub inputs: PublicInputs,
    /// The proof.
    pub proof: Bytes,
    /// The exclusive nullifier, if the class can be licensed exclusively.
    pub exclusive: Option<ExclusiveProof>,
}
as_array!(Proof { request, nonce, inputs, proof, exclusive });

/// The same proof under the scope of class and period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExclusiveProof {
    /// The exclusive nullifier: constant for person, class and period.
    pub nullifier: Digest,
    /// A proof of the same inputs but for nullifier and scope.
    pub proof: Bytes,
}
as_array!(ExclusiveProof { nullifier, proof });

/// A re-encryption key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rekey {
    /// The request.
    pub request: Digest,
    /// The name of the key.
    pub rekey_id: Digest,
    /// The key, sealed to the proxy.
    pub sealed: Cid,
}
as_array!(Rekey { request, rekey_id, sealed });

/// What the proxy made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The request.
    pub request: Digest,
    /// The patient.
    pub patient: PublicKey,
    /// The re-encrypted header; the payload is the registered ciphertext.
    pub delivery: Cid,
}
as_array!(Delivery { request, patient, delivery });

/// Both parties' signatures over the [`SettlementStatement`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The request.
    pub request: Digest,
    /// The patient.
    pub patient: PublicKey,
    /// By the patient.
    pub by_patient: Signature,
    /// By the institution.
    pub by_institution: Signature,
}
as_array!(Settlement { request, patient, by_patient, by_institution });

/// What both parties sign under the domain `SETTLEMENT`: this delivery closes this sale.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettlementStatement {
    /// The chain.
    pub chain_id: ChainId,
    /// The request.
    pub request: Digest,
    /// The patient.
    pub patient: PublicKey,
    /// What was delivered.
    pub delivery: Cid,
}
as_array!(SettlementStatement { chain_id, request, patient, delivery });

/// A dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The request.
    pub request: Digest,
    /// The patient.
    pub patient: PublicKey,
    /// Digest of the evidence, which goes to the arbiters encrypted and never on the chain.
    pub evidence: Digest,
}
as_array!(Dispute { request, patient, evidence });

/// An arbiter's vote after recomputing the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The request.
    pub request: Digest,
    /// The patient.
    pub patient: PublicKey,
    /// The evidence that was looked at.
    pub evidence: Digest,
    /// Whether the dispute is upheld.
    pub upheld: bool,
}
as_array!(Verdict { request, patient, evidence, upheld });

/// A deadline that has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The request.
    pub request: Digest,
    /// The sale; none for the request itself, whose unused escrow goes back.
    pub patient: Option<PublicKey>,
}
as_array!(Expiry { request, patient });

impl SignedTx {
    /// The longest encoding of a transaction that [fits](Self::fits).
    pub const MAX_LEN: usize = 8192;
    /// The longest key.
    pub const MAX_KEY: usize = envelope::MAX_KEY;
    /// The longest signature.
    pub const MAX_SIGNATURE: usize = envelope::MAX_SIGNATURE;
    /// The longest proof.
    pub const MAX_PROOF: usize = 1024;
    /// The longest keyword.
    pub const MAX_KEYWORD: usize = 32;
    /// The most issuers, arbiters or keywords.
    pub const MAX_NAMED: usize = 16;

    /// Whether every part keeps to its bound.
    #[must_use]
    pub fn fits(&self) -> bool {
        let sender = key_fits(&self.body.sender) && signature_fits(&self.signature);
        sender && self.body.action.fits()
    }
}

impl Action {
    fn fits(&self) -> bool {
        match self {
            Self::Publish(requirement) => requirement.fits(),
            Self::RegisterRecord(record, signature) => {
                key_fits(&record.patient) && key_fits(&record.issuer) && signature_fits(signature)
            }
            Self::Prove(proof) => {
                let exclusive = proof.exclusive.iter().map(|e| &e.proof);
                exclusive.chain([&proof.proof]).all(|p| p.0.len() <= SignedTx::MAX_PROOF)
            }
            Self::Rekey(_) => true,
            Self::Deliver(Delivery { patient, .. })
            | Self::Dispute(Dispute { patient, .. })
            | Self::Verdict(Verdict { patient, .. }) => key_fits(patient),
            Self::Settle(Settlement { patient, by_patient, by_institution, .. }) => {
                key_fits(patient) && signature_fits(by_patient) && signature_fits(by_institution)
            }
            Self::Expire(Expiry { patient, .. }) => patient.iter().all(key_fits),
        }
    }
}

impl Requirement {
    /// At least an issuer, an arbiter and a place; a price, and a bond so that a dispute costs.
    fn fits(&self) -> bool {
        let some = 1..=SignedTx::MAX_NAMED;
        let counts = some.contains(&self.issuers.len())
            && some.contains(&self.arbiters.len())
            && self.keywords.len() <= SignedTx::MAX_NAMED
            && self.places > 0
            && self.price > 0
            && self.bond > 0;
        let words = self.keywords.iter().all(|word| word.0.len() <= SignedTx::MAX_KEYWORD);
        let keys = self.issuers.iter().chain(&self.arbiters).chain([&self.proxy]).all(key_fits);
        counts && words && keys && self.deadlines.fit()
    }
}
