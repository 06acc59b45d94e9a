//! One transaction: the checks that every transaction passes, publication, registration and proof.

use alloc::vec::Vec;

use medcrypto_core::dst;
use serde::{Deserialize, Serialize};

use super::state::{Request, Sale, Stage, State};
use super::tx::{
    Action, Deadlines, ExclusiveProof, Proof, PublicInputs, Record, Requirement, SignedTx, TxBody,
};
use super::verdicts::{Binding, KIND_PERSON, Verdicts};
use crate::auth::{PublicKey, Signature};
use crate::block::Context;
use crate::codec::{self, Bytes, Digest};

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Event {
    /// A request is open; its id.
    Published(Digest),
    /// A record is registered; its commitment.
    Registered(Digest),
    /// A proof was accepted for this request and nullifier.
    Proven(Digest, Digest),
    /// The re-encryption key of this name is posted.
    Rekeyed(Digest, Digest),
    /// The proxy has delivered to this request for this patient.
    Delivered(Digest, PublicKey),
    /// The institution disputes this patient's delivery.
    Disputed(Digest, PublicKey),
    /// An arbiter of an open dispute has voted.
    Voted(Digest, PublicKey),
    /// This patient was paid.
    Settled(Digest, PublicKey),
    /// A dispute over this patient's delivery was upheld.
    Refunded(Digest, PublicKey),
    /// Nobody delivered this patient's data in time.
    Expired(Digest, PublicKey),
    /// The request is over; its unused escrow went back.
    Closed(Digest),
    /// Evidence: the sender sold again what is under an exclusive licence, or exclusively what was
    /// sold before. The nullifier, the request that first claimed it ([`Claim::request`](super::Claim::request)), the
    /// request that was refused, the sender.
    SecondSale(Digest, Digest, Digest, PublicKey),
}

/// Why a transaction is refused; the state stays as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[non_exhaustive]
pub enum Reject {
    /// Not the canonical encoding of a transaction.
    #[error("malformed transaction")]
    Malformed,
    /// A part exceeds its bound, or is empty or 0 and must not be.
    #[error("a part exceeds its bound")]
    Bounds,
    /// The sender's signature does not verify.
    #[error("signature refused")]
    Signature,
    /// Meant for another chain.
    #[error("another chain")]
    Chain,
    /// Not the sender's next nonce.
    #[error("not the sender's next nonce")]
    Nonce,
    /// The sender has no right to this action.
    #[error("not the sender's to do")]
    Sender,
    /// No such request, or no such sale.
    #[error("nothing under this name")]
    Unknown,
    /// The same thing exists already.
    #[error("exists already")]
    Duplicate,
    /// The sale is at another stage.
    #[error("not at this stage")]
    Stage,
    /// The deadline has passed.
    #[error("too late")]
    Late,
    /// The deadline has not passed yet.
    #[error("too early")]
    Early,
    /// The account cannot pay.
    #[error("insufficient funds")]
    Funds,
    /// The issuer's signature over commitment and ciphertext does not verify.
    #[error("attestation refused")]
    Attestation,
    /// The class cannot be licensed exclusively.
    #[error("class has no exclusive licence")]
    Class,
    /// All places are taken.
    #[error("no place left")]
    Places,
    /// The proof does not verify.
    #[error("proof refused")]
    Proof,
    /// The proof is about a commitment that nobody has registered for the sender.
    #[error("commitment not registered")]
    Commitment,
    /// Only issuers that the request does not accept vouch for the commitment.
    #[error("issuer not accepted")]
    Issuer,
    /// The record is older than the request accepts.
    #[error("record too old")]
    Stale,
    /// The proof is about another requirement or issuer policy.
    #[error("another requirement")]
    Requirement,
    /// The proof is bound to another sale.
    #[error("another context")]
    Context,
    /// The nullifier is of another scope or kind.
    #[error("another scope")]
    Scope,
    /// The nullifier was used before.
    #[error("nullifier used")]
    Nullifier,
    /// The class wants the exclusive nullifier and its proof, or has none and got one.
    #[error("exclusive nullifier missing or not wanted")]
    ExclusiveMissing,
    /// The proof of the exclusive nullifier does not verify.
    #[error("exclusive proof refused")]
    ExclusiveProof,
    /// Person, class and period are sold to `holder`, and one of the two sales is exclusive.
    #[error("under an exclusive licence, or sold before")]
    Exclusive {
        /// The exclusive nullifier.
        nullifier: Digest,
        /// The request that first claimed it: [`Claim::request`](super::Claim::request).
        holder: Digest,
    },
    /// The patient's signature of the settlement does not verify.
    #[error("patient has not signed")]
    PatientSignature,
    /// The institution's signature of the settlement does not verify.
    #[error("institution has not signed")]
    InstitutionSignature,
    /// An arbiter's vote is about other evidence.
    #[error("other evidence")]
    Evidence,
}

/// Where a transaction runs, with what, and who sent it.
pub(super) struct Run<'a, V> {
    pub(super) verdicts: &'a V,
    pub(super) context: &'a Context,
    pub(super) body: &'a TxBody,
}

/// Applies a transaction: what happened. A refused one changes nothing: every action is checked as a whole
/// before it changes anything, so that a refusal costs no copy of the state.
///
/// # Errors
/// [`Reject`] names the first thing that is wrong.
pub fn apply<V: Verdicts>(
    state: &mut State,
    tx: &SignedTx,
    context: &Context,
    verdicts: &V,
) -> Result<Vec<Event>, Reject> {
    check(tx, verdicts)?;
    let body = &tx.body;
    let run = Run { verdicts, context, body };
    if body.chain_id != context.chain_id {
        return Err(Reject::Chain);
    }
    if body.nonce != state.next_nonce(&body.sender) {
        return Err(Reject::Nonce);
    }
    let event = state.act(&run)?;
    state.nonces.0.insert(body.sender.clone(), body.nonce);
    Ok(alloc::vec![event])
}

/// The checks that need no state: bounds and the sender's signature.
pub(super) fn check<V: Verdicts>(tx: &SignedTx, verdicts: &V) -> Result<(), Reject> {
    if !tx.fits() {
        return Err(Reject::Bounds);
    }
    let message = codec::encode(&tx.body);
    verdicts
        .verify(&tx.body.sender, dst::ledger::TRANSACTION, &message, &tx.signature)
        .or(Err(Reject::Signature))
}

impl State {
    fn act<V: Verdicts>(&mut self, run: &Run<'_, V>) -> Result<Event, Reject> {
        match &run.body.action {
            Action::Publish(requirement) => self.publish(run, requirement),
            Action::RegisterRecord(record, signature) => self.register(run, record, signature),
            Action::Prove(proof) => self.prove(run, proof),
            Action::Rekey(rekey) => self.rekey(run, rekey),
            Action::Deliver(delivery) => self.deliver(run, delivery),
            Action::Settle(settlement) => self.settle(run, settlement),
            Action::Dispute(dispute) => self.dispute(run, dispute),
            Action::Verdict(verdict) => self.vote(run, verdict),
            Action::Expire(expiry) => self.expire(run, expiry),
        }
    }

    /// Step 1.
    fn publish<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        requirement: &Requirement,
    ) -> Result<Event, Reject> {
        if run.context.time_ms > requirement.deadlines.prove_until {
            return Err(Reject::Late);
        }
        let latest = run.context.time_ms.saturating_add(Deadlines::MAX_STAGE_MS);
        if requirement.deadlines.prove_until > latest {
            return Err(Reject::Bounds);
        }
        if requirement.exclusive && !self.exclusive_classes.contains(&requirement.class) {
            return Err(Reject::Class);
        }
        let places = requirement.places;
        let escrow = requirement.price.checked_mul(places.into()).ok_or(Reject::Funds)?;
        self.debit(&run.body.sender, escrow)?;
        let (institution, requirement) = (run.body.sender.clone(), requirement.clone());
        // The id covers the sender's nonce, so it is new.
        let id = run.body.id();
        self.requests.0.insert(id, Request { institution, requirement, places });
        Ok(Event::Published(id))
    }

    /// Step 3.
    fn register<V: Verdicts>(
        &mut self,
        run: &Run<'_, V>,
        record: &Record,
        signature: &Signature,
    ) -> Result<Event, Reject> {
        if ![&record.patient, &record.issuer].contains(&&run.body.sender) {
            return Err(Reject::Sender);
        }
        run.verdicts.attestation(record, signature).or(Err(Reject::Attestation))?;
        let key = (record.patient.clone(), record.commitment, record.issuer.clone());
        if self.records.0.contains_key(&key) {
            return Err(Reject::Duplicate);
        }
        self.records.0.insert(key, record.clone());
        Ok(Event::Registered(record.commitment))
    }

    /// Step 5: the proof, then what it is bound to, then what was used before.
    fn prove<V: Verdicts>(&mut self, run: &Run<'_, V>, proof: &Proof) -> Result<Event, Reject> {
        let patient = &run.body.sender;
        let request = self.requests.0.get(&proof.request).ok_or(Reject::Unknown)?.clone();
        let Deadlines { prove_until, rekey, .. } = request.requirement.deadlines;
        if run.context.time_ms > prove_until {
            return Err(Reject::Late);
        }
        if self.sales.0.contains_key(&(proof.request, patient.clone())) {
            return Err(Reject::Stage);
        }
        let verifying_key = &request.requirement.verifying_key;
        let verdict = run.verdicts.proof(verifying_key, &proof.inputs, proof.proof.as_slice());
        verdict.or(Err(Reject::Proof))?;
        let issuer = self.bound(run, &request, proof)?;
        let exclusive = self.exclusive_nullifier(run, &request.requirement, proof)?;
        if request.places == 0 {
            return Err(Reject::Places);
        }
        if let Some(nullifier) = exclusive {
            self.reserve(nullifier, proof.request, request.requirement.exclusive)?;
        }
        self.take_place(proof.request);
        self.nullifiers.insert(proof.inputs.nullifier);
        let deadline = run.context.time_ms.saturating_add(rekey);
        let commitment = proof.inputs.commitment;
        let sale = Sale { commitment, issuer, exclusive, stage: Stage::Proven, deadline };
        self.sales.0.insert((proof.request, patient.clone()), sale);
        Ok(Event::Proven(proof.request, proof.inputs.nullifier))
    }

    /// The values that the proof's public inputs must have; answers the record's issuer.
    fn bound<V: Verdicts>(
        &self,
        run: &Run<'_, V>,
        request: &Request,
        proof: &Proof,
    ) -> Result<PublicKey, Reject> {
        let (terms, inputs) = (&request.requirement, &proof.inputs);
        let patient = &run.body.sender;
        let issuer = self.vouching(patient, inputs.commitment, terms)?;
        let binding = Binding {
            verifying_key: terms.verifying_key,
            chain_id: run.context.chain_id,
            request: proof.request,
            issuers: &terms.issuers,
            earliest_as_of_ms: terms.earliest_as_of_ms,
            institution: &request.institution,
            patient,
            nonce: proof.nonce,
            expiry_ms: terms.deadlines.prove_until,
        };
        let scope = run.verdicts.scope(KIND_PERSON, proof.request.as_bytes(), terms.period);
        let policy = run.verdicts.policy(&terms.issuers, terms.earliest_as_of_ms);
        let asked = inputs.requirement == terms.requirement && inputs.policy == policy;
        let checks = [
            (asked, Reject::Requirement),
            (inputs.context == run.verdicts.context(&binding), Reject::Context),
            (inputs.kind == KIND_PERSON && inputs.scope == scope, Reject::Scope),
            (!self.nullifiers.contains(&inputs.nullifier), Reject::Nullifier),
        ];
        let wrong = checks.into_iter().find(|(holds, _)| !holds);
        wrong.map_or(Ok(issuer), |(_, reject)| Err(reject))
    }

    /// The first accepted issuer whose record of this commitment is new enough. Records that other
    /// keys have registered for the same commitment make no difference.
    fn vouching(
        &self,
        patient: &PublicKey,
        commitment: Digest,
        terms: &Requirement,
    ) -> Result<PublicKey, Reject> {
        let key = |issuer: &PublicKey| (patient.clone(), commitment, issuer.clone());
        let mut accepted = terms.issuers.iter().filter_map(|i| self.records.0.get(&key(i)));
        let Some(first) = accepted.next() else {
            let least = key(&PublicKey(Bytes::default()));
            let found = self.records.0.range(least..).next();
            let any = found.is_some_and(|((p, c, _), _)| (p, *c) == (patient, commitment));
            return Err(if any { Reject::Issuer } else { Reject::Commitment });
        };
        let mut all = core::iter::once(first).chain(accepted);
        let fresh = all.find(|record| record.as_of_ms >= terms.earliest_as_of_ms);
        fresh.map(|record| record.issuer.clone()).ok_or(Reject::Stale)
    }

    /// The proven exclusive nullifier, if the class has one.
    fn exclusive_nullifier<V: Verdicts>(
        &self,
        run: &Run<'_, V>,
        terms: &Requirement,
        proof: &Proof,
    ) -> Result<Option<Digest>, Reject> {
        let wanted = self.exclusive_classes.contains(&terms.class);
        let (nullifier, bytes) = match &proof.exclusive {
            None if !wanted => return Ok(None),
            Some(ExclusiveProof { nullifier, proof }) if wanted => (*nullifier, proof.as_slice()),
            _ => return Err(Reject::ExclusiveMissing),
        };
        let scope = run.verdicts.scope(KIND_PERSON, terms.class.as_bytes(), terms.period);
        let inputs = PublicInputs { nullifier, scope, ..proof.inputs };
        let verdict = run.verdicts.proof(&terms.verifying_key, &inputs, bytes);
        verdict.or(Err(Reject::ExclusiveProof))?;
        Ok(Some(nullifier))
    }

    fn take_place(&mut self, id: Digest) {
        if let Some(request) = self.requests.0.get_mut(&id) {
            request.places = request.places.saturating_sub(1);
        }
    }
}
