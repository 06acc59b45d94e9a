//! Parameters by a dealer who could have kept x, and so could prove anything. Feature `insecure-setup`.
//!
//! For tests and benches. Where one party deals for itself alone, it deceives nobody but itself; everybody
//! else derives the parameters from a public ceremony.

use alloc::vec::Vec;

use medcrypto_core::DecodeError;
use medcrypto_core::bls::{FixedBaseG1, G1, G2, SecretResidue};
use rand_core::{CryptoRng, RngCore};

use super::{DigitBits, UncheckedRangeParameters};
use crate::Error;

/// Draws x, signs every digit and forgets x.
///
/// # Errors
/// [`Error::Decode`] if −x is a digit, once in 2²³⁹, or always with a generator of zeros.
pub fn deal<R: RngCore + CryptoRng>(
    bits: DigitBits,
    rng: &mut R,
) -> Result<UncheckedRangeParameters, Error> {
    let secret = SecretResidue::generate(rng);
    let base = G1::mul_generator(&SecretResidue::generate(rng));
    let comb = FixedBaseG1::new(&base);
    let sign = |digit: u32| {
        let sum = secret.plus(&SecretResidue::from_u64(digit.into()));
        comb.mul(&sum.inverted()).published("a signature").try_into()
    };
    let signatures = (0..bits.values()).map(sign).collect::<Result<Vec<_>, DecodeError>>()?;
    Ok(UncheckedRangeParameters {
        bits,
        base: base.published("a base").try_into()?,
        key: G2::mul_generator(&secret).published("a verification key").try_into()?,
        signatures,
    })
}
