//! Identity-based signatures (Cha–Cheon, PKC 2003), in the Type-3 setting.
//!
//! ```text
//! key      D = [α]H1s(id) ∈ 𝔾₁
//! Sign     k hedged;  U = [k]H1s(id) ∈ 𝔾₁;  h = Hc(params_id, id, label, U, SHA-256(m));  W = [k + h]D ∈ 𝔾₁
//! Verify   e(W, P₂) = e(U + [h]H1s(id), Ppub),   U, W ≠ O
//! ```
//! | step | paper | here |
//! |---|---|---|
//! | pairing | symmetric | Type 3: points of identities in 𝔾₁, Ppub in 𝔾₂ |
//! | nonce | uniform | hedged: HKDF(rng ‖ D, label ‖ SHA-256(m)); a stuck generator repeats it only for one message |
//! | message | one space | a label separates re-keys, revocations and messages |
//!
//! Assumption: co-CDH, random oracle model. **It does not bind against the authority**, which knows
//! D: where a signature must, use a plain one under a key that only the holder has.
//!
//! Encoding: `version ‖ suite ‖ tag ‖ U ‖ W`, 3 + 96 bytes. Status: *published*.

use alloc::vec::Vec;

use medcrypto_core::{
    DecodeError, Dst,
    bls::{G1, G2, NonIdentityG1, Scalar, SecretScalar, pairing_product_is_one},
    codec::{Header, Reader, Tag, Writer},
    declassify,
    dst::pre,
    rng::hedged,
};
use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};

use crate::{Error, Identity, PublicParams, VerifiedIdentityKey, oracles};

/// A signature `(U, W)`, both in 𝔾₁ and neither the identity; 99 bytes.
///
/// # Example
/// ```
/// # use medcrypto_pre::{Authority, Error, Identity};
/// # use rand_core::OsRng;
/// # let authority = Authority::setup(&mut OsRng);
/// # let identity = Identity::new("realm", "subject", "")?;
/// # let key = authority.issue(&identity)?.verify(authority.params())?;
/// let signature = key.sign(b"notice", &mut OsRng)?;
/// signature.verify(authority.params(), &identity, b"notice")?;
/// assert!(signature.verify(authority.params(), &identity, b"other").is_err());
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentitySignature {
    u: NonIdentityG1,
    w: NonIdentityG1,
}

impl IdentitySignature {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + Self::BODY_LEN;
    /// Length inside a larger object.
    pub(crate) const BODY_LEN: usize = 2 * G1::LEN;

    /// Verifies what [`VerifiedIdentityKey::sign`] signed. Variable time: every input is public.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(
        &self,
        params: &PublicParams,
        signer: &Identity,
        message: &[u8],
    ) -> Result<(), Error> {
        self.verify_as(pre::SIGN_MESSAGE, params, signer, message)
    }

    pub(crate) fn verify_as(
        &self,
        label: Dst,
        params: &PublicParams,
        signer: &Identity,
        message: &[u8],
    ) -> Result<(), Error> {
        let q = oracles::signing_point(&params.id(), signer);
        let h = oracles::ibs_challenge(&params.id(), signer, label, &self.u, message);
        let right = self.u.point() + q.mul_vartime(&h);
        let pairs = [(self.w.point(), G2::generator()), (-right, params.public())];
        if pairing_product_is_one(&pairs) { Ok(()) } else { Err(Error::Verification) }
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let header = Header::v1(Tag::PreSignature);
        self.write(Writer::with_capacity(Self::LEN).header(header)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::PreSignature))?;
        let signature = Self::read(&mut reader)?;
        reader.finish()?;
        Ok(signature)
    }

    pub(crate) fn write(&self, writer: Writer) -> Writer {
        writer.array(&self.u.to_bytes()).array(&self.w.to_bytes())
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let mut point = || NonIdentityG1::from_bytes(&reader.array()?);
        Ok(Self { u: point()?, w: point()? })
    }
}

impl VerifiedIdentityKey {
    /// Signs a message of the application (the papers' AuthSign).
    ///
    /// Constant time in the key and in the nonce. What must bind against the authority takes a
    /// plain signature instead.
    ///
    /// # Errors
    /// [`Error::Verification`] if a hash hits a neutral element: once in 2²⁵⁵ signatures.
    pub fn sign<R: RngCore + CryptoRng>(
        &self,
        message: &[u8],
        rng: &mut R,
    ) -> Result<IdentitySignature, Error> {
        self.sign_as(pre::SIGN_MESSAGE, message, rng)
    }

    pub(crate) fn sign_as<R: RngCore + CryptoRng>(
        &self,
        label: Dst,
        message: &[u8],
        rng: &mut R,
    ) -> Result<IdentitySignature, Error> {
        let params = self.params().id();
        let nonce = self.nonce(label, message, rng)?;
        let u = oracles::signing_point(&params, self.identity()).mul(&nonce).try_into()?;
        let u = declassify(u, "U");
        let h = oracles::ibs_challenge(&params, self.identity(), label, &u, message);
        let exponent = response(&nonce, &h)?;
        let w = self.signing().expose(|d| d.mul(&exponent)).try_into()?;
        Ok(IdentitySignature { u, w: declassify(w, "W") })
    }

    fn nonce<R: RngCore + CryptoRng>(
        &self,
        label: Dst,
        message: &[u8],
        rng: &mut R,
    ) -> Result<SecretScalar, Error> {
        let context = [oracles::enc(label.as_bytes()), Sha256::digest(message).to_vec()].concat();
        let witness = self.signing().to_secret_bytes();
        let wide = hedged::<64, _>(pre::IBS_NONCE, witness.as_slice(), &context, rng);
        oracles::nonzero(&wide)
    }
}

/// k + h, which is not zero.
fn response(nonce: &SecretScalar, challenge: &Scalar) -> Result<SecretScalar, Error> {
    nonce.plus(challenge).ok_or(Error::Verification)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t33_a_nonce_that_cancels_the_challenge_is_an_error() {
        let nonce = oracles::nonzero(&[7; 64]).unwrap();
        let k = Scalar::from_wide(&[7; 64]);
        assert_eq!(response(&nonce, &-k).err(), Some(Error::Verification));
        // h = 0 is no case of its own: W = [k]D.
        let unchanged = response(&nonce, &Scalar::ZERO).unwrap();
        assert_eq!(*unchanged.to_secret_bytes(), k.to_bytes());
    }
}
