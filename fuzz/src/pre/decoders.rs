//! Decoders of medcrypto-pre.

use medcrypto_core::codec::Tag;
use medcrypto_pre::{
    Authority, Header, Identity, IdentityKey, IdentitySignature, MasterSecretKey, OpeningEvidence,
    PublicParams, ReEncryptedHeader, ReKey, ReKeyStatement, Revocation, ScopePath, SealedReKey,
    UnixTime,
};

use super::world::{DELEGATED, RECORDS, WORLD, rng};
use crate::{decoder::decoder, edit::Base};

decoder! {
    /// Public parameters.
    PARAMS = "pre_params", Points, Tag::PreParams, PublicParams::LEN..=PublicParams::LEN,
    || [1, 2].map(|seed| Base::new(Authority::setup(&mut rng(seed)).params().to_bytes().into())).into(),
    |bytes| Some(PublicParams::from_bytes(bytes).ok()?.to_bytes().into()),
}

decoder! {
    /// Master keys: a scalar.
    MASTER_KEY = "pre_master_key", Parser, Tag::PreMasterKey,
    MasterSecretKey::LEN..=MasterSecretKey::LEN,
    || [Base::new(WORLD.authority.master_key().to_secret_bytes().to_vec())].into(),
    |bytes| Some(MasterSecretKey::from_bytes(bytes).ok()?.to_secret_bytes().to_vec()),
}

decoder! {
    /// Identity keys.
    IDENTITY_KEY = "pre_identity_key", Points, Tag::PreIdentityKey,
    IdentityKey::BASE_LEN + 14..=IdentityKey::BASE_LEN + Identity::MAX_LEN,
    || [&WORLD.alice, &WORLD.bob].map(|key| Base::new(key.to_secret_bytes().to_vec())).into(),
    |bytes| Some(IdentityKey::from_bytes(bytes).ok()?.to_secret_bytes().to_vec()),
}

decoder! {
    /// Headers.
    HEADER = "pre_header", Points, Tag::PreHeader, Header::BASE_LEN..=Header::MAX_LEN,
    || RECORDS.iter().map(|record| Base::new(record.header.to_bytes())).collect(),
    |bytes| Some(Header::from_bytes(bytes).ok()?.to_bytes()),
}

/// The shortest statement: one-letter names, one scope component, empty terms.
const STATEMENT_MIN: usize = 3 + 32 + 3 * 14 + 6 + 33 + 3 + 32 + 1 + 96 + Header::BASE_LEN + 96;

decoder! {
    /// Statements of re-encryption keys.
    STATEMENT = "pre_statement", Points, Tag::PreReKeyStatement,
    STATEMENT_MIN..=ReKeyStatement::MAX_LEN,
    || DELEGATED.iter().map(|made| Base::new(made.statement.to_bytes())).collect(),
    |bytes| {
        let statement = ReKeyStatement::from_bytes(bytes).ok()?;
        let terms = statement.terms();
        assert!(terms.not_before() < terms.not_after(), "terms that are never valid");
        assert!((1..=ScopePath::MAX_DEPTH).contains(&statement.scope().depth()));
        Some(statement.to_bytes())
    },
}

decoder! {
    /// Re-encryption keys in clear.
    REKEY = "pre_rekey", Points, Tag::PreReKey, STATEMENT_MIN + 51..=ReKey::MAX_LEN,
    || DELEGATED.iter().map(|made| Base::new(made.key.to_secret_bytes().to_vec())).collect(),
    |bytes| Some(ReKey::from_bytes(bytes).ok()?.to_secret_bytes().to_vec()),
}

decoder! {
    /// Sealed re-encryption keys.
    SEALED_REKEY = "pre_sealed_rekey", Points, Tag::PreSealedReKey,
    SealedReKey::BASE_LEN..=SealedReKey::BASE_LEN + 48 + ReKey::MAX_LEN,
    || DELEGATED.iter().map(|made| Base::new(made.sealed.to_bytes())).collect(),
    |bytes| Some(SealedReKey::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Re-encrypted headers.
    RE_ENCRYPTED_HEADER = "pre_re_encrypted_header", Points, Tag::PreReEncryptedHeader,
    ReEncryptedHeader::BASE_LEN..=ReEncryptedHeader::BASE_LEN + 4 * 48,
    || [1, 2].map(re_encrypted).into(),
    |bytes| Some(ReEncryptedHeader::from_bytes(bytes).ok()?.to_bytes()),
}

pub(super) fn re_encrypted(depth: usize) -> Base {
    let header = RECORDS[depth].re_encrypted(&DELEGATED[0]).unwrap();
    Base::with_gt(header.to_bytes(), Header::BASE_LEN + 48 * depth)
}

decoder! {
    /// Identity-based signatures.
    SIGNATURE = "pre_signature", Points, Tag::PreSignature,
    IdentitySignature::LEN..=IdentitySignature::LEN,
    || [b"m", b"n"]
        .map(|m| Base::new(WORLD.alice.sign(m, &mut rng(5)).unwrap().to_bytes()))
        .into(),
    |bytes| Some(IdentitySignature::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Revocations.
    REVOCATION = "pre_revocation", Points, Tag::PreRevocation,
    Revocation::BASE_LEN + 14..=Revocation::BASE_LEN + Identity::MAX_LEN,
    || DELEGATED
        .iter()
        .map(|made| WORLD.alice.revoke(made.statement.id(), UnixTime(9), &mut rng(6)).unwrap())
        .map(|revocation| Base::new(revocation.to_bytes()))
        .collect(),
    |bytes| Some(Revocation::from_bytes(bytes).ok()?.to_bytes()),
}

decoder! {
    /// Opening evidence: 32 bytes.
    EVIDENCE = "pre_evidence", Parser, Tag::PreOpeningEvidence,
    OpeningEvidence::LEN..=OpeningEvidence::LEN,
    || RECORDS.iter().map(|record| Base::new(evidence(record))).collect(),
    |bytes| Some(OpeningEvidence::from_bytes(bytes).ok()?.to_secret_bytes().to_vec()),
}

pub(super) fn evidence(record: &super::world::Record) -> Vec<u8> {
    let evidence = WORLD.alice.evidence(&record.address(), &record.header).unwrap();
    evidence.to_secret_bytes().to_vec()
}
