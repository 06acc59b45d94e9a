//! The blst functions that have no safe form, or none without blst's thread pool.
//!
//! blst's safe `miller_loop_n` and `mult` hand their work, and so possibly secrets, to a process-wide
//! pool of threads; these call the same C code on the caller's stack. The only unsafe code of the
//! crate.
#![allow(unsafe_code, reason = "blst offers no safe, single-threaded form of these functions")]

use alloc::{vec, vec::Vec};
use core::ptr::null;

use blst::{
    BLST_ERROR, blst_fp, blst_fp6, blst_fp12, blst_p1, blst_p1_affine, blst_p2, blst_p2_affine,
    limb_t,
};

use crate::DecodeError;

/// `Π f(Pᵢ, Qᵢ)` before the final exponentiation, with shared squarings; `None` of nothing.
pub(super) fn miller_loop(ps: &[blst_p1_affine], qs: &[blst_p2_affine]) -> Option<blst_fp12> {
    let n = ps.len();
    if n == 0 || n != qs.len() {
        return None;
    }
    // A null second pointer means: the first one points at an array.
    let (ps, qs) = ([ps.as_ptr(), null()], [qs.as_ptr(), null()]);
    let mut out = blst_fp12::default();
    // SAFETY: both arrays hold `n ≥ 1` initialised points and outlive the call; `out` is a local.
    unsafe { blst::blst_miller_loop_n(&raw mut out, qs.as_ptr(), ps.as_ptr(), n) };
    Some(out)
}

/// The lines of the Miller loop of a finite point.
pub(super) fn lines(q: &blst_p2_affine) -> Vec<blst_fp6> {
    let mut lines = vec![blst_fp6::default(); LINES];
    // SAFETY: blst writes exactly 68 lines.
    unsafe { blst::blst_precompute_lines(lines.as_mut_ptr(), q) };
    lines
}

/// `f(p, Q)` from the lines of `Q`; `None` unless there are as many as [`lines`] makes.
pub(super) fn miller_loop_lines(lines: &[blst_fp6], p: &blst_p1_affine) -> Option<blst_fp12> {
    let mut out = blst_fp12::default();
    // SAFETY: blst reads exactly 68 lines, which the guard has counted.
    (lines.len() == LINES)
        .then(|| unsafe { blst::blst_miller_loop_lines(&raw mut out, lines.as_ptr(), p) })
        .map(|()| out)
}

/// Lines of one Miller loop (blst.h, `blst_precompute_lines`).
const LINES: usize = 68;

/// `1/a`, constant time; zero of zero.
pub(super) fn fp12_inverse(a: &blst_fp12) -> blst_fp12 {
    let mut out = blst_fp12::default();
    // SAFETY: one element in, one out.
    unsafe { blst::blst_fp12_inverse(&raw mut out, a) };
    out
}

/// `a²` of an element of the cyclotomic subgroup.
pub(super) fn cyclotomic_square(a: &blst_fp12) -> blst_fp12 {
    let mut out = blst_fp12::default();
    // SAFETY: one element in, one out.
    unsafe { blst::blst_fp12_cyclotomic_sqr(&raw mut out, a) };
    out
}

/// `a·b` in the target field.
pub(super) fn fp12_mul(a: &blst_fp12, b: &blst_fp12) -> blst_fp12 {
    let mut out = blst_fp12::default();
    // SAFETY: two elements in, one out.
    unsafe { blst::blst_fp12_mul(&raw mut out, a, b) };
    out
}

/// `a + b` in 𝔽p.
pub(super) fn fp_add(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: two elements in, one out.
    unsafe { blst::blst_fp_add(&raw mut out, a, b) };
    out
}

/// `−a` in 𝔽p.
pub(super) fn fp_neg(a: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: one element in, one out; `true` asks for the negation.
    unsafe { blst::blst_fp_cneg(&raw mut out, a, true) };
    out
}

/// `a − b` in 𝔽p.
pub(super) fn fp_sub(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: two elements in, one out.
    unsafe { blst::blst_fp_sub(&raw mut out, a, b) };
    out
}

/// `a·b` in 𝔽p.
pub(super) fn fp_mul(a: &blst_fp, b: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: two elements in, one out.
    unsafe { blst::blst_fp_mul(&raw mut out, a, b) };
    out
}

/// `a²` in 𝔽p.
pub(super) fn fp_sqr(a: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: one element in, one out.
    unsafe { blst::blst_fp_sqr(&raw mut out, a) };
    out
}

/// `1/a` in 𝔽p, variable time; zero of zero.
pub(super) fn fp_inverse_vartime(a: &blst_fp) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: one element in, one out.
    unsafe { blst::blst_fp_eucl_inverse(&raw mut out, a) };
    out
}

/// The 48 little-endian bytes of an element of 𝔽p.
pub(super) fn fp_to_bytes(a: &blst_fp) -> [u8; 48] {
    let mut out = [0; 48];
    // SAFETY: blst writes 48 bytes.
    unsafe { blst::blst_lendian_from_fp(out.as_mut_ptr(), a) };
    out
}

/// The element of 𝔽p that 48 little-endian bytes stand for, reduced mod p.
pub(super) fn fp_from_bytes(bytes: &[u8; 48]) -> blst_fp {
    let mut out = blst_fp::default();
    // SAFETY: blst reads 48 bytes.
    unsafe { blst::blst_fp_from_lendian(&raw mut out, bytes.as_ptr()) };
    out
}

/// `Σ [kᵢ]Pᵢ` over at least two finite points; `scalars` holds `width ≤ 32` little-endian bytes a point.
pub(super) fn multi_exp_g1(
    points: &[blst_p1_affine],
    scalars: &[u8],
    width: usize,
) -> Option<blst_p1> {
    let n = points.len();
    if n < 2 || width == 0 || width > 32 || scalars.len() != n * width {
        return None;
    }
    let bits = (8 * width).min(255);
    let points = [points.as_ptr(), null()];
    let scalars = [scalars.as_ptr(), null()];
    let mut out = blst_p1::default();
    // SAFETY: the scratch is as large as blst asks for `n`; the arrays hold `n` points and
    // `n` scalars of ⌈bits/8⌉ = `width` bytes each and outlive the call; `out` is a local.
    unsafe {
        let mut scratch = limbs(blst::blst_p1s_mult_pippenger_scratch_sizeof(n));
        blst::blst_p1s_mult_pippenger(
            &raw mut out,
            points.as_ptr(),
            n,
            scalars.as_ptr(),
            bits,
            scratch.as_mut_ptr(),
        );
    }
    Some(out)
}

/// `[k]P`, constant time in `k`, 32 little-endian bytes of a number below 2^`bits`.
pub(super) fn mul_g1(point: &blst_p1, scalar: &[u8; 32], bits: usize) -> blst_p1 {
    let mut out = blst_p1::default();
    // SAFETY: blst reads ⌈bits/8⌉ ≤ 32 bytes of the scalar.
    unsafe { blst::blst_p1_mult(&raw mut out, point, scalar.as_ptr(), bits.min(256)) };
    out
}

/// `Σ [kᵢ]Qᵢ` over at least two finite points; `scalars` holds 32 little-endian bytes a point.
pub(super) fn multi_exp_g2(points: &[blst_p2_affine], scalars: &[[u8; 32]]) -> Option<blst_p2> {
    let n = points.len();
    if n < 2 || n != scalars.len() {
        return None;
    }
    let points = [points.as_ptr(), null()];
    let scalars = [scalars.as_ptr().cast::<u8>(), null()];
    let mut out = blst_p2::default();
    // SAFETY: as in `multi_exp_g1`.
    unsafe {
        let mut scratch = limbs(blst::blst_p2s_mult_pippenger_scratch_sizeof(n));
        blst::blst_p2s_mult_pippenger(
            &raw mut out,
            points.as_ptr(),
            n,
            scalars.as_ptr(),
            255,
            scratch.as_mut_ptr(),
        );
    }
    Some(out)
}

/// A point on the curve from its 48 compressed bytes; the subgroup is the caller's check.
pub(super) fn uncompress_g1(bytes: &[u8; 48], out: &mut blst_p1_affine) -> Result<(), DecodeError> {
    // SAFETY: blst reads 48 bytes and writes one affine point.
    decoded(unsafe { blst::blst_p1_uncompress(out, bytes.as_ptr()) })
}

/// The 48 compressed bytes of a finite point, without a branch; blst's own asks whether it is finite.
pub(super) fn compress_g1(point: &blst_p1_affine) -> [u8; 48] {
    let mut bytes = fp_to_bytes(&point.x);
    bytes.reverse();
    // y is the larger of y and −y exactly if (−y) − y borrows.
    let (y, minus_y) = (fp_to_bytes(&point.y), fp_to_bytes(&fp_neg(&point.y)));
    let borrow = minus_y.iter().zip(&y).fold(0, |borrow, (a, b)| {
        let difference = 0x100 + u16::from(*a) - u16::from(*b) - borrow;
        1 - (difference >> 8)
    });
    let [larger, _] = borrow.to_le_bytes();
    bytes.iter_mut().take(1).for_each(|first| *first |= 0x80 | larger << 5);
    bytes
}

/// A point on the curve from its 96 compressed bytes; the subgroup is the caller's check.
pub(super) fn uncompress_g2(bytes: &[u8; 96], out: &mut blst_p2_affine) -> Result<(), DecodeError> {
    // SAFETY: blst reads 96 bytes and writes one affine point.
    decoded(unsafe { blst::blst_p2_uncompress(out, bytes.as_ptr()) })
}

/// expand_message_xmd of RFC 9380, section 5.3.1, over SHA-256; `out` is at most 8160 bytes.
pub(super) fn expand_message_xmd(out: &mut [u8], message: &[u8], dst: &[u8]) {
    // SAFETY: blst writes exactly `out.len()` bytes and reads the two slices.
    unsafe {
        blst::blst_expand_message_xmd(
            out.as_mut_ptr(),
            out.len(),
            message.as_ptr(),
            message.len(),
            dst.as_ptr(),
            dst.len(),
        );
    }
}

const fn decoded(result: BLST_ERROR) -> Result<(), DecodeError> {
    match result {
        BLST_ERROR::BLST_SUCCESS => Ok(()),
        BLST_ERROR::BLST_POINT_NOT_ON_CURVE | BLST_ERROR::BLST_POINT_NOT_IN_GROUP => {
            Err(DecodeError::NotInGroup)
        }
        _ => Err(DecodeError::NonCanonical),
    }
}

fn limbs(bytes: usize) -> Vec<limb_t> {
    vec![0; bytes.div_ceil(size_of::<limb_t>())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the lengths guard is memory that blst would read past the end.
    #[test]
    fn arrays_of_another_length_reach_no_foreign_code() {
        let (p, q) = (blst_p1_affine::default(), blst_p2_affine::default());
        assert!(miller_loop(&[], &[]).is_none());
        assert!(miller_loop(&[p], &[]).is_none());
        assert!(miller_loop(&[p, p], &[q]).is_none());
        assert!(multi_exp_g1(&[p], &[1; 32], 32).is_none());
        assert!(multi_exp_g1(&[p, p], &[1; 32], 32).is_none());
        assert!(multi_exp_g2(&[q], &[[1; 32]]).is_none());
        assert!(multi_exp_g2(&[q, q], &[[1; 32]]).is_none());
    }
}
