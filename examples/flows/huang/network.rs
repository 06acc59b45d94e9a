//! The chain of the flow: replicas that run the requirement contract, and the parties that use it.

use medcrypto_ledger::contract::{Outcome, Receipt, RequirementLedger};

use super::judge::Judge;
use super::signer::Ed25519;
use crate::flows::network;

pub use network::fault_warning;

/// The replicas, and a client for every party.
pub type Network = network::Network<RequirementLedger<Judge>, Ed25519>;

/// What became of a transaction, in a word.
#[must_use]
pub fn outcome(receipt: &Receipt) -> String {
    match receipt.outcome {
        Outcome::Applied => "applied".to_owned(),
        Outcome::Rejected(reject) => reject.to_string(),
    }
}
