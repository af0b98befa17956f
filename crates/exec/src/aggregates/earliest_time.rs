//! `earliest_time`: the time of the oldest value.

use crate::aggregates::state::times::Times;
use crate::aggregates::{AggregateSpec, Argument, TIME_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

/// `earliest_time(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "earliest_time",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The UNIX time of the oldest event that has the field",
        syntax: "earliest_time(<value>)",
        details: "Seconds since the epoch; null where no event with the field has _time.",
        source: TIME_PAGE,
        examples: &[
            FunctionExample {
                expr: "earliest_time(x)",
                input: r#"["a", "b", "c", null]"#,
                result: "1767225598",
            },
            FunctionExample { expr: "earliest_time(x)", input: "[null]", result: "null" },
        ],
    },
    start: |_| Times::start(false),
};
