//! The proxy cloud: stores ciphertexts and re-encrypts, and can read none of them.

use medcrypto_ledger::cas::{self, Cid, MemoryStore};
use medcrypto_pre::{
    Delegator, Header, ReEncryptedHeader, RecordAddress, RevocationList, SealedReKey, UnixTime,
    VerifiedIdentityKey, VerifiedReKey,
};

use super::Deposit;
use crate::flows::huang::Failure;
use crate::flows::huang::signer::Signer;

/// Semi-trusted storage with a key of its own, to which re-encryption keys are sealed.
///
/// Row H1: none of its operations takes the secret key of anybody else. Re-encryption takes a verified
/// re-encryption key, and an identity key in its place does not compile:
///
/// ```compile_fail,E0308
/// # use medcrypto_examples::flows::huang::parties::ProxyCloud;
/// # use medcrypto_pre::{RecordAddress, UnixTime, VerifiedIdentityKey};
/// fn read(cloud: &ProxyCloud, patient: &VerifiedIdentityKey, at: &RecordAddress) {
///     let _ = cloud.re_encrypt(patient, &[], at, UnixTime(0));
/// }
/// ```
/// ```compile_fail,E0308
/// # use medcrypto_examples::flows::huang::parties::ProxyCloud;
/// # use medcrypto_pre::{Delegator, VerifiedIdentityKey};
/// fn import(cloud: &ProxyCloud, patient: &VerifiedIdentityKey, of: &Delegator) {
///     let _ = cloud.import(patient, of);
/// }
/// ```
#[derive(Debug)]
pub struct ProxyCloud {
    identity: VerifiedIdentityKey,
    /// Signs deliveries.
    pub signer: Signer,
    /// What it stores; anybody may read it.
    pub store: MemoryStore,
    /// Delegations that it no longer serves.
    pub refused: RevocationList,
}

impl ProxyCloud {
    /// A proxy with an identity key from the authority and an empty store.
    #[must_use]
    pub fn new(identity: VerifiedIdentityKey, signer: Signer) -> Self {
        Self { identity, signer, store: MemoryStore::new(), refused: RevocationList::default() }
    }

    /// Its name, to which re-encryption keys are sealed.
    #[must_use]
    pub fn name(&self) -> medcrypto_pre::Proxy {
        medcrypto_pre::Proxy(self.identity.identity().clone())
    }

    /// Stores bytes under the identifier of their content.
    ///
    /// # Errors
    /// [`Failure::Data`] for more than the store takes.
    pub fn put(&mut self, bytes: &[u8]) -> Result<Cid, Failure> {
        cas::put(&mut self.store, bytes)
            .map_err(|error| Failure::Data(format!("the store: {error}")))
    }

    /// Reads what stands under an identifier, and checks that it is that.
    ///
    /// # Errors
    /// [`Failure::Data`] for what is missing or is something else.
    pub fn get(&self, cid: &Cid) -> Result<Vec<u8>, Failure> {
        cas::get(&self.store, cid).map_err(|error| Failure::Data(format!("object {cid}: {error}")))
    }

    /// Opens and verifies a re-encryption key that is expected from `delegator`.
    ///
    /// # Errors
    /// [`medcrypto_pre::Error`].
    pub fn import(
        &self,
        sealed: &[u8],
        delegator: &Delegator,
    ) -> Result<VerifiedReKey, medcrypto_pre::Error> {
        self.identity.import(&SealedReKey::from_bytes(sealed)?, delegator)
    }

    /// Step 7: verifies a stored header, then re-encrypts it within the terms of the key.
    ///
    /// # Errors
    /// [`medcrypto_pre::Error`] for a header that does not verify, and for what the key forbids.
    pub fn re_encrypt(
        &self,
        key: &VerifiedReKey,
        deposit: &[u8],
        address: &RecordAddress,
        now: UnixTime,
    ) -> Result<ReEncryptedHeader, medcrypto_pre::Error> {
        let (header, _) = Deposit::split(deposit, address)?;
        let header = header.verify(self.identity.params(), address)?;
        key.re_encrypt(&header, now, &self.refused)
    }
}

impl Deposit {
    /// The header and the payload of a stored ciphertext.
    ///
    /// # Errors
    /// [`medcrypto_pre::Error::Decode`].
    pub fn split<'a>(
        ciphertext: &'a [u8],
        address: &RecordAddress,
    ) -> Result<(Header, &'a [u8]), medcrypto_pre::Error> {
        let depth = address.scope().map_or(0, medcrypto_pre::ScopePath::depth);
        let length = Header::BASE_LEN + 48 * depth;
        let (header, payload) =
            ciphertext.split_at_checked(length).ok_or(medcrypto_pre::DecodeError::Length)?;
        Ok((Header::from_bytes(header)?, payload))
    }
}
