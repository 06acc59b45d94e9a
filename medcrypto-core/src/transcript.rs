//! Fiat–Shamir transcripts: merlin, with typed appends, wide challenges and hedged nonces.
//!
//! ```text
//! challenge   64 bytes of transcript, reduced mod r: bias below 2⁻²⁵⁶
//! nonce       transcript ‖ witness ‖ caller's rng, then 64 bytes mod r, never zero
//! ```
//! Everything the verifier knows (suite, parameters, statement, commitments) is appended before the
//! first challenge. The transcript is the caller's, so a proof binds to the caller's context.

use core::fmt;

#[cfg(feature = "bls")]
use crate::bls::{G1, G2, Gt, Scalar, SecretScalar};
use crate::{Dst, dst};
#[cfg(feature = "bls")]
use rand_core::{CryptoRng, RngCore};

/// A running Fiat–Shamir transcript (merlin 3, STROBE-128).
#[derive(Clone)]
pub struct Transcript(merlin::Transcript);

impl Transcript {
    /// Starts a transcript of the protocol that `domain` names.
    #[must_use]
    pub fn new(domain: Dst) -> Self {
        let mut transcript = merlin::Transcript::new(dst::core::TRANSCRIPT.as_bytes());
        transcript.append_message(b"domain", domain.as_bytes());
        Self(transcript)
    }

    /// Appends a nested protocol's domain; the first thing a proof does with a borrowed transcript.
    pub fn enter(&mut self, domain: Dst) {
        self.0.append_message(b"domain", domain.as_bytes());
    }

    /// Appends bytes; their length is part of what is absorbed.
    pub fn append_bytes(&mut self, label: &'static [u8], bytes: &[u8]) {
        self.0.append_message(label, bytes);
    }

    /// Appends an integer.
    pub fn append_u64(&mut self, label: &'static [u8], value: u64) {
        self.0.append_u64(label, value);
    }

    /// Draws `N` challenge bytes.
    #[must_use]
    pub fn challenge_bytes<const N: usize>(&mut self, label: &'static [u8]) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.challenge_bytes(label, &mut bytes);
        bytes
    }
}

#[cfg(feature = "bls")]
impl Transcript {
    /// Appends the 32 bytes of a scalar.
    pub fn append_scalar(&mut self, label: &'static [u8], scalar: &Scalar) {
        self.append_bytes(label, &scalar.to_bytes());
    }

    /// Appends the 48 bytes of a point.
    pub fn append_g1(&mut self, label: &'static [u8], point: &G1) {
        self.append_bytes(label, &point.to_bytes());
    }

    /// Appends the 96 bytes of a point.
    pub fn append_g2(&mut self, label: &'static [u8], point: &G2) {
        self.append_bytes(label, &point.to_bytes());
    }

    /// Appends the 288 bytes of an element.
    pub fn append_gt(&mut self, label: &'static [u8], element: &Gt) {
        self.append_bytes(label, &element.to_bytes());
    }

    /// Draws a challenge in ℤᵣ by wide reduction.
    #[must_use]
    pub fn challenge_scalar(&mut self, label: &'static [u8]) -> Scalar {
        Scalar::from_wide(&self.challenge_bytes(label))
    }

    /// Draws a nonce from the transcript so far, the witness and the caller's generator.
    ///
    /// Unpredictable while either the witness or the generator is; different for different
    /// transcripts even when the generator is stuck.
    pub fn nonce<R: RngCore + CryptoRng>(&self, witness: &[u8], rng: &mut R) -> SecretScalar {
        let mut hedged =
            self.0.build_rng().rekey_with_witness_bytes(b"witness", witness).finalize(rng);
        SecretScalar::generate(&mut hedged)
    }
}

impl fmt::Debug for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transcript").finish_non_exhaustive()
    }
}

#[cfg(all(test, feature = "bls"))]
mod tests {
    use super::*;

    fn transcript(byte: u8) -> Transcript {
        let mut transcript = Transcript::new(dst::zk::CONTEXT);
        transcript.enter(dst::zk::SCOPE);
        transcript.append_bytes(b"m", &[byte]);
        transcript.append_u64(b"n", 5);
        transcript.append_scalar(b"s", &Scalar::ONE);
        transcript.append_g1(b"P", &G1::generator());
        transcript.append_g2(b"Q", &G2::generator());
        transcript.append_gt(b"T", &Gt::generator());
        transcript
    }

    /// Labels, order, encodings and the reduction are part of the format; this pins them.
    #[test]
    fn the_challenge_of_version_1_is_pinned() {
        assert_eq!(
            hex::encode(transcript(1).challenge_scalar(b"c").to_bytes()),
            include_str!("../tests/data/challenge.hex").trim()
        );
        assert_ne!(transcript(1).challenge_scalar(b"c"), transcript(2).challenge_scalar(b"c"));
        assert_ne!(transcript(1).challenge_scalar(b"c"), transcript(1).challenge_scalar(b"d"));
    }

    #[test]
    fn a_nonce_differs_when_transcript_witness_or_generator_differ() {
        use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
        let draw = |byte, witness: &[u8], seed| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            transcript(byte).nonce(witness, &mut rng).to_secret_bytes()
        };
        let first = draw(1, b"w", 1);
        assert_eq!(first, draw(1, b"w", 1));
        assert_ne!(first, draw(2, b"w", 1));
        assert_ne!(first, draw(1, b"x", 1));
        assert_ne!(first, draw(1, b"w", 2));
    }
}
