//! What the benches of more than one group need.

pub mod contract;
pub mod contracts;
pub mod ledger;
pub mod pre;
pub mod signer;
pub mod zk;
