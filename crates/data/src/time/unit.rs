//! Units of time as spans and time modifiers name them.

use super::SECOND;

/// A unit of time. Up to the hour it has a fixed length; from the day on it follows the calendar
/// of the time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// `us`
    Microsecond,
    /// `ms`
    Millisecond,
    /// `cs`, a hundredth of a second
    Centisecond,
    /// `ds`, a tenth of a second
    Decisecond,
    /// `s`, `sec`, `secs`, `second`, `seconds`
    Second,
    /// `m`, `min`, `mins`, `minute`, `minutes`
    Minute,
    /// `h`, `hr`, `hrs`, `hour`, `hours`
    Hour,
    /// `d`, `day`, `days`
    Day,
    /// `w`, `week`, `weeks`
    Week,
    /// `mon`, `month`, `months`
    Month,
    /// `q`, `qtr`, `qtrs`, `quarter`, `quarters`
    Quarter,
    /// `y`, `yr`, `yrs`, `year`, `years`
    Year,
}

/// What a time is rounded down to after an `@`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Snap {
    /// The beginning of the current unit; weeks begin on Sunday.
    Unit(Unit),
    /// `w0` to `w7`: midnight of the most recent such weekday, 0 is Sunday (`w7` is `w0`).
    Weekday(u8),
}

impl Unit {
    /// The unit of a name, as the tables of "Time modifiers" and of `bin` have them: in lower
    /// case, `m` is the minute.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Unit> {
        Some(match name {
            "us" => Unit::Microsecond,
            "ms" => Unit::Millisecond,
            "cs" => Unit::Centisecond,
            "ds" => Unit::Decisecond,
            "s" | "sec" | "secs" | "second" | "seconds" => Unit::Second,
            "m" | "min" | "mins" | "minute" | "minutes" => Unit::Minute,
            "h" | "hr" | "hrs" | "hour" | "hours" => Unit::Hour,
            "d" | "day" | "days" => Unit::Day,
            "w" | "week" | "weeks" => Unit::Week,
            "mon" | "month" | "months" => Unit::Month,
            "q" | "qtr" | "qtrs" | "quarter" | "quarters" => Unit::Quarter,
            "y" | "yr" | "yrs" | "year" | "years" => Unit::Year,
            _ => return None,
        })
    }

    /// The shortest name, as SPL text.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Unit::Microsecond => "us",
            Unit::Millisecond => "ms",
            Unit::Centisecond => "cs",
            Unit::Decisecond => "ds",
            Unit::Second => "s",
            Unit::Minute => "m",
            Unit::Hour => "h",
            Unit::Day => "d",
            Unit::Week => "w",
            Unit::Month => "mon",
            Unit::Quarter => "q",
            Unit::Year => "y",
        }
    }

    /// Microseconds of a unit of fixed length; `None` from the day on.
    #[must_use]
    pub const fn micros(self) -> Option<i64> {
        match self {
            Unit::Microsecond => Some(1),
            Unit::Millisecond => Some(1000),
            Unit::Centisecond => Some(10_000),
            Unit::Decisecond => Some(100_000),
            Unit::Second => Some(SECOND),
            Unit::Minute => Some(60 * SECOND),
            Unit::Hour => Some(3600 * SECOND),
            _ => None,
        }
    }

    /// Months of a unit that is made of them.
    pub(super) const fn months(self) -> Option<i64> {
        match self {
            Unit::Month => Some(1),
            Unit::Quarter => Some(3),
            Unit::Year => Some(12),
            _ => None,
        }
    }
}

impl Snap {
    /// The snap of a name: a unit's, or `w0` to `w7`.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Snap> {
        if let [b'w', digit @ b'0'..=b'7'] = name.as_bytes() {
            return Some(Snap::Weekday((digit - b'0') % 7));
        }
        Unit::from_name(name).map(Snap::Unit)
    }
}
