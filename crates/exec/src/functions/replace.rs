//! `replace`.

use super::shared::regex_node::{RegexArg, told};
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::regex_engine::Template;
use crate::run_cx::RunCx;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "replace",
    aliases: &[],
    arity: (3, 3),
    category: "text",
    doc: FunctionDoc {
        summary: "The text with every match of a regular expression replaced.",
        syntax: "replace(<str>,<regex>,<replacement>)",
        details: r#"The replacement may name groups as `\1`. The pattern is PCRE. Multivalue fields give null. A pattern that needs backtracking and takes too many steps gives null and a notice."#,
        source: pages::TEXT,
        examples: &[
            ex(r#"replace("1/14/2023", "^(\d{1,2})/(\d{1,2})/", "\2/\1/")"#, r#""14/1/2023""#),
            ex(r#"replace("aXbXc", "X", "-")"#, r#""a-b-c""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let subject = c.node(&args[0]);
    let pattern = c.node(&args[1]);
    let regex = RegexArg::new(c, pattern, args[1].span);
    let replacement = c.node(&args[2]);
    Box::new(Replace { subject, regex, replacement })
}

struct Replace {
    subject: NodeBox,
    regex: RegexArg,
    replacement: NodeBox,
}
impl Node for Replace {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let (subject, replacement) = (self.subject.eval(row, cx), self.replacement.eval(row, cx));
        let (Some(s), Some(with), Some(re)) =
            (subject.single_text(), replacement.single_text(), self.regex.get(row, cx))
        else {
            return Cell::Null;
        };
        let template = Template::new(&with, re.groups());
        match told(re.replace(&s, &template, usize::MAX), cx) {
            Some(s) => Cell::str(s),
            None => Cell::Null,
        }
    }
}
