//! The requirement contract: every step, every refusal, money and exclusivity.

use medcrypto_ledger::block::ChainId;
use medcrypto_ledger::contract::{
    Action, Event, Outcome, Proof, PublicInputs, Record, Reject, Requirement, RequirementLedger,
    SignedTx, Stage, State, TxBody,
};
use medcrypto_ledger::pbft::App;
use medcrypto_ledger::{Bytes, Digest, Error, PublicKey, Signature, codec};
use proptest::prelude::*;

use crate::world::*;

mod bounds;
mod exclusive;

/// A world with an open request and a registered record.
fn open(exclusive: bool) -> (World, Digest) {
    let mut world = World::new();
    world.register("patient", "record");
    let request = world.publish("institution", terms(exclusive));
    (world, request)
}

#[test]
fn h5_h13_the_nine_steps_pay_the_patient() {
    let (mut world, request) = open(false);
    assert_eq!(world.balance("institution"), FUNDS - 200);
    world.reach(request, "patient", "Delivered");
    assert_eq!(world.balance("patient"), FUNDS);
    let settlement = world.settlement(request, "patient", cid("delivery"));
    // Anybody may bring the two signatures.
    let events = world.send("anybody", Action::Settle(settlement));
    assert_eq!(events, Ok(vec![Event::Settled(request, key("patient"))]));
    assert_eq!(world.balance("patient"), FUNDS + 100);
    world.now = 2001;
    world.send("anybody", close(request)).unwrap();
    assert_eq!(world.balance("institution"), FUNDS - 100);
    assert_eq!(world.send("anybody", close(request)), Err(Reject::Places));
    assert_eq!(world.state.total(), 4 * u128::from(FUNDS));
}

/// Stage × action: what each pair does, for the whole grid.
#[test]
fn every_stage_answers_every_action() {
    use Reject::*;
    let stages =
        ["None", "Proven", "Rekeyed", "Delivered", "Disputed", "Settled", "Refunded", "Expired"];
    let wrong = Err(Stage);
    // Columns: the stages in that order. `Early` is the answer of a stage that can expire.
    let grid: [(&str, [Result<(), Reject>; 8]); 7] = [
        ("Prove", [Ok(()), wrong, wrong, wrong, wrong, wrong, wrong, wrong]),
        ("Rekey", [wrong, Ok(()), wrong, wrong, wrong, wrong, wrong, wrong]),
        ("Deliver", [wrong, wrong, Ok(()), wrong, wrong, wrong, wrong, wrong]),
        ("Settle", [wrong, wrong, wrong, Ok(()), wrong, wrong, wrong, wrong]),
        ("Dispute", [wrong, wrong, wrong, Ok(()), wrong, wrong, wrong, wrong]),
        ("Verdict", [wrong, wrong, wrong, wrong, Ok(()), wrong, wrong, wrong]),
        ("Expire", [wrong, Err(Early), Err(Early), Err(Early), Err(Early), wrong, wrong, wrong]),
    ];
    for (action, answers) in grid {
        for (stage, answer) in stages.iter().zip(answers) {
            let (mut world, request) = open(false);
            world.reach(request, "patient", stage);
            let before = world.state.clone();
            let (sender, tx) = match action {
                "Prove" => ("patient", Action::Prove(world.proof("patient", request, "record"))),
                "Rekey" => ("patient", rekey(request)),
                "Deliver" => ("proxy", deliver(request, "patient")),
                "Settle" => {
                    let settlement = world.settlement(request, "patient", cid("delivery"));
                    ("institution", Action::Settle(settlement))
                }
                "Dispute" => ("institution", dispute(request, "patient")),
                "Verdict" => ("arbiter3", verdict(request, "patient", true)),
                _ => ("anybody", expire(request, "patient")),
            };
            let result = world.send(sender, tx).map(|_| ());
            assert_eq!(result, answer, "{action} at {stage}");
            assert_eq!(world.state == before, answer.is_err(), "{action} at {stage}");
        }
    }
    // Publication and registration know no stage, closing only its deadline.
    for stage in stages {
        let (mut world, request) = open(false);
        world.reach(request, "patient", stage);
        world.publish("rival", terms(false));
        world.register("patient", "second record");
        assert_eq!(world.send("anybody", close(request)), Err(Early));
    }
}

#[test]
fn h9_step_5_looks_at_signature_then_proof_then_bound_values() {
    let (mut world, request) = open(false);
    // Everything is wrong at once; each repair uncovers the next complaint.
    let mut proof = world.proof("patient", request, "record");
    let good = proof.clone();
    proof.inputs = PublicInputs {
        commitment: d("unregistered"),
        requirement: d("other Q"),
        policy: d("other policy"),
        context: d("other context"),
        scope: d("other scope"),
        ..good.inputs
    };
    proof.proof = Bytes(vec![0; 32]);
    let mut tx = world.tx("patient", Action::Prove(proof.clone()));
    tx.signature = Signature(Bytes(vec![0; 32]));
    assert_eq!(world.apply(&tx), Err(Reject::Signature));
    assert_eq!(world.send("patient", Action::Prove(proof.clone())), Err(Reject::Proof));
    let mut complain = |repair: &mut dyn FnMut(&mut Proof)| {
        repair(&mut proof);
        world.prove_again("patient", &mut proof);
        world.send("patient", Action::Prove(proof.clone())).unwrap_err()
    };
    assert_eq!(complain(&mut |_| {}), Reject::Commitment);
    let commitment = good.inputs.commitment;
    assert_eq!(complain(&mut |p| p.inputs.commitment = commitment), Reject::Requirement);
    assert_eq!(complain(&mut |p| p.inputs.requirement = d("Q")), Reject::Requirement);
    assert_eq!(complain(&mut |p| p.inputs.policy = good.inputs.policy), Reject::Context);
    assert_eq!(complain(&mut |p| p.inputs.context = good.inputs.context), Reject::Scope);
    assert_eq!(
        complain(&mut |p| (p.inputs.scope, p.inputs.kind) = (good.inputs.scope, 1)),
        Reject::Scope
    );
    assert_eq!(world.send("patient", Action::Prove(good)).map(|e| e.len()), Ok(1));
}

#[test]
fn a_record_older_than_the_policy_allows_is_refused() {
    for (as_of_ms, outcome) in [(499, Err(Reject::Stale)), (500, Ok(1)), (501, Ok(1))] {
        let mut world = World::new();
        let record = Record { as_of_ms, ..world.record("patient", "record") };
        let attestation = attest(&record);
        world.send("patient", Action::RegisterRecord(record, attestation)).unwrap();
        let request = world.publish("institution", terms(false));
        let proof = world.proof("patient", request, "record");
        assert_eq!(world.send("patient", Action::Prove(proof)).map(|events| events.len()), outcome);
    }
}

#[test]
fn a_proof_of_another_sale_is_refused() {
    let (mut world, request) = open(false);
    world.register("other", "record");
    let rival = world.publish("rival", terms(false));
    let good = world.proof("patient", request, "record");
    // Somebody else's proof, under the own signature.
    assert_eq!(world.send("other", Action::Prove(good.clone())), Err(Reject::Context));
    // The same proof at another request, and with another nonce.
    let elsewhere = Proof { request: rival, ..good.clone() };
    assert_eq!(world.send("patient", Action::Prove(elsewhere)), Err(Reject::Context));
    let renonced = Proof { nonce: d("fresh"), ..good.clone() };
    assert_eq!(world.send("patient", Action::Prove(renonced)), Err(Reject::Context));
    assert!(world.send("patient", Action::Prove(good)).is_ok());
}

#[test]
fn a_nullifier_is_used_once() {
    let (mut world, request) = open(false);
    world.register("other", "record");
    world.reach(request, "patient", "Proven");
    // Another key with the nullifier of the first (one person with two keys).
    let mut proof = world.proof("other", request, "record");
    proof.inputs.nullifier = world.proof("patient", request, "record").inputs.nullifier;
    world.prove_again("other", &mut proof);
    assert_eq!(world.send("other", Action::Prove(proof.clone())), Err(Reject::Nullifier));
    // Nor after the first sale has expired.
    world.now += 101;
    world.send("anybody", expire(request, "patient")).unwrap();
    assert_eq!(world.send("other", Action::Prove(proof)), Err(Reject::Nullifier));
}

#[test]
fn registration_wants_patient_or_issuer_and_the_attestation() {
    let mut world = World::new();
    let record = world.record("patient", "record");
    let signature = attest(&record);
    let register = |r: &Record| Action::RegisterRecord(r.clone(), signature.clone());
    assert_eq!(world.send("other", register(&record)), Err(Reject::Sender));
    // An attestation of another commitment, ciphertext, patient or issuer.
    let base = &record;
    let changed = [
        ("patient", Record { commitment: d("x"), ..base.clone() }),
        ("patient", Record { ciphertext: cid("x"), ..base.clone() }),
        ("issuer", Record { patient: key("x"), ..base.clone() }),
        ("patient", Record { issuer: key("x"), ..base.clone() }),
        ("patient", Record { as_of_ms: 501, ..base.clone() }),
    ];
    for (sender, record) in changed {
        assert_eq!(world.send(sender, register(&record)), Err(Reject::Attestation));
    }
    assert!(world.send("issuer", register(&record)).is_ok());
    assert_eq!(world.send("patient", register(&record)), Err(Reject::Duplicate));
    // A made-up issuer may register, but no request accepts its records.
    let made_up = Record { issuer: key("patient"), ..record };
    let made_up = Record { commitment: d("made up"), ..made_up };
    let signature = attest(&made_up);
    world.send("patient", Action::RegisterRecord(made_up, signature)).unwrap();
    let request = world.publish("institution", terms(false));
    let proof = world.proof("patient", request, "made up");
    assert_eq!(world.send("patient", Action::Prove(proof)), Err(Reject::Issuer));
}

#[test]
fn h10_no_rekey_before_the_proof_and_none_for_others() {
    let (mut world, request) = open(false);
    assert_eq!(world.send("patient", rekey(request)), Err(Reject::Stage));
    world.reach(request, "patient", "Proven");
    assert_eq!(world.send("other", rekey(request)), Err(Reject::Stage));
    assert_eq!(world.send("patient", rekey(d("nothing"))), Err(Reject::Unknown));
    assert!(world.send("patient", rekey(request)).is_ok());
    assert_eq!(world.send("patient", deliver(request, "patient")), Err(Reject::Sender));
}

#[test]
fn h13_settlement_wants_both_signatures_over_this_delivery() {
    let (mut world, request) = open(false);
    world.reach(request, "patient", "Delivered");
    let good = world.settlement(request, "patient", cid("delivery"));
    let mut unsigned = good.clone();
    unsigned.by_patient = Signature(Bytes::default());
    assert_eq!(world.send("institution", Action::Settle(unsigned)), Err(Reject::PatientSignature));
    let mut unsigned = good.clone();
    unsigned.by_institution = unsigned.by_patient.clone();
    assert_eq!(world.send("patient", Action::Settle(unsigned)), Err(Reject::InstitutionSignature));
    let other = world.settlement(request, "patient", cid("another delivery"));
    assert_eq!(world.send("patient", Action::Settle(other)), Err(Reject::PatientSignature));
    assert!(world.send("patient", Action::Settle(good.clone())).is_ok());
    assert_eq!(world.send("patient", Action::Settle(good)), Err(Reject::Stage));
}

#[test]
fn every_stage_has_its_deadline_and_silence_after_delivery_pays() {
    let cases = [("Proven", 100, false), ("Rekeyed", 200, false), ("Delivered", 300, true)];
    for (stage, lasts, pays) in cases {
        let (mut world, request) = open(false);
        world.reach(request, "patient", stage);
        world.now += lasts;
        assert_eq!(world.send("anybody", expire(request, "patient")), Err(Reject::Early));
        world.now += 1;
        let late = [
            ("patient", rekey(request)),
            ("proxy", deliver(request, "patient")),
            ("institution", dispute(request, "patient")),
        ];
        for (sender, action) in late {
            let answer = world.send(sender, action).unwrap_err();
            assert!(matches!(answer, Reject::Late | Reject::Stage), "{stage}: {answer}");
        }
        world.send("anybody", expire(request, "patient")).unwrap();
        assert_eq!(world.balance("patient"), FUNDS + if pays { 100 } else { 0 });
        // An expired sale gives its place back, whose escrow returns at the end.
        world.now = 2001;
        world.send("anybody", close(request)).unwrap();
        assert_eq!(world.balance("institution"), FUNDS - if pays { 100 } else { 0 });
    }
    let (mut world, request) = open(false);
    world.now = 2001;
    let proof = world.proof("patient", request, "record");
    assert_eq!(world.send("patient", Action::Prove(proof)), Err(Reject::Late));
    assert_eq!(world.send("rival", Action::Publish(terms(false))), Err(Reject::Late));
}

#[test]
fn e_h4_the_arbiters_quorum_decides_and_a_lost_dispute_costs_the_bond() {
    let run = |votes: &[(&str, bool)]| {
        let (mut world, request) = open(false);
        world.reach(request, "patient", "Disputed");
        assert_eq!(world.balance("institution"), FUNDS - 200 - 10);
        for (arbiter, upheld) in votes {
            world.send(arbiter, verdict(request, "patient", *upheld)).unwrap();
        }
        let stage = world.stage(request, "patient").unwrap();
        if matches!(stage, Stage::Disputed(..)) {
            world.now += 401;
            let late = world.send("arbiter3", verdict(request, "patient", true));
            assert_eq!(late, Err(Reject::Late));
            world.send("anybody", expire(request, "patient")).unwrap();
        }
        (
            world.stage(request, "patient").unwrap(),
            world.balance("patient"),
            world.balance("institution"),
        )
    };
    let (yes, no) = (true, false);
    let refunded = (Stage::Refunded, FUNDS, FUNDS - 100);
    let lost = (Stage::Settled, FUNDS + 110, FUNDS - 210);
    let silence = (Stage::Settled, FUNDS + 100, FUNDS - 200);
    assert_eq!(run(&[("arbiter1", yes), ("arbiter2", yes)]), refunded);
    assert_eq!(run(&[("arbiter1", yes), ("arbiter2", no), ("arbiter3", yes)]), refunded);
    assert_eq!(run(&[("arbiter1", no), ("arbiter3", no)]), lost);
    assert_eq!(run(&[("arbiter1", yes), ("arbiter3", no)]), silence);
    assert_eq!(run(&[]), silence);
}

#[test]
fn a_vote_counts_once_and_only_an_arbiters_over_the_evidence() {
    let (mut world, request) = open(false);
    world.reach(request, "patient", "Disputed");
    assert_eq!(world.send("institution", verdict(request, "patient", true)), Err(Reject::Sender));
    let mut other = match verdict(request, "patient", true) {
        Action::Verdict(verdict) => verdict,
        action => panic!("{action:?}"),
    };
    other.evidence = d("other evidence");
    assert_eq!(world.send("arbiter1", Action::Verdict(other)), Err(Reject::Evidence));
    world.send("arbiter1", verdict(request, "patient", true)).unwrap();
    let again = world.send("arbiter1", verdict(request, "patient", true));
    assert_eq!(again, Err(Reject::Duplicate));
    let (mut world, request) = open(false);
    world.reach(request, "patient", "Delivered");
    assert_eq!(world.send("rival", dispute(request, "patient")), Err(Reject::Sender));
}
