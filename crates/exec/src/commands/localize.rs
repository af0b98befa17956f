//! `localize`: the time ranges in which events follow each other.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, give_all};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::time::parse_span;
use sepal_data::{Batch, Col, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Spanned;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "localize",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Gives the time ranges in which events follow each other closely.",
        syntax: "localize [maxpause=<int>(s|m|h|d)] [timeafter=<int>(s|m|h|d)] [timebefore=<int>(s|m|h|d)]",
        details: "A range goes on while the next event is not more than maxpause (1m) away. \
                  starttime and endtime are widened by timebefore and timeafter (30s each); _time \
                  is the first time before that. count is the number of events, duration the \
                  seconds from starttime to endtime, density the events in a second. Ranges come \
                  in the order of the events; rows without _time are left out, with a notice.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/localize",
        examples: &[CommandExample {
            title: "where errors are",
            search: "error | localize maxpause=10s timebefore=1s timeafter=1s | table starttime endtime count",
            events: r#"{"_time":100,"_raw":"error"}
{"_time":15,"_raw":"error"}
{"_time":10,"_raw":"error"}"#,
            rows: r#"{"starttime":99,"endtime":101,"count":1}
{"starttime":9,"endtime":16,"count":2}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Localize(l) => Ok(Op::Ordered(Box::new(Localize {
            pause: seconds(&l.maxpause, 60.0)?,
            after: seconds(&l.timeafter, 30.0)?,
            before: seconds(&l.timebefore, 30.0)?,
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// `<int>(s|m|h|d)` in seconds.
fn seconds(text: &Option<Spanned<String>>, default: f64) -> Result<f64, Vec<Diagnostic>> {
    let Some(text) = text else { return Ok(default) };
    // nothing is a length here, but no span
    if text.node.trim_end_matches(['s', 'm', 'h', 'd']) == "0" {
        return Ok(0.0);
    }
    let unit = match text.node.trim_start_matches(|c: char| c.is_ascii_digit()) {
        "d" => Some(86_400.0),
        "s" | "m" | "h" => None,
        _ => return Err(wrong(text)),
    };
    match (unit, parse_span(&text.node)) {
        (Some(unit), Ok(span)) => Ok(span.count() as f64 * unit),
        (None, Ok(span)) => span.micros().map(|m| m as f64 / 1e6).ok_or_else(|| wrong(text)),
        _ => Err(wrong(text)),
    }
}

fn wrong(text: &Spanned<String>) -> Vec<Diagnostic> {
    let message = format!("`{}` is no length of time", text.node);
    let d = Diagnostic::error("SPL2486", text.span, message);
    vec![d.label("expected a number and s, m, h or d, such as 30s")]
}

#[derive(Clone, Copy)]
struct Localize {
    pause: f64,
    after: f64,
    before: f64,
}

impl Operator for Localize {
    fn needed(&self, _: FieldSet) -> FieldSet {
        let mut set = FieldSet::new();
        set.insert("_time");
        set
    }
}

impl Ordered for Localize {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: *self, regions: Vec::new(), last: None })
    }
}

struct Region {
    first: f64,
    last: f64,
    count: u64,
}

struct Run {
    plan: Localize,
    regions: Vec<Region>,
    /// The time of the event before.
    last: Option<f64>,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        for row in 0..batch.len {
            let Some(time) = batch.get("_time", row).number().filter(|t| t.is_finite()) else {
                cx.notice("SPL2484", "rows without _time are in no range", true);
                continue;
            };
            let near = self.last.is_some_and(|last| (time - last).abs() <= self.plan.pause);
            match self.regions.last_mut().filter(|_| near) {
                Some(r) => {
                    (r.first, r.last) = (r.first.min(time), r.last.max(time));
                    r.count += 1;
                }
                None => self.regions.push(Region { first: time, last: time, count: 1 }),
            }
            self.last = Some(time);
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let regions = std::mem::take(&mut self.regions);
        let Localize { before, after, .. } = self.plan;
        let mut batch = Batch::with_len(regions.len());
        let mut set = |name: &str, of: &dyn Fn(&Region) -> Value| {
            batch.set(name, Col::Values(regions.iter().map(of).collect()));
        };
        let length = |r: &Region| r.last + after - (r.first - before);
        set("_time", &|r| Value::Num(r.first));
        set("count", &|r| Value::Num(r.count as f64));
        set("density", &|r| match length(r) {
            0.0 => Value::Null,
            length => Value::Num(r.count as f64 / length),
        });
        set("duration", &|r| Value::Num(length(r)));
        set("endtime", &|r| Value::Num(r.last + after));
        set("starttime", &|r| Value::Num(r.first - before));
        give_all([batch], give)
    }
}
