//! Keys, statements and proofs through the public interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

#[path = "proofs/common.rs"]
mod common;
#[path = "proofs/flow.rs"]
mod flow;
