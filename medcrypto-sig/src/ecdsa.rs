//! ECDSA over secp256k1 with SHA-256: SEC 1 version 2, section 4.1, by k256. Status: *standard*.
//!
//! ```text
//! key        d ∈ [1, n);  Q = [d]G
//! sign       k by RFC 6979 with HMAC-SHA-256;  r = x([k]G) mod n;  s = (SHA-256(m) + r·d)/k
//!            s > n/2  ⇒  s := n − s
//! verify     s ≤ n/2,  r ≟ x([SHA-256(m)/s]G + [r/s]Q) mod n
//! ```
//!
//! | step | SEC 1 | here |
//! |---|---|---|
//! | nonce | random | RFC 6979 |
//! | `s` | `[1, n)` | `[1, n/2]`: the twin `(r, n − s)` is not decoded |
//! | message | a digest or a message | a message; SHA-256 is part of the type |
//! | key encoding | compressed, uncompressed, compact, hybrid | compressed |
//!
//! ```text
//! VerifyingKey   header 3 ‖ Q 33         36 bytes
//! Signature      header 3 ‖ r 32 ‖ s 32  67 bytes
//! ```

use alloc::vec::Vec;
use core::fmt;

use k256::ecdsa::signature::{Signer, Verifier};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_core::{DecodeError, SecretBytes, declassify};
use zeroize::Zeroizing;

use crate::Error;

/// A secret signing key in `[1, n)`. Not copied, not printed, wiped on drop.
///
/// Constant time in the key and in the nonce as far as k256 is: it branches on events of probability
/// below 2⁻¹²⁷ and on the sign of the nonce (`docs/evidence/constant-time.md`).
pub struct SigningKey(k256::ecdsa::SigningKey);

impl SigningKey {
    /// Length of the secret in bytes.
    pub const SECRET_LEN: usize = 32;

    /// Decodes a big-endian secret.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`] for zero and for `n` or more.
    pub fn from_secret_bytes(
        secret: &SecretBytes<{ Self::SECRET_LEN }>,
    ) -> Result<Self, DecodeError> {
        secret
            .expose(|bytes| k256::ecdsa::SigningKey::from_slice(bytes))
            .map(Self)
            .map_err(|_| DecodeError::NonCanonical)
    }

    /// Draws a key, uniform in `[1, n)`.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(k256::ecdsa::SigningKey::random(rng))
    }

    /// The secret, big-endian, for storage by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> SecretBytes<{ Self::SECRET_LEN }> {
        SecretBytes::new(Zeroizing::new(self.0.to_bytes().into()))
    }

    /// The public half.
    #[must_use]
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(declassify(*self.0.verifying_key(), "a public key"))
    }

    /// Signs SHA-256 of `message`; deterministic.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        // k256 gives the low `s` of secp256k1 signatures, and the tests decode them.
        Signature(self.0.sign(message))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ecdsa::SigningKey").finish_non_exhaustive()
    }
}

/// A public key: a point other than the identity, compressed. 36 bytes with the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifyingKey(k256::ecdsa::VerifyingKey);

impl VerifyingKey {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + 33;

    /// Accepts only if `signature` is this key's over SHA-256 of `message`.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), Error> {
        self.0.verify(message, &signature.0).map_err(|_| Error::Verification)
    }

    /// Header and compressed point.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::LEN)
            .header(Header::v1(Tag::SigEcdsaKey))
            .array(self.0.to_encoded_point(true).as_bytes())
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`] or [`DecodeError::Header`]; [`DecodeError::NotInGroup`] for bytes
    /// that are no point; [`DecodeError::NonCanonical`] for SEC 1's compact form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigEcdsaKey))?;
        let encoded: [u8; 33] = reader.array()?;
        reader.finish()?;
        let key = k256::ecdsa::VerifyingKey::from_sec1_bytes(&encoded)
            .map_err(|_| DecodeError::NotInGroup)?;
        // The compact form (0x05 ‖ x) has the same length and decodes to the same point.
        let canonical = key.to_encoded_point(true).as_bytes() == encoded;
        if canonical { Ok(Self(key)) } else { Err(DecodeError::NonCanonical) }
    }
}

/// A signature with `r ∈ [1, n)` and `s ∈ [1, n/2]`. 67 bytes with the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(k256::ecdsa::Signature);

impl Signature {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + 64;

    /// Header, `r` and `s`, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::LEN)
            .header(Header::v1(Tag::SigEcdsa))
            .array(&self.0.to_bytes())
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`], [`DecodeError::Header`], or [`DecodeError::NonCanonical`] for a
    /// zero, for `n` or more, and for `s > n/2`.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigEcdsa))?;
        let encoded: [u8; 64] = reader.array()?;
        reader.finish()?;
        let signature =
            k256::ecdsa::Signature::from_slice(&encoded).map_err(|_| DecodeError::NonCanonical)?;
        // `normalize_s` gives the low twin of a high `s`, and nothing for a low one.
        if signature.normalize_s().is_some() {
            return Err(DecodeError::NonCanonical);
        }
        Ok(Self(signature))
    }
}
