//! Range proofs, digit by digit.

mod batch;
mod bounds;
mod forgeries;
mod parameters;
mod printed;
mod proof;
mod reference;
mod setup;
mod soundness;
mod vector;
