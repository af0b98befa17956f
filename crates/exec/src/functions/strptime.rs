//! `strptime`.

use super::shared::text;
use super::shared::{ex, pages};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use crate::run_cx::RunCx;
use sepal_data::time::{Time, strptime};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "strptime",
    aliases: &[],
    arity: (2, 2),
    category: "time",
    doc: FunctionDoc {
        summary: "The time that a text in a format names, in seconds since the epoch.",
        syntax: "strptime(<str>,<format>)",
        details: "Without a zone in the text it is a time of the search's time zone. A text that does not fit gives null.",
        source: pages::TIME,
        examples: &[
            ex(r#"strptime("2015-06-01 19:50:55", "%Y-%m-%d %H:%M:%S")"#, "1433188255"),
            ex(r#"strptime("no time", "%Y-%m-%d")"#, "null"),
        ],
    },
    imp: Imp::Call(run),
};

fn run(args: &[Cell], cx: &RunCx) -> Cell {
    let (Some(s), Some(format)) = (text(args, 0), text(args, 1)) else { return Cell::Null };
    let Some(now) = Time::from_micros(cx.host.now()) else { return Cell::Null };
    strptime(&s, &format, cx.host.time_zone(), now).map(Time::as_secs_f64).into()
}
