//! Ed25519, strict: RFC 8032, section 5.1, by ed25519-dalek. Status: *standard*.
//!
//! ```text
//! key        seed ∈ {0,1}²⁵⁶;  (a, prefix) = SHA-512(seed);  A = [a]B
//! sign       r = SHA-512(prefix ‖ m);  R = [r]B;  S = r + SHA-512(R ‖ A ‖ m)·a  mod ℓ
//! verify     S < ℓ,  R not of small order,  enc([S]B − [SHA-512(R ‖ A ‖ m)]A) ≟ R   (no cofactor)
//! ```
//!
//! RFC 8032 leaves open whether the equation is multiplied by the cofactor 8. Two verifiers that
//! choose differently disagree about crafted signatures, and a ledger of such verifiers forks.
//! There is one rule here, for single signatures, for ever; there is no batch verifier.
//!
//! | step | RFC 8032 | here |
//! |---|---|---|
//! | equation | with or without cofactor | without |
//! | key | any curve point | canonical, of prime order (no torsion component) |
//! | `R` | any curve point | not of small order |
//!
//! ```text
//! VerifyingKey   header 3 ‖ A 32         35 bytes
//! Signature      header 3 ‖ R 32 ‖ S 32  67 bytes
//! ```

use alloc::vec::Vec;
use core::fmt;

use ed25519_dalek::Signer;
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_core::{DecodeError, SecretBytes};
use zeroize::Zeroizing;

use crate::Error;

/// The group order ℓ = 2²⁵² + 27742317777372353535851937790883648493, little-endian.
const ORDER: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

/// A secret signing key: 32 bytes of seed. Not copied, not printed, wiped on drop.
///
/// Constant time in the seed.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Length of the seed in bytes.
    pub const SEED_LEN: usize = 32;

    /// The key of a seed; every seed is a key.
    #[must_use]
    pub fn from_seed(seed: &SecretBytes<{ Self::SEED_LEN }>) -> Self {
        Self(seed.expose(ed25519_dalek::SigningKey::from_bytes))
    }

    /// Draws a key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self::from_seed(&SecretBytes::generate(rng))
    }

    /// The seed, for storage by the caller.
    #[must_use]
    pub fn to_seed(&self) -> SecretBytes<{ Self::SEED_LEN }> {
        SecretBytes::new(Zeroizing::new(self.0.to_bytes()))
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key())
    }

    /// Signs `message`; deterministic.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.0.sign(message).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ed25519::SigningKey").finish_non_exhaustive()
    }
}

/// A public key: a point of prime order in its one encoding. 35 bytes with the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey(ed25519_dalek::VerifyingKey);

impl VerifyingKey {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + 32;

    /// Accepts only if `signature` is this key's over `message`.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), Error> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.verify_strict(message, &signature).map_err(|_| Error::Verification)
    }

    /// Header and compressed point.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::LEN)
            .header(Header::v1(Tag::SigEd25519Key))
            .array(self.0.as_bytes())
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`] or [`DecodeError::Header`]; [`DecodeError::NotInGroup`] for bytes
    /// that are no point and for a point of small or composite order;
    /// [`DecodeError::NonCanonical`] for a coordinate of 2²⁵⁵ − 19 or more.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigEd25519Key))?;
        let encoded = reader.array()?;
        reader.finish()?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(&encoded)
            .map_err(|_| DecodeError::NotInGroup)?;
        let point = key.to_edwards();
        if point.compress().to_bytes() != encoded {
            return Err(DecodeError::NonCanonical);
        }
        if point.is_small_order() || !point.is_torsion_free() {
            return Err(DecodeError::NotInGroup);
        }
        Ok(Self(key))
    }
}

/// A signature `R ‖ S` with `S < ℓ`. 67 bytes with the header.
///
/// `R` is not decoded: a verifier recomputes it and compares bytes, so an `R` that is no canonical
/// point verifies under no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + Self::BODY_LEN;
    /// Length inside a larger object.
    pub(crate) const BODY_LEN: usize = 64;

    /// Header, `R` and `S`.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::LEN).header(Header::v1(Tag::SigEd25519)).array(&self.0).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`], [`DecodeError::Header`], or [`DecodeError::NonCanonical`] for
    /// `S ≥ ℓ`, which would be a second signature over the same message.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigEd25519))?;
        let signature = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(signature)
    }

    /// Reads `R ‖ S` without a header, as a field of a larger object.
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let bytes: [u8; 64] = reader.array()?;
        // Little-endian: the comparison starts at the last byte and never reaches R.
        let below = bytes.iter().rev().take(32).lt(ORDER.iter().rev());
        if below { Ok(Self(bytes)) } else { Err(DecodeError::NonCanonical) }
    }

    /// `R ‖ S` without a header.
    pub(crate) const fn as_array(&self) -> &[u8; 64] {
        &self.0
    }
}
