//! Which numbers can be shown to be where.

use std::sync::OnceLock;

use medcrypto_khpke::{
    BatchableRangeProof, DigitBits, Error, Interval, Opening, RangeParameters, RangeProof,
    RangeStatement,
};

use super::setup::{Parts, X, committed, default, rng, small, transcript};

/// 256 digits: 8 of them are 64 bits.
fn bytes() -> &'static RangeParameters {
    static BYTES: OnceLock<RangeParameters> = OnceLock::new();
    BYTES.get_or_init(|| Parts::new(8, X).verified().unwrap())
}

/// Whether both forms are proved and verify, and the batchable one agrees.
fn shown(interval: Interval<'_>, value: i128) -> Result<(), Error> {
    let (opening, statement) = committed(interval, value, 31);
    let session = transcript;
    let compact = RangeProof::prove(&statement, &opening, &mut session(), &mut rng(32))?;
    assert_eq!(compact.to_bytes().len(), RangeProof::len(&interval));
    compact.verify(&statement, &mut session())?;
    let batchable = BatchableRangeProof::prove(&statement, &opening, &mut session(), &mut rng(32))?;
    assert_eq!(batchable.to_bytes().len(), BatchableRangeProof::len(&interval));
    let decoded = BatchableRangeProof::from_bytes(&batchable.to_bytes()).unwrap();
    assert_eq!(decoded, batchable);
    decoded.verify(&statement, &mut session())
}

#[test]
fn t16_e11_the_ends_of_a_power_of_two() {
    for bits in [4, 8, 32] {
        let interval = small().0.bits(bits).unwrap();
        let last = (1_i128 << bits) - 1;
        for value in [0, 1, 15, 16, last - 1, last] {
            assert_eq!(shown(interval, value.min(last)), Ok(()), "{value} of {bits} bits");
        }
        for value in [-1, last + 1, i128::from(i64::MIN), i128::from(u64::MAX)] {
            assert_eq!(shown(interval, value), Err(Error::Range), "{value} of {bits} bits");
        }
    }
}

/// Every number of a range of two sides, and both neighbours.
#[test]
fn t16_every_number_of_a_small_interval() {
    let interval = small().0.between(-3, 7).unwrap();
    assert_eq!((interval.low(), interval.high(), interval.digits()), (-3, 7, 2));
    for value in -3..=7 {
        assert_eq!(shown(interval, value), Ok(()), "{value}");
    }
    assert_eq!([-4, 8].map(|value| shown(interval, value)), [Err(Error::Range); 2]);
    let point = small().0.between(5, 5).unwrap();
    assert_eq!([4, 5, 6].map(|t| shown(point, t)), [Err(Error::Range), Ok(()), Err(Error::Range)]);
}

/// [0, 2⁶⁴) and its neighbours, where `base.pow(l)` of an integer of 64 bits wraps to 0.
#[test]
fn t16_all_of_u64_and_all_of_i64() {
    let (low, high) = (i128::from(i64::MIN), i128::from(u64::MAX));
    for parameters in [bytes(), &small().0] {
        let unsigned = parameters.bits(64).unwrap();
        for value in [0, 1, 1 << 63, high - 1, high] {
            assert_eq!(shown(unsigned, value), Ok(()), "{value}");
        }
        assert_eq!(shown(unsigned, -1), Err(Error::Range));
        let signed = parameters.between(i64::MIN, i64::MAX).unwrap();
        assert_eq!(signed.digits(), unsigned.digits());
        for value in [low, -1, 0, i128::from(i64::MAX)] {
            assert_eq!(shown(signed, value), Ok(()), "{value}");
        }
        assert_eq!(shown(signed, 1 << 63), Err(Error::Range));
        let nearly = parameters.between(1, u64::MAX).unwrap();
        assert_eq!(nearly.digits(), 2 * unsigned.digits());
        assert_eq!([0, 1, high].map(|t| shown(nearly, t)), [Err(Error::Range), Ok(()), Ok(())]);
        assert_eq!(parameters.between(low, high).map(|_| ()), Err(Error::Range));
        assert_eq!(parameters.between(-1, u64::MAX).map(|_| ()), Err(Error::Range));
    }
}

#[test]
fn t16_intervals_that_are_none() {
    let parameters = &small().0;
    for bits in [0, 1, 3, 5, 65, 68, 255] {
        assert_eq!(parameters.bits(bits).map(|_| ()), Err(Error::Range), "{bits}");
    }
    let beyond = [(1, 0), (0, 1 << 64), (i128::from(i64::MIN) - 1, 0), (i128::MIN, i128::MAX)];
    for (low, high) in beyond {
        assert_eq!(parameters.between(low, high).map(|_| ()), Err(Error::Range));
    }
    for value in [1 << 64, i128::from(i64::MIN) - 1, i128::MAX, i128::MIN] {
        assert_eq!(Opening::new(value, &mut rng(33)).map(|_| ()), Err(Error::Range));
    }
    // 10 does not divide 64: six digits are 60 bits, and no seventh.
    assert_eq!(default().bits(64).map(|_| ()), Err(Error::Range));
    assert_eq!(default().between(0, 1_i128 << 60).map(|_| ()), Err(Error::Range));
    assert_eq!(default().between(0, (1_i128 << 60) - 1).unwrap().digits(), 6);
    assert_eq!([0, 13, 16, 17].map(DigitBits::new), [Err(Error::Range); 4]);
    assert_eq!([0, 17].map(DigitBits::large), [Err(Error::Range); 2]);
    assert_eq!(DigitBits::new(12), DigitBits::large(12));
    assert_eq!(DigitBits::large(16).map(DigitBits::values), Ok(65536));
}

/// A proof for one range is none for another, nor for the same one from the other side.
#[test]
fn t02_the_interval_is_part_of_the_statement() {
    let parameters = &small().0;
    let (opening, statement) = committed(parameters.between(0, 200).unwrap(), 100, 34);
    let compact = RangeProof::prove(&statement, &opening, &mut transcript(), &mut rng(35)).unwrap();
    let batchable =
        BatchableRangeProof::prove(&statement, &opening, &mut transcript(), &mut rng(35)).unwrap();
    for (low, high) in [(0, 199), (0, 201), (1, 200), (-1, 200), (0, 255), (100, 100), (0, 65535)] {
        let interval = parameters.between(low, high).unwrap();
        let other = RangeStatement { interval, ..statement };
        let refused = Err(Error::Verification);
        assert_eq!(compact.verify(&other, &mut transcript()), refused, "{low} to {high}");
        assert_eq!(batchable.verify(&other, &mut transcript()), refused, "{low} to {high}");
    }
    assert_eq!(compact.verify(&statement, &mut transcript()), Ok(()));
}
