//! Records: sealing for an owner, and opening by the owner.
//!
//! ```text
//! seal   (hdr, key) = Encap(owner, scope, record id, purpose 1);   payload = stream(key, record)
//! open   key = Decap(A, hdr) under the address that the caller states;  payload → record
//! ```
//! Anyone can seal for anyone: only the public parameters are needed. The header and the payload
//! travel apart; re-encryption touches the header alone. Status: *composition*.

use alloc::vec::Vec;
use std::io::{self, Read, Write};

use medcrypto_core::dst::pre;
use rand_core::{CryptoRng, RngCore};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{
    Delegator, Error, Header, Opener, PublicParams, ScopePath, Sealer, VerifiedIdentityKey,
    kem::{self, Context, Purpose},
    oracles,
};

/// The associated data of a record: a name of 1 to 1024 bytes that is never used twice.
///
/// Every version of a record takes a new name. The name is bound to the header and to every byte of
/// the payload, and with a broken random generator it is all that keeps two payloads from sharing
/// a key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(Vec<u8>);

impl RecordId {
    /// Longest name in bytes.
    pub const MAX_LEN: usize = 1024;

    /// The name `bytes`.
    ///
    /// # Errors
    /// [`Error::Name`] if it is empty or too long.
    pub fn new(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.is_empty() || bytes.len() > Self::MAX_LEN {
            return Err(Error::Name);
        }
        Ok(Self(bytes.into()))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Whose record it is, where it is filed, and what it is called; hashed, never on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordAddress {
    owner: Delegator,
    scope: Option<ScopePath>,
    record: RecordId,
}

impl RecordAddress {
    /// A record filed under a scope, which its owner may delegate.
    #[must_use]
    pub fn in_scope(owner: Delegator, scope: ScopePath, record: RecordId) -> Self {
        Self { owner, scope: Some(scope), record }
    }

    /// A record that nobody can delegate, its owner included.
    #[must_use]
    pub fn private(owner: Delegator, record: RecordId) -> Self {
        Self { owner, scope: None, record }
    }

    /// Whose record it is.
    #[must_use]
    pub fn owner(&self) -> &Delegator {
        &self.owner
    }

    /// Where it is filed; nowhere if it is private.
    #[must_use]
    pub fn scope(&self) -> Option<&ScopePath> {
        self.scope.as_ref()
    }

    /// What it is called.
    #[must_use]
    pub fn record(&self) -> &RecordId {
        &self.record
    }

    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            purpose: Purpose::Record,
            identity: &self.owner.0,
            path: self.scope.as_ref(),
            aad: &self.record.0,
        }
    }
}

/// Seals a record that is written to the returned [`Sealer`]; the payload goes to `output`.
///
/// Constant time in the encapsulated key. Nothing is complete before [`Sealer::finish`].
///
/// # Errors
/// What `output` reports.
///
/// # Example
/// ```
/// use std::io::{self, Read, Write};
/// # use medcrypto_pre::{Authority, Delegator, Identity, RecordAddress, RecordId, seal};
/// # use rand_core::OsRng;
/// # let authority = Authority::setup(&mut OsRng);
/// # let params = authority.params();
/// # let owner = Identity::new("realm", "subject", "")?;
/// # let key = authority.issue(&owner)?.verify(params)?;
/// # let address = RecordAddress::private(Delegator(owner), RecordId::new(b"image/1")?);
/// let mut source = io::repeat(7).take(1_000_000); // a file, say
/// let (header, mut sealer) = seal(params, &address, Vec::new(), &mut OsRng)?;
/// io::copy(&mut source, &mut sealer)?;
/// let payload = sealer.finish()?;
///
/// let mut opener = key.open(&address, &header, payload.as_slice())?;
/// let mut quarantine = Vec::new(); // a temporary file, say
/// io::copy(&mut opener, &mut quarantine)?;
/// opener.finish()?; // only now is the record known to be complete
/// assert_eq!(quarantine.len(), 1_000_000);
/// # Ok::<(), io::Error>(())
/// ```
pub fn seal<W: Write, R: RngCore + CryptoRng>(
    params: &PublicParams,
    address: &RecordAddress,
    output: W,
    rng: &mut R,
) -> io::Result<(Header, Sealer<W>)> {
    let (header, key) = kem::encapsulate(params, &address.context(), &[], rng)?;
    Ok((header, Sealer::new(&key, output)?))
}

/// Seals a record held in memory: the header and the payload.
///
/// # Errors
/// [`Error::TooLong`].
pub fn seal_to_vec<R: RngCore + CryptoRng>(
    params: &PublicParams,
    address: &RecordAddress,
    record: &[u8],
    rng: &mut R,
) -> Result<(Header, Vec<u8>), Error> {
    let (header, key) = kem::encapsulate(params, &address.context(), &[], rng)?;
    Ok((header, Sealer::seal_to_vec(&key, record)?))
}

impl VerifiedIdentityKey {
    /// Opens a record of this identity; the plaintext is read from the returned [`Opener`].
    ///
    /// What was read before [`Opener::finish`] succeeds may be the beginning of a truncated record:
    /// keep it aside until then, or use [`open_to_vec`](Self::open_to_vec).
    ///
    /// # Errors
    /// [`Error::Identity`] for an address of someone else, otherwise [`Error::Decryption`] (both
    /// inside an [`io::Error`]) or what `payload` reports.
    pub fn open<R: Read>(
        &self,
        address: &RecordAddress,
        header: &Header,
        payload: R,
    ) -> io::Result<Opener<R>> {
        Opener::new(&self.record_key(address, header)?, payload)
    }

    /// Opens a record of this identity held in memory: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Identity`] for an address of someone else, otherwise [`Error::Decryption`].
    pub fn open_to_vec(
        &self,
        address: &RecordAddress,
        header: &Header,
        payload: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        Opener::open_to_vec(&self.record_key(address, header)?, payload)
    }

    fn record_key(&self, address: &RecordAddress, header: &Header) -> Result<kem::KemKey, Error> {
        self.decapsulate(address, header).map(|finished| finished.key)
    }

    pub(crate) fn decapsulate(
        &self,
        address: &RecordAddress,
        header: &Header,
    ) -> Result<kem::Finished, Error> {
        if &address.owner.0 != self.identity() {
            return Err(Error::Identity);
        }
        kem::decapsulate(&self.params().id(), &address.context(), header, self.decryption())
    }
}

/// The digest of a ciphertext that may be published: SHA-256 over the registered string, the
/// length-prefixed header and the payload.
///
/// Publish this, never a digest of the record: records have little entropy, and a digest of one can
/// be searched for.
///
/// # Errors
/// What `payload` reports.
pub fn ciphertext_digest<R: Read>(header: &Header, mut payload: R) -> io::Result<[u8; 32]> {
    let start = [oracles::enc(pre::CIPHERTEXT_DIGEST.as_bytes()), oracles::enc(&header.to_bytes())];
    let mut hash = Sha256::new_with_prefix(start.concat());
    let mut buffer = alloc::vec![0; 1 << 16];
    loop {
        let len = match payload.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        hash.update(buffer.get(..len).unwrap_or_default());
    }
}
