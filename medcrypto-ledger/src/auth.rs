//! Who speaks: keys, signatures and the committee.
//!
//! The ledger depends on no signature scheme. [`Verifier`] checks a signature of any key that
//! appears on the chain (replica, client, patient, issuer); [`Auth`] also signs with the key of the
//! one party that holds it. Both sign under a registered domain, so no signature serves two kinds
//! of message. Keys and signatures are byte strings whose shape the verifier knows.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use medcrypto_core::Dst;
use serde::{Deserialize, Serialize};

use crate::codec::Bytes;
use crate::error::{Error, Refused};

/// The position of a replica in the [`Committee`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ReplicaId(pub u16);

impl ReplicaId {
    /// Nobody: the proposer of an empty block.
    pub const NONE: Self = Self(u16::MAX);
}

/// The bytes of a public key, as its signature scheme encodes them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct PublicKey(pub Bytes);

/// The bytes of a signature, as its scheme encodes them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Signature(pub Bytes);

/// A client of the replicas is the key that signs its requests.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ClientId(pub PublicKey);

/// Checks signatures.
pub trait Verifier {
    /// Accepts only if `signature` is `key`'s over `message` under `domain`.
    ///
    /// # Errors
    /// [`Refused`] for a malformed key, a malformed signature and a wrong one alike.
    fn verify(
        &self,
        key: &PublicKey,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused>;
}

/// Checks signatures, and signs with the key of whoever holds this value. Signing is deterministic
/// or hedged inside: a replica has no source of randomness.
pub trait Auth: Verifier {
    /// Signs `message` under `domain`.
    fn sign(&self, domain: Dst, message: &[u8]) -> Signature;
}

/// The replicas' keys in order of their ids; fixed for a chain, whose identity covers them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committee(Vec<PublicKey>);

impl Committee {
    /// The most replicas a committee has.
    pub const MAX: usize = 1024;

    /// A committee of at least one and at most [`Committee::MAX`] different keys.
    ///
    /// # Errors
    /// [`Error::Committee`] otherwise.
    pub fn new(keys: Vec<PublicKey>) -> Result<Self, Error> {
        let distinct = keys.iter().collect::<BTreeSet<_>>().len() == keys.len();
        if distinct && (1..=Self::MAX).contains(&keys.len()) {
            Ok(Self(keys))
        } else {
            Err(Error::Committee)
        }
    }

    /// The number n of replicas.
    #[must_use]
    pub fn n(&self) -> u16 {
        u16::try_from(self.0.len()).unwrap_or(u16::MAX)
    }

    /// The key of a replica.
    #[must_use]
    pub fn key(&self, replica: ReplicaId) -> Option<&PublicKey> {
        self.0.get(usize::from(replica.0))
    }

    /// Every key, in order of the replicas.
    #[must_use]
    pub fn keys(&self) -> &[PublicKey] {
        &self.0
    }

    /// Accepts only if `signature` is `replica`'s over `message` under `domain`.
    ///
    /// # Errors
    /// [`Refused`] for a stranger and for a wrong signature.
    pub fn verify<V: Verifier>(
        &self,
        verifier: &V,
        replica: ReplicaId,
        domain: Dst,
        message: &[u8],
        signature: &Signature,
    ) -> Result<(), Refused> {
        let key = self.key(replica).ok_or(Refused)?;
        verifier.verify(key, domain, message, signature)
    }
}
