#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![no_std]

extern crate alloc;

pub mod bls;
pub mod ecdsa;
pub mod ed25519;
pub mod envelope;
mod error;

pub use error::Error;

pub use medcrypto_core::DecodeError;
pub use rand_core;
