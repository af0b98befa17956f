//! One timestamp at one place of a text, in the forms that logs have.

use super::cursor::Cursor;
use super::zone::abbreviation_offset;
use super::{Civil, Time, TimeZone};

/// A timestamp as read, before a zone or a missing year is filled in.
#[derive(Clone, Copy)]
pub(super) struct Stamp<'a> {
    date: Date,
    /// Hour, minute, second, microsecond; `None` for a date alone.
    pub clock: Option<(u8, u8, u8, u32)>,
    zone: Zone<'a>,
    /// Where the text goes on.
    pub end: usize,
}

#[derive(Clone, Copy)]
enum Date {
    Full(Civil),
    /// Month and day, as syslog has it.
    NoYear(u8, u8),
}

#[derive(Clone, Copy)]
enum Zone<'a> {
    Missing,
    Offset(i32),
    Name(&'a [u8]),
}

/// RFC 3339 at the beginning of `bytes`: the form of nearly every JSON log, so this path checks
/// fixed places and allocates nothing. Gives the time on the wall, the offset in seconds east
/// where there is one, and the length.
pub(super) fn rfc3339(bytes: &[u8]) -> Option<(Civil, Option<i32>, usize)> {
    let head: &[u8; 19] = bytes.first_chunk()?;
    let [y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T' | b't' | b' ', clock @ ..] = head else {
        return None;
    };
    let [h0, h1, b':', i0, i1, b':', s0, s1] = clock else { return None };
    let two = |a: &u8, b: &u8| -> Option<u8> {
        let (a, b) = (a.wrapping_sub(b'0'), b.wrapping_sub(b'0'));
        (a < 10 && b < 10).then(|| a * 10 + b)
    };
    let year = i64::from(two(y0, y1)?) * 100 + i64::from(two(y2, y3)?);
    let date = Civil::date(year, two(m0, m1)?, two(d0, d1)?)?;
    let mut at = Cursor::new(bytes, 19);
    if at.count_digits(1) > 0 {
        return None;
    }
    let micro = fraction(&mut at);
    let civil = date.at(two(h0, h1)?, two(i0, i1)?, two(s0, s1)?, micro)?;
    let offset = match at.peek() {
        Some(b'Z' | b'z') => {
            at.pos += 1;
            Some(0)
        }
        Some(b'+' | b'-') => at.offset(),
        _ => None,
    };
    Some((civil, offset, at.pos))
}

/// The timestamp that begins at `start`.
pub(super) fn at(bytes: &[u8], start: usize) -> Option<Stamp<'_>> {
    let mut at = Cursor::new(bytes, start);
    match at.count_digits(15) {
        4 => year_first(&mut at),
        8 | 14 => compact(&mut at),
        1 | 2 => day_or_month_first(&mut at),
        0 => name_first(&mut at),
        _ => None,
    }
}

/// `2026-11-24T03:49:01Z`, `2026/11/24 03:49:01`.
fn year_first<'a>(at: &mut Cursor<'a>) -> Option<Stamp<'a>> {
    let year = at.number(4, 4)?;
    let separator = at.eat_any(b"-/.")?;
    let month = at.small(1, 2)?;
    at.eat(separator).then_some(())?;
    let date = Civil::date(year, month, at.small(1, 2)?)?;
    clock_and_zone(at, Date::Full(date), true)
}

/// `20261124T034901Z`, `20261124034901`.
fn compact<'a>(at: &mut Cursor<'a>) -> Option<Stamp<'a>> {
    let year = at.number(4, 4)?;
    // Eight digits that are no year of a log are some other number.
    if !(1970..2100).contains(&year) {
        return None;
    }
    let date = Civil::date(year, at.small(2, 2)?, at.small(2, 2)?)?;
    if at.count_digits(6) == 6 {
        return basic_clock(at, date);
    }
    let mut next = *at;
    if next.eat_any(b"Tt").is_some() && next.count_digits(7) == 6 {
        *at = next;
        return basic_clock(at, date);
    }
    clock_and_zone(at, Date::Full(date), true)
}

/// `hhmmss` with a fraction and a zone.
fn basic_clock<'a>(at: &mut Cursor<'a>, date: Civil) -> Option<Stamp<'a>> {
    let (hour, minute, second) = (at.small(2, 2)?, at.small(2, 2)?, at.small(2, 2)?);
    let clock = Some((hour, minute, second, fraction(at)));
    date.at(hour, minute, second, 0)?;
    let zone = zone(at);
    Some(Stamp { date: Date::Full(date), clock, zone, end: at.pos })
}

/// `24/Nov/2026:03:49:01 +0000`, `11/24/2026 03:49:01 AM`, `24.11.2026 03:49`, `24 Nov 2026 ...`.
fn day_or_month_first<'a>(at: &mut Cursor<'a>) -> Option<Stamp<'a>> {
    let first = at.small(1, 2)?;
    let separator = at.eat_any(b"/-. ")?;
    if let Some(month) = at.month() {
        if separator == b' ' && at.peek() == Some(b',') {
            at.pos += 1;
        }
        (at.eat(separator) || at.eat(b' ')).then_some(())?;
        let date = Civil::date(at.number(4, 4)?, month, first)?;
        return clock_and_zone(at, Date::Full(date), true);
    }
    if separator == b' ' {
        return None;
    }
    let second = at.small(1, 2)?;
    at.eat(separator).then_some(())?;
    let digits = at.count_digits(5);
    let year = match digits {
        4 => at.number(4, 4)?,
        2 if separator == b'/' => at.number(2, 2)? + 2000,
        _ => return None,
    };
    // Month first, as in the US, unless dots or the numbers themselves say otherwise.
    let day_first = separator == b'.' || (first > 12 && second <= 12);
    let (month, day) = if day_first { (second, first) } else { (first, second) };
    let stamp = clock_and_zone(at, Date::Full(Civil::date(year, month, day)?), true)?;
    (digits == 4 || stamp.clock.is_some()).then_some(stamp)
}

/// `Nov 24 03:49:01`, `Tue Nov 24 03:49:01 2026`, `Tue, 24 Nov 2026 03:49:01 GMT`,
/// `November 24, 2026 3:49 PM`.
fn name_first<'a>(at: &mut Cursor<'a>) -> Option<Stamp<'a>> {
    if at.weekday().is_some() {
        at.eat(b',');
        if at.skip_spaces() == 0 {
            return None;
        }
        if at.count_digits(1) > 0 {
            return day_or_month_first(at);
        }
    }
    let month = at.month()?;
    at.eat(b'.');
    if at.skip_spaces() == 0 {
        return None;
    }
    let day = at.small(1, 2)?;
    // The leap day exists in some year.
    Civil::date(2000, month, day)?;
    at.eat(b',');
    let mut next = *at;
    next.skip_spaces();
    if next.count_digits(5) == 4
        && let Some(year) = next.number(4, 4)
    {
        *at = next;
        at.eat(b',');
        return clock_and_zone(at, Date::Full(Civil::date(year, month, day)?), true);
    }
    let stamp = clock_and_zone(at, Date::NoYear(month, day), false)?;
    // The year may come last, as in the C library's form.
    if let Zone::Name(name) = stamp.zone
        && abbreviation_offset(name, Civil::date(2000, month, day)?, &TimeZone::UTC).is_none()
    {
        return Some(stamp);
    }
    let mut last = *at;
    if last.skip_spaces() > 0
        && last.count_digits(5) == 4
        && let Some(year @ 1970..2100) = last.number(4, 4)
        && !last.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b':')
    {
        let date = Date::Full(Civil::date(year, month, day)?);
        // osquery puts the zone behind the year.
        let zone = if matches!(stamp.zone, Zone::Missing) { zone(&mut last) } else { stamp.zone };
        return Some(Stamp { date, zone, end: last.pos, ..stamp });
    }
    Some(stamp)
}

/// What follows a date: a time of day and a zone, or neither where `alone` is allowed.
fn clock_and_zone<'a>(at: &mut Cursor<'a>, date: Date, alone: bool) -> Option<Stamp<'a>> {
    let mut next = *at;
    let glued = next.eat_any(b"Tt_:").is_some();
    next.eat(b',');
    let spaces = next.skip_spaces();
    if (glued || spaces > 0)
        && let Some(clock) = clock(&mut next)
    {
        let zone = zone(&mut next);
        *at = next;
        return Some(Stamp { date, clock: Some(clock), zone, end: at.pos });
    }
    let ends = !at.peek().is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    (alone && ends).then_some(Stamp { date, clock: None, zone: Zone::Missing, end: at.pos })
}

/// `03:49`, `3:49:01 PM`, `03:49:01.123`, `034901` after a `T`.
fn clock(at: &mut Cursor<'_>) -> Option<(u8, u8, u8, u32)> {
    if at.count_digits(7) == 6 {
        let (hour, minute, second) = (at.small(2, 2)?, at.small(2, 2)?, at.small(2, 2)?);
        let micro = fraction(at);
        return (hour < 24 && minute < 60 && second <= 60).then_some((hour, minute, second, micro));
    }
    let mut hour = at.small(1, 2)?;
    at.eat(b':').then_some(())?;
    let minute = at.small(2, 2)?;
    let (mut second, mut micro) = (0, 0);
    let mut next = *at;
    if next.eat(b':')
        && let Some(number) = next.small(2, 2)
    {
        *at = next;
        second = number;
        micro = fraction(at);
    }
    if at.count_digits(1) > 0 {
        return None;
    }
    let mut next = *at;
    next.skip_spaces();
    if let Some(pm) = next.am_pm() {
        if !(1..=12).contains(&hour) {
            return None;
        }
        *at = next;
        hour = hour % 12 + if pm { 12 } else { 0 };
    }
    (hour < 24 && minute < 60 && second <= 60).then_some((hour, minute, second, micro))
}

/// A fraction of a second behind a point or a comma, or three digits behind a colon.
fn fraction(at: &mut Cursor<'_>) -> u32 {
    let mut next = *at;
    let micros = match next.peek() {
        Some(b'.' | b',') => {
            next.pos += 1;
            next.fraction(usize::MAX)
        }
        Some(b':') => {
            next.pos += 1;
            if next.count_digits(4) == 3 { next.fraction(3) } else { None }
        }
        _ => None,
    };
    if micros.is_some() {
        *at = next;
    }
    micros.unwrap_or(0)
}

/// `Z`, `+0100`, `+01:00`, ` UTC`, ` GMT+0100`.
fn zone<'a>(at: &mut Cursor<'a>) -> Zone<'a> {
    let mut next = *at;
    let spaces = next.skip_spaces();
    if matches!(next.peek(), Some(b'+' | b'-')) {
        let from = next.pos;
        if let Some(offset) = next.offset() {
            // ` -12 of 30` is no zone: behind a blank it takes the minutes as well.
            let ends = !next.peek().is_some_and(|b| b.is_ascii_alphanumeric());
            if ends && (spaces == 0 || next.pos - from >= 5) {
                *at = next;
                return Zone::Offset(offset);
            }
        }
        return Zone::Missing;
    }
    let word = next.word();
    let upper = word.iter().all(u8::is_ascii_uppercase);
    let short = matches!(word, b"Z" | b"z" | b"UT");
    if !(short || (upper && (3..=5).contains(&word.len()))) {
        return Zone::Missing;
    }
    next.pos += word.len();
    if matches!(word, b"GMT" | b"UTC" | b"UT") {
        let mut signed = next;
        if let Some(offset) = signed.offset() {
            *at = signed;
            return Zone::Offset(offset);
        }
    }
    if next.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Zone::Missing;
    }
    *at = next;
    if short { Zone::Offset(0) } else { Zone::Name(word) }
}

impl Stamp<'_> {
    /// The instant. `strict`: an unknown zone name makes it none; otherwise such a word is taken
    /// for the beginning of the message.
    pub fn time(&self, tz: &TimeZone, now: Time, strict: bool) -> Option<Time> {
        match self.date {
            Date::Full(date) => self.on(date, tz, strict),
            Date::NoYear(month, day) => {
                // The latest year that does not lie ahead; a day's grace covers wrong clocks and
                // zones. Eight years hold a leap day also around 2100.
                let limit = now.checked_add_micros(super::DAY).unwrap_or(Time::MAX);
                let year = i64::from(Civil::in_zone(now, tz).year);
                (-8..=1)
                    .rev()
                    .filter_map(|back| Civil::date(year + back, month, day))
                    .find_map(|date| self.on(date, tz, strict).filter(|time| *time <= limit))
            }
        }
    }

    fn on(&self, date: Civil, tz: &TimeZone, strict: bool) -> Option<Time> {
        let (hour, minute, second, micro) = self.clock.unwrap_or_default();
        let civil = date.at(hour, minute, second, micro)?;
        match self.zone {
            Zone::Missing => civil.in_tz(tz),
            Zone::Offset(offset) => civil.at_offset(offset),
            Zone::Name(name) => match abbreviation_offset(name, civil, tz) {
                Some(offset) => civil.at_offset(offset),
                None if strict => None,
                None => civil.in_tz(tz),
            },
        }
    }
}
