//! The sharing flow as its users meet it: the command line, and the parties as a library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "test code"
)]

mod bad_input;
#[path = "../support/command.rs"]
mod command;
mod command_line;
#[path = "../support/copy.rs"]
mod copy;
#[path = "../support/flow.rs"]
mod flow;
mod rows;

use std::path::PathBuf;

use command::Ran;
use medcrypto_examples::flows::huang::run::EXAMPLE;

fn huang_share(arguments: &[&str]) -> Ran {
    Ran::of(&EXAMPLE, arguments)
}

/// The sample folder.
const FHIR: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../testdata/fhir");

/// A copy of the sample folder, without the list of digests, that a test may spoil.
fn copied(name: &str) -> PathBuf {
    copy::copied(FHIR, &["."], name)
}
