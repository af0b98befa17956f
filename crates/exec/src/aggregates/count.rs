//! `count`: how many events, or how many values.

use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, AggregateState, Argument, Input};
use crate::doc::{FunctionDoc, FunctionExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Value;
use sepal_data::codec::{ReadResult, Reader, Writer};

/// `count or count(<value>) or c(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "count",
    aliases: &["c"],
    argument: Argument::Optional,
    percentile: false,
    doc: FunctionDoc {
        summary: "The number of events, or of values of a field",
        syntax: "count or count(<value>) or c(<value>)",
        details: "Without a field it counts events; with one it counts its values, every member of \
            a multivalue once. count(eval(...)) counts the events in which the condition is true.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "count", input: r#"["a", null, "b"]"#, result: "3" },
            FunctionExample { expr: "count(x)", input: r#"["a", null, ["b", "c"]]"#, result: "3" },
            FunctionExample { expr: "c(x)", input: "[]", result: "0" },
        ],
    },
    start: |_| Box::new(Counts { counts: Vec::new() }),
};

/// A count for each group: 8 bytes a group.
struct Counts {
    counts: Vec<u64>,
}

impl AggregateState for Counts {
    fn resize(&mut self, groups: usize) {
        self.counts.resize(groups, 0);
    }

    fn update(&mut self, input: &Input<'_>, _: &RunCx) -> Result<(), RunError> {
        if input.argument.is_some() {
            input.members(|group, _, _| self.counts[group] += 1);
        } else {
            for group in input.groups {
                self.counts[*group as usize] += 1;
            }
        }
        Ok(())
    }

    fn encode(&self, group: u32, w: &mut Writer) {
        w.uint(self.counts[group as usize]);
    }

    fn merge(&mut self, group: u32, r: &mut Reader<'_>) -> ReadResult<()> {
        let count = &mut self.counts[group as usize];
        *count = count.saturating_add(r.uint()?);
        Ok(())
    }

    fn finish(&self, group: u32, _: &RunCx) -> Value {
        Value::from(self.counts[group as usize])
    }

    fn bytes(&self) -> usize {
        self.counts.capacity() * 8
    }
}
