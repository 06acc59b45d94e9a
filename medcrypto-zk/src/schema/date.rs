//! Calendar dates: proleptic Gregorian, days counted from 1900-01-01, years 1900 to 2199.
//!
//! ```text
//! cutoff(D, Y)   the same day Y years before D; 29 February becomes 28 February
//! age on D ≥ Y   ⇔   born ≤ cutoff(D, Y)
//! age on D ≤ Y   ⇔   born > cutoff(D, Y + 1)
//! ```
//!
//! No clock and no time zone: a date is three numbers, and "today" is what the requirement names.

use core::fmt;

/// A calendar date from 1900-01-01 to 2199-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

impl Date {
    /// Day number of 2199-12-31.
    pub const MAX_DAY: i64 = 109_572;

    /// The date, if it exists and lies in the range.
    #[must_use]
    pub const fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_date = 1900 <= year
            && year <= 2199
            && 1 <= month
            && month <= 12
            && 1 <= day
            && day <= days_in_month(year, month);
        if is_date { Some(Self { year, month, day }) } else { None }
    }

    /// Reads `YYYY-MM-DD`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let widths = (year.len(), month.len(), day.len()) == (4, 2, 2);
        let digits = text.bytes().all(|b| b == b'-' || b.is_ascii_digit());
        if !widths || !digits || parts.next().is_some() {
            return None;
        }
        Self::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    }

    /// Year, month and day.
    #[must_use]
    pub const fn ymd(self) -> (u16, u8, u8) {
        (self.year, self.month, self.day)
    }

    /// Days since 1900-01-01.
    #[must_use]
    pub fn day_number(self) -> i64 {
        day_number(i64::from(self.year), i64::from(self.month), i64::from(self.day))
    }

    /// The date of a day number between 0 and [`MAX_DAY`](Self::MAX_DAY).
    #[must_use]
    pub fn from_day_number(number: i64) -> Option<Self> {
        if !(0..=Self::MAX_DAY).contains(&number) {
            return None;
        }
        // No year is longer than 366 days, so this year is at most the right one.
        let mut year = u16::try_from(1900 + number / 366).ok()?;
        while day_number(i64::from(year) + 1, 1, 1) <= number {
            year += 1;
        }
        let mut rest = number - day_number(i64::from(year), 1, 1);
        let mut month = 1;
        while rest >= i64::from(days_in_month(year, month)) {
            rest -= i64::from(days_in_month(year, month));
            month += 1;
        }
        Self::new(year, month, u8::try_from(rest + 1).ok()?)
    }

    /// Day number of the same day `years` earlier, 29 February becoming 28 February; negative
    /// before 1900.
    #[must_use]
    pub fn cutoff(self, years: u16) -> i64 {
        let year = i64::from(self.year) - i64::from(years);
        let is_leap_day = (self.month, self.day) == (2, 29);
        let day = if is_leap_day && !is_leap(year) { 28 } else { i64::from(self.day) };
        day_number(year, i64::from(self.month), day)
    }

    /// First and last day of a month.
    #[must_use]
    pub const fn month(year: u16, month: u8) -> Option<(Self, Self)> {
        let first = Self::new(year, month, 1);
        match first {
            Some(first) => Some((first, Self { day: days_in_month(year, month), ..first })),
            None => None,
        }
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_in_month(year: u16, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year as i64) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days from 1900-01-01 to a date of the proleptic Gregorian calendar.
///
/// Years are counted from March, so that the leap day is the last one; the months from March on
/// then start at ⌊(153·m + 2)/5⌋, m = 0 for March.
const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    const OF_1900_01_01: i64 = 693_902;
    let (y, m) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leaps = y.div_euclid(4) - y.div_euclid(100) + y.div_euclid(400);
    y * 365 + leaps + (153 * m + 2) / 5 + day - OF_1900_01_01
}

#[cfg(test)]
mod tests {
    use super::Date;

    #[test]
    fn every_day_has_one_number_and_the_next_one_follows() {
        let mut previous = None;
        for number in 0..=Date::MAX_DAY {
            let date = Date::from_day_number(number).unwrap();
            assert_eq!(date.day_number(), number);
            assert_eq!(Date::parse(&date.to_string()), Some(date));
            assert!(previous < Some(date));
            previous = Some(date);
        }
        assert_eq!(previous, Date::new(2199, 12, 31));
        assert_eq!(Date::from_day_number(0), Date::new(1900, 1, 1));
        assert_eq!(Date::from_day_number(-1), None);
        assert_eq!(Date::from_day_number(Date::MAX_DAY + 1), None);
    }

    #[test]
    fn known_days() {
        // 1970-01-01 is day 25567, 2000-03-01 is 36584 (RFC 3339 day counts minus 1900-01-01).
        let day = |text| Date::parse(text).unwrap().day_number();
        assert_eq!((day("1900-01-02"), day("1900-03-01"), day("1904-03-01")), (1, 59, 1520));
        assert_eq!(
            (day("1970-01-01"), day("2000-03-01"), day("1944-11-17")),
            (25_567, 36_584, 16_391)
        );
    }

    #[test]
    fn only_dates_of_the_range_parse() {
        for text in ["1900-02-29", "2001-02-29", "2000-00-01", "2000-13-01", "2000-04-31"] {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        for text in
            ["1899-12-31", "2200-01-01", "2000-1-01", "2000-01-01Z", "2000/01/01", "+200-01-01"]
        {
            assert_eq!(Date::parse(text), None, "{text}");
        }
        assert!(Date::parse("2000-02-29").is_some());
    }

    #[test]
    fn t18_a_cutoff_on_the_leap_day_falls_back_to_february_28() {
        let cutoff = |text, years| Date::parse(text).unwrap().cutoff(years);
        let day = |text| Date::parse(text).unwrap().day_number();
        assert_eq!(cutoff("2024-02-29", 4), day("2020-02-29"));
        assert_eq!(cutoff("2024-02-29", 1), day("2023-02-28"));
        assert_eq!(cutoff("2000-02-29", 100), day("1900-02-28"));
        assert_eq!(cutoff("1900-01-01", 1), -365);
    }
}
