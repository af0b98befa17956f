//! `upperperc`: the upper bound of a percentile.

use crate::aggregates::state::numbers::{Numbers, Rank};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `upperperc<percentile>(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "upperperc",
    aliases: &[],
    argument: Argument::Required,
    percentile: true,
    doc: FunctionDoc {
        summary: "The percentile of the numbers; an upper bound where Splunk approximates",
        syntax: "upperperc<percentile>(<value>)",
        details: "The percentile is a number from 0 to 100, also with a fraction: perc99.95(x). \
            Where it falls between two numbers the result lies between them, as in the \
            page's examples (the page's text speaks of nearest rank). Every member of a \
            multivalue counts; text that is no number is ignored; null without a number. \
            Up to 1,000 values Splunk gives the same as perc, above them an upper bound of \
            its approximation; the result here is exact, so it is its own bound.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample {
                expr: "upperperc95(x)",
                input: "[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]",
                result: "9.55",
            },
            FunctionExample { expr: "upperperc0(x)", input: "[3, 2]", result: "2" },
        ],
    },
    start: |p| Numbers::start(Rank::Percentile(p.unwrap_or(50.0))),
};
