//! How an input becomes bytes for a decoder: as they are, under the right header, or as a valid object
//! that a script edits.
//!
//! A mutated point is no point with overwhelming probability, so that plain mutation never gets past
//! the first one. The script therefore knows where a valid object has its points, and puts other
//! valid points, or nearly valid ones, in their place.

use std::{borrow::Borrow, sync::LazyLock};

use arbitrary::Unstructured;
use medcrypto_core::bls::{G1, G2, Gt, Scalar};

/// Which group a run of bytes encodes a point of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    G1,
    G2,
    Gt,
}

/// A valid object, and where its points are.
pub struct Base {
    /// Its encoding.
    pub bytes: Vec<u8>,
    points: Vec<(usize, Group)>,
}

impl Base {
    /// Looks for points at every offset: bytes that decode to one by chance do not occur.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let g2 = bytes.windows(96).enumerate().filter(|(_, window)| is_g2(window));
        let g1 = bytes.windows(48).enumerate().filter(|(_, window)| is_g1(window));
        let mut points: Vec<_> = g2.map(|(at, _)| (at, Group::G2)).collect();
        points.extend(g1.map(|(at, _)| (at, Group::G1)));
        Self { bytes, points }
    }

    /// The same, with an element of 𝔾ₜ at a known offset: testing every offset takes too long.
    #[must_use]
    pub fn with_gt(bytes: Vec<u8>, at: usize) -> Self {
        let mut base = Self::new(bytes);
        base.points.push((at, Group::Gt));
        base
    }
}

fn is_g1(bytes: &[u8]) -> bool {
    bytes[0] & 0x80 != 0 && G1::from_bytes(bytes.try_into().unwrap()).is_ok()
}

fn is_g2(bytes: &[u8]) -> bool {
    bytes[0] & 0x80 != 0 && G2::from_bytes(bytes.try_into().unwrap()).is_ok()
}

/// The bytes that an input stands for; see the crate's documentation for the modes. An object of one
/// `size` is given it in mode 1 and in even modes: a wrong length is refused before anything else.
#[must_use]
pub fn input(data: &[u8], header: &[u8], size: Option<usize>, bases: &[Base]) -> Vec<u8> {
    let Some((&mode, rest)) = data.split_first() else { return Vec::new() };
    match mode {
        0 => rest.to_vec(),
        1 => {
            let mut bytes = rest.to_vec();
            bytes.iter_mut().zip(header).for_each(|(to, from)| *to = *from);
            bytes.resize(size.unwrap_or(bytes.len()), 0);
            bytes
        }
        _ => {
            let mut bytes = edited(&mut Unstructured::new(rest), bases);
            let size = size.filter(|_| mode % 2 == 0);
            bytes.resize(size.unwrap_or(bytes.len()), 0);
            bytes
        }
    }
}

/// An input in mode 1: `bytes` under the right header.
#[must_use]
pub fn whole(bytes: &[u8]) -> Vec<u8> {
    [&[1], bytes].concat()
}

/// One of the objects, edited up to eight times.
pub fn edited(script: &mut Unstructured<'_>, bases: &[Base]) -> Vec<u8> {
    let base = &bases[usize::from(byte(script)) % bases.len()];
    let mut bytes = base.bytes.clone();
    for _ in 0..8 {
        if script.is_empty() {
            break;
        }
        edit(script, base, bases, &mut bytes);
    }
    bytes
}

pub(crate) fn byte(script: &mut Unstructured<'_>) -> u8 {
    script.arbitrary().unwrap_or_default()
}

/// A position in `bytes`, which may be its end. One in four is near the beginning, where flags and
/// lengths stand.
fn position(script: &mut Unstructured<'_>, bytes: &[u8]) -> usize {
    let at: u16 = script.arbitrary().unwrap_or_default();
    let span = if at >> 14 == 3 { bytes.len().min(12) } else { bytes.len() };
    usize::from(at) % (span + 1)
}

/// One edit of `bytes`, which started as `base`; `bases` are what it may copy from.
pub(crate) fn edit(
    script: &mut Unstructured<'_>,
    base: &Base,
    bases: &[impl Borrow<Base>],
    bytes: &mut Vec<u8>,
) {
    match byte(script) % 16 {
        // Edits that keep the length come first and often.
        0..=5 => point(script, base, bytes),
        6 | 7 => {
            let at = position(script, bytes);
            let bit = byte(script) % 8;
            bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << bit);
        }
        8 | 9 => {
            let (at, len) = (position(script, bytes), usize::from(byte(script) % 8) + 1);
            let new: Vec<u8> = (0..len).map(|_| byte(script)).collect();
            overwrite(bytes, at, &new);
        }
        10 => {
            let at = position(script, bytes);
            let value = [0, 1, 2, 64, 255, 256, 1 << 16, u32::MAX][usize::from(byte(script)) % 8];
            overwrite(bytes, at, &value.to_be_bytes());
        }
        11 | 12 => {
            let other = &bases[usize::from(byte(script)) % bases.len()].borrow().bytes;
            let (from, at) = (position(script, other), position(script, bytes));
            let len = usize::from(byte(script));
            let end = (from + len).min(other.len());
            overwrite(bytes, at, &other[from..end]);
        }
        13 => {
            let at = position(script, bytes);
            let new: Vec<u8> = (0..=byte(script) % 8).map(|_| byte(script)).collect();
            bytes.splice(at..at, new);
        }
        14 => {
            let at = position(script, bytes);
            let end = (at + 1 + usize::from(byte(script) % 64)).min(bytes.len());
            bytes.drain(at..end);
        }
        _ => bytes.truncate(position(script, bytes)),
    }
}

fn overwrite(bytes: &mut [u8], at: usize, new: &[u8]) {
    bytes.iter_mut().skip(at).zip(new).for_each(|(to, from)| *to = *from);
}

/// Puts another point, or nearly one, in the place of one.
fn point(script: &mut Unstructured<'_>, base: &Base, bytes: &mut [u8]) {
    let chosen = usize::from(byte(script));
    let Some(&(at, group)) = base.points.get(chosen % base.points.len().max(1)) else { return };
    let new = match byte(script) % 8 {
        0..=2 => multiple(script, group),
        3 => another(script, base, group),
        4 => {
            // The other sign, where the sign is a flag.
            let mut negated = another(script, base, group);
            negated[0] ^= 0x20;
            negated
        }
        5 => {
            let mut point = another(script, base, group);
            alias(script, group, &mut point);
            point
        }
        _ => nearly(script, group.len()),
    };
    overwrite(bytes, at, &new);
}

impl Group {
    const fn len(self) -> usize {
        match self {
            Self::G1 => 48,
            Self::G2 => 96,
            Self::Gt => 288,
        }
    }
}

/// A small multiple of the generator, 0 included.
fn multiple(script: &mut Unstructured<'_>, group: Group) -> Vec<u8> {
    let [g1, g2, gt] = &*MULTIPLES;
    let table = match group {
        Group::G1 => g1,
        Group::G2 => g2,
        Group::Gt => gt,
    };
    table[usize::from(byte(script)) % table.len()].clone()
}

/// The encodings of 0 … 63 times the generators, so that an input costs no multiplication.
static MULTIPLES: LazyLock<[Vec<Vec<u8>>; 3]> = LazyLock::new(|| {
    let scalars = || (0..64).map(Scalar::from_u64);
    [
        scalars().map(|k| G1::generator().mul_vartime(&k).to_bytes().into()).collect(),
        scalars().map(|k| G2::generator().mul_vartime(&k).to_bytes().into()).collect(),
        scalars().map(|k| Gt::generator().pow_vartime(&k).to_bytes().into()).collect(),
    ]
});

/// A point of the same object.
fn another(script: &mut Unstructured<'_>, base: &Base, group: Group) -> Vec<u8> {
    let of_group = || base.points.iter().filter(|(_, found)| *found == group);
    let chosen = usize::from(byte(script)) % of_group().count();
    let (at, _) = of_group().nth(chosen).unwrap();
    base.bytes[*at..at + group.len()].to_vec()
}

/// The base field's p, big-endian.
const P: [u8; 48] = [
    0x1a, 0x01, 0x11, 0xea, 0x39, 0x7f, 0xe6, 0x9a, 0x4b, 0x1b, 0xa7, 0xb6, 0x43, 0x4b, 0xac, 0xd7,
    0x64, 0x77, 0x4b, 0x84, 0xf3, 0x85, 0x12, 0xbf, 0x67, 0x30, 0xd2, 0xa0, 0xf6, 0xb0, 0xf6, 0x24,
    0x1e, 0xab, 0xff, 0xfe, 0xb1, 0x53, 0xff, 0xff, 0xb9, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xaa, 0xab,
];

/// Adds p to a coordinate: the same point for a decoder that reduces.
fn alias(script: &mut Unstructured<'_>, group: Group, point: &mut [u8]) {
    let chosen = usize::from(byte(script)) % (point.len() / 48);
    let Some(coordinate) = point.chunks_exact_mut(48).nth(chosen) else { return };
    // Little-endian in 𝔾ₜ alone; the first byte of a point has three flags.
    let flags = if group != Group::Gt && chosen == 0 { coordinate[0] & 0xe0 } else { 0 };
    if group == Group::Gt {
        coordinate.reverse();
    }
    coordinate[0] &= !flags;
    let mut carry = 0;
    for (to, p) in coordinate.iter_mut().zip(P).rev() {
        let sum = u16::from(*to) + u16::from(p) + carry;
        (*to, carry) = (sum as u8, sum >> 8);
    }
    coordinate[0] |= flags;
    if group == Group::Gt {
        coordinate.reverse();
    }
}

/// What a careless decoder takes: infinity with and without rubbish, coordinates around p, small
/// coordinates on the curve but outside the subgroup, wrong flags.
#[must_use]
pub fn nearly(script: &mut Unstructured<'_>, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    match byte(script) % 6 {
        0 => bytes[0] = 0xc0,
        1 => {
            bytes[0] = 0xc0 | byte(script) & 0x3f;
            bytes[len - 1] = byte(script);
        }
        2 => {
            bytes[..48].copy_from_slice(&P);
            bytes[47] = bytes[47].wrapping_add(byte(script) % 4).wrapping_sub(2);
            bytes[0] |= 0x80;
        }
        3 => {
            bytes[len - 48..].copy_from_slice(&P);
            bytes[len - 1] = bytes[len - 1].wrapping_add(byte(script) % 4).wrapping_sub(2);
            bytes[0] |= 0x80;
        }
        4 => {
            bytes[0] = 0x80 | byte(script) & 0x20;
            bytes[len - 1] = byte(script);
            bytes[len - 2] = byte(script);
        }
        _ => {
            bytes.fill_with(|| byte(script));
            bytes[0] = bytes[0] & 0x7f | 0x80;
        }
    }
    bytes
}
