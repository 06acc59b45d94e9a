//! What is shown about a hidden number.
//!
//! ```text
//! a ≤ t ≤ b,  −2⁶³ ≤ a ≤ b < 2⁶⁴         l the least with b − a < 2^{ul},  ul ≤ 64
//! b − a = 2^{ul} − 1    t − a = Σ 2^{uj}τⱼ                               l digits, one row
//! otherwise             t − a = Σ 2^{uj}τⱼ,  b − t = Σ 2^{uj}τ_{l+j}      2l digits, two rows
//! ```
//! Both sums are below 2⁶⁴ and equal their left sides mod r, so t is in the range over the integers.

use alloc::vec::Vec;

use medcrypto_core::bls::{G1, Scalar};
use medcrypto_core::{Transcript, declassify};
use zeroize::Zeroizing;

use super::RangeParameters;
use super::commitment::{is_number, scalar};
use crate::Error;
use crate::generators::generators;
use crate::sigma::{Base, Form, Row};

/// The numbers from a to b, with parameters whose digits show that a hidden number is one of them.
///
/// By [`RangeParameters::bits`] and [`RangeParameters::between`].
#[derive(Clone, Copy, Debug)]
pub struct Interval<'a> {
    parameters: &'a RangeParameters,
    low: i128,
    high: i128,
    digits: u8,
}

impl RangeParameters {
    /// The numbers from 0 to 2^`bits` − 1.
    ///
    /// # Errors
    /// [`Error::Range`] unless `bits` is a positive multiple of u, at most 64: other numbers of bits have
    /// [`between`](Self::between), at twice the digits.
    pub fn bits(&self, bits: u8) -> Result<Interval<'_>, Error> {
        if !(1..=64).contains(&bits) || bits % self.digit_bits().get() != 0 {
            return Err(Error::Range);
        }
        self.between(0, (1_i128 << bits) - 1)
    }

    /// The numbers from `low` to `high`, both included.
    ///
    /// # Errors
    /// [`Error::Range`] unless −2⁶³ ≤ `low` ≤ `high` < 2⁶⁴ and `high` − `low` < 2^{ul} for an l with ul ≤ 64.
    pub fn between(
        &self,
        low: impl Into<i128>,
        high: impl Into<i128>,
    ) -> Result<Interval<'_>, Error> {
        let (low, high) = (low.into(), high.into());
        if !is_number(low) || !is_number(high) || low > high {
            return Err(Error::Range);
        }
        let bits = self.digit_bits().get();
        let covered = |digits: &u8| high - low < 1_i128 << (bits * digits);
        let digits = (1..=64 / bits).find(covered).ok_or(Error::Range)?;
        Ok(Interval { parameters: self, low, high, digits })
    }
}

impl<'a> Interval<'a> {
    /// a.
    #[must_use]
    pub fn low(&self) -> i128 {
        self.low
    }

    /// b.
    #[must_use]
    pub fn high(&self) -> i128 {
        self.high
    }

    /// How many digits show it for one number: l or 2l.
    #[must_use]
    pub fn digits(&self) -> usize {
        usize::from(self.digits) * self.sides()
    }

    /// The parameters of the digits.
    #[must_use]
    pub fn parameters(&self) -> &'a RangeParameters {
        self.parameters
    }

    /// How many rows say it for one number: 1 if its digits reach exactly from a to b, otherwise 2.
    pub(crate) fn sides(&self) -> usize {
        if self.high - self.low == (1_i128 << self.bits()) - 1 { 1 } else { 2 }
    }

    fn bits(&self) -> u8 {
        self.parameters.digit_bits().get() * self.digits
    }

    /// The digits of t − a, and of b − t if that is a side; constant time in a t of the range.
    ///
    /// # Errors
    /// [`Error::Range`] for another t.
    pub(crate) fn split(&self, value: i128) -> Result<Zeroizing<Vec<u16>>, Error> {
        let [below, above] = [value - self.low, self.high - value];
        if declassify((below | above) < 0, "whether a number is in the interval") {
            return Err(Error::Range);
        }
        // At once: a vector that grows leaves digits behind.
        let mut digits = Zeroizing::new(Vec::with_capacity(self.digits()));
        let sides = [below, above].into_iter().take(self.sides());
        sides.for_each(|side| digits.extend(self.digits_of(side)));
        Ok(digits)
    }

    fn digits_of(&self, number: i128) -> impl Iterator<Item = u16> {
        let bits = self.parameters.digit_bits();
        let mask = i128::from(bits.values()) - 1;
        (0..self.digits).map(move |index| {
            // Two bytes of what is below 2^16, without a conversion that could branch.
            let [.., high, low] = ((number >> (bits.get() * index)) & mask).to_be_bytes();
            u16::from_be_bytes([high, low])
        })
    }

    /// The rows that say of t in `image` = [t]H + mask that its digits, counted from `first`, are those of
    /// t − a and b − t.
    pub(crate) fn rows<'b>(
        &self,
        image: G1,
        mask: &[(Base<'b>, Form)],
        first: usize,
    ) -> Vec<Row<'b>> {
        let h = &generators().h;
        let sides = [(self.low, Scalar::ONE, 0), (self.high, -Scalar::ONE, self.digits)];
        let row = |(bound, sign, offset): (i128, Scalar, u8)| {
            let number = self.weighted(first + usize::from(offset), sign);
            let terms = mask.iter().cloned().chain([(Base::Fixed(h), number)]).collect();
            Row { image: image - h.mul_vartime(&scalar(bound)), terms }
        };
        sides.into_iter().take(self.sides()).map(row).collect()
    }

    /// ±Σ 2^{uj}τⱼ over the l digits from `first` on.
    fn weighted(&self, first: usize, sign: Scalar) -> Form {
        let bits = self.parameters.digit_bits().get();
        let weight = |index: u8| sign * Scalar::from_u64(1 << (bits * index));
        let digits = (0..self.digits).map(|index| (first + usize::from(index), weight(index)));
        Form::weighted(digits)
    }

    /// The digest of the parameters, then a and b.
    pub(crate) fn absorb(&self, transcript: &mut Transcript) {
        transcript.append_bytes(b"pp", self.parameters.digest());
        transcript.append_bytes(b"low", &self.low.to_be_bytes());
        transcript.append_bytes(b"high", &self.high.to_be_bytes());
    }
}
