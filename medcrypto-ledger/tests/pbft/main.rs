//! The agreement, by the rows of its feature list (H…) and by the traps it must not fall into (T…).
#![cfg(feature = "sim")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::cast_possible_truncation,
    clippy::print_stdout,
    clippy::std_instead_of_alloc,
    clippy::std_instead_of_core,
    clippy::missing_errors_doc,
    unreachable_pub,
    reason = "test code"
)]

mod bytes;
mod clients;
mod common;
mod golden;
mod lags;
mod limits;
mod model;
mod normal;
mod rules;
mod swarm;
mod thresholds;
mod views;
mod votes;
