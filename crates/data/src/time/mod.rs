//! Time as SPL sees it: `_time`, its text forms, calendars, modifiers and spans.
//!
//! Nothing here reads a clock or the system's zone: `now` and the time zone are arguments, so a
//! run can be repeated. No function panics, whatever the text or the number; what does not fit
//! into the years 0 to 9999 is `None`.

pub mod calendar;
pub mod civil;
mod cursor;
mod duration;
pub mod fields;
pub mod modifiers;
mod names;
mod recognize;
pub mod span;
mod stamp;
mod strftime;
mod strptime;
mod unit;
mod zone;

#[cfg(test)]
mod tests;

use std::fmt;
use std::ops::Range;

pub use civil::Civil;
pub use duration::duration_text;
pub use jiff::tz::TimeZone;
pub use modifiers::{Modifier, parse_modifier, parse_modifier_with};
pub use recognize::{
    MAX_TIMESTAMP_LOOKAHEAD, parse_epoch, parse_explicit, parse_value, recognize,
    recognize_prefixed,
};
pub use span::{Span, floor_to_span, next_bin, parse_span};
pub use strftime::strftime;
pub use strptime::strptime;
pub use unit::{Snap, Unit};
pub use zone::zone;

/// Microseconds in a second.
pub(crate) const SECOND: i64 = 1_000_000;
/// Microseconds in a day of 24 hours.
pub(crate) const DAY: i64 = 86_400 * SECOND;

/// An instant: whole microseconds since 1970-01-01 00:00:00 UTC, years 0 to 9999.
///
/// Microseconds are what Splunk keeps of `_time`; they leave room for the dates far in the future
/// (9999-12-31) that exception lists and certificates use for "never", which nanoseconds in 64
/// bits do not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// 1970-01-01 00:00:00 UTC.
    pub const EPOCH: Time = Time(0);
    /// The oldest instant: a day before the year 0, so that every zone has all of that year.
    pub const MIN: Time = Time((civil::days_from_civil(0, 1, 1) - 1) * DAY);
    /// The newest instant: a day after the year 9999, for the same reason.
    pub const MAX: Time = Time((civil::days_from_civil(10_000, 1, 1) + 1) * DAY - 1);

    /// From microseconds since the epoch; `None` outside [`Time::MIN`] to [`Time::MAX`].
    #[must_use]
    pub const fn from_micros(micros: i64) -> Option<Time> {
        if micros < Time::MIN.0 || micros > Time::MAX.0 { None } else { Some(Time(micros)) }
    }

    /// From nanoseconds since the epoch, rounded down to microseconds.
    #[must_use]
    pub fn from_nanos(nanos: i128) -> Option<Time> {
        i64::try_from(nanos.div_euclid(1000)).ok().and_then(Time::from_micros)
    }

    /// From whole seconds since the epoch.
    #[must_use]
    pub fn from_secs(secs: i64) -> Option<Time> {
        secs.checked_mul(SECOND).and_then(Time::from_micros)
    }

    /// From seconds since the epoch as SPL's numbers hold them, rounded to the nearest
    /// microsecond (a double near today is exact to a quarter of one). `None` for what is not a
    /// number or out of range.
    #[must_use]
    pub fn from_secs_f64(secs: f64) -> Option<Time> {
        let micros = (secs * 1e6).round();
        // Both bounds are far inside what i64 holds, so the cast below cannot saturate.
        if micros >= Time::MIN.0 as f64 && micros <= Time::MAX.0 as f64 {
            Time::from_micros(micros as i64)
        } else {
            None
        }
    }

    /// Microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, rounded down.
    #[must_use]
    pub const fn as_secs(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// Seconds since the epoch as a double: the one nearest to the exact value, so that it prints
    /// as [`Time::epoch_text`] does.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The microseconds within the second, 0 to 999,999.
    #[must_use]
    pub const fn subsec_micros(self) -> u32 {
        self.0.rem_euclid(SECOND) as u32
    }

    /// The text of `_time` as epoch seconds: up to six decimals, no trailing zeros, no point when
    /// whole (`1700000000.123`, `1700000000`, `-0.5`).
    #[must_use]
    pub fn epoch_text(self) -> String {
        self.to_string()
    }

    /// This instant plus `micros`, or `None` when the sum is out of range.
    #[must_use]
    pub fn checked_add_micros(self, micros: i64) -> Option<Time> {
        self.0.checked_add(micros).and_then(Time::from_micros)
    }

    /// The same instant for jiff, which ends a little earlier at both ends: there its last one.
    fn to_jiff(self) -> jiff::Timestamp {
        let edge = if self.0 < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(edge)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let whole = self.0.unsigned_abs() / SECOND.unsigned_abs();
        let mut fraction = self.0.unsigned_abs() % SECOND.unsigned_abs();
        if fraction == 0 {
            return write!(f, "{sign}{whole}");
        }
        let mut width = 6;
        while fraction.is_multiple_of(10) {
            fraction /= 10;
            width -= 1;
        }
        write!(f, "{sign}{whole}.{fraction:0width$}")
    }
}

/// Why a text is no time modifier, span or time zone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}, expected {expected}")]
pub struct TimeError {
    /// What is wrong, in one clause without a full stop.
    pub message: String,
    /// What would have been right at that place.
    pub expected: &'static str,
    /// The bytes of the given text that the message is about; empty at its end.
    pub span: Range<usize>,
}

impl TimeError {
    fn new(message: impl Into<String>, expected: &'static str, span: Range<usize>) -> TimeError {
        TimeError { message: message.into(), expected, span }
    }
}
