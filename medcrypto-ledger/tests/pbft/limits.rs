//! T17 and what else the simulator must show: f + 1 liars break it, and each fault does something.

use medcrypto_ledger::sim::swarm::{Failure, Plan, symbolic};
use medcrypto_ledger::sim::{Faults, Incident, Lie, Mark, Report, SymbolicAuth, Violation};

/// Four replicas and one client with five operations, without a fault.
fn quiet() -> Plan {
    Plan::quiet(4, 1, 5)
}

fn passes(plan: &Plan) -> Report {
    plan.run::<SymbolicAuth>(&symbolic).unwrap_or_else(|failure| panic!("{failure}")).report()
}

fn fails(plan: &Plan) -> Failure {
    plan.run::<SymbolicAuth>(&symbolic).err().expect("this plan must fail")
}

#[test]
fn t17_two_liars_of_four_fork_the_others_and_the_checker_says_so() {
    let liars = vec![(0, Lie::Equivocation), (1, Lie::DoubleVote)];
    let failure = fails(&Plan { liars, ..quiet() });
    assert!(matches!(failure, Failure::Violation(Violation::Digest(1), _)), "{failure}");
    let text = failure.to_string();
    assert!(text.starts_with("S1: ") && text.contains("seed=1 trace="), "{text}");
    for (who, lie) in [(0, Lie::Equivocation), (1, Lie::DoubleVote)] {
        passes(&Plan { liars: vec![(who, lie)], ..quiet() });
    }
}

#[test]
fn t17_two_silent_of_four_do_not_fork_and_nothing_moves() {
    for (a, b) in [(0, 1), (0, 3), (2, 3)] {
        let liars = vec![(a, Lie::Silence), (b, Lie::Silence)];
        let failure = fails(&Plan { liars, ..quiet() });
        let Failure::Unserved(report) = failure else { panic!("{failure}") };
        assert!(!report.marks.contains(&Mark::Entered));
        assert_eq!(report.sent.get("Checkpoint"), None, "nothing was executed");
    }
}

#[test]
fn t17_three_liars_of_seven_fork_the_others() {
    let liars = vec![(0, Lie::Equivocation), (1, Lie::DoubleVote), (6, Lie::DoubleVote)];
    let failure = fails(&Plan { replicas: 7, liars: liars.clone(), ..quiet() });
    assert!(matches!(failure, Failure::Violation(Violation::Digest(1), _)), "{failure}");
    passes(&Plan { replicas: 7, liars: liars[..2].to_vec(), ..quiet() });
}

#[test]
fn t16_every_liar_alone_lies_and_is_withstood() {
    // The primary stops, so that every liar takes part in a view change, but not if it is one itself.
    let crash = vec![(20, Incident::Crash(0)), (9_000, Incident::Restart(0))];
    for lie in Lie::ALL {
        let lied = (0..4).filter(|who| {
            let incidents = if *who == 0 { Vec::new() } else { crash.clone() };
            let (liars, calm_at) = (vec![(*who, lie)], 12_000);
            let plan = Plan { requests: 12, incidents, liars, calm_at, ..quiet() };
            passes(&plan).marks.contains(&Mark::Lied(lie))
        });
        assert!(lied.count() > 0, "{lie:?}");
    }
}

#[test]
fn t05_where_every_message_is_changed_nothing_happens_until_none_is() {
    let faults = Faults { garble: 1_000, ..Faults::NONE };
    let plan = Plan { faults, ..quiet() };
    let mut world = plan.world::<SymbolicAuth>(&symbolic).unwrap();
    world.run_for(4_999).unwrap();
    assert!(world.rejected().len() > 20 && world.blocks().len() == 1);
    assert!(world.replicas().values().all(|r| r.log_len() <= 1 && r.waiting_len() == 0));
    assert!(passes(&plan).marks.contains(&Mark::Garbled));
}

#[test]
fn t16_who_is_cut_off_one_way_or_stops_catches_up() {
    type Change = fn(u16) -> Incident;
    let ways: [(Change, Mark); 3] = [
        (|id| Incident::Mute([id].into()), Mark::OneWay),
        (|id| Incident::Deafen([id].into()), Mark::OneWay),
        (|id| Incident::Split([id].into()), Mark::Lost),
    ];
    for id in 0..4 {
        for (way, mark) in &ways {
            let incidents = vec![(2, way(id)), (4_000, Incident::Mend)];
            let marks = passes(&Plan { incidents, requests: 20, ..quiet() }).marks;
            assert!(marks.contains(mark), "{mark} {id}");
        }
        let incidents = vec![(2, Incident::Crash(id)), (4_000, Incident::Restart(id))];
        let marks = passes(&Plan { incidents, requests: 20, ..quiet() }).marks;
        let seen = [Mark::Crashed, Mark::CaughtUp, Mark::Restored];
        assert!(id == 0 || seen.iter().all(|mark| marks.contains(mark)), "{id}: {marks:?}");
    }
}

#[test]
fn t16_without_faults_there_is_nothing_to_see_but_checkpoints() {
    assert_eq!(passes(&quiet()).marks.into_iter().collect::<Vec<_>>(), [Mark::Stable]);
}

#[test]
fn a_plan_without_replicas_is_none() {
    assert!(matches!(fails(&Plan { replicas: 0, ..quiet() }), Failure::Plan(_)));
}
