//! `stdevp`: the standard deviation of a population.

use crate::aggregates::state::moments::{Moments, population_variance};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `stdevp(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "stdevp",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The population standard deviation of the numbers",
        syntax: "stdevp(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. A single number has the deviation 0, as the page's \
            earthquake table shows. Computed from exact sums, so that neither order nor \
            large means cost digits.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "stdevp(x)", input: "[2, 4, 4, 4, 5, 5, 7, 9]", result: "2" },
            FunctionExample { expr: "stdevp(x)", input: "[]", result: "null" },
        ],
    },
    start: |_| Moments::start(|m| population_variance(m).sqrt()),
};
