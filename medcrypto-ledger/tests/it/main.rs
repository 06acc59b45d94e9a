//! The ledger from outside: canonical bytes, Merkle log, store, chain, requirement contract.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    reason = "test code"
)]

mod cas;
mod chain;
mod codec;
mod coin;
#[cfg(feature = "fhir")]
mod consent;
mod errata;
mod flow;
#[cfg(feature = "sim")]
mod forks;
mod gate;
mod kat;
mod keychain;
mod merkle;
mod policy;
mod quota;
mod refusals;
mod requirement;
mod reveal;
mod review;
mod sandbox;
mod watch;
#[cfg(feature = "sim")]
mod windows;
mod work;
mod world;
