//! Range proofs, digit by digit.

mod batch;
mod forgeries;
mod interval;
mod mutations;
mod parameters;
mod printed;
mod proof;
mod reference;
pub mod setup;
mod soundness;
mod vector;
