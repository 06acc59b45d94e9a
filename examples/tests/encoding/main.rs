//! `docs/encoding.md` against the code: every dump in it is an object that is built here from fixed
//! inputs, line by line, and every object has its dump.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::std_instead_of_core,
    clippy::std_instead_of_alloc,
    reason = "test code"
)]

mod core_types;
mod khpke;
mod ledger;
mod pre;
mod sig;
mod zk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use medcrypto_core::rand_core::SeedableRng;
use rand_chacha::ChaCha20Rng;
use sha2::{Digest, Sha256};

const DOCUMENT: &str = include_str!("../../../docs/encoding.md");
const TAGS: &str = include_str!("../../../medcrypto-core/src/codec.rs");

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

/// One object: its bytes, the same bytes decoded and encoded again, and what they are made of.
struct Object {
    name: &'static str,
    bytes: Vec<u8>,
    again: Vec<u8>,
    fields: Vec<(usize, &'static str)>,
}

impl Object {
    fn new(
        name: &'static str,
        bytes: impl AsRef<[u8]>,
        again: impl AsRef<[u8]>,
        fields: &[(usize, &'static str)],
    ) -> Self {
        let (bytes, again) = (bytes.as_ref().to_vec(), again.as_ref().to_vec());
        Self { name, bytes, again, fields: fields.to_vec() }
    }

    /// The object as it stands in the document.
    fn dump(&self) -> String {
        let mut text = format!("{}, {} bytes\n\n```text\n", self.name, self.bytes.len());
        let mut rest = self.bytes.as_slice();
        for (len, comment) in &self.fields {
            let (field, tail) = rest.split_at_checked(*len).unwrap_or_else(|| {
                panic!("{}: {len} bytes of {comment}, {} left", self.name, rest.len())
            });
            rest = tail;
            write_field(&mut text, field, comment);
        }
        assert!(rest.is_empty(), "{}: {} bytes without a name", self.name, rest.len());
        text.push_str("```\n");
        text
    }
}

/// 32 bytes a line, the first with its comment; a field of more than 1 KiB by its digest.
fn write_field(text: &mut String, field: &[u8], comment: &str) {
    if field.len() > 1024 {
        let digest = hex::encode(Sha256::digest(field));
        writeln!(text, "{digest}  SHA-256 of {} bytes: {comment}", field.len()).unwrap();
        return;
    }
    for (line, bytes) in field.chunks(32).enumerate() {
        match line {
            0 => writeln!(text, "{:64}  {comment}", hex::encode(bytes)).unwrap(),
            _ => writeln!(text, "{}", hex::encode(bytes)).unwrap(),
        }
    }
}

/// Crates in the order of the document.
fn objects() -> BTreeMap<&'static str, Vec<Object>> {
    BTreeMap::from([
        ("medcrypto-core", core_types::objects()),
        ("medcrypto-khpke", khpke::objects()),
        ("medcrypto-ledger", ledger::objects()),
        ("medcrypto-pre", pre::objects()),
        ("medcrypto-sig", sig::objects()),
        ("medcrypto-zk", zk::objects()),
    ])
}

/// The part of the document under a heading.
fn section(heading: &str) -> &'static str {
    let after = DOCUMENT.split_once(&format!("\n## {heading}\n")).map_or("", |(_, after)| after);
    after.split("\n## ").next().unwrap()
}

/// On failure the dumps as they should stand are left in files, one a section.
#[test]
fn every_dump_is_the_object_and_every_object_has_its_dump() {
    let mut faults = String::new();
    for (name, objects) in objects() {
        let section = section(name);
        let dumps: Vec<_> = objects.iter().map(Object::dump).collect();
        for (object, dump) in objects.iter().zip(&dumps) {
            assert_eq!(object.bytes, object.again, "{name}: {}", object.name);
            if !section.contains(&format!("\n{dump}")) {
                writeln!(faults, "{name}: {} is not there, or otherwise", object.name).unwrap();
            }
        }
        if section.matches("\n```text\n").count() != objects.len() {
            writeln!(faults, "{name}: a dump of something that is not built here").unwrap();
        }
        let file = format!("{}/{name}.dumps", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(file, dumps.join("\n")).unwrap();
    }
    assert!(faults.is_empty(), "{faults}see {}", env!("CARGO_TARGET_TMPDIR"));
}

/// The values of `enum Tag` in the source, because an enumeration cannot be enumerated.
fn registered() -> BTreeSet<u8> {
    let (_, after) = TAGS.split_once("pub enum Tag {").unwrap();
    let body = after.split('}').next().unwrap();
    let value = |line: &str| {
        let (_, value) = line.split_once(" = 0x")?;
        u8::from_str_radix(value.trim_end_matches(','), 16).ok()
    };
    body.lines().filter_map(value).collect()
}

#[test]
fn every_registered_tag_has_a_dump() {
    let registered = registered();
    assert!(registered.len() >= 24 && registered.contains(&0x10), "{registered:?}");
    let all = objects();
    let crates = ["medcrypto-khpke", "medcrypto-pre", "medcrypto-sig", "medcrypto-zk"];
    let tagged = crates.map(|name| &all[name]);
    let mut dumped = BTreeSet::new();
    for object in tagged.into_iter().flatten() {
        assert_eq!(object.bytes[..2], [1, 1], "{}", object.name);
        assert!(dumped.insert(object.bytes[2]), "{}: twice", object.name);
    }
    assert_eq!(dumped, registered);
}

/// The table of tags in the document and the registry are one list.
#[test]
fn the_table_of_tags_is_the_registry() {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.split('|').map(str::trim).collect();
        let tag = cells.get(2)?;
        (tag.len() == 2).then(|| u8::from_str_radix(tag, 16).ok()).flatten()
    };
    let mut listed = BTreeSet::new();
    for tag in DOCUMENT.lines().filter_map(row) {
        assert!(listed.insert(tag), "{tag:02x}: twice");
    }
    assert_eq!(listed, registered());
}
