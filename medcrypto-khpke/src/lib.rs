#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate alloc;

mod associated;
mod ciphertext;
mod error;
mod generators;
mod hps;
mod keys;
mod sigma;

pub use associated::AssociatedData;
pub use ciphertext::{Ciphertext, Core};
pub use error::Error;
pub use keys::{
    AccountId, DecryptionKey, EvaluationKey, KeyId, PossessionProof, PublicKey, RegisteredKey,
    Slots,
};

pub use medcrypto_core::DecodeError;
pub use rand_core;
