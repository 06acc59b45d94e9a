#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

extern crate alloc;

mod authority;
mod delegatee;
mod error;
mod evidence;
#[cfg(feature = "hazmat")]
pub mod hazmat;
mod header;
mod identity;
mod kem;
mod keys;
mod oracles;
mod params;
mod record;
mod reencrypt;
mod rekey;
mod revocation;
mod scope;
mod signature;
mod stream;
mod terms;

pub use authority::{Authority, MasterSecretKey};
pub use delegatee::DelegateeKey;
pub use error::Error;
pub use evidence::OpeningEvidence;
pub use header::{Header, VerifiedHeader};
pub use identity::{Delegatee, Delegator, Identity, Proxy};
pub use keys::{IdentityKey, VerifiedIdentityKey};
pub use medcrypto_core::{DecodeError, rand_core};
pub use params::{ParamsId, PublicParams};
pub use record::{RecordAddress, RecordId, ciphertext_digest, seal, seal_to_vec};
pub use reencrypt::ReEncryptedHeader;
pub use rekey::{
    Delegation, Grant, ReKey, ReKeyId, ReKeyStatement, SealedReKey, VerifiedReKey,
    VerifiedReKeyStatement,
};
pub use revocation::{Revocation, RevocationList, VerifiedRevocation};
pub use scope::ScopePath;
pub use signature::IdentitySignature;
pub use stream::{Opener, Sealer};
pub use terms::{Terms, UnixTime};
