//! Keys of KH-LCS: three kinds, for three powers.
//!
//! ```text
//! hashing keys     k₁ … kₙ, κ̂, α, β ←$ ℤᵣ³                            n slots, 1 ≤ n ≤ 64
//! PublicKey        Sᵢ = π(kᵢ),  Ŝ = π(κ̂),  A = π(α),  B = π(β)         encrypts, once it is registered
//! DecryptionKey    k₁ … kₙ, κ̂, α, β                                    reads
//! EvaluationKey    α, β                                                 adds up, and cannot read
//! key id           SHA-256(DST ‖ encoding of the public key)
//! ```
//! | key | encoding after the header | bytes for n = 1 |
//! |---|---|---|
//! | [`PublicKey`] | `n u8 ‖ S₁ … Sₙ ‖ Ŝ ‖ A ‖ B` | 1 + 48·(2n + 6) = 385 |
//! | [`DecryptionKey`] | `n u8 ‖ key id ‖ α ‖ β ‖ κ̂ ‖ k₁ … kₙ` | 1 + 32 + 96·(n + 3) = 417 |
//! | [`EvaluationKey`] | `key id ‖ α ‖ β` | 32 + 192 = 224 |
//!
//! A decryption key contains its evaluation key, so whoever reads can also evaluate; the converse is the
//! point of the scheme. An evaluation key is never stored beside another party's decryption key.

mod possession;
mod registered;
mod secret;

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::codec::{Header, Reader, Tag, Writer};
use medcrypto_core::{DecodeError, dst};
use sha2::{Digest, Sha256};

use crate::Error;
use crate::hps::Projection;

pub use possession::PossessionProof;
pub(crate) use possession::projected;
pub use registered::RegisteredKey;
pub use secret::{DecryptionKey, EvaluationKey};

/// Digest that names a public key; 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 32]);

/// The account that a key is registered for; 32 bytes, chosen by the ledger or the federation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(pub [u8; 32]);

/// How many numbers a ciphertext carries, 1 to 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slots(u8);

impl Slots {
    /// One number, as every ledger key has.
    pub const ONE: Self = Self(1);
    /// The most.
    pub const MAX: Self = Self(64);

    /// # Errors
    /// [`Error::Count`] unless `slots` is from 1 to 64.
    pub fn new(slots: usize) -> Result<Self, Error> {
        u8::try_from(slots).ok().and_then(Self::of).ok_or(Error::Count)
    }

    /// The number.
    #[must_use]
    pub fn get(self) -> usize {
        usize::from(self.0)
    }

    fn of(slots: u8) -> Option<Self> {
        (1..=Self::MAX.0).contains(&slots).then_some(Self(slots))
    }

    pub(crate) fn to_byte(self) -> u8 {
        self.0
    }

    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Self::of(reader.u8()?).ok_or(DecodeError::NonCanonical)
    }
}

/// A public key as received: nothing is encrypted to it before it is registered.
///
/// [`register`](Self::register) checks that its sender has the secret key and gives a [`RegisteredKey`].
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    slots: Vec<Projection>,
    consistency: Projection,
    alpha: Projection,
    beta: Projection,
    id: KeyId,
}

impl PublicKey {
    /// Encoded length in bytes for `slots` slots.
    #[must_use]
    pub fn len(slots: Slots) -> usize {
        Header::LEN + 1 + Projection::LEN * (slots.get() + 3)
    }

    /// `all` is S₁ … Sₙ, Ŝ, A, B.
    fn new(all: Vec<Projection>) -> Result<Self, DecodeError> {
        let Some((slots, &[consistency, alpha, beta])) = all.split_last_chunk() else {
            return Err(DecodeError::Length);
        };
        let mut key = Self { slots: slots.to_vec(), consistency, alpha, beta, id: KeyId([0; 32]) };
        let digest = Sha256::new_with_prefix(dst::khpke::KEY_ID.as_bytes());
        key.id = KeyId(digest.chain_update(key.to_bytes()).finalize().into());
        Ok(key)
    }

    /// The digest that names this key.
    #[must_use]
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// How many numbers a ciphertext under this key carries.
    #[must_use]
    pub fn slots(&self) -> Slots {
        // A key is made with 1 to 64 slots only, so the default is unreachable.
        Slots::new(self.slots.len()).unwrap_or(Slots::MAX)
    }

    /// S₁ … Sₙ, Ŝ, A, B.
    pub(crate) fn projections(&self) -> impl Iterator<Item = &Projection> {
        self.slots.iter().chain([&self.consistency, &self.alpha, &self.beta])
    }

    /// Sᵢ, counted from 0.
    pub(crate) fn slot(&self, index: usize) -> Option<&Projection> {
        self.slots.get(index)
    }

    /// Ŝ.
    pub(crate) fn consistency(&self) -> &Projection {
        &self.consistency
    }

    /// A and B.
    pub(crate) fn tag_projections(&self) -> [Projection; 2] {
        [self.alpha, self.beta]
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = self.slots();
        let writer = Writer::with_capacity(Self::len(count))
            .header(Header::v1(Tag::KhpkePublicKey))
            .u8(count.to_byte());
        self.projections().fold(writer, |writer, projection| projection.write(writer)).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError`]; every point is in the group and none is the identity.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::KhpkePublicKey))?;
        let slots = Slots::read(&mut reader)?;
        let all = (0..slots.get() + 3).map(|_| Projection::read(&mut reader));
        let all = all.collect::<Result<_, _>>()?;
        reader.finish()?;
        Self::new(all)
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PublicKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Registered keys for the unit tests of this crate.
#[cfg(test)]
pub(crate) mod samples {
    use medcrypto_core::{Transcript, dst};
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng;

    use super::*;

    pub(crate) fn registered(slots: usize, seed: u64) -> (DecryptionKey, RegisteredKey) {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let (secret, public) =
            DecryptionKey::generate(Slots::new(slots).unwrap(), &mut rng).unwrap();
        let account = AccountId(public.id().0);
        let transcript = || Transcript::new(dst::khpke::POSSESSION);
        let proof = PossessionProof::prove(&public, &account, &secret, &mut transcript(), &mut rng);
        let key = public.register(account, &proof.unwrap(), &mut transcript()).unwrap();
        (secret, key)
    }
}
