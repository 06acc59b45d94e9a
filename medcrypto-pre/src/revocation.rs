//! Revocation: a signed statement, and the list that a proxy consults.
//!
//! ```text
//! revocation  version ‖ suite ‖ tag ‖ params_id ‖ idA ‖ rk_id ‖ time u64 ‖ σA
//! refused     rk_id revoked by its own delegator, or serial below the greatest one seen for
//!             (idA, idB, path)
//! ```
//! A revocation makes honest proxies stop. It takes nothing back from a proxy that kept the key and
//! works with the delegatee; for that, file new records under a new epoch of the scope.

use alloc::{
    collections::{BTreeMap, BTreeSet},
    vec::Vec,
};

use medcrypto_core::{
    DecodeError,
    codec::{self, Reader, Tag, Writer},
    dst::pre,
};
use rand_core::{CryptoRng, RngCore};

use crate::{
    Delegatee, Delegator, Error, Identity, IdentitySignature, ParamsId, PublicParams, ReKeyId,
    ScopePath, UnixTime, VerifiedIdentityKey, VerifiedReKeyStatement,
};

/// A signed revocation of one re-encryption key, not verified; 171 bytes and the identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    params: ParamsId,
    delegator: Delegator,
    rekey: ReKeyId,
    time: UnixTime,
    signature: IdentitySignature,
}

impl Revocation {
    /// Encoded length in bytes, without the identity.
    pub const BASE_LEN: usize = codec::Header::LEN + 32 + 32 + 8 + IdentitySignature::BODY_LEN;

    /// Who revokes, by its own account.
    #[must_use]
    pub fn delegator(&self) -> &Delegator {
        &self.delegator
    }

    /// What is revoked.
    #[must_use]
    pub fn rekey(&self) -> ReKeyId {
        self.rekey
    }

    /// When, by the delegator's clock.
    #[must_use]
    pub fn time(&self) -> UnixTime {
        self.time
    }

    /// Verifies the signature under the delegator that the caller expects.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(
        self,
        params: &PublicParams,
        expected: &Delegator,
    ) -> Result<VerifiedRevocation, Error> {
        if self.params != params.id() || &self.delegator != expected {
            return Err(Error::Verification);
        }
        let message = signed(&self.params, &self.delegator.0, &self.rekey, self.time).finish();
        self.signature.verify_as(pre::SIGN_REVOCATION, params, &expected.0, &message)?;
        Ok(VerifiedRevocation(self))
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = signed(&self.params, &self.delegator.0, &self.rekey, self.time);
        self.signature.write(writer).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(codec::Header::v1(Tag::PreRevocation))?;
        let params = ParamsId(reader.array()?);
        let delegator = Delegator(Identity::read(&mut reader)?);
        let (rekey, time) = (ReKeyId(reader.array()?), UnixTime(reader.u64()?));
        let signature = IdentitySignature::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { params, delegator, rekey, time, signature })
    }
}

/// What the signature covers.
fn signed(params: &ParamsId, delegator: &Identity, rekey: &ReKeyId, time: UnixTime) -> Writer {
    Writer::with_capacity(Revocation::BASE_LEN + Identity::MAX_LEN)
        .header(codec::Header::v1(Tag::PreRevocation))
        .array(&params.0)
        .array(&delegator.to_bytes())
        .array(&rekey.0)
        .u64(time.0)
}

/// A revocation whose signature was verified; obtained from [`Revocation::verify`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRevocation(Revocation);

impl VerifiedRevocation {
    /// The revocation.
    #[must_use]
    pub fn revocation(&self) -> &Revocation {
        &self.0
    }
}

impl VerifiedIdentityKey {
    /// Revokes a re-encryption key of this delegator.
    ///
    /// # Errors
    /// As [`sign`](Self::sign).
    pub fn revoke<R: RngCore + CryptoRng>(
        &self,
        rekey: ReKeyId,
        time: UnixTime,
        rng: &mut R,
    ) -> Result<Revocation, Error> {
        let params = self.params().id();
        let message = signed(&params, self.identity(), &rekey, time).finish();
        let signature = self.sign_as(pre::SIGN_REVOCATION, &message, rng)?;
        let delegator = Delegator(self.identity().clone());
        Ok(Revocation { params, delegator, rekey, time, signature })
    }
}

/// What a proxy must refuse, consulted at every re-encryption: a key that was imported before its
/// revocation is refused after it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevocationList {
    revoked: BTreeSet<(ParamsId, Delegator, ReKeyId)>,
    serials: BTreeMap<(ParamsId, Delegator, Delegatee, ScopePath), u64>,
}

impl RevocationList {
    /// A list that refuses nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Refuses the revoked key from now on. Only the delegator's own keys are affected.
    ///
    /// The list does not know which keys exist: a delegator who signs revocations of keys that never
    /// did makes it grow by one entry each, below 1 KiB. A proxy that takes revocations
    /// from strangers admits those of keys it has imported, or bounds how many one delegator gets.
    pub fn revoke(&mut self, revocation: &VerifiedRevocation) {
        let Revocation { params, delegator, rekey, .. } = &revocation.0;
        self.revoked.insert((*params, delegator.clone(), *rekey));
    }

    /// To be called with every key that a proxy imports.
    ///
    /// Refuses every delegation of the same scope by the same delegator to the same delegatee
    /// with a smaller serial number, so that an old one cannot be replayed after a new grant.
    pub fn supersede(&mut self, by: &VerifiedReKeyStatement) {
        let serial = by.parties().terms.serial_number();
        let floor = self.serials.entry(grant_of(by)).or_default();
        *floor = serial.max(*floor);
    }

    /// # Errors
    /// [`Error::Revoked`] if the key was revoked or superseded.
    pub fn check(&self, statement: &VerifiedReKeyStatement) -> Result<(), Error> {
        let parties = statement.parties();
        let named = (parties.params, parties.delegator.clone(), statement.id());
        let floor = self.serials.get(&grant_of(statement)).copied().unwrap_or_default();
        if self.revoked.contains(&named) || parties.terms.serial_number() < floor {
            Err(Error::Revoked)
        } else {
            Ok(())
        }
    }
}

fn grant_of(by: &VerifiedReKeyStatement) -> (ParamsId, Delegator, Delegatee, ScopePath) {
    let parties = by.parties();
    (parties.params, parties.delegator.clone(), parties.delegatee.clone(), parties.scope.clone())
}
