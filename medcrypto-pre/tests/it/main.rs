//! The crate from outside: its interface, its bytes, its traps.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    unreachable_pub,
    reason = "test code"
)]

mod collusion;
mod delegation;
mod encoding;
mod fixture;
mod header;
mod identity;
mod model;
mod properties;
mod readback;
mod reencryption;
mod revocation;
mod secrets;
mod signature;
mod stream;
mod toys;
mod types;
