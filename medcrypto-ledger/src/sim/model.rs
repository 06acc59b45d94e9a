//! PBFT at the level of votes, with views and their change, explored exhaustively.
//!
//! One sequence number, two values, up to three views. A correct replica does four kinds of things,
//! each once a view (a commit once at all), and nothing that was sent is ever taken back:
//!
//! ```text
//! accept d in v      the primary: a d that NEW-VIEW(v) may propose, once it asked for v itself;
//!                    a backup: the primary's d                     and sends PREPARE(v, d)
//! prepare d in v     accepted d in v,  #PREPARE(v, d) ≥ prepares   and sends COMMIT(v, d)
//! commit d           prepared d in v,  #COMMIT(v, d) ≥ commits
//! change to v + 1    at any time                                   and sends VIEW-CHANGE(v + 1, P),
//!                    P what it prepared in the highest view, if anything
//!
//! NEW-VIEW(v) may propose d if view_changes replicas sent VIEW-CHANGEs for v of which none brings
//! a P, or of which d is the P of the highest view; any d if v = 0
//! ```
//! Who accepted in a view or asked for it does nothing in earlier ones. A Byzantine replica asserts
//! any vote at any time, differently to each, and any VIEW-CHANGE whose P is a certificate that the
//! votes of the state form; a Byzantine primary any d that a NEW-VIEW may propose. A silent one
//! asserts nothing. [`Rules`] are data, and [`mutants`] tells what each is for.
//!
//! Safety, as the search confirms it: if d committed in v, one of any q VIEW-CHANGEs is from a
//! correct replica that sent COMMIT(v, d) before, because 2q − n > f. It brings a P of v or later,
//! and each of those has the value d: in v because quorums of PREPAREs share a correct replica,
//! later because, by induction, no NEW-VIEW could propose another.
//!
//! Who is `listening` commits d also after it gave the view up, and a P may be of which it heard only
//! then. Both come from votes that were sent, so the argument stays; with replica 0 or 1 Byzantine
//! the search ends, too, after 2 016 909 and 2 165 533 states, which is past the table's limit.
//!
//! Each act sets one bit of the state and none clears any, so a state is as deep as it has bits: the
//! levels of the search are disjoint, and to sort each is enough.
//!
//! Not in the model: a second number, bodies and digests, checkpoints and watermarks, state
//! transfer, timers. It tells whether a commit is reachable at all, and nothing else of liveness. A
//! null request is a value like another.
//!
//! Against the table of `ledger.md` §2.9: the same findings, depths and, where a search ends by
//! itself, numbers of states. At a fork we count whole levels, its own included; the table stops in
//! the middle of one. Where NEW-VIEW is not recomputed, the table's correct primaries propose
//! anything, too; ours obey, and it forks all the same.

mod explore;
mod mutants;
mod state;

pub use explore::{Finding, Outcome};
pub use mutants::{Mutant, STATES_MAX, mutants};
pub use state::{Act, State, Step, Value};

use alloc::vec::Vec;

use crate::pbft::Quorum;
pub(super) use state::VIEWS_MAX;
use state::{REPLICAS_MAX, Set, count, member};

/// What a new view carries over from earlier ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carry {
    /// The prepared value of the highest view among the VIEW-CHANGEs.
    HighestView,
    /// Any prepared value among the VIEW-CHANGEs.
    AnyView,
    /// Nothing. Huang et al.: change the leader and start again.
    Nothing,
}

/// The rules of the agreement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Views there are, one to three.
    pub views: u8,
    /// PREPAREs that prepare.
    pub prepares: usize,
    /// COMMITs that commit, own included.
    pub commits: usize,
    /// VIEW-CHANGEs that make a new view.
    pub view_changes: usize,
    /// Whether the primary's own PREPARE counts.
    pub primary_prepares: bool,
    /// Whether PREPAREs and COMMITs of one signer count once. Otherwise a Byzantine one's do twice.
    pub distinct_signers: bool,
    /// Whether the certificate of a P is verified.
    pub verified_prepared: bool,
    /// What a new view carries over.
    pub carry: Carry,
    /// Whether backups compute themselves what a new view may propose.
    pub recomputed: bool,
    /// Whether who gave a view up goes on listening in it: it commits what the others commit there,
    /// and may bring a P of which it heard too late to send COMMIT. Real replicas do.
    pub listening: bool,
}

impl Rules {
    /// Castro and Liskov's, with the thresholds of [`Quorum`], over three views.
    #[must_use]
    pub const fn corrected(quorum: Quorum) -> Self {
        Self {
            views: VIEWS_MAX,
            prepares: quorum.prepares(),
            commits: quorum.quorum(),
            view_changes: quorum.quorum(),
            primary_prepares: false,
            distinct_signers: true,
            verified_prepared: true,
            carry: Carry::HighestView,
            recomputed: true,
            listening: false,
        }
    }

    /// With the thresholds of Huang et al.: more than 2f PREPAREs of backups, more than 2f + 1
    /// COMMITs.
    #[must_use]
    pub const fn printed(quorum: Quorum) -> Self {
        let twice = 2 * quorum.faulty();
        Self { prepares: twice + 1, commits: twice + 2, ..Self::corrected(quorum) }
    }
}

/// How a replica of the model behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// Follows the rules.
    Correct,
    /// Sends nothing.
    Silent,
    /// Asserts whatever the others' signatures allow, at any time.
    Byzantine,
}

/// Rules, and replicas that follow them or do not.
#[derive(Clone, Debug)]
pub struct Model {
    rules: Rules,
    quorum: Quorum,
    correct: Set,
    byzantine: Set,
    acts: Vec<Act>,
}

impl Model {
    /// A model of one to seven replicas and one to three views.
    #[must_use]
    pub fn new(conducts: &[Conduct], rules: Rules) -> Option<Self> {
        let fits =
            conducts.len() <= usize::from(REPLICAS_MAX) && (1..=VIEWS_MAX).contains(&rules.views);
        let quorum = Quorum::new(u16::try_from(conducts.len()).ok()?)?;
        let those = |conduct| {
            let members = quorum.members().zip(conducts).filter(|(_, c)| **c == conduct);
            members.fold(0, |set, (replica, _)| set | member(replica))
        };
        let [correct, byzantine] = [Conduct::Correct, Conduct::Byzantine].map(those);
        fits.then(|| Self { rules, quorum, correct, byzantine, acts: Act::all(rules.views) })
    }

    /// The state after a step, if a correct replica can take it.
    ///
    /// Real replicas refine the model if, at every number, each of their acts is a step. One that
    /// skips views is taken to have asked for those between, and one that commits what it committed
    /// before to have done nothing.
    #[must_use]
    pub fn step(&self, state: State, step: Step) -> Option<State> {
        self.steps(state).any(|able| able == step).then(|| state.with(step))
    }

    fn steps(&self, state: State) -> impl Iterator<Item = Step> {
        self.acts.iter().flat_map(move |act| {
            let able = self.able(state, *act);
            let members = self.quorum.members().filter(move |replica| able & member(*replica) != 0);
            members.map(|replica| Step { replica, act: *act })
        })
    }

    /// Which correct replicas can do `act` now.
    fn able(&self, state: State, act: Act) -> Set {
        let fresh = self.correct & !state.who(act);
        match act {
            Act::Accept(view, value) => self.able_to_accept(state, view, value),
            Act::Prepare(view, value) => fresh & self.able_to_prepare(state, view, value),
            Act::Commit(value) => fresh & self.able_to_commit(state, value),
            Act::ChangeTo(view) => fresh & state.at(view.saturating_sub(1)),
        }
    }

    fn able_to_accept(&self, state: State, view: u8, value: Value) -> Set {
        let free = self.correct & !state.accepted(view) & !state.past(view);
        let primary = self.primary(view);
        if state.who(Act::Accept(view, value)) & primary != 0 {
            return free;
        }
        let lied_to = self.byzantine & primary != 0;
        let who = if lied_to { free } else { free & primary & state.at(view) };
        let unchecked = lied_to && !self.rules.recomputed;
        if who != 0 && (unchecked || self.may_propose(state, view, value)) { who } else { 0 }
    }

    fn able_to_prepare(&self, state: State, view: u8, value: Value) -> Set {
        let enough = self.prepares(state, view, value) >= self.rules.prepares;
        if enough { state.who(Act::Accept(view, value)) & state.at(view) } else { 0 }
    }

    fn able_to_commit(&self, state: State, value: Value) -> Set {
        let able = |view| {
            let prepared = state.who(Act::Prepare(view, value));
            let enough = self.votes(prepared, self.byzantine) >= self.rules.commits;
            let able = if self.rules.listening { Set::MAX } else { prepared & state.at(view) };
            if enough { able } else { 0 }
        };
        let committed = state.who(Act::Commit(Value::A)) | state.who(Act::Commit(Value::B));
        !committed & (0..self.rules.views).fold(0, |set, view| set | able(view))
    }

    /// Whether a NEW-VIEW for `view` with `value` verifies: some of the VIEW-CHANGEs allow it, and
    /// the primary shows those.
    fn may_propose(&self, state: State, view: u8, value: Value) -> bool {
        let sent = state.who(Act::ChangeTo(view));
        let enough = |set: Set| count(set | self.byzantine) >= self.rules.view_changes;
        let without_p_since =
            |from: u8| (from..view).fold(sent, |set, between| set & !state.prepared(between));
        let brought = |from: u8| {
            let bringers = without_p_since(from + 1) & state.who(Act::Prepare(from, value));
            let late = self.byzantine != 0 || self.rules.listening;
            bringers != 0 || late && self.certificate(state, from, value)
        };
        let free = view == 0 || enough(without_p_since(0));
        free || match self.rules.carry {
            Carry::HighestView => {
                (0..view).any(|from| enough(without_p_since(from + 1)) && brought(from))
            }
            Carry::AnyView => enough(sent) && (0..view).any(brought),
            Carry::Nothing => enough(sent),
        }
    }

    /// Whether a P of `value` in `view` that a Byzantine replica asserts verifies.
    fn certificate(&self, state: State, view: u8, value: Value) -> bool {
        let assigned = state.who(Act::Accept(view, value)) | self.byzantine;
        let formed = assigned & self.primary(view) != 0
            && self.prepares(state, view, value) >= self.rules.prepares;
        formed || !self.rules.verified_prepared
    }

    fn prepares(&self, state: State, view: u8, value: Value) -> usize {
        let excluded = if self.rules.primary_prepares { 0 } else { self.primary(view) };
        let accepted = state.who(Act::Accept(view, value));
        self.votes(accepted & !excluded, self.byzantine & !excluded)
    }

    fn votes(&self, correct: Set, byzantine: Set) -> usize {
        let again = if self.rules.distinct_signers { 0 } else { byzantine };
        count(correct) + count(byzantine) + count(again)
    }

    fn primary(&self, view: u8) -> Set {
        member(self.quorum.primary(u64::from(view)))
    }
}
