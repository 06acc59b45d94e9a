//! Keys, statements and proofs through the public interface.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "test code"
)]

#[path = "proofs/arkworks.rs"]
mod arkworks;
#[path = "proofs/common.rs"]
mod common;
#[path = "proofs/flow.rs"]
mod flow;
#[path = "proofs/golden.rs"]
mod golden;
#[path = "proofs/key_files.rs"]
mod key_files;
#[path = "proofs/openings.rs"]
mod openings;
#[path = "proofs/statements.rs"]
mod statements;
