//! `now`.

use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use crate::run_cx::RunCx;

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "now",
    aliases: &[],
    arity: (0, 0),
    category: "time",
    doc: FunctionDoc {
        summary: "The time at which the search started, in whole seconds since the epoch.",
        syntax: "now()",
        details: "",
        source: pages::TIME,
        examples: &[
            ex("now() = floor(now())", r#""True""#),
            ex(r#"strftime(now(), "%Y")"#, r#""2026""#),
        ],
    },
    imp: Imp::Call(run),
};

fn run(_: &[Cell], cx: &RunCx) -> Cell {
    Cell::Num(cx.host.now().div_euclid(1_000_000) as f64)
}
