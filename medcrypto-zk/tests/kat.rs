//! Known answers of an independent generator through the public interface. What no interface shows,
//! Poseidon and the leaves of a record, is compared in `src/kat.rs`.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

#[path = "kat/proofs.rs"]
mod proofs;
#[path = "../../vectors/reader.rs"]
mod reader;
#[path = "kat/requirements.rs"]
mod requirements;
#[path = "kat/schemas.rs"]
mod schemas;
#[path = "kat/statements.rs"]
mod statements;
