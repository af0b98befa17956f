//! `stdev`: the standard deviation of a sample.

use crate::aggregates::state::moments::{Moments, sample_variance};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `stdev(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "stdev",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The sample standard deviation of the numbers",
        syntax: "stdev(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. A single number has the deviation 0, as the page's \
            earthquake table shows. Computed from exact sums, so that neither order nor \
            large means cost digits.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample {
                expr: "stdev(x)",
                input: "[1, 2, 3, 4]",
                result: "1.2909944487358056",
            },
            FunctionExample { expr: "stdev(x)", input: "[5]", result: "0" },
        ],
    },
    start: |_| Moments::start(|m| sample_variance(m).sqrt()),
};
