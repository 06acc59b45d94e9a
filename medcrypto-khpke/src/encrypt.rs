//! Encryption: KH-LCS, linear Cramer–Shoup with the message in the exponent and a keyed tag.
//!
//! ```text
//! r₁, r₂ ←$ ℤᵣ;   X = ([r₁]P₁, [r₂]P₂, [r₁+r₂]P₃)
//! Eᵢ = [r₁]Sᵢ,₁ + [r₂]Sᵢ,₂ + [mᵢ]H               i = 1 … n
//! T  = [r₁]Ŝ₁ + [r₂]Ŝ₂
//! tag of (key id, ad, X, E, T) under Y = [r₁](A₁ + [τ]B₁) + [r₂](A₂ + [τ]B₂)
//! ```
//! **Theorem.** For an adversary with q_D decryptions and q_E evaluations of at most k inputs,
//!
//! ```text
//! Adv^KH-CCA ≤ (q_E + 1)·( 2·Adv^DLIN + Adv^TCR + (q_D + k·q_E)·(2⁻¹²⁸ + 2/r) )
//! ```
//! in the standard model but for the hash of the tag; the proof is in `docs/security.md`. Construction: Cramer,
//! Shoup (1998, 2002) over DLIN by Shacham (2007), made keyed-homomorphic as by Emura, Hanaoka, Nuida, Ohtake,
//! Matsuda, Yamada (2013, 2018). 𝔾₁ throughout, no pairing. Status: *published*; the DLIN instance and its proof
//! are written out here, because the published text has DDH.
//!
//! | | [Mo et al.] | here |
//! |---|---|---|
//! | tag | none | 16 bytes, over key, associated data and everything else |
//! | key of evaluation | named, never made | (α, β), the universal₂ key |
//! | X₁, X₂, X₃ | per key, the issuer's and the opener's | hashes, the same for all keys |
//! | T | none | universal₁, checked by who reads |
//!
//! The generators are the same for all keys, so one X serves ciphertexts for several registered keys
//! ([`TransferCore`]).

mod shared;

use alloc::vec::Vec;

use rand_core::{CryptoRng, RngCore};

use crate::ciphertext::{Ciphertext, Core};
use crate::generators::generators;
use crate::hps::{Element, Randomness};
use crate::keys::RegisteredKey;
use crate::tag::Bound;
use crate::{AssociatedData, Error};

pub use shared::TransferCore;

impl RegisteredKey {
    /// Encrypts one number a slot, bound to `ad`; constant time in the numbers.
    ///
    /// Any i64 is encrypted; what is read back is what the reader's table of discrete logarithms reaches.
    ///
    /// # Errors
    /// [`Error::Count`] unless there are as many numbers as slots; [`Error::Decode`] if a part would be
    /// the identity, as with a generator of zeros.
    pub fn encrypt<R: RngCore + CryptoRng>(
        &self,
        ad: &AssociatedData,
        messages: &[i64],
        rng: &mut R,
    ) -> Result<Ciphertext, Error> {
        encrypt_with(self, ad, messages, &Randomness::generate(rng))
    }
}

/// The ciphertext of given randomness, which proofs about it need once more.
pub(crate) fn encrypt_with(
    key: &RegisteredKey,
    ad: &AssociatedData,
    messages: &[i64],
    randomness: &Randomness,
) -> Result<Ciphertext, Error> {
    let core = core_of(key, messages, randomness)?;
    let tag = Bound { key: key.id(), ad, core: &core }.tag_by_randomness(key, randomness)?;
    Ok(Ciphertext::new(core, *tag))
}

fn core_of(key: &RegisteredKey, messages: &[i64], randomness: &Randomness) -> Result<Core, Error> {
    if messages.len() != key.slots().get() {
        return Err(Error::Count);
    }
    let x = Element::new(randomness.points())?;
    let slot = |(index, message): (usize, &i64)| {
        let bases = key.slot_bases(index).ok_or(Error::Count)?;
        Ok(randomness.evaluate(&bases) + generators().h.mul_i64(*message))
    };
    let e = messages.iter().enumerate().map(slot).collect::<Result<Vec<_>, Error>>()?;
    Ok(Core::new(x, &e, randomness.evaluate(&key.consistency_bases()))?)
}
