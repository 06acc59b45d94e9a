//! H18, H19, E-H1: how many votes, in the model and in the real replica.

use medcrypto_ledger::ReplicaId;
use medcrypto_ledger::pbft::Quorum;
use medcrypto_ledger::sim::model::{Conduct, Thresholds, explore};
use medcrypto_ledger::sim::{Faults, SymbolicAuth};

use crate::common::{Tape, client, world};

fn four() -> Quorum {
    Quorum::new(4).unwrap()
}

fn with(conduct: Conduct, who: &[usize], n: usize) -> Vec<Conduct> {
    (0..n).map(|i| if who.contains(&i) { conduct } else { Conduct::Correct }).collect()
}

#[test]
fn h18_h19_the_printed_thresholds_never_commit_with_one_silent_backup_of_four() {
    let corrected = Thresholds::corrected(four());
    let printed = Thresholds::printed(four());
    assert_eq!((corrected.prepares, corrected.commits), (2, 3));
    assert_eq!((printed.prepares, printed.commits), (3, 4));
    let prepare_only = Thresholds { prepares: printed.prepares, ..corrected };
    let commit_only = Thresholds { commits: printed.commits, ..corrected };
    for silent in 1..4 {
        let conduct = with(Conduct::Silent, &[silent], 4);
        for thresholds in [printed, prepare_only, commit_only] {
            let outcome = explore(&conduct, thresholds);
            assert!(!outcome.commits, "{thresholds:?} with {silent} silent");
            assert!(outcome.states > 3, "the exploration moved");
        }
        assert!(explore(&conduct, corrected).commits);
    }
    assert!(explore(&with(Conduct::Silent, &[], 4), printed).commits, "they do when all speak");
}

#[test]
fn t17_two_silent_of_four_never_commit() {
    for pair in [[1, 2], [1, 3], [2, 3], [0, 1]] {
        let outcome = explore(&with(Conduct::Silent, &pair, 4), Thresholds::corrected(four()));
        assert!(!outcome.commits);
    }
}

#[test]
fn t17_one_byzantine_never_forks_and_two_do() {
    let thresholds = Thresholds::corrected(four());
    for byzantine in 0..4 {
        let outcome = explore(&with(Conduct::Byzantine, &[byzantine], 4), thresholds);
        assert_eq!(outcome.fork, None);
        assert!(outcome.commits, "not vacuous");
    }
    let outcome = explore(&with(Conduct::Byzantine, &[0, 3], 4), thresholds);
    assert_eq!(outcome.fork, Some(6), "accept, prepare and commit at each of the two");
    let seven = Thresholds::corrected(Quorum::new(7).unwrap());
    assert_eq!(explore(&with(Conduct::Byzantine, &[0, 6], 7), seven).fork, None);
    assert_eq!(explore(&with(Conduct::Byzantine, &[0, 5, 6], 7), seven).fork, Some(10));
}

#[test]
fn t02_smaller_thresholds_fork() {
    let conduct = with(Conduct::Byzantine, &[0], 4);
    let corrected = Thresholds::corrected(four());
    // In one view each rule alone still holds the other's mistake; with both too small it forks.
    assert_eq!(explore(&conduct, Thresholds { prepares: 1, ..corrected }).fork, None);
    assert!(explore(&conduct, Thresholds { prepares: 1, commits: 2 }).fork.is_some());
}

#[test]
fn t18_two_f_plus_one_forks_at_five() {
    let conduct = with(Conduct::Byzantine, &[0], 5);
    assert!(explore(&conduct, Thresholds { prepares: 2, commits: 3 }).fork.is_some());
    let five = Quorum::new(5).unwrap();
    assert_eq!(explore(&conduct, Thresholds::corrected(five)).fork, None);
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
