//! Spans of time: `bin span=5m`, `timechart span=1w@w1`.

use super::calendar::{midnight, month_of, month_start, snap};
use super::{Civil, SECOND, Snap, Time, TimeError, TimeZone, Unit};

const EXPECTED: &str = "a span such as 30s, 5m, 1h, 1d, 1w, 1mon, 1w@w1";
const EXPECTED_UNIT: &str = "a time unit: us, ms, cs, ds, s, m, h, d, w, mon, q or y";
/// The Sunday of the week of 1970-01-01 but one, as a day number: weeks are counted from it.
const SUNDAY: i64 = 3;

/// The width of a bin of time, at least one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    count: i64,
    unit: Unit,
    snap: Option<Snap>,
}

impl Span {
    /// How many units, at least 1.
    #[must_use]
    pub const fn count(&self) -> i64 {
        self.count
    }

    /// The unit.
    #[must_use]
    pub const fn unit(&self) -> Unit {
        self.unit
    }

    /// What the bins are aligned to, from behind the `@`.
    #[must_use]
    pub const fn snap(&self) -> Option<Snap> {
        self.snap
    }

    /// Microseconds of a span below the day, whose bins all have the same length; `None` from the
    /// day on, where the calendar decides.
    #[must_use]
    pub fn micros(&self) -> Option<i64> {
        self.unit.micros().and_then(|unit| unit.checked_mul(self.count))
    }

    /// A span without alignment; `None` when it is zero, negative or longer than the calendar.
    #[must_use]
    pub fn new(count: i64, unit: Unit) -> Option<Span> {
        // In days, roughly; what is longer than all years makes one bin anyhow.
        let length = match unit.micros() {
            Some(micros) => count.checked_mul(micros)? / super::DAY,
            None => count.checked_mul(unit.months().map_or(7, |months| months * 30))?,
        };
        (count > 0 && length <= 3_660_000).then_some(Span { count, unit, snap: None })
    }
}

/// The span of a text: a whole number (1 if missing), a unit (seconds if missing), and possibly
/// `@` and a unit that the bins are aligned to.
///
/// Search Reference, `bin` (span options, time scale) and `timechart`. A span in `us`, `ms`, `cs`
/// or `ds` has to be shorter than a second and to divide it.
///
/// # Errors
/// Says what is wrong, what was expected and where.
pub fn parse_span(text: &str) -> Result<Span, TimeError> {
    let trimmed = text.trim_ascii();
    let start = text.len() - text.trim_ascii_start().len();
    let all = start..start + trimmed.len();
    if trimmed.is_empty() {
        return Err(TimeError::new("the span is empty", EXPECTED, 0..text.len()));
    }
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = trimmed.split_at(digits);
    let number_at = start..start + digits;
    if rest.starts_with('.') {
        return Err(TimeError::new("spans of time have no fraction", "a whole number", all));
    }
    if rest.starts_with("log") {
        let message = "a logarithmic span is for numbers, not for times";
        return Err(TimeError::new(message, EXPECTED, all));
    }
    if rest.starts_with(['-', '+']) {
        return Err(TimeError::new("a span has no sign", EXPECTED, start..start + 1));
    }
    let count = if number.is_empty() { Some(1) } else { number.parse::<i64>().ok() };
    let (name, to) = match rest.split_once('@') {
        Some((name, to)) => (name, Some(to)),
        None => (rest, None),
    };
    let name_at = start + digits..start + digits + name.len();
    let unit = match name {
        "" if !number.is_empty() => Unit::Second,
        _ => Unit::from_name(name).ok_or_else(|| {
            let message = format!("unknown time unit {name:?}");
            TimeError::new(message, EXPECTED_UNIT, name_at.clone())
        })?,
    };
    let snap = match to {
        None => None,
        Some(to) => Some(Snap::from_name(to).ok_or_else(|| {
            let message = format!("unknown unit {to:?} behind the @");
            let expected = "a unit to snap to: s, m, h, d, w, w0 to w7, mon, q or y";
            TimeError::new(message, expected, name_at.end + 1..all.end)
        })?),
    };
    let Some(span) = count.and_then(|count| Span::new(count, unit)) else {
        let message = format!("{trimmed:?} is no length of time");
        return Err(TimeError::new(message, "at least one unit and at most 9999 years", number_at));
    };
    if unit < Unit::Second && span.micros().is_none_or(|m| m >= SECOND || SECOND % m != 0) {
        let message = format!("{trimmed:?} does not divide a second into equal parts");
        return Err(TimeError::new(message, "a part of a second such as 100ms, or seconds", all));
    }
    Ok(Span { snap, ..span })
}

/// The beginning of the bin that an instant falls into.
///
/// Search Reference, `bin`. Below the day bins are counted from `aligntime`, from what the `@`
/// says, or from the epoch in UTC. From the day on `aligntime` is ignored and bins begin at local
/// midnight: days are counted from 1970-01-01, months, quarters and years from January 1970, weeks
/// from a Sunday or from the weekday behind the `@`.
#[must_use]
pub fn floor_to_span(time: Time, span: &Span, tz: &TimeZone, aligntime: Option<Time>) -> Time {
    // Only the first day of the year 0 can leave the range.
    floor(time, span, tz, aligntime).unwrap_or(Time::MIN)
}

fn floor(time: Time, span: &Span, tz: &TimeZone, aligntime: Option<Time>) -> Option<Time> {
    if let Some(width) = span.micros() {
        let anchor = match (aligntime, span.snap) {
            (Some(time), _) => time,
            // What is longer than the bin begins anew each time: 5m@h.
            (None, Some(to)) if longer(to, width) => snap(time, to, tz)?,
            (None, Some(to)) => snap(Time::EPOCH, to, tz)?,
            (None, None) => Time::EPOCH,
        };
        let past = time.as_micros().checked_sub(anchor.as_micros())?.rem_euclid(width);
        return time.checked_add_micros(-past);
    }
    let days = Civil::in_zone(time, tz).days();
    match span.unit.months() {
        Some(months) => {
            let month = month_of(days);
            month_start(month - month.rem_euclid(months * span.count), tz)
        }
        None => midnight(days - (days - first_day(span)).rem_euclid(width_in_days(span)), tz),
    }
}

/// The beginning of the bin after the one that begins at `start`; `None` at the end of time.
#[must_use]
pub fn next_bin(start: Time, span: &Span, tz: &TimeZone) -> Option<Time> {
    if let Some(width) = span.micros() {
        return start.checked_add_micros(width);
    }
    let days = Civil::in_zone(start, tz).days();
    match span.unit.months() {
        Some(months) => month_start(month_of(days) + months * span.count, tz),
        None => midnight(days + width_in_days(span), tz),
    }
}

fn longer(to: Snap, width: i64) -> bool {
    match to {
        Snap::Weekday(_) => true,
        Snap::Unit(unit) => unit.micros().is_none_or(|micros| micros >= width),
    }
}

fn width_in_days(span: &Span) -> i64 {
    span.count * if span.unit == Unit::Week { 7 } else { 1 }
}

/// The day number that days and weeks are counted from.
fn first_day(span: &Span) -> i64 {
    match (span.snap, span.unit) {
        (Some(Snap::Weekday(weekday)), _) => SUNDAY + i64::from(weekday),
        (Some(Snap::Unit(Unit::Week)), _) | (_, Unit::Week) => SUNDAY,
        _ => 0,
    }
}
