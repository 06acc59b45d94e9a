//! Targets, their compact form, the work they stand for, and how they follow the clock.
//!
//! ```text
//! value(bits)  = mantissa · 256^(size − 3),  bits = size (8) ‖ mantissa (24, top bit 0)
//! accepted     iff value is a positive integer below 2²⁵⁶ and bits is what value is written as
//! work(t)      = ⌊2²⁵⁶ / (t + 1)⌋, the expected number of tries until a hash ≤ t
//! retarget     = round(min(limit, ⌊t · clamp(interval, T/4, 4T) / T⌋)),  T = intervals · 60 000 ms
//! round(x)     = the largest value that bits can say and that is ≤ x; at least 1
//! ```
//!
//! Everything is exact integer arithmetic; the product has 320 bits.

use core::fmt;
use core::num::NonZeroU64;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Refusal, SPACING_MS};
use crate::codec::Digest;

/// A number below 2²⁵⁶: four limbs, the most significant first, so that their order is its order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct U256([u64; 4]);

impl U256 {
    /// 0.
    pub const ZERO: Self = Self([0; 4]);
    /// 1.
    pub const ONE: Self = Self([0, 0, 0, 1]);
    /// 2²⁵⁶ − 1.
    pub const MAX: Self = Self([u64::MAX; 4]);

    /// Reads 32 bytes, the most significant first.
    #[must_use]
    pub fn from_be_bytes(bytes: &[u8; 32]) -> Self {
        let mut limbs = [0; 4];
        for (limb, chunk) in limbs.iter_mut().zip(bytes.chunks_exact(8)) {
            *limb = chunk.iter().fold(0, |limb, byte| limb << 8 | u64::from(*byte));
        }
        Self(limbs)
    }

    /// Its 32 bytes, the most significant first.
    #[must_use]
    pub fn to_be_bytes(self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for (chunk, limb) in bytes.chunks_exact_mut(8).zip(self.0) {
            chunk.copy_from_slice(&limb.to_be_bytes());
        }
        bytes
    }

    /// self + other, if that is below 2²⁵⁶.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let (mut sum, mut carry) = (self.0, false);
        for (limb, add) in sum.iter_mut().zip(other.0).rev() {
            let (low, first) = limb.overflowing_add(add);
            let (low, second) = low.overflowing_add(u64::from(carry));
            (*limb, carry) = (low, first || second);
        }
        if carry { None } else { Some(Self(sum)) }
    }

    /// self − other modulo 2²⁵⁶.
    fn wrapping_sub(self, other: Self) -> Self {
        let (mut difference, mut borrow) = (self.0, false);
        for (limb, take) in difference.iter_mut().zip(other.0).rev() {
            let (low, first) = limb.overflowing_sub(take);
            let (low, second) = low.overflowing_sub(u64::from(borrow));
            (*limb, borrow) = (low, first || second);
        }
        Self(difference)
    }

    /// self, or 2⁶⁴ − 1 if that is less.
    #[cfg(feature = "sim")]
    pub(crate) const fn saturating_u64(self) -> u64 {
        match self.0 {
            [0, 0, 0, low] => low,
            _ => u64::MAX,
        }
    }

    /// 2 · self + low modulo 2²⁵⁶, and the bit that fell off.
    fn shift_in(self, low: bool) -> (Self, bool) {
        let (mut limbs, mut carry) = (self.0, low);
        for limb in limbs.iter_mut().rev() {
            let top = *limb >> 63 == 1;
            (*limb, carry) = (*limb << 1 | u64::from(carry), top);
        }
        (Self(limbs), carry)
    }

    /// ⌊self / divisor⌋ by long division, bit by bit; 2²⁵⁶ − 1 for a divisor of 0.
    fn quotient(self, divisor: Self) -> Self {
        let (mut quotient, mut rest) = (Self::ZERO, Self::ZERO);
        let bits = self.0.iter().flat_map(|limb| (0..64).rev().map(move |i| limb >> i & 1 == 1));
        for bit in bits {
            let (shifted, carry) = rest.shift_in(bit);
            let fits = carry || shifted >= divisor;
            rest = if fits { shifted.wrapping_sub(divisor) } else { shifted };
            (quotient, _) = quotient.shift_in(fits);
        }
        quotient
    }

    /// ⌊self · factor / divisor⌋, or 2²⁵⁶ − 1 if that is less.
    #[must_use]
    pub fn scaled(self, factor: u64, divisor: NonZeroU64) -> Self {
        let (mut limbs, mut carry) = (self.0, 0_u64);
        for limb in limbs.iter_mut().rev() {
            let product = u128::from(*limb) * u128::from(factor) + u128::from(carry);
            (carry, *limb) = halves(product);
        }
        let divisor = u128::from(divisor.get());
        let mut rest = u128::from(carry);
        if rest >= divisor {
            return Self::MAX;
        }
        for limb in &mut limbs {
            let dividend = rest << 64 | u128::from(*limb);
            (_, *limb) = halves(dividend / divisor);
            rest = dividend % divisor;
        }
        Self(limbs)
    }
}

/// The upper and the lower half of a number.
fn halves(number: u128) -> (u64, u64) {
    let low = number & u128::from(u64::MAX);
    (u64::try_from(number >> 64).unwrap_or(u64::MAX), u64::try_from(low).unwrap_or(u64::MAX))
}

impl fmt::Debug for U256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "0x{a:016x}{b:016x}{c:016x}{d:016x}")
    }
}

/// What a hash may be at most. Its 4 bytes `bits` say exactly its value, and are its encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    bits: u32,
    value: U256,
}

impl Target {
    /// Reads the compact form.
    ///
    /// # Errors
    /// [`Refusal::Bits`] if it says no positive integer below 2²⁵⁶, or one that is written otherwise.
    pub fn from_bits(bits: u32) -> Result<Self, Refusal> {
        let [size, mantissa @ ..] = bits.to_be_bytes();
        let mut bytes = [0; 32];
        for (place, byte) in (0_usize..).zip(mantissa) {
            let at = (place + bytes.len()).checked_sub(size.into());
            match at.and_then(|at| bytes.get_mut(at)) {
                Some(slot) => *slot = byte,
                None if byte == 0 => {}
                None => return Err(Refusal::Bits),
            }
        }
        let target = Self::round(U256::from_be_bytes(&bytes));
        if target.bits == bits { Ok(target) } else { Err(Refusal::Bits) }
    }

    /// The largest target that is at most `value`, and at least 1.
    #[must_use]
    pub fn round(value: U256) -> Self {
        let mut bytes = value.max(U256::ONE).to_be_bytes();
        let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
        // The mantissa's top bit is a sign in the original format: never set.
        let padded = bytes.get(zeros).is_some_and(|byte| *byte >= 0x80);
        let kept = zeros + 3 - usize::from(padded);
        bytes.iter_mut().skip(kept).for_each(|byte| *byte = 0);
        let size = bytes.len() - zeros + usize::from(padded);
        let digits = core::iter::repeat_n(0, padded.into());
        let digits = digits.chain(bytes.iter().skip(zeros).copied()).chain([0; 2]).take(3);
        let mantissa = digits.fold(0, |mantissa, byte| mantissa << 8 | u32::from(byte));
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        Self { bits: size << 24 | mantissa, value: U256::from_be_bytes(&bytes) }
    }

    /// Its compact form.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.bits
    }

    /// Its value.
    #[must_use]
    pub const fn value(self) -> U256 {
        self.value
    }

    /// Whether a hash meets it: hash ≤ target, as a number of 256 bits.
    #[must_use]
    pub fn allows(self, hash: &Digest) -> bool {
        U256::from_be_bytes(&hash.0) <= self.value
    }

    /// ⌊2²⁵⁶ / (t + 1)⌋.
    #[must_use]
    pub fn work(self) -> U256 {
        // 2²⁵⁶ = (t + 1) + (2²⁵⁶ − 1 − t), and the last fits; no target is 2²⁵⁶ − 1, nor 0.
        let above = self.value.checked_add(U256::ONE).unwrap_or(U256::MAX);
        let rest = U256::MAX.wrapping_sub(self.value).quotient(above);
        rest.checked_add(U256::ONE).unwrap_or(U256::MAX)
    }

    /// The target after `intervals` blocks that took from `first_ms` to `last_ms`, times which
    /// need not ascend. Slow blocks make it larger, which is easier.
    #[must_use]
    pub fn retarget(self, first_ms: u64, last_ms: u64, intervals: u64, limit: Self) -> Self {
        let expected = intervals.saturating_mul(SPACING_MS);
        let (low, high) = (expected / 4, expected.saturating_mul(4));
        // Negative intervals count as the shortest.
        let took = last_ms.saturating_sub(first_ms).clamp(low, high);
        let Some(expected) = NonZeroU64::new(expected) else {
            return self;
        };
        Self::round(self.value.scaled(took, expected).min(limit.value))
    }
}

/// Encoded as its compact form.
impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.bits.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_bits(u32::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}
