//! The search, level by level.

use alloc::vec::Vec;
use core::mem;

use super::{Model, State, Step};

/// What an exploration found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Finding {
    /// A correct replica can commit, and no two ever commit different values.
    Safe,
    /// No correct replica ever commits.
    Stuck,
    /// Correct replicas commit different values after so many steps, and no fewer.
    Fork(usize),
    /// The states were too many: none that was seen is forked, and of the others nothing is known.
    NotExhausted,
}

/// A finding with its evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What was found.
    pub finding: Finding,
    /// States that were seen, whole levels of them.
    pub states: usize,
    /// A shortest way to the fork, if there is one, by the acts of the correct replicas.
    pub trace: Vec<Step>,
}

impl Model {
    /// Explores every interleaving, up to a fork, the end, or a level that exceeds `states_max`.
    #[must_use]
    pub fn explore(&self, states_max: usize) -> Outcome {
        let mut outcome = Outcome { finding: Finding::Stuck, states: 0, trace: Vec::new() };
        let mut before: Vec<Vec<State>> = Vec::new();
        let mut level = alloc::vec![State::default()];
        while !level.is_empty() {
            if outcome.states + level.len() > states_max {
                return Outcome { finding: Finding::NotExhausted, ..outcome };
            }
            outcome.states += level.len();
            if let Some(fork) = level.iter().find(|state| state.committed() == 2) {
                let trace = self.trace(&before, *fork);
                return Outcome { finding: Finding::Fork(before.len()), trace, ..outcome };
            }
            if level.iter().any(|state| state.committed() == 1) {
                outcome.finding = Finding::Safe;
            }
            let next = self.successors(&level);
            before.push(mem::replace(&mut level, next));
        }
        outcome
    }

    fn successors(&self, level: &[State]) -> Vec<State> {
        let after = |state: &State| {
            let state = *state;
            self.steps(state).map(move |step| state.with(step))
        };
        let mut next: Vec<_> = level.iter().flat_map(after).collect();
        next.sort_unstable();
        next.dedup();
        next
    }

    /// Backwards through the levels, by a cause each.
    fn trace(&self, levels: &[Vec<State>], end: State) -> Vec<Step> {
        let mut trace = Vec::new();
        let mut state = end;
        for level in levels.iter().rev() {
            let mut causes = level.iter().flat_map(|before| {
                let steps = self.steps(*before).filter(|step| before.with(*step) == state);
                steps.map(|step| (*before, step))
            });
            let Some((before, step)) = causes.next() else { break };
            trace.push(step);
            state = before;
        }
        trace.reverse();
        trace
    }
}
