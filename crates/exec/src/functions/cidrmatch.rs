//! `cidrmatch`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use crate::search::Cidr;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "cidrmatch",
    aliases: &[],
    arity: (2, 2),
    category: "conditional",
    doc: FunctionDoc {
        summary: "Whether an IP address belongs to a subnet.",
        syntax: "cidrmatch(<cidr>,<ip>)",
        details: "IPv4 and IPv6. A subnet without `/` is that one address. What is no address does not match; a missing field gives null; a multivalue field matches if one of its members does.",
        source: pages::CONDITION,
        examples: &[
            ex(r#"cidrmatch("192.0.2.0/24", "192.0.2.56")"#, r#""True""#),
            ex(r#"cidrmatch("2001:db8::/32", "2001:db8::1")"#, r#""True""#),
        ],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let (cidr, ip) = (c.node(&args[0]), c.node(&args[1]));
    let mut fixed = None;
    if let Some(text) = cidr.constant().and_then(Cell::single_text) {
        fixed = Cidr::parse_or_address(text.trim());
        if fixed.is_none() {
            let d = Diagnostic::error("SPL2008", args[0].span, format!("`{text}` is no subnet"));
            return c.fail(
                d.label("an address, `/` and the bits of the network").help(SPEC.doc.syntax),
            );
        }
    }
    Box::new(CidrMatch { cidr, fixed, ip })
}

struct CidrMatch {
    cidr: NodeBox,
    fixed: Option<Cidr>,
    ip: NodeBox,
}
impl Node for CidrMatch {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        self.test(row, cx).into()
    }
    fn test(&self, row: &Row<'_>, cx: &RunCx) -> Option<bool> {
        let cidr = match self.fixed {
            Some(c) => c,
            None => match Cidr::parse_or_address(self.cidr.eval(row, cx).single_text()?.trim()) {
                Some(c) => c,
                None => return Some(false),
            },
        };
        let ip = self.ip.eval(row, cx);
        (!ip.is_null()).then(|| ip.members().iter().any(|m| cidr.contains(m.text().trim())))
    }
}
