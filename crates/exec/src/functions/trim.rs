//! `trim`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "trim",
    aliases: &[],
    arity: (1, 2),
    category: "text",
    doc: FunctionDoc {
        summary: "The text without the given characters at both ends; without spaces and tabs where none are given.",
        syntax: "trim(<str>,<trim_chars>)",
        details: "Multivalue fields give null.",
        source: pages::TEXT,
        examples: &[
            ex(r#"trim("  ZZZZabcZZ ", " Z")"#, r#""abc""#),
            ex(r#"trim("  a b ")"#, r#""a b""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    cut(args, true, true)
}

/// Takes the characters of the second argument off the ends.
pub(super) fn cut(args: &[Cell], start: bool, end: bool) -> Cell {
    let Some(s) = text(args, 0) else { return Cell::Null };
    let chars = match args.get(1) {
        None => " \t".into(),
        Some(_) => match text(args, 1) {
            Some(c) => c,
            None => return Cell::Null,
        },
    };
    let mut s = s.as_ref();
    if start {
        s = s.trim_start_matches(|c| chars.contains(c));
    }
    if end {
        s = s.trim_end_matches(|c| chars.contains(c));
    }
    Cell::str(s)
}
