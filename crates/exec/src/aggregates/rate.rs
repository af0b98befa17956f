//! `rate`: how fast a counter grows.

use crate::aggregates::state::counters::Counters;
use crate::aggregates::{AggregateSpec, Argument, TIME_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

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
    start: |_| Box::new(Counters::default()),
};
