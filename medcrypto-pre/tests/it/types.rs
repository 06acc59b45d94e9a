//! T8 and T15 at compile time: what acts takes verified types, and a verified type has one door.
//! The refusals themselves are `compile_fail` examples of the documentation, each with its error code.

use medcrypto_pre::{
    DelegateeKey, Delegator, Error, Header, IdentityKey, Proxy, PublicParams, ReEncryptedHeader,
    ReKey, ReKeyStatement, RecordAddress, Revocation, RevocationList, ScopePath, SealedReKey,
    UnixTime, VerifiedHeader, VerifiedIdentityKey, VerifiedReKey, VerifiedReKeyStatement,
    VerifiedRevocation,
};
use static_assertions::assert_not_impl_any;

assert_not_impl_any!(VerifiedHeader: From<Header>, TryFrom<Header>, From<ReEncryptedHeader>, Default);
assert_not_impl_any!(VerifiedReKey: From<ReKey>, TryFrom<ReKey>, TryFrom<SealedReKey>, Default);
assert_not_impl_any!(VerifiedReKeyStatement: From<ReKeyStatement>, TryFrom<ReKeyStatement>, Default);
assert_not_impl_any!(VerifiedRevocation: From<Revocation>, TryFrom<Revocation>, Default);
assert_not_impl_any!(VerifiedIdentityKey: From<IdentityKey>, TryFrom<IdentityKey>, Default);

/// Re-encryption takes nothing unverified: these are its very types, and those of the doors.
#[test]
fn t08_re_encryption_takes_verified_types_alone() {
    type Result<T> = core::result::Result<T, Error>;
    let _: fn(
        &VerifiedReKey,
        &VerifiedHeader,
        UnixTime,
        &RevocationList,
    ) -> Result<ReEncryptedHeader> = VerifiedReKey::re_encrypt;
    let _: fn(Header, &PublicParams, &RecordAddress) -> Result<VerifiedHeader> = Header::verify;
    let _: fn(ReKey, &PublicParams, &Proxy, &Delegator) -> Result<VerifiedReKey> = ReKey::verify;
    let _: fn(&VerifiedIdentityKey, &SealedReKey, &Delegator) -> Result<VerifiedReKey> =
        VerifiedIdentityKey::import;
    let _: fn(&VerifiedIdentityKey, ReKeyStatement, &Delegator) -> Result<DelegateeKey> =
        VerifiedIdentityKey::accept;
    let _: fn(&mut RevocationList, &VerifiedRevocation) = RevocationList::revoke;
    let _: fn(&mut RevocationList, &VerifiedReKeyStatement) = RevocationList::supersede;
}

/// Stands where a type has no decoder of its own.
struct Absent;

trait NoDecoder {
    fn from_bytes(_: &[u8]) -> Absent {
        Absent
    }
}

impl<T> NoDecoder for T {}

/// A decoder of a verified type would be a way round verification, and would not compile here.
#[test]
fn t08_verified_types_have_no_decoder() {
    let _: Absent = VerifiedHeader::from_bytes(&[]);
    let _: Absent = VerifiedReKey::from_bytes(&[]);
    let _: Absent = VerifiedReKeyStatement::from_bytes(&[]);
    let _: Absent = VerifiedRevocation::from_bytes(&[]);
    let _: Absent = VerifiedIdentityKey::from_bytes(&[]);
    let _: Absent = DelegateeKey::from_bytes(&[]);
}

/// There is no empty scope to delegate, so a private record is in none.
#[test]
fn t15_an_empty_scope_cannot_be_written_down() {
    assert_eq!(ScopePath::new(&[]), Err(Error::Name));
    let private = crate::fixture::World::address(&[], b"record");
    assert_eq!(private.scope(), None);
}
