//! `avg`: the arithmetic mean.

use crate::aggregates::state::sums::Sums;
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `avg(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "avg",
    aliases: &["mean"],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The arithmetic mean of the numbers",
        syntax: "avg(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. mean is the same function. Sums as sum does, so that 100 \
            times 3.99 gives 3.9900000000000055, as the page shows.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "avg(x)", input: "[1, 2, 4.5]", result: "2.5" },
            FunctionExample { expr: "mean(x)", input: r#"[[1, 3], "n/a", 5]"#, result: "3" },
            FunctionExample { expr: "avg(x)", input: "[]", result: "null" },
        ],
    },
    start: |_| Sums::start(|sum, count| sum / count as f64),
};
