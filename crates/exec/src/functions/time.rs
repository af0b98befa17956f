//! `time`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use crate::run_cx::RunCx;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "time",
    aliases: &[],
    arity: (0, 0),
    category: "time",
    doc: FunctionDoc {
        summary: "The time now, in seconds since the epoch with microseconds.",
        syntax: "time()",
        details: "A run has one clock: time() is the moment at which the search started, so that the run can be repeated.",
        source: pages::TIME,
        examples: &[ex("floor(time()) = now()", r#""True""#), ex("time() > 0", r#""True""#)],
    },
    imp: Imp::Call(run),
};

fn run(_: &[Cell], cx: &RunCx) -> Cell {
    Cell::Num(cx.host.now() as f64 / 1e6)
}
