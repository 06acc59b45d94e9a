//! The payload: a chunked authenticated stream (STREAM; Hoang, Reyhanitabar, Rogaway, Vizár,
//! CRYPTO 2015), in the form that age made common.
//!
//! ```text
//! payload   commitment (32) ‖ chunk₀ ‖ chunk₁ ‖ … ‖ chunkₙ
//! chunkᵢ    ChaCha20-Poly1305(kdem, nonceᵢ, 65 536 bytes of record; the last one 0 … 65 536)  + 16 bytes
//! nonceᵢ    seven zero bytes ‖ i u32 ‖ last u8                                12 bytes
//! kdem      HKDF-Expand(key, len32 ‖ DEM-KEY ‖ cipher u8), 32 bytes
//! commitment HKDF-Expand(key, len32 ‖ DEM-COMMIT ‖ cipher u8), 32 bytes
//! ```
//! The key is fresh for every header, so the nonces are counters. A stream has exactly one last
//! chunk, which is empty only if the record is. The commitment makes the AEAD key-committing: a
//! payload opens under one key at most. Memory is constant, about 64 KiB.
//!
//! A chunk is released only after it authenticated. Reordering, duplication, a lost chunk, bytes
//! after the end and truncation are all errors, **but truncation is only known at the end**:
//! whatever was read from an [`Opener`] is provisional until [`Opener::finish`] succeeds.

mod opener;
mod sealer;

use chacha20poly1305::{AeadInPlace, ChaCha20Poly1305, Key, KeyInit, Nonce, Tag};
use hkdf::Hkdf;
use medcrypto_core::{Dst, dst::pre};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use opener::Opener;
pub use sealer::Sealer;

use crate::{Error, header::Dem, kem::KemKey, oracles};

/// Bytes of plaintext in a full chunk.
pub(crate) const CHUNK: usize = 65_536;
/// Bytes of the authenticator of a chunk.
pub(crate) const TAG: usize = 16;
/// Bytes of the key commitment.
pub(crate) const COMMITMENT: usize = 32;

/// The cipher of one stream at one position.
struct Cipher {
    aead: ChaCha20Poly1305,
    counter: u32,
}

impl Cipher {
    /// The cipher at its start, and the commitment to its key.
    fn new(key: &KemKey) -> (Self, [u8; COMMITMENT]) {
        let dem = expand(key, pre::DEM_KEY);
        let aead = ChaCha20Poly1305::new(Key::from_slice(dem.as_slice()));
        (Self { aead, counter: 0 }, *expand(key, pre::DEM_COMMIT))
    }

    fn seal(&mut self, chunk: &mut [u8], last: bool) -> Result<Tag, Error> {
        let nonce = self.advance(last)?;
        self.aead.encrypt_in_place_detached(&nonce, &[], chunk).map_err(|_| Error::TooLong)
    }

    fn open(&mut self, chunk: &mut [u8], tag: &Tag, last: bool) -> Result<(), Error> {
        let nonce = self.advance(last).map_err(|_| Error::Decryption)?;
        self.aead.decrypt_in_place_detached(&nonce, &[], chunk, tag).map_err(|_| Error::Decryption)
    }

    /// The nonce of this chunk. The number 2³² − 1 is never used: 256 TiB.
    fn advance(&mut self, last: bool) -> Result<Nonce, Error> {
        let index = self.counter;
        self.counter = index.checked_add(1).ok_or(Error::TooLong)?;
        let mut nonce = Nonce::default();
        let bytes = [0; 7].into_iter().chain(index.to_be_bytes()).chain([u8::from(last)]);
        nonce.iter_mut().zip(bytes).for_each(|(to, from)| *to = from);
        Ok(nonce)
    }
}

fn expand(key: &KemKey, purpose: Dst) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    let label = oracles::enc(purpose.as_bytes());
    let info: [&[u8]; 2] = [&label, &[Dem::ChaCha20Poly1305 as u8]];
    // Fails only for a key below 32 bytes or more than 255 blocks.
    let expanded = key.expose(|key| {
        Hkdf::<Sha256>::from_prk(key)
            .is_ok_and(|hkdf| hkdf.expand_multi_info(&info, out.as_mut_slice()).is_ok())
    });
    debug_assert!(expanded);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t21_counter_overflow_is_an_error() {
        let (mut cipher, _) = Cipher::new(&KemKey::new(Zeroizing::new([7; 32])));
        cipher.counter = u32::MAX - 1;
        assert!(cipher.seal(&mut [0; 4], false).is_ok());
        assert_eq!(cipher.seal(&mut [0; 4], false), Err(Error::TooLong));
        assert_eq!(cipher.open(&mut [0; 4], &Tag::default(), false), Err(Error::Decryption));
    }
}
