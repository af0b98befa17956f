//! Rates of the time series of a metric, for `rate_avg` and `rate_sum`.

use super::counters::Counters;
use crate::aggregates::{AggregateState, Input};
use crate::group::Interner;
use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use sepal_data::Value;
use sepal_data::codec::{CodecError, ReadResult, Reader, Writer};
use std::cell::OnceCell;

/// The functions that see the time series of metrics, which only `mstats` tells them.
pub const OF_SERIES: [&str; 2] = ["rate_avg", "rate_sum"];

/// A measurement with the time series that it is of, as these functions take it. What is no such
/// pair is of one series without a name.
pub fn point(value: Value, series: Value) -> Value {
    Value::Mv([value, series].into())
}

/// The counter of each time series in each group, and the latest value that it had in the groups
/// before. 120 bytes and about 40 more for each, and the names of the series once.
///
/// Source: Search Reference, Time functions, rate_avg: "uses the latest value of a metric
/// measurement from the previous timespan as the starting basis for a rate computation".
pub struct SeriesRates {
    names: Interner,
    /// The place in `counters` of each series of a group.
    groups: Vec<HashMap<u32, u32, FixedState>>,
    counters: Counters,
    places: u32,
    /// The latest point of each series in each of its groups, sorted by time; by series. Made when
    /// the first result is asked for.
    latest: OnceCell<Vec<Vec<(i64, f64)>>>,
    finish: fn(f64, u64) -> f64,
}

impl SeriesRates {
    /// No groups; `finish` makes the result of the sum of the rates and their count, which is not 0.
    pub fn start(finish: fn(f64, u64) -> f64) -> Box<dyn AggregateState> {
        Box::new(SeriesRates {
            names: Interner::default(),
            groups: Vec::new(),
            counters: Counters::default(),
            places: 0,
            latest: OnceCell::new(),
            finish,
        })
    }

    /// The place in `counters` of a series in a group, made where it is new.
    fn place(&mut self, group: usize, series: u32) -> u32 {
        let next = self.places;
        let place = *self.groups[group].entry(series).or_insert(next);
        if place == next {
            self.places += 1;
            self.counters.resize(self.places as usize);
        }
        place
    }

    fn latest(&self) -> &[Vec<(i64, f64)>] {
        self.latest.get_or_init(|| {
            let mut all = vec![Vec::new(); self.names.len()];
            for (series, place) in self.groups.iter().flatten() {
                let ends = self.counters.ends(*place);
                if let (Some(ends), Some(points)) = (ends, all.get_mut(*series as usize)) {
                    points.push((ends.last.1, ends.last.0));
                }
            }
            all.iter_mut().for_each(|p| p.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))));
            all
        })
    }

    /// The rate of a series in a group, from its latest value in an earlier group on where there is
    /// one.
    fn rate(&self, series: u32, place: u32) -> Option<f64> {
        let ends = self.counters.ends(place)?;
        let points = self.latest().get(series as usize)?;
        let before = points.partition_point(|(time, _)| *time < ends.first.1);
        match before.checked_sub(1).and_then(|at| points.get(at)) {
            Some((time, value)) => ends.since((*value, *time)).rate(),
            None => ends.rate(),
        }
    }
}

impl AggregateState for SeriesRates {
    fn resize(&mut self, groups: usize) {
        self.groups.resize_with(groups, HashMap::default);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        let Some(col) = input.argument else { return Ok(()) };
        self.latest.take();
        for (group, row) in input.groups.iter().zip(input.rows) {
            let value = col.get(*row as usize);
            let (value, series) = match value {
                Value::Mv(pair) => match &**pair {
                    [value, Value::Text(series)] => (value, series.as_str()),
                    _ => continue,
                },
                value => (value, ""),
            };
            if value.number().is_some() {
                let series = self.names.intern(series.as_bytes())?;
                let place = self.place(*group as usize, series);
                let (order, time) = (input.order_of(*row), input.time_of(*row));
                self.counters.offer(place as usize, order, time, value);
            }
        }
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let series = &self.groups[group as usize];
        w.uint(series.len() as u64);
        for (series, place) in series {
            w.bytes(self.names.get(*series));
            self.counters.encode(*place, w);
        }
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        self.latest.take();
        for _ in 0..r.len()? {
            let at = r.position();
            let too_many = |_| CodecError { at, what: "a time series: too many" };
            let series = self.names.intern(r.bytes()?).map_err(too_many)?;
            let place = self.place(group as usize, series);
            self.counters.merge(place, r)?;
        }
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        let mut series: Vec<(&[u8], f64)> = self.groups[group as usize]
            .iter()
            .filter_map(|(series, place)| {
                Some((self.names.get(*series), self.rate(*series, *place)?))
            })
            .collect();
        // added in one order, whatever came first
        series.sort_unstable_by_key(|(name, _)| *name);
        if series.is_empty() {
            return Value::Null;
        }
        let sum = series.iter().fold(0.0, |sum, (_, rate)| sum + rate);
        let result = (self.finish)(sum, series.len() as u64);
        Value::Num(if result.is_nan() { f64::NAN } else { result })
    }

    fn bytes(&self) -> usize {
        let places: usize = self.groups.iter().map(|g| g.allocation_size()).sum();
        self.names.heap_bytes()
            + self.groups.capacity() * size_of::<HashMap<u32, u32, FixedState>>()
            + places
            + self.counters.bytes()
    }
}
