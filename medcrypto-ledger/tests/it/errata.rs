//! What the paper's protocol leaves open (rows E-H3, E-H5 and E-H6 of the design), executed.

use std::collections::BTreeSet;

use medcrypto_ledger::block::Context;
use medcrypto_ledger::contract::{
    Action, Binding, Proof, PublicInputs, Record, Reject, SignedTx, Stage, State, Verdicts, apply,
};
use medcrypto_ledger::{Bytes, Digest, Dst, PublicKey, Refused, Signature, Verifier};

use crate::world::*;

/// Proofs as Groth16 has them: of one statement there are many, and anybody makes another of one.
struct Randomised;

/// A salt and a hash of salt, key and inputs.
fn salted(salt: u8, verifying_key: &Digest, inputs: &PublicInputs) -> Bytes {
    let hash = hash(&[&[salt], prove(verifying_key, inputs).as_slice()]);
    Bytes([&[salt], hash.as_bytes().as_slice()].concat())
}

impl Verifier for Randomised {
    fn verify(&self, key: &PublicKey, d: Dst, m: &[u8], s: &Signature) -> Result<(), Refused> {
        Symbolic.verify(key, d, m, s)
    }
}

impl Verdicts for Randomised {
    fn attestation(&self, record: &Record, signature: &Signature) -> Result<(), Refused> {
        Symbolic.attestation(record, signature)
    }

    fn proof(&self, key: &Digest, inputs: &PublicInputs, proof: &[u8]) -> Result<(), Refused> {
        let salt = *proof.first().ok_or(Refused)?;
        if salted(salt, key, inputs).as_slice() == proof { Ok(()) } else { Err(Refused) }
    }

    fn policy(&self, issuers: &BTreeSet<PublicKey>, earliest_as_of_ms: u64) -> Digest {
        Symbolic.policy(issuers, earliest_as_of_ms)
    }

    fn context(&self, binding: &Binding<'_>) -> Digest {
        Symbolic.context(binding)
    }

    fn scope(&self, kind: u8, name: &[u8], period: u32) -> Digest {
        Symbolic.scope(kind, name, period)
    }
}

/// A request of a class without exclusive licences, so that a sale has one proof.
fn open() -> (World, Digest) {
    let mut world = World::new();
    world.register("patient", "record");
    let mut terms = terms(false);
    terms.class = d("flu");
    let request = world.publish("institution", terms);
    (world, request)
}

/// The patient's proof of the same statement with another salt.
fn salted_proof(world: &World, patient: &str, request: Digest, salt: u8) -> Proof {
    let honest = world.proof(patient, request, "record");
    Proof { proof: salted(salt, &d("vk"), &honest.inputs), ..honest }
}

fn run(world: &World, tx: &SignedTx) -> Result<State, Reject> {
    let context = Context { chain_id: world.chain, height: 1, time_ms: world.now };
    let mut state = world.state.clone();
    apply(&mut state, tx, &context, &Randomised).map(|_| state)
}

fn send(world: &World, sender: &str, proof: &Proof) -> Result<State, Reject> {
    run(world, &world.tx(sender, Action::Prove(proof.clone())))
}

#[test]
fn e_h3_a_proof_is_verified_against_the_stored_statement_and_compared_with_no_other() {
    let (world, request) = open();
    // The chain stores the statement: verifying key, requirement, policy; and no proof.
    let stored = &world.state.requests.0[&request].requirement;
    assert_eq!((stored.verifying_key, stored.requirement), (d("vk"), d("Q")));
    // Two unequal proofs of one statement serve alike and leave the same state.
    let [one, two] = [1, 2].map(|salt| salted_proof(&world, "patient", request, salt));
    assert_eq!(one.inputs, two.inputs);
    assert_ne!(one.proof, two.proof);
    let (after_one, after_two) = (send(&world, "patient", &one), send(&world, "patient", &two));
    assert!(after_one.is_ok());
    assert_eq!(after_one, after_two);
    // h is the patient's registered commitment, not a value of the institution's.
    let sale = after_one.unwrap().sales.0[&(request, key("patient"))].clone();
    assert_eq!(sale.commitment, d("record"));
    // A valid proof of another statement: another key, requirement or commitment.
    let other_key = Proof { proof: salted(1, &d("another key"), &one.inputs), ..one.clone() };
    assert_eq!(send(&world, "patient", &other_key), Err(Reject::Proof));
    let with =
        |inputs: PublicInputs| Proof { inputs, proof: salted(1, &d("vk"), &inputs), ..one.clone() };
    let other = with(PublicInputs { requirement: d("another Q"), ..one.inputs });
    assert_eq!(send(&world, "patient", &other), Err(Reject::Requirement));
    let other = with(PublicInputs { commitment: d("another record"), ..one.inputs });
    assert_eq!(send(&world, "patient", &other), Err(Reject::Commitment));
}

#[test]
fn e_h5_a_rerandomised_proof_is_neither_a_second_sale_nor_anybody_elses() {
    let (mut world, request) = open();
    world.register("other", "record");
    let rival = world.publish("rival", world.state.requests.0[&request].requirement.clone());
    let seen = world.tx("patient", Action::Prove(salted_proof(&world, "patient", request, 1)));
    let again = salted_proof(&world, "patient", request, 2);
    // The signature covers the proof: nobody swaps it under way.
    let mut swapped = seen.clone();
    swapped.body.action = Action::Prove(again.clone());
    assert_eq!(run(&world, &swapped), Err(Reject::Signature));
    // The context holds patient and request: it is nobody else's, and for nothing else.
    assert_eq!(send(&world, "other", &again), Err(Reject::Context));
    let elsewhere = Proof { request: rival, ..again.clone() };
    assert_eq!(send(&world, "patient", &elsewhere), Err(Reject::Context));
    // Once used, neither the same bytes nor others of the same statement serve again.
    world.state = run(&world, &seen).unwrap();
    assert_eq!(run(&world, &seen), Err(Reject::Nonce));
    assert_eq!(send(&world, "patient", &again), Err(Reject::Stage));
    // The same person under another key, with a context of its own: the nullifier is used.
    let mut own = salted_proof(&world, "other", request, 3);
    own.inputs.nullifier = again.inputs.nullifier;
    own.proof = salted(3, &d("vk"), &own.inputs);
    assert_eq!(send(&world, "other", &own), Err(Reject::Nullifier));
    assert!(world.state.nullifiers.contains(&again.inputs.nullifier));
}

#[test]
fn e_h6_neither_side_gains_by_walking_away() {
    // The institution is silent after the delivery: it has paid at the publication already.
    let (mut world, request) = open();
    assert_eq!(world.balance("institution"), FUNDS - 200);
    world.reach(request, "patient", "Delivered");
    assert_eq!(world.send("institution", close(request)), Err(Reject::Early));
    world.now += 300;
    assert_eq!(world.send("patient", expire(request, "patient")), Err(Reject::Early));
    world.now += 1;
    assert_eq!(world.send("institution", dispute(request, "patient")), Err(Reject::Late));
    world.send("anybody", expire(request, "patient")).unwrap();
    assert_eq!(world.stage(request, "patient"), Some(Stage::Settled));
    assert_eq!(world.balance("patient"), FUNDS + 100);
    world.now = 2001;
    world.send("institution", close(request)).unwrap();
    assert_eq!(world.balance("institution"), FUNDS - 100);

    // Patient or proxy walk away before it: nobody is paid and the escrow goes back whole.
    for (stage, lasts) in [("Proven", 100), ("Rekeyed", 200)] {
        let (mut world, request) = open();
        world.reach(request, "patient", stage);
        let forced = world.settlement(request, "patient", cid("delivery"));
        assert_eq!(world.send("patient", Action::Settle(forced)), Err(Reject::Stage));
        world.now += lasts + 1;
        world.send("institution", expire(request, "patient")).unwrap();
        world.now = 2001;
        world.send("institution", close(request)).unwrap();
        let balances = (world.balance("patient"), world.balance("institution"));
        assert_eq!(balances, (FUNDS, FUNDS), "{stage}");
    }
}
