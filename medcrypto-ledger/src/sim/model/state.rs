//! A state: for every act, the set of the replicas that have done it.
//!
//! ```text
//! row 5v, 5v + 1       accepted A, B in view v       row 15, 16   committed A, B
//! row 5v + 2, 5v + 3   prepared A, B in view v
//! row 5v + 4           asked for view v              bit 7·row + replica of 119
//! ```
//! The view of a replica is the highest that it accepted in or asked for, and the P of its
//! VIEW-CHANGE what it prepared in the highest view below: it prepares nothing there any more.

use alloc::vec::Vec;
use core::fmt;

use crate::ReplicaId;

/// Replicas, one bit each.
pub(super) type Set = u8;
pub(super) const REPLICAS_MAX: u8 = 7;
pub(crate) const VIEWS_MAX: u8 = 3;

pub(super) fn member(replica: ReplicaId) -> Set {
    1_u8.checked_shl(u32::from(replica.0)).unwrap_or(0)
}

pub(super) const fn count(set: Set) -> usize {
    set.count_ones() as usize
}

/// A value to agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// One.
    A,
    /// The other.
    B,
}

/// What a correct replica does; views are counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Takes a value in a view, as assigned or, if it is the primary, of its own; a backup sends
    /// PREPARE.
    Accept(u8, Value),
    /// Is prepared with the value in the view, and sends COMMIT.
    Prepare(u8, Value),
    /// Sends VIEW-CHANGE for the view, with what it prepared before.
    ChangeTo(u8),
    /// Commits.
    Commit(Value),
}

impl Act {
    pub(super) fn all(views: u8) -> Vec<Self> {
        let of_value = |d| {
            let votes = move |v| [Self::Accept(v, d), Self::Prepare(v, d)];
            (0..views).flat_map(votes).chain([Self::Commit(d)])
        };
        let changes = (1..views).map(Self::ChangeTo);
        [Value::A, Value::B].into_iter().flat_map(of_value).chain(changes).collect()
    }

    fn shift(self) -> u8 {
        let row = match self {
            Self::Accept(view, value) => 5 * view + value as u8,
            Self::Prepare(view, value) => 5 * view + 2 + value as u8,
            Self::ChangeTo(view) => 5 * view + 4,
            Self::Commit(value) => 5 * VIEWS_MAX + value as u8,
        };
        row * REPLICAS_MAX
    }
}

/// One act of one replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Who.
    pub replica: ReplicaId,
    /// What.
    pub act: Act,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.replica.0;
        match self.act {
            Act::Accept(view, value) => write!(f, "replica {id} accepts {value:?} in view {view}"),
            Act::Prepare(view, value) => {
                write!(f, "replica {id} prepared {value:?} in view {view}")
            }
            Act::ChangeTo(view) => write!(f, "replica {id} asks for view {view}"),
            Act::Commit(value) => write!(f, "replica {id} commits {value:?}"),
        }
    }
}

/// What the correct replicas have done. The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct State(u128);

impl State {
    /// How many different values were committed. Two are a fork.
    #[must_use]
    pub fn committed(self) -> usize {
        [Value::A, Value::B].iter().filter(|value| self.who(Act::Commit(**value)) != 0).count()
    }

    /// Whether the step was taken.
    #[must_use]
    pub fn has(self, step: Step) -> bool {
        self.who(step.act) & member(step.replica) != 0
    }

    /// The state without anything that `replica` did.
    pub(crate) fn without(self, replica: ReplicaId) -> Self {
        let one = u128::from(member(replica));
        let rows = 5 * u32::from(VIEWS_MAX) + 2;
        let all = (0..rows).fold(0, |all, row| all | one << (row * u32::from(REPLICAS_MAX)));
        Self(self.0 & !all)
    }

    /// Who has done `act`.
    pub(super) fn who(self, act: Act) -> Set {
        let [set, ..] = (self.0 >> act.shift()).to_le_bytes();
        set & 0x7f
    }

    pub(super) fn with(self, step: Step) -> Self {
        Self(self.0 | u128::from(member(step.replica)) << step.act.shift())
    }

    pub(super) fn accepted(self, view: u8) -> Set {
        self.who(Act::Accept(view, Value::A)) | self.who(Act::Accept(view, Value::B))
    }

    pub(super) fn prepared(self, view: u8) -> Set {
        self.who(Act::Prepare(view, Value::A)) | self.who(Act::Prepare(view, Value::B))
    }

    /// Who accepted in a view after this one or asked for it.
    pub(super) fn past(self, view: u8) -> Set {
        let reached = |later| self.accepted(later) | self.who(Act::ChangeTo(later));
        (view + 1..VIEWS_MAX).fold(0, |set, later| set | reached(later))
    }

    /// Whose view this is. Everybody begins in view 0.
    pub(super) fn at(self, view: u8) -> Set {
        let begun = if view == 0 { Set::MAX } else { 0 };
        (begun | self.accepted(view) | self.who(Act::ChangeTo(view))) & !self.past(view)
    }
}
