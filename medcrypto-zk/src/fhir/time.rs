//! FHIR dates and times: partial dates are intervals, times are ordered by instant.

use crate::schema::Date;

/// First and last day of `YYYY`, `YYYY-MM` or `YYYY-MM-DD`: `None` if it is none of these,
/// `Some(None)` if its year is outside the calendar of a record.
pub(super) fn dates(text: &str) -> Option<Option<(Date, Date)>> {
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    let year = text.get(..4).and_then(|year| year.parse::<u16>().ok());
    let month = text.get(5..7).and_then(|month| month.parse::<u8>().ok());
    if year.is_some_and(|year| !(1900..2200).contains(&year)) {
        return matches!(shape.as_str(), "9999" | "9999-99" | "9999-99-99").then_some(None);
    }
    let dates = match shape.as_str() {
        "9999" => (Date::new(year?, 1, 1)?, Date::new(year?, 12, 31)?),
        "9999-99" => Date::month(year?, month?)?,
        "9999-99-99" => (Date::parse(text)?, Date::parse(text)?),
        _ => return None,
    };
    Some(Some(dates))
}

/// An instant, ordered by time first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Instant<'a> {
    /// Seconds from 1900-01-01T00:00Z.
    pub(super) seconds: i64,
    /// Digits of the fraction of a second without trailing zeros: their order is the numbers'.
    pub(super) fraction: &'a str,
    /// First day that the text allows, on the calendar of its own time zone.
    pub(super) first_day: Date,
}

/// The earliest instant that the text allows. A date alone is taken at midnight UTC.
pub(super) fn instant(text: &str) -> Option<Instant<'_>> {
    let Some((date, rest)) = text.split_once('T') else {
        let first_day = dates(text)??.0;
        return Some(Instant { seconds: first_day.day_number() * 86_400, fraction: "", first_day });
    };
    let zone_at = rest.find(['Z', '+', '-'])?;
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let first_day = Date::parse(date)?;
    let (second, fraction) = clock_time(clock)?;
    let seconds = first_day.day_number() * 86_400 + second - offset(zone)?;
    Some(Instant { seconds, fraction, first_day })
}

/// `hh:mm:ss`, or `hh:mm:ss.` and digits: the second of the day and its fraction.
fn clock_time(clock: &str) -> Option<(i64, &str)> {
    let Some((whole, fraction)) = clock.split_once('.') else { return Some((seconds(clock)?, "")) };
    let is_number = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some((seconds(whole)?, fraction.trim_end_matches('0')))
}

/// `hh:mm:ss`.
fn seconds(clock: &str) -> Option<i64> {
    let mut parts = clock.split(':').map(two_digits);
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next()??);
    let is_time = hour < 24 && minute < 60 && second <= 60 && parts.next().is_none();
    is_time.then_some(hour * 3_600 + minute * 60 + second)
}

/// `Z` or `±hh:mm`, in seconds.
fn offset(zone: &str) -> Option<i64> {
    if zone == "Z" {
        return Some(0);
    }
    let (sign, rest) = zone.split_at_checked(1)?;
    let (hour, minute) = rest.split_once(':')?;
    let (hour, minute) = (two_digits(hour)?, two_digits(minute)?);
    let seconds = (hour <= 14 && minute < 60).then_some(hour * 3_600 + minute * 60)?;
    match sign {
        "+" => Some(seconds),
        "-" => Some(-seconds),
        _ => None,
    }
}

fn two_digits(text: &str) -> Option<i64> {
    let is_plain = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit());
    is_plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::dates;
    use crate::schema::Date;

    #[test]
    fn t18_partial_dates_are_intervals() {
        let span = |text: &str| dates(text).unwrap().map(|(a, b)| (a.to_string(), b.to_string()));
        let both = |a: &str, b: &str| Some((a.to_string(), b.to_string()));
        assert_eq!(span("1980"), both("1980-01-01", "1980-12-31"));
        assert_eq!(span("1980-02"), both("1980-02-01", "1980-02-29"));
        assert_eq!(span("1981-02"), both("1981-02-01", "1981-02-28"));
        assert_eq!(span("1980-02-29"), both("1980-02-29", "1980-02-29"));
        assert_eq!((span("1899"), span("2200-01"), span("0001-01-01")), (None, None, None));
        for bad in
            ["", "198", "1980-", "1980-13", "1980-02-30", "+980", "1980-2-1", "1980-02-01T", "é980"]
        {
            assert_eq!(dates(bad), None, "{bad}");
        }
    }

    #[test]
    fn t18_instants_are_ordered_by_utc() {
        let instant = |text| super::instant(text).map(|at| at.seconds);
        assert_eq!(instant("1900-01-01"), Some(0));
        assert_eq!(instant("1900-01"), Some(0));
        assert_eq!(instant("1900-01-02T00:00:01Z"), Some(86_401));
        assert_eq!(instant("1900-01-02T00:00:01.999Z"), Some(86_401));
        assert_eq!(instant("1900-01-02T01:00:00+01:00"), Some(86_400));
        assert_eq!(instant("1900-01-01T23:30:00-00:30"), Some(86_400));
        let day = Date::new(2013, 4, 2).unwrap().day_number();
        let clock = 8 * 3_600 + 30 * 60 + 10;
        assert_eq!(instant("2013-04-02T09:30:10+01:00"), Some(day * 86_400 + clock));
        for bad in [
            "2013-04-02T09:30:10",
            "2013-04-02T09:30Z",
            "2013-04-02T24:00:00Z",
            "2013-04-02T09:60:00Z",
            "2013-04-02T09:30:10+1:00",
            "2013-04-02T09:30:10+15:00",
            "2013-04-02T09:30:10Zulu",
            "2013-04T09:30:10Z",
            "T",
            "2013-04-02T9:30:10Z",
            "2013-04-02T09:30:10.Z",
            "2013-04-02T09:30:10.xZ",
            "2013-04-02T09:30:10.5.5Z",
        ] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }

    #[test]
    fn t18_fractions_of_a_second_are_compared_as_numbers() {
        let instant = |fraction: &str| {
            let text = format!("2013-04-02T09:30:10{fraction}Z");
            super::instant(&text).map(|at| (at.seconds, at.fraction.to_string())).unwrap()
        };
        let rising = ["", ".01", ".1", ".12", ".9", ".99999999999999999999999"];
        assert!(rising.is_sorted_by(|a, b| instant(a) < instant(b)));
        assert_eq!(instant(".100"), instant(".1"));
        assert_eq!(instant(".0"), instant(""));
    }
}
