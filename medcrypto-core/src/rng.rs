//! Hedged randomness: safe while either the caller's generator or the secret is good.
//!
//! ```text
//! ikm      32 bytes of rng ‖ len32(witness) ‖ witness
//! output   HKDF-SHA256(salt = "MEDCRYPTO-CORE-V01-HEDGE", ikm, info = len32(purpose) ‖ purpose ‖ context)
//! ```
//!
//! With a sound generator the output is uniform whatever the witness is. With a stuck one it is
//! still unpredictable to whoever does not know the witness, and repeats only when purpose, witness
//! and context all repeat. Source: RFC 5869; the idea of hedging is that of RFC 6979, section 3.6.

use alloc::vec::Vec;

use hkdf::Hkdf;
use rand_core::{CryptoRng, RngCore};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::{Dst, dst};

/// Draws `N ≤ 8160` bytes for `purpose` from the caller's generator and the caller's secret.
///
/// # Panics
/// Never: a request for more than 8160 bytes does not compile.
pub fn hedged<const N: usize, R: RngCore + CryptoRng>(
    purpose: Dst,
    witness: &[u8],
    context: &[u8],
    rng: &mut R,
) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 32, "HKDF-SHA256 gives at most 255 blocks") };
    let mut ikm = Zeroizing::new(Vec::with_capacity(32 + 4 + witness.len()));
    ikm.resize(32, 0);
    rng.fill_bytes(&mut ikm);
    ikm.extend_from_slice(&length(witness));
    ikm.extend_from_slice(witness);
    let purpose = purpose.as_bytes();
    let info = [&length(purpose)[..], purpose, context];
    let mut out = Zeroizing::new([0; N]);
    // Fails only for more than 255 blocks, which the assertion above excludes.
    let expanded = Hkdf::<Sha256>::new(Some(dst::core::HEDGE.as_bytes()), &ikm)
        .expand_multi_info(&info, out.as_mut_slice());
    debug_assert!(expanded.is_ok());
    out
}

fn length(bytes: &[u8]) -> [u8; 4] {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A generator that always returns the same byte.
    struct Stuck;
    impl RngCore for Stuck {
        fn next_u32(&mut self) -> u32 {
            7
        }
        fn next_u64(&mut self) -> u64 {
            7
        }
        fn fill_bytes(&mut self, dest: &mut [u8]) {
            dest.fill(7);
        }
        fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
            dest.fill(7);
            Ok(())
        }
    }
    impl CryptoRng for Stuck {}

    #[test]
    fn a_stuck_generator_repeats_only_with_the_same_purpose_witness_and_context() {
        let draw = |purpose, witness: &[u8], context: &[u8]| {
            hedged::<32, _>(purpose, witness, context, &mut Stuck)
        };
        let first = draw(dst::pre::HEDGED_SEED, b"witness", b"context");
        assert_eq!(first, draw(dst::pre::HEDGED_SEED, b"witness", b"context"));
        assert_ne!(first, draw(dst::pre::IBS_NONCE, b"witness", b"context"));
        assert_ne!(first, draw(dst::pre::HEDGED_SEED, b"Witness", b"context"));
        assert_ne!(first, draw(dst::pre::HEDGED_SEED, b"witness", b"Context"));
    }

    #[test]
    fn matches_the_formula_computed_independently() {
        // Python: hmac/hashlib HKDF of the formula in the module text, rng bytes all 0x07.
        assert_eq!(
            hex::encode(*hedged::<32, _>(
                dst::pre::HEDGED_SEED,
                b"witness",
                b"context",
                &mut Stuck
            )),
            include_str!("../tests/data/hedged.hex").trim()
        );
    }
}
