//! A running chart.

use super::axis::Scale;
use super::series::Series;
use super::{FREQUENCY, Plan};
use crate::commands::PartialRun;
use crate::commands::bin::MAX_BINS;
use crate::commands::stats::StatsRun;
use crate::commands::xyseries::by_value;
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::codec::{Reader, Writer};
use sepal_data::time::Modifier;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::chart::HIDDEN;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The notice of bins without events that are too many to show.
const TOO_MANY_BINS: &str = "SPL3160";

pub(super) struct Run {
    plan: Arc<Plan>,
    stats: StatsRun,
    /// The least and the greatest `_time` where the rows are times.
    times: Option<(f64, f64)>,
}

/// A group of the table: the row's key, its column.
type Cell = (FieldName, Series);

/// Groups, and what they stand for.
struct Grouped {
    run: StatsRun,
    cells: IndexMap<Cell, ()>,
    /// The values behind the row keys.
    rows: HashMap<FieldName, Value>,
}

impl Run {
    pub fn new(plan: Arc<Plan>) -> Run {
        Run { stats: StatsRun::new(Arc::clone(&plan.stats)), plan, times: None }
    }

    fn widen(&mut self, n: f64) {
        if n.is_finite() {
            let (a, b) = self.times.unwrap_or((n, n));
            self.times = Some((a.min(n), b.max(n)));
        }
    }

    /// The search's time range in seconds.
    fn range(&self, cx: &RunCx) -> (Option<f64>, Option<f64>) {
        let at = |m: &Option<Modifier>| {
            let time = m.as_ref()?.apply(cx.now(), cx.host.time_zone())?;
            Some(time)
        };
        if !self.plan.fixed {
            return (None, None);
        }
        let (earliest, latest) = cx.given_range();
        let (earliest, latest) =
            (at(&self.plan.range.0).or(earliest), at(&self.plan.range.1).or(latest));
        (earliest.map(|t| t.as_secs_f64()), latest.map(|t| t.as_secs_f64()))
    }

    /// The groups by the bins of rows and columns.
    fn binned(&mut self, rows: &Option<Scale>, cx: &RunCx) -> Result<Grouped, RunError> {
        let plan = Arc::clone(&self.plan);
        let columns = match &plan.column {
            Some(axis) => axis.scale(self.numbers(usize::from(plan.row.is_some())), cx),
            None => None,
        };
        let scaled = |scale: &Option<Scale>, v: Value| match scale {
            Some(s) => s.start(v, cx),
            None => v,
        };
        let mut cells: IndexMap<Cell, ()> = IndexMap::new();
        let mut values = HashMap::new();
        let mut to = Vec::with_capacity(self.stats.groups.len());
        if plan.row.is_none() {
            cells.insert((FieldName::default(), Series::All), ());
            to.resize(self.stats.groups.len(), Some(0));
        }
        for g in 0..if plan.row.is_none() { 0 } else { count(self.stats.groups.len()) } {
            let mut key = self.stats.groups.key(g);
            let row = key.next().unwrap_or_default();
            let column = plan.column.as_ref().map(|_| key.next().unwrap_or_default());
            let series = match column {
                None => Series::All,
                Some(Value::Null) => Series::Null,
                Some(v) => Series::Value(show_column(&columns, &scaled(&columns, v), cx)),
            };
            if row.is_null() || (series == Series::Null && !plan.usenull) {
                to.push(None);
                continue;
            }
            let row = scaled(rows, row);
            let name = row.to_smol();
            values.entry(name.clone()).or_insert(row);
            to.push(Some(count(cells.insert_full((name, series), ()).0)));
        }
        let run = self.stats.regrouped(&to, count(cells.len()).saturating_add(1))?;
        Ok(Grouped { run, cells, rows: values })
    }

    /// The least and the greatest number among the keys of one axis.
    fn numbers(&self, axis: usize) -> Option<(f64, f64)> {
        let mut range: Option<(f64, f64)> = None;
        for g in 0..count(self.stats.groups.len()) {
            let number = self.stats.groups.key(g).nth(axis).and_then(|v| v.number());
            if let Some(n) = number.filter(|n| n.is_finite()) {
                let (a, b) = range.unwrap_or((n, n));
                range = Some((a.min(n), b.max(n)));
            }
        }
        range
    }

    /// Puts the columns that are not chosen into one, or away.
    fn chosen(
        &self,
        mut all: Grouped,
        scale: &Option<Scale>,
        cx: &RunCx,
    ) -> Result<Grouped, RunError> {
        let plan = &self.plan;
        let names: BTreeSet<&FieldName> =
            all.cells.keys().filter_map(|(_, s)| value_of(s)).collect();
        if plan.choice.keeps_all(names.len()) {
            return Ok(all);
        }
        let names: Vec<FieldName> = names.into_iter().cloned().collect();
        let places: HashMap<&FieldName, u32> = names.iter().zip(0..).collect();
        let results = results(plan, &mut all, scale, cx);
        let first = results.iter().position(|(n, _)| n != FREQUENCY);
        let frequency = results.iter().position(|(n, _)| n == FREQUENCY);
        let judged = if plan.choice.is_said() { first.or(frequency) } else { frequency.or(first) };
        let cell = |(g, (_, s)): (usize, &Cell)| {
            let column = *places.get(value_of(s)?)?;
            Some((column, judged.and_then(|j| results[j].1.get(g)).cloned().unwrap_or_default()))
        };
        let cells = all.cells.keys().enumerate().filter_map(cell).collect();
        let kept = plan.choice.choose(&names, cells, cx)?;
        let mut cells: IndexMap<Cell, ()> = IndexMap::new();
        let mut to = Vec::with_capacity(all.cells.len());
        for (row, series) in all.cells.keys() {
            let series = match value_of(series) {
                Some(name) if !kept.contains(name) => {
                    if !plan.useother {
                        to.push(None);
                        continue;
                    }
                    Series::Other
                }
                _ => series.clone(),
            };
            to.push(Some(count(cells.insert_full((row.clone(), series), ()).0)));
        }
        let run = all.run.regrouped(&to, count(cells.len()).saturating_add(1))?;
        Ok(Grouped { run, cells, rows: all.rows })
    }

    /// The keys of the rows in their order, those of empty bins too.
    fn rows(&self, grouped: &Grouped, scale: &Option<Scale>, cx: &RunCx) -> Vec<Value> {
        let mut rows: Vec<Value> = grouped.rows.values().cloned().collect();
        rows.sort_by(by_value);
        let Some(scale) = scale else { return rows };
        let (earliest, latest) = self.range(cx);
        if self.plan.cont {
            let numbers = || rows.iter().filter_map(Value::number);
            let least = numbers().chain(earliest).fold(f64::INFINITY, f64::min);
            let most = numbers().fold(f64::NEG_INFINITY, f64::max);
            if let Some(bins) = all_bins(scale, least, most, latest, cx) {
                rows.retain(|r| r.number().is_none());
                rows = bins.into_iter().map(Value::Num).chain(rows).collect();
            }
        }
        if !self.plan.partial
            && let Some((least, most)) = self.times
        {
            let (from, to) = (earliest.unwrap_or(least), latest.unwrap_or(most));
            rows.retain(|r| {
                let bin = r.number().and_then(|n| scale.bin(n, cx));
                bin.is_none_or(|b| b.start >= from && b.end <= to)
            });
        }
        rows
    }
}

/// The beginnings of all bins from that of `least` to that of `most`, or up to `end`; none where
/// they are too many to show.
fn all_bins(
    scale: &Scale,
    least: f64,
    most: f64,
    end: Option<f64>,
    cx: &RunCx,
) -> Option<Vec<f64>> {
    let mut bin = scale.bin(least, cx)?;
    let mut bins = Vec::new();
    while bin.start <= most || end.is_some_and(|end| bin.start < end) {
        if bins.len() >= MAX_BINS as usize {
            let message = format!("more than {MAX_BINS} bins: those without events are left out");
            cx.notice(TOO_MANY_BINS, message, true);
            return None;
        }
        bins.push(bin.start);
        match scale.bin(bin.end, cx) {
            Some(next) if next.start > bin.start => bin = next,
            _ => break,
        }
    }
    Some(bins)
}

/// The results of all groups and, last, those of a group without rows; rates divided.
fn results(
    plan: &Plan,
    grouped: &mut Grouped,
    scale: &Option<Scale>,
    cx: &RunCx,
) -> Vec<(FieldName, Vec<Value>)> {
    let groups: Vec<u32> = (0..=count(grouped.cells.len())).collect();
    let mut results = grouped.run.results(&groups, cx);
    for (name, values) in &mut results {
        let Some((_, seconds)) = plan.rates.iter().find(|(n, _)| n == name) else { continue };
        for (v, (row, _)) in values.iter_mut().zip(grouped.cells.keys()) {
            let start = grouped.rows.get(row).and_then(Value::number);
            let bin = start.zip(scale.as_ref()).and_then(|(n, s)| s.bin(n, cx));
            if let (Some(n), Some(bin)) = (v.number(), bin) {
                *v = Value::Num(n / (bin.end - bin.start) * seconds);
            }
        }
    }
    if plan.computed.is_empty() {
        return results;
    }
    let mut row = Batch::with_len(groups.len());
    let mut shown = Vec::new();
    for (name, values) in results {
        match name.starts_with(HIDDEN) && name != FREQUENCY {
            true => row.set(name, Col::Values(values)),
            false => shown.push((name, values)),
        }
    }
    for (name, at, program) in &plan.computed {
        let bound = program.bind(&row);
        let values = (0..row.len).map(|r| program.eval(&bound, r, cx).into_value()).collect();
        shown.insert((*at).min(shown.len()), (name.clone(), values));
    }
    shown
}

fn value_of(s: &Series) -> Option<&FieldName> {
    match s {
        Series::Value(name) => Some(name),
        _ => None,
    }
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// The name of the column of a value. A name that begins with `_` would be hidden: Splunk puts
/// VALUE in front, and calls an empty one so.
fn show_column(scale: &Option<Scale>, value: &Value, cx: &RunCx) -> FieldName {
    let name = match scale {
        Some(scale) => scale.show(value, cx).to_smol(),
        None => value.to_smol(),
    };
    match name.is_empty() || name.starts_with('_') {
        true => FieldName::new(format!("VALUE{name}")),
        false => name,
    }
}

impl PartialRun for Run {
    fn update(&mut self, batch: &Batch, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        if let Some(row) = plan.row.as_ref().filter(|r| r.time) {
            for i in 0..batch.len {
                if let Some(n) = batch.get(&row.field, i).number() {
                    self.widen(n);
                }
            }
        }
        let mut keyed = batch.clone();
        plan.row.iter().chain(&plan.column).for_each(|a| a.write_keys(&mut keyed, cx));
        self.stats.update(&keyed, cx)
    }

    fn payloads(&mut self, cx: &RunCx) -> Result<Vec<(u32, Vec<u8>)>, RunError> {
        let (least, most) = self.times.take().unwrap_or((f64::NAN, f64::NAN));
        let mut out = self.stats.payloads(cx)?;
        for (_, payload) in &mut out {
            let mut w = Writer::new();
            w.f64(least);
            w.f64(most);
            w.bytes(payload);
            *payload = w.buf;
        }
        Ok(out)
    }

    fn merge(&mut self, payload: &[u8], cx: &RunCx) -> Result<(), RunError> {
        let mut r = Reader::new(payload);
        let (least, most) = (r.f64()?, r.f64()?);
        self.widen(least);
        self.widen(most);
        self.stats.merge(r.bytes()?, cx)
    }

    fn finish(&mut self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let plan = Arc::clone(&self.plan);
        let range = match &plan.row {
            Some(axis) => {
                let (earliest, latest) = self.range(cx);
                let found = self.numbers(0);
                found
                    .map(|(a, b)| (a.min(earliest.unwrap_or(a)), b.max(latest.unwrap_or(b))))
                    .filter(|_| axis.key != axis.field)
            }
            None => None,
        };
        let scale = plan.row.as_ref().and_then(|axis| axis.scale(range, cx));
        let grouped = self.binned(&scale, cx)?;
        let mut grouped = match plan.column {
            Some(_) => self.chosen(grouped, &scale, cx)?,
            None => grouped,
        };
        let rows = match plan.row {
            Some(_) => self.rows(&grouped, &scale, cx),
            None => vec![Value::Null],
        };
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let results = results(&plan, &mut grouped, &scale, cx);
        let mut table = Batch::with_len(rows.len());
        if let Some(axis) = &plan.row {
            let shown = rows.iter().map(|r| scale.as_ref().map_or(r.clone(), |s| s.show(r, cx)));
            table.set(axis.field.clone(), Col::Values(shown.collect()));
        }
        let mut series: Vec<&Series> = grouped.cells.keys().map(|(_, s)| s).collect();
        series.sort_unstable();
        series.dedup();
        if plan.column.as_ref().is_some_and(|a| a.key != a.field) {
            // bins by their size, not by their text
            series.sort_by(|a, b| match (value_of(a), value_of(b)) {
                (Some(x), Some(y)) => by_lower_end(x, y),
                _ => a.cmp(b),
            });
        }
        let keys: Vec<FieldName> = match plan.row {
            Some(_) => rows.iter().map(Value::to_smol).collect(),
            None => vec![FieldName::default()],
        };
        let several = results.iter().filter(|(n, _)| n != FREQUENCY).count() > 1;
        for (aggregate, values) in results.iter().filter(|(n, _)| n != FREQUENCY) {
            let none = values.last().cloned().unwrap_or_default();
            for s in &series {
                let name = self.column_name(aggregate, s, several);
                if table.cols.contains_key(&name) {
                    continue;
                }
                let cell = |key: &FieldName| {
                    let group = grouped.cells.get_index_of(&(key.clone(), (*s).clone()));
                    group.and_then(|g| values.get(g)).cloned().unwrap_or_else(|| none.clone())
                };
                table.set(name, Col::Values(keys.iter().map(cell).collect()));
            }
        }
        Ok(vec![table])
    }
}

impl Run {
    fn column_name(&self, aggregate: &FieldName, series: &Series, several: bool) -> FieldName {
        let value = match series {
            Series::All => return aggregate.clone(),
            Series::Value(name) => name.as_str(),
            Series::Other => &self.plan.otherstr,
            Series::Null => &self.plan.nullstr,
        };
        if !several {
            return match self.plan.row.as_ref().is_some_and(|r| r.field == value) {
                true => FieldName::new(format!("VALUE_{value}")),
                false => FieldName::new(value),
            };
        }
        let parts = self.plan.format.split("$AGG$").map(|p| p.replace("$VAL$", value));
        FieldName::new(parts.collect::<Vec<_>>().join(aggregate))
    }
}

/// Texts of bins such as `-10-0` by the numbers that they begin with.
fn by_lower_end(a: &FieldName, b: &FieldName) -> std::cmp::Ordering {
    let lower = |s: &FieldName| {
        let at = s.get(1..).and_then(|rest| rest.find('-')).map_or(s.len(), |n| n + 1);
        s.get(..at).and_then(|n| n.parse::<f64>().ok()).unwrap_or(f64::INFINITY)
    };
    lower(a).total_cmp(&lower(b)).then_with(|| a.cmp(b))
}
