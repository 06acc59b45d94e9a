//! Elements of Fr that leave this crate: 32 bytes, big-endian, below r, one type a role.
//!
//! ```text
//! r        order of BLS12-381's groups, 255 bits
//! encode   32 bytes, big-endian, value < r        (value + r also fits 32 bytes and is refused)
//! h2f      wide hash of 64 bytes, mod r           (bias below 2^-250)
//! ```
//!
//! Two roles never compare equal by type, so a nullifier cannot stand where a scope is expected.
//! Status: *published* (reduction of a wide hash, RFC 9380 section 5 in spirit).

use core::{fmt, hash::Hash, hash::Hasher, marker::PhantomData};

use ark_ff::{BigInt, BigInteger, PrimeField};
use medcrypto_core::{DecodeError, Dst};
use zeroize::Zeroizing;

use crate::hash::h2f_wide;
use crate::requirement::Requirement;
use crate::schema::Schema;

pub(crate) use ark_bls12_381::Fr;

/// Length of an encoded field element in bytes.
pub const ELEMENT_LEN: usize = 32;

/// What a field element stands for. Sealed: the roles are the types of [`role`].
pub trait Role: sealed::Sealed {
    /// Name of the role in `Debug` output.
    const NAME: &'static str;
}

mod sealed {
    #[allow(unnameable_types, reason = "a sealed trait is one that nobody can name")]
    pub trait Sealed {}
}

/// The roles of [`Element`].
pub mod role {
    use super::{Role, sealed::Sealed};

    /// Root of a salted record tree.
    #[derive(Clone, Copy, Debug)]
    pub enum Commitment {}
    /// Digest of a requirement.
    #[derive(Clone, Copy, Debug)]
    pub enum Requirement {}
    /// Digest of the context of a proof.
    #[derive(Clone, Copy, Debug)]
    pub enum Context {}
    /// Nullifier.
    #[derive(Clone, Copy, Debug)]
    pub enum Nullifier {}
    /// Digest of a nullifier scope.
    #[derive(Clone, Copy, Debug)]
    pub enum Scope {}
    /// Digest of an issuer policy.
    #[derive(Clone, Copy, Debug)]
    pub enum Policy {}
    /// Commitment to a holder secret.
    #[derive(Clone, Copy, Debug)]
    pub enum Holder {}
    /// Identifier of a record lineage.
    #[derive(Clone, Copy, Debug)]
    pub enum Lineage {}

    /// Digest of a record schema.
    #[derive(Clone, Copy, Debug)]
    pub enum Schema {}

    impl Sealed for Schema {}
    impl Role for Schema {
        const NAME: &'static str = "SchemaDigest";
    }
    impl Sealed for Commitment {}
    impl Role for Commitment {
        const NAME: &'static str = "Commitment";
    }
    impl Sealed for Requirement {}
    impl Role for Requirement {
        const NAME: &'static str = "RequirementDigest";
    }
    impl Sealed for Context {}
    impl Role for Context {
        const NAME: &'static str = "ContextDigest";
    }
    impl Sealed for Nullifier {}
    impl Role for Nullifier {
        const NAME: &'static str = "Nullifier";
    }
    impl Sealed for Scope {}
    impl Role for Scope {
        const NAME: &'static str = "ScopeDigest";
    }
    impl Sealed for Policy {}
    impl Role for Policy {
        const NAME: &'static str = "PolicyDigest";
    }
    impl Sealed for Holder {}
    impl Role for Holder {
        const NAME: &'static str = "HolderCommitment";
    }
    impl Sealed for Lineage {}
    impl Role for Lineage {
        const NAME: &'static str = "LineageId";
    }
}

/// A canonical element of Fr in one role; 32 bytes, big-endian, no header.
pub struct Element<R: Role>(Fr, PhantomData<R>);

/// C, the commitment to a record.
pub type Commitment = Element<role::Commitment>;
/// Q, the digest of a requirement.
pub type RequirementDigest = Element<role::Requirement>;
/// X, the digest of a context.
pub type ContextDigest = Element<role::Context>;
/// N, the nullifier.
pub type Nullifier = Element<role::Nullifier>;
/// The digest of a nullifier scope.
pub type ScopeDigest = Element<role::Scope>;
/// The digest of an issuer policy.
pub type PolicyDigest = Element<role::Policy>;
/// P3(9; sk, 0), the commitment to a holder secret.
pub type HolderCommitment = Element<role::Holder>;
/// Digest of a record schema.
pub type SchemaDigest = Element<role::Schema>;
/// Issuer-assigned identifier of a record lineage, stable across re-issued versions.
pub type LineageId = Element<role::Lineage>;

impl<R: Role> Element<R> {
    /// Encoded length in bytes.
    pub const LEN: usize = ELEMENT_LEN;

    /// Decodes the canonical encoding.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`] when the integer is not below r.
    pub fn from_bytes(bytes: &[u8; ELEMENT_LEN]) -> Result<Self, DecodeError> {
        decode(bytes).map(Self::new)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; ELEMENT_LEN] {
        encode(&self.0)
    }

    pub(crate) const fn new(value: Fr) -> Self {
        Self(value, PhantomData)
    }

    pub(crate) const fn value(&self) -> Fr {
        self.0
    }
}

impl SchemaDigest {
    /// The digest of `schema`; it stands inside every commitment.
    #[must_use]
    pub fn of(schema: &Schema) -> Self {
        Self::new(Fr::from_be_bytes_mod_order(&schema.digest_wide()))
    }
}

impl RequirementDigest {
    /// The digest Q of `requirement`, over its canonical text.
    #[must_use]
    pub fn of(requirement: &Requirement) -> Self {
        Self::new(Fr::from_be_bytes_mod_order(&requirement.digest_wide()))
    }
}

impl LineageId {
    /// A lineage identifier from 31 bytes, big-endian; always below r.
    #[must_use]
    pub fn from_id(id: &[u8; 31]) -> Self {
        Self::new(from_31_bytes(id))
    }
}

impl<R: Role> Clone for Element<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Role> Copy for Element<R> {}

impl<R: Role> PartialEq for Element<R> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<R: Role> Eq for Element<R> {}

impl<R: Role> Hash for Element<R> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.to_bytes().hash(state);
    }
}

impl<R: Role> fmt::Debug for Element<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", R::NAME)?;
        self.to_bytes().iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
        f.write_str(")")
    }
}

/// The canonical encoding of `value`.
pub(crate) fn encode(value: &Fr) -> [u8; ELEMENT_LEN] {
    let mut out = [0; ELEMENT_LEN];
    let bytes = value.into_bigint().to_bytes_be();
    for (to, from) in out.iter_mut().rev().zip(bytes.iter().rev()) {
        *to = *from;
    }
    out
}

/// Decodes a canonical encoding; `value + r` is refused.
pub(crate) fn decode(bytes: &[u8; ELEMENT_LEN]) -> Result<Fr, DecodeError> {
    let value = Fr::from_be_bytes_mod_order(bytes);
    if encode(&value) == *bytes { Ok(value) } else { Err(DecodeError::NonCanonical) }
}

/// An integer of 31 bytes, big-endian; often a secret.
///
/// Not by arkworks' decoder of bytes, which leaves a copy of them on the heap.
pub(crate) fn from_31_bytes(bytes: &[u8; 31]) -> Fr {
    let mut limbs = Zeroizing::new([0; 4]);
    for (limb, chunk) in limbs.iter_mut().zip(bytes.rchunks(8)) {
        *limb = chunk.iter().fold(0, |high, byte| high << 8 | u64::from(*byte));
    }
    // 31 bytes are below r, so the default is unreachable.
    Fr::from_bigint(BigInt::new(*limbs)).unwrap_or_default()
}

/// `h2f(dst, m)`: 64 bytes of hash, big-endian, modulo r.
pub(crate) fn h2f(dst: Dst, message: &[u8]) -> Fr {
    Fr::from_be_bytes_mod_order(&h2f_wide(dst, message))
}
