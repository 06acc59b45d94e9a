//! The seven attacks of the paper's Table 3 and one that it does not name, each against honest parties,
//! and what stops it.
//!
//! The paper calls its scheme resistant to all seven and bounds the last but one by 51 % of the nodes;
//! PBFT holds below a third.

mod chain;
mod enrolment;
mod floods;

use super::ward::Ward;
use crate::flows::Failure;
use crate::flows::attack::{Attack, Attempt};

/// How an attack on a ward in which everybody is enrolled is run, and what holds against it; `true` floods
/// with less.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// What holds, and up to where.
    pub bound: &'static str,
    /// How it is run.
    pub on: fn(&mut Ward, bool) -> Result<Vec<Attempt>, Failure>,
}

/// Every attack, in the order of the table.
pub(super) const ATTACKS: [Attack<Run>; 8] = [
    Attack {
        name: "dos",
        about: "a member floods the chain",
        run: Run { bound: "its rate, by block height", on: floods::dos },
    },
    Attack {
        name: "modification",
        about: "a transaction is changed on its way",
        run: Run { bound: "the sender's signature", on: chain::modification },
    },
    Attack {
        name: "public-chain-modification",
        about: "a block of the public copy is changed",
        run: Run { bound: "any byte, if the genesis is known", on: chain::block_modification },
    },
    Attack {
        name: "storage",
        about: "the storage lies, and tries to read",
        run: Run { bound: "identifiers; keys it does not have", on: chain::storage },
    },
    Attack {
        name: "appending",
        about: "blocks and records are added by those who must not",
        run: Run { bound: "certificates; a write is about its sender", on: chain::appending },
    },
    Attack {
        name: "majority",
        about: "half of the replicas stop, or vote for another block",
        run: Run { bound: "less than a third, not 51 %", on: chain::majority },
    },
    Attack {
        name: "ddos",
        about: "many identities flood the chain",
        run: Run { bound: "enrolment, then the rate of each", on: floods::ddos },
    },
    Attack {
        name: "self-enrolment",
        about: "a key enrols with what the hospital says of another",
        run: Run {
            bound: "the hospital's signature over the key, and the key's own",
            on: enrolment::enrolment,
        },
    },
];

/// The names of the attacks.
pub fn names() -> impl Iterator<Item = &'static str> {
    ATTACKS.iter().map(|attack| attack.name)
}
