//! Targets of medcrypto-ledger.

use crate::Target;

/// Targets of medcrypto-ledger.
pub const TARGETS: &[&Target] = &[];
