#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate alloc;

mod hash;
pub mod record;
pub mod requirement;
pub mod schema;
