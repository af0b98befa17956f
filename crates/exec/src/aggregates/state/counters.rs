//! The ends of a counter, for rates.

use super::pick::{Picks, Which};
use super::times::seconds;
use crate::aggregates::{AggregateState, Input};
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{OrderKey, Value};

/// The ends and the largest value of each group's counter: 120 bytes a group.
pub struct Counters {
    earliest: Picks,
    latest: Picks,
    largest: Vec<f64>,
}

impl Default for Counters {
    fn default() -> Self {
        Counters {
            earliest: Picks::new(Which::Earliest),
            latest: Picks::new(Which::Latest),
            largest: Vec::new(),
        }
    }
}

/// What a counter's rate is computed from.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    /// The earliest value and its time in microseconds.
    pub first: (f64, i64),
    /// The latest value and its time in microseconds.
    pub last: (f64, i64),
    largest: f64,
}

impl Ends {
    /// The same with an earlier value.
    pub fn since(self, first: (f64, i64)) -> Ends {
        Ends { first, largest: self.largest.max(first.0), ..self }
    }

    /// The change in a second; none where both ends are at the same time. Where the latest value
    /// is not the largest, the counter was reset, and the largest is added.
    pub fn rate(&self) -> Option<f64> {
        let ((first, from), (last, to)) = (self.first, self.last);
        let grown = last - first + if self.largest > last { self.largest } else { 0.0 };
        let rate = grown / seconds(to.saturating_sub(from));
        (from != to).then_some(if rate.is_nan() { f64::NAN } else { rate })
    }
}

impl Counters {
    /// Offers one value of a group.
    pub fn offer(&mut self, group: usize, order: OrderKey, time: i64, value: &Value) {
        self.earliest.offer(group, order, time, value);
        self.latest.offer(group, order, time, value);
        if let (Some(x), Some(largest)) = (value.number(), self.largest.get_mut(group)) {
            *largest = largest.max(x);
        }
    }

    /// What is known of a group; none where an end is no number or has no time.
    pub fn ends(&self, group: u32) -> Option<Ends> {
        let (earliest, from) = self.earliest.get(group);
        let (latest, to) = self.latest.get(group);
        let known = from != OrderKey::NO_TIME && to != OrderKey::NO_TIME;
        let largest = *self.largest.get(group as usize)?;
        let (first, last) = (earliest.number()?, latest.number()?);
        known.then_some(Ends { first: (first, from), last: (last, to), largest })
    }
}

impl AggregateState for Counters {
    fn resize(&mut self, groups: usize) {
        self.earliest.resize(groups);
        self.latest.resize(groups);
        self.largest.resize(groups, f64::NEG_INFINITY);
    }

    fn update(&mut self, input: &Input<'_>, cx: &RunCx) -> Result<(), RunError> {
        self.earliest.update(input, cx)?;
        self.latest.update(input, cx)?;
        input.numbers(|group, _, x| self.largest[group] = self.largest[group].max(x));
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        self.earliest.encode(group, w);
        self.latest.encode(group, w);
        w.f64(self.largest[group as usize]);
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        self.earliest.merge(group, r)?;
        self.latest.merge(group, r)?;
        let largest = &mut self.largest[group as usize];
        *largest = largest.max(r.f64()?);
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        self.ends(group).and_then(|e| e.rate()).map_or(Value::Null, Value::Num)
    }

    fn bytes(&self) -> usize {
        self.earliest.bytes() + self.latest.bytes() + self.largest.capacity() * 8
    }
}
