//! Numbers to slots and sums of slots to means.

use alloc::vec::Vec;
use core::ops::RangeInclusive;

use super::Plan;
use crate::Error;

/// Fixed-point numbers of `bits` bits, `fraction` of them behind the point.
///
/// ```text
/// q = clip(round(x·2ᶠ), ±(2^(B−1) − 1)) + 2^(B−1)
/// ```
/// ```
/// let eight_bits = medcrypto_khpke::aggregate::Quantisation::new(8, 4)?;
/// assert_eq!([-1.0, 0.0, 1.0, 100.0].map(|x| eight_bits.quantise(x)), [Ok(112), Ok(128), Ok(144), Ok(255)]);
/// assert!(eight_bits.quantise(f64::NAN).is_err());
/// # Ok::<_, medcrypto_khpke::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantisation {
    bits: u32,
    fraction: u32,
}

impl Quantisation {
    /// # Errors
    /// [`Error::Range`] unless `2 ≤ bits ≤ 32` and `fraction ≤ 52`.
    pub fn new(bits: u32, fraction: u32) -> Result<Self, Error> {
        let sizes = (2..=32).contains(&bits) && fraction <= 52;
        if sizes { Ok(Self { bits, fraction }) } else { Err(Error::Range) }
    }

    /// B.
    #[must_use]
    pub const fn bits(&self) -> u32 {
        self.bits
    }

    /// f.
    #[must_use]
    pub const fn fraction(&self) -> u32 {
        self.fraction
    }

    /// 2^(B−1), what 0 becomes.
    pub(super) const fn offset(&self) -> i64 {
        1 << (self.bits - 1)
    }

    /// 2^(B−1) − 1, the magnitude that everything beyond is clipped to.
    const fn limit(&self) -> i64 {
        self.offset() - 1
    }

    /// q of a real number, the nearest one (ties away from zero) or the bound.
    ///
    /// # Errors
    /// [`Error::Range`] for an infinity or what is no number.
    pub fn quantise(&self, x: f64) -> Result<i64, Error> {
        if !x.is_finite() {
            return Err(Error::Range);
        }
        #[allow(clippy::cast_precision_loss, reason = "below 2³¹, so it is exact")]
        let limit = self.limit() as f64;
        let clipped = (x * self.scale()).round().clamp(-limit, limit);
        #[allow(clippy::cast_possible_truncation, reason = "an integer below 2³¹")]
        let units = clipped as i64;
        Ok(units + self.offset())
    }

    /// q of an integer in units of 2⁻ᶠ, or the bound.
    #[must_use]
    pub fn quantise_integer(&self, units: i64) -> i64 {
        units.clamp(-self.limit(), self.limit()) + self.offset()
    }

    /// 2ᶠ.
    fn scale(&self) -> f64 {
        // f ≤ 52: exact.
        (0..self.fraction).fold(1.0, |scale, _| 2.0 * scale)
    }
}

/// The weighted sums of a chunk, one a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums {
    units: Vec<i64>,
    total_weight: u64,
    quantisation: Quantisation,
}

impl Sums {
    /// Σᵢ wᵢ·xᵢ in units of 2⁻ᶠ, exact.
    #[must_use]
    pub fn units(&self) -> &[i64] {
        &self.units
    }

    /// Σᵢ wᵢ·xᵢ / Σᵢ wᵢ, each correct to the last bit of the quotient.
    #[must_use]
    pub fn means(&self) -> Vec<f64> {
        #[allow(clippy::cast_precision_loss, reason = "both are below 2⁴⁸, so they are exact")]
        let mean =
            |units: &i64| *units as f64 / (self.total_weight as f64 * self.quantisation.scale());
        self.units.iter().map(mean).collect()
    }
}

impl Plan {
    /// The slots of every chunk of an update, each with as many as the key has.
    ///
    /// # Errors
    /// [`Error::Count`] unless there are as many values as the plan says, [`Error::Range`] if one of them is
    /// infinite or no number.
    pub fn encode(&self, values: &[f64]) -> Result<Vec<Vec<i64>>, Error> {
        let quantised = values.iter().map(|x| self.quantisation().quantise(*x));
        self.packed(quantised.collect::<Result<_, _>>()?)
    }

    /// [`encode`](Self::encode) of integers in units of 2⁻ᶠ.
    ///
    /// # Errors
    /// [`Error::Count`], as there.
    pub fn encode_integers(&self, units: &[i64]) -> Result<Vec<Vec<i64>>, Error> {
        let quantised = units.iter().map(|x| self.quantisation().quantise_integer(*x));
        self.packed(quantised.collect())
    }

    /// Chunks of slots of fields; the fields behind the last value hold a 0.
    fn packed(&self, mut fields: Vec<i64>) -> Result<Vec<Vec<i64>>, Error> {
        if fields.len() != self.values() {
            return Err(Error::Count);
        }
        let zero = self.quantisation().offset();
        fields.resize(self.chunks() * self.slots() * self.fields_per_slot(), zero);
        let slots = fields.chunks(self.fields_per_slot()).map(|fields| self.slot(fields));
        let slots: Vec<_> = slots.collect();
        Ok(slots.chunks(self.slots()).map(<[i64]>::to_vec).collect())
    }

    /// Σⱼ q_j·2^(W·j).
    fn slot(&self, fields: &[i64]) -> i64 {
        fields.iter().rev().fold(0, |slot, field| (slot << self.field_bits()) | *field)
    }

    /// What the slots of a sum may be: every field between Σw and Σw·(2ᴮ − 1).
    #[must_use]
    pub fn sum_range(&self) -> RangeInclusive<i64> {
        let [lowest, highest] = self.field_bounds();
        let slot = |field: i64| {
            (0..self.fields_per_slot()).fold(0, |slot, _| slot << self.field_bits() | field)
        };
        slot(lowest)..=slot(highest)
    }

    /// The sums that the slots of chunk number `chunk` hold.
    ///
    /// # Errors
    /// [`Error::Count`] for another number of slots or a chunk that does not exist, [`Error::Range`] if a
    /// field is one that no honest uploads give.
    pub fn decode(&self, chunk: usize, slots: &[i64]) -> Result<Sums, Error> {
        if slots.len() != self.slots() || chunk >= self.chunks() {
            return Err(Error::Count);
        }
        let fields: Vec<_> = slots.iter().flat_map(|slot| self.fields(*slot)).collect();
        let [lowest, highest] = self.field_bounds();
        if fields.iter().any(|field| !(lowest..=highest).contains(field)) {
            return Err(Error::Range);
        }
        let zero = lowest * self.quantisation().offset();
        let capacity = self.slots() * self.fields_per_slot();
        let here = self.values().saturating_sub(chunk * capacity).min(capacity);
        if fields.iter().skip(here).any(|field| *field != zero) {
            return Err(Error::Range);
        }
        Ok(Sums {
            units: fields.iter().take(here).map(|field| field - zero).collect(),
            total_weight: self.total_weight(),
            quantisation: self.quantisation(),
        })
    }

    /// The k fields of a slot; what lies above them stays with the last, where it is out of bounds.
    fn fields(&self, slot: i64) -> impl Iterator<Item = i64> {
        let (bits, last) = (self.field_bits(), self.fields_per_slot() - 1);
        (0..=last).scan(slot, move |rest, j| {
            let field = if j == last { *rest } else { *rest & ((1 << bits) - 1) };
            *rest >>= bits;
            Some(field)
        })
    }

    /// Σw, as q is at least 1, and Σw·(2ᴮ − 1).
    fn field_bounds(&self) -> [i64; 2] {
        let weight = i64::try_from(self.total_weight()).unwrap_or(i64::MAX);
        [weight, weight.saturating_mul(2 * self.quantisation().offset() - 1)]
    }
}
