//! Discrete logarithms to the base H in a known interval: what turns `[m]H` back into m.
//!
//! ```text
//! table      x([i]H), 1 ≤ i ≤ n = 2^a                    x is equal for P and −P: both signs for one entry
//! giants     Pⱼ = [j·s]H, 1 ≤ j ≤ J,  s = 2n + 1          J ≤ 1024, in affine form
//! interval   lo ≤ m ≤ hi;  c the middle, M' = M − [c]H,  m' = m − c
//! window k   M'' = M' − [k·w]H,  w = (2J + 1)·s,  k = 0, 1, −1, 2, −2, …
//! hit        x(M'' ∓ Pⱼ) = x([i]H)  ⟹  m' = k·w ± j·s ± i  if  [m' − …]H says so
//! exceptions M'' = O ⟹ m' = k·w;   M'' = ±Pⱼ ⟹ m' = k·w ± j·s
//! ```
//! Baby steps and giant steps (Shanks 1971), signed, with the sums of one window sharing an inversion
//! (Montgomery 1987): M'' + Pⱼ and M'' − Pⱼ also share the denominator x(M'') − x(Pⱼ), so that a pair
//! costs about 7 products in 𝔽p. The interval is recentred and searched from the middle outwards.
//!
//! | range | table | [`Table`] in memory and as a file | pairs of steps at worst |
//! |---|---|---|---|
//! | 24 bits | 2¹⁶ | 0.4 MiB | 64 |
//! | 32 bits | 2²⁰ | 6.1 MiB | 1 024 |
//! | 40 bits | 2²⁴ | 96 MiB | 16 384 |
//!
//! **Variable time**: how long a search takes, and which memory it reads, tells about the message. It
//! belongs where the message becomes known to whoever could watch.
//!
//! An answer is never wrong: each hit is recomputed as a multiple of H before it is returned, so that
//! equal fingerprints, or a forged table, cost time or an answer and nothing else. What lies outside the
//! interval is none, and never another number of the same residue. Status: *published*.

mod buckets;
mod file;
mod interval;
#[cfg(feature = "kangaroo")]
mod kangaroo;

use alloc::vec::Vec;
use core::fmt;
use core::ops::RangeInclusive;

use medcrypto_core::bls::{Abscissa, AffineG1s, G1, SecretResidue};

use self::buckets::Buckets;
use self::interval::Interval;
#[cfg(feature = "kangaroo")]
pub use self::kangaroo::Kangaroo;
use crate::Error;
use crate::generators::generators;

/// The widest interval of any table, in bits.
const MAX_RANGE_BITS: u32 = 48;
/// The largest table: 2²⁶ entries, 384 MiB.
const MAX_TABLE_BITS: u32 = 26;
/// By how many bits the interval may exceed the table: 2²³ pairs of steps, a few seconds.
const MAX_EXCESS_BITS: u32 = 24;
/// Giant steps that are kept; more are reached by windows.
const MAX_GIANTS: u64 = 1024;
/// Giant steps that share an inversion, and a look at the limit.
const CHUNK: usize = 256;

/// A table of [`2^table_bits`](Self::build) baby steps; about 6 bytes an entry.
///
/// ```
/// use medcrypto_khpke::dlog::{Table, multiple};
/// let table = Table::build(16, 8)?;
/// assert_eq!(table.decode(&multiple(-1234), -30_000..=30_000)?, Some(-1234));
/// assert_eq!(table.decode(&multiple(-1234), 0..=30_000)?, None);
/// assert!(table.decode(&multiple(5), 0..=1 << 16).is_err());
/// # Ok::<_, medcrypto_khpke::Error>(())
/// ```
pub struct Table {
    range_bits: u32,
    buckets: Buckets,
    giants: Vec<AffineG1s>,
    /// `[w]H`, the step from window to window.
    window: G1,
}

impl Table {
    /// Computes the table of 2^`table_bits` entries for intervals of up to 2^`range_bits` numbers; about
    /// 0.2 µs an entry.
    ///
    /// # Errors
    /// [`Error::Range`] unless `2 ≤ table_bits ≤ 26` and `1 ≤ range_bits ≤ 48`, or when the interval has
    /// more than 24 bits more than the table.
    pub fn build(range_bits: u32, table_bits: u32) -> Result<Self, Error> {
        check_sizes(range_bits, table_bits)?;
        Ok(Self::around(range_bits, Buckets::build(table_bits)))
    }

    /// The m in `range` with `message = [m]H`; variable time.
    ///
    /// # Errors
    /// [`Error::Range`], before any work, if `range` is empty or has more than 2^`range_bits` numbers.
    pub fn decode(&self, message: &G1, range: RangeInclusive<i64>) -> Result<Option<i64>, Error> {
        let interval = Interval::new(range, self.range_bits)?;
        let mut offsets = self.offsets(message, &interval);
        Ok(offsets.next().and_then(|offset| interval.number(offset)))
    }

    /// [`decode`](Self::decode) that goes on to the end of the interval wherever m was found.
    ///
    /// The number of steps is that of the interval alone. What it reads of the table still depends on the
    /// message, and so may the time by a multiplication: less to be seen, and not constant time.
    ///
    /// # Errors
    /// [`Error::Range`], as there.
    pub fn decode_full_scan(
        &self,
        message: &G1,
        range: RangeInclusive<i64>,
    ) -> Result<Option<i64>, Error> {
        let interval = Interval::new(range, self.range_bits)?;
        let offsets = self.offsets(message, &interval);
        Ok(offsets.last().and_then(|offset| interval.number(offset)))
    }

    /// [`decode`](Self::decode) of many messages, which share inversions; variable time.
    ///
    /// # Errors
    /// [`Error::Range`], as there.
    pub fn decode_batch(
        &self,
        messages: &[G1],
        range: RangeInclusive<i64>,
    ) -> Result<Vec<Option<i64>>, Error> {
        let interval = Interval::new(range, self.range_bits)?;
        let middle = multiple(interval.centre());
        let targets: Vec<_> = messages.iter().map(|message| *message - middle).collect();
        let found = self.search_all(&targets, interval.half());
        Ok(found.into_iter().map(|offset| interval.number(offset?)).collect())
    }

    /// Whether [`decode`](Self::decode) would search `range`.
    pub(crate) fn check(&self, range: &RangeInclusive<i64>) -> Result<(), Error> {
        Interval::new(range.clone(), self.range_bits).map(drop)
    }

    /// How many numbers an interval may have, as a power of 2.
    #[must_use]
    pub const fn range_bits(&self) -> u32 {
        self.range_bits
    }

    /// How many baby steps there are, as a power of 2.
    #[must_use]
    pub const fn table_bits(&self) -> u32 {
        self.buckets.bits()
    }

    /// The table of baby steps that are there already.
    fn around(range_bits: u32, buckets: Buckets) -> Self {
        let mut table = Self { range_bits, buckets, giants: Vec::new(), window: G1::identity() };
        let giants = table.steps(1 << range_bits >> 1).min(MAX_GIANTS);
        let stride = signed_multiple(table.stride());
        let mut sum = G1::identity();
        let mut next = |_| {
            sum = sum + stride;
            sum
        };
        let points: Vec<_> = (0..giants).map(&mut next).collect();
        table.giants = points.chunks(CHUNK).map(AffineG1s::new).collect();
        table.window = signed_multiple(table.width());
        table
    }

    fn offsets(&self, message: &G1, interval: &Interval) -> impl Iterator<Item = i64> + '_ {
        self.search(*message - multiple(interval.centre()), interval.half())
    }

    /// n, the baby steps.
    const fn babies(&self) -> u64 {
        1 << self.buckets.bits()
    }

    /// s = 2n + 1.
    const fn stride(&self) -> u64 {
        2 * self.babies() + 1
    }

    /// J, the giant steps of a window.
    fn per_window(&self) -> u64 {
        self.giants.iter().map(|chunk| chunk.len() as u64).sum()
    }

    /// w = (2J + 1)·s.
    fn width(&self) -> u64 {
        (2 * self.per_window() + 1) * self.stride()
    }

    /// The giant steps to each side that reach `half`.
    const fn steps(&self, half: u64) -> u64 {
        half.saturating_sub(self.babies()).div_ceil(self.stride())
    }

    /// The offset of `target` from the middle, as often as it is met, window after window.
    fn search(&self, target: G1, half: u64) -> impl Iterator<Item = i64> + '_ {
        let (mut above, mut below) = (target, target);
        let windows = half.saturating_sub(self.width() / 2).div_ceil(self.width());
        let others = (1..=windows).filter_map(|k| i64::try_from(k * self.width()).ok());
        let others = others.flat_map(move |shift| {
            above = above - self.window;
            below = below + self.window;
            let up = self.near(above, half).map(move |offset| offset + shift);
            up.chain(self.near(below, half).map(move |offset| offset - shift))
        });
        self.near(target, half).chain(others)
    }

    /// The offset of `target` within the window around it, as far as `half`.
    fn near(&self, target: G1, half: u64) -> impl Iterator<Item = i64> + '_ {
        let zero = target.is_identity().then_some(0);
        let own = AffineG1s::new(&[target]).abscissas().next();
        let baby = own.and_then(|own| self.resolve(&target, 0, own));
        let firsts = (1..).step_by(CHUNK).take_while(move |first| *first <= self.steps(half));
        let giants = firsts.zip(&self.giants).flat_map(move |(first, chunk)| {
            let around = chunk.around_vartime(&target);
            (first..).zip(around).filter_map(move |(j, pair)| self.step(&target, j, pair))
        });
        zero.into_iter().chain(baby).chain(giants)
    }

    /// The offset that the abscissas of `target ± Pⱼ` stand for.
    fn step(&self, target: &G1, j: u64, pair: Option<[Abscissa; 2]>) -> Option<i64> {
        let j = i64::try_from(j).ok()?;
        match pair {
            Some([sum, difference]) => {
                self.resolve(target, -j, sum).or_else(|| self.resolve(target, j, difference))
            }
            // The target is Pⱼ or −Pⱼ itself.
            None => [j, -j].into_iter().find_map(|j| self.confirm(target, j, 0)),
        }
    }

    /// The offset of `target` if x(target − [j·s]H) = `abscissa` belongs to a baby step.
    fn resolve(&self, target: &G1, j: i64, abscissa: Abscissa) -> Option<i64> {
        self.buckets.indices(abscissa).find_map(|i| self.confirm(target, j, i))
    }

    /// j·s ± i, recomputed: the one with `target − [j·s]H = ±[i]H`.
    fn confirm(&self, target: &G1, j: i64, i: i64) -> Option<i64> {
        let rest = *target - self.giant(j)?;
        let baby = self.baby(i);
        let middle = j.checked_mul(i64::try_from(self.stride()).ok()?)?;
        let signs = [(baby, middle + i), (-baby, middle - i)];
        signs.into_iter().find(|(point, _)| *point == rest).map(|(_, offset)| offset)
    }

    /// `[j·s]H`, of the giants that are there.
    fn giant(&self, j: i64) -> Option<G1> {
        let Some(before) = usize::try_from(j.unsigned_abs()).ok()?.checked_sub(1) else {
            return Some(G1::identity());
        };
        let giant = self.giants.get(before / CHUNK)?.iter().nth(before % CHUNK)?;
        Some(if j < 0 { -giant } else { giant })
    }

    /// `[i]H`, 0 ≤ i ≤ n.
    fn baby(&self, i: i64) -> G1 {
        if i == 0 {
            return G1::identity();
        }
        let bits = usize::try_from(self.table_bits() + 1).unwrap_or(usize::MAX);
        generators().h.point().mul_bounded(&SecretResidue::from_i64(i), bits)
    }

    /// The offsets of all targets, giant step after giant step where one window is enough.
    fn search_all(&self, targets: &[G1], half: u64) -> Vec<Option<i64>> {
        let steps = self.steps(half);
        if steps > self.per_window() || steps > targets.len() as u64 {
            return targets.iter().map(|target| self.search(*target, half).next()).collect();
        }
        let zero = |target: &G1| target.is_identity().then_some(0);
        let mut found: Vec<_> = targets.iter().map(zero).collect();
        let finite: Vec<_> = targets.iter().filter(|target| !target.is_identity()).collect();
        let affine = AffineG1s::new(&finite.iter().map(|target| **target).collect::<Vec<_>>());
        let mut offsets: Vec<_> =
            finite.iter().zip(affine.abscissas()).map(|(t, x)| self.resolve(t, 0, x)).collect();
        let giants = self.giants.iter().flat_map(AffineG1s::iter);
        for (j, giant) in (1..=steps).zip(giants) {
            if offsets.iter().all(Option::is_some) {
                break;
            }
            // x(Pⱼ − M) = x(M − Pⱼ): the roles of the two may be swapped.
            let around = affine.around_vartime(&giant);
            for ((target, pair), offset) in finite.iter().zip(around).zip(&mut offsets) {
                *offset = offset.or_else(|| self.step(target, j, pair));
            }
        }
        let mut offsets = offsets.into_iter();
        found.iter_mut().filter(|slot| slot.is_none()).for_each(|slot| {
            *slot = offsets.next().flatten();
        });
        found
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Table")
            .field("range_bits", &self.range_bits)
            .field("table_bits", &self.table_bits())
            .finish_non_exhaustive()
    }
}

/// `[number]H`, the point that decodes to `number`; constant time.
#[must_use]
pub fn multiple(number: i64) -> G1 {
    generators().h.mul(&SecretResidue::from_i64(number))
}

/// `[number]H`.
fn signed_multiple(number: u64) -> G1 {
    generators().h.mul(&SecretResidue::from_u64(number))
}

/// Whether a table of these sizes may exist.
fn check_sizes(range_bits: u32, table_bits: u32) -> Result<(), Error> {
    let sizes = (1..=MAX_RANGE_BITS).contains(&range_bits)
        && (buckets::MIN_BITS..=MAX_TABLE_BITS).contains(&table_bits)
        && range_bits <= table_bits + MAX_EXCESS_BITS;
    if sizes { Ok(()) } else { Err(Error::Range) }
}

#[cfg(test)]
mod tests;
