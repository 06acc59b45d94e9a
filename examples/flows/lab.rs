//! The agreement of both papers in the laboratory: runs with faults and liars, what each rule of the
//! protocol is for, and what a request costs.

pub mod cli;
pub mod recording;
pub mod run;
mod tables;
