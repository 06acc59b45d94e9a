//! Pedersen commitments to numbers (Pedersen 1991).
//!
//! ```text
//! Com = [t]H + [β]Q,  β ←$ ℤᵣ*,  −2⁶³ ≤ t < 2⁶⁴            perfectly hiding, binding under DL of (H, Q)
//! ```

use core::fmt;

use medcrypto_core::bls::{G1, NonIdentityG1, Scalar, SecretResidue, SecretScalar};
use medcrypto_core::{DecodeError, declassify};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::Error;
use crate::generators::generators;

/// The numbers that i64 and u64 hold together: −2⁶³ to 2⁶⁴ − 1.
pub(super) fn is_number(value: i128) -> bool {
    (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&value)
}

/// A number that anyone may know, as an exponent.
pub(super) fn scalar(value: i128) -> Scalar {
    let magnitude = Scalar::from_u128(value.unsigned_abs());
    if value < 0 { -magnitude } else { magnitude }
}

/// A commitment to a number; 48 bytes, a compressed point that is not the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment(NonIdentityG1);

impl Commitment {
    /// Encoded length in bytes.
    pub const LEN: usize = G1::LEN;

    pub(crate) fn point(&self) -> G1 {
        self.0.point()
    }

    /// The compressed point.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        self.0.to_bytes()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        NonIdentityG1::from_bytes(bytes).map(Self)
    }
}

/// A number and the blinding factor β of its commitment; wiped on drop.
///
/// Not clonable, not comparable, redacted in `Debug`.
pub struct Opening {
    value: Zeroizing<i128>,
    blinder: SecretResidue,
}

impl Opening {
    /// Draws β for a number.
    ///
    /// # Errors
    /// [`Error::Range`] unless `value` is from −2⁶³ to 2⁶⁴ − 1; [`Error::Decode`] if β would be 0, as with a
    /// generator of zeros.
    pub fn new<R: RngCore + CryptoRng>(value: impl Into<i128>, rng: &mut R) -> Result<Self, Error> {
        let value = Zeroizing::new(value.into());
        if !declassify(is_number(*value), "whether a number has 64 bits") {
            return Err(Error::Range);
        }
        let blinder = SecretScalar::from_bytes(&SecretResidue::generate(rng).to_secret_bytes())?;
        Ok(Self { value, blinder: SecretResidue::from(&blinder) })
    }

    /// `[t]H + [β]Q`, constant time.
    ///
    /// # Errors
    /// [`DecodeError::Identity`], once in 2²⁵⁵.
    pub fn commitment(&self) -> Result<Commitment, DecodeError> {
        let generators = generators();
        let point = generators.h.mul(&self.residue()) + generators.q.mul(&self.blinder);
        point.published("a commitment").try_into().map(Commitment)
    }

    pub(super) fn value(&self) -> i128 {
        *self.value
    }

    pub(super) fn blinder(&self) -> &SecretResidue {
        &self.blinder
    }

    fn residue(&self) -> SecretResidue {
        let [a, b, c, d, e, f, g, h, low @ ..] = self.value.to_be_bytes();
        let high = SecretResidue::from_i64(i64::from_be_bytes([a, b, c, d, e, f, g, h]));
        let low = SecretResidue::from_u64(u64::from_be_bytes(low));
        high.scaled(&Scalar::from_u128(1 << 64)).plus(&low)
    }
}

impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opening").finish_non_exhaustive()
    }
}
