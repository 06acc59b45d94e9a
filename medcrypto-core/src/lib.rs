#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;
#[cfg(medcrypto_ct)]
extern crate std;

#[cfg(feature = "bls")]
pub mod bls;
pub mod codec;
mod declassify;
pub mod dst;
mod error;
pub mod rng;
pub mod secret;
pub mod transcript;

#[cfg(medcrypto_ct)]
pub use declassify::{Hook, install};
pub use declassify::{declassify, declassify_bytes};
pub use dst::Dst;
pub use error::DecodeError;
pub use secret::SecretBytes;
pub use transcript::Transcript;

pub use rand_core;
pub use subtle;
pub use zeroize;
