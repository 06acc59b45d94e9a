//! The whole of a re-encryption key: in clear, sealed to the proxy, and verified by it.
//!
//! ```text
//! in clear   version ‖ suite ‖ tag ‖ TK0 (48) ‖ statement                                  secret
//! sealed     version ‖ suite ‖ tag ‖ flags ‖ C0 ‖ cσ ‖ V ‖ len32 ‖ payload       the header of Encap(idProxy,
//!            no scope, aad = enc(SEALED-REKEY) ‖ enc(idA), purpose 3) under the tag of a sealed key
//! import     unseal;  statement names this proxy, and the delegator that the proxy expects;
//!            h0 = SHA-256(… TK0);  σA verifies under the expected delegator
//! ```

use alloc::vec::Vec;
use core::fmt;

use medcrypto_core::{
    DecodeError,
    bls::SecretG1,
    codec::{self, Reader, Tag, Writer},
    declassify, declassify_bytes,
    dst::pre,
};
use rand_core::{CryptoRng, RngCore};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{ReKeyId, ReKeyStatement, VerifiedReKeyStatement};
use crate::{
    Delegator, Error, Header, Identity, Opener, ParamsId, Proxy, PublicParams, Sealer,
    VerifiedIdentityKey,
    header::Dem,
    kem::{self, Context, Purpose},
    oracles::{self, enc},
    stream::{COMMITMENT, TAG},
};

/// h0.
pub(super) fn secret_commitment(params: &ParamsId, secret: &SecretG1) -> [u8; 32] {
    oracles::digest(pre::REKEY_SECRET, &[&params.0, secret.to_secret_bytes().as_slice()])
}

/// A re-encryption key in clear, not verified: the statement and TK0 ∈ 𝔾₁.
///
/// Secret, wiped on drop, not clonable, redacted in `Debug`. It re-encrypts nothing before
/// [`verify`](Self::verify) has turned it into a [`VerifiedReKey`].
pub struct ReKey {
    statement: ReKeyStatement,
    secret: SecretG1,
}

impl ReKey {
    /// Greatest encoded length in bytes.
    pub const MAX_LEN: usize = codec::Header::LEN + SecretG1::LEN + ReKeyStatement::MAX_LEN;

    pub(super) fn new(statement: ReKeyStatement, secret: SecretG1) -> Self {
        Self { statement, secret }
    }

    /// Everything but the secret part.
    #[must_use]
    pub fn statement(&self) -> &ReKeyStatement {
        &self.statement
    }

    /// Checks the key for `proxy` under the delegator that the proxy expects.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(
        self,
        params: &PublicParams,
        proxy: &Proxy,
        expected: &Delegator,
    ) -> Result<VerifiedReKey, Error> {
        let commitment = secret_commitment(&params.id(), &self.secret);
        let committed = commitment.ct_eq(&self.statement.signed().commitment).unwrap_u8();
        let committed = declassify(committed, "whether TK0 is the committed one") == 1;
        if self.statement.proxy() != proxy || !committed {
            return Err(Error::Verification);
        }
        let statement = self.statement.verify(params, expected)?;
        Ok(VerifiedReKey { statement, secret: self.secret, params: params.clone() })
    }

    /// The canonical encoding, in clear. See [`VerifiedIdentityKey::delegate_unsealed`].
    #[must_use]
    pub fn to_secret_bytes(&self) -> Zeroizing<Vec<u8>> {
        encode(&self.statement, &self.secret)
    }

    /// Decodes what [`to_secret_bytes`](Self::to_secret_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// [`DecodeError::NonCanonical`], whatever is wrong.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        decode(bytes).map_err(|_| DecodeError::NonCanonical)
    }
}

fn encode(statement: &ReKeyStatement, secret: &SecretG1) -> Zeroizing<Vec<u8>> {
    let writer = Writer::with_capacity(ReKey::MAX_LEN)
        .header(codec::Header::v1(Tag::PreReKey))
        .array(secret.to_secret_bytes().as_slice())
        .array(&statement.to_bytes());
    Zeroizing::new(writer.finish())
}

fn decode(bytes: &[u8]) -> Result<ReKey, DecodeError> {
    let mut reader = Reader::new(bytes);
    reader.header(codec::Header::v1(Tag::PreReKey))?;
    let secret = SecretG1::from_bytes(&Zeroizing::new(reader.array()?))?;
    let statement = bytes.get(codec::Header::LEN + SecretG1::LEN..).unwrap_or_default();
    // The delegatee and the audit log have it in clear.
    let statement = declassify_bytes(statement, "the statement beside TK0");
    Ok(ReKey { statement: ReKeyStatement::from_bytes(statement)?, secret })
}

impl fmt::Debug for ReKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReKey").field("id", &self.statement.id()).finish_non_exhaustive()
    }
}

/// A re-encryption key that this proxy checked: for it, from the expected delegator, signed.
///
/// Secret, wiped on drop, redacted in `Debug`. It cannot be decoded; a proxy stores the
/// [`SealedReKey`] and imports it again.
pub struct VerifiedReKey {
    statement: VerifiedReKeyStatement,
    secret: SecretG1,
    params: PublicParams,
}

impl VerifiedReKey {
    /// The verified statement.
    #[must_use]
    pub fn statement(&self) -> &VerifiedReKeyStatement {
        &self.statement
    }

    /// The digest that names the key.
    #[must_use]
    pub fn id(&self) -> ReKeyId {
        self.statement.id()
    }

    pub(crate) fn params(&self) -> &PublicParams {
        &self.params
    }

    /// TK0.
    pub(crate) fn secret(&self) -> &SecretG1 {
        &self.secret
    }
}

impl fmt::Debug for VerifiedReKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifiedReKey").field("id", &self.id()).finish_non_exhaustive()
    }
}

/// A re-encryption key that only its proxy can read; 184 bytes and the payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedReKey {
    header: Header,
    payload: Vec<u8>,
}

impl SealedReKey {
    /// Encoded length in bytes, without the payload: the header and a length.
    pub const BASE_LEN: usize = Header::BASE_LEN + 4;
    const MAX_PAYLOAD: usize = COMMITMENT + ReKey::MAX_LEN + TAG;

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.header.write(Tag::PreSealedReKey).bytes(&self.payload).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let header = Header::read(&mut reader, Tag::PreSealedReKey)?;
        let payload = reader.bytes(Self::MAX_PAYLOAD)?.to_vec();
        reader.finish()?;
        if header.depth() != 0 || header.dem() != Dem::ChaCha20Poly1305 {
            return Err(DecodeError::NonCanonical);
        }
        Ok(Self { header, payload })
    }
}

fn sealed_aad(delegator: &Identity) -> Vec<u8> {
    [enc(pre::SEALED_REKEY.as_bytes()), enc(&delegator.to_bytes())].concat()
}

fn sealed_context<'a>(proxy: &'a Identity, aad: &'a [u8]) -> Context<'a> {
    Context { purpose: Purpose::SealedReKey, identity: proxy, path: None, aad }
}

impl VerifiedIdentityKey {
    /// Seals a re-encryption key of this delegator to its proxy.
    pub(super) fn seal_re_key<R: RngCore + CryptoRng>(
        &self,
        key: &ReKey,
        rng: &mut R,
    ) -> Result<SealedReKey, Error> {
        let plain = key.to_secret_bytes();
        let aad = sealed_aad(self.identity());
        let context = sealed_context(&key.statement.proxy().0, &aad);
        // The statement's digest in the witness: two keys never share a seal, whatever rng does.
        let witness = self.decryption().to_secret_bytes();
        let witness = Zeroizing::new([witness.as_slice(), &key.statement.id().0].concat());
        let (header, kem_key) = kem::encapsulate(self.params(), &context, &witness, rng)?;
        Ok(SealedReKey { header, payload: Sealer::seal_to_vec(&kem_key, &plain)? })
    }

    /// Opens and checks a re-encryption key that was sealed to this proxy.
    ///
    /// `expected` is the delegator whose records the proxy holds, known from elsewhere.
    ///
    /// An import refuses no older delegation; the proxy tells its list
    /// ([`RevocationList::supersede`](crate::RevocationList::supersede)) of each key it imports.
    ///
    /// # Errors
    /// [`Error::Decryption`] if it does not open for this identity and that delegator, otherwise
    /// [`Error::Verification`].
    ///
    /// # Example
    /// ```
    /// # use medcrypto_pre::*;
    /// # use rand_core::OsRng;
    /// # let authority = Authority::setup(&mut OsRng);
    /// # let id = |name| Identity::new("realm", name, "");
    /// # let key = |name| authority.issue(&id(name)?)?.verify(authority.params());
    /// # let (patient, proxy, owner) = (key("patient")?, key("proxy")?, Delegator(id("patient")?));
    /// # let delegate = |serial| {
    /// #     let terms = Terms::new(UnixTime(1), UnixTime(9))?.serial(serial);
    /// #     let (delegatee, scope) = (Delegatee(id("reader")?), ScopePath::new(&["lab"])?);
    /// #     patient.delegate(&Grant { delegatee, proxy: Proxy(id("proxy")?), scope, terms }, &mut OsRng)
    /// # };
    /// # let (first, second) = (delegate(1)?, delegate(2)?);
    /// let mut refused = RevocationList::new();
    /// let old = proxy.import(&first.sealed, &owner)?;
    /// refused.supersede(old.statement());
    /// assert_eq!(refused.check(old.statement()), Ok(()));
    ///
    /// // The patient grants the same again with a greater serial, on other terms perhaps.
    /// let new = proxy.import(&second.sealed, &owner)?;
    /// refused.supersede(new.statement());
    /// assert_eq!(refused.check(new.statement()), Ok(()));
    /// assert_eq!(refused.check(old.statement()), Err(Error::Revoked));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn import(
        &self,
        sealed: &SealedReKey,
        expected: &Delegator,
    ) -> Result<VerifiedReKey, Error> {
        let aad = sealed_aad(&expected.0);
        let context = sealed_context(self.identity(), &aad);
        let id = self.params().id();
        let key = kem::decapsulate(&id, &context, &sealed.header, self.decryption())?.key;
        let plain = Opener::open_to_vec(&key, &sealed.payload)?;
        let key = ReKey::from_bytes(&plain).map_err(|_| Error::Verification)?;
        key.verify(self.params(), &Proxy(self.identity().clone()), expected)
    }
}
