//! The store: real identifiers, and a store that lies.

use medcrypto_ledger::Error;
use medcrypto_ledger::cas::{CHUNK, Cid, MemoryStore, Store, get, put};
use medcrypto_ledger::codec;

/// A store that answers one identifier with other bytes, or not at all.
struct LyingStore {
    inner: MemoryStore,
    about: Cid,
    answer: Option<Vec<u8>>,
}

impl Store for LyingStore {
    fn read(&self, cid: &Cid) -> Option<Vec<u8>> {
        if *cid == self.about { self.answer.clone() } else { self.inner.read(cid) }
    }

    fn write(&mut self, cid: Cid, block: Vec<u8>) {
        self.inner.write(cid, block);
    }
}

/// 2½ chunks.
fn large() -> Vec<u8> {
    (0..CHUNK * 5 / 2).map(|i| (i * 7 + i / CHUNK) as u8).collect()
}

#[test]
fn t28_known_answer_beep_boop() {
    let cid = Cid::of(b"beep boop");
    assert_eq!(cid.to_string(), "bafkreieq5jui4j25lacwomsqgjeswwl3y5zcdrresptwgmfylxo2depppq");
    assert_eq!(cid.to_bytes().len(), Cid::LEN);
    assert_eq!(Cid::from_bytes(&cid.to_bytes()), Ok(cid));
}

#[test]
fn t28_a_manifest_has_the_identifier_of_an_independent_encoder() {
    // Computed in Python: DAG-CBOR [655360, [link, link, link]] with tag 42, then SHA-256.
    let expected = "bafyreig3mt6woyofsmgvqb5t5mok7scuosxkorjj6vq44mlyhzwj67dyre";
    assert_eq!(Cid::of(&large()).to_string(), expected);
}

#[test]
fn objects_of_every_kind_of_size_come_back() {
    for size in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 1] {
        let object: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        let mut store = MemoryStore::new();
        let cid = put(&mut store, &object).unwrap();
        assert_eq!(cid, Cid::of(&object));
        assert_eq!(get(&store, &cid), Ok(object));
    }
}

#[test]
fn other_identifiers_are_refused() {
    let good = Cid::of(b"x").to_bytes();
    let at = |i: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[i] = byte;
        bytes
    };
    // Version, codec (dag-pb), hash (sha3-256), hash length, truncation, a trailing byte, nothing.
    let bad = [at(0, 2), at(1, 0x70), at(2, 0x16), at(3, 31), good[..35].to_vec()];
    for bytes in bad.iter().chain([&[good.as_slice(), &[0]].concat(), &vec![]]) {
        assert_eq!(Cid::from_bytes(bytes), Err(Error::Cid));
    }
}

#[test]
fn t28_a_lying_store_is_caught() {
    let mut inner = MemoryStore::new();
    let object = large();
    let cid = put(&mut inner, &object).unwrap();
    let chunk = |i: usize| object[i * CHUNK..((i + 1) * CHUNK).min(object.len())].to_vec();
    let (first, second) = (Cid::of(&chunk(0)), Cid::of(&chunk(1)));
    let mut flipped = chunk(0);
    flipped[1000] ^= 1;
    let cases = [
        (first, Some(flipped), Error::Corrupt),
        (first, Some(chunk(0)[..CHUNK - 1].to_vec()), Error::Corrupt),
        (first, Some(chunk(1)), Error::Corrupt),
        (first, Some(vec![]), Error::Corrupt),
        (second, None, Error::Missing),
        (cid, None, Error::Missing),
        (cid, inner.read(&first), Error::Corrupt),
    ];
    for (about, answer, error) in cases {
        let store = LyingStore { inner: inner.clone(), about, answer };
        assert_eq!(get(&store, &cid), Err(error));
    }
    let honest = LyingStore { answer: inner.read(&first), inner, about: first };
    assert_eq!(get(&honest, &cid), Ok(object));
}

/// A manifest as anybody can write one, under the identifier of its bytes.
fn manifest(store: &mut MemoryStore, total: u64, chunks: &[Cid]) -> Cid {
    let block = codec::encode(&(total, chunks));
    let mut bytes = Cid::of(&block).to_bytes();
    bytes[1] = 0x71;
    let cid = Cid::from_bytes(&bytes).unwrap();
    store.write(cid, block);
    cid
}

#[test]
fn t28_a_manifest_is_the_one_of_its_object() {
    let mut store = MemoryStore::new();
    let object = large();
    let cid = put(&mut store, &object).unwrap();
    let chunks: Vec<Cid> = object.chunks(CHUNK).map(Cid::of).collect();
    let total = object.len() as u64;
    assert_eq!(manifest(&mut store, total, &chunks), cid);
    let swapped = [chunks[1], chunks[0], chunks[2]];
    let nested = [cid, chunks[1], chunks[2]];
    // The first chunk under the identifier of a DAG-CBOR block of the same bytes.
    let mut alias = chunks[0].to_bytes();
    alias[1] = 0x71;
    let alias = Cid::from_bytes(&alias).unwrap();
    store.write(alias, object[..CHUNK].to_vec());
    let aliased = [alias, chunks[1], chunks[2]];
    let short_first = [chunks[2], chunks[0], chunks[1]];
    let bad = [
        manifest(&mut store, total + 1, &chunks),
        manifest(&mut store, total - 1, &chunks),
        manifest(&mut store, u64::MAX, &chunks),
        manifest(&mut store, total, &chunks[..2]),
        manifest(&mut store, total, &short_first),
        manifest(&mut store, total, &nested),
        manifest(&mut store, total, &aliased),
        manifest(&mut store, 9, &[Cid::of(b"beep boop")]),
        manifest(&mut store, 0, &[]),
    ];
    for cid in bad {
        assert_eq!(get(&store, &cid), Err(Error::Corrupt));
    }
    // Chunks in another order are another object under another identifier.
    let other = manifest(&mut store, total, &swapped);
    assert_ne!(other, cid);
    assert_ne!(get(&store, &other).unwrap(), object);
}

#[test]
fn t28_a_manifest_loop_ends() {
    // No manifest can hold its own identifier; a store that says so is caught by the hash.
    let mut inner = MemoryStore::new();
    let cid = put(&mut inner, &large()).unwrap();
    let answer = Some(codec::encode(&(3 * CHUNK as u64, [cid, cid, cid].as_slice())));
    let store = LyingStore { inner, about: cid, answer };
    assert_eq!(get(&store, &cid), Err(Error::Corrupt));
}

#[test]
fn a_store_lists_its_blocks_under_the_identifiers_they_have() {
    let mut store = MemoryStore::new();
    let object = large();
    let cid = put(&mut store, &object).unwrap();
    // Two full chunks, half of one, and the manifest that names them.
    assert_eq!(store.blocks().count(), 4);
    let chunks: Vec<_> = object.chunks(CHUNK).map(|chunk| (Cid::of(chunk), chunk)).collect();
    for (id, chunk) in chunks {
        assert!(store.blocks().any(|(listed, block)| *listed == id && block == chunk));
    }
    assert!(store.blocks().any(|(listed, _)| *listed == cid));
}
