//! The interval of a search, around its middle.

use core::ops::RangeInclusive;

use crate::Error;

/// lo ≤ m ≤ hi, never empty.
pub(super) struct Interval {
    range: RangeInclusive<i64>,
    centre: i64,
    half: u64,
}

impl Interval {
    /// # Errors
    /// [`Error::Range`] if it is empty or has more than 2^`bits` numbers.
    pub(super) fn new(range: RangeInclusive<i64>, bits: u32) -> Result<Self, Error> {
        let (lo, hi) = (*range.start(), *range.end());
        let span = hi.abs_diff(lo);
        // 2^bits numbers span 2^bits − 1; the addition cannot pass hi.
        let centre = lo.checked_add_unsigned(span / 2).ok_or(Error::Range)?;
        if lo <= hi && span >> bits == 0 {
            Ok(Self { range, centre, half: span.div_ceil(2) })
        } else {
            Err(Error::Range)
        }
    }

    /// The middle, or the number below it.
    pub(super) const fn centre(&self) -> i64 {
        self.centre
    }

    /// How far the ends are from the middle at most.
    pub(super) const fn half(&self) -> u64 {
        self.half
    }

    /// The number at `offset` from the middle, if it lies in the interval.
    pub(super) fn number(&self, offset: i64) -> Option<i64> {
        self.centre.checked_add(offset).filter(|number| self.range.contains(number))
    }
}
