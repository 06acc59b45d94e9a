//! Known answers of an independent generator: canonical bytes, Merkle log, identifiers, chains.
#![allow(unreachable_pub, reason = "test code")]

mod chains;
mod cids;
mod contracts;
mod encodings;
mod fields;
mod logs;
#[path = "../../../vectors/reader.rs"]
mod reader;
#[cfg(feature = "sim")]
mod work;
