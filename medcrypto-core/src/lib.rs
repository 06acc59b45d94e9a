#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

#[cfg(feature = "bls")]
pub mod bls;
pub mod codec;
pub mod dst;
mod error;
pub mod rng;
pub mod secret;
pub mod transcript;

pub use dst::Dst;
pub use error::DecodeError;
pub use secret::SecretBytes;
pub use transcript::Transcript;

pub use rand_core;
pub use subtle;
pub use zeroize;
