//! Tests of the public interface, a module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    unreachable_pub,
    reason = "a test may panic, and indexes what it made"
)]

mod aggregate;
mod decryption_proof;
mod differential;
mod encryption;
mod evaluation;
mod fixture;
mod game;
mod keys;
mod printed;
mod range;
mod raw;
mod transfer;
mod types;
