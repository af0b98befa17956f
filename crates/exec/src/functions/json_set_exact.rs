//! `json_set_exact`.

use super::shared::json_edit::{self, Edit};
use super::shared::{ex, pages};
use super::{ANY, FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Compiler, NodeBox};
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "json_set_exact",
    aliases: &[],
    arity: (3, ANY),
    category: "json",
    doc: FunctionDoc {
        summary: "The object with each key's value set; keys are taken as they are, dots and all.",
        syntax: "json_set_exact(<json>, <key_value_pairs>)",
        details: "",
        source: pages::JSON,
        examples: &[
            ex(r#"json_set_exact("{}", "a.b", 1)"#, r#""{\"a.b\":1}""#),
            ex(r#"json_set_exact("{\"a\":1}", "a", 2)"#, r#""{\"a\":2}""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let apply = |place: &mut _, value| *place = value;
    json_edit::compile(c, args, &SPEC, Edit { create: true, exact: true, apply })
}
