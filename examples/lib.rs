//! Shared parts of the runnable flows.
