//! Proofs that hidden numbers lie in a range.

mod batch;
mod bounds;
mod commitment;
mod conjunction;
mod parameters;
mod proof;

pub use batch::{RangeClaim, Rejected, verify_ranges};
pub use bounds::Bounds;
pub use commitment::{Commitment, Opening};
pub(crate) use conjunction::{BatchableBody, Claim, CompactBody, Conjunction, Hidden, verify_all};
#[cfg(feature = "insecure-setup")]
pub use parameters::insecure;
pub use parameters::{DigitBits, RangeParameters, UncheckedRangeParameters};
pub use proof::{BatchableRangeProof, RangeProof, RangeStatement};
