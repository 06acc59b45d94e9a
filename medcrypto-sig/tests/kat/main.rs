//! The known answers of vectors/sig, made by an implementation that shares no code with this one.
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

mod envelope;
mod plain;
#[path = "../../../vectors/reader.rs"]
mod reader;

use medcrypto_sig::{DecodeError, Error};
use reader::Case;

/// The file `name` of this crate.
macro_rules! vectors {
    ($name:literal) => {
        include_str!(concat!("../../../vectors/sig/", $name, ".json"))
    };
}
use vectors;

/// Its cases of version 1, which no generator makes again.
macro_rules! pinned {
    ($name:literal) => {
        include_str!(concat!("../../../vectors/pinned/v1/sig/", $name, ".json"))
    };
}
use pinned;

fn secret(case: &Case, name: &str) -> medcrypto_core::SecretBytes<32> {
    medcrypto_core::SecretBytes::new(case.array(name).into())
}

/// The name of an error, without saying that it is one of decoding.
fn error(error: impl Into<Error>) -> String {
    match error.into() {
        Error::Decode(inner) => decode_error(inner),
        other => format!("{other:?}"),
    }
}

fn decode_error(error: DecodeError) -> String {
    format!("{error:?}")
}
