//! `ltrim`.

use super::shared::{ex, pages};
use super::trim;
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "ltrim",
    aliases: &[],
    arity: (1, 2),
    category: "text",
    doc: FunctionDoc {
        summary: "The text without the given characters on the left; without spaces and tabs where none are given.",
        syntax: "ltrim(<str>,<trim_chars>)",
        details: "Multivalue fields give null.",
        source: pages::TEXT,
        examples: &[
            ex(r#"ltrim(" ZZZZabcZZ ", " Z")"#, r#""abcZZ ""#),
            ex(r#"ltrim("  a ")"#, r#""a ""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    trim::cut(args, true, false)
}
