//! `relative_time`.

use super::shared::num;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use sepal_data::time::{Modifier, Time, parse_modifier};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "relative_time",
    aliases: &[],
    arity: (2, 2),
    category: "time",
    doc: FunctionDoc {
        summary: r#"The time moved by a relative time such as "-1d@d"."#,
        syntax: "relative_time(<time>,<specifier>)",
        details: "Snaps and days follow the time zone of the search. A specifier that is wrong gives null; in quotes it is an error.",
        source: pages::TIME,
        examples: &[
            ex(r#"relative_time(1767225600, "-1d@d")"#, "1767139200"),
            ex(r#"relative_time(1767225600, "+1mon")"#, "1769904000"),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let (time, specifier) = (c.node(&args[0]), c.node(&args[1]));
    let mut fixed = None;
    if let Some(text) = specifier.constant().and_then(Cell::single_text) {
        match parse_modifier(&text) {
            Ok(m) => fixed = Some(m),
            Err(e) => {
                let d = Diagnostic::error("SPL2010", args[1].span, "this is no relative time");
                return c.fail(d.label(e.message).help(format!("expected {}", e.expected)));
            }
        }
    }
    Box::new(RelativeTime { time, specifier, fixed })
}

struct RelativeTime {
    time: NodeBox,
    specifier: NodeBox,
    fixed: Option<Modifier>,
}
impl RelativeTime {
    fn time(&self, row: &Row<'_>, cx: &RunCx) -> Option<Time> {
        let from = Time::from_secs_f64(num(&[self.time.eval(row, cx)], 0)?)?;
        let tz = cx.host.time_zone();
        match &self.fixed {
            Some(m) => m.apply(from, tz),
            None => {
                let text = self.specifier.eval(row, cx);
                parse_modifier(&text.single_text()?).ok()?.apply(from, tz)
            }
        }
    }
}
impl Node for RelativeTime {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.time(row, cx).map(Time::as_secs_f64).into()
    }
}
