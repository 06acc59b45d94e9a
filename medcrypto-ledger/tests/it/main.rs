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
mod errata;
mod flow;
#[cfg(feature = "sim")]
mod forks;
mod gate;
mod kat;
mod merkle;
mod policy;
mod requirement;
mod review;
#[cfg(feature = "sim")]
mod windows;
mod work;
mod world;
