//! `isbool`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "isbool",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "Whether the value is a truth value: the result of a comparison or of a function such as match().",
        syntax: "isbool(<value>)",
        details: "Fields hold text and numbers, never truth values.",
        source: pages::INFO,
        examples: &[ex("isbool(1==2)", r#""True""#), ex(r#"isbool("true")"#, r#""False""#)],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::Bool(matches!(args[0], Cell::Bool(_)))
}
