//! The one encoding of everything that is hashed, signed or stored, and its digest.
//!
//! ```text
//! encode(x)      = DAG-CBOR(x): shortest integers, definite lengths, no floats, no tags but 42
//! digest(tag, x) = SHA-256(len8(tag) ‖ tag ‖ encode(x))
//! decode(b) = x  ⟹  encode(x) = b
//! ```
//!
//! The DAG-CBOR decoder is strict about integers, lengths and trailing bytes, but it also accepts
//! unsorted and duplicate members of sets and absent optional fields; so [`decode`] encodes again
//! and compares. Within DAG-CBOR we write structs as arrays (the macro `as_array`), byte strings
//! through [`Bytes`] and [`Digest`], maps as arrays of pairs in ascending order ([`Pairs`]), and
//! enums as DAG-CBOR writes them: the bare name, or a map of the name to the content.
//!
//! Status: *published* (IPLD DAG-CBOR by `serde_ipld_dagcbor`; the comparison is ours).

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::{DecodeError, Dst};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// Encodes a value.
///
/// # Panics
/// If the type's `Serialize` fails, which is a bug of the type: a digest of anything else would be
/// a lie. No type of this crate fails, and no value decoded by [`decode`] does.
#[must_use]
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Vec<u8> {
    match serde_ipld_dagcbor::to_vec(value) {
        Ok(bytes) => bytes,
        Err(_) => unreachable!("a type with a failing Serialize"),
    }
}

/// Decodes a value from exactly its own encoding.
///
/// # Errors
/// [`DecodeError::NonCanonical`] for anything but the one encoding of a value of `T`.
pub fn decode<T: Serialize + DeserializeOwned>(bytes: &[u8]) -> Result<T, DecodeError> {
    let value = serde_ipld_dagcbor::from_slice::<T>(bytes).or(Err(DecodeError::NonCanonical))?;
    if encode(&value) == bytes { Ok(value) } else { Err(DecodeError::NonCanonical) }
}

/// The digest of a value under a registered domain.
#[must_use]
pub fn digest<T: Serialize + ?Sized>(domain: Dst, value: &T) -> Digest {
    Digest::of_bytes(domain, &encode(value))
}

/// A SHA-256 digest; encoded as a byte string of 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(#[serde(with = "serde_bytes")] pub [u8; 32]);

impl Digest {
    /// All zero: what comes before the first block.
    pub const ZERO: Self = Self([0; 32]);

    /// SHA-256(len8(domain) ‖ domain ‖ bytes), for bytes that are an encoding already.
    #[must_use]
    pub fn of_bytes(domain: Dst, bytes: &[u8]) -> Self {
        let tag = domain.as_bytes();
        // The registry's test holds every domain below 256 bytes.
        let len = u8::try_from(tag.len()).unwrap_or(u8::MAX);
        Self(
            Sha256::new()
                .chain_update([len])
                .chain_update(tag)
                .chain_update(bytes)
                .finalize()
                .into(),
        )
    }

    /// Its 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex(f, &self.0)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, _) = self.0.split_at(4);
        hex(f, head)?;
        f.write_str("…")
    }
}

/// A byte string of any length.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(#[serde(with = "serde_bytes")] pub Vec<u8>);

impl Bytes {
    /// The bytes.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl From<&[u8]> for Bytes {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({}: ", self.0.len())?;
        hex(f, self.0.get(..8).unwrap_or(&self.0))?;
        f.write_str(")")
    }
}

/// Lower-case hexadecimal.
fn hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

/// A map, encoded as an array of `[key, value]` in strictly ascending order of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs<K, V>(pub BTreeMap<K, V>);

impl<K, V> Default for Pairs<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Serialize, V: Serialize> Serialize for Pairs<K, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter())
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for Pairs<K, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(K, V)>::deserialize(deserializer)?;
        let ascending = pairs.windows(2).all(|pair| matches!(pair, [a, b] if a.0 < b.0));
        if ascending {
            Ok(Self(pairs.into_iter().collect()))
        } else {
            Err(D::Error::custom("keys out of order"))
        }
    }
}

/// Encodes a struct as the array of the listed fields: no names to omit, add or reorder.
macro_rules! as_array {
    ($name:ident { $($field:ident),+ $(,)? }) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                ($(&self.$field,)+).serialize(serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let ($($field,)+) = serde::Deserialize::deserialize(deserializer)?;
                Ok(Self { $($field),+ })
            }
        }
    };
}
pub(crate) use as_array;
