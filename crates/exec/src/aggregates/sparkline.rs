//! `sparkline`: another aggregate in each of up to 100 steps of time.

use crate::aggregates::{
    AggregateSpec, AggregateState, Argument, Input, count, state::times::seconds,
};
use crate::doc::{FunctionDoc, FunctionExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::time::{Span, Time, TimeZone, floor_to_span, next_bin, parse_span};
use sepal_data::{OrderKey, Value};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

/// `sparkline`, `sparkline(<aggregate>, <span>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "sparkline",
    aliases: &[],
    argument: Argument::Optional,
    percentile: false,
    doc: FunctionDoc {
        summary: "A small time line: an aggregate in each step of time, for a chart in a cell",
        syntax: "sparkline | sparkline(<stats-func>(<field>), <span>)",
        details: "The first member is ##__SPARKLINE__##, the others are the values, oldest first; \
            without an aggregate those of count. All groups of a command have the same steps, \
            from the oldest to the newest row, since a search over files has no time range of its \
            own. Without a span they are the shortest of 1s, 5s, 10s, 30s, 1m, 5m, 10m, 30m, 1h, \
            1d, 1mon that gives 100 steps at most; of more than 100 steps the later ones are left \
            out, which is counted as a notice. A step without a value is 0. Rows without a time \
            do not count.",
        source: "https://docs.splunk.com/Documentation/SplunkCloud/9.2.2406/Search/Addsparklinestosearchresults",
        examples: &[
            FunctionExample {
                expr: "sparkline",
                input: "[3, 2, 1]",
                result: r###"["##__SPARKLINE__##", "1", "1", "1"]"###,
            },
            FunctionExample { expr: "sparkline", input: "[]", result: "null" },
        ],
    },
    start: |_| Sparklines::start(&count::SPEC, None, Sparkline { id: 0, span: None }),
};

/// The aggregates that a time line is made of.
///
/// Source: Splunk Search Reference, chart and stats, `sparkline-agg`.
pub const OF: &[&str] = &[
    "avg", "count", "dc", "max", "min", "range", "stdev", "stdevp", "sum", "sumsq", "var", "varp",
];

/// How an aggregate is spread over time.
#[derive(Clone, Copy, Debug)]
pub struct Sparkline {
    /// Tells the command's rows from those of other commands of the run.
    id: u64,
    /// The length of a step; none for what fits.
    span: Option<Span>,
}

impl Sparkline {
    /// One of a new command.
    ///
    /// # Errors
    /// What is wrong with the span.
    pub fn new(span: Option<&str>) -> Result<Sparkline, String> {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let span = span.map(|text| parse_span(text).map_err(|e| e.to_string())).transpose()?;
        Ok(Sparkline { id: NEXT.fetch_add(1, Ordering::Relaxed), span })
    }
}

/// The most steps. Source: limits.conf, [stats|sistats], `sparkline_maxsize`.
const MOST: usize = 100;

/// The steps that are chosen from. Source: limits.conf, [stats|sistats], `sparkline_time_steps`.
const STEPS: [&str; 11] = ["1s", "5s", "10s", "30s", "1m", "5m", "10m", "30m", "1h", "1d", "1mon"];

/// What tells a time line from other multivalues.
const MARK: &str = "##__SPARKLINE__##";

const SECOND: i64 = 1_000_000;
/// No time yet.
const NOWHERE: (i64, i64) = (i64::MAX, i64::MIN);
/// A group with more bins than this puts them together.
const MANY: usize = 1000;

/// Bins of each group: a state of the inner aggregate for each.
pub struct Sparklines {
    of: &'static AggregateSpec,
    percentile: Option<f64>,
    shape: Sparkline,
    /// By slot.
    inner: Box<dyn AggregateState>,
    slots: u32,
    /// By group: the slot of each bin by the bin's beginning in microseconds.
    groups: Vec<BTreeMap<i64, u32>>,
    /// The oldest and the newest row of all groups.
    range: (i64, i64),
}

impl Sparklines {
    /// No groups.
    pub fn start(
        of: &'static AggregateSpec,
        percentile: Option<f64>,
        shape: Sparkline,
    ) -> Box<dyn AggregateState> {
        let inner = (of.start)(percentile);
        let groups = Vec::new();
        Box::new(Sparklines { of, percentile, shape, inner, slots: 0, groups, range: NOWHERE })
    }

    /// The slot of a bin.
    fn slot(&mut self, group: usize, bin: i64) -> u32 {
        let next = self.slots;
        let slot = *self.groups[group].entry(bin).or_insert(next);
        if slot == next {
            self.slots = next.saturating_add(1);
            self.inner.resize(self.slots as usize);
        }
        slot
    }

    /// The bin that a time is kept in until the steps are known: it lies within one of them.
    fn bin(&self, time: i64, zone: &TimeZone) -> i64 {
        match (&self.shape.span, Time::from_micros(time)) {
            (Some(span), Some(t)) => floor_to_span(t, span, zone, None).as_micros(),
            _ => time.saturating_sub(time.rem_euclid(SECOND)),
        }
    }

    /// Puts the seconds of a group together where there are so many that the steps will be longer
    /// anyway: five minutes at most, which no time zone's hours and days cut.
    fn shrink(&mut self, group: usize) -> ReadResult<()> {
        let bins = &self.groups[group];
        let (Some((first, _)), Some((last, _))) = (bins.first_key_value(), bins.last_key_value())
        else {
            return Ok(());
        };
        let steps = [5, 10, 30, 60, 300].map(|s| s * SECOND);
        let most = SECOND.saturating_mul(MOST as i64);
        let whole = last.saturating_sub(*first);
        // the step before must give too many bins
        let Some(step) = steps.iter().rev().find(|s| {
            let shorter = steps.iter().rev().find(|t| t < s).copied().unwrap_or(SECOND);
            whole / shorter > most / SECOND
        }) else {
            return Ok(());
        };
        let old = std::mem::take(&mut self.groups[group]);
        for (time, slot) in old {
            let bin = time.saturating_sub(time.rem_euclid(*step));
            match self.groups[group].get(&bin) {
                None => {
                    self.groups[group].insert(bin, slot);
                }
                Some(into) => {
                    let mut w = Writer::new();
                    self.inner.encode(slot, &mut w);
                    self.inner.merge(*into, &mut Reader::new(&w.buf))?;
                }
            }
        }
        Ok(())
    }

    fn widen(&mut self, (from, to): (i64, i64)) {
        self.range = (self.range.0.min(from), self.range.1.max(to));
    }
}

/// The beginnings of the steps from the oldest to the newest row, the end of the last, and whether
/// there are more; none where there are more and `whole` was asked for.
fn steps(
    (from, to): (i64, i64),
    span: &Span,
    zone: &TimeZone,
    whole: bool,
) -> Option<(Vec<i64>, i64, bool)> {
    let length = span.micros().unwrap_or(24 * 3600 * SECOND);
    // a cheap answer first; days that are an hour shorter change nothing
    if whole && to.saturating_sub(from) / length > MOST as i64 + 10 && span.micros().is_some() {
        return None;
    }
    let mut at = floor_to_span(Time::from_micros(from)?, span, zone, None);
    let mut starts = Vec::new();
    loop {
        if starts.len() == MOST {
            return (!whole).then(|| (starts, at.as_micros(), true));
        }
        starts.push(at.as_micros());
        match next_bin(at, span, zone) {
            Some(next) if next.as_micros() <= to => at = next,
            Some(next) => return Some((starts, next.as_micros(), false)),
            None => return Some((starts, i64::MAX, false)),
        }
    }
}

impl AggregateState for Sparklines {
    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups, BTreeMap::new);
    }

    fn update(&mut self, input: &Input<'_>, cx: &RunCx) -> Result<(), RunError> {
        let zone = cx.host.time_zone();
        let (mut slots, mut rows) = (Vec::new(), Vec::new());
        let mut touched = Vec::new();
        for (group, row) in input.groups.iter().zip(input.rows) {
            let time = input.time_of(*row);
            if time == OrderKey::NO_TIME {
                continue;
            }
            self.widen((time, time));
            let bin = self.bin(time, zone);
            slots.push(self.slot(*group as usize, bin));
            rows.push(*row);
            if self.shape.span.is_none() && self.groups[*group as usize].len() > MANY {
                touched.push(*group as usize);
            }
        }
        self.inner.update(&Input { groups: &slots, rows: &rows, ..*input }, cx)?;
        touched.dedup();
        for group in touched {
            if self.groups[group].len() > MANY {
                self.shrink(group)?;
            }
        }
        if self.shape.id != 0 && self.range != NOWHERE {
            cx.widen(self.shape.id, self.range);
        }
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        w.int(self.range.0);
        w.int(self.range.1);
        let bins = &self.groups[group as usize];
        w.uint(bins.len() as u64);
        for (bin, slot) in bins {
            w.int(*bin);
            self.inner.encode(*slot, w);
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let range = (r.int()?, r.int()?);
        self.widen(range);
        for _ in 0..r.uint()? {
            let bin = r.int()?;
            let slot = self.slot(group as usize, bin);
            self.inner.merge(slot, r)?;
        }
        Ok(())
    }

    fn finish(&self, group: u32, cx: &RunCx) -> Value {
        let shared = cx.widened(self.shape.id).unwrap_or(NOWHERE);
        let range = (self.range.0.min(shared.0), self.range.1.max(shared.1));
        if range.0 > range.1 {
            return Value::Null;
        }
        let zone = cx.host.time_zone();
        let chosen = match &self.shape.span {
            Some(span) => steps(range, span, zone, false),
            None => {
                let mut spans = STEPS.iter().filter_map(|text| parse_span(text).ok());
                let last = || parse_span("1mon").ok().and_then(|s| steps(range, &s, zone, false));
                spans.find_map(|span| steps(range, &span, zone, true)).or_else(last)
            }
        };
        let Some((starts, end, cut)) = chosen else { return Value::Null };
        if cut {
            let message = format!(
                "a sparkline has {MOST} steps, as in Splunk; those from {} on are left out",
                seconds(end)
            );
            cx.notice("SPL3190", message, true);
        }
        let mut line = (self.of.start)(self.percentile);
        line.resize(starts.len());
        for (bin, slot) in &self.groups[group as usize] {
            let place = starts.partition_point(|s| s <= bin);
            if *bin >= end || place == 0 {
                continue;
            }
            let mut w = Writer::new();
            self.inner.encode(*slot, &mut w);
            // it was written a line before
            let _ = line.merge((place - 1) as u32, &mut Reader::new(&w.buf));
        }
        let values = (0..starts.len() as u32).map(|i| match line.finish(i, cx) {
            Value::Null => Value::from("0"),
            value => Value::from(&*value.text()),
        });
        Value::from_members(std::iter::once(Value::from(MARK)).chain(values))
    }

    fn bytes(&self) -> usize {
        let bins = self.groups.iter().map(|g| g.len().saturating_mul(24)).sum::<usize>();
        bins.saturating_add(self.inner.bytes()).saturating_add(self.groups.capacity() * 24)
    }
}
