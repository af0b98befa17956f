//! `mvappend`.

use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvappend",
    aliases: &[],
    arity: (1, ANY),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "All values of all arguments as one multivalue.",
        syntax: "mvappend(<values>)",
        details: "Missing fields are left out; null where nothing is left.",
        source: pages::MV,
        examples: &[
            ex(r#"mvappend("a", split("b,c", ","))"#, r#"["a","b","c"]"#),
            ex(r#"mvappend(missing, "a")"#, r#""a""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::from_members(args.iter().map(|a| a.clone().into_value()))
}
