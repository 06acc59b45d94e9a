//! Discrete logarithms in intervals of 41 to 48 bits with a small table: kangaroos whose tame half is
//! computed beforehand (Pollard 1978; Bernstein, Lange, Indocrypt 2012).
//!
//! ```text
//! step    P ↦ P + [s_k]H,  k = x(P) mod 256,  s_k of 1 … ℓ/(2W), fixed          ℓ the numbers of the interval
//! end     x(P) ≥ 2⁶⁴(1 − 1/W),  W = ⁴⁄₃·√(ℓ/T)                                  T the entries of the table
//! table   2T walks from [y]H, 0 ≤ y < ℓ, to their ends: x(end) ↦ log(end), of the T ends with the longest walks
//! search  walks from M − [lo]H + [y]H, y < ℓ/64, to their ends; at an end of the table
//!         m = lo + log(end) − y − Σs,  if [m]H says so;  after 64 walks: none
//! ```
//! A search takes 1.8·W steps on average walk by walk, and 3.5·W in herds of 8 that share inversions, which
//! is half the time (26 bits, 2⁸ entries). The table takes 2.7·√(ℓT) steps, once: for 2¹⁶ entries, 1 MiB, and
//! 48 bits about an hour of one core. A walk of more than 8W steps is given up.
//!
//! **Variable time**, and **probabilistic**: a number of the interval is missed with a small probability,
//! the same number each time, while an answer is never wrong. Status: *published*.

use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use medcrypto_core::bls::{Abscissa, AffineG1s, G1};
use medcrypto_core::codec::{Header, Reader, Tag, Writer};

use super::interval::Interval;
use super::{MAX_RANGE_BITS, file, multiple, signed_multiple};
use crate::{DecodeError, Error};

/// Different steps.
const STEPS: u64 = 256;
/// Walks of a search.
const TRIES: u64 = 64;
/// Walks of a search that share inversions.
const WILD_HERD: usize = 8;
/// Walks of a precomputation that share inversions.
const TAME_HERD: usize = 1024;
/// A walk may be this many times as long as on average.
const PATIENCE: u64 = 8;
const HEADER: Header = Header { version: 1, suite: 2, tag: Tag::KhpkeDlogTable };

/// A table of at most 2^`table_bits` ends of tame walks; 16 bytes an entry.
///
/// ```
/// use medcrypto_khpke::dlog::{Kangaroo, multiple};
/// let table = Kangaroo::build(20, 6)?;
/// assert_eq!(table.decode(&multiple(654_321), 0..=(1 << 20) - 1)?, Some(654_321));
/// # Ok::<_, medcrypto_khpke::Error>(())
/// ```
pub struct Kangaroo {
    range_bits: u32,
    table_bits: u32,
    rules: Rules,
    /// Ascending abscissas of ends with their logarithms.
    ends: Vec<(Abscissa, u64)>,
}

impl Kangaroo {
    /// Walks 2^(`table_bits` + 1) tame walks for intervals of up to 2^`range_bits` numbers.
    ///
    /// # Errors
    /// [`Error::Range`] unless `4 ≤ table_bits`, `table_bits + 8 ≤ range_bits ≤ 48`.
    pub fn build(range_bits: u32, table_bits: u32) -> Result<Self, Error> {
        check_sizes(range_bits, table_bits)?;
        let rules = Rules::new(range_bits, table_bits);
        let ends = tame_ends(&rules, range_bits, table_bits);
        Ok(Self { range_bits, table_bits, rules, ends })
    }

    /// The m in `range` with `message = [m]H`, or none although there is one, seldom; variable time.
    ///
    /// # Errors
    /// [`Error::Range`], before any work, if `range` is empty or has more than 2^`range_bits` numbers.
    pub fn decode(&self, message: &G1, range: RangeInclusive<i64>) -> Result<Option<i64>, Error> {
        let lowest = *range.start();
        let interval = Interval::new(range, self.range_bits)?;
        let found = self.search(&(*message - multiple(lowest)));
        // From the middle, as the interval counts.
        let offset = |m: u64| lowest.checked_add_unsigned(m)?.checked_sub(interval.centre());
        Ok(found.and_then(offset).and_then(|offset| interval.number(offset)))
    }

    /// The file: 41 bytes and 16 bytes an entry.
    ///
    /// ```text
    /// file   header, suite 2 ‖ range bits u8 ‖ table bits u8 ‖ entries u32 ‖ (x u64 ‖ log u64)* ‖ checksum as of [`Table`](super::Table)
    /// ```
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let count = u32::try_from(self.ends.len()).unwrap_or(u32::MAX);
        let start = Writer::with_capacity(file_len(self.ends.len()))
            .header(HEADER)
            .u8(file::byte(self.range_bits))
            .u8(file::byte(self.table_bits))
            .u32(count);
        let entry = |file: Writer, (x, log): &(Abscissa, u64)| file.u64(*x).u64(*log);
        let mut file = self.ends.iter().fold(start, entry).finish();
        file.extend_from_slice(&file::checksum(&file));
        file
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote.
    ///
    /// Checked are the sizes, the checksum, and that the entries ascend and are ends. Not checked are the
    /// logarithms, each of which is confirmed when it is used.
    ///
    /// # Errors
    /// [`DecodeError::Length`], [`DecodeError::Header`] or [`DecodeError::NonCanonical`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader::new(bytes);
        reader.header(HEADER)?;
        let (range_bits, table_bits) = (reader.u8()?.into(), reader.u8()?.into());
        check_sizes(range_bits, table_bits).map_err(|_| DecodeError::NonCanonical)?;
        let count = usize::try_from(reader.u32()?).map_err(|_| DecodeError::Length)?;
        // Before anything is allocated.
        if count > 1 << table_bits || bytes.len() != file_len(count) {
            return Err(DecodeError::Length);
        }
        file::check(bytes)?;
        let rules = Rules::new(range_bits, table_bits);
        let entries: Result<Vec<_>, DecodeError> =
            (0..count).map(|_| Ok((reader.u64()?, reader.u64()?))).collect();
        let ends = entries?;
        let canonical = ends.is_sorted_by(|(a, _), (b, _)| a < b)
            && ends.iter().all(|(x, log)| rules.is_end(*x) && log >> (MAX_RANGE_BITS + 8) == 0);
        canonical
            .then_some(Self { range_bits, table_bits, rules, ends })
            .ok_or(DecodeError::NonCanonical)
    }

    /// The logarithm of `target`, if a walk from it meets the table.
    fn search(&self, target: &G1) -> Option<u64> {
        let spread = 1 << self.range_bits >> 6;
        let mut tries = (0..TRIES).map(|i| {
            let start = mixed(i) % spread;
            (*target + signed_multiple(start), start)
        });
        let mut herd = Herd::default();
        loop {
            herd.refill(&mut tries, WILD_HERD);
            if herd.is_empty() {
                return None;
            }
            for _ in 0..self.rules.round() {
                // A walk into the identity started below the interval.
                let ended = herd.step(&self.rules)?;
                let log = ended.iter().find_map(|end| self.confirm(target, end));
                if log.is_some() {
                    return log;
                }
            }
        }
    }

    /// log(end) − y − Σs, recomputed.
    fn confirm(&self, target: &G1, end: &End) -> Option<u64> {
        let index = self.ends.binary_search_by_key(&end.abscissa, |(x, _)| *x).ok()?;
        let (_, log) = self.ends.get(index)?;
        log.checked_sub(end.log).filter(|log| signed_multiple(*log) == *target)
    }
}

impl fmt::Debug for Kangaroo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kangaroo")
            .field("range_bits", &self.range_bits)
            .field("table_bits", &self.table_bits)
            .finish_non_exhaustive()
    }
}

/// How every walk goes on and where it ends.
struct Rules {
    points: AffineG1s,
    lengths: Vec<u64>,
    mean: u64,
}

impl Rules {
    fn new(range_bits: u32, table_bits: u32) -> Self {
        // ⁴⁄₃·√(ℓ/T).
        let mean = ((16_u64 << (range_bits - table_bits)) / 9).isqrt();
        let longest = (1_u64 << range_bits) / (2 * mean);
        let lengths: Vec<_> = (0..STEPS).map(|k| 1 + mixed(!k) % longest).collect();
        let points: Vec<_> = lengths.iter().map(|length| signed_multiple(*length)).collect();
        Self { points: AffineG1s::new(&points), lengths, mean }
    }

    const fn is_end(&self, x: Abscissa) -> bool {
        x >= u64::MAX - u64::MAX / self.mean
    }

    fn length(&self, x: Abscissa) -> u64 {
        let step = usize::try_from(x % STEPS).ok();
        step.and_then(|step| self.lengths.get(step)).copied().unwrap_or(0)
    }

    /// Steps between two looks at which walks have ended.
    fn round(&self) -> u64 {
        (self.mean / 8).max(1)
    }
}

/// Where a walk ended.
struct End {
    abscissa: Abscissa,
    /// Start and steps together.
    log: u64,
    /// Steps of the walk.
    steps: u64,
}

/// Walks that share inversions.
#[derive(Default)]
struct Herd {
    points: AffineG1s,
    walks: Vec<Walk>,
}

#[derive(Clone, Copy)]
struct Walk {
    log: u64,
    steps: u64,
    ended: bool,
}

impl Herd {
    fn is_empty(&self) -> bool {
        self.walks.is_empty()
    }

    /// Lets go of the walks that have ended and takes new ones from `starts`, up to `size`.
    fn refill(&mut self, starts: &mut impl Iterator<Item = (G1, u64)>, size: usize) {
        let kept = self.points.iter().zip(self.walks.iter().copied());
        let mut herd: Vec<_> = kept.filter(|(_, walk)| !walk.ended).collect();
        let fresh = |(point, log)| (point, Walk { log, steps: 0, ended: false });
        let free = size.saturating_sub(herd.len());
        // The identity would have no affine form; it stands for a number below the interval.
        herd.extend(starts.filter(|(point, _)| !point.is_identity()).map(fresh).take(free));
        self.points = AffineG1s::new(&herd.iter().map(|(point, _)| *point).collect::<Vec<_>>());
        self.walks = herd.iter().map(|(_, walk)| *walk).collect();
    }

    /// One step of every walk; the walks that it ends. None if one walks into the identity.
    fn step(&mut self, rules: &Rules) -> Option<Vec<End>> {
        for (walk, x) in self.walks.iter_mut().zip(self.points.abscissas()) {
            walk.log += rules.length(x);
            walk.steps += 1;
        }
        self.points = self.points.stepped_vartime(&rules.points)?;
        let mut ends = Vec::new();
        for (walk, x) in self.walks.iter_mut().zip(self.points.abscissas()) {
            if !walk.ended && rules.is_end(x) {
                ends.push(End { abscissa: x, log: walk.log, steps: walk.steps });
            }
            walk.ended |= rules.is_end(x) || walk.steps > PATIENCE * rules.mean;
        }
        Some(ends)
    }
}

/// The ends of 2T tame walks, the T with the longest walks to them, by abscissa.
fn tame_ends(rules: &Rules, range_bits: u32, table_bits: u32) -> Vec<(Abscissa, u64)> {
    let mut starts = (0..2_u64 << table_bits).map(|i| {
        let start = mixed(i) & ((1 << range_bits) - 1);
        (signed_multiple(start), start)
    });
    let mut herd = Herd::default();
    let mut ends = Vec::new();
    herd.refill(&mut starts, TAME_HERD);
    while !herd.is_empty() {
        for _ in 0..rules.round() {
            // A tame walk is a small positive multiple: never the identity.
            ends.extend(herd.step(rules).unwrap_or_default());
        }
        herd.refill(&mut starts, TAME_HERD);
    }
    most_useful(ends, table_bits)
}

/// One entry for each end, and of those the ones with the most steps to them.
fn most_useful(mut ends: Vec<End>, table_bits: u32) -> Vec<(Abscissa, u64)> {
    ends.sort_by_key(|end| end.abscissa);
    let steps = |same: &[End]| same.iter().map(|end| end.steps).sum::<u64>();
    let groups = ends.chunk_by(|a, b| a.abscissa == b.abscissa);
    let mut entries: Vec<_> = groups
        .filter_map(|same| same.first().map(|end| (steps(same), end.abscissa, end.log)))
        .collect();
    entries.sort_unstable_by(|a, b| b.cmp(a));
    entries.truncate(1 << table_bits);
    let mut table: Vec<_> = entries.iter().map(|(_, x, log)| (*x, *log)).collect();
    table.sort_unstable();
    table
}

/// A pseudo-random function without a cryptographic purpose (SplitMix64; Steele, Lea, Flood 2014).
const fn mixed(index: u64) -> u64 {
    let z = index.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

const fn file_len(count: usize) -> usize {
    Header::LEN + 2 + 4 + 16 * count + file::CHECKSUM
}

/// Whether a table of these sizes may exist.
const fn check_sizes(range_bits: u32, table_bits: u32) -> Result<(), Error> {
    let enough = 4 <= table_bits && table_bits <= MAX_RANGE_BITS && range_bits <= MAX_RANGE_BITS;
    if enough && table_bits + 8 <= range_bits { Ok(()) } else { Err(Error::Range) }
}

#[cfg(test)]
mod tests;
