//! Proofs of linear relations among points of 𝔾₁ (Schnorr 1991, Maurer 2009), the frame of every
//! proof of this crate.
//!
//! ```text
//! relation   rows  Yᵢ = Σ_b [ℓᵢ_b(w)]B_b,   every ℓᵢ_b a public linear form in the secrets w
//! commit     s ←$ ℤᵣ;  Aᵢ = Σ_b [ℓᵢ_b(s)]B_b
//! challenge  c, 128 bits, never 0, after everything that the verifier knows
//! respond    z = s + c·w
//! verify     Aᵢ + [c]Yᵢ ≟ Σ_b [ℓᵢ_b(z)]B_b
//! ```
//! The compact form sends c and leaves the Aᵢ to be recomputed as Σ_b [ℓᵢ_b(z)]B_b − [c]Yᵢ; the
//! batchable form sends the Aᵢ, so that many proofs become one weighted sum. In both, c is what the
//! transcript says and is never taken from the proof.

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, LengthMismatch, Scalar, SecretResidue};
use medcrypto_core::{DecodeError, Transcript};
use rand_core::{CryptoRng, RngCore};

use crate::generators::FixedPoint;

/// A public linear form in the secrets: coefficients by the index of the secret.
#[derive(Clone, Debug)]
pub(crate) struct Form(Vec<(usize, Scalar)>);

impl Form {
    /// The secret number `index` itself.
    pub(crate) fn one(index: usize) -> Self {
        Self(alloc::vec![(index, Scalar::ONE)])
    }

    /// The sum of the given multiples.
    pub(crate) fn weighted(terms: impl IntoIterator<Item = (usize, Scalar)>) -> Self {
        Self(terms.into_iter().collect())
    }

    fn secret(&self, secrets: &[SecretResidue]) -> SecretResidue {
        let scaled =
            |(index, weight): &(usize, Scalar)| secrets.get(*index).map(|s| s.scaled(weight));
        let terms = self.0.iter().filter_map(scaled);
        terms.fold(SecretResidue::from_u64(0), |sum, term| sum.plus(&term))
    }

    fn public(&self, values: &[Scalar]) -> Scalar {
        let scaled = |(index, weight): &(usize, Scalar)| values.get(*index).map(|v| *v * *weight);
        self.0.iter().filter_map(scaled).sum()
    }
}

/// A base of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Base<'a> {
    /// With a comb.
    Fixed(&'a FixedPoint),
    /// Without.
    Point(G1),
}

impl Base<'_> {
    /// `[secret]self`, constant time in `secret`.
    pub(crate) fn mul(&self, secret: &SecretResidue) -> G1 {
        match self {
            Self::Fixed(base) => base.mul(secret),
            Self::Point(point) => point.mul(secret),
        }
    }

    pub(crate) fn point(&self) -> G1 {
        match self {
            Self::Fixed(base) => *base.point(),
            Self::Point(point) => *point,
        }
    }
}

/// One equation `image = Σ [form(w)]base`.
#[derive(Clone, Debug)]
pub(crate) struct Row<'a> {
    pub(crate) image: G1,
    pub(crate) terms: Vec<(Base<'a>, Form)>,
}

impl Row<'_> {
    /// Σ [form(secrets)]base, constant time in the secrets.
    pub(crate) fn of_secrets(&self, secrets: &[SecretResidue]) -> G1 {
        self.terms.iter().map(|(base, form)| base.mul(&form.secret(secrets))).sum()
    }

    /// Σ [form(responses)]base − [c]image: the commitment that the responses answer.
    pub(crate) fn recomputed(
        &self,
        challenge: &Scalar,
        responses: &[Scalar],
    ) -> Result<G1, LengthMismatch> {
        let mut sum = WeightedSum::default();
        self.terms.iter().for_each(|(base, form)| sum.add(base, &form.public(responses)));
        sum.add(&Base::Point(-self.image), challenge);
        sum.total()
    }

    /// Adds weight·(Σ [form(responses)]base − [c]image − commitment), which is the identity if the row holds.
    pub(crate) fn weigh<'a>(
        &'a self,
        sum: &mut WeightedSum<'a>,
        weight: &Scalar,
        challenge: &Scalar,
        responses: &[Scalar],
        commitment: &G1,
    ) {
        for (base, form) in &self.terms {
            sum.add(base, &(*weight * form.public(responses)));
        }
        sum.add(&Base::Point(self.image), &-(*weight * *challenge));
        sum.add(&Base::Point(-*commitment), weight);
    }
}

/// A sum of public multiples that is computed at once; those of one fixed point are one.
///
/// Multiples of at most 128 bits stand apart: all of a multi-exponentiation are as long as its longest.
#[derive(Debug, Default)]
pub(crate) struct WeightedSum<'a> {
    fixed: Vec<(&'a FixedPoint, Scalar)>,
    short: Multiples,
    long: Multiples,
}

/// Points and what they are multiplied with.
#[derive(Debug, Default)]
struct Multiples {
    points: Vec<G1>,
    scalars: Vec<Scalar>,
}

impl Multiples {
    fn push(&mut self, point: G1, scalar: Scalar) {
        self.points.push(point);
        self.scalars.push(scalar);
    }

    fn total(&self) -> Result<G1, LengthMismatch> {
        G1::multi_exp_vartime(&self.points, &self.scalars)
    }
}

impl<'a> WeightedSum<'a> {
    /// Adds `[scalar]base`.
    pub(crate) fn add(&mut self, base: &Base<'a>, scalar: &Scalar) {
        match base {
            Base::Point(point) => {
                let short = scalar.to_bytes().iter().take(16).all(|byte| *byte == 0);
                let multiples = if short { &mut self.short } else { &mut self.long };
                multiples.push(*point, *scalar);
            }
            Base::Fixed(base) => {
                match self.fixed.iter_mut().find(|(known, _)| core::ptr::eq(*known, *base)) {
                    Some((_, sum)) => *sum = *sum + *scalar,
                    None => self.fixed.push((*base, *scalar)),
                }
            }
        }
    }

    /// The sum.
    pub(crate) fn total(&self) -> Result<G1, LengthMismatch> {
        let fixed = self.fixed.iter().map(|(base, scalar)| base.mul_vartime(scalar)).sum::<G1>();
        Ok(fixed + self.short.total()? + self.long.total()?)
    }
}

/// One nonce for every secret, hedged by the transcript so far and all secrets.
pub(crate) fn nonces<R: RngCore + CryptoRng>(
    transcript: &Transcript,
    secrets: &[SecretResidue],
    rng: &mut R,
) -> Vec<SecretResidue> {
    let mut witness =
        zeroize::Zeroizing::new(Vec::with_capacity(SecretResidue::LEN * secrets.len()));
    secrets
        .iter()
        .for_each(|secret| witness.extend_from_slice(secret.to_secret_bytes().as_slice()));
    let mut fork = transcript.clone();
    let mut nonce = |index: usize| {
        fork.append_u64(b"nonce", u64::try_from(index).unwrap_or(u64::MAX));
        SecretResidue::from(&fork.nonce(&witness, rng))
    };
    (0..secrets.len()).map(&mut nonce).collect()
}

/// The responses z = s + c·w, public.
pub(crate) fn responses(
    nonces: &[SecretResidue],
    challenge: &Scalar,
    secrets: &[SecretResidue],
) -> Vec<Scalar> {
    let respond = |(nonce, secret): (&SecretResidue, &SecretResidue)| {
        nonce.plus(&secret.scaled(challenge)).publish("a response")
    };
    nonces.iter().zip(secrets).map(respond).collect()
}

/// The 128-bit challenge of everything so far, never 0.
///
/// # Errors
/// [`DecodeError::NonCanonical`] for 0, once in 2¹²⁸.
pub(crate) fn challenge(transcript: &mut Transcript) -> Result<Challenge, DecodeError> {
    Challenge::from_bytes(&transcript.challenge_bytes(b"c"))
}

/// A challenge: 16 bytes, big-endian, not all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Challenge(u128);

impl Challenge {
    pub(crate) const LEN: usize = 16;

    pub(crate) fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        match u128::from_be_bytes(*bytes) {
            0 => Err(DecodeError::NonCanonical),
            challenge => Ok(Self(challenge)),
        }
    }

    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        self.0.to_be_bytes()
    }

    pub(crate) fn scalar(self) -> Scalar {
        Scalar::from_u128(self.0)
    }
}
