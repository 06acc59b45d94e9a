//! Huang et al.: proxy re-encryption, a zk-SNARK and PBFT share one record, steps 1 to 9.

pub mod artefacts;
pub mod attacks;
pub mod cli;
pub mod exchange;
pub mod judge;
pub mod narrate;
pub mod network;
pub mod paper;
pub mod parties;
pub mod payload;
pub mod run;
pub mod source;
pub mod study;

use super::output;
pub use super::{Failure, chart, folder, report, signer};
