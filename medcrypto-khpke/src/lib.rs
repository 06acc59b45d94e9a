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
mod transfer;

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
    BatchableRangeProof, BatchableVectorRangeProof, Commitment, DigitBits, EncryptionWitness,
    Interval, Opening, PowersOfTau, RangeClaim, RangeParameters, RangeProof, RangeStatement,
    Rejected, UncheckedPowersOfTau, UncheckedRangeParameters, VectorClaim, VectorRangeProof,
    VectorStatement, verify_ranges, verify_vector_ranges,
};
pub use transfer::{
    AmountPolicy, BatchableTransferProof, TransferClaim, TransferContext, TransferProof,
    TransferStatement, TransferWitness, VerifiedTransfer, verify_transfers,
};

pub use medcrypto_core::DecodeError;
pub use rand_core;
