//! The test plan of compiled circuits; every attack runs on the rows themselves.

mod attacks;
mod differential;
mod fixture;
mod mutation;
mod redundancy;
mod shape;
