//! Parameters from a public ceremony, which no dealer could have kept x of.
//!
//! ```text
//! input       [τ⁰]P₁ … [τ⁴⁰⁹⁵]P₁,  [τ⁰]P₂ … [τ⁶⁴]P₂,  the Lagrange basis of 𝔾₁: the file trusted_setup.txt of
//!             Ethereum's c-kzg, text: 4096, 65, then a point a line in hexadecimal, in the order
//!             Lagrange 𝔾₁, powers 𝔾₂, powers 𝔾₁
//! check       first powers P₁ and P₂;  Σ Lagrange = P₁;  no point the identity
//!             e(Σ[δᵢ][τⁱ⁺¹]P₁, P₂) = e(Σ[δᵢ][τⁱ]P₁, [τ]P₂),   δᵢ 128 bits, hashed from all points
//!             e(P₁, Σ[δᵢ][τⁱ⁺¹]P₂) = e([τ]P₁, Σ[δᵢ][τⁱ]P₂)
//! parameters  Z(X) = Π_{i<U}(X + i);  Γ = [Z(τ)]P₁,  σᵢ = [Z(τ)/(τ + i)]P₁,  gvk = [τ]P₂,  so x = τ
//! ```
//! Z and its quotients have degree U and U − 1, so up to u = 11 the powers suffice. One honest participant of the
//! ceremony suffices too. Assumption: SDH with 4095 powers in 𝔾₁ and 64 in 𝔾₂, whatever U is; Cheon (2006) costs
//! 2^121.4.
//!
//! That signatures verify does not say where they come from: with the same powers anybody makes
//! Γ = [Z(τ)(τ + U)]P₁, under which also U is signed. Whoever did not derive the parameters lets
//! [`PowersOfTau::confirm`] compare Γ.

#[cfg(test)]
mod tests;

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::bls::{G1, G2, NonIdentityG1, NonIdentityG2, Scalar, pairing_product_is_one};
use medcrypto_core::{DecodeError, Transcript, dst};

use super::{DigitBits, RangeParameters, UncheckedRangeParameters, weights};
use crate::Error;

/// The text of a ceremony as received: points of the groups, and nothing is known about them.
pub struct UncheckedPowersOfTau {
    lagrange: Vec<NonIdentityG1>,
    twisted: Vec<NonIdentityG2>,
    powers: Vec<NonIdentityG1>,
}

impl UncheckedPowersOfTau {
    /// Powers in 𝔾₁.
    pub const POWERS: usize = 4096;
    /// Powers in 𝔾₂.
    pub const TWISTED_POWERS: usize = 65;

    /// Reads the format of the module's head, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`] for other numbers of lines or digits, otherwise as for a point.
    pub fn from_text(text: &str) -> Result<Self, DecodeError> {
        let mut lines = text.lines();
        for count in [Self::POWERS, Self::TWISTED_POWERS] {
            let line = lines.next().ok_or(DecodeError::Length)?;
            if line.parse() != Ok(count) || line.starts_with(['+', '0']) {
                return Err(DecodeError::NonCanonical);
            }
        }
        let mut line = || lines.next().ok_or(DecodeError::Length);
        let mut point = || NonIdentityG1::from_bytes(&bytes(line()?)?);
        let lagrange = (0..Self::POWERS).map(|_| point()).collect::<Result<_, _>>()?;
        let mut point = || NonIdentityG2::from_bytes(&bytes(line()?)?);
        let twisted = (0..Self::TWISTED_POWERS).map(|_| point()).collect::<Result<_, _>>()?;
        let mut point = || NonIdentityG1::from_bytes(&bytes(line()?)?);
        let powers = (0..Self::POWERS).map(|_| point()).collect::<Result<_, _>>()?;
        if lines.next().is_some() {
            return Err(DecodeError::Length);
        }
        Ok(Self { lagrange, twisted, powers })
    }

    /// Checks that the points are powers of one τ.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(self) -> Result<PowersOfTau, Error> {
        let seed = self.seed();
        let powers: Vec<_> = self.powers.iter().map(NonIdentityG1::point).collect();
        let twisted: Vec<_> = self.twisted.iter().map(NonIdentityG2::point).collect();
        let ([one, tau, ..], [one_twisted, tau_twisted, ..]) = (&powers[..], &twisted[..]) else {
            return Err(Error::Verification);
        };
        let lagrange = self.lagrange.iter().map(NonIdentityG1::point).sum::<G1>();
        let generators = (*one, *one_twisted, lagrange);
        if generators != (G1::generator(), G2::generator(), G1::generator()) {
            return Err(Error::Verification);
        }
        let [low, high] = neighbours(&powers, |points| {
            G1::multi_exp_vartime(points, &weights(&seed, points.len()))
        })?;
        let [low_twisted, high_twisted] = neighbours(&twisted, |points| {
            G2::multi_exp_vartime(points, &weights(&seed, points.len()))
        })?;
        let first = [(high, *one_twisted), (-low, *tau_twisted)];
        let second = [(*one, high_twisted), (-*tau, low_twisted)];
        if !pairing_product_is_one(&first) || !pairing_product_is_one(&second) {
            return Err(Error::Verification);
        }
        let key = self.twisted.get(1).copied().ok_or(Error::Verification)?;
        Ok(PowersOfTau { powers, key })
    }

    fn seed(&self) -> [u8; 32] {
        let mut transcript = Transcript::new(dst::khpke::WEIGHTS);
        let groups = [&self.lagrange, &self.powers];
        groups.into_iter().flatten().for_each(|p| transcript.append_bytes(b"G1", &p.to_bytes()));
        self.twisted.iter().for_each(|p| transcript.append_bytes(b"G2", &p.to_bytes()));
        transcript.challenge_bytes(b"powers")
    }
}

impl fmt::Debug for UncheckedPowersOfTau {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UncheckedPowersOfTau").finish_non_exhaustive()
    }
}

/// The weighted sums of all points but the last, and of all but the first, under the same weights.
fn neighbours<P, E>(points: &[P], sum: impl Fn(&[P]) -> Result<P, E>) -> Result<[P; 2], Error> {
    let (Some((_, low)), Some((_, high))) = (points.split_last(), points.split_first()) else {
        return Err(Error::Verification);
    };
    let total = |points| sum(points).or(Err(Error::Verification));
    Ok([total(low)?, total(high)?])
}

/// Powers of one τ that nobody knows if one participant of the ceremony was honest.
pub struct PowersOfTau {
    powers: Vec<G1>,
    key: NonIdentityG2,
}

impl PowersOfTau {
    /// Derives the parameters of digits of `bits` bits: always the same ones. 2^u multi-exponentiations of
    /// 2^u points, about a second for u = 8 and ten for u = 10, once.
    ///
    /// # Errors
    /// [`Error::Range`] beyond 11 bits, [`Error::Decode`] if −τ is a digit, which anybody would see.
    pub fn range_parameters(&self, bits: DigitBits) -> Result<UncheckedRangeParameters, Error> {
        let product = product(bits);
        let base = self.commit(&product)?;
        let sign = |digit: u32| self.commit(&quotient(&product, digit));
        let signatures = (0..bits.values()).map(sign).collect::<Result<_, _>>()?;
        Ok(UncheckedRangeParameters { bits, base, key: self.key, signatures })
    }

    /// Checks that parameters were derived from these powers; one multi-exponentiation of 2^u points.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn confirm(&self, parameters: &RangeParameters) -> Result<(), Error> {
        let UncheckedRangeParameters { bits, base, key, .. } = parameters.unchecked();
        let derived = self.commit(&product(*bits)).or(Err(Error::Verification))?;
        // Γ and gvk determine every signature, and those are verified.
        if (derived, self.key) == (*base, *key) { Ok(()) } else { Err(Error::Verification) }
    }

    /// [f(τ)]P₁ of the coefficients of f, the constant one first.
    fn commit(&self, coefficients: &[Scalar]) -> Result<NonIdentityG1, Error> {
        let powers = self.powers.get(..coefficients.len()).ok_or(Error::Range)?;
        let point = G1::multi_exp_vartime(powers, coefficients).or(Err(Error::Count))?;
        Ok(point.try_into()?)
    }
}

impl fmt::Debug for PowersOfTau {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PowersOfTau").field("key", &self.key).finish_non_exhaustive()
    }
}

/// The coefficients of Z(X) = Π_{i<U}(X + i), the constant one first.
fn product(bits: DigitBits) -> Vec<Scalar> {
    (0..bits.values()).fold(alloc::vec![Scalar::ONE], |product, digit| {
        let digit = Scalar::from_u64(digit.into());
        let zero = || core::iter::once(Scalar::from_u64(0));
        let shifted = zero().chain(product.iter().copied());
        let scaled = product.iter().map(|coefficient| *coefficient * digit).chain(zero());
        shifted.zip(scaled).map(|(shifted, scaled)| shifted + scaled).collect()
    })
}

/// The coefficients of Z(X)/(X + i), from the highest down: q_{k−1} = z_k − i·q_k.
fn quotient(product: &[Scalar], digit: u32) -> Vec<Scalar> {
    let digit = Scalar::from_u64(digit.into());
    let mut coefficients: Vec<_> = product
        .iter()
        .skip(1)
        .rev()
        .scan(Scalar::from_u64(0), |previous, coefficient| {
            *previous = *coefficient - digit * *previous;
            Some(*previous)
        })
        .collect();
    coefficients.reverse();
    coefficients
}

/// The bytes of 2N digits, small or large.
fn bytes<const N: usize>(digits: &str) -> Result<[u8; N], DecodeError> {
    if digits.len() != 2 * N {
        return Err(DecodeError::Length);
    }
    let nibble = |digit: char| {
        let value = digit.to_digit(16).and_then(|value| u8::try_from(value).ok());
        value.ok_or(DecodeError::NonCanonical)
    };
    let mut nibbles = digits.chars().map(nibble);
    let mut bytes = [0; N];
    for byte in &mut bytes {
        let mut next = || nibbles.next().unwrap_or(Err(DecodeError::Length));
        *byte = 16 * next()? + next()?;
    }
    Ok(bytes)
}
