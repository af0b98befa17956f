//! `gentimes`: time ranges one after another.

use super::{Class, CommandSpec, Generating, Op, Operator};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::time::calendar::{shift, snap};
use sepal_data::time::{Civil, Snap, Time, TimeZone, Unit, strftime};
use sepal_data::{Batch, Col, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Spanned;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "gentimes",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "Makes rows that are time ranges one after another.",
        syntax: "gentimes start=<timestamp> [end=<timestamp>] [increment=<int>(s|m|h|d)]",
        details: "A timestamp is MM/DD/YYYY[:HH:MM:SS] (or two digits of the year), or a number of \
                  days from today: -5 is five days ago. Ranges begin at start and are increment \
                  (1d) long, until end, which is the last midnight where none is given. starttime \
                  and endtime, a second before the next range, are in seconds since the epoch, \
                  starthuman and endhuman in words. A day is one of the calendar.",
        source: "help.splunk.com/splunk-cloud-platform/spl-search-reference/10.0.2503/search-commands/gentimes",
        examples: &[CommandExample {
            title: "three days",
            search: "| gentimes start=4/4/21 end=4/7/21 | table starthuman endhuman",
            events: "",
            rows: r#"{"starthuman":"Sun Apr 4 00:00:00 2021","endhuman":"Sun Apr 4 23:59:59 2021"}
{"starthuman":"Mon Apr 5 00:00:00 2021","endhuman":"Mon Apr 5 23:59:59 2021"}
{"starthuman":"Tue Apr 6 00:00:00 2021","endhuman":"Tue Apr 6 23:59:59 2021"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Gentimes(g) => {
            let increment = g.increment.as_ref().map(increment).transpose()?;
            Ok(Op::Generating(Box::new(Gentimes {
                start: stamp(&g.start)?,
                end: g.end.as_ref().map(stamp).transpose()?.unwrap_or(Stamp::Days(0)),
                increment: increment.unwrap_or((1, Unit::Day)),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// More ranges than this are an error.
const MAX_ROWS: usize = 1_000_000;

/// A time as the search has it.
enum Stamp {
    /// Days from today.
    Days(i64),
    At(Civil),
}

impl Stamp {
    fn time(&self, now: Time, tz: &TimeZone) -> Option<Time> {
        match self {
            Stamp::At(civil) => civil.in_tz(tz),
            Stamp::Days(days) => shift(snap(now, Snap::Unit(Unit::Day), tz)?, *days, Unit::Day, tz),
        }
    }
}

fn wrong(text: &Spanned<String>, expected: &str) -> Vec<Diagnostic> {
    let message = format!("`{}` is no {expected}", text.node);
    vec![Diagnostic::error("SPL2482", text.span, message).label("not understood").help(
        "a time is 10/1/2025, 10/1/2025:12:34:56 or -5 (five days ago), an increment 6h or 1d",
    )]
}

/// `MM/DD/YYYY[:HH:MM:SS] | <int>`
fn stamp(text: &Spanned<String>) -> Result<Stamp, Vec<Diagnostic>> {
    if let Ok(days) = text.node.parse() {
        return Ok(Stamp::Days(days));
    }
    let read = || {
        let (date, time) = text.node.split_once(':').unwrap_or((&text.node, "0:0:0"));
        let mut date = date.split('/');
        let (month, day) = (date.next()?.parse().ok()?, date.next()?.parse().ok()?);
        let year = date.next().filter(|y| y.len() == 2 || y.len() == 4)?;
        // as %y of strptime
        let year = match (year.len(), year.parse::<u16>().ok()?) {
            (2, y) if y < 69 => 2000 + i64::from(y),
            (2, y) => 1900 + i64::from(y),
            (_, y) => i64::from(y),
        };
        let mut time = time.split(':').map(|n| n.parse::<u8>().ok());
        let (hour, minute, second) = (time.next()??, time.next()??, time.next()??);
        if date.next().is_some() || time.next().is_some() {
            return None;
        }
        Civil::date(year, month, day)?.at(hour, minute, second, 0)
    };
    read().map(Stamp::At).ok_or_else(|| wrong(text, "time"))
}

/// `<int>(s|m|h|d)`
fn increment(text: &Spanned<String>) -> Result<(i64, Unit), Vec<Diagnostic>> {
    let digits = text.node.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text.node.get(digits.len()..) {
        Some("s") => Unit::Second,
        Some("m") => Unit::Minute,
        Some("h") => Unit::Hour,
        Some("d") => Unit::Day,
        _ => return Err(wrong(text, "increment")),
    };
    match digits.parse::<i64>() {
        Ok(n) if n > 0 => Ok((n, unit)),
        _ => Err(wrong(text, "increment")),
    }
}

struct Gentimes {
    start: Stamp,
    end: Stamp,
    increment: (i64, Unit),
}

impl Operator for Gentimes {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::new()
    }
}

impl Generating for Gentimes {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let (now, tz) = (cx.now(), cx.host.time_zone());
        let outside = || RunError::failed("SPL2482", "a time of gentimes is outside the calendar");
        let start = self.start.time(now, tz).ok_or_else(outside)?;
        let end = self.end.time(now, tz).ok_or_else(outside)?;
        let (count, unit) = self.increment;
        let mut starts = Vec::new();
        let mut next = start;
        while next < end {
            if starts.len() == MAX_ROWS {
                let message = format!("gentimes makes at most {MAX_ROWS} ranges");
                return Err(RunError::failed("SPL2482", message));
            }
            if starts.len() % 4096 == 0 {
                cx.check_stop()?;
            }
            starts.push(next);
            // each from the start, so that a clock change moves none of those after it
            let so_far = count.saturating_mul(starts.len() as i64);
            next = shift(start, so_far, unit, tz).filter(|t| *t > next).ok_or_else(outside)?;
        }
        let ends: Vec<Time> = starts.iter().skip(1).copied().chain([next]).collect();
        let ends: Vec<Time> =
            ends.into_iter().filter_map(|t| t.checked_add_micros(-1_000_000)).collect();
        let mut batch = Batch::with_len(starts.len());
        for (times, human, seconds) in
            [(&ends, "endhuman", "endtime"), (&starts, "starthuman", "starttime")]
        {
            let word = |t: &Time| Value::from(in_words(*t, tz).as_str());
            batch.set(human, Col::Values(times.iter().map(word).collect()));
            let number = |t: &Time| Value::Num(t.as_secs() as f64);
            batch.set(seconds, Col::Values(times.iter().map(number).collect()));
        }
        Ok(vec![batch])
    }
}

/// `Sun Apr 4 00:00:00 2021`
fn in_words(time: Time, tz: &TimeZone) -> String {
    strftime(time, "%a %b %e %H:%M:%S %Y", tz).replace("  ", " ")
}
