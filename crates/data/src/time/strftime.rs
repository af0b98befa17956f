//! `strftime(X, Y)`, and the output side of `convert ctime`.

use std::fmt::Write as _;

use super::civil::days_from_civil;
use super::names::{month_name, short, weekday_name};
use super::{Civil, Time, TimeZone};

/// `%c`: the C locale's, which the page shows.
pub(super) const DATE_AND_TIME: &str = "%a %b %e %H:%M:%S %Y";
/// `%+`: the same with the zone.
pub(super) const DATE_AND_ZONE: &str = "%a %b %e %H:%M:%S %Z %Y";

/// An instant as text in a time zone.
///
/// Search Reference, "Date and time format variables": every variable of that page, and those of
/// C that Splunk passes on to the system (`%D %R %r %h %l %P %n %t %u %W`, and the flags `%-d`,
/// `%_d`, `%0e`, `%^a`). The locale is US English as the page's examples have it. `%N` has nine
/// digits, `%Q` three and `%f` six unless a digit in between says otherwise; fractions are cut,
/// not rounded. A variable that does not exist stays as it is written.
#[must_use]
pub fn strftime(time: Time, format: &str, tz: &TimeZone) -> String {
    let info = tz.to_offset_info(time.to_jiff());
    let offset = info.offset().seconds();
    let civil = Civil::from_local(time.as_micros() + i64::from(offset) * super::SECOND);
    let mut out = String::with_capacity(format.len() + 16);
    Formatter { time, civil, offset, zone: info.abbreviation() }.run(format, &mut out);
    out
}

struct Formatter<'a> {
    time: Time,
    civil: Civil,
    offset: i32,
    zone: &'a str,
}

/// What stands between the percent sign and the letter.
#[derive(Clone, Copy, Default)]
struct Flags {
    /// `-`: no padding; `_`: spaces; `0`: zeros.
    pad: Option<char>,
    /// `^`
    upper: bool,
}

impl Formatter<'_> {
    fn run(&self, format: &str, out: &mut String) {
        let mut rest = format;
        while let Some(percent) = rest.find('%') {
            let (text, variable) = rest.split_at(percent);
            out.push_str(text);
            match self.variable(variable, out) {
                Some(after) => rest = after,
                None => {
                    out.push('%');
                    rest = variable.get(1..).unwrap_or_default();
                }
            }
        }
        out.push_str(rest);
    }

    /// Writes the variable at the beginning of `text`; returns what follows it, or `None` for a
    /// variable that does not exist.
    fn variable<'t>(&self, text: &'t str, out: &mut String) -> Option<&'t str> {
        let mut flags = Flags::default();
        let mut chars = text.chars();
        chars.next();
        let mut first = chars.next()?;
        while matches!(first, '-' | '_' | '0' | '^') {
            if first == '^' {
                flags.upper = true;
            } else {
                flags.pad = Some(first);
            }
            first = chars.next()?;
        }
        match first {
            'E' => {
                if chars.next()? != 'z' {
                    return None;
                }
                let _ = write!(out, "{:+}", self.offset / 60);
            }
            ':' => {
                let mut colons = 1;
                loop {
                    match chars.next()? {
                        ':' if colons < 3 => colons += 1,
                        'z' => break,
                        _ => return None,
                    }
                }
                self.offset(colons, out);
            }
            '1'..='9' => {
                if !matches!(chars.next()?, 'N' | 'Q') {
                    return None;
                }
                self.fraction(first as usize - '0' as usize, out);
            }
            letter => self.letter(letter, flags, out)?,
        }
        Some(chars.as_str())
    }

    fn letter(&self, letter: char, flags: Flags, out: &mut String) -> Option<()> {
        let c = self.civil;
        let number = |value: i64, width: usize, pad: char, out: &mut String| {
            let _ = match flags.pad.unwrap_or(pad) {
                '-' => write!(out, "{value}"),
                '_' => write!(out, "{value:width$}"),
                _ => write!(out, "{value:0width$}"),
            };
        };
        let name = |name: &str, out: &mut String| {
            if flags.upper {
                out.push_str(&name.to_ascii_uppercase());
            } else {
                out.push_str(name);
            }
        };
        let hour12 = i64::from((c.hour + 11) % 12 + 1);
        let sunday_week = i64::from((c.day_of_year() + 6 - u16::from(c.weekday())) / 7);
        let monday = u16::from((c.weekday() + 6) % 7);
        match letter {
            'Y' => number(i64::from(c.year), 4, '0', out),
            'C' => number(i64::from(c.year.div_euclid(100)), 2, '0', out),
            'y' => number(i64::from(c.year.rem_euclid(100)), 2, '0', out),
            'G' => number(c.iso_week().0, 4, '0', out),
            'g' => number(c.iso_week().0.rem_euclid(100), 2, '0', out),
            'V' => number(i64::from(c.iso_week().1), 2, '0', out),
            'U' => number(sunday_week, 2, '0', out),
            'W' => number(i64::from((c.day_of_year() + 6 - monday) / 7), 2, '0', out),
            'm' => number(i64::from(c.month), 2, '0', out),
            'd' => number(i64::from(c.day), 2, '0', out),
            'e' => number(i64::from(c.day), 2, '_', out),
            'j' => number(i64::from(c.day_of_year()), 3, '0', out),
            'w' => number(i64::from(c.weekday()), 1, '0', out),
            'u' => number(i64::from((c.weekday() + 6) % 7 + 1), 1, '0', out),
            'H' => number(i64::from(c.hour), 2, '0', out),
            'k' => number(i64::from(c.hour), 2, '_', out),
            'I' => number(hour12, 2, '0', out),
            'l' => number(hour12, 2, '_', out),
            'M' => number(i64::from(c.minute), 2, '0', out),
            'S' => number(i64::from(c.second), 2, '0', out),
            's' => number(self.time.as_secs(), 1, '-', out),
            'f' => self.fraction(6, out),
            'N' => self.fraction(9, out),
            'Q' => self.fraction(3, out),
            'A' => name(weekday_name(c.weekday()), out),
            'a' => name(short(weekday_name(c.weekday())), out),
            'B' => name(month_name(c.month), out),
            'b' | 'h' => name(short(month_name(c.month)), out),
            'p' => out.push_str(if c.hour < 12 { "AM" } else { "PM" }),
            'P' => out.push_str(if c.hour < 12 { "am" } else { "pm" }),
            'Z' => out.push_str(self.zone),
            'z' => self.offset(0, out),
            'n' => out.push('\n'),
            't' => out.push('\t'),
            '%' => out.push('%'),
            'c' => self.run(DATE_AND_TIME, out),
            '+' => self.run(DATE_AND_ZONE, out),
            'D' => self.run("%m/%d/%y", out),
            'x' => self.run("%m/%d/%Y", out),
            'F' => self.run("%Y-%m-%d", out),
            'T' | 'X' => self.run("%H:%M:%S", out),
            'R' => self.run("%H:%M", out),
            'r' => self.run("%I:%M:%S %p", out),
            _ => return None,
        }
        Some(())
    }

    fn fraction(&self, digits: usize, out: &mut String) {
        let text = format!("{:06}000", self.time.subsec_micros());
        out.push_str(text.get(..digits).unwrap_or(&text));
    }

    fn offset(&self, colons: u8, out: &mut String) {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let secs = self.offset.unsigned_abs();
        let (hours, minutes, seconds) = (secs / 3600, secs / 60 % 60, secs % 60);
        let _ = match colons {
            0 => write!(out, "{sign}{hours:02}{minutes:02}"),
            1 => write!(out, "{sign}{hours:02}:{minutes:02}"),
            2 => write!(out, "{sign}{hours:02}:{minutes:02}:{seconds:02}"),
            _ => write!(out, "{sign}{hours:02}"),
        };
    }
}

/// The day number of the `week`th week (as `%U` or `%W` count) of a year, on a weekday.
pub(super) fn day_of_week_number(year: i64, week: i64, weekday: u8, first: u8) -> i64 {
    let january = days_from_civil(year, 1, 1);
    let start = super::civil::weekday_of(january);
    // The first `first` weekday of the year begins week 1.
    let lead = (i64::from(first) - i64::from(start)).rem_euclid(7);
    let within = (i64::from(weekday) - i64::from(first)).rem_euclid(7);
    january + lead + (week - 1) * 7 + within
}
