//! The Merkle log of RFC 6962, section 2.1 (RFC 9162).
//!
//! Status: *standard*.
