//! What a swarm must have seen at least once: runs that meet no trouble prove nothing.

use alloc::vec::Vec;
use core::fmt;

use super::liar::Lie;

/// Something worth seeing in a run. Of replicas, the correct ones are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Mark {
    /// The network lost a message, or its link was cut.
    Lost,
    /// The network delivered a message twice.
    Repeated,
    /// A message with a changed byte arrived, and was refused.
    Garbled,
    /// A link was cut one way.
    OneWay,
    /// A replica stopped before it had carried out its last outputs.
    Crashed,
    /// A replica that had stopped, and missed blocks, reached the height of the others again.
    CaughtUp,
    /// A replica entered a later view.
    Entered,
    /// A NEW-VIEW carried an assignment over.
    Carried,
    /// A number without a batch was filled by an empty block.
    Null,
    /// h moved.
    Stable,
    /// A replica took over a state.
    Restored,
    /// f + 1 others made a replica ask for a view.
    Joined,
    /// A replica waited longer than T, after a view in vain.
    Doubled,
    /// A batch that was missing came by FETCH.
    Fetched,
    /// A replica proved that another voted twice.
    Evidence,
    /// A certificate was refused.
    BadCertificate,
    /// A NEW-VIEW was refused for what it assigns.
    BadPlan,
    /// A signature was refused on a message that arrived as it was sent.
    BadSignature,
    /// A message of another view was refused.
    OtherView,
    /// A state that nobody had certified was refused.
    BadState,
    /// A Byzantine replica said something else than a correct one would have.
    Lied(Lie),
}

impl Mark {
    /// Every mark.
    #[must_use]
    pub fn all() -> Vec<Self> {
        let plain = [
            Self::Lost,
            Self::Repeated,
            Self::Garbled,
            Self::OneWay,
            Self::Crashed,
            Self::CaughtUp,
            Self::Entered,
            Self::Carried,
            Self::Null,
            Self::Stable,
            Self::Restored,
            Self::Joined,
            Self::Doubled,
            Self::Fetched,
            Self::Evidence,
            Self::BadCertificate,
            Self::BadPlan,
            Self::BadSignature,
            Self::OtherView,
            Self::BadState,
        ];
        plain.into_iter().chain(Lie::ALL.map(Self::Lied)).collect()
    }
}

impl fmt::Display for Mark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
