#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod circuit;
mod code_list;
pub mod commitment;
mod error;
#[cfg(feature = "fhir")]
pub mod fhir;
pub mod field;
mod gadget;
mod hash;
#[cfg(feature = "hazmat")]
pub mod hazmat;
pub mod holder;
#[cfg(test)]
mod kat;
pub mod keys;
mod poseidon;
pub mod proof;
pub mod record;
pub mod requirement;
pub mod schema;
pub mod setup;
pub mod statement;

pub use error::Error;
