//! Attacks on the flow, each against honest parties after doctor 3 was revoked, and what stops it.
//!
//! An attack is a list of [`Attempt`]s: what was tried, how it must end, and how it did. One attempt
//! with another end fails the run.

mod chain;
mod keys;

use super::clinic::Clinic;
use crate::flows::Failure;

/// One try, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was tried.
    pub what: &'static str,
    /// How it must end.
    pub expected: &'static str,
    /// How it ended.
    pub found: String,
}

impl Attempt {
    fn new(what: &'static str, expected: &'static str, found: impl ToString) -> Self {
        Self { what, expected, found: found.to_string() }
    }

    /// Whether it ended as it must.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.expected == self.found
    }
}

/// An attack: its name, what it is about, and how it is run.
struct Attack {
    name: &'static str,
    about: &'static str,
    run: fn(&mut Clinic) -> Result<Vec<Attempt>, Failure>,
}

const ATTACKS: [Attack; 8] = [
    Attack {
        name: "revoked-doctor",
        about: "doctor 3 goes on reading and diagnosing",
        run: keys::revoked_doctor,
    },
    Attack { name: "stolen-device", about: "somebody claims a device", run: keys::stolen_device },
    Attack {
        name: "stale-epoch",
        about: "devices upload under a key that is over",
        run: keys::stale_epoch,
    },
    Attack {
        name: "replayed-upload",
        about: "an upload is sent again, or to another chain",
        run: keys::replayed_upload,
    },
    Attack {
        name: "lying-storage",
        about: "the storage gives other bytes, or none",
        run: chain::lying_storage,
    },
    Attack {
        name: "lying-core-node",
        about: "a core node makes up answers",
        run: chain::lying_core_node,
    },
    Attack {
        name: "reward-theft",
        about: "a mined block is sent on with another miner or time",
        run: chain::reward_theft,
    },
    Attack {
        name: "reorganised-revocation",
        about: "a longer fork leaves the revocation out, and coins are minted for what it drops",
        run: chain::reorganised_revocation,
    },
];

/// The names, in the order of the list.
pub fn names() -> impl Iterator<Item = &'static str> {
    ATTACKS.iter().map(|attack| attack.name)
}

/// What an attack is about; none if there is no such attack.
#[must_use]
pub fn about(name: &str) -> Option<&'static str> {
    ATTACKS.iter().find(|attack| attack.name == name).map(|attack| attack.about)
}

/// Runs an attack.
///
/// # Errors
/// [`Failure`] of an honest party.
pub fn run(name: &str, clinic: &mut Clinic) -> Result<Vec<Attempt>, Failure> {
    let attack = ATTACKS.iter().find(|attack| attack.name == name);
    attack.map_or(Ok(Vec::new()), |attack| (attack.run)(clinic))
}
