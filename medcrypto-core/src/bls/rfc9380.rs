//! The suites, messages and tags of RFC 9380, which no registry of ours holds: vectors/core/rfc9380.json.
#![allow(unreachable_pub, clippy::std_instead_of_core, clippy::panic, reason = "test code")]

#[path = "../../../vectors/reader.rs"]
mod reader;

use alloc::vec::Vec;

use reader::{Case, Outputs, Verdict, run};

use super::{expand_message_xmd, hash_to_g1, hash_to_g2};
use crate::Dst;

/// The tags of the file, for a [`Dst`] lives for ever.
const TAGS: [&str; 3] = [
    "QUUX-V01-CS02-with-BLS12381G1_XMD:SHA-256_SSWU_RO_",
    "QUUX-V01-CS02-with-BLS12381G2_XMD:SHA-256_SSWU_RO_",
    "QUUX-V01-CS02-with-expander-SHA256-128",
];

fn tag(case: &Case) -> Dst {
    let wanted = case.bytes("dst");
    Dst::of_test_vector(TAGS.iter().find(|tag| tag.as_bytes() == wanted).unwrap())
}

fn expand<const N: usize>(case: &Case) -> Verdict {
    let bytes = expand_message_xmd::<N>(tag(case), &case.bytes("message"));
    Ok(Outputs::from([("bytes", bytes.to_vec())]))
}

fn g1(case: &Case) -> Verdict {
    let point: Vec<u8> = hash_to_g1(tag(case), &case.bytes("message")).to_bytes().into();
    Ok(Outputs::from([("point", point)]))
}

fn g2(case: &Case) -> Verdict {
    let point: Vec<u8> = hash_to_g2(tag(case), &case.bytes("message")).to_bytes().into();
    Ok(Outputs::from([("point", point)]))
}

#[test]
fn kat_rfc9380() {
    let runners: [(&str, reader::Runner); 4] =
        [("g1", g1), ("g2", g2), ("expand-32", expand::<32>), ("expand-128", expand::<128>)];
    let json = include_str!("../../../vectors/core/rfc9380.json");
    assert_eq!(run(json, "medcrypto-core/rfc9380", &runners), 20);
}
