use super::{CodeList, Entry, Record, RecordError};
use crate::schema::Schema;
use medcrypto_core::DecodeError;
use medcrypto_core::codec::{Reader, Writer};

fn sample() -> Record {
    let schema = Schema::clinical_v1();
    let field = |name| schema.field(name).unwrap();
    let mut record = Record::empty(schema);
    record.set(field("birth_date"), Entry::point(16_391)).unwrap();
    record.set(field("glucose"), Entry::Interval { lo: 0, hi: 630 }).unwrap();
    let list = CodeList::new(vec![368_009, 254_637_007, 368_009], true);
    record.set(field("conditions_active"), Entry::Codes(list)).unwrap();
    record
}

fn bytes(record: &Record) -> Vec<u8> {
    record.write(Writer::default()).finish()
}

fn read(bytes: &[u8]) -> Result<Record, DecodeError> {
    let mut reader = Reader::new(bytes);
    let record = Record::read(Schema::clinical_v1(), &mut reader)?;
    reader.finish()?;
    Ok(record)
}

#[test]
fn bytes_are_pinned() {
    let expected = [
        "19",
        "0100000000000040070000000000004007", // birth_date
        "0000000000",
        "000000000000",
        "0100000000000000000000000000000276", // glucose
        "000000000000",
        "020100020000000000059d89000000000f2d73cf", // conditions_active
        "0000000000",
    ]
    .concat();
    assert_eq!(hex::encode(bytes(&sample())), expected);
}

#[test]
fn decoding_returns_what_was_encoded_and_refuses_everything_else() {
    let good = bytes(&sample());
    assert_eq!(bytes(&read(&good).unwrap()), good);
    for len in 0..good.len() {
        assert_eq!(read(&good[..len]).unwrap_err(), DecodeError::Length);
    }
    for at in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[at] ^= 1 << bit;
            // A flipped bit is refused, or it is the one encoding of another record.
            if let Ok(record) = read(&bad) {
                assert_eq!(bytes(&record), bad);
            }
        }
    }
}

#[test]
fn a_list_has_one_encoding() {
    let good = hex::encode(bytes(&sample()));
    let (first, second) = ("0000000000059d89", "000000000f2d73cf");
    assert!(good.contains(&format!("{first}{second}")));
    for bad in [format!("{second}{first}"), format!("{first}{first}")] {
        let bytes = hex::decode(good.replace(&format!("{first}{second}"), &bad)).unwrap();
        assert_eq!(read(&bytes).unwrap_err(), DecodeError::NonCanonical);
    }
}

#[test]
fn t06_entries_out_of_bounds_are_refused_not_wrapped() {
    let schema = Schema::clinical_v1();
    let field = |name| schema.field(name).unwrap();
    let mut record = Record::empty(schema);
    let mut refused = |name, entry| {
        assert_eq!(record.set(field(name), entry), Err(RecordError::DoesNotFit), "{name}");
        assert!(!record.is_present(field(name)), "{name}");
    };
    refused("glucose", Entry::point(10_001));
    refused("glucose", Entry::Interval { lo: 2, hi: 1 });
    refused("glucose", Entry::Codes(CodeList::new(vec![], true)));
    refused("conditions_active", Entry::point(1));
    // Fields of the wide leaf are exact; an enum has no intervals.
    refused("birth_date", Entry::Interval { lo: 1, hi: 2 });
    refused("sex", Entry::Interval { lo: 0, hi: 1 });
    refused("sex", Entry::point(3));
    // The sentinels of a gap tree are no codes.
    refused("procedures", Entry::Codes(CodeList::new(vec![0], true)));
    refused("procedures", Entry::Codes(CodeList::new(vec![(1 << 60) - 1], true)));
    refused("procedures", Entry::Codes(CodeList::new((1..=64).collect(), true)));
    let full = Entry::Codes(CodeList::new((1..=63).collect(), false));
    assert_eq!(record.set(field("procedures"), full), Ok(()));
}

/// A field of one possible value has no bits: a list in it is refused, whatever its codes.
#[test]
fn t06_a_list_is_refused_in_a_field_without_bits() {
    let mut constant = Schema::clinical_v1().fields()[6];
    constant.max = constant.min;
    assert_eq!(constant.bits(), 0);
    let schema = Schema::new(1, Box::leak(Box::new([constant]))).unwrap();
    let mut record = Record::empty(schema);
    let field = schema.field(constant.name).unwrap();
    for codes in [vec![], vec![1], vec![u64::MAX]] {
        let list = Entry::Codes(CodeList::new(codes, true));
        assert_eq!(record.set(field, list), Err(RecordError::DoesNotFit));
    }
    assert_eq!(record.set(field, Entry::point(0)), Ok(()));
}

#[test]
fn nothing_of_a_record_is_printed() {
    let record = sample();
    let field = record.schema().field("conditions_active").unwrap();
    let text = format!("{record:?} {:?} {:?}", record.entry(field), record.codes(field));
    assert!(!text.contains("368009") && !text.contains("16391"), "{text}");
}
