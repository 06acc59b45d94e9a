//! BLS signatures with proof of possession, minimal signature size: draft-irtf-cfrg-bls-signature-05,
//! sections 2 and 3.3, ciphersuite `BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_POP_`. Status: *standard*
//! (a draft standard; arithmetic by blst, through [`medcrypto_core::bls`]).
//!
//! ```text
//! key        x ∈ [1, r);  X = [x]P₂ ∈ 𝔾₂
//! possess    π = [x]·H_POP(enc(X)) ∈ 𝔾₁             check  e(π, P₂) ≟ e(H_POP(enc(X)), X)
//! sign       σ = [x]·H(m) ∈ 𝔾₁                       verify e(σ, P₂) ≟ e(H(m), X)
//! aggregate  σ = Σ σᵢ                                verify e(σ, P₂) ≟ e(H(m), Σ Xᵢ)
//! ```
//!
//! Without π a signer could publish `X' = [x']P₂ − X` and answer alone for both keys. So a
//! [`PublicKey`] verifies nothing; only the [`PopVerifiedKey`] that [`PublicKey::verify`] returns
//! does.
//!
//! ```compile_fail,E0308
//! # use medcrypto_sig::{bls, rand_core::OsRng};
//! let key = bls::SigningKey::generate(&mut OsRng);
//! let signature = key.sign(b"vote");
//! // A key whose possession nobody checked is of another type.
//! bls::fast_aggregate_verify(&[key.public_key()], b"vote", &signature).unwrap();
//! ```
//!
//! | step | draft | here |
//! |---|---|---|
//! | key generation | HKDF of 32 bytes of key material | uniform in `[1, r)` |
//! | identity | refused as a key | refused as a key, a signature and an aggregate |
//! | repeated key in an aggregate | accepted | refused: it would count as two signers |
//!
//! ```text
//! PublicKey   header 3 ‖ X 96 ‖ π 48   147 bytes
//! Signature   header 3 ‖ σ 48           51 bytes
//! ```

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::bls::{
    G1, G2, NonIdentityG1, NonIdentityG2, SecretScalar, hash_to_g1, pairing_product_is_one,
};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::rand_core::{CryptoRng, RngCore};
use medcrypto_core::{DecodeError, Dst, SecretBytes, dst};

use crate::Error;

/// A secret signing key in `[1, r)`. Not copied, not printed, wiped on drop.
///
/// Constant time in the key. No operation of this module starts a thread.
pub struct SigningKey(SecretScalar);

impl SigningKey {
    /// Length of the secret in bytes.
    pub const SECRET_LEN: usize = SecretScalar::LEN;

    /// Decodes a big-endian secret.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`] for zero and for `r` or more.
    pub fn from_secret_bytes(
        secret: &SecretBytes<{ Self::SECRET_LEN }>,
    ) -> Result<Self, DecodeError> {
        secret.expose(SecretScalar::from_bytes).map(Self).map_err(|_| DecodeError::NonCanonical)
    }

    /// Draws a key, uniform in `[1, r)`.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(SecretScalar::generate(rng))
    }

    /// The secret, big-endian, for storage by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> SecretBytes<{ Self::SECRET_LEN }> {
        SecretBytes::new(self.0.to_secret_bytes())
    }

    /// The public half with its proof of possession.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        let point = G2::mul_generator(&self.0).published("a public key");
        let possession = self.sign_under(dst::sig::BLS_POSSESSION, &point.to_bytes());
        PublicKey { point, possession }
    }

    /// Signs `message`; deterministic.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.sign_under(dst::sig::BLS_SIGNATURE, message))
    }

    fn sign_under(&self, dst: Dst, message: &[u8]) -> G1 {
        hash_to_g1(dst, message).mul(&self.0).published("a signature")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("bls::SigningKey").finish_non_exhaustive()
    }
}

/// A public key that claims to be possessed: `X ∈ 𝔾₂ ∖ {O}` and `π ∈ 𝔾₁ ∖ {O}`. 147 bytes with the
/// header. It verifies no signature before [`verify`](Self::verify).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    point: G2,
    possession: G1,
}

impl PublicKey {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + G2::LEN + G1::LEN;

    /// Checks the proof of possession; once, when the key is registered.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(&self) -> Result<PopVerifiedKey, Error> {
        let claim = self.point.to_bytes();
        check(self.point, dst::sig::BLS_POSSESSION, &claim, self.possession)?;
        Ok(PopVerifiedKey(*self))
    }

    /// Header, compressed point and proof of possession.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::LEN)
            .header(Header::v1(Tag::SigBlsKey))
            .array(&self.point.to_bytes())
            .array(&self.possession.to_bytes())
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`]: both points are checked for range, curve, subgroup and identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigBlsKey))?;
        let (point, possession) = (reader.array()?, reader.array()?);
        reader.finish()?;
        Ok(Self {
            point: NonIdentityG2::from_bytes(&point)?.point(),
            possession: NonIdentityG1::from_bytes(&possession)?.point(),
        })
    }
}

/// A public key whose proof of possession was checked. There is no other way to one than
/// [`PublicKey::verify`], and no decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PopVerifiedKey(PublicKey);

impl PopVerifiedKey {
    /// The key as it is published.
    #[must_use]
    pub const fn public_key(&self) -> &PublicKey {
        &self.0
    }

    /// Accepts only if `signature` is this key's over `message`.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), Error> {
        check(self.0.point, dst::sig::BLS_SIGNATURE, message, signature.0)
    }
}

/// A signature or an aggregate: `σ ∈ 𝔾₁ ∖ {O}`. 51 bytes with the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signature(G1);

impl Signature {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + G1::LEN;

    /// Header and compressed point.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Writer::with_capacity(Self::LEN)
            .header(Header::v1(Tag::SigBls))
            .array(&self.0.to_bytes())
            .finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`]: the point is checked for range, curve, subgroup and identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::SigBls))?;
        let point = reader.array()?;
        reader.finish()?;
        Ok(Self(NonIdentityG1::from_bytes(&point)?.point()))
    }
}

/// Adds signatures up. The sum says nothing by itself; see [`fast_aggregate_verify`].
///
/// # Errors
/// [`Error::NoSigner`] for an empty list; [`DecodeError::Identity`] when the signatures cancel,
/// which honest ones do with probability 2⁻²⁵⁵.
pub fn aggregate(signatures: &[Signature]) -> Result<Signature, Error> {
    if signatures.is_empty() {
        return Err(Error::NoSigner);
    }
    let sum: G1 = signatures.iter().map(|signature| signature.0).sum();
    Ok(Signature(NonIdentityG1::try_from(sum)?.point()))
}

/// Accepts only if `signature` aggregates one signature over `message` of every key in `keys`.
///
/// # Errors
/// [`Error::NoSigner`] for an empty list, [`Error::DuplicateSigner`] for a repeated key, and
/// [`Error::Verification`] for anything else.
pub fn fast_aggregate_verify(
    keys: &[PopVerifiedKey],
    message: &[u8],
    signature: &Signature,
) -> Result<(), Error> {
    if keys.is_empty() {
        return Err(Error::NoSigner);
    }
    let distinct: BTreeSet<_> = keys.iter().map(|key| key.0.point.to_bytes()).collect();
    if distinct.len() != keys.len() {
        return Err(Error::DuplicateSigner);
    }
    let sum: G2 = keys.iter().map(|key| key.0.point).sum();
    check(sum, dst::sig::BLS_SIGNATURE, message, signature.0)
}

/// `e(σ, −P₂)·e(H(m), X) ≟ 1`, and X not the identity (the draft's KeyValidate): the types exclude
/// it for all but a sum of keys, and the equation then holds for the identity as every signature.
fn check(key: G2, dst: Dst, message: &[u8], signature: G1) -> Result<(), Error> {
    let pairs = [(signature, -G2::generator()), (hash_to_g1(dst, message), key)];
    let holds = !key.is_identity() && pairing_product_is_one(&pairs);
    if holds { Ok(()) } else { Err(Error::Verification) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t2_the_identity_as_a_key_sum_verifies_nothing() {
        // The bare equation holds for every message: 1 = 1.
        let (key, signature) = (G2::identity(), G1::identity());
        let hashed = hash_to_g1(dst::sig::BLS_SIGNATURE, b"m");
        assert!(pairing_product_is_one(&[(signature, -G2::generator()), (hashed, key)]));
        let verdict = check(key, dst::sig::BLS_SIGNATURE, b"m", signature);
        assert_eq!(verdict, Err(Error::Verification));
    }
}
