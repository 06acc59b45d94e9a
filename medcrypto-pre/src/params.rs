//! Public parameters of an authority.
//!
//! ```text
//! Ppub = [α]P₂ ∈ 𝔾₂            params_id = SHA-256(len32 ‖ "MEDCRYPTO-PRE-V01-PARAMS" ‖ Ppub)
//! encoding   version ‖ suite ‖ tag ‖ Ppub                             3 + 96 bytes
//! ```
//! `params_id` starts every hash of the scheme, so nothing made under one authority means anything
//! under another.

use alloc::sync::Arc;
use core::fmt;

use medcrypto_core::{
    DecodeError,
    bls::{G1, G2, Gt, NonIdentityG2, PreparedG2},
    codec::{Header, Reader, Tag},
};

use crate::oracles;

/// Digest that names public parameters; 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ParamsId(pub [u8; 32]);

/// Public parameters: `Ppub ∈ 𝔾₂`, not the identity; 99 bytes.
///
/// Cheap to clone. Get them, or their [`ParamsId`], from somewhere you trust: whoever supplies
/// them can read everything that is encrypted under them.
#[derive(Clone)]
pub struct PublicParams {
    public: G2,
    id: ParamsId,
    prepared: Arc<PreparedG2>,
}

impl PublicParams {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + G2::LEN;

    /// `public` is not the identity.
    pub(crate) fn new(public: G2) -> Self {
        let prepared = Arc::new(PreparedG2::new(&public));
        Self { public, id: oracles::params_id(&public), prepared }
    }

    /// The digest that names these parameters.
    #[must_use]
    pub fn id(&self) -> ParamsId {
        self.id
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        let (header, public) = bytes.split_at_mut(Header::LEN);
        header.copy_from_slice(&Header::v1(Tag::PreParams).to_bytes());
        public.copy_from_slice(&self.public.to_bytes());
        bytes
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(Header::v1(Tag::PreParams))?;
        let public = NonIdentityG2::from_bytes(&reader.array()?)?;
        reader.finish()?;
        Ok(Self::new(public.point()))
    }

    /// `Ppub`.
    pub(crate) fn public(&self) -> G2 {
        self.public
    }

    /// `e(point, Ppub)`.
    pub(crate) fn pair(&self, point: &G1) -> Gt {
        self.prepared.pairing(point)
    }
}

impl PartialEq for PublicParams {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for PublicParams {}

impl fmt::Debug for PublicParams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublicParams").field(&self.public).finish()
    }
}
