//! `max`: the largest value.

use crate::aggregates::state::extremes::Extremes;
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};
use std::cmp::Ordering;

/// `max(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "max",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The largest value",
        syntax: "max(<value>)",
        details: "Numbers are compared as numbers, other text by its bytes (upper case first); \
            where both occur, all numbers come before all other text. The result keeps the \
            text that it has in the event; of equal numbers written differently (1, 1.0) \
            it is the first by text. Every member of a multivalue counts.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample {
                expr: "max(x)",
                input: r#"["1", "c", "a", "2", "100", "b", "4", "9"]"#,
                result: r#""c""#,
            },
            FunctionExample { expr: "max(x)", input: "[9, 70, [10, 100]]", result: r#""100""# },
        ],
    },
    start: |_| Extremes::start(Ordering::Greater),
};
