//! `rtrim`.

use super::shared::{ex, pages};
use super::trim;
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "rtrim",
    aliases: &[],
    arity: (1, 2),
    category: "text",
    doc: FunctionDoc {
        summary: "The text without the given characters on the right; without spaces and tabs where none are given.",
        syntax: "rtrim(<str>,<trim_chars>)",
        details: "Multivalue fields give null.",
        source: pages::TEXT,
        examples: &[
            ex(r#"rtrim(" ZZZZabcZZ ", " Z")"#, r#"" ZZZZabc""#),
            ex(r#"rtrim("a  ")"#, r#""a""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    trim::cut(args, false, true)
}
