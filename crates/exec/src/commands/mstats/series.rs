//! The time series that data points are of.

use super::points::{METRIC, VALUE};
use crate::aggregates::point;
use crate::commands::stats::POINTS;
use crate::commands::tstats::INDEXED;
use crate::commands::{Operator, Streaming};
use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::time::fields::TIME_FIELDS;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, Value};

/// The field with a point's dimensions and their values, as JSON.
/// Source: Metrics, "Perform statistical calculations on metric time series".
pub(super) const SERIES: &str = "_timeseries";

/// What is no dimension, beside what every event has but the host: the times that the page names
/// ("Time dimensions"), and what Splunk says of an event rather than the event itself.
const NO_DIMENSIONS: [&str; 9] = [
    "metric_timestamp",
    "time",
    "timeendpos",
    "timestamp",
    "timestartpos",
    "eventtype",
    "metric_name",
    "splunk_server_group",
    "tag",
];

/// Tells the time series of points: as a field, and beside each measurement whose rate is asked for.
pub(super) struct TimeSeries {
    by: bool,
    rated: Vec<Pattern>,
    /// Fields that tell series apart whatever they are called.
    own: Vec<FieldName>,
}

impl TimeSeries {
    /// `by` asks for the field, `rated` are the fields of the measurements, `own` those of BY.
    pub fn new(by: bool, rated: &[String], own: Vec<FieldName>) -> TimeSeries {
        let rated = rated.iter().map(|f| Pattern::case_sensitive(f)).collect();
        TimeSeries { by, rated, own }
    }

    fn is_dimension(&self, name: &FieldName) -> bool {
        self.own.contains(name)
            || !(name.starts_with('_')
                || name.starts_with("metric_name:")
                || name.starts_with("tag::")
                || (INDEXED.contains(&name.as_str()) && name != "host")
                || NO_DIMENSIONS.contains(&name.as_str())
                || TIME_FIELDS.iter().any(|f| f.name == name.as_str()))
    }

    /// The dimensions of each row as JSON, and, behind them, what tells metrics apart that stand in
    /// one field.
    fn series(&self, batch: &Batch) -> (Vec<Value>, Vec<Value>) {
        let mut dimensions: Vec<(&FieldName, &Col, String)> = batch
            .cols
            .iter()
            .filter(|(name, col)| self.is_dimension(name) && !col.is_all_null())
            .map(|(name, col)| (name, col, quoted(name)))
            .collect();
        dimensions.sort_by_key(|(name, ..)| *name);
        let metric = batch.col(METRIC);
        let mut made: HashMap<String, Value, FixedState> = HashMap::default();
        let mut text_of = |text: &str| match made.get(text) {
            Some(value) => value.clone(),
            None => made.entry(text.to_owned()).or_insert(Value::text_of(text)).clone(),
        };
        let (mut shown, mut full) = (Vec::new(), Vec::new());
        let mut text = String::new();
        for row in 0..batch.len {
            text.clear();
            text.push('{');
            for (_, col, name) in &dimensions {
                let value = col.get(row);
                if value.is_null() {
                    continue;
                }
                if text.len() > 1 {
                    text.push(',');
                }
                text.push_str(name);
                text.push(':');
                write(&mut text, value);
            }
            text.push('}');
            shown.push(text_of(&text));
            if let Some(metric) = metric {
                text.push_str(&metric.get(row).text());
                full.push(text_of(&text));
            }
        }
        if metric.is_none() {
            full.clone_from(&shown);
        }
        (shown, full)
    }
}

/// A dimension's value; dimensions are texts.
fn write(to: &mut String, value: &Value) {
    match value {
        Value::Mv(ms) => {
            for (i, m) in ms.iter().enumerate() {
                to.push(if i == 0 { '[' } else { ',' });
                to.push_str(&quoted(&m.text()));
            }
            to.push(']');
        }
        one => to.push_str(&quoted(&one.text())),
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

impl Operator for TimeSeries {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
    fn describe(&self) -> String {
        "the time series of data points".to_owned()
    }
}

impl Streaming for TimeSeries {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let (shown, full) = self.series(&batch);
        let asked = |name: &FieldName| {
            (name.starts_with("metric_name:") || name == VALUE)
                && self.rated.iter().any(|p| p.is_match(name))
        };
        let names: Vec<FieldName> = batch.cols.keys().filter(|n| asked(n)).cloned().collect();
        for name in names {
            let Some(col) = batch.col(&name) else { continue };
            let one = |(row, series): (usize, &Value)| match col.get(row) {
                Value::Null => Value::Null,
                value => point(value.clone(), series.clone()),
            };
            let points = full.iter().enumerate().map(one).collect();
            batch.set(format!("{POINTS}{name}"), Col::Values(points));
        }
        if self.by {
            batch.set(SERIES, Col::Values(shown));
        }
        Ok(batch)
    }
}
