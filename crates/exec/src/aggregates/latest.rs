//! `latest`: the newest value.

use crate::aggregates::state::pick::{Picks, Which};
use crate::aggregates::{AggregateSpec, Argument, TIME_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

/// `latest(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "latest",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The value of the newest event that has the field",
        syntax: "latest(<value>)",
        details: "Goes by _time, whatever the order of the events. Of several values of that \
            time it is the first that is seen; of a multivalue the first member. Rows \
            without _time count only where no row has one.",
        source: TIME_PAGE,
        examples: &[
            FunctionExample { expr: "latest(x)", input: r#"["new", "old"]"#, result: r#""new""# },
            FunctionExample {
                expr: "latest(x)",
                input: r#"[null, "newer", "old"]"#,
                result: r#""newer""#,
            },
        ],
    },
    start: |_| Picks::start(Which::Latest),
};
