//! Secret elements of ℤᵣ, zero included: messages, digits, sums of secrets.

use core::fmt;

use ff::Field;
use rand_core::{CryptoRng, RngCore};
use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{Scalar, SecretScalar};
use crate::{DecodeError, declassify};

/// A secret element of ℤᵣ, perhaps zero: 32 canonical bytes, wiped on drop.
///
/// Where zero would be a mistake, [`SecretScalar`] is the type. All arithmetic is constant time.
/// Not `Copy`, not `Clone`, not comparable in variable time, and `Debug` prints no digit of it.
///
/// ```
/// use medcrypto_core::bls::{Scalar, SecretResidue};
/// let (nonce, digit) = (SecretResidue::from_u64(5), SecretResidue::from_i64(-2));
/// let response = nonce.plus(&digit.scaled(&Scalar::from_u64(3)));
/// assert_eq!(response.publish("a response"), -Scalar::ONE);
/// ```
/// ```compile_fail
/// # use medcrypto_core::bls::SecretResidue;
/// fn copied(secret: &SecretResidue) -> SecretResidue { secret.clone() }
/// ```
pub struct SecretResidue(Zeroizing<[u8; 32]>);

impl SecretResidue {
    /// Encoded length in bytes.
    pub const LEN: usize = 32;

    /// Samples from ℤᵣ by wide reduction; the bias is below 2⁻²⁵⁵.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        let mut wide = Zeroizing::new([0; 64]);
        rng.fill_bytes(wide.as_mut_slice());
        Self::new(Scalar::from_wide(&wide))
    }

    /// A secret number.
    #[must_use]
    pub fn from_u64(value: u64) -> Self {
        Self::new(Scalar::from_u64(value))
    }

    /// A secret number, its sign included.
    #[must_use]
    pub fn from_i64(value: i64) -> Self {
        let magnitude = Scalar::from_u64(value.unsigned_abs());
        let negative = Choice::from(u8::from(value < 0));
        let signed = blstrs::Scalar::conditional_select(&magnitude.0, &-magnitude.0, negative);
        Self::new(Scalar(signed))
    }

    /// Decodes 32 big-endian bytes of a number below r.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`].
    pub fn from_bytes(bytes: &[u8; Self::LEN]) -> Result<Self, DecodeError> {
        let decoded = blstrs::Scalar::from_bytes_be(bytes);
        let canonical = declassify(decoded.is_some().unwrap_u8(), "whether a scalar is below r");
        (canonical == 1)
            .then(|| Self::new(Scalar(decoded.unwrap_or(blstrs::Scalar::ZERO))))
            .ok_or(DecodeError::NonCanonical)
    }

    /// The 32 big-endian bytes, for storage by the caller, or as the witness of a nonce.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        self.0.clone()
    }

    /// `self + other`.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        Self::new(self.field() + other.field())
    }

    /// `self − other`.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        Self::new(self.field() - other.field())
    }

    /// `self · other`.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        Self::new(self.field() * other.field())
    }

    /// `public · self`.
    #[must_use]
    pub fn scaled(&self, public: &Scalar) -> Self {
        Self::new(self.field() * *public)
    }

    /// `1 / self`; zero of zero.
    #[must_use]
    pub fn inverted(&self) -> Self {
        Self::new(Scalar(self.field().0.invert().unwrap_or(blstrs::Scalar::ZERO)))
    }

    /// The value, which from here on is public for `reason`: a response of a proof, a message that
    /// was decrypted. Never a key, a nonce, or a part of one.
    #[must_use]
    pub fn publish(&self, reason: &'static str) -> Scalar {
        declassify(self.field(), reason)
    }

    fn new(scalar: Scalar) -> Self {
        Self(Zeroizing::new(scalar.to_bytes()))
    }

    fn field(&self) -> Scalar {
        // The bytes are canonical by construction, so the default is unreachable.
        Scalar(blstrs::Scalar::from_bytes_be(&self.0).unwrap_or(blstrs::Scalar::ZERO))
    }
}

impl From<&SecretScalar> for SecretResidue {
    fn from(secret: &SecretScalar) -> Self {
        Self(secret.to_secret_bytes())
    }
}

impl fmt::Debug for SecretResidue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretResidue").finish_non_exhaustive()
    }
}

impl ConstantTimeEq for SecretResidue {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_slice().ct_eq(other.0.as_slice())
    }
}

/// What a point may be multiplied by in constant time: [`SecretScalar`] and [`SecretResidue`].
pub trait SecretExponent: private::Exponent {}

impl SecretExponent for SecretScalar {}
impl SecretExponent for SecretResidue {}

pub(super) mod private {
    use zeroize::Zeroizing;

    use super::{Scalar, SecretResidue, SecretScalar};

    /// Access to the number, for this module tree alone.
    #[allow(unnameable_types, reason = "it seals `SecretExponent`")]
    pub trait Exponent {
        /// The field element, for one operation.
        fn element(&self) -> Scalar;
        /// The 32 little-endian bytes, for the digits of a comb.
        fn little_endian(&self) -> Zeroizing<[u8; 32]>;
    }

    impl Exponent for SecretScalar {
        fn element(&self) -> Scalar {
            self.expose()
        }
        fn little_endian(&self) -> Zeroizing<[u8; 32]> {
            reversed(self.to_secret_bytes())
        }
    }

    impl Exponent for SecretResidue {
        fn element(&self) -> Scalar {
            self.field()
        }
        fn little_endian(&self) -> Zeroizing<[u8; 32]> {
            reversed(self.0.clone())
        }
    }

    fn reversed(mut bytes: Zeroizing<[u8; 32]>) -> Zeroizing<[u8; 32]> {
        bytes.reverse();
        bytes
    }
}
