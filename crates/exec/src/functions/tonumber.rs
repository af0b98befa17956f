//! `tonumber`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Precision, Row};
use crate::run_cx::RunCx;
use sepal_data::number;
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, ExprKind, Span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "tonumber",
    aliases: &[],
    arity: (1, 2),
    category: "conversion",
    doc: FunctionDoc {
        summary: "The number that a text is, in base 10 or the base given.",
        syntax: "tonumber(<str>,<base>)",
        details: "The text must be all number: trim() takes spaces off. A field's value that is no number gives null; text in quotes that is none is an error.",
        source: pages::CONVERSION,
        examples: &[ex(r#"tonumber("0A4", 16)"#, "164"), ex(r#"tonumber("0101", 2)"#, "5")],
    },
    imp: Imp::Compile(compile),
};

fn compile(c: &mut Compiler, args: &[Expr], _: Span) -> NodeBox {
    let value = c.node(&args[0]);
    let base = args.get(1).map(|b| c.node(b));
    if let Some(Some(k)) = base.as_ref().map(|b| b.constant())
        && base_of(k).is_none()
    {
        let d = Diagnostic::error("SPL2007", args[1].span, "this is no base");
        return c.fail(d.label("a whole number from 2 to 36"));
    }
    if let ExprKind::String(s) = &args[0].kind
        && let Some(b) = base.as_ref().map_or(Some(10), |b| b.constant().and_then(base_of))
        && read(s, b).is_null()
    {
        let d = Diagnostic::error("SPL2007", args[0].span, "this text is no number");
        return c.fail(d.label(format!("in base {b}")).help("a field's value would give null"));
    }
    Box::new(ToNumber { value, base })
}

struct ToNumber {
    value: NodeBox,
    base: Option<NodeBox>,
}
impl Node for ToNumber {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let base = match &self.base {
            None => 10,
            Some(node) => match base_of(&node.eval(row, cx)) {
                Some(b) => b,
                None => return Cell::Null,
            },
        };
        convert(&self.value.eval(row, cx), base)
    }
}

fn base_of(c: &Cell) -> Option<u32> {
    let n = c.number()?;
    (n.fract() == 0.0 && (2.0..=36.0).contains(&n)).then_some(n as u32)
}

/// The number that a value is in that base; null where it is none.
pub(super) fn convert(value: &Cell, base: u32) -> Cell {
    match value {
        Cell::Num(_) | Cell::Dec(..) => value.clone(),
        Cell::Text(s) | Cell::Str(s) => read(s, base),
        Cell::Mv(ms) if ms.len() == 1 => convert(&Cell::from(&ms[0]), base),
        _ => Cell::Null,
    }
}

fn read(s: &str, base: u32) -> Cell {
    if base == 10 {
        return match (number::parse(s), Precision::of_text(s)) {
            (Some(n), Some(p)) => Cell::Dec(n, p),
            (n, _) => n.into(),
        };
    }
    let (negative, digits) = match s.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, s),
    };
    let digits = match base {
        16 => digits.strip_prefix("0x").or(digits.strip_prefix("0X")).unwrap_or(digits),
        _ => digits,
    };
    if digits.is_empty() {
        return Cell::Null;
    }
    let mut n = 0.0;
    for c in digits.chars() {
        let Some(d) = c.to_digit(base) else { return Cell::Null };
        n = n * f64::from(base) + f64::from(d);
    }
    Cell::Num(if negative { -n } else { n })
}
