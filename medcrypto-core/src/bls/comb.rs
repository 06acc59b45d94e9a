//! Constant-time multiplication of a fixed base.
//!
//! ```text
//! recoding  k = Σ dᵢ·32ⁱ,  −15 ≤ dᵢ ≤ 16,  i < 52
//! table     T[i][j] = [(j+1)·32ⁱ]B,  j < 16           832 affine points: 78 KiB in 𝔾₁, 156 KiB in 𝔾₂
//! product   [k]B = Σᵢ sign(dᵢ)·T[i][|dᵢ| − 1]          52 additions, no doubling
//! ```
//! Every digit reads all 16 entries of its row and selects by mask; the sign is a second selection,
//! between a point and its negative, which is computed without a branch; digit 0 selects the identity,
//! which blst's complete addition absorbs without one. Checked by `scripts/ct`. Measured
//! against a variable base: about 0.4 of the time in 𝔾₁, 0.5 in 𝔾₂ (`docs/evidence/core-bench.md`).

use alloc::vec::Vec;
use core::fmt;
use std::sync::OnceLock;

use blst::blst_fp;
use blstrs::{G1Affine, G2Affine};
use group::{Curve, Group, prime::PrimeCurveAffine};
use subtle::{ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use super::{G1, G2, Scalar, SecretExponent, SecretResidue, ffi};

const WINDOW: usize = 5;
const ROW: usize = 1 << (WINDOW - 1);
const DIGITS: usize = 256_usize.div_ceil(WINDOW);
/// Of a magnitude of at most 2⁶³; the last is at most 9, so that it carries nothing.
const DIGITS_OF_I64: usize = 64_usize.div_ceil(WINDOW);

/// A point of 𝔾₁ with its comb; 78 KiB.
pub struct FixedBaseG1(Comb<G1Affine>);

impl FixedBaseG1 {
    /// Builds the comb of `base`.
    #[must_use]
    pub fn new(base: &G1) -> Self {
        Self(Comb::new(base.0))
    }

    /// `[secret]base`, constant time in `secret`.
    #[must_use]
    pub fn mul<S: SecretExponent>(&self, secret: &S) -> G1 {
        G1(self.0.mul(secret))
    }

    /// `[public]base`.
    #[must_use]
    pub fn mul_vartime(&self, public: &Scalar) -> G1 {
        G1(self.0.mul_vartime(public))
    }

    /// `[secret]base`, constant time in `secret`, its sign included, by a quarter of the additions.
    #[must_use]
    pub fn mul_i64(&self, secret: i64) -> G1 {
        let magnitude = SecretResidue::from_u64(secret.unsigned_abs());
        let [sign, ..] = (secret >> 63).to_be_bytes();
        let mut digits = recode(&magnitude);
        digits.iter_mut().for_each(|digit| *digit = (*digit ^ sign).wrapping_sub(sign));
        G1(self.0.sum(digits.iter().take(DIGITS_OF_I64)))
    }
}

/// A point of 𝔾₂ with its comb; 156 KiB.
pub struct FixedBaseG2(Comb<G2Affine>);

impl FixedBaseG2 {
    /// Builds the comb of `base`.
    #[must_use]
    pub fn new(base: &G2) -> Self {
        Self(Comb::new(base.0))
    }

    /// `[secret]base`, constant time in `secret`.
    #[must_use]
    pub fn mul<S: SecretExponent>(&self, secret: &S) -> G2 {
        G2(self.0.mul(secret))
    }
}

/// The comb of P₁, built at its first use.
pub(super) fn generator_g1() -> &'static FixedBaseG1 {
    static COMB: OnceLock<FixedBaseG1> = OnceLock::new();
    COMB.get_or_init(|| FixedBaseG1::new(&G1::generator()))
}

/// The comb of P₂, built at its first use.
pub(super) fn generator_g2() -> &'static FixedBaseG2 {
    static COMB: OnceLock<FixedBaseG2> = OnceLock::new();
    COMB.get_or_init(|| FixedBaseG2::new(&G2::generator()))
}

/// The table, row after row.
struct Comb<A>(Vec<A>);

/// What a comb is made of. The backend's own negation branches on whether the point is the identity,
/// and so on whether a digit is 0.
trait Entry: PrimeCurveAffine + ConditionallySelectable {
    /// `−self` without a branch.
    fn negated(self) -> Self;
}

impl Entry for G1Affine {
    fn negated(mut self) -> Self {
        let y = &mut self.as_mut().y;
        *y = ffi::fp_neg(y);
        self
    }
}

impl Entry for G2Affine {
    fn negated(mut self) -> Self {
        let negate = |coordinate: &mut blst_fp| *coordinate = ffi::fp_neg(coordinate);
        self.as_mut().y.fp.iter_mut().for_each(negate);
        self
    }
}

impl<A: Entry> Comb<A> {
    fn new(base: A::Curve) -> Self {
        let mut points = Vec::with_capacity(DIGITS * ROW);
        let mut row_base = base;
        for _ in 0..DIGITS {
            let mut multiple = row_base;
            for _ in 0..ROW {
                points.push(multiple);
                multiple += row_base;
            }
            // `multiple` is 17 times the base of this row.
            row_base = (multiple - row_base).double();
        }
        let mut table = alloc::vec![A::identity(); points.len()];
        A::Curve::batch_normalize(&points, &mut table);
        Self(table)
    }

    fn mul<S: SecretExponent>(&self, secret: &S) -> A::Curve {
        self.sum(recode(secret).iter())
    }

    /// Of as many rows as there are digits.
    fn sum<'a>(&self, digits: impl Iterator<Item = &'a u8>) -> A::Curve {
        self.0
            .chunks_exact(ROW)
            .zip(digits)
            .fold(A::Curve::identity(), |sum, (row, digit)| sum + select(row, *digit))
    }

    /// The same with an access instead of a selection.
    fn mul_vartime(&self, public: &Scalar) -> A::Curve {
        let digits = recode_bytes(&public.0.to_bytes_le());
        let entry = |(row, digit): (&[A], &u8)| {
            let signed = i8::from_le_bytes([*digit]);
            let index = usize::from(signed.unsigned_abs()).checked_sub(1)?;
            row.get(index).map(|point| if signed < 0 { point.negated() } else { *point })
        };
        let entries = self.0.chunks_exact(ROW).zip(digits.iter()).filter_map(entry);
        entries.fold(A::Curve::identity(), |sum, point| sum + point)
    }
}

/// `sign(digit)·row[|digit| − 1]`, the identity for 0; reads the whole row.
fn select<A: Entry>(row: &[A], digit: u8) -> A {
    let sign = (digit >> 7).wrapping_neg();
    let magnitude = (digit ^ sign).wrapping_sub(sign);
    let point = (1_u8..).zip(row).fold(A::identity(), |found, (j, entry)| {
        A::conditional_select(&found, entry, magnitude.ct_eq(&j))
    });
    A::conditional_select(&point, &point.negated(), sign.ct_eq(&0xff))
}

/// The signed digits, least significant first, in two's complement; no branch on the secret.
fn recode<S: SecretExponent>(secret: &S) -> Zeroizing<[u8; DIGITS]> {
    recode_bytes(&secret.little_endian())
}

/// The same of little-endian bytes.
fn recode_bytes(bytes: &[u8; 32]) -> Zeroizing<[u8; DIGITS]> {
    let mut digits = Zeroizing::new([0; DIGITS]);
    let mut carry = 0_u8;
    for (i, digit) in digits.iter_mut().enumerate() {
        let (byte, shift) = (i * WINDOW / 8, i * WINDOW % 8);
        let low = u16::from(bytes.get(byte).copied().unwrap_or(0));
        let high = u16::from(bytes.get(byte + 1).copied().unwrap_or(0));
        let [window, _] = ((low | high << 8) >> shift & 31).to_le_bytes();
        let value = window + carry;
        // 17..=32 become −15..=0 and carry one.
        carry = (value + 15) >> WINDOW;
        *digit = value.wrapping_sub(carry << WINDOW);
    }
    digits
}

impl fmt::Debug for FixedBaseG1 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedBaseG1").finish_non_exhaustive()
    }
}

impl fmt::Debug for FixedBaseG2 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FixedBaseG2").finish_non_exhaustive()
    }
}
