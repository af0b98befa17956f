//! `mvjoin`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvjoin",
    aliases: &[],
    arity: (2, 2),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The values as one text, joined by a delimiter.",
        syntax: "mvjoin(<mv>,<delim>)",
        details: "",
        source: pages::MV,
        examples: &[
            ex(r#"mvjoin(split("a,b", ","), " OR ")"#, r#""a OR b""#),
            ex(r#"mvjoin(mvrange(1, 6), " OR ")"#, r#""1 OR 2 OR 3 OR 4 OR 5""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match text(args, 1) {
        Some(delim) if !args[0].is_null() => {
            let parts: Vec<String> =
                args[0].members().iter().map(|m| m.text().into_owned()).collect();
            parts.join(&delim).into()
        }
        _ => Cell::Null,
    }
}
