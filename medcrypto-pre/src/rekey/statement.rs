//! The public part of a re-encryption key.

use alloc::vec::Vec;

use medcrypto_core::{
    DecodeError,
    bls::{G1, G2, NonIdentityG2},
    codec::{self, Reader, Tag, Writer},
    dst::pre,
};

use crate::{
    Delegatee, Delegator, Error, Header, Identity, IdentitySignature, ParamsId, Proxy,
    PublicParams, ScopePath, Terms,
    header::Dem,
    kem::{Context, Purpose},
    oracles::{self, enc},
};

/// One proxy, one share: `mode ‖ m ‖ n`. Other values are for thresholds.
const SINGLE: [u8; 3] = [1, 1, 1];
/// No commitment to e(TK0, P₂).
const NO_VK0: u8 = 0;

/// Digest that names a re-encryption key; 32 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReKeyId(pub [u8; 32]);

/// Whom a delegation concerns and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Parties {
    pub(crate) params: ParamsId,
    pub(crate) delegator: Delegator,
    pub(crate) delegatee: Delegatee,
    pub(crate) proxy: Proxy,
    pub(crate) scope: ScopePath,
    pub(crate) terms: Terms,
}

impl Parties {
    /// aadE.
    pub(crate) fn envelope_aad(&self) -> Vec<u8> {
        let ids = [&self.delegator.0, &self.delegatee.0, &self.proxy.0];
        let ids: Vec<_> = ids.iter().flat_map(|id| enc(&id.to_bytes())).collect();
        let terms = enc(&self.terms.write(Writer::default()).finish());
        [enc(pre::ENVELOPE.as_bytes()), ids, self.scope.to_bytes(), terms, SINGLE.to_vec()].concat()
    }

    /// The context of the envelope E.
    pub(crate) fn envelope_context<'a>(&'a self, aad: &'a [u8]) -> Context<'a> {
        Context { purpose: Purpose::Envelope, identity: &self.delegatee.0, path: None, aad }
    }

    fn write(&self, writer: Writer) -> Writer {
        let writer = writer
            .array(&self.params.0)
            .array(&self.delegator.0.to_bytes())
            .array(&self.delegatee.0.to_bytes())
            .array(&self.proxy.0.to_bytes())
            .array(&self.scope.to_bytes());
        self.terms.write(writer)
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            params: ParamsId(reader.array()?),
            delegator: Delegator(Identity::read(reader)?),
            delegatee: Delegatee(Identity::read(reader)?),
            proxy: Proxy(Identity::read(reader)?),
            scope: ScopePath::read(reader)?,
            terms: Terms::read(reader)?,
        })
    }
}

/// What the signature of a delegator covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signed {
    pub(crate) parties: Parties,
    /// h0.
    pub(crate) commitment: [u8; 32],
    /// TK1 … TKℓ.
    pub(crate) tk: Vec<NonIdentityG2>,
    /// E.
    pub(crate) envelope: Header,
}

impl Signed {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.write().finish()
    }

    fn write(&self) -> Writer {
        let header = codec::Header::v1(Tag::PreReKeyStatement);
        let writer =
            self.parties.write(Writer::with_capacity(ReKeyStatement::MAX_LEN).header(header));
        let writer = writer.array(&SINGLE).array(&self.commitment).u8(NO_VK0);
        let points = |writer: Writer, point: &NonIdentityG2| writer.array(&point.to_bytes());
        self.tk.iter().fold(writer, points).array(&self.envelope.to_bytes())
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.header(codec::Header::v1(Tag::PreReKeyStatement))?;
        let parties = Parties::read(reader)?;
        let mode: [u8; 3] = reader.array()?;
        let commitment = reader.array()?;
        if mode != SINGLE || reader.u8()? != NO_VK0 {
            return Err(DecodeError::NonCanonical);
        }
        let tk = (0..parties.scope.depth()).map(|_| NonIdentityG2::from_bytes(&reader.array()?));
        let tk = tk.collect::<Result<_, _>>()?;
        let envelope = Header::read(reader, Tag::PreHeader)?;
        if envelope.depth() != 0 || envelope.dem() != Dem::None {
            return Err(DecodeError::NonCanonical);
        }
        Ok(Self { parties, commitment, tk, envelope })
    }
}

/// A re-encryption key without its secret part, signed by its delegator but not yet verified.
///
/// Public; for the delegatee, for audit, and for whoever has to judge a delegation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReKeyStatement {
    signed: Signed,
    signature: IdentitySignature,
}

impl ReKeyStatement {
    /// Greatest encoded length in bytes.
    pub const MAX_LEN: usize = codec::Header::LEN
        + 32
        + 3 * Identity::MAX_LEN
        + ScopePath::MAX_LEN
        + Terms::MAX_LEN
        + 3
        + 32
        + 1
        + ScopePath::MAX_DEPTH * G2::LEN
        + Header::BASE_LEN
        + 2 * G1::LEN;

    pub(crate) fn new(signed: Signed, signature: IdentitySignature) -> Self {
        Self { signed, signature }
    }

    /// The digest that names the re-encryption key.
    #[must_use]
    pub fn id(&self) -> ReKeyId {
        ReKeyId(oracles::digest(pre::REKEY_ID, &[&self.to_bytes()]))
    }

    /// Who delegates, by its own account.
    #[must_use]
    pub fn delegator(&self) -> &Delegator {
        &self.signed.parties.delegator
    }

    /// Who may read.
    #[must_use]
    pub fn delegatee(&self) -> &Delegatee {
        &self.signed.parties.delegatee
    }

    /// Which proxy may re-encrypt.
    #[must_use]
    pub fn proxy(&self) -> &Proxy {
        &self.signed.parties.proxy
    }

    /// What may be read.
    #[must_use]
    pub fn scope(&self) -> &ScopePath {
        &self.signed.parties.scope
    }

    /// On which terms.
    #[must_use]
    pub fn terms(&self) -> &Terms {
        &self.signed.parties.terms
    }

    pub(crate) fn signed(&self) -> &Signed {
        &self.signed
    }

    /// Verifies the signature under the delegator that the caller expects, not the one the
    /// statement names. Variable time: every input is public.
    ///
    /// # Errors
    /// [`Error::Verification`] and nothing else, whatever is wrong.
    pub fn verify(
        self,
        params: &PublicParams,
        expected: &Delegator,
    ) -> Result<VerifiedReKeyStatement, Error> {
        let parties = &self.signed.parties;
        if parties.params != params.id() || &parties.delegator != expected {
            return Err(Error::Verification);
        }
        let message = self.signed.to_bytes();
        self.signature.verify_as(pre::SIGN_REKEY, params, &expected.0, &message)?;
        Ok(VerifiedReKeyStatement { id: self.id(), statement: self })
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.signature.write(self.signed.write()).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let signed = Signed::read(&mut reader)?;
        let signature = IdentitySignature::read(&mut reader)?;
        reader.finish()?;
        Ok(Self { signed, signature })
    }
}

/// A statement whose signature was verified; obtained from [`ReKeyStatement::verify`] only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedReKeyStatement {
    statement: ReKeyStatement,
    id: ReKeyId,
}

impl VerifiedReKeyStatement {
    /// The statement.
    #[must_use]
    pub fn statement(&self) -> &ReKeyStatement {
        &self.statement
    }

    /// The digest that names the re-encryption key.
    #[must_use]
    pub fn id(&self) -> ReKeyId {
        self.id
    }

    pub(crate) fn parties(&self) -> &Parties {
        &self.statement.signed.parties
    }
}
