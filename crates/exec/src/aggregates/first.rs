//! `first`: the first value seen.

use crate::aggregates::state::pick::{Picks, Which};
use crate::aggregates::{AggregateSpec, Argument, ORDER_PAGE};
use crate::doc::{FunctionDoc, FunctionExample};

/// `first(<value>)`
pub static SPEC: AggregateSpec = AggregateSpec {
    name: "first",
    aliases: &[],
    argument: Argument::Required,
    percentile: false,
    doc: FunctionDoc {
        summary: "The first value that is seen",
        syntax: "first(<value>)",
        details: "Follows the order in which events are seen, which is newest first unless a \
            command changed it. Of a multivalue it is the first member. Rows without the \
            field are passed over.",
        source: ORDER_PAGE,
        examples: &[
            FunctionExample { expr: "first(x)", input: r#"["new", "old"]"#, result: r#""new""# },
            FunctionExample {
                expr: "first(x)",
                input: r#"[null, ["a", "b"], "c"]"#,
                result: r#""a""#,
            },
        ],
    },
    start: |_| Picks::start(Which::First),
};
