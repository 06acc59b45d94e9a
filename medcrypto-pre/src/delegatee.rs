//! The delegatee: accepting a delegation once, then opening records.
//!
//! ```text
//! Accept   σA verifies under the delegator that the delegatee expects;  idB is this identity
//!          key₂ = Decap(A_B, E) under aadE;   y = Hy(key₂, aadE, E)
//! Open     owner = idA;  path covers the record's;  valid now;  rk_id is this delegation's
//!          K = T · e(−[y]P₁, C0);  Finish(hdr, K) gives s and the key
//!          K = e([s]H1(idA), Ppub)                                        else ⊥
//! ```
//! The last equation says that the owner would accept, and get the same key: without it a proxy
//! that is also the encryptor could make a delegatee accept what the owner rejects. With it the
//! result is unique whatever T the proxy sends: what the owner would get, or an error.

use alloc::vec::Vec;
use core::fmt;
use std::io::{self, Read};

use medcrypto_core::{
    bls::{G1, SecretG1, SecretScalar, pairing},
    declassify,
};
use zeroize::Zeroizing;

use crate::{
    Delegator, Error, Opener, PublicParams, ReEncryptedHeader, ReKeyStatement, RecordAddress,
    ScopePath, UnixTime, VerifiedIdentityKey, VerifiedReKeyStatement, kem, oracles,
};

/// What a delegatee keeps of a delegation: y ∈ [1, r) and the verified statement.
///
/// Secret, wiped on drop, not clonable, redacted in `Debug`.
pub struct DelegateeKey {
    statement: VerifiedReKeyStatement,
    params: PublicParams,
    y: SecretScalar,
    /// −[y]P₁.
    unmask: SecretG1,
}

impl VerifiedIdentityKey {
    /// Accepts a delegation to this identity from the delegator that the caller expects.
    ///
    /// # Errors
    /// [`Error::Verification`] if it is not a valid statement of that delegator,
    /// [`Error::Identity`] if it is for somebody else, [`Error::Decryption`] if its envelope does
    /// not open.
    pub fn accept(
        &self,
        statement: ReKeyStatement,
        expected: &Delegator,
    ) -> Result<DelegateeKey, Error> {
        let statement = statement.verify(self.params(), expected)?;
        let parties = statement.parties();
        if &parties.delegatee.0 != self.identity() {
            return Err(Error::Identity);
        }
        let id = self.params().id();
        let aad = parties.envelope_aad();
        let envelope = &statement.statement().signed().envelope;
        let context = parties.envelope_context(&aad);
        let key = kem::decapsulate(&id, &context, envelope, self.decryption())?.key;
        let y = key.expose(|key| oracles::rekey_mask(&id, key, &aad, &envelope.to_bytes()));
        let unmask = SecretG1::new(-G1::mul_generator(&y))?;
        Ok(DelegateeKey { statement, params: self.params().clone(), y, unmask })
    }
}

impl DelegateeKey {
    /// The verified statement of the delegation.
    #[must_use]
    pub fn statement(&self) -> &VerifiedReKeyStatement {
        &self.statement
    }

    pub(crate) fn params(&self) -> &PublicParams {
        &self.params
    }

    /// y, in clear: with the proxy's TK0 it is the key of the delegated scope.
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.y.to_secret_bytes()
    }

    /// Opens a re-encrypted record; the plaintext is read from the returned [`Opener`], and is
    /// provisional until [`Opener::finish`] succeeds.
    ///
    /// # Errors
    /// [`Error::Identity`], [`Error::Scope`], [`Error::Validity`], otherwise
    /// [`Error::Decryption`] (all inside an [`io::Error`]) or what `payload` reports.
    pub fn open<R: Read>(
        &self,
        address: &RecordAddress,
        header: &ReEncryptedHeader,
        payload: R,
        now: UnixTime,
    ) -> io::Result<Opener<R>> {
        Opener::new(&self.record_key(address, header, now)?, payload)
    }

    /// Opens a re-encrypted record held in memory: all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Identity`], [`Error::Scope`], [`Error::Validity`], otherwise
    /// [`Error::Decryption`].
    pub fn open_to_vec(
        &self,
        address: &RecordAddress,
        header: &ReEncryptedHeader,
        payload: &[u8],
        now: UnixTime,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        Opener::open_to_vec(&self.record_key(address, header, now)?, payload)
    }

    fn record_key(
        &self,
        address: &RecordAddress,
        header: &ReEncryptedHeader,
        now: UnixTime,
    ) -> Result<kem::KemKey, Error> {
        self.decapsulate(address, header, now).map(|finished| finished.key)
    }

    pub(crate) fn decapsulate(
        &self,
        address: &RecordAddress,
        header: &ReEncryptedHeader,
        now: UnixTime,
    ) -> Result<kem::Finished, Error> {
        let parties = self.statement.parties();
        address.require_within(&parties.delegator, &parties.scope)?;
        parties.terms.require_valid_at(now)?;
        if header.rekey() != self.statement.id() {
            return Err(Error::Decryption);
        }
        let c0 = header.header().fields().c0.point();
        let key = header.t() * self.unmask.expose(|point| pairing(point, &c0));
        let id = self.params.id();
        let finished = kem::finish(&id, &address.context(), header.header(), &key)?;
        let owner = oracles::identity_point(&id, &parties.delegator.0);
        let same = self.params.pair(&owner.mul(&finished.s)) == key;
        if declassify(same, "whether the owner would accept") {
            Ok(finished)
        } else {
            Err(Error::Decryption)
        }
    }
}

impl RecordAddress {
    /// [`Error::Identity`] or [`Error::Scope`] unless this is a record of `owner` under `scope`.
    pub(crate) fn require_within(&self, owner: &Delegator, scope: &ScopePath) -> Result<(), Error> {
        if self.owner() != owner {
            return Err(Error::Identity);
        }
        let covered = self.scope().is_some_and(|path| scope.covers(path));
        if covered { Ok(()) } else { Err(Error::Scope) }
    }
}

impl fmt::Debug for DelegateeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DelegateeKey").field("id", &self.statement.id()).finish_non_exhaustive()
    }
}
