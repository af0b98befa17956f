//! `mvfind`.

use super::shared::regex_node::{RegexArg, told};
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvfind",
    aliases: &[],
    arity: (2, 2),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The index, from 0, of the first value that a regular expression is found in.",
        syntax: "mvfind(<mv>,<regex>)",
        details: "Null where none matches.",
        source: pages::MV,
        examples: &[
            ex(r#"mvfind(split("ok,err12,err13", ","), "err\d+")"#, "1"),
            ex(r#"mvfind(split("a,b", ","), "z")"#, "null"),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let (values, pattern) = (c.node(&args[0]), c.node(&args[1]));
    let regex = RegexArg::new(c, pattern, args[1].span);
    Box::new(MvFind { values, regex })
}

struct MvFind {
    values: NodeBox,
    regex: RegexArg,
}
impl Node for MvFind {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let values = self.values.eval(row, cx);
        let Some(re) = self.regex.get(row, cx) else { return Cell::Null };
        for (i, m) in values.members().iter().enumerate() {
            match told(re.is_match(&m.text()), cx) {
                Some(true) => return Cell::Num(i as f64),
                Some(false) => {}
                None => return Cell::Null,
            }
        }
        Cell::Null
    }
}
