//! Proving and verifying keys, each with its circuit, requirement, schema and provenance.
//!
//! ```text
//! VK bytes    version ‖ suite ‖ tag ‖ provenance ‖ circuit32 ‖ requirement32 ‖ schema32 ‖ points
//! provenance  1 ‖ len16 operator ‖ created_ms u64                                   single party
//! points      α 48 ‖ β 96 ‖ γ 96 ‖ δ 96 ‖ count u64 = 8 ‖ 8 × IC 48                  728 bytes
//! vk32        SHA-256(MEDCRYPTO-ZK-V01-VERIFYING-KEY ‖ VK bytes)
//! PK bytes    version ‖ suite ‖ tag ‖ body32 ‖ len32 VK bytes ‖ len32 queries
//! body32      SHA-256 of everything after it
//! ```
//!
//! Points are compressed in the verifying key (Zcash layout) and uncompressed in the proving key.
//! Every point of either is checked: on the curve, in the subgroup. A verifying key with an
//! identity point, two equal points of 𝔾₂, γ or δ at the generator, or repeated IC points is
//! refused. Those checks stop accidents only: δ = 2γ passes them. A key is trusted for its
//! provenance, never for its shape. Status: *published* (Groth16, EUROCRYPT 2016; by ark-groth16).

mod proving;
mod verifying;

#[cfg(test)]
pub(crate) use proving::MAX_QUERIES;
pub use proving::ProvingKey;
pub use verifying::{Provenance, VerifyingKey};
