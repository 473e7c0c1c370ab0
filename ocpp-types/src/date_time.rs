//! Date-times as OCPP writes them: RFC 3339, in UTC, with at most milliseconds.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

const MILLIS_PER_SECOND: i64 = 1_000;
const SECONDS_PER_DAY: i64 = 86_400;
/// Days from 0000-03-01 to 1970-01-01 in the proleptic Gregorian calendar.
const EPOCH_SHIFT_DAYS: i64 = 719_468;

/// An instant in UTC with millisecond resolution, between the years 0000 and 9999.
///
/// Reads every date-time that RFC 3339 allows (offsets are converted to UTC, digits beyond milliseconds are cut off, a
/// leap second is the first instant of the next minute) and writes `2024-05-15T12:00:00Z` or, when there is a fraction,
/// `2024-05-15T12:00:00.250Z`, as OCPP-J recommends.
///
/// ```
/// use ocpp_types::DateTime;
///
/// let at: DateTime = "2024-05-15T14:00:00.25+02:00".parse()?;
/// assert_eq!(at.to_string(), "2024-05-15T12:00:00.250Z");
/// assert_eq!(at.unix_millis(), 1_715_774_400_250);
/// # Ok::<(), ocpp_types::InvalidDateTime>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DateTime(i64);

/// The text is not an RFC 3339 date-time, or the instant lies outside the years 0000 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidDateTime;

impl fmt::Display for InvalidDateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an RFC 3339 date-time between the years 0000 and 9999")
    }
}

impl core::error::Error for InvalidDateTime {}

impl DateTime {
    /// 0000-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_167_219_200_000);
    /// 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self(253_402_300_799_999);
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self(0);

    /// The instant `millis` milliseconds after 1970-01-01T00:00:00Z; `None` outside the years 0000 to 9999.
    #[must_use]
    pub const fn from_unix_millis(millis: i64) -> Option<Self> {
        if millis < Self::MIN.0 || millis > Self::MAX.0 {
            None
        } else {
            Some(Self(millis))
        }
    }

    /// Milliseconds since 1970-01-01T00:00:00Z, negative before it.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    #[must_use]
    pub const fn unix_seconds(self) -> i64 {
        self.0.div_euclid(MILLIS_PER_SECOND)
    }

    /// This instant moved by `millis`, kept within [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    #[must_use]
    pub const fn saturating_add_millis(self, millis: i64) -> Self {
        match Self::from_unix_millis(self.0.saturating_add(millis)) {
            Some(moved) => moved,
            None if millis < 0 => Self::MIN,
            None => Self::MAX,
        }
    }

    /// Milliseconds from `earlier` to this instant, negative when `earlier` is later.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }

    /// Writes the RFC 3339 text into `buffer` and returns it.
    pub(crate) fn write_to(self, buffer: &mut [u8; 24]) -> &str {
        let seconds = self.unix_seconds();
        let millis = self.0.rem_euclid(MILLIS_PER_SECOND);
        let (year, month, day) = civil_from_days(seconds.div_euclid(SECONDS_PER_DAY));
        let of_day = seconds.rem_euclid(SECONDS_PER_DAY);
        buffer.copy_from_slice(b"0000-00-00T00:00:00.000Z");
        let mut put = |at: usize, digits: usize, mut value: i64| {
            for slot in buffer[at..at + digits].iter_mut().rev() {
                *slot = b'0' + (value % 10) as u8;
                value /= 10;
            }
        };
        put(0, 4, year);
        put(5, 2, month);
        put(8, 2, day);
        put(11, 2, of_day / 3_600);
        put(14, 2, of_day / 60 % 60);
        put(17, 2, of_day % 60);
        put(20, 3, millis);
        let length = if millis == 0 {
            buffer[19] = b'Z';
            20
        } else {
            24
        };
        core::str::from_utf8(&buffer[..length]).unwrap_or_default()
    }
}

impl FromStr for DateTime {
    type Err = InvalidDateTime;

    fn from_str(text: &str) -> Result<Self, InvalidDateTime> {
        parse(text.as_bytes()).ok_or(InvalidDateTime)
    }
}

/// `YYYY-MM-DDThh:mm:ss[.fraction](Z|±hh:mm)`, the production `date-time` of RFC 3339 section 5.6.
fn parse(text: &[u8]) -> Option<DateTime> {
    if text.len() < 20 {
        return None;
    }
    let (head, mut rest) = text.split_at(19);
    let separators = [(4, b'-'), (7, b'-'), (13, b':'), (16, b':')];
    if separators.iter().any(|&(at, byte)| head[at] != byte) || !matches!(head[10], b'T' | b't') {
        return None;
    }
    let year = digits(&head[0..4])?;
    let month = digits(&head[5..7])?;
    let day = digits(&head[8..10])?;
    let hour = digits(&head[11..13])?;
    let minute = digits(&head[14..16])?;
    let second = digits(&head[17..19])?;
    if !(1..=12).contains(&month)
        || day < 1
        || day > days_in_month(year, month)
        || hour > 23
        || minute > 59
        || second > 60
    {
        return None;
    }

    let mut millis = 0;
    if let Some(fraction) = rest.strip_prefix(b".") {
        let length = fraction
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        if length == 0 {
            return None;
        }
        let padded = fraction[..length].iter().chain(b"000");
        millis = padded
            .take(3)
            .fold(0, |millis, byte| millis * 10 + i64::from(byte - b'0'));
        rest = &fraction[length..];
    }

    let offset_minutes = match rest {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let hours = digits(&[*h1, *h2])?;
            let minutes = digits(&[*m1, *m2])?;
            if hours > 23 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * if *sign == b'-' { -1 } else { 1 }
        }
        _ => return None,
    };

    let minutes = hour * 60 + minute - offset_minutes;
    // A leap second exists only as the last second of a UTC day (RFC 3339 section 5.7).
    if second == 60 && minutes.rem_euclid(24 * 60) != 24 * 60 - 1 {
        return None;
    }
    let seconds = days_from_civil(year, month, day) * SECONDS_PER_DAY + minutes * 60 + second;
    DateTime::from_unix_millis(seconds * MILLIS_PER_SECOND + millis)
}

fn digits(text: &[u8]) -> Option<i64> {
    let mut value = 0;
    for byte in text {
        if !byte.is_ascii_digit() {
            return None;
        }
        value = value * 10 + i64::from(byte - b'0');
    }
    Some(value)
}

fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since the epoch of a date of the proleptic Gregorian calendar. Years begin in March so that the leap day is the
/// last of its year, and 400 years are one full cycle of 146,097 days.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let cycle = year.div_euclid(400);
    let year_of_cycle = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_cycle = year_of_cycle * 365 + year_of_cycle / 4 - year_of_cycle / 100 + day_of_year;
    cycle * 146_097 + day_of_cycle - EPOCH_SHIFT_DAYS
}

/// The inverse of [`days_from_civil`].
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + EPOCH_SHIFT_DAYS;
    let cycle = days.div_euclid(146_097);
    let day_of_cycle = days.rem_euclid(146_097);
    let year_of_cycle = (day_of_cycle - day_of_cycle / 1_460 + day_of_cycle / 36_524
        - day_of_cycle / 146_096)
        / 365;
    let day_of_year =
        day_of_cycle - (365 * year_of_cycle + year_of_cycle / 4 - year_of_cycle / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    let year = year_of_cycle + cycle * 400 + i64::from(month <= 2);
    (year, month, day)
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.write_to(&mut [0; 24]))
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.write_to(&mut [0; 24]))
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = DateTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 date-time")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Visitor)
    }
}

/// Conversions for programs that use chrono.
#[cfg(feature = "chrono")]
mod with_chrono {
    use super::{DateTime, InvalidDateTime};

    impl TryFrom<chrono::DateTime<chrono::Utc>> for DateTime {
        type Error = InvalidDateTime;

        fn try_from(value: chrono::DateTime<chrono::Utc>) -> Result<Self, InvalidDateTime> {
            Self::from_unix_millis(value.timestamp_millis()).ok_or(InvalidDateTime)
        }
    }

    impl From<DateTime> for chrono::DateTime<chrono::Utc> {
        fn from(value: DateTime) -> Self {
            // Every DateTime lies within chrono's range of ±262,000 years.
            Self::from_timestamp_millis(value.0).unwrap_or_default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn reads_every_form_of_rfc_3339() {
        for (text, written) in [
            ("2024-05-15T12:00:00Z", "2024-05-15T12:00:00Z"),
            ("2024-05-15t12:00:00z", "2024-05-15T12:00:00Z"),
            ("2024-05-15T12:00:00+00:00", "2024-05-15T12:00:00Z"),
            ("2024-05-15T12:00:00-00:00", "2024-05-15T12:00:00Z"),
            ("2024-05-15T14:30:00+02:30", "2024-05-15T12:00:00Z"),
            ("2024-12-31T23:30:00-01:00", "2025-01-01T00:30:00Z"),
            ("2024-02-29T00:00:00.1234567Z", "2024-02-29T00:00:00.123Z"),
            ("2024-05-15T12:00:00.5Z", "2024-05-15T12:00:00.500Z"),
            ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ] {
            let parsed: DateTime = text.parse().unwrap_or_else(|_| panic!("{text} refused"));
            assert_eq!(parsed.to_string(), written, "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "2024-05-15",
            "2024-05-15T12:00:00",
            "2024-05-15 12:00:00Z",
            "2024-05-15T12:00:00+02",
            "2024-05-15T12:00:00+0200",
            "2024-05-15T12:00:00.Z",
            "2024-05-15T12:00Z",
            "2024-02-30T00:00:00Z",
            "2023-02-29T00:00:00Z",
            "2024-13-01T00:00:00Z",
            "2024-00-01T00:00:00Z",
            "2024-01-00T00:00:00Z",
            "2024-05-15T24:00:00Z",
            "2024-05-15T12:60:00Z",
            "2024-05-15T12:00:60Z",
            "2024-05-15T12:00:61Z",
            "2024-05-15T12:00:00+24:00",
            "2024-05-15T12:00:00Z ",
            "+024-05-15T12:00:00Z",
            "0000-01-01T00:00:00+01:00",
            "2024-05-15T12:00:00\u{661}Z",
        ] {
            assert_eq!(text.parse::<DateTime>(), Err(InvalidDateTime), "{text}");
        }
    }

    #[test]
    fn every_day_of_the_calendar_survives() {
        let mut expected = DateTime::MIN.unix_seconds().div_euclid(SECONDS_PER_DAY);
        for year in 0..=9999 {
            for month in 1..=12 {
                for day in 1..=days_in_month(year, month) {
                    assert_eq!(days_from_civil(year, month, day), expected);
                    assert_eq!(civil_from_days(expected), (year, month, day));
                    expected += 1;
                }
            }
        }
        assert_eq!(
            expected - 1,
            DateTime::MAX.unix_seconds().div_euclid(SECONDS_PER_DAY)
        );
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(DateTime::MAX.saturating_add_millis(i64::MAX), DateTime::MAX);
        assert_eq!(DateTime::MIN.saturating_add_millis(i64::MIN), DateTime::MIN);
        assert_eq!(
            DateTime::UNIX_EPOCH
                .saturating_add_millis(-1)
                .unix_seconds(),
            -1
        );
        assert_eq!(DateTime::from_unix_millis(i64::MAX), None);
    }
}
