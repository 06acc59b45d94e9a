//! Evidence of what a record opens to, for a dispute before arbiters.
//!
//! ```text
//! evidence  σ, 32 bytes, of one record                        version ‖ suite ‖ tag ‖ σ, 35 bytes
//! check     s = Hs(σ, ctx);  [s]P₂ = C0;  K = e([s]H1(id), Ppub);  σ = cσ ⊕ Hm(K, …)
//! then      the key, and the plaintext or the failure of the payload
//! ```
//! A buyer whose record opens to something else than was sold gives σ to the arbiters. They need no
//! identity key, and conclude what the owner's key would open, because a header that passes the
//! check has one σ only. σ opens this record and no other: its purpose is part of ctx.
//!
//! Evidence is made for publicly verified headers only. Two headers that differ in V alone hold the
//! same σ, so whoever got evidence for a mauled copy of a header could open the original; of a
//! verified header there is no such copy. A header that opens for nobody has no such evidence.
//! Status: *composition*.

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::{
    DecodeError, SecretBytes,
    codec::{self, Reader, Tag},
};
use zeroize::Zeroizing;

use crate::{
    DelegateeKey, Error, Header, Opener, PublicParams, ReEncryptedHeader, RecordAddress, UnixTime,
    VerifiedIdentityKey, kem,
};

/// What opens one record, σ; 35 bytes encoded.
///
/// Secret until it is disclosed, and to be disclosed to arbiters only: it shows the record.
pub struct OpeningEvidence(SecretBytes<32>);

impl OpeningEvidence {
    /// Encoded length in bytes.
    pub const LEN: usize = codec::Header::LEN + 32;

    /// Checks the evidence against the header and opens the payload with it.
    ///
    /// # Errors
    /// [`Error::Verification`] if this is no evidence for that header and address;
    /// [`Error::Decryption`] if it is, and the payload does not open.
    pub fn open_to_vec(
        &self,
        params: &PublicParams,
        address: &RecordAddress,
        header: &Header,
        payload: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let key = self.0.expose(|sigma| kem::reopen(params, &address.context(), header, sigma))?;
        Opener::open_to_vec(&key, payload)
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; Self::LEN]> {
        let mut bytes = Zeroizing::new([0; Self::LEN]);
        let (header, sigma) = bytes.split_at_mut(codec::Header::LEN);
        header.copy_from_slice(&codec::Header::v1(Tag::PreOpeningEvidence).to_bytes());
        self.0.expose(|secret| sigma.copy_from_slice(secret));
        bytes
    }

    /// Decodes what [`to_secret_bytes`](Self::to_secret_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::Length`] or [`DecodeError::Header`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(codec::Header::v1(Tag::PreOpeningEvidence))?;
        let sigma = Zeroizing::new(reader.array()?);
        reader.finish()?;
        Ok(Self(SecretBytes::new(sigma)))
    }
}

impl fmt::Debug for OpeningEvidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpeningEvidence").finish_non_exhaustive()
    }
}

impl VerifiedIdentityKey {
    /// The evidence of what a record of this identity opens to.
    ///
    /// # Errors
    /// [`Error::Verification`] if the header fails the public check, [`Error::Identity`] for an
    /// address of someone else, otherwise [`Error::Decryption`].
    pub fn evidence(
        &self,
        address: &RecordAddress,
        header: &Header,
    ) -> Result<OpeningEvidence, Error> {
        header.clone().verify(self.params(), address)?;
        self.decapsulate(address, header).map(|finished| OpeningEvidence(finished.sigma))
    }
}

impl DelegateeKey {
    /// The evidence of what a re-encrypted record opens to.
    ///
    /// `opened` is when the record was opened, not when the evidence is made: whoever opened a
    /// record in the last valid second can still dispute it after the window.
    ///
    /// # Errors
    /// [`Error::Verification`] if the header fails the public check, [`Error::Identity`],
    /// [`Error::Scope`], [`Error::Validity`], otherwise [`Error::Decryption`].
    pub fn evidence(
        &self,
        address: &RecordAddress,
        header: &ReEncryptedHeader,
        opened: UnixTime,
    ) -> Result<OpeningEvidence, Error> {
        header.header().clone().verify(self.params(), address)?;
        self.decapsulate(address, header, opened).map(|finished| OpeningEvidence(finished.sigma))
    }
}
