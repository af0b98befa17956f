//! Metric data points as rows.

use crate::commands::bin::width::Width;
use crate::commands::{Operator, Streaming};
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Spanned;

/// The field with the name of a point's only metric; with a colon, what the field of each metric
/// of a point with several begins with.
/// Source: Get metrics in from other sources, "the multiple-metric JSON format".
pub(super) const METRIC: &str = "metric_name";
/// The field with the value of a point's only metric.
pub(super) const VALUE: &str = "_value";
const PREFIX: &str = "metric_name:";

/// Points with one metric as those with several: their value in the field of their metric. Keeps
/// the points that have one of the metrics.
pub(super) struct Named {
    fields: Vec<String>,
    patterns: Vec<Pattern>,
}

impl Named {
    pub fn new(fields: impl Iterator<Item = String>) -> Named {
        let fields: Vec<String> = fields.collect();
        let patterns = fields.iter().map(|f| Pattern::case_sensitive(f)).collect();
        Named { fields, patterns }
    }

    fn asked(&self, field: &str) -> bool {
        self.patterns.iter().any(|p| p.is_match(field))
    }

    /// The columns of the points with one metric, of the metrics that are asked for.
    fn singles(&self, len: usize, names: &Col, values: &Col) -> Vec<(FieldName, Vec<Value>)> {
        let mut columns: Vec<(FieldName, Vec<Value>)> = Vec::new();
        let mut places: HashMap<FieldName, Option<usize>, FixedState> = HashMap::default();
        for row in 0..len {
            let (Value::Text(name), value) = (names.get(row), values.get(row)) else { continue };
            if value.is_null() {
                continue;
            }
            let place = match places.get(name) {
                Some(place) => *place,
                None => {
                    let field = FieldName::from(format!("{PREFIX}{name}"));
                    let place = self.asked(&field).then_some(columns.len());
                    if place.is_some() {
                        columns.push((field, vec![Value::Null; len]));
                    }
                    places.insert(name.clone(), place);
                    place
                }
            };
            let column = place.and_then(|at| columns.get_mut(at));
            if let Some(cell) = column.and_then(|(_, values)| values.get_mut(row)) {
                *cell = value.clone();
            }
        }
        columns
    }
}

impl Operator for Named {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.fields.iter().for_each(|f| after.insert(f));
        after.insert(METRIC);
        after.insert(VALUE);
        after
    }
    fn describe(&self) -> String {
        "the metrics of data points".to_owned()
    }
}

impl Streaming for Named {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        if let (Some(names), Some(values)) = (batch.remove(METRIC), batch.remove(VALUE)) {
            for (field, values) in self.singles(batch.len, &names, &values) {
                let col = batch.values_mut(&field);
                for (to, from) in col.iter_mut().zip(values) {
                    if to.is_null() {
                        *to = from;
                    }
                }
            }
        }
        let mut keep = vec![false; batch.len];
        for (name, col) in &batch.cols {
            if name.starts_with(PREFIX) && self.asked(name) {
                keep.iter_mut().enumerate().for_each(|(row, k)| *k |= !col.get(row).is_null());
            }
        }
        batch.retain(&keep);
        Ok(batch)
    }
}

/// A row for each measurement, its metric in `metric_name` and its value in `_value`.
pub(super) struct Values {
    /// What must hold of each.
    pub filter: Option<SearchProgram>,
}

impl Operator for Values {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if let Some(f) = &self.filter {
            after.union(&f.needed());
        }
        after.insert("metric_name:*");
        after.insert(METRIC);
        after.insert(VALUE);
        after
    }
    fn describe(&self) -> String {
        "a row for each measurement".to_owned()
    }
}

impl Streaming for Values {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let name = batch.remove(METRIC).unwrap_or(Col::Const(Value::Null));
        let value = batch.remove(VALUE).unwrap_or(Col::Const(Value::Null));
        let fields: Vec<FieldName> =
            batch.cols.keys().filter(|f| f.starts_with(PREFIX)).cloned().collect();
        let measures: Vec<(Value, Col)> = fields
            .iter()
            .filter_map(|f| {
                let name = Value::text_of(f.strip_prefix(PREFIX)?);
                Some((name, batch.remove(f)?))
            })
            .collect();
        let (mut rows, mut names, mut values) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.len {
            let single = (name.get(row), value.get(row));
            let all = measures.iter().map(|(n, c)| (n, c.get(row)));
            for (n, v) in std::iter::once(single).chain(all) {
                if !n.is_null() && !v.is_null() {
                    rows.push(row);
                    names.push(n.clone());
                    values.push(v.clone());
                }
            }
        }
        let mut out = batch.take(&rows);
        out.set(METRIC, Col::Values(names));
        out.set(VALUE, Col::Values(values));
        if let Some(filter) = &self.filter {
            let mask = filter.mask(&out, cx);
            out.retain(&mask);
        }
        Ok(out)
    }
}

/// Keeps what is in the first `span` of each `every`, and says where that begins.
pub(super) struct Every {
    every: Width,
    seconds: f64,
    to: FieldName,
}

impl Every {
    pub fn new(
        every: &Spanned<String>,
        span: &Spanned<String>,
        to: &str,
    ) -> Result<Every, Vec<Diagnostic>> {
        let wrong = |at: &Spanned<String>, why: String| {
            vec![Diagnostic::error("SPL2464", at.span, "the span is wrong").label(why)]
        };
        let read = |text: &Spanned<String>| match Width::parse(&text.node, true) {
            Ok(Width::Time(span)) => Ok(span),
            Ok(_) => Err(wrong(text, "expected a time such as 10s".to_owned())),
            Err(why) => Err(wrong(text, why)),
        };
        let (long, short) = (read(every)?, read(span)?);
        let Some(seconds) = short.micros().map(|m| m as f64 / 1e6) else {
            return Err(wrong(span, "with every= expected seconds, minutes or hours".to_owned()));
        };
        if long.micros().is_some_and(|m| m as f64 / 1e6 <= seconds) {
            return Err(wrong(every, "expected more than the span".to_owned()));
        }
        Ok(Every { every: Width::Time(long), seconds, to: FieldName::new(to) })
    }
}

impl Operator for Every {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.remove(&self.to);
        after.insert("_time");
        after
    }
    fn describe(&self) -> String {
        format!("the first {} s of each time", self.seconds)
    }
}

impl Streaming for Every {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let begins = |row: usize| {
            let t = batch.get("_time", row).number()?;
            let start = self.every.bin(t, cx.host.time_zone(), None)?.start;
            (t - start < self.seconds).then_some(Value::Num(start))
        };
        let values: Vec<Value> = (0..batch.len).map(|r| begins(r).unwrap_or_default()).collect();
        let keep: Vec<bool> = values.iter().map(|v| !v.is_null()).collect();
        batch.set(self.to.clone(), Col::Values(values));
        batch.retain(&keep);
        Ok(batch)
    }
}
