//! Tests of the public interface, a module a subject.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    unreachable_pub,
    reason = "a test may panic, and indexes what it made"
)]

mod decryption_proof;
    clippy::cast_possible_truncation,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    unreachable_pub,
    reason = "test code"
)]

mod aggregate;
mod differential;
mod encryption;
mod evaluation;
mod fixture;
mod game;
mod keys;
mod printed;
mod raw;
mod types;
