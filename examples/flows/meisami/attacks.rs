//! The seven attacks of the paper's Table 3 and one that it does not name, each against honest parties,
//! and what stops it.
//!
//! An attack is a list of [`Attempt`]s: what was tried, how it must end, and how it did. One attempt with
//! another end fails the run. The paper calls its scheme resistant to all seven and bounds the last but
//! one by 51 % of the nodes; PBFT holds below a third.

mod chain;
mod enrolment;
mod floods;

use super::ward::Ward;
use crate::flows::Failure;

/// One try, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// What was tried.
    pub what: String,
    /// How it must end.
    pub expected: String,
    /// How it ended.
    pub found: String,
}

impl Attempt {
    fn new(what: impl ToString, expected: impl ToString, found: impl ToString) -> Self {
        Self { what: what.to_string(), expected: expected.to_string(), found: found.to_string() }
    }

    /// Whether it ended as it must.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.expected == self.found
    }
}

/// An attack: its name, what it is about, what holds against it, and how it is run.
struct Attack {
    name: &'static str,
    about: &'static str,
    bound: &'static str,
    run: fn(&mut Ward, bool) -> Result<Vec<Attempt>, Failure>,
}

const ATTACKS: [Attack; 8] = [
    Attack {
        name: "dos",
        about: "a member floods the chain",
        bound: "its rate, by block height",
        run: floods::dos,
    },
    Attack {
        name: "modification",
        about: "a transaction is changed on its way",
        bound: "the sender's signature",
        run: chain::modification,
    },
    Attack {
        name: "public-chain-modification",
        about: "a block of the public copy is changed",
        bound: "any byte, if the genesis is known",
        run: chain::block_modification,
    },
    Attack {
        name: "storage",
        about: "the storage lies, and tries to read",
        bound: "identifiers; keys it does not have",
        run: chain::storage,
    },
    Attack {
        name: "appending",
        about: "blocks and records are added by those who must not",
        bound: "certificates; a write is about its sender",
        run: chain::appending,
    },
    Attack {
        name: "majority",
        about: "half of the replicas stop, or vote for another block",
        bound: "less than a third, not 51 %",
        run: chain::majority,
    },
    Attack {
        name: "ddos",
        about: "many identities flood the chain",
        bound: "enrolment, then the rate of each",
        run: floods::ddos,
    },
    Attack {
        name: "self-enrolment",
        about: "a key enrols with what the hospital says of another",
        bound: "the hospital's signature over the key, and the key's own",
        run: enrolment::enrolment,
    },
];

/// The names of the attacks.
pub fn names() -> impl Iterator<Item = &'static str> {
    ATTACKS.iter().map(|attack| attack.name)
}

fn named(name: &str) -> Option<&'static Attack> {
    ATTACKS.iter().find(|attack| attack.name == name)
}

/// What an attack is about; none of an unknown name.
#[must_use]
pub fn about(name: &str) -> Option<&'static str> {
    named(name).map(|attack| attack.about)
}

/// What holds against an attack, and up to where.
#[must_use]
pub fn bound(name: &str) -> Option<&'static str> {
    named(name).map(|attack| attack.bound)
}

/// Runs an attack on a ward in which nobody is enrolled yet; `fast` floods with less.
///
/// # Errors
/// [`Failure::Usage`] for an unknown name, or whatever keeps the honest steps from running.
pub fn run(name: &str, ward: &mut Ward, fast: bool) -> Result<Vec<Attempt>, Failure> {
    let attack = named(name).ok_or_else(|| Failure::Usage(format!("no attack named {name}")))?;
    ward.enrol()?;
    (attack.run)(ward, fast)
}
