//! Quantities: units converted by exact fractions, rounded once, half to even.
//!
//! ```text
//! value in the field's unit = (value + shift) · num / den
//! scaled                    = round_half_even(that · 10^decimals)
//! x, g                      the scaled value, exact;  g = 1 if it is a whole number, else 0
//! n                         round_half_even(x)
//! comparator                <  [min, n − g]   <= [min, n]   >= [n, max]   > [n + g, max]
//! ```
//!
//! Values live on the grid of the field, so `< 5.00` is at most 4.99. A limit off the grid keeps the
//! grid value next to it: 4.999 is `< 5.001` and is stored as 5.00. The other end is the field's
//! bound: a comparator assumes that the value lies within the bounds of the field.
//!
//! Factors: the inch is 2.54 cm and the pound 0.45359237 kg by definition; the millimetre of
//! mercury is 133.322 Pa as in UCUM; glucose has 180.156 g/mol, creatinine 113.118 g/mol.

use crate::schema::SlotSpec;

/// How a unit becomes the field's unit.
struct Conversion {
    /// Canonical unit of the field.
    to: &'static str,
    /// Only for the field of this name; empty for every field of the unit.
    field: &'static str,
    /// UCUM unit of the quantity.
    from: &'static str,
    /// Added before the multiplication, in hundredths.
    shift: i128,
    num: i128,
    den: i128,
}

const fn by(to: &'static str, from: &'static str, num: i128, den: i128) -> Conversion {
    Conversion { to, field: "", from, shift: 0, num, den }
}

const CONVERSIONS: &[Conversion] = &[
    by("cm", "m", 100, 1),
    by("cm", "mm", 1, 10),
    by("cm", "[in_i]", 254, 100),
    by("kg", "g", 1, 1_000),
    by("kg", "[lb_av]", 45_359_237, 100_000_000),
    by("/min", "{beats}/min", 1, 1),
    by("/min", "{breaths}/min", 1, 1),
    Conversion { shift: -3_200, ..by("Cel", "[degF]", 5, 9) },
    Conversion { shift: -27_315, ..by("Cel", "K", 1, 1) },
    by("kPa", "mm[Hg]", 133_322, 1_000_000),
    by("g/dL", "g/L", 1, 10),
    by("10*12/L", "10*6/uL", 1, 1),
    Conversion { field: "glucose", ..by("mmol/L", "mg/dL", 10_000, 180_156) },
    Conversion { field: "creatinine", ..by("umol/L", "mg/dL", 10_000_000, 113_118) },
];

/// Why a quantity has no value in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Unit,
    Value,
    OutOfBounds,
}

/// A non-reduced fraction with a positive denominator.
#[derive(Clone, Copy)]
struct Fraction(i128, i128);

/// Scaled bounds of a quantity in a field.
pub(super) fn bounds(
    spec: &SlotSpec,
    number: &str,
    unit: &str,
    comparator: Option<&str>,
) -> Result<(i64, i64), Refusal> {
    let value = convert(spec, number, unit)?;
    let fit = |value: i128| i64::try_from(value).map_err(|_| Refusal::OutOfBounds);
    let (near, step) = (value.round_half_even(), i128::from(value.is_whole()));
    let (lo, hi) = match comparator {
        None => (fit(near)?, fit(near)?),
        Some("<") => (spec.min, fit(near - step)?),
        Some("<=") => (spec.min, fit(near)?),
        Some(">=") => (fit(near)?, spec.max),
        Some(">") => (fit(near + step)?, spec.max),
        Some(_) => return Err(Refusal::Value),
    };
    if lo <= hi { Ok((lo, hi)) } else { Err(Refusal::OutOfBounds) }
}

/// The exact value in units of 10^−decimals of the field's unit.
fn convert(spec: &SlotSpec, number: &str, unit: &str) -> Result<Fraction, Refusal> {
    let identity = by(spec.unit, spec.unit, 1, 1);
    let known = CONVERSIONS.iter().find(|c| {
        c.to == spec.unit && c.from == unit && (c.field.is_empty() || c.field == spec.name)
    });
    let rule = if unit == spec.unit { Some(&identity) } else { known }.ok_or(Refusal::Unit)?;
    let Fraction(num, den) = decimal(number).ok_or(Refusal::Value)?;
    let scale = 10_i128.pow(u32::from(spec.decimals));
    let exact = || {
        let shifted = num.checked_mul(100)?.checked_add(rule.shift.checked_mul(den)?)?;
        let top = shifted.checked_mul(rule.num)?.checked_mul(scale)?;
        Some(Fraction(top, den.checked_mul(100)?.checked_mul(rule.den)?))
    };
    exact().ok_or(Refusal::OutOfBounds)
}

/// A JSON number as it stands in the file, digit by digit; none that is longer than 20 digits.
fn decimal(text: &str) -> Option<Fraction> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.len() > 20 {
        return None;
    }
    let number: i128 = digits.parse().ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    let places = i32::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let power = 10_i128.checked_pow(places.unsigned_abs()).filter(|_| places.abs() <= 20)?;
    if places >= 0 {
        Some(Fraction(number, power))
    } else {
        number.checked_mul(power).map(|number| Fraction(number, 1))
    }
}

impl Fraction {
    const fn floor(self) -> i128 {
        self.0.div_euclid(self.1)
    }

    const fn is_whole(self) -> bool {
        self.0.rem_euclid(self.1) == 0
    }

    fn round_half_even(self) -> i128 {
        let (floor, rest) = (self.floor(), self.0.rem_euclid(self.1));
        let up = match (rest * 2).cmp(&self.1) {
            core::cmp::Ordering::Less => false,
            core::cmp::Ordering::Greater => true,
            core::cmp::Ordering::Equal => floor.rem_euclid(2) == 1,
        };
        floor + i128::from(up)
    }
}

#[cfg(test)]
mod tests {
    use super::{Refusal, bounds};
    use crate::schema::Schema;

    fn read(
        field: &str,
        number: &str,
        unit: &str,
        op: Option<&str>,
    ) -> Result<(i64, i64), Refusal> {
        let schema = Schema::clinical_v1();
        bounds(schema.spec(schema.field(field).unwrap()).unwrap(), number, unit, op)
    }

    #[test]
    fn t18_units_convert_exactly_and_round_once_half_to_even() {
        let point = |field, number, unit| {
            let (lo, hi) = read(field, number, unit, None).unwrap();
            assert_eq!(lo, hi);
            lo
        };
        assert_eq!(point("glucose", "6.3", "mmol/L"), 630);
        assert_eq!(point("glucose", "6.305", "mmol/L"), 630);
        assert_eq!(point("glucose", "6.315", "mmol/L"), 632);
        assert_eq!(point("glucose", "6.3150001", "mmol/L"), 632);
        assert_eq!(point("glucose", "100", "mg/dL"), 555);
        assert_eq!(point("weight", "185", "[lb_av]"), 8_391);
        assert_eq!(point("height", "66.89999999999999", "[in_i]"), 1_699);
        assert_eq!(point("height", "1.82", "m"), 1_820);
        assert_eq!(point("body_temperature", "98.6", "[degF]"), 370);
        assert_eq!(point("body_temperature", "310.15", "K"), 370);
        assert_eq!(point("creatinine", "1", "mg/dL"), 88);
        assert_eq!(point("pco2", "40", "mm[Hg]"), 53);
        assert_eq!(point("base_excess", "-2.25", "mmol/L"), -22);
        assert_eq!(point("base_excess", "-2.35", "mmol/L"), -24);
        assert_eq!(point("glucose", "6.3e0", "mmol/L"), 630);
        assert_eq!(point("glucose", "1E1", "mmol/L"), 1_000);
    }

    #[test]
    fn t18_a_unit_of_another_quantity_or_spelling_is_refused() {
        for (field, unit) in [
            ("glucose", "mmol/l"),
            ("glucose", "g/L"),
            ("bicarbonate", "mg/dL"),
            ("hemoglobin", "mmol/L"),
            ("systolic", "kPa"),
            ("heart_rate", ""),
        ] {
            assert_eq!(read(field, "1", unit, None), Err(Refusal::Unit), "{field} {unit}");
        }
    }

    #[test]
    fn t18_a_comparator_makes_an_interval() {
        assert_eq!(read("glucose", "5", "mmol/L", Some("<")), Ok((0, 499)));
        assert_eq!(read("glucose", "5", "mmol/L", Some("<=")), Ok((0, 500)));
        assert_eq!(read("glucose", "5", "mmol/L", Some(">=")), Ok((500, 10_000)));
        assert_eq!(read("glucose", "5", "mmol/L", Some(">")), Ok((501, 10_000)));
        assert_eq!(read("glucose", "5.001", "mmol/L", Some("<")), Ok((0, 500)));
        assert_eq!(read("glucose", "5.001", "mmol/L", Some(">")), Ok((500, 10_000)));
        assert_eq!(read("glucose", "5.009", "mmol/L", Some("<")), Ok((0, 501)));
        assert_eq!(read("glucose", "5.009", "mmol/L", Some(">=")), Ok((501, 10_000)));
        assert_eq!(read("glucose", "0", "mmol/L", Some("<")), Err(Refusal::OutOfBounds));
        assert_eq!(read("glucose", "5", "mmol/L", Some("~")), Err(Refusal::Value));
    }

    /// Off the grid, a comparator's interval is exactly what would be stored for what it allows.
    #[test]
    fn t18_a_limit_off_the_grid_holds_exactly_what_would_be_stored() {
        let text = |x: i64| format!("{}.{:04}", x / 10_000, x % 10_000);
        let stored = |x: i64| read("glucose", &text(x), "mmol/L", None).unwrap().0;
        // Neither on the grid of hundredths nor half-way between two of them.
        for limit in (49_910..=50_090).step_by(10).filter(|limit| limit % 50 != 0) {
            for (op, allows) in [
                ("<", (|x, limit| x < limit) as fn(i64, i64) -> bool),
                ("<=", |x, limit| x <= limit),
                (">=", |x, limit| x >= limit),
                (">", |x, limit| x > limit),
            ] {
                let (lo, hi) = read("glucose", &text(limit), "mmol/L", Some(op)).unwrap();
                let allowed = (49_700..=50_300).filter(|x| allows(*x, limit)).map(stored);
                let (least, most) = (allowed.clone().min().unwrap(), allowed.max().unwrap());
                let is_upper = op.starts_with('<');
                let expected = if is_upper { (0, most) } else { (least, 10_000) };
                assert_eq!((lo, hi), expected, "{op} {limit}");
            }
        }
    }

    #[test]
    fn hostile_numbers_are_refused() {
        for number in [
            "",
            "-",
            "1e400",
            "1e99999999999",
            "99999999999999999999e20",
            "123456789012345678901",
            "1.2.3",
            "NaN",
        ] {
            assert!(read("glucose", number, "mmol/L", None).is_err(), "{number}");
        }
        let tiny = read("glucose", "1e-18", "mmol/L", None);
        assert_eq!(tiny, Ok((0, 0)));
    }
}
