//! The proleptic Gregorian calendar: dates and times of day without a zone.
//!
//! Done by hand and not through jiff because it runs once per event, and because it has to hold
//! the last day of the year 9999, which jiff's instants do not.

use jiff::tz::AmbiguousOffset;

use super::{DAY, SECOND, Time, TimeZone};

/// A date and time of day as a clock on the wall shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Civil {
    /// The year, 0 to 9999 (one more at either end in a zone east or west of UTC).
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u8,
    /// The day of the month, 1 to 31.
    pub day: u8,
    /// The hour, 0 to 23.
    pub hour: u8,
    /// The minute, 0 to 59.
    pub minute: u8,
    /// The second, 0 to 59; 60 in a leap second, which counts as the first of the next minute.
    pub second: u8,
    /// Microseconds, 0 to 999,999.
    pub micro: u32,
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Month 1 to 12; a day past the end of
/// its month runs on into the next.
#[must_use]
pub const fn days_from_civil(year: i64, month: u8, day: u8) -> i64 {
    // Years begin in March here, so that a leap day is the last day of its year.
    let (month, day) = (month as i64, day as i64);
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The date (year, month, day) that many days after 1970-01-01.
#[must_use]
pub const fn civil_from_days(days: i64) -> (i64, u8, u8) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let doe = days.rem_euclid(146_097);
    let year_of_era = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let day_of_year = doe - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let mp = (5 * day_of_year + 2) / 153;
    let day = (day_of_year - (153 * mp + 2) / 5 + 1) as u8;
    let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u8;
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

/// The number of days in a month (1 to 12; anything else has none).
#[must_use]
pub const fn days_in_month(year: i64, month: u8) -> u8 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 0,
    }
}

/// The weekday of a day number: 0 is Sunday.
#[must_use]
pub const fn weekday_of(days: i64) -> u8 {
    (days + 4).rem_euclid(7) as u8
}

impl Civil {
    /// Midnight of a date, or `None` when the calendar has no such day or the year is not 0 to
    /// 9999.
    #[must_use]
    pub fn date(year: i64, month: u8, day: u8) -> Option<Civil> {
        if !(0..=9999).contains(&year) || day == 0 || day > days_in_month(year, month) {
            return None;
        }
        let year = year as i32;
        Some(Civil { year, month, day, hour: 0, minute: 0, second: 0, micro: 0 })
    }

    /// The same date at another time of day; `None` for 24:00, 61 seconds and the like.
    #[must_use]
    pub fn at(self, hour: u8, minute: u8, second: u8, micro: u32) -> Option<Civil> {
        let right = hour < 24 && minute < 60 && second <= 60 && micro < 1_000_000;
        right.then_some(Civil { hour, minute, second, micro, ..self })
    }

    /// What the clocks of a zone show at an instant.
    #[must_use]
    pub fn in_zone(time: Time, tz: &TimeZone) -> Civil {
        Civil::from_local(time.as_micros() + i64::from(offset_at(time, tz)) * SECOND)
    }

    /// From microseconds since 1970-01-01 00:00:00 on the wall.
    pub(super) fn from_local(micros: i64) -> Civil {
        let (year, month, day) = civil_from_days(micros.div_euclid(DAY));
        let rest = micros.rem_euclid(DAY);
        let secs = rest / SECOND;
        Civil {
            year: year as i32,
            month,
            day,
            hour: (secs / 3600) as u8,
            minute: (secs / 60 % 60) as u8,
            second: (secs % 60) as u8,
            micro: (rest % SECOND) as u32,
        }
    }

    /// Microseconds since 1970-01-01 00:00:00 on the wall.
    pub(super) fn to_local(self) -> i64 {
        let secs =
            i64::from(self.hour) * 3600 + i64::from(self.minute) * 60 + i64::from(self.second);
        self.days().saturating_mul(DAY).saturating_add(secs * SECOND + i64::from(self.micro))
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub fn days(self) -> i64 {
        days_from_civil(i64::from(self.year), self.month, self.day)
    }

    /// The weekday: 0 is Sunday, 6 is Saturday.
    #[must_use]
    pub fn weekday(self) -> u8 {
        weekday_of(self.days())
    }

    /// The day of the year, 1 to 366.
    #[must_use]
    pub fn day_of_year(self) -> u16 {
        (self.days() - days_from_civil(i64::from(self.year), 1, 1) + 1) as u16
    }

    /// The ISO 8601 year and week: weeks begin on Monday, week 1 holds the first Thursday.
    #[must_use]
    pub fn iso_week(self) -> (i64, u8) {
        let days = self.days();
        let thursday = days - (days + 3).rem_euclid(7) + 3;
        let (year, _, _) = civil_from_days(thursday);
        (year, ((thursday - days_from_civil(year, 1, 1)) / 7 + 1) as u8)
    }

    /// The instant at a fixed distance east of UTC, in seconds.
    #[must_use]
    pub fn at_offset(self, seconds_east: i32) -> Option<Time> {
        let east = i64::from(seconds_east) * SECOND;
        self.to_local().checked_sub(east).and_then(Time::from_micros)
    }

    /// The instant in a zone. A time that the clocks skip moves on by the length of the gap; of
    /// one that they show twice the first is meant (RFC 5545, as jiff's "compatible").
    #[must_use]
    pub fn in_tz(self, tz: &TimeZone) -> Option<Time> {
        self.at_offset(local_offsets(self, tz).0)
    }
}

/// Seconds east of UTC in a zone at an instant.
pub(super) fn offset_at(time: Time, tz: &TimeZone) -> i32 {
    tz.to_offset(time.to_jiff()).seconds()
}

/// The offsets that a wall-clock time may have: before and after a transition that makes it
/// ambiguous or skips it, twice the same otherwise.
pub(super) fn local_offsets(civil: Civil, tz: &TimeZone) -> (i32, i32) {
    // Once more through the count of microseconds: a leap second becomes the next minute.
    let c = Civil::from_local(civil.to_local());
    let year = c.year.clamp(-9999, 9999) as i16;
    let (month, day) = (c.month as i8, c.day as i8);
    let (hour, minute, second) = (c.hour as i8, c.minute as i8, c.second as i8);
    let nanos = c.micro as i32 * 1000;
    match jiff::civil::DateTime::new(year, month, day, hour, minute, second, nanos) {
        Ok(datetime) => match tz.to_ambiguous_timestamp(datetime).offset() {
            AmbiguousOffset::Unambiguous { offset } => (offset.seconds(), offset.seconds()),
            AmbiguousOffset::Gap { before, after } | AmbiguousOffset::Fold { before, after } => {
                (before.seconds(), after.seconds())
            }
        },
        // Only the day after the year 9999 gets here, by the clamp above.
        Err(_) => {
            let offset = offset_at(Time::MAX, tz);
            (offset, offset)
        }
    }
}
