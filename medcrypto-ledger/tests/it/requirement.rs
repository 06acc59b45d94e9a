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

#[test]
fn h22_a_second_sale_under_an_exclusive_licence_is_refused_with_evidence() {
    // First licence exclusive or not × second exclusive or not, first sale at each stage.
    for (first, second) in [(true, true), (true, false), (false, true), (false, false)] {
        for stage in ["Proven", "Delivered", "Settled", "Refunded", "Expired"] {
            let (mut world, request) = open(first);
            world.register("patient", "second record");
            let rival = world.publish("rival", terms(second));
            world.reach(request, "patient", stage);
            // Another record of the same person makes no difference.
            let proof = world.proof("patient", rival, "second record");
            let nullifier = proof.exclusive.as_ref().unwrap().nullifier;
            let tx = world.tx("patient", Action::Prove(proof));
            let taken = (first || second) && stage != "Expired";
            let refused = Reject::Exclusive { nullifier, holder: request };
            let receipt = RequirementLedger::new(world.state.clone(), Symbolic)
                .on_chain(world.chain)
                .run(&codec::encode(&tx), 1, world.now);
            if taken {
                assert_eq!(world.apply(&tx), Err(refused), "{first} {second} {stage}");
                assert_eq!(receipt.outcome, Outcome::Rejected(refused));
                let evidence = Event::SecondSale(nullifier, request, rival, key("patient"));
                assert_eq!(receipt.events, [evidence]);
            } else {
                assert!(world.apply(&tx).is_ok(), "{first} {second} {stage}");
                assert_eq!(receipt.outcome, Outcome::Applied);
            }
        }
    }
}

#[test]
fn c6_one_expiry_of_several_sales_frees_nothing() {
    let (mut world, request) = open(false);
    let second = world.publish("rival", terms(false));
    let exclusive = world.publish("rival", terms(true));
    world.reach(request, "patient", "Proven");
    world.reach(second, "patient", "Delivered");
    world.now += 101;
    world.send("anybody", expire(request, "patient")).unwrap();
    let proof = world.proof("patient", exclusive, "record");
    let answer = world.send("patient", Action::Prove(proof));
    assert!(matches!(answer, Err(Reject::Exclusive { .. })));
}

#[test]
fn a_class_that_can_be_exclusive_wants_the_second_proof() {
    let (mut world, request) = open(false);
    let good = world.proof("patient", request, "record");
    let mut without = good.clone();
    without.exclusive = None;
    assert_eq!(world.send("patient", Action::Prove(without)), Err(Reject::ExclusiveMissing));
    // A fresh nullifier with a proof of another one.
    let mut forged = good.clone();
    forged.exclusive.as_mut().unwrap().nullifier = d("fresh");
    assert_eq!(world.send("patient", Action::Prove(forged)), Err(Reject::ExclusiveProof));
    let mut open_class = terms(false);
    open_class.class = d("flu");
    let flu = world.publish("institution", open_class.clone());
    let mut unwanted = world.proof("patient", flu, "record");
    unwanted.exclusive = good.exclusive;
    assert_eq!(world.send("patient", Action::Prove(unwanted)), Err(Reject::ExclusiveMissing));
    let proof = world.proof("patient", flu, "record");
    assert!(world.send("patient", Action::Prove(proof)).is_ok());
    open_class.exclusive = true;
    assert_eq!(world.send("institution", Action::Publish(open_class)), Err(Reject::Class));
}

#[test]
fn places_and_funds_run_out() {
    let (mut world, _) = open(false);
    let mut one = terms(false);
    one.places = 1;
    let request = world.publish("institution", one);
    world.register("other", "record");
    world.reach(request, "patient", "Proven");
    let proof = world.proof("other", request, "record");
    assert_eq!(world.send("other", Action::Prove(proof)), Err(Reject::Places));
    for price in [701, u64::MAX] {
        let mut dear = terms(false);
        (dear.price, dear.places) = (price, 2);
        assert_eq!(world.send("institution", Action::Publish(dear)), Err(Reject::Funds));
    }
    let mut poor = terms(false);
    (poor.price, poor.places, poor.bond) = (700, 1, 1);
    let request = world.publish("institution", poor);
    world.reach(request, "patient", "Delivered");
    assert_eq!(world.send("institution", dispute(request, "patient")), Err(Reject::Funds));
}

#[test]
fn replays_other_chains_and_other_signers_are_refused() {
    let mut world = World::new();
    let tx = world.tx("institution", Action::Publish(terms(false)));
    let before = world.state.clone();
    for nonce in [0, 2, u64::MAX] {
        let body = TxBody { nonce, ..tx.body.clone() };
        assert_eq!(world.apply(&signed(body)), Err(Reject::Nonce));
    }
    let body = TxBody { chain_id: ChainId(d("other chain")), ..tx.body.clone() };
    assert_eq!(world.apply(&signed(body)), Err(Reject::Chain));
    let body = TxBody { sender: key("rival"), ..tx.body.clone() };
    let stolen = SignedTx { body, signature: tx.signature.clone() };
    assert_eq!(world.apply(&stolen), Err(Reject::Signature));
    let domain = SignedTx {
        signature: sign(&tx.body.sender, SETTLEMENT, &codec::encode(&tx.body)),
        body: tx.body.clone(),
    };
    assert_eq!(world.apply(&domain), Err(Reject::Signature));
    assert_eq!(world.state, before);
    assert!(world.apply(&tx).is_ok());
    assert_eq!(world.apply(&tx), Err(Reject::Nonce));
}

#[test]
fn h14_every_part_of_a_transaction_has_a_bound() {
    let world = World::new();
    let check = |change: &dyn Fn(&mut Requirement)| {
        let mut terms = terms(false);
        change(&mut terms);
        let tx = world.tx("institution", Action::Publish(terms));
        assert_eq!(world.clone().apply(&tx), Err(Reject::Bounds));
    };
    let long = |len| PublicKey(Bytes(vec![7; len]));
    check(&|t| t.issuers.clear());
    check(&|t| t.arbiters.clear());
    check(&|t| t.places = 0);
    check(&|t| t.proxy = long(129));
    check(&|t| t.arbiters = (0..17).map(|i| key(&format!("{i}"))).collect());
    check(&|t| t.issuers = (0..17).map(|i| key(&format!("{i}"))).collect());
    check(&|t| t.keywords = (0..17).map(|i| Bytes(vec![i])).collect());
    check(&|t| t.keywords = [Bytes(vec![0; 33])].into());
    let (mut world, request) = open(false);
    let mut proof = world.proof("patient", request, "record");
    proof.proof = Bytes(vec![0; 1025]);
    assert_eq!(world.send("patient", Action::Prove(proof)), Err(Reject::Bounds));
    // The largest publication that fits is far below a record, and below the bound.
    let mut largest = terms(false);
    let named = |i: u8| PublicKey(Bytes(vec![i; 128]));
    largest.issuers = (0..16).map(named).collect();
    largest.arbiters = (0..16).map(named).collect();
    largest.keywords = (0..16).map(|i| Bytes(vec![i; 32])).collect();
    let mut tx = world.tx("institution", Action::Publish(largest));
    tx.signature = Signature(Bytes(vec![0; 256]));
    assert!(tx.fits() && codec::encode(&tx).len() <= SignedTx::MAX_LEN);
}

#[test]
fn h14_the_chain_holds_no_run_of_the_record() {
    let record: Vec<u8> =
        (0..4096_u32).flat_map(|i| i.wrapping_mul(2654435761).to_be_bytes()).collect();
    let name = String::from_utf8_lossy(&record).into_owned();
    let mut world = World::new();
    let mut txs = vec![];
    let registered = world.record("patient", &name);
    let signature = attest(&registered);
    txs.push(world.tx("patient", Action::RegisterRecord(registered, signature)));
    world.apply(&txs[0]).unwrap();
    txs.push(world.tx("institution", Action::Publish(terms(false))));
    let request = txs[1].body.id();
    world.apply(&txs[1]).unwrap();
    txs.push(world.tx("patient", Action::Prove(world.proof("patient", request, &name))));
    world.apply(&txs[2]).unwrap();
    for tx in &txs {
        let bytes = codec::encode(tx);
        assert!(bytes.len() < 1500, "{}", bytes.len());
        assert!(!bytes.windows(16).any(|run| name.as_bytes().windows(16).any(|w| w == run)));
    }
}

#[test]
fn the_machine_answers_bytes_and_restores_its_state() {
    let (world, _) = open(false);
    let chain = world.chain;
    let mut machine = RequirementLedger::new(world.state.clone(), Symbolic).on_chain(chain);
    let tx = codec::encode(&world.tx("rival", Action::Publish(terms(true))));
    assert!(machine.check(&tx).is_ok());
    let mut bad = tx.clone();
    *bad.last_mut().unwrap() ^= 1;
    assert!(machine.check(&bad).is_err());
    let rejected = |machine: &mut RequirementLedger<Symbolic>, tx: &[u8]| match machine
        .run(tx, 1, 1000)
        .outcome
    {
        Outcome::Rejected(reject) => reject,
        Outcome::Applied => panic!("applied"),
    };
    assert_eq!(rejected(&mut machine, &bad), Reject::Signature);
    assert_eq!(rejected(&mut machine, &tx[1..]), Reject::Malformed);
    assert_eq!(rejected(&mut machine, &vec![0; SignedTx::MAX_LEN + 1]), Reject::Bounds);
    let mut nowhere = RequirementLedger::new(world.state.clone(), Symbolic);
    assert_eq!(rejected(&mut nowhere, &tx), Reject::Chain);
    let before = machine.digest();
    assert_eq!(machine.run(&tx, 1, 1000).outcome, Outcome::Applied);
    assert_ne!(machine.digest(), before);
    let mut other = RequirementLedger::new(World::new().state, Symbolic).on_chain(chain);
    other.restore(&machine.snapshot()).unwrap();
    assert_eq!(other.digest(), machine.digest());
    assert_eq!(other.state(), machine.state());
    let mut snapshot = machine.snapshot();
    snapshot.push(0);
    assert!(other.restore(&snapshot).is_err());
    assert_eq!(other.digest(), machine.digest());
}

#[test]
fn genesis_money_fits_64_bits() {
    let rich = [(key("a"), u64::MAX), (key("b"), 1)].into();
    assert_eq!(State::genesis(rich, [].into()).unwrap_err(), Error::OutOfRange);
}

/// A random attempt: who, what, on whose sale, how much later.
fn attempt() -> impl Strategy<Value = (usize, usize, usize, bool, u64)> {
    (0..9_usize, 0..3_usize, 0..2_usize, any::<bool>(), 0..150_u64)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn t33_money_is_neither_made_nor_lost(attempts in prop::collection::vec(attempt(), 1..80)) {
        let mut world = World::new();
        let total = world.state.total();
        prop_assert_eq!(total, 4 * u128::from(FUNDS));
        for patient in ["patient", "other"] {
            world.register(patient, "record");
        }
        let mut requests = vec![
            world.publish("institution", terms(false)),
            world.publish("rival", terms(true)),
        ];
        for (what, which, patient, flag, later) in attempts {
            world.now += later / 10 * u64::from(flag);
            let request = requests[which % requests.len()];
            let institution = if which % 3 == 0 { "institution" } else { "rival" };
            let patient = ["patient", "other"][patient];
            let tx = match what {
                0 => world.tx(institution, Action::Publish(terms(flag))),
                1 => world.tx(patient, Action::Prove(world.proof(patient, request, "record"))),
                2 => world.tx(patient, rekey(request)),
                3 => world.tx("proxy", deliver(request, patient)),
                4 => world.tx(patient, Action::Settle(world.settlement(request, patient, cid("delivery")))),
                5 => world.tx(institution, dispute(request, patient)),
                6 => world.tx(["arbiter1", "arbiter2", "arbiter3"][which], verdict(request, patient, flag)),
                7 => { world.now += later * 4; world.tx("anybody", expire(request, patient)) }
                _ => world.tx("anybody", close(request)),
            };
            let before = world.state.clone();
            match world.apply(&tx) {
                Ok(events) => {
                    if let [Event::Published(id)] = events[..] { requests.push(id); }
                    prop_assert_eq!(world.state.next_nonce(&tx.body.sender), tx.body.nonce + 1);
                }
                Err(_) => prop_assert_eq!(&before, &world.state),
            }
            prop_assert_eq!(world.state.total(), total);
            // No exclusive licence shares its nullifier with another live sale.
            for claim in world.state.claims.0.values() {
                prop_assert!(claim.burnt || claim.reserved > 0);
                prop_assert!(!claim.exclusive || claim.reserved + u32::from(claim.burnt) == 1);
            }
        }
        let bytes = codec::encode(&world.state);
        prop_assert_eq!(codec::decode::<State>(&bytes), Ok(world.state));
    }
}
