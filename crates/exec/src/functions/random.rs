//! `random`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::{Cell, Compiler, Node, NodeBox, Row};
use crate::run_cx::RunCx;
use foldhash::fast::FixedState;
use sepal_parser::ast::{Expr, Span};
use std::hash::{BuildHasher, Hash, Hasher};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "random",
    aliases: &[],
    arity: (0, 0),
    category: "statistical",
    doc: FunctionDoc {
        summary: "A pseudo-random whole number from 0 to 2^31 - 1.",
        syntax: "random()",
        details: "The same run over the same events with the same seed gives the same numbers, on any number of threads.",
        source: pages::STATS,
        examples: &[ex("random() >= 0", r#""True""#), ex("random() % 10 < 10", r#""True""#)],
    },
    imp: Imp::Compile(compile),
};

fn compile(_: &mut Compiler, _: &[Expr], span: Span) -> NodeBox {
    Box::new(Random { call: span.start })
}

struct Random {
    /// Two calls in one expression give two numbers.
    call: u32,
}
impl Node for Random {
    fn eval(&self, row: &Row<'_>, cx: &RunCx) -> Cell {
        let mut h = FixedState::with_seed(cx.host.seed()).build_hasher();
        self.call.hash(&mut h);
        // the place in event order, so that the split into batches does not show
        match row.batch().order.get(row.row) {
            Some(k) => (k.time, k.unit, k.row).hash(&mut h),
            None => row.row.hash(&mut h),
        }
        Cell::Num((h.finish() >> 33) as f64)
    }
}
