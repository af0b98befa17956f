//! `strftime`.

use super::shared::{ex, pages};
use super::shared::{num, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use crate::run_cx::RunCx;
use sepal_data::time::{Time, strftime};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "strftime",
    aliases: &[],
    arity: (2, 2),
    category: "time",
    doc: FunctionDoc {
        summary: "A time, in seconds since the epoch, as text in a format.",
        syntax: "strftime(<time>,<format>)",
        details: r#"The format's variables are those of Splunk's "Date and time format variables". What is no number gives null."#,
        source: pages::TIME,
        examples: &[
            ex(r#"strftime(1433188255, "%Y-%m-%d %H:%M")"#, r#""2015-06-01 19:50""#),
            ex(r#"strftime(0.25, "%H:%M:%S.%3N")"#, r#""00:00:00.250""#),
        ],
    },
    imp: Imp::Call(run),
};

fn run(args: &[Cell], cx: &RunCx) -> Cell {
    match (num(args, 0).and_then(Time::from_secs_f64), text(args, 1)) {
        (Some(time), Some(format)) => Cell::str(strftime(time, &format, cx.host.time_zone())),
        _ => Cell::Null,
    }
}
