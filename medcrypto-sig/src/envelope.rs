//! The signed envelope: what a party puts its name to. Status: *composition* of an injective
//! encoding and Ed25519 ([`crate::ed25519`]).
//!
//! ```text
//! message    enc(DST) ‖ enc(domain) ‖ enc(chain id) ‖ enc(role) ‖ enc(nonce) ‖ enc(payload hash)
//!            enc(x) = length u32 ‖ x;  DST = "MEDCRYPTO-SIG-V01-ENVELOPE"
//! sign       σ = Ed25519(message)
//! AuthSign   σ_P over the envelope with role patient, σ_I over the same with role institution,
//!            under two different keys
//! ```
//!
//! A verified envelope is authentic, not fresh: the caller compares domain, chain, role, nonce and
//! payload with what it expects, and refuses a nonce it has seen. The envelope does not name the
//! counterparty: the payload does, whose hash both sign.
//!
//! Huang's AuthSign is an identity-based signature, which the authority can produce for everybody.
//! Ours binds against the authority too, because only the holder has the key.
//!
//! ```text
//! SignedEnvelope   header 3 ‖ enc(domain) ‖ chain 32 ‖ role 1 ‖ nonce 8 ‖ payload 32 ‖ σ 64
//!                  144 + |domain| bytes
//! DualSigned       header 3 ‖ enc(domain) ‖ chain 32 ‖ nonce 8 ‖ payload 32 ‖ σ_P 64 ‖ σ_I 64
//!                  207 + |domain| bytes
//! ```

mod dual;
mod fields;
mod signed;

pub use dual::{DualSigned, VerifiedDual};
pub use fields::{Domain, Envelope, Role};
pub use signed::{SignedEnvelope, VerifiedEnvelope};
