//! Trap T21: what a plan refuses, and that sums of fields come apart again.

use proptest::prelude::*;

use super::*;
use crate::{AccountId, DecodeError, Error, KeyId, Slots};

const BOUNDS: Bounds = Bounds { minimum_roster: 3, weight_ratio: 1 << 10 };

fn roster(weights: &[u32]) -> Vec<Member> {
    let member =
        |(id, weight): (u8, &u32)| Member { account: AccountId([id; 32]), weight: *weight };
    (1..).zip(weights).map(member).collect()
}

fn shape(values: u32, fields_per_slot: u8, bits: u32, fraction: u32) -> Shape {
    let quantisation = Quantisation::new(bits, fraction).unwrap();
    Shape { values, fields_per_slot, quantisation }
}

fn key(slots: usize) -> (KeyId, Slots) {
    (KeyId([9; 32]), Slots::new(slots).unwrap())
}

fn plan(weights: &[u32], shape: Shape) -> Result<Plan, Error> {
    Plan::new(7, key(4), roster(weights), shape, BOUNDS)
}

/// Σ wᵢ·slotᵢ, as the ciphertexts add up.
fn summed(plan: &Plan, updates: &[Vec<Vec<i64>>]) -> Vec<Vec<i64>> {
    let mut sums = vec![vec![0; plan.slots()]; plan.chunks()];
    for (update, member) in updates.iter().zip(plan.roster()) {
        let slots = update.iter().flatten();
        for (sum, slot) in sums.iter_mut().flatten().zip(slots) {
            *sum += i64::from(member.weight) * slot;
        }
    }
    sums
}

fn decoded(plan: &Plan, sums: &[Vec<i64>]) -> Vec<f64> {
    let chunks = sums.iter().enumerate();
    chunks.flat_map(|(chunk, slots)| plan.decode(chunk, slots).unwrap().means()).collect()
}

#[test]
fn quantising_rounds_clips_and_shifts() {
    let eight = Quantisation::new(8, 4).unwrap();
    let cases = [
        (0.0, 128),
        (-0.0, 128),
        (1.0, 144),
        (-1.0, 112),
        (0.03125, 129),
        (-0.03125, 127),
        (0.031, 128),
        (7.9375, 255),
        (7.96, 255),
        (8.0, 255),
        (1e300, 255),
        (f64::MAX, 255),
        (-7.9375, 1),
        (-8.0, 1),
        (f64::MIN, 1),
        (f64::MIN_POSITIVE, 128),
    ];
    for (x, q) in cases {
        assert_eq!(eight.quantise(x), Ok(q), "{x}");
    }
    for (x, q) in [(0, 128), (127, 255), (128, 255), (i64::MAX, 255), (-127, 1), (i64::MIN, 1)] {
        assert_eq!(eight.quantise_integer(x), q, "{x}");
    }
    let widest = Quantisation::new(32, 52).unwrap();
    assert_eq!(widest.quantise(f64::MAX), Ok(u32::MAX.into()));
    assert_eq!(widest.quantise(-1.0), Ok(1));
}

#[test]
fn t21_infinities_and_what_is_no_number_are_refused() {
    let plan = plan(&[1, 1, 1], shape(2, 1, 8, 0)).unwrap();
    for x in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -f64::NAN] {
        assert_eq!(plan.quantisation().quantise(x), Err(Error::Range));
        assert_eq!(plan.encode(&[0.0, x]), Err(Error::Range));
    }
    for sizes in [(1, 0), (33, 0), (8, 53), (0, 0), (u32::MAX, 0)] {
        assert_eq!(Quantisation::new(sizes.0, sizes.1), Err(Error::Range), "{sizes:?}");
    }
}

#[test]
fn t21_ten_maxima_and_ten_minima_do_not_overflow() {
    let plan = plan(&[1; 10], shape(8, 2, 20, 3)).unwrap();
    assert_eq!((plan.field_bits(), plan.slot_bits()), (24, 48));
    for (value, mean) in [(1e9, 65535.875), (-1e9, -65535.875), (0.0, 0.0)] {
        let update = plan.encode(&[value; 8]).unwrap();
        let sums = summed(&plan, &vec![update; 10]);
        assert!(sums.iter().flatten().all(|slot| plan.sum_range().contains(slot)));
        assert_eq!(decoded(&plan, &sums), vec![mean; 8]);
    }
    // The bounds of the range are reached, so a smaller one would miss them.
    let extreme = |x| summed(&plan, &vec![plan.encode(&[x; 8]).unwrap(); 10]);
    assert_eq!(extreme(-1e9)[0][0], *plan.sum_range().start());
    assert_eq!(extreme(1e9)[0][0], *plan.sum_range().end());
}

#[test]
fn t21_negative_offsets_are_subtracted_by_weight() {
    let plan = plan(&[5, 3, 2], shape(3, 3, 8, 2)).unwrap();
    let updates = [[-31.75, 0.0, 1.25], [-1.0, -2.0, 31.75], [0.25, 0.5, -31.75]];
    let encoded: Vec<_> = updates.iter().map(|update| plan.encode(update).unwrap()).collect();
    let sums = summed(&plan, &encoded);
    let chunk = plan.decode(0, &sums[0]).unwrap();
    assert_eq!(chunk.units(), [-645, -20, 152]);
    assert_eq!(chunk.means(), [-16.125, -0.5, 3.8]);
}

#[test]
fn integers_are_encoded_in_units() {
    let plan = plan(&[1, 1, 1], shape(3, 1, 16, 4)).unwrap();
    assert_eq!(plan.encode_integers(&[16, -8, 40_000]), plan.encode(&[1.0, -0.5, 1e9]));
    assert_eq!(plan.encode_integers(&[1; 2]), Err(Error::Count));
    assert_eq!(plan.encode(&[1.0; 4]), Err(Error::Count));
}

/// Who exceeds its field adds to the next one: noticed where a field leaves its bounds, and only there.
#[test]
fn t21_a_carry_is_noticed_where_a_field_leaves_its_bounds() {
    let plan = plan(&[1, 1, 1], shape(2, 2, 8, 0)).unwrap();
    assert_eq!(plan.field_bits(), 10);
    let honest = plan.encode(&[100.0, -100.0]).unwrap();
    let sums = |slot| summed(&plan, &[honest.clone(), honest.clone(), vec![vec![slot; 4]]]);
    let cheat = |low: i64, high: i64| {
        let mut sums = sums((high << 10) + low);
        sums[0][1..].fill(((3 * 128) << 10) + 3 * 128);
        plan.decode(0, &sums[0])
    };
    assert!(cheat(255, 255).is_ok());
    // A field of 1024 is one more in the next: no sum tells.
    assert_eq!(cheat(1024 + 10, 20).unwrap(), cheat(10, 21).unwrap());
    // Beyond the bounds of either field.
    assert_eq!(cheat(500, 10), Err(Error::Range));
    assert_eq!(cheat(10, 900), Err(Error::Range));
    assert_eq!(cheat(0, -1024), Err(Error::Range));
    assert_eq!(cheat(10, 1 << 20), Err(Error::Range));
    // Slots behind the last value hold zeros.
    let mut sums = sums(honest[0][0]);
    sums[0][3] += 1;
    assert_eq!(plan.decode(0, &sums[0]), Err(Error::Range));
    assert_eq!(plan.decode(0, &sums[0][..3]), Err(Error::Count));
    assert_eq!(plan.decode(1, &sums[0]), Err(Error::Count));
}

#[test]
fn t21_a_plan_refuses_what_could_overflow() {
    let overflow = Err(Error::Plan(PlanError::Overflow));
    // Σw = 2¹⁶ takes exactly 16 bits, one more takes 17.
    let quarter = 1 << 14;
    assert!(plan(&[quarter; 4], shape(1, 1, 32, 0)).is_ok());
    assert_eq!(plan(&[quarter, quarter, quarter, quarter + 1], shape(1, 1, 32, 0)), overflow);
    assert!(plan(&[1; 4], shape(1, 4, 10, 0)).is_ok());
    assert_eq!(plan(&[1; 5], shape(1, 4, 10, 0)), overflow);
    assert_eq!(plan(&[1; 4], shape(1, 255, 32, 0)), overflow);
    assert_eq!(plan(&[u32::MAX; 4], shape(1, 1, 15, 0)), overflow);
    assert!(plan(&[u32::MAX; 4], shape(1, 1, 14, 0)).is_ok());
}

#[test]
fn t21_c2_a_plan_refuses_weights_that_single_somebody_out() {
    let simple = shape(1, 1, 12, 0);
    let refused = |weights: &[u32]| match plan(weights, simple) {
        Err(Error::Plan(why)) => Some(why),
        _ => None,
    };
    assert_eq!(refused(&[1, 0, 0]), Some(PlanError::ZeroWeight));
    assert_eq!(refused(&[1, 1, 1, 0]), Some(PlanError::ZeroWeight));
    assert_eq!(refused(&[0; 5]), Some(PlanError::ZeroWeight));
    assert_eq!(refused(&[1 << 16, 1, 1, 1, 1, 1, 1, 1, 1, 1]), Some(PlanError::Weight));
    assert_eq!(refused(&[1025, 1025, 1]), Some(PlanError::Weight));
    assert_eq!(refused(&[1024, 1024, 1]), None);
    // Within the ratio, but above all others together.
    assert_eq!(refused(&[9, 4, 4]), Some(PlanError::Weight));
    assert_eq!(refused(&[8, 4, 4]), None);
}

/// What a weight of 2¹⁶ beside nine ones would give away.
#[test]
fn x_c2_a_large_weight_reveals_a_12_bit_input() {
    let (victim, others) = (2741_i64, [4095, 0, 17, 4095, 1, 4095, 4095, 2, 3000]);
    let sum = (victim << 16) + others.iter().sum::<i64>();
    assert_eq!(sum >> 16, victim);
    assert!(plan(&[1; 10], shape(1, 1, 12, 0)).is_ok());
}

#[test]
fn t21_a_roster_is_large_enough_and_names_nobody_twice() {
    let simple = shape(1, 1, 8, 0);
    let of = |roster, bounds| Plan::new(1, key(1), roster, simple, bounds).err();
    let why = Some(Error::Plan(PlanError::Roster));
    assert_eq!(of(roster(&[1, 1]), BOUNDS), why);
    assert_eq!(of(roster(&[]), Bounds { minimum_roster: 0, ..BOUNDS }), why);
    assert_eq!(of(roster(&[1, 1]), Bounds { minimum_roster: 2, ..BOUNDS }), why);
    assert_eq!(of(roster(&[1; 9]), Bounds { minimum_roster: 10, ..BOUNDS }), why);
    assert_eq!(of(roster(&[1; 10]), Bounds { minimum_roster: 10, ..BOUNDS }), None);
    let twice = [roster(&[1, 1]), roster(&[1, 1])].concat();
    assert_eq!(of(twice, BOUNDS), why);
    let weightless = Bounds { weight_ratio: 0, ..BOUNDS };
    assert_eq!(of(roster(&[1; 3]), weightless), Some(Error::Plan(PlanError::Weight)));
}

#[test]
fn t21_a_plan_refuses_empty_and_huge_vectors() {
    let why = Err(Error::Plan(PlanError::Shape));
    assert_eq!(plan(&[1; 3], shape(0, 1, 8, 0)), why);
    assert_eq!(plan(&[1; 3], shape(1, 0, 8, 0)), why);
    assert_eq!(plan(&[1; 3], shape(u32::MAX, 1, 8, 0)), why);
    assert!(plan(&[1; 3], shape(1 << 28, 1, 8, 0)).is_ok());
}

#[test]
fn the_encoding_of_a_plan_is_pinned_and_every_field_is_in_its_digest() {
    let ours = plan(&[5, 3, 2], shape(10, 2, 8, 6)).unwrap();
    let pinned = include_str!("../../tests/data/plan.hex");
    assert_eq!(hex::encode(ours.to_bytes()), pinned.lines().next().unwrap());
    assert_eq!(hex::encode(ours.digest()), pinned.lines().nth(1).unwrap());
    assert_eq!(Plan::from_bytes(&ours.to_bytes()), Ok(ours.clone()));
    let mut shuffled = roster(&[5, 3, 2]);
    shuffled.reverse();
    let same = Plan::new(7, key(4), shuffled, shape(10, 2, 8, 6), BOUNDS).unwrap();
    assert_eq!(same.digest(), ours.digest());
    // Every byte: another plan with another digest, or none.
    for i in 0..ours.to_bytes().len() {
        let mut bytes = ours.to_bytes();
        bytes[i] ^= 1;
        if let Ok(other) = Plan::from_bytes(&bytes) {
            assert_eq!(other.to_bytes(), bytes);
            assert_ne!(other.digest(), ours.digest(), "{i}");
        }
    }
}

#[test]
fn plans_are_decoded_from_canonical_bytes_only() {
    let bytes = plan(&[5, 3, 2], shape(10, 2, 8, 6)).unwrap().to_bytes();
    for len in 0..bytes.len() {
        assert_eq!(Plan::from_bytes(&bytes[..len]), Err(DecodeError::Length.into()), "{len}");
    }
    let with = |edit: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        edit(&mut bytes);
        Plan::from_bytes(&bytes)
    };
    assert_eq!(with(&|bytes| bytes.push(0)), Err(DecodeError::Length.into()));
    assert_eq!(with(&|bytes| bytes[2] = 0x50), Err(DecodeError::Header.into()));
    assert_eq!(with(&|bytes| bytes[47] = 0), Err(DecodeError::NonCanonical.into()));
    assert_eq!(with(&|bytes| bytes[47] = 65), Err(DecodeError::NonCanonical.into()));
    assert_eq!(with(&|bytes| bytes[49] = 33), Err(DecodeError::NonCanonical.into()));
    assert_eq!(with(&|bytes| bytes[50] = 53), Err(DecodeError::NonCanonical.into()));
    // The members in another order.
    assert_eq!(
        with(&|bytes| bytes[63..135].rotate_left(36)),
        Err(DecodeError::NonCanonical.into())
    );
    assert_eq!(with(&|bytes| bytes[62] = 2), Err(DecodeError::Length.into()));
    assert_eq!(with(&|bytes| bytes[59] = 255), Err(DecodeError::Length.into()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn t21_means_are_the_weighted_means_of_what_was_quantised(
        weights in prop::collection::vec(1_u32..20, 3..8),
        values in 1_usize..20,
        bits in 2_u32..12,
        fields in 1_u8..3,
        seed in prop::collection::vec(-5000_i64..5000, 160),
    ) {
        let most = *weights.iter().max().unwrap();
        let weights = [weights, vec![most]].concat();
        let length = u32::try_from(values).unwrap();
        let plan = plan(&weights, shape(length, fields, bits, 3)).unwrap();
        let update = |i: usize| &seed[i * values % 100..][..values];
        let encode = |i: usize| plan.encode_integers(update(i));
        let encoded: Result<Vec<_>, _> = (0..weights.len()).map(encode).collect();
        let sums = summed(&plan, &encoded.unwrap());
        let limit = (1 << (bits - 1)) - 1;
        let clipped = |i: usize, j: usize| update(i)[j].clamp(-limit, limit);
        let expected: Vec<i64> = (0..values)
            .map(|j| (0..weights.len()).map(|i| i64::from(weights[i]) * clipped(i, j)).sum())
            .collect();
        let chunks = sums.iter().enumerate();
        let units: Vec<i64> = chunks
            .flat_map(|(chunk, slots)| plan.decode(chunk, slots).unwrap().units().to_vec())
            .collect();
        prop_assert_eq!(units, expected);
    }

    #[test]
    fn a_decoder_of_plans_never_panics_and_is_injective(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let bytes = [vec![1, 1, 0x51], bytes].concat();
        if let Ok(plan) = Plan::from_bytes(&bytes) {
            prop_assert_eq!(plan.to_bytes(), bytes);
        }
    }
}
