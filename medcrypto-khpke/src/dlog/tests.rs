//! Trap T20: what a search returns, at every edge, and with a table that lies.

use proptest::prelude::*;

use super::*;
use crate::DecodeError;

/// 2ᵃ = 16 baby steps, a stride of 33.
fn small() -> &'static Table {
    static TABLE: std::sync::OnceLock<Table> = std::sync::OnceLock::new();
    TABLE.get_or_init(|| Table::build(16, 4).unwrap())
}

/// Few giants, so that an interval of 12 bits takes several windows.
fn windowed() -> Table {
    let mut table = Table::build(12, 4).unwrap();
    table.giants = vec![AffineG1s::new(&[multiple(33), multiple(66)])];
    table.window = multiple(5 * 33);
    table
}

#[test]
fn t20_every_number_of_an_interval_is_found_and_its_neighbours_are_not() {
    let (lo, hi) = (-70, 75);
    for m in lo - 40..=hi + 40 {
        let expected = (lo..=hi).contains(&m).then_some(m);
        assert_eq!(small().decode(&multiple(m), lo..=hi), Ok(expected), "{m}");
    }
}

#[test]
fn t20_the_boundaries_of_large_and_negative_intervals_are_found() {
    let width = 1 << 16;
    let starts = [0, -width, -width / 2, 1_000_000_007, i64::MIN, i64::MAX - width + 1, -1];
    for lo in starts {
        let hi = lo + (width - 1);
        for m in [lo, lo + 1, lo + width / 2 - 1, lo + width / 2, hi - 1, hi] {
            assert_eq!(small().decode(&multiple(m), lo..=hi), Ok(Some(m)), "{lo} {m}");
        }
        for m in [lo.checked_sub(1), hi.checked_add(1)].into_iter().flatten() {
            assert_eq!(small().decode(&multiple(m), lo..=hi), Ok(None), "{lo} {m}");
        }
    }
}

/// The target is a giant step, its negative, or the identity, at the start or after a window.
#[test]
fn t20_the_exceptions_of_the_addition_law_are_answers() {
    for table in [small(), &windowed()] {
        for m in [0, 33, -33, 66, -66, 99, -99, 165, -165, 330, -330, 165 + 33, 165 - 66] {
            assert_eq!(table.decode(&multiple(m), -500..=500), Ok(Some(m)), "{m}");
            assert_eq!(table.decode(&multiple(m), m..=m), Ok(Some(m)), "{m}");
        }
    }
    assert_eq!(small().decode(&G1::identity(), 1..=500), Ok(None));
    assert_eq!(small().decode(&G1::identity(), -500..=500), Ok(Some(0)));
}

#[test]
fn t20_windows_leave_no_gap() {
    let table = windowed();
    for m in -2048..=2047 {
        assert_eq!(table.decode(&multiple(m), -2048..=2047), Ok(Some(m)), "{m}");
    }
    assert_eq!(table.decode(&multiple(2048), -2048..=2047), Ok(None));
    assert_eq!(table.decode(&multiple(-2049), -2048..=2047), Ok(None));
}

/// A point that is no small multiple, and small multiples of another residue of 2⁶⁴.
#[test]
fn t20_out_of_range_is_none_and_never_a_wrapped_number() {
    let strange = multiple(i64::MAX) + multiple(i64::MAX);
    let wrapped = strange + multiple(2);
    for range in [-5..=5, i64::MIN..=i64::MIN + 9, i64::MAX - 9..=i64::MAX] {
        for target in [strange, wrapped, wrapped + multiple(3), G1::generator()] {
            assert_eq!(small().decode(&target, range.clone()), Ok(None));
        }
    }
    assert_eq!(small().decode(&multiple(i64::MIN), i64::MAX - 9..=i64::MAX), Ok(None));
}

#[test]
fn t20_large_and_empty_ranges_are_refused_before_the_search() {
    let target = G1::generator();
    let (full, one) = (1_i64 << 16, 1);
    assert_eq!(small().decode(&target, 0..=full), Err(Error::Range));
    assert_eq!(small().decode(&target, 0..=full - one), Ok(None));
    #[allow(clippy::reversed_empty_ranges, reason = "an empty range is the subject")]
    let empty = 1..=0;
    for range in [empty, i64::MIN..=i64::MAX, 0..=i64::MAX, i64::MIN..=0, -full..=full] {
        assert_eq!(small().decode(&target, range.clone()), Err(Error::Range), "{range:?}");
        assert_eq!(small().decode_batch(&[], range.clone()), Err(Error::Range), "{range:?}");
    }
    for (range_bits, table_bits) in
        [(0, 4), (49, 26), (64, 20), (27, 2), (48, 23), (u32::MAX, 20), (20, 1), (20, 27)]
    {
        let refused = Table::build(range_bits, table_bits).err();
        assert_eq!(refused, Some(Error::Range), "{range_bits} {table_bits}");
    }
}

#[test]
fn t20_a_batch_decodes_as_its_members_do() {
    let numbers = [0, 1, -1, 33, -33, 17, -17, 500, -500, 501, -501, 0, 66, 100_000];
    let messages: Vec<_> = numbers.iter().map(|m| multiple(*m)).collect();
    // One giant step, as many as messages, more than messages; off centre.
    for range in [-30..=30, -500..=500, -3000..=3000, -16..=16, 1..=600, -501..=-33] {
        let single: Result<Vec<_>, _> =
            messages.iter().map(|message| small().decode(message, range.clone())).collect();
        assert_eq!(small().decode_batch(&messages, range.clone()), single, "{range:?}");
    }
    let windowed = windowed();
    let single: Result<Vec<_>, _> =
        messages.iter().map(|message| windowed.decode(message, -600..=600)).collect();
    assert_eq!(windowed.decode_batch(&messages, -600..=600), single);
    assert_eq!(small().decode_batch(&[], 0..=9), Ok(vec![]));
}

#[test]
fn t20_a_full_scan_finds_what_a_search_finds() {
    let windowed = windowed();
    for m in [-2048, -2047, -165, -33, -1, 0, 1, 16, 17, 165, 198, 330, 1000, 2047, 2048, -2049] {
        let found = windowed.decode(&multiple(m), -2048..=2047);
        assert_eq!(windowed.decode_full_scan(&multiple(m), -2048..=2047), found, "{m}");
        // Every number of the interval is met once, or a boundary of windows would be searched twice.
        let inside = usize::from((-2048..=2047).contains(&m));
        let interval = Interval::new(-2048..=2047, 12).unwrap();
        let met = windowed.offsets(&multiple(m), &interval).filter_map(|o| interval.number(o));
        assert_eq!(met.count(), inside, "{m}");
    }
    assert_eq!(windowed.decode_full_scan(&G1::generator(), 0..=100), Ok(None));
    assert_eq!(windowed.decode_full_scan(&multiple(1), 0..=1 << 12), Err(Error::Range));
}

/// The file of 16 entries, with a checksum to it.
fn forged(edit: impl FnOnce(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = small().to_bytes();
    bytes.truncate(bytes.len() - 32);
    edit(&mut bytes);
    let checksum = file::checksum(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}

/// Where the entries begin: after the header, the sizes and four ends.
const ENTRIES: usize = 5 + 16;

/// Index i and index k change places: every fingerprint is one of the table, and belongs to another i.
#[test]
fn t20_an_entry_of_another_number_is_no_answer() {
    let index = |bytes: &[u8], entry: usize| bytes[ENTRIES + 5 * entry + 4] & 15;
    let mut lied = 0;
    for (a, b) in (0..16).flat_map(|a| (a + 1..16).map(move |b| (a, b))) {
        let bytes = forged(|bytes| {
            let (i, k) = (index(bytes, a), index(bytes, b));
            bytes[ENTRIES + 5 * a + 4] ^= i ^ k;
            bytes[ENTRIES + 5 * b + 4] ^= i ^ k;
        });
        // The order within a bucket is that of the fingerprints, so such a table loads.
        let table = Table::from_bytes(&bytes).unwrap();
        let honest = small().to_bytes();
        let moved = [index(&honest, a), index(&honest, b)].map(|i| i64::from(i) + 1);
        for m in -16..=16_i64 {
            let answer = table.decode(&multiple(m), -16..=16).unwrap();
            let expected = (!moved.contains(&m.abs())).then_some(m);
            assert_eq!(answer, expected, "{a} {b} {m}");
            lied += usize::from(answer.is_none());
        }
    }
    assert_eq!(lied, 120 * 4);
}

/// Two entries with one fingerprint in one bucket: the search goes on to the one that is true.
#[test]
fn t20_colliding_fingerprints_are_told_apart() {
    let honest = small().buckets.entries().to_vec();
    for true_entry in &honest {
        let twin = |entry: &[u8; 5]| {
            let mut twin = *true_entry;
            twin[4] = true_entry[4] & 0xf0 | entry[4] & 0x0f;
            twin
        };
        let mut entries: Vec<_> = honest.iter().map(twin).collect();
        entries.sort_unstable();
        // The bucket of the true entry holds all sixteen, with the fingerprint of the true one.
        let i = i64::from(true_entry[4] & 15) + 1;
        let bucket = AffineG1s::new(&[multiple(i)]).abscissas().next().unwrap() & 3;
        let ends = (0..4).map(|end| if end < bucket { 0 } else { 16 }).collect();
        let buckets = Buckets::from_parts(4, ends, entries).unwrap();
        let table = Table::around(16, buckets);
        assert_eq!(table.buckets.indices(abscissa(i)).count(), 16);
        for m in [i, -i] {
            assert_eq!(table.decode(&multiple(m), -16..=16), Ok(Some(m)));
        }
    }
}

fn abscissa(i: i64) -> Abscissa {
    AffineG1s::new(&[multiple(i)]).abscissas().next().unwrap()
}

/// The bits that choose the bucket are not those that are compared.
#[test]
fn t20_fingerprint_and_bucket_are_disjoint() {
    let buckets = &small().buckets;
    let x = abscissa(5);
    assert!(buckets.indices(x).any(|i| i == 5));
    let compared = |bit: u32| !buckets.indices(x ^ 1 << bit).any(|i| i == 5);
    assert_eq!((0..64).filter(|bit| compared(*bit)).count(), 2 + 36);
    let chosen: Vec<_> = (0..64).filter(|bit| compared(*bit)).collect();
    assert_eq!(chosen, [0, 1].into_iter().chain(28..64).collect::<Vec<_>>());
}

#[test]
fn t20_a_file_is_pinned_and_read_back() {
    let bytes = small().to_bytes();
    let pinned = include_str!("../../tests/data/dlog-table.hex");
    assert_eq!(hex::encode(&bytes), pinned.trim());
    let table = Table::from_bytes(&bytes).unwrap();
    assert_eq!(table.to_bytes(), bytes);
    assert_eq!((table.range_bits(), table.table_bits()), (16, 4));
    assert_eq!(table.decode(&multiple(-20_000), -30_000..=30_000), Ok(Some(-20_000)));
    assert_eq!(format!("{table:?}"), "Table { range_bits: 16, table_bits: 4, .. }");
}

#[test]
fn t20_every_corrupted_byte_is_noticed() {
    let bytes = small().to_bytes();
    for i in 0..bytes.len() {
        for flip in [1, 0x80, 0xff] {
            let mut corrupted = bytes.clone();
            corrupted[i] ^= flip;
            assert!(Table::from_bytes(&corrupted).is_err(), "{i} {flip:x}");
        }
    }
    for len in 0..bytes.len() {
        assert!(Table::from_bytes(&bytes[..len]).is_err(), "{len}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Table::from_bytes(&longer).err(), Some(DecodeError::Length));
    // The largest table that a header can announce, in no bytes.
    let announced = [bytes[..3].to_vec(), vec![48, 26]].concat();
    assert_eq!(Table::from_bytes(&announced).err(), Some(DecodeError::Length));
}

#[test]
fn t20_a_file_that_no_table_has_is_refused_whatever_its_checksum() {
    let refused = |edit: &dyn Fn(&mut Vec<u8>)| {
        let bytes = forged(|bytes| edit(bytes));
        assert_eq!(Table::from_bytes(&bytes).err(), Some(DecodeError::NonCanonical));
    };
    assert!(Table::from_bytes(&forged(|_| ())).is_ok());
    // Sizes out of bounds.
    refused(&|bytes| bytes[3] = 0);
    refused(&|bytes| bytes[3] = 49);
    refused(&|bytes| bytes[4] = 1);
    // Ends that descend, or end elsewhere.
    refused(&|bytes| bytes[8] = 17);
    refused(&|bytes| bytes[20] = 15);
    refused(&|bytes| bytes[17] = 1);
    // An index twice.
    refused(&|bytes| bytes[ENTRIES + 4] ^= 1);
    // Entries of a bucket out of order.
    let first = small().buckets.ends().iter().find(|end| **end > 1).copied().unwrap();
    let at = ENTRIES + 5 * (first as usize - 2);
    refused(&|bytes| bytes[at..at + 10].rotate_left(5));
}

#[test]
fn t20_tables_fit_their_memory() {
    for (table_bits, limit) in [(16, 1 << 20), (20, 8 << 20), (24, 128 << 20)] {
        // In memory a bucket's end and an entry take what they take in the file, and 1024 giants 96 KiB.
        assert!(file::file_len(table_bits) + (96 << 10) <= limit, "{table_bits}");
    }
    assert_eq!(file::file_len(4), small().to_bytes().len());
    assert_eq!(size_of::<[u8; buckets::ENTRY]>(), buckets::ENTRY);
}

/// The table of the default plan size, and giants that share inversions in several chunks.
#[test]
fn t20_a_table_of_12_bits_finds_24_bit_numbers() {
    let table = Table::build(24, 12).unwrap();
    assert_eq!(table.per_window(), MAX_GIANTS);
    let half = 1 << 23;
    for m in [0, 1, -1, 4096, 4097, -4097, 2 * 4096 + 1, half - 1, -half, 5_000_000, -7_654_321] {
        assert_eq!(table.decode(&multiple(m), -half..=half - 1), Ok(Some(m)), "{m}");
    }
    assert_eq!(table.decode(&multiple(half), -half..=half - 1), Ok(None));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn t20_decoding_agrees_with_brute_force(lo in -400_i64..400, span in 0_i64..600, m in -1000_i64..1000) {
        let range = lo..=lo + span;
        let target = multiple(m);
        let brute = range.clone().scan(multiple(lo), |point, number| {
            let here = (number, *point);
            *point = *point + multiple(1);
            Some(here)
        });
        let brute = brute.filter(|(_, point)| *point == target).map(|(number, _)| number).last();
        prop_assert_eq!(small().decode(&target, range), Ok(brute));
    }

    #[test]
    fn t20_a_decoder_of_tables_never_panics(mut bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for (byte, header) in bytes.iter_mut().zip([1, 1, 0x50, 16, 4]) {
            *byte = header;
        }
        prop_assert!(Table::from_bytes(&bytes).is_err());
    }
}
