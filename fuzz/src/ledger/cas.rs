//! The store is hostile: it answers what it likes.

use std::collections::BTreeMap;

use medcrypto_ledger::cas::{CHUNK, Cid, MemoryStore, Store, get, put};
use medcrypto_ledger::codec::encode;
use sha2::{Digest, Sha256};

use crate::script::Script;

/// Answers by identifier, whatever the bytes.
#[derive(Default)]
struct Hostile(BTreeMap<Cid, Vec<u8>>);

impl Store for Hostile {
    fn read(&self, cid: &Cid) -> Option<Vec<u8>> {
        self.0.get(cid).cloned()
    }

    fn write(&mut self, cid: Cid, block: Vec<u8>) {
        self.0.insert(cid, block);
    }
}

/// The identifier of a block under a codec.
fn block_cid(codec: u8, block: &[u8]) -> Cid {
    let bytes = [&[1, codec, 0x12, 0x20], Sha256::digest(block).as_slice()].concat();
    Cid::from_bytes(&bytes).expect("an identifier")
}

/// Law: what is returned under an identifier has that identifier. Reached: a block was hashed.
pub(super) fn store(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    match script.below(8) {
        0 => manifest_bytes(script),
        1..=5 => small(&mut script),
        _ => manifest(&mut script),
    }
}

fn check(store: &Hostile, cid: &Cid) -> bool {
    let got = get(store, cid);
    if let Ok(bytes) = &got {
        assert_eq!(Cid::of(bytes), *cid, "another object");
    }
    got.is_ok()
}

/// A manifest of any bytes, under its right identifier.
fn manifest_bytes(script: Script<'_>) -> bool {
    let block = [&[0x82], script.rest()].concat();
    let cid = block_cid(0x71, &block);
    let mut store = Hostile::default();
    store.write(cid, block);
    let _ = check(&store, &cid);
    true
}

/// An object of one block; the store may change it.
fn small(script: &mut Script<'_>) -> bool {
    let object = script.bytes(64).to_vec();
    let mut memory = MemoryStore::new();
    let cid = put(&mut memory, &object).expect("a small object");
    assert_eq!(get(&memory, &cid).as_deref(), Ok(object.as_slice()));
    let mut answer = object.clone();
    match script.below(4) {
        0 => answer.extend(script.bytes(1)),
        1 => drop(answer.pop()),
        _ if !answer.is_empty() => {
            let at = script.below(answer.len());
            answer[at] ^= script.byte();
        }
        _ => {}
    }
    let mut store = Hostile::default();
    store.write(cid, answer.clone());
    assert_eq!(check(&store, &cid), answer == object);
    true
}

/// A well-formed manifest of chunks of wrong sizes, kinds and totals. Full chunks are rare: they cost
/// a quarter of a megabyte each.
fn manifest(script: &mut Script<'_>) -> bool {
    let mut store = Hostile::default();
    let mut chunks = Vec::new();
    let full = script.byte() == 0xa5;
    for _ in 0..1 + script.below(3) {
        let len = if full { CHUNK } else { script.below(40) };
        let chunk = vec![script.byte(); len + script.below(2)];
        let cid = block_cid(script.pick(&[0x55, 0x55, 0x55, 0x71]), &chunk);
        let answer = if script.below(8) == 0 { Vec::new() } else { chunk };
        store.write(cid, answer);
        chunks.push(cid);
    }
    let count = chunks.len();
    let near = (count * CHUNK).saturating_sub(script.below(3)) + script.below(3);
    let total = if script.flag() { near as u64 } else { script.u64() };
    let block = encode(&(total, chunks));
    let cid = block_cid(0x71, &block);
    store.write(cid, block);
    let _ = check(&store, &cid);
    true
}
