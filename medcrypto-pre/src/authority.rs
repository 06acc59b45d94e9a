//! The authority: setup and the issue of identity keys (Boneh–Franklin root).
//!
//! ```text
//! Setup     α ←$ [1, r)          master secret key α          Ppub = [α]P₂ ∈ 𝔾₂
//! KeyGen    A = [α]H1(id) ∈ 𝔾₁   decrypts, and is the root of delegations
//!           D = [α]H1s(id) ∈ 𝔾₁  signs
//! check     e(A, P₂) = e(H1(id), Ppub)  and  e(D, P₂) = e(H1s(id), Ppub)     by the receiver
//! ```
//! Source: Boneh, Franklin, "Identity-based encryption from the Weil pairing" (CRYPTO 2001); the
//! separate signing key and domain keep a signing oracle from being a decryption oracle.
//!
//! **Escrow.** The authority computes every identity key, so it can read every record and sign as
//! anybody. That is inherent in identity-based schemes. Keys travel over a confidential,
//! authenticated channel; [`IdentityKey::verify`] convicts an authority of a wrong key, not of a
//! kept copy.

use medcrypto_core::{
    DecodeError,
    bls::{G1, G2, SecretG1, SecretScalar},
    codec::{Header, Reader, Tag},
};
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::{Error, Identity, IdentityKey, PublicParams, oracles};

/// The master secret key α ∈ [1, r); 35 bytes encoded.
#[derive(Debug)]
pub struct MasterSecretKey(SecretScalar);

impl MasterSecretKey {
    /// Encoded length in bytes.
    pub const LEN: usize = Header::LEN + SecretScalar::LEN;

    /// Draws a key.
    pub fn generate<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self(SecretScalar::generate(rng))
    }

    /// The canonical encoding, for storage by the authority.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        let mut bytes = Zeroizing::new([0; Self::LEN]);
        let (header, scalar) = bytes.split_at_mut(Header::LEN);
        header.copy_from_slice(&Header::v1(Tag::PreMasterKey).to_bytes());
        scalar.copy_from_slice(self.0.to_secret_bytes().as_slice());
        bytes
    }

    /// Decodes what [`to_secret_bytes`](Self::to_secret_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], whatever is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        read(bytes).map_err(|_| DecodeError::NonCanonical)
    }
}

fn read(bytes: &[u8]) -> Result<MasterSecretKey, DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.header(Header::v1(Tag::PreMasterKey))?;
    let scalar = SecretScalar::from_bytes(&Zeroizing::new(reader.array()?))?;
    reader.finish()?;
    Ok(MasterSecretKey(scalar))
}

/// Whoever issues identity keys; the papers' PKG. Status: *published* (the key structure).
///
/// # Example
/// ```
/// use medcrypto_pre::{Authority, Error, Identity};
/// use rand_core::OsRng;
///
/// let authority = Authority::setup(&mut OsRng);
/// let identity = Identity::new("st-mary.example", "pseudonym-7f3a", "2025")?;
/// let key = authority.issue(&identity)?.verify(authority.params())?; // the receiver's check
/// assert_eq!(key.identity(), &identity);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Authority {
    master: MasterSecretKey,
    params: PublicParams,
}

impl Authority {
    /// Draws a master secret key and computes the public parameters.
    pub fn setup<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
        Self::from_master_key(MasterSecretKey::generate(rng))
    }

    /// The authority of a stored master secret key.
    #[must_use]
    pub fn from_master_key(master: MasterSecretKey) -> Self {
        // α is in [1, r), so [α]P₂ is not the identity.
        let params = PublicParams::new(G2::mul_generator(&master.0).published("Ppub"));
        Self { master, params }
    }

    /// The public parameters.
    #[must_use]
    pub fn params(&self) -> &PublicParams {
        &self.params
    }

    /// The master secret key, for storage.
    #[must_use]
    pub fn master_key(&self) -> &MasterSecretKey {
        &self.master
    }

    /// Issues the key of `identity`, whose ownership the authority has established.
    ///
    /// Constant time in the master secret key.
    ///
    /// # Errors
    /// [`Error::Decode`] if the identity hashes to the neutral element: once in 2²⁵⁵ identities.
    pub fn issue(&self, identity: &Identity) -> Result<IdentityKey, Error> {
        let key = |point: G1| SecretG1::new(point.mul(&self.master.0));
        let decryption = key(oracles::identity_point(&self.params.id(), identity))?;
        let signing = key(oracles::signing_point(&self.params.id(), identity))?;
        Ok(IdentityKey::new(self.params.id(), identity.clone(), decryption, signing))
    }
}
