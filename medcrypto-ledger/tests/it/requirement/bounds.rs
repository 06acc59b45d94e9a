//! What the contract refuses whoever asks: bounds, replays, foreign chains; and money over random histories.

use super::*;

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
