#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod aggregate;
mod associated;
mod ciphertext;
mod decrypt;
pub mod dlog;
mod encrypt;
mod error;
mod evaluate;
mod generators;
#[cfg(feature = "hazmat")]
pub mod hazmat;
mod hps;
mod keys;
#[cfg(feature = "paper")]
pub mod paper;
mod range;
mod sigma;
mod tag;

pub use associated::AssociatedData;
pub use ciphertext::{Ciphertext, Core};
pub use decrypt::{DecryptionProof, DecryptionStatement, MessagePoints};
pub use encrypt::TransferCore;
pub use error::Error;
pub use evaluate::{
    Combination, EvaluationProof, EvaluationStatement, EvaluationWitness, Term, VerifiedCore,
    VerifiedEvaluation,
};
pub use keys::{
    AccountId, DecryptionKey, EvaluationKey, KeyId, PossessionProof, PublicKey, RegisteredKey,
    Slots,
};
#[cfg(feature = "insecure-setup")]
pub use range::insecure;
pub use range::{
    BatchableRangeProof, Bounds, Commitment, DigitBits, Opening, RangeClaim, RangeParameters,
    RangeProof, RangeStatement, Rejected, UncheckedRangeParameters, verify_ranges,
};

pub use medcrypto_core::DecodeError;
pub use rand_core;
