//! `latest_time`: the time of the newest value.

use crate::aggregates::state::times::Times;
use crate::aggregates::{AggregateSpec, Argument, TIME_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

/// `latest_time(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "latest_time",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The UNIX time of the newest event that has the field",
        syntax: "latest_time(<value>)",
        details: "Seconds since the epoch; null where no event with the field has _time.",
        source: TIME_PAGE,
        examples: &[
            FunctionExample {
                expr: "latest_time(x)",
                input: r#"[null, "b", "c"]"#,
                result: "1767225599",
            },
            FunctionExample { expr: "latest_time(x)", input: "[]", result: "null" },
        ],
    },
    start: |_| Times::start(true),
};
