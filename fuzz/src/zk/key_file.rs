//! Files of proving keys: a key of the smallest requirement, patched behind its digest.
//!
//! ```text
//! input   patches of a file with three points a query; one input in 1024, by its digest, is about
//!         the whole file instead, with one patch or none
//! patch   place u16 ‖ kind ‖ up to 8 bytes
//! ```
//! The short file decodes to its end and is then refused for its lengths: so an execution costs
//! milliseconds, and most of them get through every point.
//!
//! Reached: the queries are decoded. That is, the lengths hold, and the verifying key before them is one of
//! the circuit.

use std::sync::LazyLock;

use medcrypto_core::codec::{Header, Tag};
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{Provenance, ProvingKey, VerifyingKey};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::setup;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

use super::points::{POOL, uncompressed};
use super::verify::PINNED;
use crate::script::Script;

/// Points of each query that the short file keeps.
const KEPT: usize = 3;

struct Base {
    circuit: Circuit,
    verifying: Vec<u8>,
    /// Queries with [`KEPT`] points each.
    short: Vec<u8>,
}

/// What the short file is made of: the pinned verifying key under the digests of the smallest circuit,
/// and points of the pool. That takes no setup.
static BASE: LazyLock<Base> = LazyLock::new(|| {
    let requirement = Requirement::parse(Schema::clinical_v1(), "present(sex)").expect("a field");
    let circuit = Circuit::compile(&requirement).expect("satisfiable");
    let mut verifying = PINNED.key.clone();
    let digests = verifying.len() - VerifyingKey::POINTS_LEN - 96;
    verifying[digests..digests + 32].copy_from_slice(&circuit.digest());
    let named = circuit.requirement_digest().to_bytes();
    verifying[digests + 32..digests + 64].copy_from_slice(&named);
    let (first, second) = (uncompressed(&POOL.first[1]), uncompressed(&POOL.second[1]));
    let mut short = [first.repeat(1), second.repeat(3)].concat();
    short.extend(8_u64.to_le_bytes());
    short.extend(first.repeat(10));
    for point in [&first, &first, &second, &first, &first] {
        short.extend((KEPT as u64).to_le_bytes());
        short.extend(point.repeat(KEPT));
    }
    Base { circuit, verifying, short }
});

struct Whole {
    file: Vec<u8>,
    verifying: Vec<u8>,
    queries: Vec<u8>,
}

/// A real key of the same circuit.
static WHOLE: LazyLock<Whole> = LazyLock::new(|| {
    let label = Provenance::single_party("fuzzing", 1).expect("a name");
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let key = setup::single_party(BASE.circuit.clone(), label, rng).expect("a setup");
    let (file, verifying) = (key.to_bytes(), key.verifying_key().to_bytes());
    let queries = file[Header::LEN + 32 + 4 + verifying.len() + 4..].to_vec();
    Whole { file, verifying, queries }
});

/// Where the first query stands: after the uncompressed verifying key, β and δ.
const FIRST_QUERY: usize = 96 + 3 * 192 + 8 + 8 * 96 + 2 * 96;

/// A file of these parts, with its lengths and its digest.
fn file(verifying: &[u8], queries: &[u8], lie: Option<u32>) -> Vec<u8> {
    let len = |bytes: &[u8]| u32::try_from(bytes.len()).expect("a short file");
    let mut body = len(verifying).to_be_bytes().to_vec();
    body.extend(verifying);
    body.extend(lie.unwrap_or_else(|| len(queries)).to_be_bytes());
    body.extend(queries);
    let header = Header::v1(Tag::ZkProvingKey).to_bytes();
    [header.as_slice(), &Sha256::digest(&body), &body].concat()
}

/// A key file; accepted only if it is the whole one, unchanged.
pub(super) fn proving_key(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let hash = Sha256::digest(data);
    let is_whole = hash[0] == 0 && hash[1] % 4 == 0;
    let (mut verifying, mut queries) = if is_whole {
        (WHOLE.verifying.clone(), WHOLE.queries.clone())
    } else {
        (BASE.verifying.clone(), BASE.short.clone())
    };
    // A whole key takes seconds, so it takes at most one patch.
    let most = if is_whole { hash[2] % 4 } else { 8 };
    let mut lie = None;
    for _ in 0..most.min(if is_whole { 1 } else { 8 }) {
        if script.is_over() {
            break;
        }
        lie = lie.or(patch(&mut script, &mut verifying, &mut queries));
    }
    let bytes = file(&verifying, &queries, lie);
    let unchanged = is_whole && bytes == WHOLE.file;
    match ProvingKey::from_bytes(BASE.circuit.clone(), &bytes) {
        Ok(key) => {
            assert!(unchanged, "another key was accepted");
            assert!(key.to_bytes() == bytes, "accepted, but encoded otherwise");
        }
        Err(error) => assert!(!unchanged, "the key itself was refused: {error}"),
    }
    let framed = lie.is_none_or(|lie| usize::try_from(lie) == Ok(queries.len()));
    framed && is_of_the_circuit(&verifying)
}

fn is_of_the_circuit(verifying: &[u8]) -> bool {
    let named = || VerifyingKey::from_bytes(verifying).map(|key| key.circuit_digest());
    verifying == BASE.verifying || named() == Ok(BASE.circuit.digest())
}

/// One change; `Some` is a length of the queries that is not theirs.
fn patch(script: &mut Script<'_>, verifying: &mut Vec<u8>, queries: &mut Vec<u8>) -> Option<u32> {
    let kind = script.below(16);
    let target = if kind == 0 { verifying } else { queries };
    let at = script.u64() as usize % target.len().max(1);
    match kind {
        0..=3 => {
            let new = script.bytes(8);
            let end = target.len().min(at + new.len());
            target[at..end].copy_from_slice(&new[..end - at]);
        }
        4 | 5 => target.truncate(at),
        6 | 7 => target.extend(script.bytes(8)),
        8 | 9 => lengthen(script, target),
        10..=14 => place_point(script, target),
        _ => return Some(script.u64() as u32),
    }
    None
}

/// Another count before one of the short queries.
fn lengthen(script: &mut Script<'_>, queries: &mut [u8]) {
    let starts = [0, 8 + 3 * 96, 16 + 6 * 96, 24 + 12 * 96, 32 + 15 * 96];
    let at = FIRST_QUERY + script.pick(&starts);
    let few = script.flag();
    let count = if few { script.below(6) as u64 } else { script.u64() };
    if let Some(place) = queries.get_mut(at..at + 8) {
        place.copy_from_slice(&count.to_le_bytes());
    }
}

/// A point of the pool at the place of a point.
fn place_point(script: &mut Script<'_>, queries: &mut [u8]) {
    let (second, index) = (script.flag(), script.below(POOL.first.len()));
    let point =
        if second { uncompressed(&POOL.second[index]) } else { uncompressed(&POOL.first[index]) };
    let starts = [0, 96, 288, 480, 680, FIRST_QUERY + 8, FIRST_QUERY + 24 + 6 * 96];
    let at = script.pick(&starts);
    if let Some(place) = queries.get_mut(at..at + point.len()) {
        place.copy_from_slice(&point);
    }
}
