//! `mvrange`.

use super::shared::{ex, pages};
use super::shared::{num, text};
use super::{FunctionSpec, Imp};
use crate::doc::FunctionDoc;
use crate::eval::Cell;
use crate::run_cx::RunCx;
use sepal_data::Value;
use sepal_data::time::{Time, calendar, parse_span};

pub static SPEC: FunctionSpec = FunctionSpec {
    name: "mvrange",
    aliases: &[],
    arity: (2, 3),
    category: "multivalue",
    doc: FunctionDoc {
        summary: "The numbers from the start up to, but without, the end.",
        syntax: "mvrange(<start>,<end>,<step>)",
        details: r#"A step such as "7d" takes start and end as times. At most 100,000 values are made; more is counted as a notice."#,
        source: pages::MV,
        examples: &[ex("mvrange(1, 11, 2)", "[1,3,5,7,9]"), ex("mvrange(3, 1, -1)", "[3,2]")],
    },
    imp: Imp::Call(run),
};

/// The most values that one call makes.
const LIMIT: u64 = 100_000;

fn run(args: &[Cell], cx: &RunCx) -> Cell {
    let (Some(start), Some(end)) = (num(args, 0), num(args, 1)) else { return Cell::Null };
    let step = match args.get(2) {
        None => 1.0,
        Some(_) => match num(args, 2) {
            Some(n) => n,
            None => return spans(args, start, end, cx).unwrap_or(Cell::Null),
        },
    };
    let at = |i: u64| start + i as f64 * step;
    let inside = |n: f64| (step > 0.0 && n < end) || (step < 0.0 && n > end);
    take(at, inside, cx)
}

fn take(at: impl Fn(u64) -> f64, inside: impl Fn(f64) -> bool, cx: &RunCx) -> Cell {
    let values: Vec<Value> =
        (0..LIMIT).map(&at).take_while(|n| inside(*n)).map(Value::Num).collect();
    if values.len() as u64 == LIMIT && inside(at(LIMIT)) {
        cx.notice("SPL3003", "mvrange() stops at 100000 values", true);
    }
    Cell::from_members(values)
}

/// Steps of calendar time: days keep the hour over a change of the clock.
fn spans(args: &[Cell], start: f64, end: f64, cx: &RunCx) -> Option<Cell> {
    let span = parse_span(&text(args, 2)?).ok()?;
    let start = Time::from_secs_f64(start)?;
    let tz = cx.host.time_zone();
    let at = |i: u64| {
        let count = i64::try_from(i).ok()?.checked_mul(span.count())?;
        calendar::shift(start, count, span.unit(), tz)
    };
    let at = |i| at(i).map_or(f64::INFINITY, Time::as_secs_f64);
    Some(take(at, |n| n < end, cx))
}
