//! Licences that one institution has alone.

use super::*;

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
