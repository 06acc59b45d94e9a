//! Single-party setup: one party draws the trapdoor, labels the key with its name, and forgets it.
//!
//! ```text
//! trapdoor   α, β, γ, δ, τ ←$ ℤᵣ, random generators of 𝔾₁ and 𝔾₂
//! key        Groth16's, over the matrices of the circuit
//! label      Provenance::SingleParty inside the key, so inside its digest
//! ```
//!
//! Whoever kept the trapdoor can forge proofs for this key. ark-groth16 does not wipe its copies:
//! run setup in a process of its own where that matters. Status: *published*.

use ark_bls12_381::Bls12_381;
use ark_groth16::Groth16;
use ark_relations::gr1cs::{
    ConstraintSynthesizer, ConstraintSystemRef, LinearCombination, Result as SynthesisResult,
    Variable,
};
use rand_core::{CryptoRng, RngCore};

use crate::circuit::{Circuit, Matrices};
use crate::error::Error;
use crate::field::{Fr, SchemaDigest};
use crate::gadget::system::{INPUTS, Sparse};
use crate::keys::{Provenance, ProvingKey, VerifyingKey};

/// Runs the single-party setup of a circuit.
///
/// # Errors
/// [`Error::ProofSystem`], or [`Error::DegenerateKey`] with negligible probability.
pub fn single_party<R: RngCore + CryptoRng>(
    circuit: Circuit,
    provenance: Provenance,
    rng: &mut R,
) -> Result<ProvingKey, Error> {
    let queries = Groth16::<Bls12_381>::generate_random_parameters_with_reduction(
        Fixed(circuit.matrices()),
        rng,
    )
    .map_err(|_| Error::ProofSystem)?;
    let names = (circuit.requirement_digest(), SchemaDigest::of(&circuit.schema()));
    let verifying = VerifyingKey::new(provenance, circuit.digest(), names, queries.vk.clone())?;
    ProvingKey::new(circuit, verifying, queries)
}

/// Hands finished matrices to arkworks.
struct Fixed<'a>(&'a Matrices);

impl ConstraintSynthesizer<Fr> for Fixed<'_> {
    fn generate_constraints(self, cs: ConstraintSystemRef<Fr>) -> SynthesisResult<()> {
        let zero = Fr::from(0u64);
        for _ in 0..INPUTS {
            let _ = cs.new_input_variable(|| Ok(zero))?;
        }
        for _ in INPUTS + 1..self.0.columns {
            let _ = cs.new_witness_variable(|| Ok(zero))?;
        }
        let [a, b, c] = &self.0.sides;
        for ((a, b), c) in a.iter().zip(b).zip(c) {
            cs.enforce_r1cs_constraint(|| combination(a), || combination(b), || combination(c))?;
        }
        Ok(())
    }
}

fn combination(side: &Sparse) -> LinearCombination<Fr> {
    let variable = |column: usize| match column {
        0 => Variable::One,
        input if input <= INPUTS => Variable::instance(input),
        witness => Variable::witness(witness - INPUTS - 1),
    };
    LinearCombination(side.iter().map(|(scale, column)| (*scale, variable(*column))).collect())
}
