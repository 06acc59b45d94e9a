//! The baby steps by their abscissa, in 5 bytes each and the end of each bucket.
//!
//! ```text
//! abscissa   fingerprint, 40 − a bits ‖ … ‖ bucket, a − 2 bits        disjoint: 38 of 64 bits
//! entry      fingerprint ‖ i − 1                                      40 bits, ascending in its bucket
//! ```
//! 2^(a−2) buckets of 4 entries on average; a search meets a wrong entry once in 2^(38−a) look-ups.

use alloc::vec::Vec;

use medcrypto_core::bls::{Abscissa, AffineG1s, G1};

use super::signed_multiple;

/// The smallest table: one bucket.
pub(super) const MIN_BITS: u32 = 2;
/// Bytes of an entry.
pub(super) const ENTRY: usize = 5;
const ENTRY_BITS: u32 = 40;
/// Points to each side of a centre while the table is computed.
const REACH: u64 = 1023;
/// From centre to centre.
const WIDTH: usize = 2047;

/// 2^a baby steps.
pub(super) struct Buckets {
    bits: u32,
    /// Where each bucket ends; one begins where the one before it ends.
    ends: Vec<u32>,
    entries: Vec<[u8; ENTRY]>,
}

impl Buckets {
    /// The baby steps `[1]H … [2^bits]H`.
    pub(super) fn build(bits: u32) -> Self {
        let mut keys: Vec<_> = abscissas(1 << bits).map(|(i, x)| key(bits, i, x)).collect();
        keys.sort_unstable();
        let ends = (1_u64..=1 << (bits - MIN_BITS)).map(|bucket| {
            let below = |key: &u64| u128::from(*key) < u128::from(bucket) << ENTRY_BITS;
            u32::try_from(keys.partition_point(below)).unwrap_or(u32::MAX)
        });
        Self { bits, ends: ends.collect(), entries: keys.iter().map(|key| entry(*key)).collect() }
    }

    /// From the ends and the entries of a file; none unless they are what [`build`](Self::build) could
    /// make: ends that ascend to 2^`bits`, entries that ascend in their bucket, every index once.
    pub(super) fn from_parts(bits: u32, ends: Vec<u32>, entries: Vec<[u8; ENTRY]>) -> Option<Self> {
        let buckets = Self { bits, ends, entries };
        let counted = buckets.ends.is_sorted()
            && buckets.ends.last().copied() == u32::try_from(buckets.entries.len()).ok();
        (counted && buckets.are_ascending() && buckets.are_a_permutation()).then_some(buckets)
    }

    pub(super) const fn bits(&self) -> u32 {
        self.bits
    }

    pub(super) fn ends(&self) -> &[u32] {
        &self.ends
    }

    pub(super) fn entries(&self) -> &[[u8; ENTRY]] {
        &self.entries
    }

    /// The i whose `[i]H` may have this abscissa.
    pub(super) fn indices(&self, abscissa: Abscissa) -> impl Iterator<Item = i64> + '_ {
        let wanted = key(self.bits, 1, abscissa) & ENTRY_MASK;
        let bucket = usize::try_from(abscissa & (self.ends.len() as u64 - 1)).unwrap_or(usize::MAX);
        let index_mask = (1 << self.bits) - 1;
        self.bucket(bucket)
            .iter()
            .map(number)
            .filter(move |entry| entry & !index_mask == wanted)
            .filter_map(move |entry| i64::try_from((entry & index_mask) + 1).ok())
    }

    fn bucket(&self, bucket: usize) -> &[[u8; ENTRY]] {
        let end = self.ends.get(bucket).copied().unwrap_or(0);
        let before = bucket.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.copied().unwrap_or(0);
        self.entries.get(start as usize..end as usize).unwrap_or(&[])
    }

    fn are_ascending(&self) -> bool {
        (0..self.ends.len()).all(|bucket| self.bucket(bucket).is_sorted_by(|a, b| a < b))
    }

    fn are_a_permutation(&self) -> bool {
        let mut seen = alloc::vec![false; self.entries.len()];
        self.entries.iter().for_each(|entry| {
            let index = usize::try_from(number(entry) & ((1 << self.bits) - 1));
            let slot = index.ok().and_then(|index| seen.get_mut(index));
            slot.into_iter().for_each(|slot| *slot = true);
        });
        self.entries.len() == 1 << self.bits && seen.iter().all(|seen| *seen)
    }
}

const ENTRY_MASK: u64 = (1 << ENTRY_BITS) - 1;

/// bucket ‖ fingerprint ‖ i − 1.
const fn key(bits: u32, i: u64, abscissa: Abscissa) -> u64 {
    let bucket = abscissa & ((1 << (bits - MIN_BITS)) - 1);
    let fingerprint = abscissa >> (64 - (ENTRY_BITS - bits));
    bucket << ENTRY_BITS | fingerprint << bits | (i - 1)
}

fn entry(key: u64) -> [u8; ENTRY] {
    let [_, _, _, entry @ ..] = key.to_be_bytes();
    entry
}

fn number(entry: &[u8; ENTRY]) -> u64 {
    let [a, b, c, d, e] = *entry;
    u64::from_be_bytes([0, 0, 0, a, b, c, d, e])
}

/// x([i]H) for 1 ≤ i ≤ `count`, around centres whose neighbourhoods touch.
fn abscissas(count: u64) -> impl Iterator<Item = (u64, Abscissa)> {
    let near = AffineG1s::new(&multiples(&signed_multiple(1), REACH));
    let step = signed_multiple(WIDTH as u64);
    let mut centre = signed_multiple(REACH + 1);
    (REACH + 1..=count + REACH).step_by(WIDTH).flat_map(move |middle| {
        let block = block(&near, &centre, middle);
        centre = centre + step;
        block.into_iter().filter(move |(i, _)| *i <= count)
    })
}

/// The abscissas of the centre and of its neighbours, none of which it is.
fn block(near: &AffineG1s, centre: &G1, middle: u64) -> Vec<(u64, Abscissa)> {
    let own = AffineG1s::new(&[*centre]).abscissas().map(|x| (middle, x)).collect::<Vec<_>>();
    let pairs = (1..).zip(near.around_vartime(centre));
    let both = pairs.filter_map(|(i, pair)| pair.map(|[sum, difference]| (i, sum, difference)));
    let pairs = both.flat_map(|(i, sum, difference)| [(middle + i, sum), (middle - i, difference)]);
    own.into_iter().chain(pairs).collect()
}

/// `[1]P … [count]P`.
fn multiples(point: &G1, count: u64) -> Vec<G1> {
    let sums = (0..count).scan(G1::identity(), |sum, _| {
        *sum = *sum + *point;
        Some(*sum)
    });
    sums.collect()
}
