//! Attacks on the flow, each against honest parties after doctor 3 was revoked, and what stops it.

mod chain;
mod keys;

use super::clinic::Clinic;
use crate::flows::Failure;
use crate::flows::attack::{Attack, Attempt};

/// How an attack is run.
pub type Run = fn(&mut Clinic) -> Result<Vec<Attempt>, Failure>;

/// Every attack, in the order of the list.
pub(super) const ATTACKS: [Attack<Run>; 8] = [
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
