//! Proofs that a committed record meets a requirement (Groth16, EUROCRYPT 2016).
//!
//! ```text
//! prove     evaluate → synthesise → check every row → A, B, C with fresh r, s
//! verify    e(A, B) = e(α, β) · e(Σ inputᵢ·ICᵢ, γ) · e(C, δ)
//! bytes     version ‖ suite ‖ tag ‖ A 48 ‖ B 96 ‖ C 48                           3 + 192 bytes
//! ```
//!
//! | step | ark-groth16 0.6 | here |
//! |---|---|---|
//! | inputs | a slice of any length: missing ones are 0, extra ones ignored | seven, by type |
//! | unmet | returns a proof that does not verify | an error before any group operation |
//! | synthesis | again and again | cached matrices, values only |
//! | points | identity allowed | identity refused |
//!
//! A proof can be re-randomised by anybody: never use its bytes as an identifier; the nullifier
//! is the identifier. The prover is **not** constant time in the witness (multi-scalar
//! multiplications of the backend skip zeros and small scalars), and the backend does not wipe its
//! copies of it: prove on the holder's own device.
//! The verifier works on public values only. Status: *published*.

use ark_bls12_381::{Bls12_381, Fq12, G1Affine, G1Projective, G2Affine};
use ark_ec::pairing::Pairing;
use ark_ec::{AffineRepr, CurveGroup};
use ark_ff::{Field, UniformRand};
use ark_groth16::Groth16;
use ark_serialize::{CanonicalDeserialize, CanonicalSerialize};
use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::circuit::{Witness, synthesise};
use crate::commitment::RecordOpening;
use crate::error::Error;
use crate::field::{ContextDigest, Fr, PolicyDigest};
use crate::gadget::System;
use crate::gadget::system::INPUTS;
use crate::holder::HolderSecret;
use crate::keys::{ProvingKey, VerifyingKey};
use crate::requirement::Truth;
use crate::statement::{Scope, Statement, nullifier};

/// A proof; 3 + 192 bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    a: G1Affine,
    b: G2Affine,
    c: G1Affine,
}

impl Proof {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + 192;

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut points = Vec::with_capacity(192);
        // Writing to a Vec cannot fail; were it to, the short encoding is refused by every decoder.
        let _ = self.a.serialize_compressed(&mut points);
        let _ = self.b.serialize_compressed(&mut points);
        let _ = self.c.serialize_compressed(&mut points);
        Writer::with_capacity(Self::LEN).header(Header::v1(Tag::ZkProof)).array(&points).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// See [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::ZkProof))?;
        let (a, b, c) = (reader.array::<48>()?, reader.array::<96>()?, reader.array::<48>()?);
        reader.finish()?;
        let proof = Self { a: point(&a)?, b: point(&b)?, c: point(&c)? };
        if proof.to_bytes() == bytes { Ok(proof) } else { Err(DecodeError::NonCanonical) }
    }
}

/// A point of the right group that is not the identity.
fn point<P: AffineRepr + CanonicalDeserialize>(bytes: &[u8]) -> Result<P, DecodeError> {
    let point = P::deserialize_compressed(bytes).map_err(|_| DecodeError::NotInGroup)?;
    if point.is_zero() { Err(DecodeError::Identity) } else { Ok(point) }
}

impl ProvingKey {
    /// The statement that `opening` and `secret` can prove under this key.
    ///
    /// # Errors
    /// [`Error::WrongRecord`] when the record is another holder's or of another schema.
    pub fn statement(
        &self,
        opening: &RecordOpening,
        secret: &HolderSecret,
        context: ContextDigest,
        scope: &Scope,
        policy: PolicyDigest,
    ) -> Result<Statement, Error> {
        let same_schema = opening.schema_digest() == self.verifying_key().schema_digest();
        if !same_schema || opening.holder() != secret.commitment() {
            return Err(Error::WrongRecord);
        }
        let nullifier = nullifier(secret, opening.lineage(), scope);
        let requirement = self.circuit().requirement_digest();
        let commitment = opening.commitment();
        Ok(Statement::new(commitment, requirement, context, nullifier, scope, policy))
    }

    /// Proves `statement`.
    ///
    /// # Errors
    /// [`Error::WrongRecord`] for another holder's record, [`Error::Unmet`] before any other work
    /// when the record does not meet the requirement, [`Error::Inconsistent`] when the statement
    /// is not about this record, holder and requirement.
    pub fn prove<R: RngCore + CryptoRng>(
        &self,
        statement: &Statement,
        opening: &RecordOpening,
        secret: &HolderSecret,
        rng: &mut R,
    ) -> Result<Proof, Error> {
        let same_schema = opening.schema_digest() == self.verifying_key().schema_digest();
        if !same_schema || opening.holder() != secret.commitment() {
            return Err(Error::WrongRecord);
        }
        if self.circuit().requirement().evaluate(opening.record()) != Truth::True {
            return Err(Error::Unmet);
        }
        let assignment = self.assignment(statement, &Witness::new(opening, secret))?;
        self.prove_assignment(&assignment, rng)
    }

    /// The assignment of a witness, if it satisfies every row of the circuit.
    fn assignment(
        &self,
        statement: &Statement,
        witness: &Witness,
    ) -> Result<Zeroizing<Vec<Fr>>, Error> {
        let mut system = System::values_only(&statement.inputs());
        synthesise(&mut system, self.circuit().program(), witness);
        if system.violated().is_some() {
            return Err(Error::Inconsistent);
        }
        let (_, assignment) = system.finish();
        let assignment = Zeroizing::new(assignment);
        let satisfied = self.circuit().matrices().are_satisfied_by(&assignment);
        if satisfied { Ok(assignment) } else { Err(Error::ProofSystem) }
    }

    fn prove_assignment<R: RngCore + CryptoRng>(
        &self,
        assignment: &[Fr],
        rng: &mut R,
    ) -> Result<Proof, Error> {
        let matrices = self.circuit().matrices();
        let (r, s) = (Zeroizing::new(Fr::rand(rng)), Zeroizing::new(Fr::rand(rng)));
        let proof = Groth16::<Bls12_381>::create_proof_with_reduction_and_matrices(
            self.queries(),
            *r,
            *s,
            &matrices.sides,
            INPUTS + 1,
            matrices.rows(),
            assignment,
        )
        .map_err(|_| Error::ProofSystem)?;
        Ok(Proof { a: proof.a, b: proof.b, c: proof.c })
    }
}

impl VerifyingKey {
    /// Checks a proof. Variable time: every input is public.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(&self, statement: &Statement, proof: &Proof) -> Result<(), Error> {
        let points = self.points();
        let [first, rest @ ..] = points.gamma_abc_g1.as_slice() else {
            return Err(Error::Verification);
        };
        let inputs = statement.inputs();
        if rest.len() != inputs.len() || statement.requirement() != self.requirement_digest() {
            return Err(Error::Verification);
        }
        let sum = rest
            .iter()
            .zip(inputs)
            .fold(first.into_group(), |sum: G1Projective, (ic, input)| sum + *ic * input);
        let left = [-proof.a.into_group(), points.alpha_g1.into(), sum, proof.c.into_group()];
        let left = G1Projective::normalize_batch(&left);
        let right = [proof.b, points.beta_g2, points.gamma_g2, points.delta_g2];
        let product = Bls12_381::multi_pairing(left, right);
        if product.0 == Fq12::ONE { Ok(()) } else { Err(Error::Verification) }
    }
}
