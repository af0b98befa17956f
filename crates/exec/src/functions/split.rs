//! `split`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "split",
    aliases: &[],
    arity: (2, 2),
    category: "text",
    doc: FunctionDoc {
        summary: "The parts of a text between a delimiter, as a multivalue.",
        syntax: "split(<str>,<delim>)",
        details: "An empty delimiter gives every character. Null and multivalue fields give null.",
        source: pages::TEXT,
        examples: &[
            ex(r#"split("a;b;c", ";")"#, r#"["a","b","c"]"#),
            ex(r#"split("abc", "")"#, r#"["a","b","c"]"#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    let (Some(s), Some(delim)) = (text(args, 0), text(args, 1)) else { return Cell::Null };
    if delim.is_empty() {
        let mut buffer = [0; 4];
        return Cell::from_members(s.chars().map(|c| (&*c.encode_utf8(&mut buffer)).into()));
    }
    Cell::from_members(s.split(delim.as_ref()).map(Into::into))
}
