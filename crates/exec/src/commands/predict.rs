//! `predict`: what a series of numbers would be next.

mod best;
mod level;
mod pair;
pub(super) mod period;
mod times;
mod trend;

use self::pair::Pair;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::mltk::normal;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;
use sepal_parser::commands::predict::{Algorithm, Part as Syntax};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "predict",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Predicts the next numbers of a series over time.",
        syntax: "predict <field> [AS <newfield>]... [algorithm=LL|LLT|LLP|LLP5|LLB|BiLL] \
                 [future_timespan=<int>] [holdback=<int>] [period=<int>] [correlate=<field>] \
                 [suppress=<field>] [upper<int>=<field>] [lower<int>=<field>]...",
        details: "Adds prediction(FIELD), lower95(prediction(FIELD)) and \
                  upper95(prediction(FIELD)) to the rows of a timechart, and future_timespan (5) \
                  rows; AS gives the first another name, upper90=high names high(...). The last \
                  holdback rows are not learned from. A row's prediction is made of the rows before \
                  it, so that the first rows have none. LL is a level that moves by chance, LLT one \
                  with a slope, LLP a level for each place of the period; LLP5, the default, weighs \
                  LLT and LLP by the other's variance, and is LLT where there is no period. LLB \
                  predicts from the field correlate in the same row, also in the rows held back, \
                  and adds none; BiLL predicts two fields together. Without period= it is looked \
                  for in the numbers. Options belong to the fields before them. Variances are \
                  estimated by maximum likelihood; how Splunk does is not documented, which a \
                  notice tells. Rows must be in ascending order of _time.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/predict",
        examples: &[CommandExample {
            title: "a week of seven days that returns",
            search: "* | timechart span=1d sum(n) AS n | predict n period=2 future_timespan=2 | \
                     eval p='prediction(n)' | table n p",
            events: r#"{"_time":1767571200,"n":5}
{"_time":1767484800,"n":1}
{"_time":1767398400,"n":5}
{"_time":1767312000,"n":1}
{"_time":1767225600,"n":5}"#,
            rows: r#"{"n":5}
{"n":1}
{"n":5,"p":5}
{"n":1,"p":1}
{"n":5,"p":5}
{"p":1}
{"p":5}"#,
        }],
    },
    plan,
};

/// Source: the page, "future_timespan".
const FUTURE: u64 = 5;

/// Most rows that are predicted from.
const MOST_ROWS: usize = 200_000;

/// Fields that are predicted with the same options.
struct Part {
    /// The field, and what the prediction, its lower and its upper bound are called.
    fields: Vec<(FieldName, [FieldName; 3])>,
    algorithm: Algorithm,
    correlate: Option<FieldName>,
    future: usize,
    /// Whether the search says how many rows are added.
    future_given: bool,
    holdback: usize,
    period: Option<usize>,
    /// The field that is predicted and not shown.
    suppress: Option<FieldName>,
    /// How many standard deviations the bounds are away.
    lower: f64,
    upper: f64,
}

fn plan(stage: &Stage, _: &mut crate::plan::PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Predict(p) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let parts = p.parts.iter().map(part).collect::<Result<Vec<_>, _>>().map_err(|d| vec![*d])?;
    Ok(Op::Ordered(Box::new(Predict(parts.into()))))
}

fn part(p: &Syntax) -> Result<Part, Box<Diagnostic>> {
    let wrong = |span, text: &str, label: &str| {
        Err(Box::new(Diagnostic::error("SPL3354", span, text).label(label)))
    };
    let algorithm = p.algorithm.as_ref().map(|a| a.node).unwrap_or_default();
    let at = p.algorithm.as_ref().map(|a| a.span).unwrap_or_default();
    if algorithm == Algorithm::Llb && p.correlate.is_none() {
        return wrong(at, "LLB needs correlate=", "the field that it predicts from");
    }
    if algorithm == Algorithm::Bill && p.fields.len() != 2 {
        return wrong(
            at,
            "BiLL predicts two fields together",
            "write `predict a b algorithm=BiLL`",
        );
    }
    let suppressed = |s: &str| p.fields.iter().any(|(f, _)| f.node == s);
    if let Some(s) = p.suppress.as_ref().filter(|s| !suppressed(&s.node)) {
        return wrong(s.span, "suppress= names a field that is predicted", "not among them");
    }
    let (upper, lower) = (p.upper.as_ref(), p.lower.as_ref());
    let sides = [lower, upper].map(|side| side.map_or(95, |s| s.0));
    // half of what is left out is above, half below
    let [low, high] = sides.map(|p| normal::ppf(0.5 + f64::from(p) / 200.0));
    let name = |side: Option<&(u32, sepal_parser::ast::Field)>, default: &str, of: &str| {
        FieldName::new(format!("{}({of})", side.map_or(default, |s| s.1.node.as_str())))
    };
    let fields = p.fields.iter().map(|(field, alias)| {
        let of = match alias {
            Some(alias) => alias.node.clone(),
            None => format!("prediction({})", field.node),
        };
        let names = [FieldName::new(&of), name(lower, "lower95", &of), name(upper, "upper95", &of)];
        (FieldName::new(&field.node), names)
    });
    let count = |n: &Option<sepal_parser::ast::Spanned<u64>>| {
        n.as_ref().map(|n| usize::try_from(n.node).unwrap_or(usize::MAX))
    };
    Ok(Part {
        fields: fields.collect(),
        algorithm,
        correlate: p.correlate.as_ref().map(|f| FieldName::new(&f.node)),
        future: count(&p.future).unwrap_or(FUTURE as usize),
        future_given: p.future.is_some(),
        holdback: count(&p.holdback).unwrap_or(0),
        period: count(&p.period),
        suppress: p.suppress.as_ref().map(|f| FieldName::new(&f.node)),
        lower: low,
        upper: high,
    })
}

struct Predict(Arc<[Part]>);

impl Operator for Predict {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        for (_, names) in self.0.iter().flat_map(|p| &p.fields) {
            names.iter().for_each(|n| after.remove(n));
        }
        for part in self.0.iter() {
            part.fields.iter().for_each(|(f, _)| after.insert(f));
            part.correlate.iter().for_each(|f| after.insert(f));
        }
        after.insert("_time");
        after
    }
}

impl Ordered for Predict {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { parts: Arc::clone(&self.0), rows: Batch::default() })
    }
}

/// A prediction with its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Guess {
    mean: f64,
    variance: f64,
}

impl Guess {
    /// The same with the variance in another unit.
    fn times(self, unit: f64) -> Guess {
        Guess { variance: self.variance * unit, ..self }
    }
}

/// What the errors of predictions sum up to.
struct Sums {
    count: f64,
    squares: f64,
    logs: f64,
    /// The largest number of the series.
    scale: f64,
}

impl Sums {
    fn new(series: &[Option<f64>]) -> Sums {
        let scale = series.iter().flatten().fold(0.0_f64, |most, n| most.max(n.abs()));
        Sums { count: 0.0, squares: 0.0, logs: 0.0, scale }
    }

    fn add(&mut self, guess: Option<Guess>, number: Option<f64>) {
        if let (Some(guess), Some(number)) = (guess, number) {
            let error = number - guess.mean;
            self.count += 1.0;
            self.squares += error * error / guess.variance;
            self.logs += guess.variance.ln();
        }
    }

    /// The variance of the noise.
    fn noise(&self) -> f64 {
        if self.count > 0.0 { self.squares / self.count } else { 0.0 }
    }

    /// How likely the series is, as a logarithm but for what is the same for all models; infinite
    /// where there is no error but that of rounding.
    fn likelihood(&self) -> f64 {
        match self.noise() {
            noise if noise <= 1e-24 * self.scale * self.scale => f64::INFINITY,
            noise => -0.5 * (self.count * noise.ln() + self.logs),
        }
    }
}

struct Run {
    parts: Arc<[Part]>,
    rows: Batch,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        if self.rows.len > MOST_ROWS {
            return Err(too_many("predict"));
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let mut rows = std::mem::take(&mut self.rows);
        if rows.len == 0 {
            return Ok(());
        }
        let (from, step) = steps(&rows, cx)?;
        let text = "`predict`: how Splunk estimates the variances of its models is not documented; \
                    its predictions are others";
        cx.notice("SPL3355", text, true);
        let end = self.parts.iter().map(|p| p.end(rows.len)).max().unwrap_or(0).max(rows.len);
        let mut columns = Vec::new();
        for part in self.parts.iter() {
            part.columns(&rows, end, &mut columns, cx)?;
        }
        let zone = cx.host.time_zone();
        let mut added = Batch::with_len(end - rows.len);
        let time = |n| times::after(from, n, step, zone).map_or(Value::Null, Value::Num);
        added.set("_time", Col::Values((1..).take(added.len).map(time).collect()));
        rows.append(added);
        for (name, values) in columns {
            rows.set(name, Col::Values(values));
        }
        give(rows)?;
        Ok(())
    }
}

/// "more rows than" the command looks at.
pub(super) fn too_many(command: &str) -> RunError {
    let text = format!("`{command}` looks at {MOST_ROWS} rows at most: use a larger span");
    RunError::failed("SPL3363", text)
}

/// The numbers of a field.
pub(super) fn numbers(rows: &Batch, field: &str) -> Vec<Option<f64>> {
    let number = |row| rows.get(field, row).number().filter(|n| n.is_finite());
    (0..rows.len).map(number).collect()
}

/// The time of the last row, and how far rows are apart.
fn steps(rows: &Batch, cx: &RunCx) -> Result<(f64, times::Step), RunError> {
    let wrong = |text: &str| RunError::failed("SPL3358", text);
    let times: Option<Vec<f64>> = numbers(rows, "_time").into_iter().collect();
    let times = times.ok_or_else(|| wrong("`predict` needs rows with _time: use `timechart`"))?;
    let last = times.last().copied().unwrap_or_default();
    if times.len() < 2 {
        return Ok((last, times::Step::Seconds(0.0)));
    }
    let (step, even) = times::step(&times, cx.host.time_zone()).ok_or_else(|| {
        wrong("`predict` needs rows in ascending order of _time, one at each: use `timechart`")
    })?;
    if !even {
        let text = "`predict`: the rows are not equally far apart in time; they are taken as if";
        cx.notice("SPL3359", text, true);
    }
    Ok((last, step))
}

impl Part {
    /// The row behind the last one that is predicted.
    fn end(&self, rows: usize) -> usize {
        match self.algorithm {
            Algorithm::Llb => rows,
            _ => rows.saturating_sub(self.holdback).saturating_add(self.future),
        }
    }

    /// The columns that this part adds, `len` values each.
    fn columns(
        &self,
        rows: &Batch,
        len: usize,
        out: &mut Vec<(FieldName, Vec<Value>)>,
        cx: &RunCx,
    ) -> Result<(), RunError> {
        let (learned, end) = (rows.len.saturating_sub(self.holdback), self.end(rows.len));
        let series: Vec<Vec<Option<f64>>> =
            self.fields.iter().map(|(f, _)| numbers(rows, f)).collect();
        let learn = |i: usize| series.get(i).and_then(|s| s.get(..learned)).unwrap_or_default();
        let mut guesses = Vec::new();
        match (&self.algorithm, &self.correlate) {
            (Algorithm::Bill, _) => {
                let pair = Pair::new(learn(0), learn(1));
                self.enough(pair.len(), 2, &self.fields)?;
                guesses.extend(pair.both(end, cx)?);
            }
            (Algorithm::Llb, Some(correlate)) => {
                if self.future_given && self.future > 0 {
                    let text = "`predict`: future_timespan has no effect with LLB, which predicts \
                                from the other field";
                    cx.notice("SPL3364", text, false);
                }
                let other = numbers(rows, correlate);
                for (i, field) in self.fields.iter().enumerate() {
                    let known = other.get(..learned).unwrap_or_default();
                    let pair = Pair::new(learn(i), known);
                    self.enough(pair.len(), 2, std::slice::from_ref(field))?;
                    guesses.push(pair.first(&other, end, cx)?);
                }
            }
            _ => {
                for (i, field) in self.fields.iter().enumerate() {
                    guesses.push(self.one(learn(i), end, field, cx)?);
                }
            }
        }
        for ((field, names), guesses) in self.fields.iter().zip(guesses) {
            if self.suppress.as_ref() == Some(field) {
                continue;
            }
            let side = |deviations: f64| {
                move |g: Guess| {
                    // of no variance, also where everything is within the bounds
                    let deviation = g.variance.max(0.0).sqrt();
                    g.mean + if deviation > 0.0 { deviations * deviation } else { 0.0 }
                }
            };
            let (lower, upper) = (side(-self.lower), side(self.upper));
            let sides: [&dyn Fn(Guess) -> f64; 3] = [&|g| g.mean, &lower, &upper];
            for (name, side) in names.iter().zip(sides) {
                let one = |g: &Option<Guess>| g.map_or(Value::Null, |g| Value::Num(side(g)));
                let mut values: Vec<Value> = guesses.iter().map(one).collect();
                values.resize(len, Value::Null);
                out.push((name.clone(), values));
            }
        }
        Ok(())
    }

    /// The predictions of one field by itself.
    fn one(
        &self,
        series: &[Option<f64>],
        end: usize,
        field: &(FieldName, [FieldName; 3]),
        cx: &RunCx,
    ) -> Result<Vec<Option<Guess>>, RunError> {
        let count = series.iter().flatten().count();
        let fields = std::slice::from_ref(field);
        let trended = || {
            self.enough(count, 3, fields)?;
            trend::predict(series, end, cx)
        };
        let period = || self.period.or_else(|| period::period(series, 2, usize::MAX));
        let seasonal = |period: usize| {
            self.enough(count, period.saturating_mul(2), fields)?;
            level::predict(series, end, period, cx)
        };
        match self.algorithm {
            Algorithm::Ll => {
                self.enough(count, 2, fields)?;
                level::predict(series, end, 1, cx)
            }
            Algorithm::Llt => trended(),
            Algorithm::Llp => {
                self.enough(count, 2, fields)?;
                seasonal(period().ok_or_else(|| not_periodic("predict", &field.0))?)
            }
            _ => match period() {
                None => trended(),
                Some(period) => {
                    let seasonal = seasonal(period)?;
                    let both = trended()?.into_iter().zip(seasonal);
                    Ok(both.map(|(a, b)| weighed(a, b)).collect())
                }
            },
        }
    }

    fn enough(
        &self,
        count: usize,
        least: usize,
        fields: &[(FieldName, [FieldName; 3])],
    ) -> Result<(), RunError> {
        if count >= least {
            return Ok(());
        }
        let names: Vec<String> = fields.iter().map(|f| format!("`{}`", f.0)).collect();
        let held = match self.holdback {
            0 => String::new(),
            n => format!(" before the {n} rows of holdback="),
        };
        let names = names.join(" and ");
        let text =
            format!("`predict` needs {least} numbers of {names}, and there are {count}{held}");
        Err(RunError::failed("SPL3356", text))
    }
}

/// "there is no period".
pub(super) fn not_periodic(command: &str, field: &str) -> RunError {
    let text = format!("`{command}` finds no period in the numbers of `{field}`: give it");
    RunError::failed("SPL3357", text)
}

/// Two predictions as one: each counts by the other's variance.
fn weighed(a: Option<Guess>, b: Option<Guess>) -> Option<Guess> {
    let (Some(x), Some(y)) = (a, b) else { return a.or(b) };
    let both = x.variance + y.variance;
    let part = if both > 0.0 { y.variance / both } else { 0.5 };
    let mix = |x: f64, y: f64| part * x + (1.0 - part) * y;
    Some(Guess { mean: mix(x.mean, y.mean), variance: mix(x.variance, y.variance) })
}
