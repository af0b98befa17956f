//! `typeof`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "typeof",
    aliases: &[],
    arity: (1, 1),
    category: "informational",
    doc: FunctionDoc {
        summary: "The type of the value: Number, String, Bool, Multivalue, or Invalid for no value.",
        syntax: "typeof(<value>)",
        details: "The value of a field is a number if its text is.",
        source: pages::INFO,
        examples: &[
            ex(
                r#"typeof(12) + typeof("string") + typeof(1==2) + typeof(badfield)"#,
                r#""NumberStringBoolInvalid""#,
            ),
            ex(r#"typeof(split("a,b", ","))"#, r#""Multivalue""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    Cell::str(match &args[0] {
        Cell::Null => "Invalid",
        Cell::Bool(_) => "Bool",
        Cell::Mv(ms) if ms.len() > 1 => "Multivalue",
        Cell::Str(_) => "String",
        c if c.number().is_some() => "Number",
        _ => "String",
    })
}
