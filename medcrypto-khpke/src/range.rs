//! Proofs that hidden numbers lie in a range.

mod conjunction;
mod parameters;

pub(crate) use conjunction::{BatchableBody, Claim, CompactBody, Conjunction, Hidden, verify_all};
#[cfg(feature = "insecure-setup")]
pub use parameters::insecure;
pub use parameters::{DigitBits, RangeParameters, UncheckedRangeParameters};
