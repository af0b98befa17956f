//! `strptime(X, Y)`, and the input side of `convert mktime`.

use super::civil::{days_from_civil, weekday_of};
use super::cursor::Cursor;
use super::strftime::{DATE_AND_TIME, DATE_AND_ZONE, day_of_week_number};
use super::zone::abbreviation_offset;
use super::{Civil, DAY, Time, TimeZone};

/// The instant that `text` names in the form `format`, or `None`.
///
/// Search Reference, "Date and time format variables" and "Date and Time functions". Leading
/// zeros may be missing, names are read in any case and length, a blank in the format stands for
/// any number of blanks, what follows in the text is ignored. Subseconds (`%N`, `%Q`, `%f`) are
/// read as a decimal fraction of up to nine digits, with a width (`%3N`) of at most that many.
///
/// Without a zone in the text the time is one of `tz`. A format without a date means today, one
/// without a year this year (both as of `now`), one without a time midnight. A format whose date
/// lacks the day (`%Y-%m`) has no result.
#[must_use]
pub fn strptime(text: &str, format: &str, tz: &TimeZone, now: Time) -> Option<Time> {
    parse(text, format, tz, now).map(|(time, _)| time)
}

/// `strptime`, with the number of bytes of `text` that the format took.
pub(super) fn parse(text: &str, format: &str, tz: &TimeZone, now: Time) -> Option<(Time, usize)> {
    let mut at = Cursor::new(text.as_bytes(), 0);
    let mut fields = Fields::default();
    fields.read(format.as_bytes(), &mut at)?;
    fields.time(tz, now).map(|time| (time, at.pos))
}

#[derive(Default)]
struct Fields<'a> {
    year: Option<i64>,
    century: Option<i64>,
    year_of_century: Option<i64>,
    month: Option<u8>,
    day: Option<u8>,
    day_of_year: Option<i64>,
    weekday: Option<u8>,
    iso_year: Option<i64>,
    iso_week: Option<i64>,
    sunday_week: Option<i64>,
    monday_week: Option<i64>,
    hour: Option<u8>,
    hour12: Option<u8>,
    pm: Option<bool>,
    minute: Option<u8>,
    second: Option<u8>,
    micro: Option<u32>,
    epoch: Option<i64>,
    offset: Option<i32>,
    zone: Option<&'a [u8]>,
}

impl<'a> Fields<'a> {
    fn read(&mut self, format: &[u8], at: &mut Cursor<'a>) -> Option<()> {
        let mut f = Cursor::new(format, 0);
        while let Some(byte) = f.peek() {
            f.pos += 1;
            if byte.is_ascii_whitespace() {
                at.skip_spaces();
            } else if byte == b'%' {
                self.variable(&mut f, at)?;
            } else if !at.eat(byte) {
                return None;
            }
        }
        Some(())
    }

    /// Reads one variable; the format's cursor is behind the percent sign.
    fn variable(&mut self, f: &mut Cursor<'_>, at: &mut Cursor<'a>) -> Option<()> {
        while f.eat_any(b"-_0^").is_some() {}
        let letter = f.peek()?;
        f.pos += 1;
        // As in C, numbers may have blanks in front.
        if letter.is_ascii_alphabetic() && !matches!(letter, b'Z' | b'N' | b'Q' | b'f') {
            at.skip_spaces();
        }
        match letter {
            b'Y' => self.year = Some(at.number(1, 4)?),
            b'C' => self.century = Some(at.number(1, 2)?),
            b'y' => self.year_of_century = Some(at.number(1, 2)?),
            b'm' => self.month = Some(at.small(1, 2)?),
            b'd' | b'e' => self.day = Some(at.small(1, 2)?),
            b'j' => self.day_of_year = Some(at.number(1, 3)?),
            b'G' => self.iso_year = Some(at.number(1, 4)?),
            // The century is that of %y; on its own %g says too little.
            b'g' => self.iso_year = Some(full_year(at.number(1, 2)?)),
            b'V' => self.iso_week = Some(at.number(1, 2)?),
            b'U' => self.sunday_week = Some(at.number(1, 2)?),
            b'W' => self.monday_week = Some(at.number(1, 2)?),
            b'w' => self.weekday = Some(at.small(1, 1).filter(|w| *w < 7)?),
            b'u' => self.weekday = Some(at.small(1, 1).filter(|w| (1..=7).contains(w))? % 7),
            b'a' | b'A' => self.weekday = Some(at.weekday()?),
            b'b' | b'B' | b'h' => self.month = Some(at.month()?),
            b'H' | b'k' => self.hour = Some(at.small(1, 2)?),
            b'I' | b'l' => {
                self.hour12 = Some(at.small(1, 2).filter(|h| (1..=12).contains(h))?);
            }
            b'M' => self.minute = Some(at.small(1, 2)?),
            b'S' => self.second = Some(at.small(1, 2)?),
            b'p' | b'P' => self.pm = Some(at.am_pm()?),
            b's' => self.epoch = Some(epoch(f, at)?),
            b'N' | b'Q' | b'f' => self.micro = Some(at.fraction(9)?),
            b'1'..=b'9' => {
                f.eat_any(b"NQ")?;
                self.micro = Some(at.fraction(usize::from(letter - b'0'))?);
            }
            b'E' => {
                f.eat_any(b"z")?;
                self.offset = Some(minutes_east(at)?);
            }
            b'z' => self.offset = Some(offset(at)?),
            b':' => {
                while f.eat(b':') {}
                f.eat_any(b"z")?;
                at.skip_spaces();
                self.offset = Some(offset(at)?);
            }
            b'Z' => {
                at.skip_spaces();
                // A name, or the digits that zones without one have instead (`-03`).
                let mut end = *at;
                end.pos += end.word().len();
                if end.pos == at.pos {
                    end.offset()?;
                }
                self.zone = at.bytes.get(at.pos..end.pos);
                *at = end;
            }
            b'n' | b't' => {
                at.skip_spaces();
            }
            b'%' => at.eat(b'%').then_some(())?,
            b'c' => self.read(DATE_AND_TIME.as_bytes(), at)?,
            b'+' => self.read(DATE_AND_ZONE.as_bytes(), at)?,
            b'D' => self.read(b"%m/%d/%y", at)?,
            b'x' => self.read(b"%m/%d/%Y", at)?,
            b'F' => self.read(b"%Y-%m-%d", at)?,
            b'T' | b'X' => self.read(b"%H:%M:%S", at)?,
            b'R' => self.read(b"%H:%M", at)?,
            b'r' => self.read(b"%I:%M:%S %p", at)?,
            _ => return None,
        }
        Some(())
    }

    fn time(&self, tz: &TimeZone, now: Time) -> Option<Time> {
        let micro = self.micro.unwrap_or(0);
        if let Some(epoch) = self.epoch {
            return Time::from_secs(epoch)?.checked_add_micros(i64::from(micro));
        }
        let today = || match self.offset {
            Some(offset) => Civil::from_local(now.as_micros() + i64::from(offset) * super::SECOND),
            None => Civil::in_zone(now, tz),
        };
        let day = self.day(&today)?;
        let (year, month, day) = super::civil::civil_from_days(day);
        let hour = match (self.hour, self.hour12) {
            (Some(hour), _) => hour,
            (None, Some(hour)) => hour % 12 + if self.pm == Some(true) { 12 } else { 0 },
            (None, None) => 0,
        };
        let civil = Civil::date(year, month, day)?.at(
            hour,
            self.minute.unwrap_or(0),
            self.second.unwrap_or(0),
            micro,
        )?;
        match (self.offset, self.zone) {
            (Some(offset), _) => civil.at_offset(offset),
            (None, Some(name)) => civil.at_offset(abbreviation_offset(name, civil, tz)?),
            (None, None) => civil.in_tz(tz),
        }
    }

    /// The date, as days since 1970-01-01.
    fn day(&self, today: &dyn Fn() -> Civil) -> Option<i64> {
        let year = match (self.year, self.century, self.year_of_century) {
            (Some(year), _, _) => Some(year),
            (None, Some(century), Some(year)) => Some(century * 100 + year),
            (None, None, Some(year)) => Some(full_year(year)),
            (None, Some(century), None) => Some(century * 100),
            (None, None, None) => None,
        };
        let this_year = || year.unwrap_or_else(|| i64::from(today().year));
        match (self.month, self.day, self.day_of_year) {
            (Some(month), Some(day), _) => {
                return Civil::date(this_year(), month, day).map(Civil::days);
            }
            (_, _, Some(number)) => {
                let first = days_from_civil(this_year(), 1, 1);
                let length = days_from_civil(this_year() + 1, 1, 1) - first;
                return (1..=length).contains(&number).then_some(first + number - 1);
            }
            _ => {}
        }
        if let (Some(week), Some(weekday)) = (self.iso_week, self.weekday) {
            let year = self.iso_year.unwrap_or_else(this_year);
            // The Monday of week 1 is in the week of 4 January.
            let fourth = days_from_civil(year, 1, 4);
            let monday = fourth - i64::from((weekday_of(fourth) + 6) % 7);
            let days = monday + (week - 1) * 7 + i64::from((weekday + 6) % 7);
            return (1..=53).contains(&week).then_some(days);
        }
        for (week, first) in [(self.sunday_week, 0), (self.monday_week, 1)] {
            if let (Some(week), Some(weekday)) = (week, self.weekday) {
                let days = day_of_week_number(this_year(), week, weekday, first);
                return (0..=53).contains(&week).then_some(days);
            }
        }
        let clock = self.hour.or(self.hour12).or(self.minute).or(self.second).is_some();
        let date = self.month.or(self.day).is_some() || year.is_some();
        let weeks = self.iso_year.or(self.iso_week).or(self.sunday_week).or(self.monday_week);
        let only_clock = clock && !date && weeks.is_none();
        only_clock.then(|| today().to_local().div_euclid(DAY))
    }
}

/// POSIX: 69 to 99 are of the twentieth century, 00 to 68 of the next.
fn full_year(year_of_century: i64) -> i64 {
    year_of_century + if year_of_century < 69 { 2000 } else { 1900 }
}

/// `%s`. Directly in front of subseconds (`%s%3N`) it takes ten digits, otherwise all.
fn epoch(f: &Cursor<'_>, at: &mut Cursor<'_>) -> Option<i64> {
    let subseconds = f.peek() == Some(b'%')
        && matches!(
            (f.peek_at(1), f.peek_at(2)),
            (Some(b'1'..=b'9'), Some(b'N' | b'Q')) | (Some(b'N' | b'Q' | b'f'), _)
        );
    let mut from = *at;
    let negative = from.eat(b'-');
    let number = from.number(1, if subseconds { 10 } else { 18 })?;
    *at = from;
    Some(if negative { -number } else { number })
}

/// `%z` and its kin: a distance with or without colons, or `Z`.
fn offset(at: &mut Cursor<'_>) -> Option<i32> {
    if at.eat_any(b"Zz").is_some() { Some(0) } else { at.offset() }
}

/// `%Ez`: minutes east of UTC with an optional sign.
fn minutes_east(at: &mut Cursor<'_>) -> Option<i32> {
    let mut from = *at;
    from.skip_spaces();
    let negative = from.eat_any(b"+-") == Some(b'-');
    let minutes = from.number(1, 4)? as i32;
    *at = from;
    Some(if negative { -60 * minutes } else { 60 * minutes })
}
