//! Range proofs, digit by digit.

mod batch;
mod forgeries;
mod interval;
mod parameters;
mod printed;
mod proof;
mod reference;
mod setup;
mod soundness;
mod vector;
