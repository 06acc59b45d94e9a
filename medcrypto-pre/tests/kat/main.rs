//! The known answers of vectors/pre, made by an implementation that shares no code with this one,
//! and the pinned objects of version 1.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    unreachable_pub,
    reason = "test code"
)]

mod authority;
mod delegation;
mod pinned;
#[path = "../../../vectors/reader.rs"]
mod reader;
mod record;
mod signature;
mod wycheproof;

use medcrypto_pre::{
    Authority, Delegator, Error, Identity, MasterSecretKey, PublicParams, RecordAddress, RecordId,
    ScopePath, VerifiedIdentityKey,
};
use reader::{Case, Outputs, Verdict, unhex};
use serde_json::Value;

/// The file `name` of this crate.
macro_rules! vectors {
    ($name:literal) => {
        include_str!(concat!("../../../vectors/pre/", $name, ".json"))
    };
}
use vectors;

fn one(name: &'static str, bytes: &[u8]) -> Verdict {
    Ok(Outputs::from([(name, bytes.to_vec())]))
}

/// The name of an error, without saying that it is one of decoding.
fn error(error: impl Into<Error>) -> String {
    match error.into() {
        Error::Decode(inner) => format!("{inner:?}"),
        other => format!("{other:?}"),
    }
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn identity(value: &Value) -> Identity {
    let parts = texts(value);
    assert_eq!(parts.len(), 3);
    Identity::new(parts[0], parts[1], parts[2]).unwrap()
}

fn delegator(case: &Case, name: &str) -> Delegator {
    Delegator(identity(case.input(name)))
}

fn address(case: &Case) -> RecordAddress {
    let value = case.input("address");
    let (owner, scope) = (Delegator(identity(&value["owner"])), texts(&value["scope"]));
    let record = RecordId::new(&unhex(&value["record"])).unwrap();
    match &scope[..] {
        [] => RecordAddress::private(owner, record),
        path => RecordAddress::in_scope(owner, ScopePath::new(path).unwrap(), record),
    }
}

fn authority_of(case: &Case) -> Authority {
    Authority::from_master_key(MasterSecretKey::from_bytes(&case.bytes("master")).unwrap())
}

fn key_of(authority: &Authority, identity: &Identity) -> VerifiedIdentityKey {
    authority.issue(identity).unwrap().verify(authority.params()).unwrap()
}

/// The key of the identity in the input `name`, from the authority of the input `master`.
fn key(case: &Case, name: &str) -> VerifiedIdentityKey {
    key_of(&authority_of(case), &identity(case.input(name)))
}

fn params(case: &Case) -> PublicParams {
    PublicParams::from_bytes(&case.bytes("params")).unwrap()
}
