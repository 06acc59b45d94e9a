//! The tag that binds a ciphertext to itself, its key and its associated data.
//!
//! ```text
//! τ     SHA-512(DST ‖ key id ‖ ad ‖ n ‖ X ‖ E ‖ T) mod r
//! Y     [r₁](A₁ + [τ]B₁) + [r₂](A₂ + [τ]B₂)  by who encrypts,  (α + τβ)·X  by who evaluates or reads
//! tag   first 16 bytes of SHA-256(DST ‖ key id ‖ ad ‖ n ‖ X ‖ E ‖ T ‖ Y)
//! ```
//! Every DST and ad is preceded by its length, so that no two inputs spell the same bytes. τ needs target
//! collision resistance for honest and collision resistance for adversarial associated data; that the tag
//! of an unknown Y cannot be guessed is the random oracle's, or that of a hash that smooths entropy.

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, Scalar, SecretG1};
use medcrypto_core::codec::Writer;
use medcrypto_core::{Dst, dst};
use sha2::{Digest, Sha256, Sha512};
use subtle::{Choice, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::ciphertext::{Ciphertext, Core};
use crate::hps::Randomness;
use crate::keys::{EvaluationKey, KeyId, RegisteredKey};
use crate::{AssociatedData, Error};

/// What a tag covers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'a> {
    pub(crate) key: KeyId,
    pub(crate) ad: &'a AssociatedData,
    pub(crate) core: &'a Core,
}

type Tag = Zeroizing<[u8; Ciphertext::TAG_LEN]>;

impl Bound<'_> {
    /// By who knows r₁ and r₂, constant time in them.
    pub(crate) fn tag_by_randomness(
        &self,
        key: &RegisteredKey,
        randomness: &Randomness,
    ) -> Result<Tag, Error> {
        let [a, b] = key.tag_bases();
        self.tag(randomness.evaluate(&a) + randomness.scaled(&self.tau()).evaluate(&b))
    }

    /// By who knows α and β, constant time in them.
    pub(crate) fn tag_by_key(&self, key: &EvaluationKey) -> Result<Tag, Error> {
        let (alpha, beta) = key.parts();
        self.tag(alpha.plus_scaled(&self.tau(), beta).evaluate(self.core.x()))
    }

    fn tau(&self) -> Scalar {
        Scalar::from_wide(&Sha512::digest(self.input(dst::khpke::TCR)).into())
    }

    /// # Errors
    /// [`Error::Decryption`] for Y = O, which happens once in 2²⁵⁵.
    fn tag(&self, y: G1) -> Result<Tag, Error> {
        let y = SecretG1::new(y).map_err(|_| Error::Decryption)?;
        let hash = Sha256::new_with_prefix(self.input(dst::khpke::TAG));
        let digest: Zeroizing<[u8; 32]> =
            Zeroizing::new(hash.chain_update(y.to_secret_bytes()).finalize().into());
        let mut tag = Zeroizing::new([0; Ciphertext::TAG_LEN]);
        tag.iter_mut().zip(digest.iter()).for_each(|(to, from)| *to = *from);
        Ok(tag)
    }

    fn input(&self, domain: Dst) -> Vec<u8> {
        let writer = Writer::with_capacity(256 + self.ad.as_bytes().len())
            .bytes(domain.as_bytes())
            .array(&self.key.0)
            .bytes(self.ad.as_bytes());
        self.core.write(writer).finish()
    }
}

impl EvaluationKey {
    /// Whether the tag of a ciphertext is what it has to be; constant time, and no branch on the answer.
    pub(crate) fn tags(
        &self,
        ad: &AssociatedData,
        ciphertext: &Ciphertext,
    ) -> Result<Choice, Error> {
        let bound = Bound { key: self.id(), ad, core: ciphertext.core() };
        Ok(bound.tag_by_key(self)?.as_slice().ct_eq(ciphertext.tag()))
    }
}
