//! Proofs that hidden numbers lie in a range.

mod batch;
mod commitment;
mod conjunction;
mod interval;
mod parameters;
mod proof;
mod vector;

pub(crate) use batch::verify_or_name;
pub use batch::{RangeClaim, Rejected, verify_ranges};
pub use commitment::{Commitment, Opening};
pub(crate) use conjunction::{
    BatchableBody, Claim, CompactBody, Conjunction, Hidden, Proved, Shape, verify_all,
};
pub use interval::Interval;
#[cfg(feature = "insecure-setup")]
pub use parameters::insecure;
pub use parameters::{
    DigitBits, PowersOfTau, RangeParameters, UncheckedPowersOfTau, UncheckedRangeParameters,
};
pub use proof::{BatchableRangeProof, RangeProof, RangeStatement};
pub use vector::{
    BatchableVectorRangeProof, EncryptionWitness, VectorClaim, VectorRangeProof, VectorStatement,
    verify_vector_ranges,
};
