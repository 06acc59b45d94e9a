//! Hostile bytes: every decoder, parser and verifier, run by libFuzzer (`targets/`) or over the
//! committed seeds (`tests/`).
//!
//! ```text
//! a target     a function of bytes that panics on a finding and says how far the bytes came
//! reached      past the header with as many bytes as the object has (decoders); past the frame, in the
//!              shape of the object (`ledger`); in the equation (verifiers); only these executions
//!              count towards what is wanted
//! input        mode u8 ‖ rest       0  the rest, as it is
//!                                   1  the rest under the right three header bytes
//!                                   2… a valid object, edited by the script in the rest (`edit`)
//! ```
//! A target whose `reached` gets another meaning starts to count anew: its row of `wanted.csv` names the
//! commit in the column `since`, by hand.
//!
//! To add a target: a constant of type [`Target`] in the module of its crate, a row in that module's
//! `TARGETS`, a stub in `targets/`, its `[[bin]]`, and `MEDCRYPTO_WRITE_SEEDS=1 cargo test`.
#![forbid(unsafe_code)]

use std::sync::LazyLock;

pub mod core;
pub mod count;
pub mod decoder;
pub mod edit;
pub mod khpke;
pub mod ledger;
pub mod pre;
pub mod script;
pub mod sig;
pub mod verifier;
pub mod zk;

// A build without them would find less, and say nothing.
const _: () = assert!(cfg!(debug_assertions), "build with debug assertions");

/// How far an input came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// Refused before the code that the target is about.
    No,
    /// Past the header, or in the equation.
    Yes,
}

impl From<bool> for Reached {
    fn from(reached: bool) -> Self {
        if reached { Self::Yes } else { Self::No }
    }
}

/// What kind of code a target is about, which decides how many executions are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Parsers, and decoders without curve points.
    Parser,
    /// Decoders with curve points.
    Points,
    /// Decoders of key files.
    KeyFile,
    /// Verifiers, and whatever else evaluates an equation.
    Verifier,
    /// Scripts for a machine with a state.
    Stateful,
}

impl Class {
    /// Its name in `wanted.csv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parser => "parser",
            Self::Points => "points",
            Self::KeyFile => "key-file",
            Self::Verifier => "verifier",
            Self::Stateful => "stateful",
        }
    }

    /// How many executions that reach the code are wanted without a finding.
    #[must_use]
    pub const fn wanted(self) -> u64 {
        match self {
            Self::Parser => 10_000_000,
            Self::Points => 1_000_000,
            Self::KeyFile | Self::Verifier | Self::Stateful => 100_000,
        }
    }
}

/// A fuzz target.
pub struct Target {
    /// Its name: that of its binary, its seeds and its dictionary.
    pub name: &'static str,
    /// Its kind.
    pub class: Class,
    /// Longest input that libFuzzer shall make.
    pub max_len: usize,
    /// Runs one input; panics on a finding.
    pub run: fn(&[u8]) -> Reached,
    /// Inputs to start from; the first reaches the code.
    pub seeds: fn() -> Vec<Vec<u8>>,
    /// Tokens for libFuzzer's dictionary.
    pub dict: &'static [&'static [u8]],
}

/// Every target.
pub fn targets() -> impl Iterator<Item = &'static Target> {
    [core::TARGETS, sig::TARGETS, pre::TARGETS, zk::TARGETS, ledger::TARGETS, khpke::TARGETS]
        .into_iter()
        .flatten()
        .copied()
}

/// The target that `MEDCRYPTO_FUZZ_TARGET` names.
///
/// # Panics
/// When there is none of that name.
pub fn named() -> &'static Target {
    static NAMED: LazyLock<&Target> = LazyLock::new(|| {
        let name = std::env::var("MEDCRYPTO_FUZZ_TARGET").expect("MEDCRYPTO_FUZZ_TARGET");
        targets().find(|target| target.name == name).expect("a target of fuzz/wanted.csv")
    });
    *NAMED
}

/// Runs one input and counts it: what a stub in `targets/` calls.
pub fn run(target: &Target, data: &[u8]) {
    let reached = (target.run)(data);
    count::record(reached);
}
