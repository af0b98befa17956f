//! Recognition of timestamps in events and in the values of their fields.

use super::cursor::Cursor;
use super::fields::TIME_PREFIXES;
use super::stamp::{self, rfc3339};
use super::{Time, TimeZone};

/// How far into an event a timestamp may begin, in bytes: `MAX_TIMESTAMP_LOOKAHEAD` of
/// `props.conf`, whose default this is.
pub const MAX_TIMESTAMP_LOOKAHEAD: usize = 128;

/// No form of a timestamp is longer.
const LONGEST: usize = 64;

/// The first timestamp that begins within the first `lookahead` bytes of an event's text.
///
/// Getting Data In, "How timestamp assignment works". A date with a time of day wins over a date
/// alone, which counts as its midnight. A timestamp without a zone is one of `tz`; one without a
/// year (syslog) is of the latest year that is not more than a day ahead of `now`. Numbers count
/// as epoch time only with 10, 13, 16 or 19 digits of which the first is 1 (2001 to 2033).
#[must_use]
pub fn recognize(raw: &[u8], lookahead: usize, tz: &TimeZone, now: Time) -> Option<Time> {
    let window = raw.get(..lookahead.saturating_add(LONGEST)).unwrap_or(raw);
    let mut date_alone = None;
    let mut start = 0;
    while start < lookahead.min(window.len()) {
        let before = start.checked_sub(1).and_then(|i| window.get(i)).copied();
        let begins = !before.is_some_and(|b| b.is_ascii_alphanumeric());
        if !begins || !window.get(start).is_some_and(u8::is_ascii_alphanumeric) {
            start += 1;
            continue;
        }
        let rest = window.get(start..).unwrap_or_default();
        if let Some((civil, Some(offset), _)) = rfc3339(rest) {
            return civil.at_offset(offset);
        }
        if let Some(stamp) = stamp::at(window, start) {
            if stamp.clock.is_some() {
                if let Some(time) = stamp.time(tz, now, false) {
                    return Some(time);
                }
            } else if date_alone.is_none() && !rest.iter().take(5).any(|b| *b == b'.') {
                date_alone = stamp.time(tz, now, false);
            }
            start = stamp.end.max(start + 1);
            continue;
        }
        if let Some(time) = epoch_in_text(rest, before).or_else(|| json_date(rest)) {
            return Some(time);
        }
        start += 1;
    }
    date_alone
}

/// The timestamp right behind one of [`TIME_PREFIXES`], for sources that write it far into the
/// event (Windows events as XML). Meant to be tried before [`recognize`].
#[must_use]
pub fn recognize_prefixed(raw: &[u8]) -> Option<Time> {
    TIME_PREFIXES.iter().find_map(|prefix| {
        let start = memchr::memmem::find(raw, prefix.as_bytes())? + prefix.len();
        let (civil, offset, _) = rfc3339(raw.get(start..)?)?;
        civil.at_offset(offset.unwrap_or(0))
    })
}

/// The instant that a field's whole value names: every form of [`recognize`], `/Date(ms)/`,
/// `2026-11-24T03:49:01Z[UTC]`, a date alone (its midnight), and epoch time as a number of at
/// least nine digits, in seconds, or by its size in milli-, micro- or nanoseconds.
#[must_use]
pub fn parse_value(text: &str, tz: &TimeZone, now: Time) -> Option<Time> {
    let text = text.trim_ascii();
    let bytes = text.as_bytes();
    if let Some((civil, offset, end)) = rfc3339(bytes)
        && closes(bytes, end)
    {
        return match offset {
            Some(offset) => civil.at_offset(offset),
            None => civil.in_tz(tz),
        };
    }
    if let Some(stamp) = stamp::at(bytes, 0)
        && closes(bytes, stamp.end)
        && let Some(time) = stamp.time(tz, now, true)
    {
        return Some(time);
    }
    let digits = Cursor::new(bytes, 0).count_digits(usize::MAX);
    // 1.7e9 is how some writers put it.
    if digits >= 9 || (digits == 1 && bytes.iter().any(|b| matches!(b, b'e' | b'E'))) {
        return parse_epoch(text);
    }
    let inner = text.strip_prefix('/').or_else(|| text.strip_prefix("\\/"))?;
    json_date(inner.as_bytes())
}

/// [`parse_value`] for a value that is known to be a time (`_time`, or a field that the user
/// names): any number is epoch time.
#[must_use]
pub fn parse_explicit(text: &str, tz: &TimeZone, now: Time) -> Option<Time> {
    parse_value(text, tz, now).or_else(|| parse_epoch(text.trim_ascii()))
}

/// Epoch time as a number, with a sign, a fraction or an exponent. Its size decides the unit: below
/// 10^11 (the year 5138) seconds, below 10^14 milliseconds, below 10^17 microseconds, then
/// nanoseconds.
#[must_use]
pub fn parse_epoch(text: &str) -> Option<Time> {
    let mut at = Cursor::new(text.as_bytes(), 0);
    let negative = at.eat(b'-');
    let count = at.count_digits(20);
    if count == 0 || count > 19 {
        return None;
    }
    let mut whole: i128 = 0;
    for digit in at.rest().iter().take(count) {
        whole = whole * 10 + i128::from(digit - b'0');
    }
    at.pos += count;
    if at.done() || (at.eat(b'.') && at.count_digits(usize::MAX) == at.rest().len()) {
        let unit = unit_of(whole);
        let mut nanos = whole * unit;
        // Digits behind the point count in the same unit, down to the nanosecond.
        let mut place = unit / 10;
        for digit in at.rest() {
            nanos += i128::from(digit - b'0') * place;
            place /= 10;
        }
        return Time::from_nanos(if negative { -nanos } else { nanos });
    }
    // What is left is a number with an exponent or none at all; "inf" and "nan" do not get here.
    let number: f64 = text.parse().ok()?;
    if number.abs() >= 1e20 {
        return None;
    }
    Time::from_secs_f64(number * unit_of(number.abs() as i128) as f64 / 1e9)
}

/// Nanoseconds in the unit that an epoch time of this size counts in.
fn unit_of(size: i128) -> i128 {
    match size {
        0..100_000_000_000 => 1_000_000_000,
        100_000_000_000..100_000_000_000_000 => 1_000_000,
        100_000_000_000_000..100_000_000_000_000_000 => 1_000,
        _ => 1,
    }
}

/// Whether the value ends here, but for blanks and a remark in brackets (`[Europe/Berlin]`, RFC
/// 9557; `(CET)`, JavaScript).
fn closes(bytes: &[u8], end: usize) -> bool {
    let rest = bytes.get(end..).unwrap_or_default().trim_ascii();
    matches!(rest, [] | [b'[', .., b']'] | [b'(', .., b')'])
}

/// Epoch time in running text, where a number may be anything: only of the usual lengths and
/// between 2001 and 2033, and only behind what Splunk's own pattern wants there.
fn epoch_in_text(rest: &[u8], before: Option<u8>) -> Option<Time> {
    let opens = |b: u8| b.is_ascii_whitespace() || b"#,\"=([|{:'".contains(&b);
    if before.is_some_and(|b| !opens(b)) {
        return None;
    }
    let at = Cursor::new(rest, 0);
    let mut count = at.count_digits(20);
    if at.peek() != Some(b'1') || !matches!(count, 10 | 13 | 16 | 19) {
        return None;
    }
    let whole = count;
    if at.peek_at(count) == Some(b'.') {
        let fraction = Cursor::new(rest, count + 1).count_digits(9);
        count += if fraction > 0 { fraction + 1 } else { 0 };
    }
    // A point ends a sentence, and auditd writes `audit(1795492141.123:456)`.
    let closes = at.peek_at(count).is_none_or(|b| match b {
        b'.' => count == whole,
        b':' => count > whole,
        _ => !b.is_ascii_alphanumeric() && b != b'-' && b != b'/',
    });
    let text = rest.get(..count).filter(|_| closes)?;
    parse_epoch(std::str::from_utf8(text).ok()?)
}

/// `Date(1700000000000)`, milliseconds, from behind the slash of .NET's JSON.
fn json_date(rest: &[u8]) -> Option<Time> {
    let number = rest.strip_prefix(b"Date(")?;
    let mut at = Cursor::new(number, 0);
    let negative = at.eat(b'-');
    let millis = at.number(1, 18)?;
    // A zone here only says how to show it.
    at.offset();
    at.eat(b')').then_some(())?;
    let micros = millis.checked_mul(1000)?;
    Time::from_micros(if negative { -micros } else { micros })
}
