//! Attacks on step 9 and on the chain itself.

use medcrypto_core::dst;
use medcrypto_ledger::auth::{Auth, ReplicaId};
use medcrypto_ledger::block::{CertifiedBlock, Checkpoint, Fault, QuorumCertificate};
use medcrypto_ledger::codec;
use medcrypto_ledger::contract::{Action, Event, Reject};

use super::{Attempt, delegated};
use crate::flows::huang::Failure;
use crate::flows::huang::exchange::{Exchange, Published};
use crate::flows::huang::network::outcome;
use crate::flows::huang::signer::Signer;
use crate::flows::huang::source::Source;

/// Runs the honest steps up to delivery.
fn delivered(exchange: &mut Exchange) -> Result<(Published, medcrypto_ledger::cas::Cid), Failure> {
    let (published, stored, delegated) = delegated(exchange)?;
    let delivery = exchange.deliver(&published, &stored, &delegated)?;
    Ok((published, delivery))
}

/// One party signs for both.
pub(super) fn unsigned_settlement(
    exchange: &mut Exchange,
    _: &Source,
) -> Result<Vec<Attempt>, Failure> {
    let (published, delivery) = delivered(exchange)?;
    let honest = exchange.settlement(&published, delivery);
    let mut by_patient = honest.clone();
    by_patient.by_institution = honest.by_patient.clone();
    let mut by_institution = honest.clone();
    by_institution.by_patient = honest.by_institution.clone();
    let (patient, institution) =
        (exchange.patient.signer.clone(), exchange.institution.signer.clone());
    let alone = exchange.network.post(&patient, Action::Settle(by_patient))?;
    let also = exchange.network.post(&institution, Action::Settle(by_institution))?;
    exchange.settle(&published, delivery)?;
    Ok(vec![
        Attempt::new("signed by the patient alone", Reject::InstitutionSignature, outcome(&alone)),
        Attempt::new("signed by the institution alone", Reject::PatientSignature, outcome(&also)),
    ])
}

/// The patient sells the same class and quarter to a second institution.
pub(super) fn second_exclusive_sale(
    exchange: &mut Exchange,
    _: &Source,
) -> Result<Vec<Attempt>, Failure> {
    let (published, delivery) = delivered(exchange)?;
    exchange.settle(&published, delivery)?;
    let rival = exchange.rival.clone();
    let second = exchange.publish_as(&rival, published.terms.clone())?;
    let proof = exchange.prove_to(&second, &rival.public_key())?;
    let nullifier = proof.exclusive.as_ref().map(|exclusive| exclusive.nullifier);
    let nullifier = nullifier.ok_or_else(|| Failure::Check("no exclusive proof".to_owned()))?;
    let patient = exchange.patient.signer.clone();
    let receipt = exchange.network.post(&patient, Action::Prove(proof.clone()))?;
    let holder = published.request;
    let evidence = Event::SecondSale(nullifier, holder, second.request, patient.public_key());
    let named = receipt.events.contains(&evidence);
    let mut hidden = proof;
    hidden.exclusive = None;
    let hidden = exchange.network.post(&patient, Action::Prove(hidden))?;
    let second_sale = Reject::Exclusive { nullifier, holder };
    Ok(vec![
        Attempt::new("a second sale", second_sale, outcome(&receipt)),
        Attempt::new("evidence names nullifier, both requests and seller", true, named),
        Attempt::new("without the exclusive nullifier", Reject::ExclusiveMissing, outcome(&hidden)),
    ])
}

/// A stranger verifies the chain with one byte of one block changed, for every block.
pub(super) fn tampered_block(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    let (published, delivery) = delivered(exchange)?;
    exchange.settle(&published, delivery)?;
    let blocks: Vec<_> = exchange.network.chain().iter().map(codec::encode).collect();
    let honest = exchange.audit(&blocks).is_ok();
    let named = blocks.iter().zip(1_u64..).filter(|(block, height)| {
        let mut tampered = blocks.clone();
        let middle = block.len() / 2;
        let byte =
            usize::try_from(height - 1).ok().and_then(|i| tampered.get_mut(i)?.get_mut(middle));
        byte.into_iter().for_each(|byte| *byte ^= 1);
        exchange.audit(&tampered).is_err_and(|bad| bad.height == *height)
    });
    let named = named.count();
    Ok(vec![
        Attempt::new("the untouched chain verifies", true, honest),
        Attempt::new("tampered blocks that the audit names by height", blocks.len(), named),
    ])
}

/// Certificates with a made-up vote, too few votes, one vote twice, and votes for another block.
pub(super) fn forged_vote(exchange: &mut Exchange, _: &Source) -> Result<Vec<Attempt>, Failure> {
    exchange.publish()?;
    let chain = exchange.network.chain();
    let last = chain.last().ok_or_else(|| Failure::NoProgress("no block".to_owned()))?;
    let (height, block_id) = (last.block.header.height, last.block.header.id());
    let votes = last.certificate.signatures.0.clone();
    let absent = (0..4).map(ReplicaId).find(|replica| !votes.contains_key(replica));
    let mut forged = votes.clone();
    let first = forged.pop_first();
    let victim = absent.or(first.as_ref().map(|(replica, _)| *replica)).unwrap_or(ReplicaId(0));
    let chain_id = exchange.network.chain_id();
    let checkpoint = Checkpoint { chain_id, height, block_id, replica: victim };
    let stranger: Signer = Signer::generate(&mut exchange.rng);
    let vote = stranger.sign(dst::ledger::PBFT_CHECKPOINT, &codec::encode(&checkpoint));
    let few = forged.clone();
    forged.insert(victim, vote);
    let mut copied = few.clone();
    copied.extend(few.values().next().map(|vote| (victim, vote.clone())));
    let audit = |votes| {
        let certificate = QuorumCertificate::new(height, block_id, votes);
        let mut blocks: Vec<_> = chain.iter().map(codec::encode).collect();
        blocks.pop();
        let tampered = CertifiedBlock { block: last.block.clone(), certificate };
        blocks.push(codec::encode(&tampered));
        let verdict = exchange.audit(&blocks).map(|_| "accepted".to_owned());
        verdict.unwrap_or_else(|bad| format!("{} at {}", bad.fault, bad.height))
    };
    let expected = format!("{} at {height}", Fault::Certificate);
    Ok(vec![
        Attempt::new("the untouched certificate", "accepted", audit(votes)),
        Attempt::new("a vote signed by a stranger", &expected, audit(forged)),
        Attempt::new("one vote too few", &expected, audit(few)),
        Attempt::new("another replica's vote twice", &expected, audit(copied)),
    ])
}
