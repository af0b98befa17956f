//! `rate_sum`: how fast the counters of a metric grow together.

use crate::aggregates::state::series::SeriesRates;
use crate::aggregates::{AggregateSpec, Argument, TIME_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

/// `rate_sum(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "rate_sum",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The sum of the rates of a metric's time series",
        syntax: "rate_sum(<value>)",
        details: "For mstats only, and not with prestats=true. A time series is a metric with one \
            combination of dimension values; its rate is that of rate(). With a span, a series \
            goes on from its latest value in the spans before, so that one data point in a span \
            is enough. Series without two data points have no rate and are left out. The \
            examples are of one series.",
        source: TIME_PAGE,
        examples: &[
            FunctionExample { expr: "rate_sum(x)", input: "[30, 20, 10]", result: "10" },
            FunctionExample { expr: "rate_sum(x)", input: "[5]", result: "null" },
        ],
    },
    start: |_| SeriesRates::start(|sum, _| sum),
};
