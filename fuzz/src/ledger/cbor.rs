//! DAG-CBOR as a row of items, whatever a decoder makes of them.
//!
//! ```text
//! shape(b)      the kind of every item, if b is whole items to its last byte
//! mended(b, s)  items of the shape s, as far as b goes: what is longer than b is cut, what stands before an
//!               item of the kind is left out
//! ```

/// What an item is; a name stands alone or over its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Integer,
    Bytes,
    Name,
    Array,
    Link,
    Simple,
}

/// Deeper than any object nests.
const DEPTH: usize = 16;

const fn kind(major: u8) -> Kind {
    match major {
        0 | 1 => Kind::Integer,
        2 => Kind::Bytes,
        3 | 5 => Kind::Name,
        4 => Kind::Array,
        6 => Kind::Link,
        _ => Kind::Simple,
    }
}

/// Major type and value; none for an indefinite length and where bytes are missing.
fn head(bytes: &mut &[u8]) -> Option<(u8, u64)> {
    let (first, rest) = bytes.split_first()?;
    let width = match first & 31 {
        0..=23 => 0,
        info @ 24..=27 => 1 << (info - 24),
        _ => return None,
    };
    let (tail, rest) = rest.split_at_checked(width)?;
    *bytes = rest;
    let short = if width == 0 { u64::from(first & 31) } else { 0 };
    Some((first >> 5, tail.iter().fold(short, |value, byte| value << 8 | u64::from(*byte))))
}

/// How many items the head stands before.
const fn inside(major: u8, value: u64) -> u64 {
    match major {
        4 => value,
        5 => value.saturating_mul(2),
        6 => 1,
        _ => 0,
    }
}

fn item(bytes: &mut &[u8]) -> Option<Kind> {
    let (major, value) = head(bytes)?;
    if matches!(major, 2 | 3) {
        *bytes = bytes.split_at_checked(usize::try_from(value).ok()?)?.1;
    }
    for _ in 0..inside(major, value) {
        item(bytes)?;
    }
    Some(kind(major))
}

/// The kinds of the items, if there is nothing else.
pub(super) fn shape(mut bytes: &[u8]) -> Option<Vec<Kind>> {
    let mut kinds = Vec::new();
    while !bytes.is_empty() {
        kinds.push(item(&mut bytes)?);
    }
    Some(kinds)
}

/// Items of these kinds, as far as there are any.
pub(super) fn mended(mut bytes: &[u8], shape: &[Kind]) -> Vec<u8> {
    let mut mended = Vec::with_capacity(bytes.len());
    for wanted in shape {
        let is_wanted =
            |from: &[u8]| head(&mut &*from).is_some_and(|(major, _)| kind(major) == *wanted);
        let Some(at) = (0..bytes.len()).find(|at| is_wanted(&bytes[*at..])) else { break };
        bytes = &bytes[at..];
        mend(&mut bytes, DEPTH, &mut mended);
    }
    mended
}

fn mend(bytes: &mut &[u8], depth: usize, out: &mut Vec<u8>) {
    let before = *bytes;
    let read = head(bytes).filter(|(major, _)| depth > 0 || matches!(major, 0 | 1 | 7));
    let Some((major, value)) = read else {
        *bytes = before.get(1..).unwrap_or_default();
        out.push(0);
        return;
    };
    let left = bytes.len() as u64;
    let most = match major {
        5 => left / 2,
        2..=4 => left,
        _ => value,
    };
    if value <= most {
        out.extend(&before[..before.len() - bytes.len()]);
    } else {
        put_head(major, most, out);
    }
    if matches!(major, 2 | 3) {
        let (string, rest) = bytes.split_at(value.min(most) as usize);
        out.extend(string);
        *bytes = rest;
    }
    (0..inside(major, value.min(most))).for_each(|_| mend(bytes, depth - 1, out));
}

/// The shortest head of a length.
fn put_head(major: u8, value: u64, out: &mut Vec<u8>) {
    match value {
        0..=23 => out.push(major << 5 | value as u8),
        24..=255 => out.extend([major << 5 | 24, value as u8]),
        _ => out.extend([&[major << 5 | 25][..], &(value as u16).to_be_bytes()].concat()),
    }
}
