//! Gadgets alone: counts, agreement with plain code, and forgeries.

use ark_ff::{AdditiveGroup, Field};

use super::compare::{at_most, enforce_at_most, enforce_range, is_one_of, is_zero};
use super::hash::{hash_2, hash_4, hash_8};
use super::system::{INPUTS, Row};
use super::{Bit, Lc, System, Width};
use crate::circuit::dot;
use crate::field::Fr;
use crate::poseidon::{self, PoseidonTag};

fn system() -> System {
    System::with_rows(&[Fr::ZERO; INPUTS])
}

fn columns(system: &mut System, values: &[Fr]) -> Vec<Lc> {
    values.iter().map(|value| system.witness(*value)).collect()
}

#[test]
fn t14_hashes_agree_with_the_permutation_and_cost_240_297_402_rows() {
    let values: Vec<Fr> = (1..=8u64).map(Fr::from).collect();
    let (a, b): ([Fr; 2], [Fr; 4]) =
        (core::array::from_fn(|i| values[i]), core::array::from_fn(|i| values[i]));
    let c: [Fr; 8] = core::array::from_fn(|i| values[i]);
    let mut s = system();
    let v = columns(&mut s, &values);
    let out = hash_2(&mut s, PoseidonTag::Holder, core::array::from_fn(|i| v[i].clone()));
    assert_eq!((out.value(), s.rows_so_far()), (poseidon::hash_2(PoseidonTag::Holder, a), 240));
    let out = hash_4(&mut s, PoseidonTag::Leaf, core::array::from_fn(|i| v[i].clone()));
    assert_eq!((out.value(), s.rows_so_far()), (poseidon::hash_4(PoseidonTag::Leaf, b), 240 + 297));
    let out = hash_8(&mut s, PoseidonTag::ListNode, 1, core::array::from_fn(|i| v[i].clone()));
    let expected = poseidon::hash_8(PoseidonTag::ListNode, 1, &c);
    assert_eq!((out.value(), s.rows_so_far()), (expected, 240 + 297 + 402));
    assert_eq!(s.violated(), None);
}

#[test]
fn comparisons_are_exact_for_four_bits_and_cost_n_and_n_plus_one() {
    let width = Width::new(4);
    for a in 0..16u64 {
        for b in 0..16u64 {
            let mut s = system();
            let v = columns(&mut s, &[a.into(), b.into()]);
            let bit = at_most(&mut s, &v[0], &v[1], width);
            assert_eq!((bit.is_set(), s.violated(), s.rows_so_far()), (a <= b, None, 5));
            let mut s = system();
            let v = columns(&mut s, &[a.into(), b.into()]);
            enforce_at_most(&mut s, &v[0], &v[1], width);
            assert_eq!((s.violated().is_none(), s.rows_so_far()), (a <= b, 4));
        }
    }
}

#[test]
fn zero_tests_and_memberships_are_exact() {
    for x in 0..12u64 {
        let mut s = system();
        let v = columns(&mut s, &[x.into()]);
        assert_eq!(is_zero(&mut s, &v[0]).is_set(), x == 0);
        assert_eq!(is_one_of(&mut s, &v[0], &[3, 5, 7]).is_set(), [3, 5, 7].contains(&x));
        assert_eq!(s.violated(), None);
    }
}

#[test]
fn gates_agree_with_their_truth_tables() {
    for pattern in 0..16u32 {
        for count in 1..=4 {
            let mut s = system();
            let bits: Vec<Bit> =
                (0..count).map(|i| Bit::witness(&mut s, pattern >> i & 1 == 1)).collect();
            let set = bits.iter().filter(|bit| bit.is_set()).count();
            assert_eq!(Bit::all(&mut s, &bits).is_set(), set == count);
            assert_eq!(Bit::any(&mut s, &bits).is_set(), set > 0);
            assert_eq!(s.violated(), None);
        }
    }
}

fn holds(rows: &[Row], z: &[Fr]) -> bool {
    rows.iter().all(|Row { a, b, c }| dot(a, z) * dot(b, z) == dot(c, z))
}

/// Each row of a range check, deleted, lets a value outside the range pass; with all rows no
/// choice of bits does.
#[test]
fn t02_every_row_of_a_range_check_is_needed() {
    let mut s = system();
    let x = s.witness(Fr::from(5u64));
    enforce_range(&mut s, &x, Width::new(3));
    let (rows, honest) = s.finish();
    assert_eq!((rows.len(), holds(&rows, &honest)), (3, true));
    let (x, low) = (INPUTS + 1, [INPUTS + 2, INPUTS + 3]);
    for bad in [Fr::from(8u64), -Fr::ONE, Fr::from(5u64) - Fr::from(16u64)] {
        for bits in 0..4u64 {
            let mut z = honest.clone();
            z[x] = bad;
            (z[low[0]], z[low[1]]) = (Fr::from(bits & 1), Fr::from(bits >> 1));
            assert!(!holds(&rows, &z));
        }
        let forgeries =
            [(0, Some((low[0], Fr::ONE))), (1, Some((low[1], Fr::from(2u64)))), (2, None)];
        for (deleted, chosen) in forgeries {
            let mut z = honest.clone();
            (z[x], z[low[0]], z[low[1]]) = (bad, Fr::ZERO, Fr::ZERO);
            if let Some((column, weight)) = chosen {
                // All of the value in one "bit", nothing in the top one.
                z[column] = bad * weight.inverse().unwrap();
            }
            let mut rows = rows.clone();
            assert!(!holds(&rows, &z));
            let _ = rows.remove(deleted);
            assert!(holds(&rows, &z), "row {deleted}");
        }
    }
}

/// `x·y = b, x·(1 − b) = 0`: either row alone accepts a wrong answer.
#[test]
fn t04_every_row_of_a_zero_test_is_needed() {
    let mut s = system();
    let x = s.witness(Fr::from(5u64));
    let _ = is_zero(&mut s, &x);
    let (rows, honest) = s.finish();
    assert_eq!((rows.len(), holds(&rows, &honest)), (2, true));
    let (x, inverse, nonzero) = (INPUTS + 1, INPUTS + 2, INPUTS + 3);
    let mut claims_zero = honest.clone();
    (claims_zero[inverse], claims_zero[nonzero]) = (Fr::ZERO, Fr::ZERO);
    assert!(!holds(&rows, &claims_zero) && holds(&rows[..1], &claims_zero));
    let mut claims_nonzero = honest;
    (claims_nonzero[x], claims_nonzero[nonzero]) = (Fr::ZERO, Fr::ONE);
    assert!(!holds(&rows, &claims_nonzero) && holds(&rows[1..], &claims_nonzero));
}

/// Nothing is ever split into so many bits that v and v + r both fit.
#[test]
fn t03_no_width_reaches_the_field() {
    assert_eq!(Width::new(255), Width::new(64));
    assert_eq!(Width::new(0), Width::new(1));
    assert_eq!(Width::holding(u64::MAX), Width::new(64));
    assert_eq!((Width::holding(7), Width::holding(8)), (Width::new(3), Width::new(4)));
}

#[test]
fn t04_a_selector_that_is_no_bit_is_refused() {
    let mut s = system();
    let two = s.witness(Fr::from(2u64));
    let _ = Bit::enforce(&mut s, two);
    assert!(s.violated().is_some());
}
