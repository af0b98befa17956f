//! `rate`: how fast a counter grows.

use crate::aggregates::state::pick::{Picks, Which};
use crate::aggregates::state::times::seconds;
use crate::aggregates::{AggregateSpec, AggregateState, Argument, Input, TIME_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{ReadResult, Reader, Writer};
use sepal_data::{OrderKey, Value};

/// `rate(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "rate",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The change of a counter per second",
        syntax: "rate(<value>)",
        details: "(latest - earliest) / (latest_time - earliest_time). A counter whose latest \
            value is below its largest was set to 0 on the way: the largest is added. Null where \
            the latest or earliest value is no number, or both have the same time.",
        source: TIME_PAGE,
        examples: &[
            FunctionExample { expr: "rate(x)", input: "[30, 20, 10]", result: "10" },
            FunctionExample { expr: "rate(x)", input: "[5, 20, 10]", result: "7.5" },
            FunctionExample { expr: "rate(x)", input: "[5]", result: "null" },
        ],
    },
    start: |_| {
        Box::new(Rates {
            earliest: Picks::new(Which::Earliest),
            latest: Picks::new(Which::Latest),
            largest: Vec::new(),
        })
    },
};

/// The ends and the largest value of each group's counter: 120 bytes a group.
struct Rates {
    earliest: Picks,
    latest: Picks,
    largest: Vec<f64>,
}

impl AggregateState for Rates {
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
        let (earliest, from) = self.earliest.get(group);
        let (latest, to) = self.latest.get(group);
        let (Some(first), Some(last)) = (earliest.number(), latest.number()) else {
            return Value::Null;
        };
        if from == OrderKey::NO_TIME || to == OrderKey::NO_TIME || from == to {
            return Value::Null;
        }
        let largest = self.largest[group as usize];
        let grown = last - first + if largest > last { largest } else { 0.0 };
        let rate = grown / seconds(to.saturating_sub(from));
        Value::Num(if rate.is_nan() { f64::NAN } else { rate })
    }

    fn bytes(&self) -> usize {
        self.earliest.bytes() + self.latest.bytes() + self.largest.capacity() * 8
    }
}
