//! `tobool`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "tobool",
    aliases: &[],
    arity: (1, 1),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The truth value that a text or number stands for.",
        syntax: "tobool(<value>)",
        details: "true, True, and numbers but 0 are true; false, False and 0 are false; anything else gives null.",
        source: pages::CONVERSION,
        examples: &[
            ex(r#"if(tobool(12), "In Stock", "Not in Stock")"#, r#""In Stock""#),
            ex(r#"tobool("False")"#, r#""False""#),
        ],
    },
    imp: Imp::Pure(run),
};

fn run(args: &[Cell]) -> Cell {
    match &args[0] {
        c @ Cell::Bool(_) => c.clone(),
        c => match c.number() {
            Some(n) => Cell::Bool(n != 0.0),
            None => match c.single_text().as_deref() {
                Some("true" | "True") => Cell::Bool(true),
                Some("false" | "False") => Cell::Bool(false),
                _ => Cell::Null,
            },
        },
    }
}
