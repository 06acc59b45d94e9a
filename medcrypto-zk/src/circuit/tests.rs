//! The test plan of compiled circuits; every attack runs on the rows themselves.

mod attacks;
mod differential;
mod fixture;
mod mutation;
mod patch;
mod redundancy;
mod shape;
mod size;
