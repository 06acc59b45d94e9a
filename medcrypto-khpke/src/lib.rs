#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod dlog;
mod error;
mod generators;
mod sigma;

pub use error::Error;

pub use medcrypto_core::DecodeError;
pub use rand_core;
