//! Evaluation: linear combinations of ciphertexts, by who holds the evaluation key.
//!
//! ```text
//! for each input i   its tag, under its own associated data, else nothing
//! r₁, r₂ ←$ ℤᵣ, always
//! X  = Σ [wᵢ]X⁽ⁱ⁾ + ([r₁]P₁, [r₂]P₂, [r₁+r₂]P₃)
//! Eⱼ = Σ [wᵢ]Eⱼ⁽ⁱ⁾ + [r₁]Sⱼ,₁ + [r₂]Sⱼ,₂ + [bⱼ]H
//! T  = Σ [wᵢ]T⁽ⁱ⁾ + [r₁]Ŝ₁ + [r₂]Ŝ₂
//! tag of (key id, ad, X, E, T) under Y = (α + τβ)·X
//! ```
//! The result is distributed as a fresh encryption of Σ wᵢ·m⁽ⁱ⁾ + b: nobody can tell what it was made of. That
//! is why there is no way around the fresh randomness: with many inputs the scheme is not secure without
//! (Shinoki, Nuida 2022). Every input's tag is checked, whatever its weight and however few there are.
//! Weights and constants are public.

mod proof;
mod seal;

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, Scalar};
use medcrypto_core::declassify;
use rand_core::{CryptoRng, RngCore};
use subtle::Choice;

use crate::ciphertext::{Ciphertext, Core};
use crate::generators::generators;
use crate::hps::{Element, Randomness};
use crate::keys::{EvaluationKey, RegisteredKey};
use crate::tag::Bound;
use crate::{AssociatedData, Error};

pub use proof::{EvaluationProof, EvaluationStatement, EvaluationWitness, VerifiedEvaluation};
pub use seal::VerifiedCore;

/// One input of an evaluation.
#[derive(Clone, Copy, Debug)]
pub struct Term<'a> {
    /// How often it counts.
    pub weight: i64,
    /// The ciphertext.
    pub ciphertext: &'a Ciphertext,
    /// What the ciphertext is bound to.
    pub ad: &'a AssociatedData,
}

/// Σ wᵢ·m⁽ⁱ⁾ + b, and what the result is bound to.
#[derive(Clone, Copy, Debug)]
pub struct Combination<'a> {
    /// The inputs, at least one.
    pub terms: &'a [Term<'a>],
    /// b, one number a slot.
    pub constants: &'a [i64],
    /// What the result is bound to.
    pub ad: &'a AssociatedData,
}

impl EvaluationKey {
    /// Evaluates `combination` under `key` if `policy` allows it: inputs of one round, permitted weights.
    ///
    /// ```text
    /// cost: 3 variable-base multiplications an input, and those of an encryption
    /// ```
    /// The result is randomised, so it differs from one replica to the next: one evaluates, and the others
    /// check an [`EvaluationProof`] and [`retag`](Self::retag).
    ///
    /// # Errors
    /// [`Error::Mismatch`] for the evaluation key of another key, [`Error::Count`] for no input or another
    /// number of slots, [`Error::Decryption`] if a tag is wrong or the policy says no.
    pub fn evaluate<R: RngCore + CryptoRng>(
        &self,
        key: &RegisteredKey,
        combination: &Combination<'_>,
        policy: impl FnOnce(&Combination<'_>) -> bool,
        rng: &mut R,
    ) -> Result<(Ciphertext, EvaluationWitness), Error> {
        self.admit(key, combination, policy)?;
        let randomness = Randomness::generate(rng);
        let ciphertext = evaluate_with(self, key, combination, &randomness)?;
        Ok((ciphertext, EvaluationWitness(randomness)))
    }

    /// The policy and the tags of all inputs; no tag is skipped, and which one is wrong stays here.
    fn admit(
        &self,
        key: &RegisteredKey,
        combination: &Combination<'_>,
        policy: impl FnOnce(&Combination<'_>) -> bool,
    ) -> Result<(), Error> {
        if self.id() != key.id() {
            return Err(Error::Mismatch);
        }
        combination.check_counts(key)?;
        if !policy(combination) {
            return Err(Error::Decryption);
        }
        let tags = combination.terms.iter().map(|term| self.tags(term.ad, term.ciphertext));
        let all =
            tags.collect::<Result<Vec<_>, _>>()?.into_iter().fold(Choice::from(1), |a, b| a & b);
        if declassify(all.unwrap_u8(), "whether an evaluation is admitted") == 1 {
            Ok(())
        } else {
            Err(Error::Decryption)
        }
    }
}

/// The evaluation of given randomness; the caller has admitted the combination.
pub(crate) fn evaluate_with(
    evaluation: &EvaluationKey,
    key: &RegisteredKey,
    combination: &Combination<'_>,
    randomness: &Randomness,
) -> Result<Ciphertext, Error> {
    let Sum { x, e, t } = combination.sum(key)?;
    let [x1, x2, x3] = x;
    let [r1, r2, r3] = randomness.points();
    let fresh = |(index, e): (usize, G1)| {
        let bases = key.slot_bases(index).ok_or(Error::Count)?;
        Ok(e + randomness.evaluate(&bases))
    };
    let e = e.into_iter().enumerate().map(fresh).collect::<Result<Vec<_>, Error>>()?;
    let t = t + randomness.evaluate(&key.consistency_bases());
    let core = Core::new(Element::new([x1 + r1, x2 + r2, x3 + r3])?, &e, t)?;
    let bound = Bound { key: key.id(), ad: combination.ad, core: &core };
    let tag = *bound.tag_by_key(evaluation)?;
    Ok(Ciphertext::new(core, tag))
}

/// A combination before it is randomised.
#[derive(Debug)]
struct Sum {
    x: [G1; 3],
    e: Vec<G1>,
    t: G1,
}

impl Combination<'_> {
    fn check_counts(&self, key: &RegisteredKey) -> Result<(), Error> {
        let slots = key.slots();
        let fit = self.terms.iter().all(|term| term.ciphertext.slots() == slots);
        let fit = fit && self.constants.len() == slots.get() && !self.terms.is_empty();
        if fit { Ok(()) } else { Err(Error::Count) }
    }

    /// Σ wᵢ·C⁽ⁱ⁾ + b.
    fn sum(&self, key: &RegisteredKey) -> Result<Sum, Error> {
        self.check_counts(key)?;
        let x = [0, 1, 2].map(|part| self.weigh(|core| core.x().points().get(part).copied()));
        let [x1, x2, x3] = x;
        let e = self.constants.iter().enumerate().map(|(slot, constant)| {
            Ok(self.weigh(|core| core.e().get(slot).copied())? + message(*constant))
        });
        Ok(Sum {
            x: [x1?, x2?, x3?],
            e: e.collect::<Result<_, Error>>()?,
            t: self.weigh(|core| Some(core.t()))?,
        })
    }

    /// Σ wᵢ·(a part of C⁽ⁱ⁾).
    fn weigh(&self, part: impl Fn(&Core) -> Option<G1>) -> Result<G1, Error> {
        let parts = self.terms.iter().map(|term| part(term.ciphertext.core()));
        let parts = parts.collect::<Option<Vec<_>>>().ok_or(Error::Count)?;
        let signed = |(term, part): (&Term<'_>, G1)| if term.weight < 0 { -part } else { part };
        let signed: Vec<_> = self.terms.iter().zip(parts).map(signed).collect();
        let weights = self.terms.iter().map(|term| Scalar::from_u64(term.weight.unsigned_abs()));
        G1::multi_exp_vartime(&signed, &weights.collect::<Vec<_>>()).map_err(|_| Error::Count)
    }
}

/// [b]H, for a public b.
fn message(constant: i64) -> G1 {
    if constant == 0 { G1::identity() } else { generators().h.mul_i64(constant) }
}
