//! `earliest`: the oldest value.

use crate::aggregates::state::pick::{Picks, Which};
use crate::aggregates::{AggregateSpec, Argument, TIME_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

/// `earliest(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "earliest",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The value of the oldest event that has the field",
        syntax: "earliest(<value>)",
        details: "Goes by _time, whatever the order of the events. Of several values of that \
            time it is the last that is seen, as events come newest first; of a multivalue \
            the first member. Rows without _time count only where no row has one.",
        source: TIME_PAGE,
        examples: &[
            FunctionExample { expr: "earliest(x)", input: r#"["new", "old"]"#, result: r#""old""# },
            FunctionExample {
                expr: "earliest(x)",
                input: r#"["new", "older", null]"#,
                result: r#""older""#,
            },
        ],
    },
    start: |_| Picks::start(Which::Earliest),
};
