//! `range`: the distance between the largest and the smallest number.

use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, AggregateState, Argument, Input};
use crate::doc::{FunctionDoc, FunctionExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Value;
use sepal_data::codec::{ReadResult, Reader, Writer};

/// `range(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "range",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The largest number minus the smallest",
        syntax: "range(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "range(x)", input: "[1200, 1400, 1650]", result: "450" },
            FunctionExample { expr: "range(x)", input: r#"["a", 5, [1, 9]]"#, result: "8" },
        ],
    },
    start: |_| Box::new(Ranges { ends: Vec::new() }),
};

/// The smallest and the largest number of each group, the wrong way round for none: 16 bytes a
/// group.
struct Ranges {
    ends: Vec<(f64, f64)>,
}

impl Ranges {
    fn offer(&mut self, group: usize, low: f64, high: f64) {
        let ends = &mut self.ends[group];
        *ends = (ends.0.min(low), ends.1.max(high));
    }
}

impl AggregateState for Ranges {
    fn resize(&mut self, groups: usize) {
        self.ends.resize(groups, (f64::INFINITY, f64::NEG_INFINITY));
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        input.numbers(|group, _, x| self.offer(group, x, x));
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        let (low, high) = self.ends[group as usize];
        w.f64(low);
        w.f64(high);
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let (low, high) = (r.f64()?, r.f64()?);
        self.offer(group as usize, low, high);
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        let (low, high) = self.ends[group as usize];
        match high - low {
            // two zeros of different sign are no distance apart
            d if low <= high => Value::Num(if d.is_nan() { f64::NAN } else { d + 0.0 }),
            _ => Value::Null,
        }
    }

    fn bytes(&self) -> usize {
        self.ends.capacity() * 16
    }
}
