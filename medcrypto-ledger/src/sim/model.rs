//! The normal case of PBFT at the level of votes, explored exhaustively.
//!
//! One sequence number, one view, two values. A state says for every correct replica which value
//! it accepted and whether it is prepared and committed. Votes never disappear, so what a replica
//! has sent is a function of the state; a Byzantine replica may assert every vote at any time, a
//! silent one none.
//!
//! ```text
//! accept   a backup takes the primary's value (any value when the primary is Byzantine)
//! prepare  accepted d,  #PREPARE(d) by backups ≥ prepares
//! commit   prepared d,  #COMMIT(d), own included ≥ commits
//! ```
//! The thresholds are data: [`Thresholds::corrected`] are those of
//! [`Quorum`], [`Thresholds::printed`] those of Huang et al. Views and their
//! change are not in this model.

use alloc::{
    collections::{BTreeSet, VecDeque},
    vec::Vec,
};

use crate::pbft::Quorum;

/// How many votes the two phases ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thresholds {
    /// PREPAREs from distinct backups.
    pub prepares: usize,
    /// COMMITs from distinct replicas, own included.
    pub commits: usize,
}

impl Thresholds {
    /// q − 1 and q.
    #[must_use]
    pub const fn corrected(quorum: Quorum) -> Self {
        Self { prepares: quorum.prepares(), commits: quorum.quorum() }
    }

    /// "More than 2f PREPARE" with the leader excluded, and "more than 2f+1 COMMIT".
    #[must_use]
    pub const fn printed(quorum: Quorum) -> Self {
        Self { prepares: 2 * quorum.faulty() + 1, commits: 2 * quorum.faulty() + 2 }
    }
}

/// How a replica of the model behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Follows the protocol.
    Correct,
    /// Sends nothing.
    Silent,
    /// Asserts any vote at any time.
    Byzantine,
}

/// What an exploration found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Distinct reachable states.
    pub states: usize,
    /// Whether some reachable state holds a commit by a correct replica.
    pub commits: bool,
    /// Steps to the first state in which correct replicas committed different values.
    pub fork: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Local {
    accepted: Option<bool>,
    prepared: bool,
    committed: bool,
}

type State = Vec<Local>;

/// Explores every interleaving; the first replica of `conduct` is the primary.
#[must_use]
pub fn explore(conduct: &[Conduct], thresholds: Thresholds) -> Outcome {
    let start = alloc::vec![Local::default(); conduct.len()];
    let mut outcome = Outcome { states: 0, commits: false, fork: None };
    let mut seen = BTreeSet::from([start.clone()]);
    let mut queue = VecDeque::from([(start, 0)]);
    while let Some((state, depth)) = queue.pop_front() {
        let committed = [false, true].map(|value| has_committed(&state, value));
        outcome.commits |= committed.contains(&true);
        if committed == [true, true] && outcome.fork.is_none() {
            outcome.fork = Some(depth);
        }
        let next = successors(conduct, thresholds, &state);
        queue.extend(next.into_iter().filter(|s| seen.insert(s.clone())).map(|s| (s, depth + 1)));
    }
    outcome.states = seen.len();
    outcome
}

fn has_committed(state: &State, value: bool) -> bool {
    state.iter().any(|local| local.committed && local.accepted == Some(value))
}

fn successors(conduct: &[Conduct], thresholds: Thresholds, state: &State) -> Vec<State> {
    let correct = conduct.iter().enumerate().filter(|(_, c)| **c == Conduct::Correct);
    correct
        .flat_map(|(who, _)| {
            let local = state.get(who).copied().unwrap_or_default();
            let moved = moves(conduct, thresholds, state, who, local);
            moved.into_iter().map(move |next| replace(state, who, next))
        })
        .collect()
}

fn replace(state: &State, who: usize, next: Local) -> State {
    let swap = |(i, local): (usize, &Local)| if i == who { next } else { *local };
    state.iter().enumerate().map(swap).collect()
}

fn moves(
    conduct: &[Conduct],
    thresholds: Thresholds,
    state: &State,
    who: usize,
    local: Local,
) -> Vec<Local> {
    let Some(value) = local.accepted else {
        let accept = |value| Local { accepted: Some(value), ..local };
        return proposals(conduct, state, who).into_iter().map(accept).collect();
    };
    if !local.prepared && prepares(conduct, state, value) >= thresholds.prepares {
        return alloc::vec![Local { prepared: true, ..local }];
    }
    let enough = commits(conduct, state, value) >= thresholds.commits;
    if local.prepared && !local.committed && enough {
        return alloc::vec![Local { committed: true, ..local }];
    }
    Vec::new()
}

/// The values that a replica may accept now.
fn proposals(conduct: &[Conduct], state: &State, who: usize) -> Vec<bool> {
    match conduct.first() {
        Some(Conduct::Byzantine) => alloc::vec![false, true],
        Some(Conduct::Correct) if who == 0 => alloc::vec![false, true],
        Some(Conduct::Correct) => state.first().and_then(|p| p.accepted).into_iter().collect(),
        Some(Conduct::Silent) | None => Vec::new(),
    }
}

/// PREPAREs for `value`: every backup that accepted it, and every Byzantine backup.
fn prepares(conduct: &[Conduct], state: &State, value: bool) -> usize {
    let votes = |(c, local): &(&Conduct, &Local)| match c {
        Conduct::Correct => local.accepted == Some(value),
        Conduct::Byzantine => true,
        Conduct::Silent => false,
    };
    conduct.iter().zip(state).skip(1).filter(votes).count()
}

/// COMMITs for `value`: every replica that is prepared with it, and every Byzantine one.
fn commits(conduct: &[Conduct], state: &State, value: bool) -> usize {
    let votes = |(c, local): &(&Conduct, &Local)| match c {
        Conduct::Correct => local.prepared && local.accepted == Some(value),
        Conduct::Byzantine => true,
        Conduct::Silent => false,
    };
    conduct.iter().zip(state).filter(votes).count()
}
