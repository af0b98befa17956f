//! `bin` (also `bucket`, `discretize`): rounds values down to the start of their bin.

pub(super) mod width;

use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::time::{Modifier, Time, parse_modifier};
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::bin::Bin as Syntax;
use sepal_parser::commands::{Command, NamedOption};
use width::{Range, Width};

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "bin",
    aliases: &["bucket", "discretize"],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Puts numbers and times into bins: each value becomes the bin that it is in.",
        syntax: "bin [span=<log-span>|<span-length>] [bins=<int>] [minspan=<span-length>] \
                 [start=<num>] [end=<num>] [aligntime=earliest|latest|<time-specifier>] <field> [AS <newfield>]",
        details: "_time becomes the beginning of its bin, a number. Any other field becomes the \
                  text of the bin, such as 0-10; the upper end is not part of it. span is a \
                  number, a time such as 5m or 1w@w1, or a logarithm such as 2log5: bins from 2, \
                  10, 50... Bins of a day or more begin at local midnight. Without span it is the \
                  smallest power of ten, or for _time the smallest of 1s, 5s, 10s, 30s, 1m, 5m, \
                  10m, 30m, 1h, 1d, 1mon and 1y, that gives at most `bins` (100) bins over all \
                  rows; minspan is the least width, start and end widen the range. aligntime is \
                  where the bins of a time shorter than a day begin: a time, or the beginning or \
                  end of the search's time range (earliest, latest). Values that are no numbers \
                  stay as they are.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/bin",
        examples: &[
            CommandExample {
                title: "events in five minutes",
                search: "| makeresults | eval _time=1700000123 | bin span=5m _time | eval t=_time | table t",
                events: "",
                rows: r#"{"t":1700000100}"#,
            },
            CommandExample {
                title: "numbers in tens",
                search: "| makeresults | eval n=25 | bin span=10 n | table n",
                events: "",
                rows: r#"{"n":"20-30"}"#,
            },
        ],
    },
    plan: |stage, cx| match &stage.command {
        Command::Bin(b) => plan(b, &super::chart::range(cx)),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Source: the page, "bins" ("Default: 100").
const DEFAULT_BINS: u32 = 100;
/// Source: limits.conf, [discretize] maxbins.
pub(super) const MAX_BINS: u32 = 50_000;

fn wrong(o: &NamedOption, needs: &str) -> Diagnostic {
    let message = format!("`{}=` needs {needs}, not `{}`", o.name.node, o.value.node);
    Diagnostic::error("SPL2123", o.value.span, message).label(format!("expected {needs}"))
}

pub(super) fn plan(b: &Syntax, range: &TimeRange) -> Result<Op, Vec<Diagnostic>> {
    let field = FieldName::new(&b.field.node);
    let time = field == "_time";
    let Bins { span, auto, align } = Bins::new(&b.options, time, range)?;
    let alias = b.alias.as_ref().map(|a| FieldName::new(&a.node));
    let target = Target { field, alias, time, align };
    Ok(match span {
        Some(width) => Op::Streaming(Box::new(Bin { target, width })),
        None => Op::Ordered(Box::new(AutoBin { target, auto })),
    })
}

/// The options of bins, read.
pub(super) struct Bins {
    /// The width, if it is given.
    pub span: Option<Width>,
    /// How it is found if not.
    pub auto: Auto,
    /// `aligntime=`.
    pub align: Option<Align>,
}

/// The beginning and end of the time range that a search is restricted to, as written in it.
pub(super) type TimeRange = (Option<Modifier>, Option<Modifier>);

/// What the bins of times are aligned to.
///
/// Source: the page, "aligntime".
#[derive(Clone, Debug)]
pub(super) enum Align {
    /// A time.
    At(Modifier),
    /// The beginning of the search's time range. A search without one begins at epoch 0, which
    /// bins are aligned to anyway.
    Earliest(Option<Modifier>),
    /// Its end; that of a search without one is now.
    Latest(Option<Modifier>),
}

impl Align {
    fn time(&self, cx: &RunCx) -> Option<Time> {
        let at = |m: &Modifier| m.apply(cx.now(), cx.host.time_zone());
        match self {
            Align::At(m) => at(m),
            Align::Earliest(m) => m.as_ref().and_then(at).or(cx.given_range().0),
            Align::Latest(m) => {
                m.as_ref().and_then(at).or(cx.given_range().1).or_else(|| Some(cx.now()))
            }
        }
    }
}

impl Bins {
    /// Reads the options of a field in a search of that time range.
    pub fn new(
        options: &[NamedOption],
        time: bool,
        range: &TimeRange,
    ) -> Result<Bins, Vec<Diagnostic>> {
        let mut auto = Auto { bins: DEFAULT_BINS, minspan: None, start: None, end: None };
        let (mut span, mut align, mut diagnostics) = (None, None, Vec::new());
        for o in options {
            let text = o.value.node.as_str();
            let number = || text.parse::<f64>().ok().filter(|n| n.is_finite());
            const WIDTH: &str = "a width such as 10, 5m or 2log5";
            let width = || Width::parse(text, time);
            match o.name.node.as_str() {
                "span" => match width() {
                    Ok(w) => span = Some(w),
                    Err(e) => diagnostics.push(wrong(o, WIDTH).label(e)),
                },
                "minspan" => match width() {
                    Ok(w) if !matches!(w, Width::Log { .. }) => auto.minspan = Some(w),
                    Ok(_) => diagnostics.push(wrong(o, "a width such as 10 or 5m")),
                    Err(e) => diagnostics.push(wrong(o, WIDTH).label(e)),
                },
                "bins" => match text.parse() {
                    Ok(n @ 2..=MAX_BINS) => auto.bins = n,
                    _ => diagnostics.push(wrong(o, "a whole number from 2 to 50000")),
                },
                "start" => match number() {
                    Some(n) => auto.start = Some(n),
                    None => diagnostics.push(wrong(o, "a number")),
                },
                "end" => match number() {
                    Some(n) => auto.end = Some(n),
                    None => diagnostics.push(wrong(o, "a number")),
                },
                _ if text == "earliest" => align = Some(Align::Earliest(range.0.clone())),
                _ if text == "latest" => align = Some(Align::Latest(range.1.clone())),
                _ => match parse_modifier(text) {
                    Ok(m) => align = Some(Align::At(m)),
                    Err(e) => {
                        diagnostics.push(wrong(o, "a time such as @d+3h").label(e.to_string()));
                    }
                },
            }
        }
        if diagnostics.is_empty() { Ok(Bins { span, auto, align }) } else { Err(diagnostics) }
    }

    /// The width of the bins of values in that range.
    pub fn width(&self, range: Option<Range>, time: bool, cx: &RunCx) -> Option<Width> {
        self.span.clone().or_else(|| range.map(|r| self.auto.width(r, time, cx)))
    }

    /// `start=` and `end=`.
    pub fn ends(&self) -> (Option<f64>, Option<f64>) {
        (self.auto.start, self.auto.end)
    }

    /// What bins are aligned to.
    pub fn align(&self, cx: &RunCx) -> Option<Time> {
        self.align.as_ref().and_then(|a| a.time(cx))
    }
}

/// What is put into bins, and where the bins go.
#[derive(Clone)]
struct Target {
    field: FieldName,
    alias: Option<FieldName>,
    /// Whether it is `_time`: its bins are their beginnings.
    time: bool,
    align: Option<Align>,
}

impl Target {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if let Some(alias) = &self.alias {
            after.remove(alias);
            after.insert(&self.field);
        }
        after
    }

    fn apply(&self, width: &Width, batch: &mut Batch, cx: &RunCx) {
        let tz = cx.host.time_zone();
        let align = self.align.as_ref().and_then(|a| a.time(cx));
        let one = |v: &Value| match v.number().and_then(|n| width.bin(n, tz, align)) {
            None => v.clone(),
            Some(range) if self.time => Value::Num(range.start),
            Some(range) => Value::from(range.text()),
        };
        let all = |v: &Value| match v {
            Value::Mv(ms) => Value::from_members(ms.iter().map(one)),
            v => one(v),
        };
        let Some(col) = batch.col(&self.field) else {
            if let Some(alias) = &self.alias {
                batch.set(alias.clone(), Col::Const(Value::Null));
            }
            return;
        };
        let col = match col {
            Col::Const(v) => Col::Const(all(v)),
            Col::Values(vs) => Col::Values(vs.iter().map(all).collect()),
        };
        batch.set(self.alias.as_ref().unwrap_or(&self.field).clone(), col);
    }
}

/// The width is known.
struct Bin {
    target: Target,
    width: Width,
}

impl Operator for Bin {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.target.needed(after)
    }
}

impl Streaming for Bin {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        self.target.apply(&self.width, &mut batch, cx);
        Ok(batch)
    }
}

/// How the width is found once all values are known.
#[derive(Clone)]
pub(super) struct Auto {
    bins: u32,
    minspan: Option<Width>,
    start: Option<f64>,
    end: Option<f64>,
}

impl Auto {
    /// The width of the bins of values in that range.
    fn width(&self, mut range: Range, time: bool, cx: &RunCx) -> Width {
        range.start = self.start.map_or(range.start, |n| n.min(range.start));
        range.end = self.end.map_or(range.end, |n| n.max(range.end));
        match time {
            true => Width::for_times(range, self.bins, self.minspan.as_ref(), cx.host.time_zone()),
            false => Width::for_numbers(range, self.bins, self.minspan.as_ref()),
        }
    }
}

struct AutoBin {
    target: Target,
    auto: Auto,
}

impl Operator for AutoBin {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.target.needed(after)
    }
    fn describe(&self) -> String {
        format!("at most {} bins over all rows", self.auto.bins)
    }
}

impl Ordered for AutoBin {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(AutoRun {
            target: self.target.clone(),
            auto: self.auto.clone(),
            range: None,
            rows: Held::new(),
        })
    }
}

struct AutoRun {
    target: Target,
    auto: Auto,
    range: Option<Range>,
    rows: Held,
}

impl OrderedRun for AutoRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        for row in 0..batch.len {
            for n in batch.get(&self.target.field, row).members().iter().filter_map(Value::number) {
                if n.is_finite() {
                    let r = self.range.get_or_insert(Range::new(n, n));
                    (r.start, r.end) = (r.start.min(n), r.end.max(n));
                }
            }
        }
        self.rows.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let width = self.range.map(|range| self.auto.width(range, self.target.time, cx));
        self.rows.drain(cx, None, &mut |mut batch| {
            if let Some(width) = &width {
                self.target.apply(width, &mut batch, cx);
            } else if let Some(alias) = &self.target.alias
                && let Some(col) = batch.col(&self.target.field).cloned()
            {
                batch.set(alias.clone(), col);
            }
            give(batch)
        })
    }
}

/// The time of a number of seconds.
fn time(secs: f64) -> Option<Time> {
    Time::from_secs_f64(secs)
}
