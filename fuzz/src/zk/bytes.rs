//! Decoders of fixed shape: proof, statement, field elements, record opening, verifying key.

use std::sync::LazyLock;

use medcrypto_core::codec::{Header, Tag};
use medcrypto_zk::commitment::RecordOpening;
use medcrypto_zk::field::{Commitment, SchemaDigest};
use medcrypto_zk::keys::VerifyingKey;
use medcrypto_zk::proof::Proof;
use medcrypto_zk::schema::Schema;
use medcrypto_zk::statement::Statement;

use super::points::{POOL, Pool};
use crate::script::{Script, fitted};

/// `body` behind the header that its decoder expects.
fn headed(tag: Tag, body: &[u8]) -> Vec<u8> {
    [Header::v1(tag).to_bytes().as_slice(), body].concat()
}

/// What is accepted has exactly the bytes that were read.
fn law<T, E>(bytes: &[u8], decoded: Result<T, E>, encode: impl FnOnce(&T) -> Vec<u8>) -> bool {
    let accepted = decoded.is_ok();
    if let Ok(value) = decoded {
        assert_eq!(encode(&value), bytes, "accepted, but encoded otherwise");
    }
    accepted
}

/// The last byte of an input says whether the length is made to fit; seeds end with 0.
fn body_of(data: &[u8], len: usize) -> (Vec<u8>, bool) {
    let (mode, body) = data.split_last().map_or((0, data), |(mode, body)| (*mode, body));
    let body = if mode % 8 == 7 { body.to_vec() } else { fitted(body, len) };
    let fits = body.len() == len;
    (body, fits)
}

/// A proof, some of whose points come from the pool.
pub(super) fn proof(data: &[u8]) -> bool {
    let (choices, raw) = data.split_at_checked(3).unwrap_or((&[0; 3], data));
    let (mut body, fits) = body_of(raw, Proof::LEN - Header::LEN);
    if !fits {
        let bytes = headed(Tag::ZkProof, &body);
        assert!(Proof::from_bytes(&bytes).is_err());
        return false;
    }
    let mut refused = false;
    for (choice, place) in choices.iter().zip([0..48, 48..144, 144..192]) {
        // 0 to 7 keep what the input says.
        let Some(index) = usize::from(*choice).checked_sub(8) else { continue };
        let (index, len) = (index % POOL.first.len(), POOL.first.len());
        refused |= index + Pool::REFUSED >= len;
        match place.len() {
            48 => body[place].copy_from_slice(&POOL.first_bytes(index)),
            _ => body[place].copy_from_slice(&POOL.second_bytes(index)),
        }
    }
    let bytes = headed(Tag::ZkProof, &body);
    let accepted = law(&bytes, Proof::from_bytes(&bytes), Proof::to_bytes);
    assert!(!(accepted && refused), "a point outside the group was accepted");
    true
}

/// A statement: seven field elements.
pub(super) fn statement(data: &[u8]) -> bool {
    let (body, fits) = body_of(data, Statement::LEN - Header::LEN);
    let bytes = headed(Tag::ZkStatement, &body);
    let accepted = law(&bytes, Statement::from_bytes(&bytes), Statement::to_bytes);
    assert!(fits || !accepted);
    fits
}

/// The order r of the groups, big-endian.
pub(super) const MODULUS: [u8; 32] = [
    0x73, 0xed, 0xa7, 0x53, 0x29, 0x9d, 0x7d, 0x48, 0x33, 0x39, 0xd8, 0x08, 0x09, 0xa1, 0xd8, 0x05,
    0x53, 0xbd, 0xa4, 0x02, 0xff, 0xfe, 0x5b, 0xfe, 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x01,
];

/// A field element: accepted exactly below r.
pub(super) fn element(data: &[u8]) -> bool {
    let bytes: [u8; 32] = fitted(data, 32).try_into().expect("32 bytes");
    let decoded = Commitment::from_bytes(&bytes);
    assert_eq!(decoded.is_ok(), bytes < MODULUS);
    law(&bytes, decoded, |element| element.to_bytes().to_vec());
    true
}

/// What stands before the seed of an opening of the clinical schema.
static OPENING: LazyLock<Vec<u8>> = LazyLock::new(|| {
    headed(Tag::ZkRecordOpening, &SchemaDigest::of(&Schema::clinical_v1()).to_bytes())
});

/// A record with its salts; the record is most of it.
pub(super) fn opening(data: &[u8]) -> bool {
    let bytes = [OPENING.as_slice(), data].concat();
    let decoded = RecordOpening::from_bytes(Schema::clinical_v1(), &bytes);
    law(&bytes, decoded, |opening| {
        let record = opening.record();
        for list in record.schema().ids().filter_map(|(field, _)| record.codes(field)) {
            assert!(list.codes().is_sorted_by(|a, b| a < b), "codes out of order");
        }
        opening.to_secret_bytes().to_vec()
    });
    // Past the header and the elements, at the first entry of the record.
    data.len() > 97
}

/// A verifying key, some of whose points come from the pool and whose count may be mended.
pub(super) fn verifying_key(data: &[u8]) -> bool {
    let mut script = Script::new(data);
    let (place, choice, mend) = (script.below(12), script.below(16), script.byte());
    let mut body = script.rest().to_vec();
    let points = body.len().checked_sub(VerifyingKey::POINTS_LEN);
    let mut refused = false;
    if let Some(points) = points.filter(|_| mend % 8 != 7) {
        mend_provenance(&mut body, points);
        body[points + 336..points + 344].copy_from_slice(&8_u64.to_le_bytes());
        refused = splice(&mut body[points..], place, choice);
    }
    let bytes = headed(Tag::ZkVerifyingKey, &body);
    let accepted = law(&bytes, VerifyingKey::from_bytes(&bytes), VerifyingKey::to_bytes);
    assert!(!(accepted && refused), "a point outside the group was accepted");
    points.is_some()
}

/// The length of the operator's name that makes everything after it fit.
fn mend_provenance(body: &mut [u8], points: usize) {
    let name = points.checked_sub(1 + 2 + 8 + 3 * 32).and_then(|len| u16::try_from(len).ok());
    if let Some(len) = name {
        body[0] = 1;
        body[1..3].copy_from_slice(&len.to_be_bytes());
    }
}

/// Puts a point of the pool at the place of a key's points; says whether it must be refused.
fn splice(points: &mut [u8], place: usize, choice: usize) -> bool {
    let Some(index) = choice.checked_sub(16 - POOL.first.len()) else { return false };
    match place {
        0 => points[..48].copy_from_slice(&POOL.first_bytes(index)),
        1..=3 => points[48 + 96 * (place - 1)..][..96].copy_from_slice(&POOL.second_bytes(index)),
        _ => points[344 + 48 * (place - 4)..][..48].copy_from_slice(&POOL.first_bytes(index)),
    }
    index + Pool::REFUSED >= POOL.first.len()
}
