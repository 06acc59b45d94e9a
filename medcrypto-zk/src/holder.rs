//! The holder's secret and what is derived from it.
//!
//! ```text
//! sk           31 random bytes, an element of Fr
//! commitment   P3(9; sk, 0)
//! nullifier    P5(10; sk, id, scope, kind)      id = kind · lineage
//! ```
//!
//! One secret a person; that a person has one is a matter of the registry that pins the
//! commitment. Status: *composition*.

use ark_ff::AdditiveGroup;
use medcrypto_core::SecretBytes;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::field::{Fr, HolderCommitment, from_31_bytes};
use crate::poseidon::{PoseidonTag, hash_2};

/// The secret of a record's holder, 31 bytes; wiped on drop.
#[derive(Debug)]
pub struct HolderSecret(SecretBytes<31>);

impl HolderSecret {
    /// Draws a secret.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(SecretBytes::generate(rng))
    }

    /// A secret that the caller stored.
    #[must_use]
    pub const fn from_bytes(bytes: Zeroizing<[u8; 31]>) -> Self {
        Self(SecretBytes::new(bytes))
    }

    /// The bytes, for storage by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 31]> {
        self.0.to_secret_bytes()
    }

    /// P3(9; sk, 0), which the issuer puts into every commitment of this holder.
    ///
    /// Variable time in the secret, because arkworks' field is: compute it on the holder's machine.
    #[must_use]
    pub fn commitment(&self) -> HolderCommitment {
        HolderCommitment::new(hash_2(PoseidonTag::Holder, [*self.element(), Fr::ZERO]))
    }

    pub(crate) fn element(&self) -> Zeroizing<Fr> {
        Zeroizing::new(self.0.expose(from_31_bytes))
    }
}
