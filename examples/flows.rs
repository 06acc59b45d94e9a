//! One module a source paper, and what they share.

pub mod attack;
pub mod chart;
pub mod command;
mod failure;
pub mod folder;
pub mod healthchain;
pub mod huang;
pub mod lab;
pub mod meisami;
pub mod network;
pub mod report;
pub mod sealed;
pub mod signer;

pub use failure::Failure;
use failure::output;
