//! Payloads that were cut, reordered, repeated, mixed and mutated: what comes out before the end is a
//! beginning of the record, and the end is reached only by the payload that was sealed.

use std::{
    io::{self, Read},
    sync::LazyLock,
};

use arbitrary::Unstructured;
use medcrypto_pre::Error;

use super::world::{Record, WORLD, record};
use crate::{Class, Reached, Target, edit::byte};

/// `record ‖ reader ‖ segments`.
pub const STREAM: Target =
    Target { name: "pre_stream", class: Class::Verifier, max_len: 96, run, seeds, dict: &[] };

const COMMITMENT: usize = 32;
const SEALED: usize = 65_536 + 16;
/// Around the ends of a chunk, and three chunks.
const LENGTHS: [usize; 6] = [0, 1, 40, 65_536, 65_537, 2 * 65_536 + 9];

struct Sealed {
    plain: Vec<u8>,
    record: Record,
}

static SEALED_RECORDS: LazyLock<Vec<Sealed>> = LazyLock::new(|| {
    let sealed = |len: usize| {
        let plain: Vec<u8> = (0..len).map(|i| (i / 7 % 251) as u8).collect();
        Sealed { record: record(&["lab"], &plain), plain }
    };
    LENGTHS.map(sealed).into()
});

impl Sealed {
    /// The commitment, then the chunks.
    fn parts(&self) -> Vec<&[u8]> {
        let (commitment, chunks) = self.record.payload.split_at(COMMITMENT);
        [commitment].into_iter().chain(chunks.chunks(SEALED)).collect()
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let whole = (0..6).map(|record| vec![record, 0]);
    let edits = [
        vec![5, 0, 1, 0, 0, 2, 0, 3], // two chunks change places
        vec![5, 3, 2, 0, 0, 3],       // the last one is lost
        vec![5, 1, 3, 0, 0, 2, 9],    // one is repeated
        vec![4, 9, 4, 0, 0, 1, 255, 255],
        vec![2, 7, 5, 0, 0, 0, 3, 1],
        vec![3, 2, 6, 1, 2, 3],
        vec![1, 0, 7, 4, 1, 1],
    ];
    whole.chain(edits).collect()
}

fn run(data: &[u8]) -> Reached {
    let mut script = Unstructured::new(data);
    let sealed = &SEALED_RECORDS[usize::from(byte(&mut script)) % LENGTHS.len()];
    if script.is_empty() {
        return Reached::No;
    }
    let pattern = byte(&mut script);
    let mut parts: Vec<Vec<u8>> = sealed.parts().into_iter().map(Vec::from).collect();
    for _ in 0..4 {
        if script.is_empty() {
            break;
        }
        rearrange(&mut script, &mut parts);
    }
    let payload = parts.concat();
    let whole = payload == sealed.record.payload;
    let same_commitment = payload.get(..32) == sealed.record.payload.get(..32);
    open(sealed, &payload, pattern, whole);
    same_commitment.into()
}

/// One edit of the list of parts.
fn rearrange(script: &mut Unstructured<'_>, parts: &mut Vec<Vec<u8>>) {
    let operation = byte(script);
    // The commitment is left alone for the most part: nothing is read behind a wrong one.
    let first = usize::from(operation < 240).min(parts.len().saturating_sub(1));
    let mut any =
        |parts: &[Vec<u8>]| first + usize::from(byte(script)) % (parts.len() - first).max(1);
    if parts.is_empty() {
        return;
    }
    let (a, b) = (any(parts), any(parts));
    let at: u16 = script.arbitrary().unwrap_or_default();
    let at = usize::from(at) % (parts[a].len() + 1);
    match operation % 8 {
        1 => parts.swap(a, b),
        2 => drop(parts.remove(a)),
        3 => parts.insert(b, parts[a].clone()),
        4 => parts[a].truncate(at),
        5 => parts[a].iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << (operation >> 5)),
        6 => {
            let other = &SEALED_RECORDS[b % LENGTHS.len()];
            let foreign = other.parts();
            parts[a] = foreign[at % foreign.len()].to_vec();
        }
        7 => parts[a].extend_from_slice(script.bytes(script.len().min(20)).unwrap_or_default()),
        _ => {
            let tail = parts[a].split_off(at);
            parts.insert(b.min(parts.len()), tail);
        }
    }
}

/// Reads the payload to its end in three ways.
fn open(sealed: &Sealed, payload: &[u8], pattern: u8, whole: bool) {
    let (key, record, plain) = (&WORLD.alice, &sealed.record, &sealed.plain);
    let source = Stutter { left: payload, pattern, turn: 0 };
    let mut read = Vec::new();
    let outcome = key.open(&record.address(), &record.header, source).and_then(|mut opener| {
        io::copy(&mut opener, &mut read)?;
        Ok(opener.finish().map(drop)?)
    });
    assert!(plain.starts_with(&read), "released what was never sealed");
    assert_eq!(outcome.is_ok(), whole && read == *plain);
    if let Err(error) = outcome {
        assert_eq!(Error::of_io(&error), Some(Error::Decryption));
    }
    if pattern & 0x40 != 0 {
        let limit = usize::from(pattern) << 10;
        let opened = key.open(&record.address(), &record.header, payload);
        let opened = opened.and_then(|opener| opener.read_to_limit(limit));
        assert_eq!(opened.is_ok(), whole && plain.len() <= limit);
        assert!(opened.is_err() || opened.is_ok_and(|read| *read == *plain));
    }
}

/// A source that gives few bytes at a time and is interrupted.
struct Stutter<'a> {
    left: &'a [u8],
    pattern: u8,
    turn: u8,
}

impl Read for Stutter<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.turn = self.turn.wrapping_add(1);
        if self.pattern & 1 == 1 && self.turn.is_multiple_of(3) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let step = [usize::MAX, 1 << 12, 65_537, 30_011][usize::from(self.pattern >> 1 & 3)];
        let len = step.min(buffer.len());
        self.left.read(&mut buffer[..len])
    }
}
