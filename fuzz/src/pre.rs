//! Targets of medcrypto-pre.

use crate::Target;

/// Targets of medcrypto-pre.
pub const TARGETS: &[&Target] = &[];
