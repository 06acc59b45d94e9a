//! One module a source paper, and what they share.

pub mod chart;
mod failure;
pub mod folder;
pub mod healthchain;
pub mod huang;
pub mod lab;
pub mod meisami;
pub mod network;
pub mod report;
pub mod signer;

pub use failure::Failure;
