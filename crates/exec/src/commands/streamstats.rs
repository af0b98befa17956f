//! `streamstats`: running aggregates over the rows before each row.

mod slots;
mod window;

use super::stats::{StatsPlan, times_of};
use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::Program;
use crate::group::{Assigned, GroupTable};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::time::{Unit, parse_span};
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Expr, Spanned};
use sepal_parser::commands::Command;
use sepal_parser::commands::streamstats::Streamstats as Syntax;
use slots::{Rows, Running, Slots};
use std::sync::Arc;
use window::Windows;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "streamstats",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Adds to each row the aggregates over the rows up to it.",
        syntax: "streamstats [reset_on_change=<bool>] [reset_before=\"(\"<eval-expression>\")\"] \
                 [reset_after=\"(\"<eval-expression>\")\"] [current=<bool>] [window=<int>] \
                 [time_window=<span-length>] [global=<bool>] [allnum=<bool>] \
                 <stats-func>(<wc-field>|eval(<expr>)) [AS <wc-field>]... [BY <field-list>]",
        details: "Rows come newest first where no command before has ordered them otherwise. \
                  current=false leaves the row itself out. window=N counts the last N rows, \
                  time_window the rows whose _time is less than that far away, at most 10,000. \
                  With BY the window is one for all groups, unless global=false gives each group \
                  its own. reset_before and reset_after begin anew where an expression is true, \
                  before or after the row is counted, reset_on_change where the BY values change; \
                  reset_after may use the fields that streamstats adds. A row in which a BY field \
                  is null counts nowhere and stays as it is.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/streamstats",
        examples: &[
            CommandExample {
                title: "number the rows of each host",
                search: "* | streamstats count AS n BY host | table host n",
                events: r#"{"host":"a"}
{"host":"b"}
{"host":"a"}"#,
                rows: r#"{"host":"a","n":1}
{"host":"b","n":1}
{"host":"a","n":2}"#,
            },
            CommandExample {
                title: "the value before, and the sum of the last two",
                search: "* | streamstats current=false last(v) AS before | streamstats window=2 sum(v) AS s | table v before s",
                events: r#"{"v":1}
{"v":2}
{"v":3}"#,
                rows: r#"{"v":1,"s":1}
{"v":2,"before":1,"s":3}
{"v":3,"before":2,"s":5}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Streamstats(s) => {
            Ok(Op::Ordered(Box::new(Streamstats { plan: Arc::new(Plan::new(s)?) })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// The most rows of a time window. Source: limits.conf, max_stream_window.
const MAX_STREAM_WINDOW: u64 = 10_000;

/// What a run needs to know.
pub(super) struct Plan {
    stats: Arc<StatsPlan>,
    current: bool,
    /// How many rows count; 0 = all.
    window: u64,
    /// Whether the number of rows is Splunk's limit, and not asked for.
    limit: bool,
    /// How much time counts, in microseconds.
    time_window: Option<u64>,
    /// One window for each group.
    by_group: bool,
    reset_on_change: bool,
    reset_before: Option<Program>,
    reset_after: Option<Program>,
}

impl Plan {
    fn new(s: &Syntax) -> Result<Plan, Vec<Diagnostic>> {
        let time_window = match &s.time_window {
            Some(t) => Some(micros(t)?),
            None => None,
        };
        let asked = s.window.as_ref().map_or(0, |w| w.node);
        let limit = asked == 0 && time_window.is_some();
        let stats = StatsPlan::new(&s.stats)?;
        Ok(Plan {
            current: s.current.unwrap_or(true),
            window: if limit { MAX_STREAM_WINDOW } else { asked },
            limit,
            time_window,
            by_group: s.global == Some(false) && !stats.by.is_empty(),
            reset_on_change: s.reset_on_change.unwrap_or(false),
            reset_before: s.reset_before.as_ref().map(condition).transpose()?,
            reset_after: s.reset_after.as_ref().map(condition).transpose()?,
            stats: Arc::new(stats),
        })
    }
}

/// A condition, all of whose mistakes are told at the whole of it: in quotes its parts have no
/// place of their own.
fn condition(e: &Spanned<Expr>) -> Result<Program, Vec<Diagnostic>> {
    Program::compile(&e.node).map_err(|mut ds| {
        ds.iter_mut().for_each(|d| d.span = e.span);
        ds
    })
}

/// The length of a time window.
fn micros(text: &Spanned<String>) -> Result<u64, Vec<Diagnostic>> {
    let wrong = |message: String| {
        vec![Diagnostic::error("SPL2203", text.span, message).label("not a time span")]
    };
    let span = parse_span(&text.node).map_err(|e| wrong(e.to_string()))?;
    if span.snap().is_some() {
        return Err(wrong("a time window is not aligned: it ends at each row".to_owned()));
    }
    let day = 86_400_000_000;
    let length = match (span.micros(), span.unit()) {
        (Some(n), _) => Some(n),
        (None, Unit::Day) => span.count().checked_mul(day),
        (None, Unit::Week) => span.count().checked_mul(7 * day),
        _ => None,
    };
    match length.and_then(|n| u64::try_from(n).ok()) {
        Some(n) => Ok(n),
        None => Err(vec![
            Diagnostic::unsupported("SPL2204", text.span, "a time_window of months or years")
                .help("months differ in length: give a number of days"),
        ]),
    }
}

struct Streamstats {
    plan: Arc<Plan>,
}

impl Operator for Streamstats {
    fn needed(&self, after: FieldSet) -> FieldSet {
        let mut set = after;
        if let Some(p) = &self.plan.reset_after {
            set = super::with_program(set, p);
        }
        set = self.plan.stats.needed_beside(set);
        if let Some(p) = &self.plan.reset_before {
            set = super::with_program(set, p);
        }
        if self.plan.time_window.is_some() {
            set.insert("_time");
        }
        set
    }

    fn describe(&self) -> String {
        match (self.plan.window, self.plan.time_window) {
            (0, _) => "over all rows so far".to_owned(),
            (n, None) => format!("over the last {n} rows"),
            (n, Some(_)) => format!("over a time window of at most {n} rows"),
        }
    }
}

impl Ordered for Streamstats {
    fn start(&self) -> Box<dyn OrderedRun> {
        let plan = Arc::clone(&self.plan);
        Box::new(Run {
            slots: Slots::new(&plan.stats),
            groups: GroupTable::new(),
            assigned: Assigned::default(),
            state: State::new(&plan),
            before: None,
            rows: 0,
            seq: 0,
            plan,
        })
    }
}

/// What has been counted so far.
enum State {
    /// Everything.
    All(Running),
    /// A window.
    Last(Windows),
}

impl State {
    fn new(plan: &Plan) -> State {
        match plan.window {
            0 => State::All(Running::default()),
            n => State::Last(Windows::new(n, plan.by_group, plan.time_window)),
        }
    }

    /// The results in one group with and without the row itself, which is counted then.
    fn count(
        &mut self,
        plan: &Plan,
        slots: &Slots,
        at: Place<'_>,
        cx: &RunCx,
    ) -> Result<Vec<Value>, RunError> {
        match self {
            State::All(running) if plan.current => {
                running.update(&plan.stats, slots, at, cx)?;
                Ok(running.results(&plan.stats, slots, at.group, cx))
            }
            State::All(running) => {
                let results = running.results(&plan.stats, slots, at.group, cx);
                running.update(&plan.stats, slots, at, cx)?;
                Ok(results)
            }
            State::Last(windows) => windows.count(plan, slots, at, cx),
        }
    }
}

/// A row of a batch and one of its groups.
#[derive(Clone, Copy)]
struct Place<'a> {
    rows: &'a Rows<'a>,
    row: u32,
    group: u32,
    /// The row's number among those that are in a group.
    seq: u64,
}

struct Run {
    plan: Arc<Plan>,
    slots: Slots,
    groups: GroupTable,
    assigned: Assigned,
    state: State,
    /// The groups of the row before, for `reset_on_change`.
    before: Option<Vec<u32>>,
    /// How many rows came.
    rows: u64,
    /// How many of them are in a group.
    seq: u64,
}

impl Run {
    fn reset(&mut self) {
        self.state = State::new(&self.plan);
    }

    /// Whether `reset_after` is true of a row with its results.
    fn ends(
        &self,
        program: &Program,
        batch: &Batch,
        row: usize,
        results: &[Value],
        cx: &RunCx,
    ) -> bool {
        let mut one = Batch::with_len(1);
        let mut put = |name: &FieldName| {
            if let Some(col) = batch.col(name) {
                one.set(name.clone(), Col::Const(col.get(row).clone()));
            }
        };
        match program.reads_whole_row() {
            true => batch.cols.keys().for_each(&mut put),
            false => program.fields().for_each(&mut put),
        }
        for (name, value) in self.slots.names().zip(results) {
            one.set(name.clone(), Col::Const(value.clone()));
        }
        program.test(&program.bind(&one), 0, cx) == Some(true)
    }
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        cx: &RunCx,
    ) -> Result<Flow, RunError> {
        let plan = Arc::clone(&self.plan);
        self.slots.discover(&plan.stats, &batch);
        let computed = plan.stats.computed(&batch, cx);
        let start = self.rows;
        self.rows += batch.len as u64;
        let order = OrderKey::following(start, batch.len);
        let timed = plan.stats.needs_order || plan.time_window.is_some();
        let rows = Rows {
            columns: self.slots.columns(&plan.stats, &batch, &computed),
            order,
            times: if timed { times_of(&batch) } else { Vec::new() },
        };
        let starts = plan.reset_before.as_ref().map(|p| p.mask(&batch, cx)).unwrap_or_default();
        let mut assigned = std::mem::take(&mut self.assigned);
        self.groups.assign(
            &batch,
            &plan.stats.by,
            plan.stats.group_options(),
            cx,
            &mut assigned,
        )?;
        let mut results: Vec<Option<Vec<Value>>> = vec![None; batch.len];
        let mut at = 0;
        for (row, result) in results.iter_mut().enumerate() {
            if starts.get(row) == Some(&true) {
                self.reset();
            }
            let end = at + assigned.rows[at..].iter().take_while(|r| **r as usize == row).count();
            let groups = &assigned.groups[at..end];
            at = end;
            if !groups.is_empty() {
                if plan.reset_on_change && self.before.as_deref() != Some(groups) {
                    if self.before.is_some() {
                        self.reset();
                    }
                    self.before = Some(groups.to_vec());
                }
                for &group in groups {
                    let place = Place { rows: &rows, row: row as u32, group, seq: self.seq };
                    let values = self.state.count(&plan, &self.slots, place, cx)?;
                    *result = Some(match result.take() {
                        None => values,
                        // a row of several groups gets the results of all
                        Some(first) => first
                            .into_iter()
                            .zip(values)
                            .map(|(a, b)| Value::from_members([a, b]))
                            .collect(),
                    });
                }
                self.seq += 1;
            }
            if let Some(p) = &plan.reset_after
                && self.ends(p, &batch, row, result.as_deref().unwrap_or_default(), cx)
            {
                self.reset();
            }
        }
        drop(rows);
        self.assigned = assigned;
        self.slots.write(&mut batch, results);
        out.push(batch);
        Ok(Flow::More)
    }
}
