//! `perc`: a percentile.

use crate::aggregates::state::numbers::{Numbers, Rank};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `perc<percentile>(<value>) or p<percentile>(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "perc",
    aliases: &["p", "percentile"],
    argument: Argument::Required,
    percentile: true,
    doc: FunctionDoc {
        summary: "The percentile of the numbers, interpolated",
        syntax: "perc<percentile>(<value>) or p<percentile>(<value>)",
        details: "The percentile is a number from 0 to 100, also with a fraction: perc99.95(x). \
            Where it falls between two numbers the result lies between them, as in the \
            page's examples (the page's text speaks of nearest rank). Every member of a \
            multivalue counts; text that is no number is ignored; null without a number. \
            Splunk approximates above 1,000 distinct values; the result here is exact for \
            any number.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample {
                expr: "perc50(x)",
                input: "[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]",
                result: "5.5",
            },
            FunctionExample {
                expr: "perc95(x)",
                input: "[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]",
                result: "9.55",
            },
            FunctionExample { expr: "p25(x)", input: r#"[[4, 2], "x", 6]"#, result: "3" },
        ],
    },
    start: |p| Numbers::start(Rank::Percentile(p.unwrap_or(50.0))),
};
