//! `varp`: the variance of a population.

use crate::aggregates::state::moments::{Moments, population_variance};
use crate::aggregates::{AGGREGATE_PAGE, AggregateSpec, Argument};
use crate::doc::{FunctionDoc, FunctionExample};

/// `varp(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "varp",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The population variance of the numbers",
        syntax: "varp(<value>)",
        details: "Every member of a multivalue counts; text that is no number is ignored; null \
            without a number. A single number has the variance 0, as the page's earthquake \
            table shows. Computed from exact sums, so that neither order nor large means \
            cost digits.",
        source: AGGREGATE_PAGE,
        examples: &[
            FunctionExample { expr: "varp(x)", input: "[2, 4, 4, 4, 5, 5, 7, 9]", result: "4" },
            FunctionExample { expr: "varp(x)", input: r#"["a"]"#, result: "null" },
        ],
    },
    start: |_| Moments::start(population_variance),
};
