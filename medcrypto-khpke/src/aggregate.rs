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
//! What is left: the sum itself, round after round; an uploader that encrypts a field of 2ᵂ or more, which adds
//! to the next field, and is noticed only if a field of the sum leaves its bounds; an uploader whose ciphertext
//! has the right tag and a wrong T, after which the sum does not decrypt. A range proof of the slots of each
//! upload, checked before it is registered, prevents the latter two. Status: *composition*.
//!
//! ```
//! # use medcrypto_core::{Transcript, dst};
//! # use medcrypto_khpke::aggregate::*;
//! # use medcrypto_khpke::dlog::Table;
//! # use medcrypto_khpke::*;
//! # use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng};
//! # let rng = &mut ChaCha20Rng::seed_from_u64(1);
//! # let transcript = || Transcript::new(dst::khpke::POSSESSION);
//! # let hospitals = [1, 2, 3].map(|id| AccountId([id; 32]));
//! # let (secret, public) = DecryptionKey::generate(Slots::ONE, rng)?;
//! # let possession = PossessionProof::prove(&public, &hospitals[0], &secret, &mut transcript(), rng)?;
//! # let key = public.register(hospitals[0], &possession, &mut transcript())?;
//! # let evaluator = EvaluationKey::from_bytes(&secret.evaluation_key().to_secret_bytes())?;
//! // The plan, signed by everyone on it.
//! let roster = hospitals.iter().zip([2, 1, 1]).map(|(account, weight)| Member { account: *account, weight });
//! let shape = Shape { values: 2, fields_per_slot: 2, quantisation: Quantisation::new(8, 6)? };
//! let bounds = Bounds { minimum_roster: 3, weight_ratio: 2 };
//! let plan = Plan::new(1, (key.id(), key.slots()), roster.collect(), shape, bounds)?;
//! let plan = plan.accepted(&key, |_account, _digest| true /* its signature of the digest */)?;
//!
//! // Each uploader encrypts its vector.
//! let mut uploads = Uploads::default();
//! let mut inputs = Vec::new();
//! for (account, vector) in hospitals.iter().zip([[0.5, -1.0], [1.0, 0.0], [-1.0, 0.5]]) {
//!     let ad = plan.upload_data(account, 0)?;
//!     let ciphertext = key.encrypt(&ad, &plan.plan().encode(&vector)?[0], rng)?;
//!     uploads.register(Upload::new(&plan, *account, 0, &ciphertext)?)?;
//!     inputs.push((ciphertext, ad));
//! }
//!
//! // The evaluator adds up, and proves it.
//! let weighed = inputs.iter().zip(plan.plan().roster());
//! let terms: Vec<_> = weighed
//!     .map(|((ciphertext, ad), member)| Term { weight: member.weight.into(), ciphertext, ad })
//!     .collect();
//! let ad = plan.sum_data(0)?;
//! let combination = Combination { terms: &terms, constants: &[0], ad: &ad };
//! let permits = |combination: &Combination<'_>| plan.permits(&uploads, 0, combination);
//! let (result, witness) = evaluator.evaluate(&key, &combination, permits, rng)?;
//! let statement = EvaluationStatement { key: &key, combination, result: &result };
//! let proof = EvaluationProof::prove(&statement, &witness, &mut transcript(), rng)?;
//!
//! // The door opens the mean.
//! let table = Table::build(plan.plan().slot_bits(), 10)?;
//! let verified = proof.verify(statement, &mut transcript())?;
//! let mut door = AggregateDecryptor::new(secret, None);
//! assert_eq!(door.open(&plan, &uploads, 0, &verified, &table)?.means(), [0.25, -0.375]);
//! assert_eq!(door.open(&plan, &uploads, 0, &verified, &table), Err(Error::Mismatch));
//! # Ok::<_, Error>(())
//! ```

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
