//! Digits that are signed and linear rows about them, as one proof: what every range statement is made of.
//!
//! ```text
//! relation   for every digit j < m:  V̄ⱼ = [vⱼ]Γ − [τⱼ]Vⱼ,  V̄ⱼ = [x]Vⱼ,  Vⱼ ≠ O      so τⱼ is signed: 0 ≤ τⱼ < U
//!            for every row i:        Yᵢ = Σ_b [ℓᵢ_b(τ, w)]B_b                           with the same τ
//! commit     vⱼ ←$ ℤᵣ*;  Vⱼ = [vⱼ]σ_{τⱼ},  V̄ⱼ = [vⱼ]Γ − [τⱼ]Vⱼ
//!            sⱼ, qⱼ, s_w ←$ ℤᵣ;  aⱼ = [qⱼ]Γ − [sⱼ]Vⱼ,  Aᵢ = Σ_b [ℓᵢ_b(s)]B_b
//! challenge  c, 128 bits, after everything above
//! respond    zⱼ = sⱼ + c·τⱼ,  zvⱼ = qⱼ + c·vⱼ,  z_w = s_w + c·w
//! verify     aⱼ + [c]V̄ⱼ ≟ [zvⱼ]Γ − [zⱼ]Vⱼ,   Aᵢ + [c]Yᵢ ≟ Σ_b [ℓᵢ_b(z)]B_b,   Vⱼ ≠ O
//!            e(Σ[δⱼ]V̄ⱼ, P₂) ≟ e(Σ[δⱼ]Vⱼ, gvk),   δⱼ 128 bits, from the transcript after the responses
//! batch      e(Σ[δ₃]V̄ + M, P₂) ≟ e(Σ[δ₃]V, gvk),   M = Σ[δ₁](digit equations) + Σ[δ₂](rows),  M = O if all hold
//! compact    V ‖ V̄ ‖ c ‖ z ‖ zv ‖ z_w          a and A are what the equations say, and c has to be theirs
//! batchable  V ‖ V̄ ‖ a ‖ A ‖ z ‖ zv ‖ z_w
//! ```
//! The digit equation is that of Camenisch, Drijvers and Hajny (2016), which needs no pairing of the prover;
//! the conjunction with rows is ours. A weight belongs to one equation and is drawn when every byte of every
//! proof of the batch, responses included, is fixed.

mod body;
#[cfg(test)]
mod tests;
mod verify;

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, NonIdentityG1, Scalar, SecretResidue};
use medcrypto_core::{DecodeError, Transcript};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use super::RangeParameters;
use crate::Error;
use crate::sigma::{self, Challenge, Row};

use body::Responses;
pub(crate) use body::{BatchableBody, CompactBody, Shape};
pub(crate) use verify::{Claim, verify_all};

/// m digits, then `others` further secrets, and what the rows say about all of them.
///
/// The forms of the rows count the digits from 0 to m − 1 and the other secrets from m on.
#[derive(Clone, Debug)]
pub(crate) struct Conjunction<'a> {
    pub(crate) parameters: &'a RangeParameters,
    pub(crate) digits: usize,
    pub(crate) others: usize,
    pub(crate) rows: Vec<Row<'a>>,
}

/// The digits, each below U, and the other secrets.
pub(crate) struct Hidden {
    pub(crate) digits: Zeroizing<Vec<u16>>,
    pub(crate) others: Vec<SecretResidue>,
}

/// What is fixed before the challenge.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Commitments {
    v: Vec<NonIdentityG1>,
    v_bar: Vec<NonIdentityG1>,
    a: Vec<NonIdentityG1>,
    rows: Vec<NonIdentityG1>,
}

/// A proof in all its parts; it travels in one of two forms.
#[derive(Clone, Debug)]
pub(crate) struct Proved {
    commitments: Commitments,
    challenge: Challenge,
    responses: Responses,
}

impl Proved {
    /// Without the commitments that the equations give.
    pub(crate) fn compact(self) -> CompactBody {
        let Commitments { v, v_bar, .. } = self.commitments;
        CompactBody { v, v_bar, challenge: self.challenge, responses: self.responses }
    }

    /// Without the challenge that the transcript gives.
    pub(crate) fn batchable(self) -> BatchableBody {
        BatchableBody { commitments: self.commitments, responses: self.responses }
    }
}

impl Conjunction<'_> {
    /// How much there is of everything.
    pub(crate) fn shape(&self) -> Shape {
        Shape { digits: self.digits, others: self.others, rows: self.rows.len() }
    }

    /// Proves, after the statement is in the transcript; constant time in what is hidden.
    ///
    /// # Errors
    /// [`Error::Count`] for other numbers of secrets, [`Error::Verification`] if a row does not hold, or a
    /// generator gave zeros where no zero may be.
    pub(crate) fn prove<R: RngCore + CryptoRng>(
        &self,
        hidden: &Hidden,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Proved, Error> {
        self.holds(&self.secrets(hidden)?)?;
        self.moves(hidden, transcript, rng)
    }

    /// The moves of the prover, whether the rows hold or not.
    pub(crate) fn moves<R: RngCore + CryptoRng>(
        &self,
        hidden: &Hidden,
        transcript: &mut Transcript,
        rng: &mut R,
    ) -> Result<Proved, Error> {
        let secrets = self.secrets(hidden)?;
        // Hedged by all secrets: of the digits alone, which are few, everybody could try all.
        let mut blinders = sigma::nonces(transcript, &secrets, rng);
        blinders.truncate(self.digits);
        let (v, v_bar) = self.blinded(hidden, &secrets, &blinders)?;
        append(transcript, b"V", &v);
        append(transcript, b"Vbar", &v_bar);
        let nonces = sigma::nonces(transcript, &secrets, rng);
        let blinder_nonces = sigma::nonces(transcript, &blinders, rng);
        let a = self.answers(&v, &nonces, &blinder_nonces)?;
        let rows = self.rows.iter().map(|row| published(row.of_secrets(&nonces)));
        let commitments = Commitments { v, v_bar, a, rows: rows.collect::<Result<_, _>>()? };
        let challenge = commitments.challenge_after_v(transcript)?;
        let scalar = challenge.scalar();
        let responses = Responses {
            secrets: sigma::responses(&nonces, &scalar, &secrets),
            blinders: sigma::responses(&blinder_nonces, &scalar, &blinders),
        };
        responses.absorb(transcript);
        Ok(Proved { responses, commitments, challenge })
    }

    /// The digits as residues, then the others.
    fn secrets(&self, hidden: &Hidden) -> Result<Vec<SecretResidue>, Error> {
        if hidden.digits.len() != self.digits || hidden.others.len() != self.others {
            return Err(Error::Count);
        }
        let digits = hidden.digits.iter().map(|digit| SecretResidue::from_u64((*digit).into()));
        let others = hidden.others.iter().map(|other| other.scaled(&Scalar::ONE));
        Ok(digits.chain(others).collect())
    }

    /// Catches a wrong witness, and a balance that is not the caller's, before anything is sent.
    fn holds(&self, secrets: &[SecretResidue]) -> Result<(), Error> {
        let holds =
            |row: &Row<'_>| row.of_secrets(secrets).published("whether a row holds") == row.image;
        if self.rows.iter().all(holds) { Ok(()) } else { Err(Error::Verification) }
    }

    /// Vⱼ and V̄ⱼ.
    fn blinded(
        &self,
        hidden: &Hidden,
        secrets: &[SecretResidue],
        blinders: &[SecretResidue],
    ) -> Result<(Vec<NonIdentityG1>, Vec<NonIdentityG1>), DecodeError> {
        let bits = usize::from(self.parameters.digit_bits().get());
        let blind = |((digit, residue), v): ((&u16, &SecretResidue), &SecretResidue)| {
            let signature = self.parameters.signature(*digit).mul(v).published("V");
            let v_bar = self.parameters.base().mul(v) - signature.mul_bounded(residue, bits);
            Ok((NonIdentityG1::try_from(signature)?, published(v_bar)?))
        };
        let pairs = hidden.digits.iter().zip(secrets).zip(blinders).map(blind);
        let pairs: Vec<_> = pairs.collect::<Result<_, DecodeError>>()?;
        Ok(pairs.into_iter().unzip())
    }

    /// aⱼ.
    fn answers(
        &self,
        v: &[NonIdentityG1],
        nonces: &[SecretResidue],
        blinder_nonces: &[SecretResidue],
    ) -> Result<Vec<NonIdentityG1>, DecodeError> {
        let answer = |((v, s), q): ((&NonIdentityG1, &SecretResidue), &SecretResidue)| {
            published(self.parameters.base().mul(q) - v.point().mul(s))
        };
        v.iter().zip(nonces).zip(blinder_nonces).map(answer).collect()
    }
}

impl Commitments {
    /// The challenge of everything.
    fn challenge(&self, transcript: &mut Transcript) -> Result<Challenge, DecodeError> {
        append(transcript, b"V", &self.v);
        append(transcript, b"Vbar", &self.v_bar);
        self.challenge_after_v(transcript)
    }

    /// The challenge of a and A, when V and V̄ are in the transcript.
    fn challenge_after_v(&self, transcript: &mut Transcript) -> Result<Challenge, DecodeError> {
        append(transcript, b"a", &self.a);
        append(transcript, b"A", &self.rows);
        sigma::challenge(transcript)
    }
}

fn published(point: G1) -> Result<NonIdentityG1, DecodeError> {
    point.published("a commitment of a proof").try_into()
}

/// The points, one after the other, as one message.
fn append(transcript: &mut Transcript, label: &'static [u8], points: &[NonIdentityG1]) {
    let bytes: Vec<u8> = points.iter().flat_map(NonIdentityG1::to_bytes).collect();
    transcript.append_bytes(label, &bytes);
}
