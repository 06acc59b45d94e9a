//! Practical Byzantine fault tolerance: the normal case.
