//! Operations with the caller's randomness, for known answers.
//!
//! Whoever repeats randomness for another message gives both away: `E − E′ = [m − m′]H`. Whoever chooses it
//! badly gives everything away. Nothing outside of a test has a reason to be here.
//!
//! ```text
//! generate   64 bytes for each of κ₁, κ₂, κ₃ of k₁ … kₙ, κ̂, α, β: 192·(n + 3) bytes
//! encrypt    64 bytes for r₁, 64 for r₂           evaluate the same
//! ```
//! 64 bytes are a big-endian integer, which is taken mod r.

use medcrypto_core::bls::Scalar;
use rand_core::{CryptoRng, RngCore};

use crate::keys::{DecryptionKey, EvaluationKey, PublicKey, RegisteredKey, Slots};
use crate::{AssociatedData, Ciphertext, Combination, Error};

/// Bytes of r₁ and r₂.
pub const RANDOMNESS_LEN: usize = 128;

/// The exponent that 64 bytes of randomness become.
#[must_use]
pub fn exponent(wide: &[u8; 64]) -> Scalar {
    Scalar::from_wide(wide)
}

/// [`DecryptionKey::generate`] with recorded randomness. See the module for the danger.
///
/// # Errors
/// As the safe operation; [`Error::Verification`] unless all of the recording is drawn, and no more.
pub fn generate(slots: Slots, randomness: &[u8]) -> Result<(DecryptionKey, PublicKey), Error> {
    replay(randomness, |rng| DecryptionKey::generate(slots, rng))
}

/// [`RegisteredKey::encrypt`] with recorded randomness. See the module for the danger.
///
/// # Errors
/// As the safe operation.
pub fn encrypt(
    key: &RegisteredKey,
    ad: &AssociatedData,
    messages: &[i64],
    randomness: &[u8; RANDOMNESS_LEN],
) -> Result<Ciphertext, Error> {
    replay(randomness, |rng| key.encrypt(ad, messages, rng))
}

/// [`EvaluationKey::evaluate`] with recorded randomness and no policy. See the module for the danger.
///
/// # Errors
/// As the safe operation.
pub fn evaluate(
    evaluation: &EvaluationKey,
    key: &RegisteredKey,
    combination: &Combination<'_>,
    randomness: &[u8; RANDOMNESS_LEN],
) -> Result<Ciphertext, Error> {
    let any = |_: &Combination<'_>| true;
    let (ciphertext, _) =
        replay(randomness, |rng| evaluation.evaluate(key, combination, any, rng))?;
    Ok(ciphertext)
}

/// A recording in the place of a generator.
struct Recording<'a> {
    left: &'a [u8],
    overdrawn: bool,
}

/// Runs `operation` on the recording, all of which it has to draw, and no more.
fn replay<T>(
    recorded: &[u8],
    operation: impl FnOnce(&mut Recording<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    let mut recording = Recording { left: recorded, overdrawn: false };
    let result = operation(&mut recording)?;
    let exact = recording.left.is_empty() && !recording.overdrawn;
    if exact { Ok(result) } else { Err(Error::Verification) }
}

impl RngCore for Recording<'_> {
    fn next_u32(&mut self) -> u32 {
        let mut bytes = [0; 4];
        self.fill_bytes(&mut bytes);
        u32::from_le_bytes(bytes)
    }

    fn next_u64(&mut self) -> u64 {
        let mut bytes = [0; 8];
        self.fill_bytes(&mut bytes);
        u64::from_le_bytes(bytes)
    }

    fn fill_bytes(&mut self, dest: &mut [u8]) {
        let Some((now, later)) = self.left.split_at_checked(dest.len()) else {
            self.overdrawn = true;
            return;
        };
        dest.copy_from_slice(now);
        self.left = later;
    }

    fn try_fill_bytes(&mut self, dest: &mut [u8]) -> Result<(), rand_core::Error> {
        self.fill_bytes(dest);
        Ok(())
    }
}

impl CryptoRng for Recording<'_> {}
