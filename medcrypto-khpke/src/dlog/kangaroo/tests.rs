//! Walks with small tables: success, its bound, and what a file may say.

use super::*;

const RANGE_BITS: u32 = 22;
const LAST: i64 = (1 << RANGE_BITS) - 1;

fn small() -> &'static Kangaroo {
    static TABLE: std::sync::OnceLock<Kangaroo> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| Kangaroo::build(RANGE_BITS, 8).unwrap())
}

#[test]
fn t20_a_kangaroo_finds_numbers_all_over_the_interval() {
    let spread = (0..100).map(|i| i * (LAST / 100));
    let edges = [0, 1, 2, LAST - 1, LAST];
    for m in spread.chain(edges) {
        assert_eq!(small().decode(&multiple(m), 0..=LAST), Ok(Some(m)), "{m}");
    }
}

#[test]
fn t20_a_kangaroo_knows_negative_and_recentred_intervals() {
    for lo in [-LAST, -LAST / 2, 1_000_000_007, i64::MIN, i64::MAX - LAST] {
        for m in [lo, lo + 12_345, lo + LAST / 2, lo + LAST] {
            assert_eq!(small().decode(&multiple(m), lo..=lo + LAST), Ok(Some(m)), "{lo} {m}");
        }
    }
}

/// Below the interval, just above it, a stranger, and a number whose walk meets the identity.
#[test]
fn t20_a_kangaroo_returns_none_outside_the_interval() {
    let below_start = -i64::try_from(mixed(0) % (1 << RANGE_BITS >> 6)).unwrap();
    for target in [-1, -2, -1000, LAST + 1, LAST + 1000, below_start, i64::MIN] {
        assert_eq!(small().decode(&multiple(target), 0..=LAST), Ok(None), "{target}");
    }
    assert_eq!(small().decode(&G1::generator(), 0..=LAST), Ok(None));
    assert_eq!(small().decode(&multiple(77), 78..=LAST), Ok(None));
    assert_eq!(small().decode(&multiple(77), 0..=76), Ok(None));
}

#[test]
fn t20_a_kangaroo_refuses_large_and_empty_ranges_up_front() {
    assert_eq!(small().decode(&multiple(1), 0..=LAST + 1), Err(Error::Range));
    assert_eq!(small().decode(&multiple(1), i64::MIN..=i64::MAX), Err(Error::Range));
    #[allow(clippy::reversed_empty_ranges, reason = "an empty range is the subject")]
    let empty = 1..=0;
    assert_eq!(small().decode(&multiple(1), empty), Err(Error::Range));
    for (range_bits, table_bits) in [(49, 16), (20, 13), (20, 3), (u32::MAX, 8), (48, u32::MAX)] {
        let refused = Kangaroo::build(range_bits, table_bits).err();
        assert_eq!(refused, Some(Error::Range), "{range_bits} {table_bits}");
    }
}

/// The steps of a search, in units of W; a table that is not met costs all the tries and no more.
#[test]
fn t20_searches_are_bounded() {
    let mut table = Kangaroo::build(16, 4).unwrap();
    table.ends.clear();
    assert_eq!(table.decode(&multiple(5), 0..=100), Ok(None));
}

/// Every entry is the end of a walk from a multiple of H.
#[test]
fn the_entries_of_the_table_are_logarithms_of_ends() {
    assert!(small().ends.len() > 128 && small().ends.len() <= 256);
    for (x, log) in &small().ends {
        assert!(small().rules.is_end(*x));
        assert_eq!(AffineG1s::new(&[signed_multiple(*log)]).abscissas().next(), Some(*x));
    }
}

/// A false logarithm, or the true one of another end, is no answer.
#[test]
fn t20_a_lying_table_costs_an_answer_and_tells_no_other() {
    let mut table = Kangaroo::build(16, 4).unwrap();
    table.ends.iter_mut().for_each(|(_, log)| *log += 1);
    for m in [0, 1, 500, 60_000] {
        assert_eq!(table.decode(&multiple(m), 0..=(1 << 16) - 1), Ok(None), "{m}");
    }
}

#[test]
fn t20_a_file_of_ends_is_pinned_and_read_back() {
    let table = Kangaroo::build(16, 4).unwrap();
    let bytes = table.to_bytes();
    assert_eq!(hex::encode(&bytes), include_str!("../../../tests/data/kangaroo.hex").trim());
    let read = Kangaroo::from_bytes(&bytes).unwrap();
    assert_eq!(read.to_bytes(), bytes);
    assert_eq!(read.decode(&multiple(54_321), 0..=65_535), Ok(Some(54_321)));
    assert_eq!(format!("{read:?}"), "Kangaroo { range_bits: 16, table_bits: 4, .. }");
}

#[test]
fn t20_every_corrupted_byte_of_a_file_of_ends_is_noticed() {
    let bytes = Kangaroo::build(16, 4).unwrap().to_bytes();
    for i in 0..bytes.len() {
        let mut corrupted = bytes.clone();
        corrupted[i] ^= 0x41;
        assert!(Kangaroo::from_bytes(&corrupted).is_err(), "{i}");
        assert!(Kangaroo::from_bytes(&bytes[..i]).is_err(), "{i}");
    }
    let announced = [&bytes[..3], &[48, 24, 0, 255, 255, 255]].concat();
    assert_eq!(Kangaroo::from_bytes(&announced).err(), Some(DecodeError::Length));
    assert!(super::super::Table::from_bytes(&bytes).is_err());
}

#[test]
fn t20_a_file_that_no_walk_wrote_is_refused_whatever_its_checksum() {
    let refused = |edit: &dyn Fn(&mut Vec<u8>), error: DecodeError| {
        let mut bytes = Kangaroo::build(16, 4).unwrap().to_bytes();
        bytes.truncate(bytes.len() - file::CHECKSUM);
        edit(&mut bytes);
        bytes.extend_from_slice(&file::checksum(&bytes));
        assert_eq!(Kangaroo::from_bytes(&bytes).err(), Some(error));
    };
    refused(&|bytes| bytes[3] = 49, DecodeError::NonCanonical);
    refused(&|bytes| bytes[4] = 9, DecodeError::NonCanonical);
    refused(&|bytes| bytes[8] -= 1, DecodeError::Length);
    refused(&|bytes| bytes[9] = 0, DecodeError::NonCanonical);
    refused(&|bytes| bytes[17] = 1, DecodeError::NonCanonical);
    refused(&|bytes| bytes[9..41].rotate_left(16), DecodeError::NonCanonical);
    refused(&|bytes| bytes.copy_within(9..25, 25), DecodeError::NonCanonical);
}
