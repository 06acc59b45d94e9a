//! Files of proving keys: a key of the smallest requirement, patched behind its digest.
//!
//! ```text
//! input   WHOLE is the file as it is; one input in 256, by its digest, is the whole file with one
//!         patch; any other is patches of a file with three points a query
//! patch   place u16 ‖ kind ‖ up to 8 bytes
//! ```
//! The short file decodes to its end and is then refused for its lengths: so an execution costs
//! milliseconds, and most of them get through every point.

use std::sync::LazyLock;

use medcrypto_core::codec::{Header, Tag};
use medcrypto_zk::circuit::Circuit;
use medcrypto_zk::keys::{Provenance, ProvingKey};
use medcrypto_zk::requirement::Requirement;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::setup;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use sha2::{Digest, Sha256};

use super::points::{POOL, uncompressed};
use crate::script::Script;

/// Points of each query that the short file keeps.
const KEPT: usize = 3;

struct Base {
    circuit: Circuit,
    whole: Vec<u8>,
    verifying: Vec<u8>,
    queries: Vec<u8>,
    /// The queries with [`KEPT`] points each.
    short: Vec<u8>,
}

static BASE: LazyLock<Base> = LazyLock::new(|| {
    let requirement = Requirement::parse(Schema::clinical_v1(), "present(sex)").expect("a field");
    let circuit = Circuit::compile(&requirement).expect("satisfiable");
    let label = Provenance::single_party("fuzzing", 1).expect("a name");
    let rng = &mut ChaCha20Rng::seed_from_u64(1);
    let key = setup::single_party(circuit.clone(), label, rng).expect("a setup");
    let whole = key.to_bytes();
    let verifying = key.verifying_key().to_bytes();
    let queries = whole[Header::LEN + 32 + 4 + verifying.len() + 4..].to_vec();
    let short = shortened(&queries);
    Base { circuit, whole, verifying, queries, short }
});

/// Where the first query stands: after the uncompressed verifying key, β and δ.
const FIRST_QUERY: usize = 96 + 3 * 192 + 8 + 8 * 96 + 2 * 96;

fn shortened(queries: &[u8]) -> Vec<u8> {
    let (mut short, mut rest) = (queries[..FIRST_QUERY].to_vec(), &queries[FIRST_QUERY..]);
    for len in [96, 96, 192, 96, 96] {
        let count = u64::from_le_bytes(rest[..8].try_into().expect("a count"));
        short.extend((KEPT as u64).to_le_bytes());
        short.extend(&rest[8..8 + KEPT * len]);
        rest = &rest[8 + usize::try_from(count).expect("a query") * len..];
    }
    assert!(rest.is_empty());
    short
}

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

/// The input that stands for the whole file.
pub(super) const WHOLE: [u8; 1] = [0xa5];

/// A key file; accepted only if it is the whole one, unchanged.
pub(super) fn proving_key(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let is_unchanged = data == WHOLE;
    let is_whole = is_unchanged || Sha256::digest(data)[0] == 0;
    let base = &*BASE;
    let mut verifying = base.verifying.clone();
    let mut queries = if is_whole { base.queries.clone() } else { base.short.clone() };
    // A whole key takes seconds, so it takes one patch.
    let most = match (is_unchanged, is_whole) {
        (true, _) => 0,
        (_, true) => 1,
        _ => 8,
    };
    let mut lie = None;
    for _ in 0..most {
        if script.is_over() {
            break;
        }
        lie = lie.or(patch(&mut script, &mut verifying, &mut queries));
    }
    let bytes = file(&verifying, &queries, lie);
    match ProvingKey::from_bytes(base.circuit.clone(), &bytes) {
        Ok(key) => {
            assert!(bytes == base.whole, "another key was accepted");
            assert!(key.to_bytes() == bytes, "accepted, but encoded otherwise");
        }
        Err(error) => assert!(bytes != base.whole, "the key itself was refused: {error}"),
    }
    true
}

/// One change; `Some` is a length of the queries that is not theirs.
fn patch(script: &mut Script<'_>, verifying: &mut Vec<u8>, queries: &mut Vec<u8>) -> Option<u32> {
    let kind = script.below(8);
    let target = if kind == 0 { verifying } else { queries };
    let at = script.u64() as usize % target.len().max(1);
    match kind {
        0 | 1 => {
            let new = script.bytes(8);
            let end = target.len().min(at + new.len());
            target[at..end].copy_from_slice(&new[..end - at]);
        }
        2 => target.truncate(at),
        3 => target.extend(script.bytes(8)),
        4 => lengthen(script, target),
        5 | 6 => place_point(script, target),
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
