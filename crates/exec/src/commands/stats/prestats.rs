//! Aggregates that another command finishes: what `tstats` and `mstats` give with `prestats=true`,
//! and how `stats`, `chart`, `timechart`, `top` and `rare` read it.
//!
//! Such a row is a group: its BY fields, how many events it is of (`psrsvd_gc`), and a column for
//! each state, which is the state as text. A command that aggregates such rows merges the states of
//! those that fall into one of its groups. As in Splunk the columns are named after what is kept,
//! not after the function: `sum` and `avg` of a field keep the same.
//!
//! Source: Search Reference, `tstats` and `mstats`, "prestats"; the names are those of summary
//! indexes (Knowledge Manager Manual, "psrsvd_" fields).

use super::plan::{Arg, Fixed, StatsPlan};
use super::run::StatsRun;
use crate::aggregates::Aggregate;
use crate::commands::{self, Op, Operator, Partial, PartialRun};
use crate::plan::{PlanCx, Planned};
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::{Reader, Writer};
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{Pipeline, Spanned};
use sepal_parser::commands::stats::{Aggregate as Syntax, AggregateArgument, Stats as StatsSyntax};
use std::fmt::Write as _;
use std::sync::Arc;

/// The number of events of a row; every row of `prestats=true` has it, and no other has.
pub(in crate::commands) const COUNT: &str = "psrsvd_gc";

/// What the text of a state begins with: other texts, such as those of `fillnull`, are no states.
const MARK: char = '~';

/// What commands before the one being planned have made with `prestats=true`.
#[derive(Clone, Default)]
pub(crate) struct Made {
    /// The names of their columns.
    columns: Vec<Pattern>,
    /// Whether such rows are what reaches the command.
    pub direct: bool,
}

impl Made {
    /// Whether there are any.
    pub fn is_any(&self) -> bool {
        !self.columns.is_empty()
    }
}

/// The commands that finish such rows.
const READERS: [&str; 5] = ["stats", "chart", "timechart", "top", "rare"];

/// The error that a command would take such rows for events.
pub(crate) fn unread(p: &Planned) -> Option<Diagnostic> {
    let name = commands::find(&p.name)?.name;
    let aggregates =
        matches!(p.op, Op::Partial(_)) || ["eventstats", "streamstats"].contains(&name);
    (aggregates && !READERS.contains(&name)).then(|| {
        let message = format!("{name} does not finish rows of prestats=true");
        Diagnostic::error("SPL2342", p.span, message)
            .label("would count rows, not events")
            .help("use stats, chart, timechart, top or rare, or leave prestats out")
    })
}

/// The warning that no command finishes them.
pub(crate) fn unfinished(search: &Pipeline) -> Diagnostic {
    let at = search.stages.last().map(|s| s.span).unwrap_or_default();
    Diagnostic::warning("SPL2343", at, "the search ends with rows of prestats=true")
        .label("states, not results")
        .help("let stats, chart or timechart with the same functions follow")
}

/// The columns that a command reads states from.
pub(in crate::commands) struct States {
    /// By the place of the aggregate; none where nobody has made it.
    fixed: Vec<Option<FieldName>>,
    /// What the columns of wildcard aggregates begin with.
    wild: Vec<String>,
}

/// The name of the column of an aggregate.
fn column(a: &Aggregate, argument: Option<&str>) -> FieldName {
    let kept = match a.spec.name {
        "count" => "ct",
        "sum" | "avg" => "sm",
        "stdev" | "stdevp" | "var" | "varp" | "sumsq" => "ss",
        "min" => "mn",
        "max" => "mx",
        "dc" | "values" => "vm",
        "perc" | "exactperc" | "upperperc" | "median" => "rd",
        "estdc" | "estdc_error" => "hl",
        other => other,
    };
    match argument {
        None => FieldName::new(COUNT),
        Some(field) => FieldName::new(format!("psrsvd_{kept}_{field}")),
    }
}

fn argument(f: &Fixed) -> Option<Option<&str>> {
    match &f.argument {
        Arg::None => Some(None),
        Arg::Field(n) => Some(Some(n)),
        Arg::Eval(_) => None,
    }
}

/// Whether a column is a plain number and not a state.
fn is_count(column: &str) -> bool {
    column == COUNT || column.starts_with("psrsvd_ct_")
}

impl StatsPlan {
    /// Lets the plan read rows of `prestats=true` too, where a command before makes such rows.
    pub(in crate::commands) fn over_prestats(
        &mut self,
        name: &Spanned<String>,
        cx: &PlanCx,
    ) -> Result<(), Vec<Diagnostic>> {
        if !cx.prestats.is_any() {
            return Ok(());
        }
        let known = |a: &Aggregate, argument: Option<&str>| {
            let column = column(a, argument);
            let made = cx.prestats.columns.iter().any(|p| p.is_match(&column));
            (made && a.sparkline.is_none() && !self.allnum).then_some(column)
        };
        let mut fixed = Vec::new();
        let mut diagnostics = Vec::new();
        for f in &self.fixed {
            let found = argument(f).and_then(|argument| known(&f.aggregate, argument));
            if found.is_none() && cx.prestats.direct {
                let message = format!("the rows before hold nothing for {}", f.shown());
                diagnostics.push(
                    Diagnostic::error("SPL2341", name.span, message)
                        .label("they were made with prestats=true")
                        .help("name the same function and field where they are made"),
                );
            }
            fixed.push(found);
        }
        let begin = |a: &Aggregate| column(a, Some("")).to_string();
        let wild = self.wild.iter().map(|w| begin(&w.aggregate)).collect();
        self.prestats = Some(States { fixed, wild });
        if diagnostics.is_empty() { Ok(()) } else { Err(diagnostics) }
    }
}

impl Fixed {
    /// The aggregate as it is written.
    fn shown(&self) -> String {
        let p = self.aggregate.percentile.map_or(String::new(), |p| p.to_string());
        let name = self.aggregate.spec.name;
        match argument(self) {
            Some(None) => name.to_owned(),
            Some(Some(field)) => format!("{name}{p}({field})"),
            None => format!("{name}{p}(eval(...))"),
        }
    }
}

impl States {
    /// The columns that are read.
    pub fn needed(&self, set: &mut FieldSet) {
        set.insert(COUNT);
        self.fixed.iter().flatten().for_each(|c| set.insert(c));
        self.wild.iter().for_each(|w| set.insert(&format!("{w}*")));
    }
}

impl StatsRun {
    /// Takes in rows some of which may be of `prestats=true`.
    pub(super) fn update_with_states(
        &mut self,
        states: &States,
        batch: &Batch,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        if batch.col(COUNT).is_none_or(Col::is_all_null) {
            return self.update_rows(batch, cx);
        }
        let (made, own): (Vec<usize>, Vec<usize>) =
            (0..batch.len).partition(|r| !batch.get(COUNT, *r).is_null());
        if !own.is_empty() {
            self.update_rows(&batch.take(&own), cx)?;
        }
        self.update_states(states, &batch.take(&made), cx)
    }

    fn update_states(
        &mut self,
        states: &States,
        batch: &Batch,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        if let Some((f, _)) = plan.fixed.iter().zip(&states.fixed).find(|(_, c)| c.is_none()) {
            let message = format!("rows of prestats=true hold nothing for {}", f.shown());
            return Err(RunError::failed("SPL3370", message));
        }
        self.groups.assign(batch, &plan.keys, plan.group_options(), cx, &mut self.assigned)?;
        self.set.resize(self.groups.len());
        let mut buf = Writer::new();
        for (at, name) in states.fixed.iter().enumerate() {
            let Some((name, col)) = name.as_ref().and_then(|n| Some((n, batch.col(n)?))) else {
                continue;
            };
            for (group, row) in self.assigned.groups.iter().zip(&self.assigned.rows) {
                if read(name, col.get(*row as usize), &mut buf) {
                    self.set.merge_one(at, *group, &mut Reader::new(&buf.buf))?;
                }
            }
        }
        for (at, (w, begin)) in plan.wild.iter().zip(&states.wild).enumerate() {
            for (name, col) in &batch.cols {
                let Some(field) = name.strip_prefix(begin.as_str()).map(FieldName::new) else {
                    continue;
                };
                if !w.takes(&field, &plan.by) {
                    continue;
                }
                let len = self.groups.len();
                let state = Self::wild_state(&mut self.wild, &plan, at, &field);
                state.resize(len);
                for (group, row) in self.assigned.groups.iter().zip(&self.assigned.rows) {
                    if read(name, col.get(*row as usize), &mut buf) {
                        state.merge_one(0, *group, &mut Reader::new(&buf.buf))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// The states of these groups, a column each; `strip` is taken from the fields' beginnings.
    fn states(&mut self, groups: &[u32], strip: &str) -> Vec<(FieldName, Vec<Value>)> {
        let plan = Arc::clone(&self.plan);
        let len = self.groups.len();
        self.set.resize(len);
        self.wild.values_mut().for_each(|s| s.resize(len));
        let name = |a: &Aggregate, field: Option<&str>| {
            column(a, field.map(|f| f.strip_prefix(strip).unwrap_or(f)))
        };
        let mut out: Vec<(FieldName, Vec<Value>)> = Vec::new();
        for (at, f) in plan.fixed.iter().enumerate() {
            let name = name(&f.aggregate, argument(f).flatten());
            // two functions may keep the same
            if !out.iter().any(|(n, _)| *n == name) {
                let one = |g: &u32| written(&name, |w| self.set.encode_one(at, *g, w));
                let values = groups.iter().map(one).collect();
                out.push((name, values));
            }
        }
        for ((at, field), state) in &self.wild {
            let Some(w) = plan.wild.get(*at) else { continue };
            let name = name(&w.aggregate, Some(field));
            if !out.iter().any(|(n, _)| *n == name) {
                let one = |g: &u32| written(&name, |w| state.encode_one(0, *g, w));
                let values = groups.iter().map(one).collect();
                out.push((name, values));
            }
        }
        out
    }
}

/// A state as a value.
fn written(column: &str, encode: impl FnOnce(&mut Writer)) -> Value {
    let mut w = Writer::new();
    encode(&mut w);
    if is_count(column) {
        return Reader::new(&w.buf).uint().map_or(Value::Null, Value::from);
    }
    let mut text = String::with_capacity(1 + 2 * w.buf.len());
    text.push(MARK);
    for byte in &w.buf {
        let _ = write!(text, "{byte:02x}");
    }
    Value::from(text)
}

/// Puts the state that a value stands for into `out`; false where it is none.
fn read(column: &str, value: &Value, out: &mut Writer) -> bool {
    out.buf.clear();
    if is_count(column) {
        let Some(n) = value.number().filter(|n| *n >= 0.0) else { return false };
        out.uint(n as u64);
        return true;
    }
    let Value::Text(text) = value else { return false };
    let Some(hex) = text.strip_prefix(MARK) else { return false };
    let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
    for pair in hex.as_bytes().chunks(2) {
        let [Some(high), Some(low)] = [0, 1].map(|i| pair.get(i).copied().and_then(digit)) else {
            return false;
        };
        out.buf.push(high << 4 | low);
    }
    true
}

/// How many events each row stands for: one, but for rows of `prestats=true`.
pub(in crate::commands) fn weights(batch: &Batch) -> Option<Vec<u64>> {
    let col = batch.col(COUNT)?;
    let one = |row: usize| match col.get(row) {
        Value::Null => 1,
        n => n.number().map_or(1, |n| n as u64),
    };
    Some((0..batch.len).map(one).collect())
}

/// The aggregates as states, `asked` as the search writes them; `strip` is taken from the
/// beginnings of their fields' names.
pub(in crate::commands) fn operator(
    s: &StatsSyntax,
    asked: &[Syntax],
    strip: &'static str,
    cx: &mut PlanCx,
) -> Result<Op, Vec<Diagnostic>> {
    let mut s = s.clone();
    for name in asked.iter().filter_map(|a| a.alias.as_ref()) {
        cx.warnings.push(
            Diagnostic::warning("SPL2345", name.span, "AS means nothing with prestats=true")
                .label("names no column")
                .help("name the column in the command that finishes the rows"),
        );
    }
    for (n, a) in s.aggregates.iter_mut().enumerate() {
        // names mean nothing here, so that an aggregate may stand twice
        let wild = matches!(&a.argument, AggregateArgument::Field(f) if f.node.contains('*'));
        a.alias = (!wild).then(|| Spanned::new(format!("\u{1}{n}"), a.span));
    }
    s.aggregates.push(Syntax {
        function: Spanned::new("count".to_owned(), Default::default()),
        percentile: None,
        argument: AggregateArgument::None,
        alias: Some(Spanned::new("\u{1}count".to_owned(), Default::default())),
        text: "count".to_owned(),
        span: Default::default(),
    });
    let plan = StatsPlan::new(&s)?;
    let name = |a: &Aggregate, field: Option<&str>| {
        column(a, field.map(|f| f.strip_prefix(strip).unwrap_or(f)))
    };
    let fixed = plan.fixed.iter().map(|f| name(&f.aggregate, argument(f).flatten()));
    let wild = plan.wild.iter().map(|w| name(&w.aggregate, Some(w.pattern.text())));
    let columns: Vec<Pattern> = fixed.chain(wild).map(|n| Pattern::case_sensitive(&n)).collect();
    cx.prestats.columns.extend(columns);
    cx.prestats.direct = true;
    Ok(Op::Partial(Box::new(Prestats { plan: Arc::new(plan), strip })))
}

struct Prestats {
    plan: Arc<StatsPlan>,
    strip: &'static str,
}

impl Operator for Prestats {
    fn needed(&self, _: FieldSet) -> FieldSet {
        self.plan.needed()
    }
    fn describe(&self) -> String {
        format!("states of groups by {} field(s)", self.plan.by.len())
    }
}

impl Partial for Prestats {
    fn start(&self) -> Box<dyn PartialRun> {
        Box::new(Run { stats: StatsRun::new(Arc::clone(&self.plan)), strip: self.strip })
    }
    fn needs_order(&self) -> bool {
        self.plan.needs_order
    }
}

struct Run {
    stats: StatsRun,
    strip: &'static str,
}

impl PartialRun for Run {
    fn update(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError> {
        self.stats.update(batch, cx)
    }
    fn payloads(&mut self, cx: &RunCx) -> Result<Vec<(u32, Vec<u8>)>, RunError> {
        self.stats.payloads(cx)
    }
    fn merge(&mut self, payload: &[u8], cx: &RunCx) -> Result<(), RunError> {
        self.stats.merge(payload, cx)
    }
    fn finish(&mut self, _: &RunCx) -> Result<Vec<Batch>, RunError> {
        let keys = self.stats.sorted();
        let groups: Vec<u32> = keys.iter().map(|(_, g)| *g).collect();
        let mut batch = self.stats.by_columns(&keys);
        for (name, values) in self.stats.states(&groups, self.strip) {
            batch.set(name, Col::Values(values));
        }
        Ok(vec![batch])
    }
}
