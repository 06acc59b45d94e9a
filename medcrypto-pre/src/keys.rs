//! Identity keys, as delivered and as checked.
//!
//! ```text
//! IdentityKey          A = [α]H1(id) ∈ 𝔾₁,  D = [α]H1s(id) ∈ 𝔾₁       as received
//! VerifiedIdentityKey  the same, with both pairing equations checked
//! encoding             version ‖ suite ‖ tag ‖ params_id ‖ id_enc ‖ A ‖ D     131 bytes + id_enc
//! ```

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::{
    DecodeError,
    bls::{G1, G2, SecretG1, multi_pairing},
    codec::{Header, Reader, Tag, Writer},
    declassify,
};
use zeroize::Zeroizing;

use crate::{Error, Identity, ParamsId, PublicParams, oracles};

/// The decryption key A and the signing key D of an identity, as delivered by an authority.
///
/// Wiped on drop, not clonable, redacted in `Debug`. It does nothing before
/// [`verify`](Self::verify) has turned it into a [`VerifiedIdentityKey`]:
///
/// ```compile_fail
/// # use medcrypto_pre::{Header, IdentityKey, RecordAddress};
/// fn unchecked(key: &IdentityKey, address: &RecordAddress, header: &Header) {
///     let _ = key.open_to_vec(address, header, &[]);
/// }
/// ```
pub struct IdentityKey {
    params: ParamsId,
    identity: Identity,
    decryption: SecretG1,
    signing: SecretG1,
}

impl IdentityKey {
    /// Encoded length in bytes, without the identity.
    pub const BASE_LEN: usize = Header::LEN + 32 + 2 * G1::LEN;

    pub(crate) fn new(
        params: ParamsId,
        identity: Identity,
        decryption: SecretG1,
        signing: SecretG1,
    ) -> Self {
        Self { params, identity, decryption, signing }
    }

    /// Whose key it is said to be.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Checks both halves of the key against `params`.
    ///
    /// # Errors
    /// [`Error::Parameters`] if it names other parameters, [`Error::Verification`].
    pub fn verify(self, params: &PublicParams) -> Result<VerifiedIdentityKey, Error> {
        if self.params != params.id() {
            return Err(Error::Parameters);
        }
        let genuine = |key: &SecretG1, point: G1| {
            let pairs = |key: &G1| [(*key, G2::generator()), (-point, params.public())];
            key.expose(|key| multi_pairing(&pairs(key)).is_identity())
        };
        let decrypts =
            genuine(&self.decryption, oracles::identity_point(&params.id(), &self.identity));
        let signs = genuine(&self.signing, oracles::signing_point(&params.id(), &self.identity));
        if declassify(decrypts & signs, "whether an identity key is genuine") {
            Ok(VerifiedIdentityKey { key: self, params: params.clone() })
        } else {
            Err(Error::Verification)
        }
    }

    /// The canonical encoding, for storage or delivery by the caller.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        let writer = Writer::with_capacity(Self::BASE_LEN + Identity::MAX_LEN)
            .header(Header::v1(Tag::PreIdentityKey))
            .array(&self.params.0)
            .array(&self.identity.to_bytes())
            .array(self.decryption.to_secret_bytes().as_slice())
            .array(self.signing.to_secret_bytes().as_slice());
        Zeroizing::new(writer.finish())
    }

    /// Decodes what [`to_secret_bytes`](Self::to_secret_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], whatever is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        read(bytes).map_err(|_| DecodeError::NonCanonical)
    }
}

fn read(bytes: &[u8]) -> Result<IdentityKey, DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.header(Header::v1(Tag::PreIdentityKey))?;
    let params = ParamsId(reader.array()?);
    let identity = Identity::read(&mut reader)?;
    let mut point = || SecretG1::from_bytes(&Zeroizing::new(reader.array()?));
    let (decryption, signing) = (point()?, point()?);
    reader.finish()?;
    Ok(IdentityKey { params, identity, decryption, signing })
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdentityKey").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// An identity key that passed both checks, with the parameters it belongs to.
///
/// Opens the identity's records, delegates, imports re-encryption keys, accepts delegations and
/// signs.
pub struct VerifiedIdentityKey {
    key: IdentityKey,
    params: PublicParams,
}

impl VerifiedIdentityKey {
    /// Whose key it is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.key.identity
    }

    /// The parameters it belongs to.
    #[must_use]
    pub fn params(&self) -> &PublicParams {
        &self.params
    }

    /// The canonical encoding of the key, which is checked again when it is read back.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        self.key.to_secret_bytes()
    }

    /// A.
    pub(crate) fn decryption(&self) -> &SecretG1 {
        &self.key.decryption
    }

    /// D.
    pub(crate) fn signing(&self) -> &SecretG1 {
        &self.key.signing
    }
}

impl fmt::Debug for VerifiedIdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedIdentityKey")
            .field("identity", &self.key.identity)
            .finish_non_exhaustive()
    }
}
