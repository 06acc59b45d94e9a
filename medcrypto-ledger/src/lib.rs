#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod auth;
pub mod block;
pub mod cas;
pub mod codec;
pub mod contract;
mod error;
pub mod merkle;
pub mod pbft;
pub mod pow;
#[cfg(feature = "sim")]
pub mod sim;

pub use auth::{Auth, ClientId, Committee, PublicKey, ReplicaId, Signature, Verifier};
pub use codec::{Bytes, Digest};
pub use error::{Error, Refused};
pub use medcrypto_core::{DecodeError, Dst};
