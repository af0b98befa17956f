//! `min`: the smallest value.

use crate::aggregates::state::extremes::Extremes;
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};
use std::cmp::Ordering;

/// `min(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "min",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The smallest value",
        syntax: "min(<value>)",
        details: "Numbers are compared as numbers, other text by its bytes (upper case first); \
            where both occur, all numbers come before all other text. The result keeps the \
            text that it has in the event; of equal numbers written differently (1, 1.0) \
            it is the first by text. Every member of a multivalue counts.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample {
                expr: "min(x)",
                input: r#"["1", "c", "a", "2", "100", "b", "4", "9"]"#,
                result: r#""1""#,
            },
            FunctionExample { expr: "min(x)", input: r#"["b", "B", "a"]"#, result: r#""B""# },
        ],
    },
    start: |_| Extremes::start(Ordering::Less),
};
