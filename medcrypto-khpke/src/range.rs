//! Proofs that hidden numbers lie in a range.

mod batch;
mod bounds;
mod commitment;
mod conjunction;
mod parameters;
mod proof;

pub(crate) use batch::verify_or_name;
pub use batch::{RangeClaim, Rejected, verify_ranges};
pub use bounds::Bounds;
pub use commitment::{Commitment, Opening};
pub(crate) use conjunction::{
    BatchableBody, Claim, CompactBody, Conjunction, Hidden, Proved, Shape, verify_all,
};
#[cfg(feature = "insecure-setup")]
pub use parameters::insecure;
pub use parameters::{DigitBits, RangeParameters, UncheckedRangeParameters};
pub use proof::{BatchableRangeProof, RangeProof, RangeStatement};
