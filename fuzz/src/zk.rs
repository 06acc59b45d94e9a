//! Targets of medcrypto-zk.

use crate::Target;

/// Targets of medcrypto-zk.
pub const TARGETS: &[&Target] = &[];
