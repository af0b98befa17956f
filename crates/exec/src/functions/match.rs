//! `match`.

use super::shared::regex_node::{RegexArg, told};
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_data::Value;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "match",
    aliases: &[],
    arity: (2, 2),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Whether a regular expression is found anywhere in a text.",
        syntax: "match(<str>,<regex>)",
        details: "PCRE syntax, letter case matters unless `(?i)` says otherwise. A multivalue field matches if one of its members does. A missing field gives null. A pattern that needs backtracking and takes too many steps gives null and a notice.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"match("oh yes!", "yes")"#, r#""True""#),
            ex(r#"match("10.1.2.3", "^10\.")"#, r#""True""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let subject = c.node(&args[0]);
    let slot = subject.field().map(|f| c.slot(f));
    let pattern = c.node(&args[1]);
    let regex = RegexArg::new(c, pattern, args[1].span);
    Box::new(Match { subject, slot, regex })
}

struct Match {
    subject: NodeBox,
    slot: Option<u32>,
    regex: RegexArg,
}
impl Match {
    fn value(&self, v: &Value, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        if v.is_null() {
            return None;
        }
        let re = self.regex.get(row, cx)?;
        let mut gave_up = false;
        for m in v.members() {
            match told(re.is_match(&m.text()), cx) {
                Some(true) => return Some(true),
                Some(false) => {}
                None => gave_up = true,
            }
        }
        (!gave_up).then_some(false)
    }
}
impl Node for Match {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        match self.slot {
            Some(slot) => self.value(row.field(slot), row, cx),
            None => self.value(&self.subject.eval(row, cx).into_value(), row, cx),
        }
    }
}
