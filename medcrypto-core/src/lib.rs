#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

pub mod codec;
pub mod dst;
mod error;
pub mod secret;

pub use dst::Dst;
pub use error::DecodeError;
pub use secret::SecretBytes;

pub use rand_core;
pub use subtle;
pub use zeroize;
