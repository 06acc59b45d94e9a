//! Re-encryption by the proxy.
//!
//! ```text
//! T      = e(TK0, C0) · Π e(−Cj, TKj) ∈ 𝔾ₜ,  j ≤ ℓ                  = K · e([y]P₁, C0)
//! encoding  version ‖ suite ‖ tag ‖ flags ‖ C0 ‖ C1 … CL ‖ cσ ‖ V ‖ T (288) ‖ rk_id (32)
//! ```
//! The header under a tag of its own and 320 bytes more: 548 at L = 1, 596 at L = 2. The payload is
//! untouched. Re-encryption takes verified input only, checks identity, scope, validity and
//! revocation each time, and leaks nothing that the delegatee could not compute.

use alloc::vec::Vec;

use medcrypto_core::{
    DecodeError,
    bls::{G1, G2, Gt, multi_pairing},
    codec::{Reader, Tag},
};

use crate::{
    Error, Header, ReKeyId, RevocationList, ScopePath, UnixTime, VerifiedHeader, VerifiedReKey,
};

/// A header with what one delegatee needs to open it; 500 + 48·L bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReEncryptedHeader {
    header: Header,
    t: Gt,
    rekey: ReKeyId,
}

impl ReEncryptedHeader {
    /// Encoded length in bytes at depth 0; each scope component adds 48.
    pub const BASE_LEN: usize = Header::BASE_LEN + Gt::LEN + 32;

    /// The header that was re-encrypted.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The re-encryption key it was made with.
    #[must_use]
    pub fn rekey(&self) -> ReKeyId {
        self.rekey
    }

    /// T.
    pub(crate) fn t(&self) -> Gt {
        self.t
    }

    /// The canonical encoding.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let writer = self.header.write(Tag::PreReEncryptedHeader);
        writer.array(&self.t.to_bytes()).array(&self.rekey.0).finish()
    }

    /// Decodes what [`to_bytes`](Self::to_bytes) wrote, and nothing else.
    ///
    /// # Errors
    /// Every [`DecodeError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        let header = Header::read(&mut reader, Tag::PreReEncryptedHeader)?;
        let t = Gt::from_bytes(&reader.array()?)?;
        let rekey = ReKeyId(reader.array()?);
        reader.finish()?;
        Ok(Self { header, t, rekey })
    }
}

impl VerifiedReKey {
    /// Re-encrypts a header for the delegatee of this key.
    ///
    /// Nothing unverified gets here:
    ///
    /// ```compile_fail,E0308
    /// # use medcrypto_pre::{Header, RevocationList, UnixTime, VerifiedReKey};
    /// fn unverified(key: &VerifiedReKey, header: &Header, refused: &RevocationList) {
    ///     let _ = key.re_encrypt(header, UnixTime(0), refused);
    /// }
    /// ```
    /// ```compile_fail,E0599
    /// # use medcrypto_pre::{ReKey, RevocationList, UnixTime, VerifiedHeader};
    /// fn unverified(key: &ReKey, header: &VerifiedHeader, refused: &RevocationList) {
    ///     let _ = key.re_encrypt(header, UnixTime(0), refused);
    /// }
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameters`], [`Error::Identity`], [`Error::Scope`], [`Error::Validity`],
    /// [`Error::Revoked`], checked in this order.
    pub fn re_encrypt(
        &self,
        header: &VerifiedHeader,
        now: UnixTime,
        refused: &RevocationList,
    ) -> Result<ReEncryptedHeader, Error> {
        self.require_allowed(header, now, refused)?;
        let fields = header.header().fields();
        let c0 = fields.c0.point();
        let tk = &self.statement().statement().signed().tk;
        let scoped = fields.c.iter().zip(tk).map(|(c, tk)| (-c.point(), tk.point()));
        // On the stack, because TK0 is among them; what is left over pairs to 1.
        let mut pairs = [(G1::identity(), G2::identity()); 1 + ScopePath::MAX_DEPTH];
        let t = self.secret().expose(|tk0| {
            let used = [(*tk0, c0)].into_iter().chain(scoped);
            pairs.iter_mut().zip(used).for_each(|(to, pair)| *to = pair);
            multi_pairing(&pairs)
        });
        Ok(ReEncryptedHeader { header: header.header().clone(), t, rekey: self.id() })
    }

    fn require_allowed(
        &self,
        header: &VerifiedHeader,
        now: UnixTime,
        refused: &RevocationList,
    ) -> Result<(), Error> {
        let parties = self.statement().parties();
        if self.params() != header.params() {
            return Err(Error::Parameters);
        }
        header.address().require_within(&parties.delegator, &parties.scope)?;
        parties.terms.require_valid_at(now)?;
        refused.check(self.statement())
    }
}
