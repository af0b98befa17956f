//! Looks the values of a row up: what the command and the eval function `lookup` share.

use super::{Column, Definition, Found, Lookups, Matcher, Table, TimeBound, parse_times, read};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Value;
use sepal_data::wildcard::fold;

/// No row of the table: `default_match` in its place.
pub(crate) const DEFAULT: u32 = u32::MAX;
/// Combinations of the members of several multivalues that are looked up.
const MAX_COMBINATIONS: usize = 10_000;

/// A table with an index over its key columns.
pub(crate) struct Indexed {
    pub table: Table,
    pub matcher: Matcher,
}

impl Indexed {
    /// Reads the key columns and those that `wanted` takes.
    pub fn load(
        lookups: &dyn Lookups,
        definition: &Definition,
        keys: &[&str],
        wanted: &dyn Fn(&str) -> bool,
        cx: &RunCx,
    ) -> Result<Indexed, RunError> {
        let time = definition.time.as_ref();
        let is_read = |name: &str| {
            keys.contains(&name) || time.is_some_and(|t| t.field == name) || wanted(name)
        };
        let table = read(lookups, definition, &is_read, cx)?;
        let column = |name: &str| table.place(name).and_then(|i| table.column(i)).cloned();
        let times = time.map(|t| times(&column(&t.field).unwrap_or_default(), t, definition, cx));
        let keys = keys.iter().map(|c| (*c, column(c).unwrap_or_default())).collect();
        let matcher = Matcher::new(definition, keys, times);
        Ok(Indexed { table, matcher })
    }

    /// The value of a column in a row that was found.
    pub fn value(&self, definition: &Definition, place: usize, row: u32) -> Value {
        match row {
            DEFAULT => Value::text_of(&definition.default_match),
            row => self.table.value(place, row),
        }
    }
}

fn times(column: &Column, bound: &TimeBound, definition: &Definition, cx: &RunCx) -> Vec<i64> {
    let (times, unread) = parse_times(column, bound, cx.host.time_zone(), cx.now());
    if unread > 0 {
        let text = format!(
            "{}: times in `{}` that do not follow time_format: those rows match nothing",
            definition.file, bound.field
        );
        cx.notice("SPL3154", text, true);
    }
    times
}

/// Looks rows up, with buffers that are used again.
pub(crate) struct Finder<'a> {
    definition: &'a Definition,
    matcher: &'a Matcher,
    cx: &'a RunCx,
    texts: Vec<String>,
    found: Found,
}

impl<'a> Finder<'a> {
    /// For rows with that many inputs.
    pub fn new(
        definition: &'a Definition,
        matcher: &'a Matcher,
        inputs: usize,
        cx: &'a RunCx,
    ) -> Finder<'a> {
        let texts = vec![String::new(); inputs];
        Finder { definition, matcher, cx, texts, found: Found::default() }
    }

    /// Adds the table's rows for the members of each input; their place in `out`, none where an
    /// input is null. `time` is the event's in microseconds, for a time-bounded lookup.
    pub fn row(
        &mut self,
        inputs: &[&[Value]],
        time: Option<i64>,
        out: &mut Vec<u32>,
    ) -> Option<(usize, usize)> {
        let from = out.len();
        let mut combinations = 1usize;
        for (text, members) in self.texts.iter_mut().zip(inputs) {
            combinations = combinations.saturating_mul(members.len());
            put(text, members.first()?, self.matcher.folds());
        }
        self.one(time, out);
        if combinations > MAX_COMBINATIONS {
            let text =
                "an event's multivalues have more than 10,000 combinations: lookup took the first";
            self.cx.notice("SPL3153", text, true);
        }
        // every combination of members, the last input changing first
        for n in 1..combinations.min(MAX_COMBINATIONS) {
            let mut left = n;
            for (text, members) in self.texts.iter_mut().zip(inputs).rev() {
                put(text, &members[left % members.len()], self.matcher.folds());
                left /= members.len();
            }
            self.one(time, out);
        }
        Some((from, out.len()))
    }

    fn one(&mut self, time: Option<i64>, out: &mut Vec<u32>) {
        self.matcher.find(&self.texts, time, &mut self.found);
        let definition = self.definition;
        if self.found.cut && definition.max_matches.is_none() && definition.time.is_none() {
            let text = format!(
                "more than 100 rows of {} match one event: the first 100 are taken, as Splunk does",
                definition.file
            );
            self.cx.notice("SPL3151", text, false);
        }
        out.extend_from_slice(&self.found.rows);
        for _ in self.found.rows.len()..definition.min_matches {
            out.push(DEFAULT);
        }
    }
}

/// `_time` of an event in microseconds.
pub(crate) fn event_time(time: &Value) -> Option<i64> {
    time.number().map(|n| (n * 1e6).round() as i64)
}

fn put(buffer: &mut String, value: &Value, folds: bool) {
    buffer.clear();
    let text = value.text();
    if !folds {
        buffer.push_str(&text);
    } else if text.is_ascii() {
        buffer.push_str(&text);
        buffer.make_ascii_lowercase();
    } else {
        buffer.extend(text.chars().map(fold));
    }
}
