//! Attacks on steps 3 to 5: what is proven, about which record, for whom.

use medcrypto_ledger::Digest;
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::{Action, Reject};
use medcrypto_zk::fhir::FhirBundle;
use medcrypto_zk::record::Record;
use medcrypto_zk::requirement::Truth;
use serde_json::Value;

use super::Attempt;
use crate::flows::huang::Failure;
use crate::flows::huang::exchange::Exchange;
use crate::flows::huang::network::outcome;
use crate::flows::huang::parties::Hospital;
use crate::flows::huang::signer::Signer;
use crate::flows::huang::source::Source;
use crate::flows::huang::study;

/// The proof is accepted once. Its maker posts it again; a thief posts it as its own.
pub(super) fn replayed(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let published = exchange.publish()?;
    let stored = exchange.encrypt()?;
    exchange.register(&stored)?;
    let proof = exchange.prove(&published)?;
    let patient = exchange.patient.signer.clone();
    let tx = exchange.network.sign(&patient, Action::Prove(proof.clone()));
    exchange.verify(proof.clone())?;
    let bytes = exchange.network.submit(&patient, codec::encode(&tx))?;
    let again = exchange.network.post(&patient, Action::Prove(proof.clone()))?;
    let thief = Signer::generate(&mut exchange.rng);
    let stolen = exchange.network.post(&thief, Action::Prove(proof))?;
    Ok(vec![
        Attempt::new("the same transaction again", Reject::Nonce, outcome(&bytes)),
        Attempt::new("the same proof in a new transaction", Reject::Stage, outcome(&again)),
        Attempt::new("the same proof by a thief", Reject::Commitment, outcome(&stolen)),
    ])
}

/// The institution publishes two requests; the proof for the first is posted to the second.
pub(super) fn other_context(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let first = exchange.publish()?;
    let second = exchange.publish()?;
    let stored = exchange.encrypt()?;
    exchange.register(&stored)?;
    let mut proof = exchange.prove(&first)?;
    let honest = proof.clone();
    proof.request = second.request;
    let patient = exchange.patient.signer.clone();
    let moved = exchange.network.post(&patient, Action::Prove(proof.clone()))?;
    proof.nonce = Digest([7; 32]);
    let renamed = exchange.network.post(&patient, Action::Prove(proof.clone()))?;
    proof.inputs.context = second.request;
    let rewritten = exchange.network.post(&patient, Action::Prove(proof))?;
    exchange.verify(honest)?;
    Ok(vec![
        Attempt::new("posted to another request", Reject::Context, outcome(&moved)),
        Attempt::new("with another nonce", Reject::Context, outcome(&renamed)),
        Attempt::new("with the context rewritten", Reject::Proof, outcome(&rewritten)),
    ])
}

/// The patient vouches for its own record, forges the hospital's signature, and takes one for
/// another record.
pub(super) fn made_up_record(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let published = exchange.publish()?;
    let stored = exchange.encrypt()?;
    let patient = exchange.patient.signer.clone();
    let digest = exchange.payload.digest();
    let vouched = Hospital { signer: patient.clone() };
    let mut record = exchange.record(&stored);
    let forged = vouched.attest(&record, digest)?;
    let forged = exchange.network.post(&patient, Action::RegisterRecord(record.clone(), forged))?;
    let honest = exchange.hospital.attest(&record, digest)?;
    let mut other = record.clone();
    other.commitment = Digest([1; 32]);
    let borrowed = exchange.network.post(&patient, Action::RegisterRecord(other, honest))?;
    record.issuer = patient.public_key();
    let own = vouched.attest(&record, digest)?;
    exchange.network.post(&patient, Action::RegisterRecord(record, own))?;
    let proof = exchange.prove(&published)?;
    let unvouched = exchange.network.post(&patient, Action::Prove(proof))?;
    Ok(vec![
        Attempt::new("the hospital's signature forged", Reject::Attestation, outcome(&forged)),
        Attempt::new("a signature for another record", Reject::Attestation, outcome(&borrowed)),
        Attempt::new("the patient as its own issuer", Reject::Issuer, outcome(&unvouched)),
    ])
}

/// The same record with every active condition resolved: the proof fails before any work, and so
/// does one under the honest record's statement.
pub(super) fn resolved_diagnosis(
    exchange: &mut Exchange,
    source: &Source,
) -> Result<Vec<Attempt>, Failure> {
    let published = exchange.publish()?;
    let stored = exchange.encrypt()?;
    exchange.register(&stored)?;
    let record = resolved(source)?;
    if exchange.key.circuit().requirement().evaluate(&record) == Truth::True {
        let needed = "this attack needs a requirement that reads an active diagnosis";
        return Err(Failure::Usage(needed.to_owned()));
    }
    let holder = exchange.patient.holder.commitment();
    let honest = exchange.prove(&published)?;
    exchange.opening = exchange.hospital.commit(record, holder, &mut exchange.rng);
    let refused =
        exchange.prove(&published).map_or_else(|error| error.to_string(), |_| "proven".into());
    let mut swapped = honest;
    swapped.inputs.commitment = exchange.commitment();
    let patient = exchange.patient.signer.clone();
    let swapped = exchange.network.post(&patient, Action::Prove(swapped))?;
    Ok(vec![
        Attempt::new("a proof about the resolved record", medcrypto_zk::Error::Unmet, refused),
        Attempt::new("the active record's proof for it", Reject::Proof, outcome(&swapped)),
    ])
}

/// The patient's record with every condition resolved.
fn resolved(source: &Source) -> Result<Record, Failure> {
    let resources: Vec<_> =
        source.resources().iter().map(|(name, json)| (name.as_str(), resolve(json))).collect();
    let files = resources.iter().map(|(name, json)| (*name, json.as_bytes()));
    let as_of = study::as_of()?;
    let ingested = FhirBundle::from_resources(files)
        .and_then(|bundle| Hospital::ingest(&bundle, source.patient(), as_of, &[]));
    ingested.map(|ingested| ingested.record).map_err(|error| Failure::Data(error.to_string()))
}

/// A Condition resource with its clinical status set to resolved; anything else unchanged.
fn resolve(json: &str) -> String {
    let mut value: Value = serde_json::from_str(json).unwrap_or_default();
    if value.get("resourceType").and_then(Value::as_str) == Some("Condition") {
        let code = value.pointer_mut("/clinicalStatus/coding/0/code");
        code.into_iter().for_each(|code| *code = Value::from("resolved"));
    }
    value.to_string()
}
