//! `len`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "len",
    aliases: &["length"],
    arity: (1, 1),
    category: "text",
    doc: FunctionDoc {
        summary: "The number of characters (Unicode code points) of a text.",
        syntax: "len(<str>)",
        details: "Numbers count as they print. Null and multivalue fields give null.",
        source: pages::TEXT,
        examples: &[ex(r#"len("buttercup")"#, "9"), ex(r#"len("né")"#, "2")],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    text(args, 0).map(|s| s.chars().count() as f64).into()
}
