//! Re-encryption keys: what a delegator gives a proxy so that one delegatee can read one scope.
//!
//! ```text
//! ReKeyGen   (E, key₂) = Encap(idB, no scope, aadE, purpose 2)        y = Hy(key₂, aadE, E) ∈ [1, r)
//!            TK0 = A + [y]P₁ + Σ [rj]H2(idA, path_j) ∈ 𝔾₁             secret but for the proxy
//!            TKj = [rj]P₂ ∈ 𝔾₂                                        rj hedged
//!            h0  = SHA-256(len32 ‖ REKEY-SECRET ‖ params_id ‖ TK0)
//!            σA  = IBS.Sign(D, everything below)
//! aadE       enc(ENVELOPE) ‖ enc(idA) ‖ enc(idB) ‖ enc(idProxy) ‖ path ‖ enc(terms) ‖ mode ‖ m ‖ n
//! statement  version ‖ suite ‖ tag ‖ params_id ‖ idA ‖ idB ‖ idProxy ‖ path ‖ terms
//!            ‖ mode u8 ‖ m u8 ‖ n u8 ‖ n × 32 bytes ‖ vk0 presence u8 ‖ TK1 … TKℓ ‖ E ‖ σA
//! rk_id      SHA-256(len32 ‖ REKEY-ID ‖ statement)
//! ```
//! Mode 1 is one proxy: m = n = 1, the commitment is h0, and vk0 is absent. Everything but TK0 is
//! the *statement*, which is public: it goes to the delegatee and to the audit log. TK0 is masked by
//! y, which only the delegatee recovers, and blinded by the rj, so a proxy and a delegatee together
//! learn the key of the scope and never A.
//!
//! Sources: Green, Ateniese, "Identity-based proxy re-encryption" (ACNS 2007), the mask moved from
//! the identity key to a scope key; Gentry, Silverberg (ASIACRYPT 2002) for scope keys. Deviations:
//! the authority takes no part, the mask is additive in 𝔾₁, all of the key is signed. The envelope
//! has no scope, hence cannot be re-encrypted: one hop, by construction. Status: *composition*.

mod generate;
mod secret;
mod statement;

pub use generate::{Delegation, Grant};
pub use secret::{ReKey, SealedReKey, VerifiedReKey};
pub use statement::{ReKeyId, ReKeyStatement, VerifiedReKeyStatement};
