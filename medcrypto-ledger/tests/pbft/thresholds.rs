//! H18, H19, E-H1: how many votes, in the model and in the real replica.

use medcrypto_ledger::ReplicaId;
use medcrypto_ledger::pbft::Quorum;
use medcrypto_ledger::sim::model::{Conduct, Finding, Model, Rules};
use medcrypto_ledger::sim::{Faults, SymbolicAuth};

use crate::common::{Tape, client, world};

/// The corrected rules in view 0 alone, for as many replicas.
fn corrected(n: u16) -> Rules {
    Rules { views: 1, ..Rules::corrected(Quorum::new(n).unwrap()) }
}

/// What becomes of `n` replicas of which some do not follow the rules.
fn found(conduct: Conduct, who: &[usize], n: usize, rules: Rules) -> Finding {
    let conducts = (0..n).map(|i| if who.contains(&i) { conduct } else { Conduct::Correct });
    Model::new(&conducts.collect::<Vec<_>>(), rules).unwrap().explore(100_000).finding
}

#[test]
fn h18_h19_the_printed_thresholds_never_commit_with_one_silent_backup_of_four() {
    let corrected = corrected(4);
    let printed = Rules { views: 1, ..Rules::printed(Quorum::new(4).unwrap()) };
    assert_eq!((corrected.prepares, corrected.commits), (2, 3));
    assert_eq!((printed.prepares, printed.commits), (3, 4));
    let prepare_only = Rules { prepares: printed.prepares, ..corrected };
    let commit_only = Rules { commits: printed.commits, ..corrected };
    for silent in 1..4 {
        for rules in [printed, prepare_only, commit_only] {
            assert_eq!(found(Conduct::Silent, &[silent], 4, rules), Finding::Stuck, "{rules:?}");
        }
        assert_eq!(found(Conduct::Silent, &[silent], 4, corrected), Finding::Safe);
    }
    assert_eq!(found(Conduct::Silent, &[], 4, printed), Finding::Safe, "they do when all speak");
}

#[test]
fn t17_two_silent_of_four_never_commit() {
    for pair in [[1, 2], [1, 3], [2, 3], [0, 1]] {
        assert_eq!(found(Conduct::Silent, &pair, 4, corrected(4)), Finding::Stuck);
    }
}

#[test]
fn t17_one_byzantine_never_forks_and_two_do() {
    for byzantine in 0..4 {
        assert_eq!(found(Conduct::Byzantine, &[byzantine], 4, corrected(4)), Finding::Safe);
    }
    let two = found(Conduct::Byzantine, &[0, 3], 4, corrected(4));
    assert_eq!(two, Finding::Fork(6), "accept, prepare and commit at each of the two");
    assert_eq!(found(Conduct::Byzantine, &[0, 6], 7, corrected(7)), Finding::Safe);
    assert_eq!(found(Conduct::Byzantine, &[0, 5, 6], 7, corrected(7)), Finding::Fork(10));
}

#[test]
fn t02_smaller_thresholds_fork() {
    let fork = |rules| found(Conduct::Byzantine, &[0], 4, rules);
    // In one view each rule alone still holds the other's mistake; with both too small it forks.
    assert_eq!(fork(Rules { prepares: 1, ..corrected(4) }), Finding::Safe);
    assert_eq!(fork(Rules { commits: 2, ..corrected(4) }), Finding::Safe);
    assert_eq!(fork(Rules { prepares: 1, commits: 2, ..corrected(4) }), Finding::Fork(6));
}

#[test]
fn t18_two_f_plus_one_forks_at_five() {
    let found = |rules| found(Conduct::Byzantine, &[0], 5, rules);
    assert_eq!(found(Rules { prepares: 2, commits: 3, ..corrected(5) }), Finding::Fork(10));
    assert_eq!(found(corrected(5)), Finding::Safe);
}

/// The real replicas: who of four is silent, and whether a request is served within a minute.
fn served_with_silent(silent: &[u16]) -> bool {
    let mut world = world::<SymbolicAuth>(1, 4, Faults::NONE, |_| {});
    silent.iter().for_each(|id| world.silence(ReplicaId(*id)));
    world.add_client(client(4, 0), vec![b"a".to_vec(), b"b".to_vec()]);
    let served = world.run_until_served(60_000).unwrap();
    let executed = world.replicas().values().filter(|r| r.app() != &Tape::default()).count();
    assert_eq!(served, executed >= 3);
    assert!(served || world.blocks().len() == 1);
    served
}

#[test]
fn h18_h19_t02_real_replicas_commit_with_one_silent_backup_and_never_with_two() {
    for silent in 1..4 {
        assert!(served_with_silent(&[silent]), "{silent} silent");
    }
    for pair in [[1, 2], [1, 3], [2, 3], [0, 1], [0, 2], [0, 3]] {
        assert!(!served_with_silent(&pair), "{pair:?} silent");
    }
}
