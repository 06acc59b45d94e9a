//! Federated averaging: weighted sums of encrypted vectors, one a round, and who may open them.
//!
//! ```text
//! quantise   q = clip(round(x·2ᶠ), ±(2^(B−1) − 1)) + 2^(B−1)             1 ≤ q < 2ᴮ
//! pack       slot = Σⱼ q_j·2^(W·j), j < k,   W = B + ⌈log2 Σwᵢ⌉,   k·W ≤ 48
//! sum        Σᵢ wᵢ·slotᵢ has the fields Σᵢ wᵢ·q_ij < 2ᵂ: no field reaches the next
//! mean       (Σᵢ wᵢ·q_ij − 2^(B−1)·Σwᵢ) / (2ᶠ·Σwᵢ)
//! chunk      n slots, one ciphertext;  associated data of uploader i: DST ‖ plan digest ‖ round ‖ chunk ‖ i
//! ```
//! Quantising, clipping and packing are those of BatchCrypt (Zhang et al., ATC 2020). A [`Plan`] holds all
//! of it, refuses at construction what could overflow, and has a digest which every uploader signs before it
//! uploads: round, key, roster, all weights, bounds.
//!
//! A proof of evaluation alone protects nobody: weights (1, 0, …, 0), two aggregates that differ in one
//! uploader, or a weight of 2¹⁶ beside ones (the sum divided by 2¹⁶ is a 12-bit input) single one out. What
//! an [`AggregateDecryptor`] opens is the evaluation of exactly the uploads and weights that everyone signed,
//! with no constant, once a chunk, one plan a round, rounds in ascending order.
//!
//! | refused | by |
//! |---|---|
//! | weight 0; w_max > ratio · w_min; a weight above all others together | [`Plan::new`] |
//! | fewer than the minimum, never below 3; an uploader twice | [`Plan::new`] |
//! | fields or slots that overflow | [`Plan::new`] |
//! | a plan that somebody on the roster did not sign | [`Plan::accepted`] |
//! | a second upload of one uploader for one chunk | [`Uploads::register`] |
//! | other weights, inputs, associated data, constants | [`AggregateDecryptor::open`] |
//! | the same chunk again, another plan for the round, an earlier round | [`AggregateDecryptor::open`] |
//!
//! What is left: the sum itself, round after round, and an uploader that encrypts a field of 2ᵂ or more, which
//! adds to the next field. A range proof of the slots prevents that; without one, only fields that leave
//! their bounds in the sum are noticed. Status: *composition*.

mod decryptor;
mod encoding;
mod plan;
mod uploads;

pub use decryptor::AggregateDecryptor;
pub use encoding::{Quantisation, Sums};
pub use plan::{AcceptedPlan, Bounds, Member, Plan, PlanError, Shape};
pub use uploads::{Upload, Uploads};

#[cfg(test)]
mod tests;
