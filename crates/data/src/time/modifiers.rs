//! Time modifiers: `earliest=-24h@h`, `relative_time(X, "-1d@d")`.

use super::calendar::{shift, snap};
use super::cursor::Cursor;
use super::{Snap, Time, TimeError, TimeZone, Unit, parse_epoch, parse_value, strptime};

/// The form of absolute times that `earliest` and `latest` take unless `timeformat=` says another.
pub const DEFAULT_TIMEFORMAT: &str = "%m/%d/%Y:%H:%M:%S";

const EXPECTED: &str =
    "now, -24h, -1d@d, @w1, epoch seconds, 10/20/2026:10:00:00 or 2026-10-20T10:00:00";
const EXPECTED_UNIT: &str = "a time unit such as s, m, h, d, w, mon, q or y";
const EXPECTED_SNAP: &str = "a unit to snap to: s, m, h, d, w, w0 to w7, mon, q or y";

/// A time modifier, as parsed; it becomes an instant through [`Modifier::apply`].
#[derive(Clone, Debug, PartialEq)]
pub enum Modifier {
    /// An instant given as epoch time.
    Absolute(Time),
    /// A date and time that the zone of the search decides about.
    Formatted {
        /// The text.
        text: String,
        /// Its `strptime` form; `None` for ISO 8601.
        format: Option<String>,
    },
    /// Steps from `now`, in the order in which they are written; none is `now` itself.
    Relative(Vec<Step>),
}

/// One step of a relative time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `-2h`, `+1mon`
    Shift {
        /// How many units, negative for the past.
        count: i64,
        /// Of which unit.
        unit: Unit,
    },
    /// `@d`, `@w1`
    Snap(Snap),
}

/// A time modifier with absolute times in the default form.
///
/// Search Reference, "Time modifiers". Accepted: `now`, `now()`; any sequence of offsets
/// (`-1d`, `+2mon`, `-h`) and snaps (`@d`, `@w1`); epoch seconds; `10/20/2026:10:00:00`; ISO 8601.
///
/// # Errors
/// Says what is wrong, what was expected and where. Real-time modifiers (`rt`, `rt-5m`) are
/// refused.
pub fn parse_modifier(text: &str) -> Result<Modifier, TimeError> {
    parse_modifier_with(text, DEFAULT_TIMEFORMAT)
}

/// [`parse_modifier`] with absolute times in another form (`timeformat=`).
///
/// # Errors
/// As [`parse_modifier`].
pub fn parse_modifier_with(text: &str, timeformat: &str) -> Result<Modifier, TimeError> {
    let trimmed = text.trim_ascii();
    let start = text.len() - text.trim_ascii_start().len();
    let all = start..start + trimmed.len();
    if trimmed.is_empty() {
        return Err(TimeError::new("the time modifier is empty", EXPECTED, 0..text.len()));
    }
    let signless = trimmed.trim_start_matches(['-', '+']);
    if let Some(rest) = signless.strip_prefix("rt")
        && !rest.starts_with(|c: char| c.is_ascii_alphabetic() && !rest.starts_with("now"))
    {
        let message = "real-time searches are not supported, the events are files";
        return Err(TimeError::new(message, "a time without rt", all));
    }
    let after_now = trimmed.strip_prefix("now").map(|rest| rest.strip_prefix("()").unwrap_or(rest));
    if let Some(rest) = after_now
        && (rest.is_empty() || rest.starts_with(['+', '-', '@']))
    {
        let at = start + trimmed.len() - rest.len();
        return steps(rest, at).map(Modifier::Relative);
    }
    if trimmed.starts_with(['+', '-', '@']) {
        return steps(trimmed, start).map(Modifier::Relative);
    }
    // Before epoch time: with `timeformat=%Y%m%d` a number is a date.
    let parsed = super::strptime::parse(trimmed, timeformat, &TimeZone::UTC, Time::EPOCH);
    if parsed.is_some_and(|(_, end)| end == trimmed.len()) {
        let (text, format) = (trimmed.to_owned(), Some(timeformat.to_owned()));
        return Ok(Modifier::Formatted { text, format });
    }
    if trimmed.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        && let Ok(number) = trimmed.parse::<f64>()
    {
        // `earliest=1` is the documented way to say "since the beginning".
        let secs = Time::from_secs_f64(number).filter(|_| number < 1e11);
        let time = secs.or_else(|| parse_epoch(trimmed));
        let wrong = || TimeError::new("not an epoch time of the years 0 to 9999", EXPECTED, all);
        return time.map(Modifier::Absolute).ok_or_else(wrong);
    }
    let iso = trimmed.as_bytes().first().is_some_and(u8::is_ascii_digit)
        && trimmed.as_bytes().get(4) == Some(&b'-')
        && parse_value(trimmed, &TimeZone::UTC, Time::EPOCH).is_some();
    if iso {
        return Ok(Modifier::Formatted { text: trimmed.to_owned(), format: None });
    }
    let digits = trimmed.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && trimmed.get(digits..).and_then(Unit::from_name).is_some() {
        let message = format!("{trimmed:?} has no sign");
        return Err(TimeError::new(message, "- for the past or + for the future", start..start));
    }
    Err(TimeError::new(format!("{trimmed:?} is not a time"), EXPECTED, all))
}

/// Offsets and snaps; `start` is where `text` begins in what the user wrote.
fn steps(text: &str, start: usize) -> Result<Vec<Step>, TimeError> {
    let mut at = Cursor::new(text.as_bytes(), 0);
    let mut steps = Vec::new();
    while let Some(byte) = at.peek() {
        let from = at.pos;
        at.pos += 1;
        let error = |message: String, expected, range: std::ops::Range<usize>| {
            TimeError::new(message, expected, start + range.start..start + range.end)
        };
        let name_at = |at: &Cursor<'_>| {
            let rest = at.rest().iter();
            let len = rest.take_while(|b| b.is_ascii_alphanumeric()).count();
            (text.get(at.pos..at.pos + len).unwrap_or_default(), at.pos..at.pos + len)
        };
        if byte == b'@' {
            let (name, range) = name_at(&at);
            let Some(snap) = Snap::from_name(name) else {
                let message = if name.is_empty() {
                    "nothing to snap to behind the @".to_owned()
                } else {
                    format!("unknown unit {name:?} behind the @")
                };
                return Err(error(message, EXPECTED_SNAP, range));
            };
            at.pos += name.len();
            steps.push(Step::Snap(snap));
        } else if byte == b'-' || byte == b'+' {
            let digits = at.count_digits(usize::MAX);
            let count = if digits == 0 { Some(1) } else { at.number(1, 18) };
            let Some(count) = count.filter(|_| digits <= 18) else {
                return Err(error(
                    "the number is too large".to_owned(),
                    "at most 18 digits",
                    from + 1..from + 1 + digits,
                ));
            };
            if at.peek() == Some(b'.') {
                let range = from + 1..at.pos + 1;
                return Err(error(
                    "time offsets have no fraction".to_owned(),
                    "a whole number",
                    range,
                ));
            }
            let len = at.word().len();
            let name = text.get(at.pos..at.pos + len).unwrap_or_default();
            let Some(unit) = Unit::from_name(name) else {
                let message = if name.is_empty() {
                    "the offset has no unit".to_owned()
                } else {
                    format!("unknown time unit {name:?}")
                };
                return Err(error(message, EXPECTED_UNIT, at.pos..at.pos + len));
            };
            at.pos += len;
            let count = if byte == b'-' { -count } else { count };
            steps.push(Step::Shift { count, unit });
        } else {
            let len = text.get(from..).and_then(|t| t.chars().next()).map_or(1, char::len_utf8);
            let found = text.get(from..from + len).unwrap_or_default();
            let message = format!("unexpected {found:?}");
            return Err(error(message, "+, - or @ and a unit", from..from + len));
        }
    }
    Ok(steps)
}

impl Modifier {
    /// The instant, with the steps taken in the calendar of `tz`. `None` when it lies outside the
    /// years 0 to 9999.
    #[must_use]
    pub fn apply(&self, now: Time, tz: &TimeZone) -> Option<Time> {
        match self {
            Modifier::Absolute(time) => Some(*time),
            Modifier::Formatted { text, format: Some(format) } => strptime(text, format, tz, now),
            Modifier::Formatted { text, format: None } => parse_value(text, tz, now),
            Modifier::Relative(steps) => steps.iter().try_fold(now, |time, step| match *step {
                Step::Shift { count, unit } => shift(time, count, unit, tz),
                Step::Snap(to) => snap(time, to, tz),
            }),
        }
    }
}
