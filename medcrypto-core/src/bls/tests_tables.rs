//! Tables of points, additions for one inversion, and prepared pairings.

use proptest::prelude::*;

use super::tests::{g1, g2, scalar};
use super::*;

fn points(affine: &AffineG1s) -> Vec<G1> {
    affine.iter().collect()
}

fn range(n: u64) -> Vec<G1> {
    (1..=n).map(g1).collect()
}

/// The abscissa of one point; none of the identity.
fn abscissa(point: G1) -> Option<Abscissa> {
    AffineG1s::new(&[point]).abscissas().next()
}

#[test]
fn every_entry_of_a_table_is_selected_and_nothing_beyond() {
    let mut entries = range(9);
    entries.insert(4, G1::identity());
    let table = LookupG1::new(&entries);
    for (index, entry) in (0..).zip(&entries) {
        assert_eq!(table.select(index), *entry, "{index}");
    }
    for beyond in [10, 11, 255, 256, u32::MAX] {
        assert!(table.select(beyond).is_identity(), "{beyond}");
    }
    assert!(LookupG1::new(&[]).select(0).is_identity());
    assert_eq!(format!("{table:?}"), "LookupG1 { .. }");
}

/// Entries that came out of additions have a Z of their own, which the table must not keep.
#[test]
fn a_table_holds_the_points_whatever_their_coordinates() {
    let sums: Vec<_> = range(5).iter().map(|p| *p + g1(3) - g1(1)).collect();
    let table = LookupG1::new(&sums);
    (0..).zip(&sums).for_each(|(index, sum)| assert_eq!(table.select(index), *sum));
}

#[test]
fn affine_points_are_the_points_without_the_identity() {
    assert!(AffineG1s::new(&[]).is_empty());
    assert!(AffineG1s::new(&[G1::identity()]).is_empty());
    let affine = AffineG1s::new(&[g1(3), G1::identity(), g1(5) - g1(1)]);
    assert_eq!((affine.len(), points(&affine)), (2, vec![g1(3), g1(4)]));
}

/// The low 8 bytes of x·2³⁸⁴: the generator's pinned by Python integers, the others distinct.
#[test]
fn abscissas_are_equal_for_a_point_and_its_negative_alone() {
    assert_eq!(abscissa(g1(1)), Some(0x5cb3_8790_fd53_0c16));
    let points = range(64);
    let mut seen: Vec<_> = AffineG1s::new(&points).abscissas().collect();
    for (point, seen) in points.iter().zip(&seen) {
        assert_eq!(abscissa(-*point), Some(*seen));
    }
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), points.len());
}

#[test]
fn translation_adds_to_every_point_and_doubles_where_it_must() {
    let affine = AffineG1s::new(&range(40));
    for shift in [1, 7, 40, 41, 1000] {
        let sums: Vec<_> = (1..=40).map(|n| g1(n + shift)).collect();
        assert_eq!(points(&affine.translated_vartime(&g1(shift)).unwrap()), sums, "{shift}");
    }
    let differences: Vec<_> = (1..=40).map(|n| g1(n) - g1(41)).collect();
    assert_eq!(points(&affine.translated_vartime(&-g1(41)).unwrap()), differences);
    // Twice the same point: both zero denominators, and those beside them.
    let repeated = AffineG1s::new(&[g1(2), g1(7), g1(7), g1(3)]);
    let sums = vec![g1(9), g1(14), g1(14), g1(10)];
    assert_eq!(points(&repeated.translated_vartime(&g1(7)).unwrap()), sums);
}

#[test]
fn translation_is_none_where_the_identity_takes_part() {
    let affine = AffineG1s::new(&range(4));
    assert!(affine.translated_vartime(&G1::identity()).is_none());
    assert!(affine.translated_vartime(&-g1(3)).is_none());
    let nothing = AffineG1s::default();
    assert!(nothing.translated_vartime(&g1(1)).is_some_and(|sums| sums.is_empty()));
}

#[test]
fn every_point_takes_the_step_that_its_abscissa_names() {
    let (start, steps) = (range(40), [g1(3), g1(100), g1(17)]);
    let stepped = AffineG1s::new(&start).stepped_vartime(&AffineG1s::new(&steps)).unwrap();
    let step = |p: &G1| *p + steps[usize::try_from(abscissa(*p).unwrap() % 3).unwrap()];
    assert_eq!(points(&stepped), start.iter().map(step).collect::<Vec<_>>());
    // A step onto itself doubles, a step onto its negative has no affine form.
    let (single, twice) = (AffineG1s::new(&[g1(5)]), AffineG1s::new(&[g1(10)]));
    assert_eq!(points(&single.stepped_vartime(&single).unwrap()), points(&twice));
    assert!(single.stepped_vartime(&AffineG1s::new(&[-g1(5)])).is_none());
    assert!(single.stepped_vartime(&AffineG1s::default()).is_none());
    assert!(AffineG1s::default().stepped_vartime(&single).is_some_and(|none| none.is_empty()));
}

#[test]
fn the_abscissas_around_a_point_are_those_of_sum_and_difference() {
    let steps = range(20);
    let around = AffineG1s::new(&steps).around_vartime(&g1(50));
    let expected = steps.iter().map(|p| Some([abscissa(g1(50) + *p)?, abscissa(g1(50) - *p)?]));
    assert_eq!(around, expected.collect::<Vec<_>>());
}

#[test]
fn around_a_point_there_is_none_at_it_and_at_its_negative() {
    let affine = AffineG1s::new(&range(9));
    for q in [g1(4), -g1(4)] {
        let around = affine.around_vartime(&q);
        for (n, both) in (1..).zip(&around) {
            let expected = abscissa(q + g1(n)).zip(abscissa(q - g1(n))).map(|(a, b)| [a, b]);
            assert_eq!(*both, expected, "{n}");
            assert_eq!(both.is_none(), n == 4);
        }
    }
    assert_eq!(affine.around_vartime(&G1::identity()), vec![None; 9]);
    assert!(AffineG1s::default().around_vartime(&g1(1)).is_empty());
}

#[test]
fn prepared_products_skip_identities_and_nothing_is_one() {
    let (two, three) = (PreparedG2::new(&g2(2)), PreparedG2::new(&g2(3)));
    let identity = PreparedG2::new(&G2::identity());
    assert!(multi_pairing_prepared(&[]).is_identity());
    assert!(multi_pairing_prepared(&[(g1(3), &identity), (G1::identity(), &two)]).is_identity());
    assert!(multi_pairing_prepared(&[(g1(6), &two), (-g1(4), &three)]).is_identity());
    let mixed = [(g1(6), &two), (g1(9), &identity), (G1::identity(), &three), (-g1(4), &three)];
    assert!(multi_pairing_prepared(&mixed).is_identity());
    assert!(!multi_pairing_prepared(&[(g1(6), &two), (-g1(4), &two)]).is_identity());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn prepared_products_are_the_products(terms in prop::collection::vec((scalar(), scalar()), 0..5)) {
        let of = |(a, b): &(Scalar, Scalar)| {
            (G1::generator().mul_vartime(a), G2::generator().mul_vartime(b))
        };
        let pairs: Vec<_> = terms.iter().map(of).collect();
        let prepared: Vec<_> = pairs.iter().map(|(_, q)| PreparedG2::new(q)).collect();
        let prepared: Vec<_> = pairs.iter().map(|(p, _)| *p).zip(&prepared).collect();
        prop_assert_eq!(multi_pairing_prepared(&prepared), multi_pairing(&pairs));
    }

    #[test]
    fn batched_additions_agree_with_single_ones(ns in prop::collection::vec(1_u64..30, 0..30), q in 1_u64..60) {
        let base: Vec<_> = ns.iter().map(|n| g1(*n)).collect();
        let affine = AffineG1s::new(&base);
        let sums: Vec<_> = base.iter().map(|p| *p + g1(q)).collect();
        prop_assert_eq!(points(&affine.translated_vartime(&g1(q)).unwrap()), sums);
        let both = |p: &G1| Some([abscissa(g1(q) + *p)?, abscissa(g1(q) - *p)?]);
        prop_assert_eq!(affine.around_vartime(&g1(q)), base.iter().map(both).collect::<Vec<_>>());
    }
}
