//! `last`: the last value seen.

use crate::aggregates::state::pick::{Picks, Which};
use crate::aggregates::{AggregateSpec, Argument, ORDER_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

/// `last(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "last",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The last value that is seen",
        syntax: "last(<value>)",
        details: "Follows the order in which events are seen, which is newest first unless a \
            command changed it. Of a multivalue it is the last member. Rows without the \
            field are passed over.",
        source: ORDER_PAGE,
        examples: &[
            FunctionExample { expr: "last(x)", input: r#"["new", "old"]"#, result: r#""old""# },
            FunctionExample {
                expr: "last(x)",
                input: r#"["c", ["a", "b"], null]"#,
                result: r#""b""#,
            },
        ],
    },
    start: |_| Picks::start(Which::Last),
};
