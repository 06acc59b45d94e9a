//! Targets of medcrypto-core.

use crate::Target;

/// Targets of medcrypto-core.
pub const TARGETS: &[&Target] = &[];
