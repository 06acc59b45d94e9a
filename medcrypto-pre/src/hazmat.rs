//! The operations that draw randomness, with the draws given by the caller. Feature `hazmat`.
//!
//! For known answers alone: a test in any language can repeat what was recorded, byte for byte. The
//! code is that of the safe operations, whose generator is replaced by the recording.
//!
//! | function | recorded bytes, in the order of the draws |
//! |---|---|
//! | [`seal_to_vec`] | 32 for σ |
//! | [`delegate`] | 32 for the envelope, 32 for each rj, 32 for the signature, 32 for the seal |
//! | [`sign`], [`revoke`] | 32 for the nonce |
//!
//! **Never in a deployment.** The bytes take the place of the system's generator:
//! * whoever knows those of a seal opens the record, because a seal has no other secret;
//! * bytes used twice give one σ, hence one key, to two payloads of one address;
//! * delegations and signatures are hedged with the identity key, and lose that hedge's other half.

use alloc::vec::Vec;

use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::{
    Error, Grant, Header, IdentitySignature, PublicParams, ReKey, ReKeyId, RecordAddress,
    Revocation, ScopePath, SealedReKey, UnixTime, VerifiedIdentityKey,
};

/// The draws of a delegation; 32 bytes each.
#[derive(Clone, Copy)]
pub struct DelegationRandomness {
    /// For σ of the envelope.
    pub envelope: [u8; 32],
    /// For r1 … rℓ; what is beyond the depth of the scope is not used.
    pub blinding: [[u8; 32]; ScopePath::MAX_DEPTH],
    /// For the nonce of the signature.
    pub signature: [u8; 32],
    /// For σ of the sealed key.
    pub seal: [u8; 32],
}

impl core::fmt::Debug for DelegationRandomness {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("DelegationRandomness").finish_non_exhaustive()
    }
}

/// [`seal_to_vec`](crate::seal_to_vec) with recorded randomness. See the module for the danger.
///
/// # Errors
/// As the safe operation; [`Error::Verification`] if it draws anything but 32 bytes.
pub fn seal_to_vec(
    params: &PublicParams,
    address: &RecordAddress,
    record: &[u8],
    randomness: &[u8; 32],
) -> Result<(Header, Vec<u8>), Error> {
    replay(randomness, |rng| crate::seal_to_vec(params, address, record, rng))
}

/// [`VerifiedIdentityKey::delegate`] with recorded randomness: the key in clear, and sealed. See
/// the module for the danger.
///
/// # Errors
/// As the safe operation; [`Error::Verification`] if it draws anything but what is recorded.
pub fn delegate(
    key: &VerifiedIdentityKey,
    grant: &Grant,
    randomness: &DelegationRandomness,
) -> Result<(ReKey, SealedReKey), Error> {
    let DelegationRandomness { envelope, blinding, signature, seal } = randomness;
    let blinding = blinding.iter().take(grant.scope.depth());
    let draws = [envelope].into_iter().chain(blinding).chain([signature]);
    let mut recorded = Zeroizing::new(draws.flatten().copied().collect::<Vec<u8>>());
    let clear = replay(&recorded, |rng| key.delegate_unsealed(grant, rng))?;
    recorded.extend_from_slice(seal);
    let sealed = replay(&recorded, |rng| key.delegate(grant, rng))?.sealed;
    Ok((clear, sealed))
}

/// [`VerifiedIdentityKey::sign`] with recorded randomness. See the module for the danger.
///
/// # Errors
/// As the safe operation; [`Error::Verification`] if it draws anything but 32 bytes.
pub fn sign(
    key: &VerifiedIdentityKey,
    message: &[u8],
    randomness: &[u8; 32],
) -> Result<IdentitySignature, Error> {
    replay(randomness, |rng| key.sign(message, rng))
}

/// [`VerifiedIdentityKey::revoke`] with recorded randomness. See the module for the danger.
///
/// # Errors
/// As the safe operation; [`Error::Verification`] if it draws anything but 32 bytes.
pub fn revoke(
    key: &VerifiedIdentityKey,
    rekey: ReKeyId,
    time: UnixTime,
    randomness: &[u8; 32],
) -> Result<Revocation, Error> {
    replay(randomness, |rng| key.revoke(rekey, time, rng))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_drawn_to_its_end_and_no_further() {
        let draw = |recorded: &[u8], sizes: &[usize]| {
            replay(recorded, |rng| {
                let draws = sizes.iter().map(|size| {
                    let mut bytes = alloc::vec![0; *size];
                    rng.fill_bytes(&mut bytes);
                    bytes
                });
                Ok(draws.collect::<Vec<_>>())
            })
        };
        assert_eq!(draw(b"abc", &[1, 2]), Ok(alloc::vec![b"a".to_vec(), b"bc".to_vec()]));
        assert_eq!(draw(b"abc", &[1]), Err(Error::Verification));
        assert_eq!(draw(b"abc", &[2, 2]), Err(Error::Verification));
        assert_eq!(draw(b"abc", &[3, 1]), Err(Error::Verification));
    }

    #[test]
    fn numbers_are_read_from_the_recording_little_endian() {
        let recorded = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];
        let drawn = replay(&recorded, |rng| {
            let (short, long, mut last) = (rng.next_u32(), rng.next_u64(), [0]);
            rng.try_fill_bytes(&mut last).map_err(|_| Error::Verification)?;
            Ok((short, long, last))
        });
        assert_eq!(drawn, Ok((0x0403_0201, 0x0c0b_0a09_0807_0605, [13])));
    }
}
