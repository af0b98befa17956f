//! `searchmatch`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, NodeBox, search};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "searchmatch",
    aliases: &[],
    arity: (1, 1),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Whether the event matches a search condition.",
        syntax: "searchmatch(<search_str>)",
        details: "The text is in the language of the search command: letter case does not matter, `*` is a wildcard, a bare word is looked for in _raw. It must be in quotes. A field that is missing does not match.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"searchmatch("x=hi")"#, r#""False""#),
            ex(r#"searchmatch("NOT x=hi")"#, r#""True""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let node = c.node(&args[0]);
    match node.constant().and_then(Cell::single_text) {
        Some(text) => search::parse(c, &text, args[0].span),
        None => {
            let d = Diagnostic::error("SPL2011", args[0].span, "searchmatch needs text in quotes");
            c.fail(d.label("its fields must be known before the search starts"))
        }
    }
}
