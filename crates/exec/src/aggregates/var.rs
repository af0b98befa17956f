//! `var`: the variance of a sample.

use crate::aggregates::state::moments::{Moments, sample_variance};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `var(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "var",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The sample variance of the numbers",
        syntax: "var(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. A single number has the variance 0, as the page's earthquake \
            table shows. Computed from exact sums, so that neither order nor large means \
            cost digits.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample {
                expr: "var(x)",
                input: "[2, 4, 4, 4, 5, 5, 7, 9]",
                result: "4.571428571428571",
            },
            FunctionExample { expr: "var(x)", input: "[7]", result: "0" },
        ],
    },
    start: |_| Moments::start(sample_variance),
};
