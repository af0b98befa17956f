//! `sum`: the sum of the numbers.

use crate::aggregates::state::sums::Sums;
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `sum(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "sum",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The sum of the numbers",
        syntax: "sum(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. Numbers with a fraction are added in event order, as Splunk \
            does, up to 1,000 of them in a group; more are summed exactly, so the last \
            digit can differ from Splunk's. The result never depends on the number of \
            threads.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "sum(x)", input: r#"[1, 2, "three", 4.5]"#, result: "7.5" },
            FunctionExample { expr: "sum(x)", input: r#"[["1", "2"], null, 3]"#, result: "6" },
            FunctionExample { expr: "sum(x)", input: r#"["a"]"#, result: "null" },
        ],
    },
    start: |_| Sums::start(|sum, _| sum),
};
