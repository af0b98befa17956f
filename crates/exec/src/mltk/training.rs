//! Learning from rows.

use super::density::{Density, Tails};
use super::design::{design, least_squares, not_a_number, prepared};
use super::fit_density::{self, Kind, Metric};
use super::fit_logistic::Problem;
use super::kde::MOST_POINTS;
use super::linear::Linear;
use super::logistic::{Logistic, NAME};
use super::scaler::{Scale, Scaler};
use super::{Model, number};
use crate::commands::Names;
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::{Batch, FieldName, Value};
use std::collections::BTreeMap;

/// What is learned.
#[derive(Debug)]
pub enum Method {
    /// `LinearRegression`
    Linear {
        /// `fit_intercept=`
        intercept: bool,
    },
    /// `LogisticRegression`
    Logistic {
        /// `fit_intercept=`
        intercept: bool,
        /// `probabilities=`
        probabilities: bool,
    },
    /// `StandardScaler`
    Scaler {
        /// `with_mean=`
        with_mean: bool,
        /// `with_std=`
        with_std: bool,
    },
    /// `DensityFunction`
    Density {
        /// `dist=`: the distributions to choose from.
        kinds: Vec<Kind>,
        /// `dist=auto`.
        auto: bool,
        /// `dist=auto` without `exclude_dist=beta`.
        beta: bool,
        /// `metric=`
        metric: Metric,
        /// `threshold=` and its kin.
        tails: Tails,
        /// `show_density=`
        show_density: bool,
    },
}

/// What is learned from which fields.
pub struct Training {
    /// What is learned.
    pub method: Method,
    /// The field that is predicted.
    pub target: Option<FieldName>,
    /// The fields that are learned from.
    pub fields: Names,
    /// What tells groups apart.
    pub by: Vec<FieldName>,
}

/// Most values that a classifier tells apart. Source: mlspl.conf.spec,
/// `max_distinct_cat_values_for_classifiers`.
const CLASSES: usize = 100;

/// Most cells that are kept to learn from.
const CELLS: usize = 40_000_000;

/// The cells so far, by field; a field that came later is shorter.
#[derive(Default)]
pub(crate) struct Seen {
    cols: IndexMap<FieldName, Vec<Value>>,
    rows: usize,
}

impl Training {
    /// Takes the cells of a batch in.
    pub(crate) fn see(&self, seen: &mut Seen, batch: &Batch) -> Result<(), RunError> {
        for (name, col) in &batch.cols {
            let is_named = self.target.as_ref() == Some(name) || self.by.contains(name);
            if !is_named && !self.fields.covers(name) {
                continue;
            }
            let cells = seen.cols.entry(name.clone()).or_default();
            cells.resize(seen.rows, Value::Null);
            cells.extend((0..batch.len).map(|row| col.get(row).clone()));
        }
        seen.rows += batch.len;
        match seen.cols.len().saturating_mul(seen.rows) > CELLS {
            false => Ok(()),
            true => {
                let text =
                    format!("`fit` can learn from {CELLS} cells at most: use fewer rows or fields");
                Err(RunError::failed("SPL3325", text))
            }
        }
    }

    /// The model.
    pub(crate) fn train(&self, mut seen: Seen, cx: &RunCx) -> Result<Model, RunError> {
        seen.cols.values_mut().for_each(|c| c.resize(seen.rows, Value::Null));
        let mut fields: Vec<(&FieldName, &[Value])> = Vec::new();
        for (name, cells) in &seen.cols {
            if self.target.as_ref() != Some(name) && self.fields.covers(name) {
                fields.push((name, cells.as_slice()));
            }
        }
        fields.sort_by_key(|(name, _)| self.fields.place(name));
        for name in self.fields.exact().chain(&self.target).chain(&self.by) {
            if seen.cols.get(name).is_none_or(|c| c.iter().all(Value::is_null)) {
                let text = format!("there is nothing to learn from: no row has the field `{name}`");
                return Err(RunError::failed("SPL3329", text));
            }
        }
        match &self.method {
            Method::Linear { intercept } => {
                let target = self.target.as_ref().and_then(|t| seen.cols.get(t));
                let mut design = design(&fields, target.map(Vec::as_slice), cx)?;
                let (coefficients, at) = least_squares(&mut design, *intercept, cx)?;
                let names = design.columns.into_iter().map(|(n, _)| n);
                let columns = names.zip(coefficients).collect();
                let target = self.target.as_deref().unwrap_or_default();
                Linear::new("LinearRegression", target, columns, at, &design.fields)
                    .map(Model::Linear)
                    .ok_or_else(|| RunError::failed("SPL3329", "a column has no field"))
            }
            Method::Logistic { intercept, probabilities } => {
                let target = self.target.as_ref().and_then(|t| seen.cols.get(t));
                self.logistic(&fields, target, *intercept, *probabilities, cx).map(Model::Logistic)
            }
            Method::Scaler { with_mean, with_std } => {
                let design = design(&fields, None, cx)?;
                let mut scales = Vec::new();
                for (field, numbers) in design.columns {
                    if !design.fields.contains(&field) {
                        let text = format!("StandardScaler needs numbers: `{field}`");
                        return Err(RunError::failed("SPL3326", text));
                    }
                    scales.push(scale(field.into(), &numbers, *with_std));
                }
                Ok(Model::Scaler(Scaler {
                    fields: scales,
                    with_mean: *with_mean,
                    with_std: *with_std,
                }))
            }
            Method::Density { .. } => self.density(&seen, cx).map(Model::Density),
        }
    }

    fn logistic(
        &self,
        fields: &[(&FieldName, &[Value])],
        target: Option<&Vec<Value>>,
        intercept: bool,
        probabilities: bool,
        cx: &RunCx,
    ) -> Result<Logistic, RunError> {
        let values = target.map(Vec::as_slice).unwrap_or_default();
        let design = prepared(fields, Some(values), cx)?;
        let text = |row: &usize| values.get(*row).map(|v| v.text().into_owned());
        let texts: Vec<String> = design.rows.iter().filter_map(text).collect();
        let mut classes = texts.clone();
        classes.sort_unstable();
        classes.dedup();
        let name = self.target.as_deref().unwrap_or_default();
        if classes.len() > CLASSES {
            let text = format!("`{name}` has more than {CLASSES} different values to tell apart");
            return Err(RunError::failed("SPL3325", text));
        }
        if classes.len() < 2 {
            let text = format!("there is nothing to learn: `{name}` has no two different values");
            return Err(RunError::failed("SPL3329", text));
        }
        let of = |text: &String| classes.binary_search(text).unwrap_or_default();
        let kinds = texts.iter().map(of).collect();
        let problem = Problem::new(&design.columns, kinds, classes.len(), intercept);
        let columns = |numbers: Vec<f64>| {
            design.columns.iter().map(|(n, _)| n.clone()).zip(numbers).collect::<Vec<_>>()
        };
        let sum = |(numbers, at)| Linear::new(NAME, name, columns(numbers), at, &design.fields);
        let sums: Option<Vec<Linear>> = problem.solve(cx)?.into_iter().map(sum).collect();
        sums.and_then(|sums| Logistic::new(classes, sums, probabilities))
            .ok_or_else(|| RunError::failed("SPL3329", "a column has no field"))
    }

    fn density(&self, seen: &Seen, cx: &RunCx) -> Result<Density, RunError> {
        let Method::Density { kinds, auto, beta, metric, tails, show_density } = &self.method
        else {
            return Err(RunError::failed("SPL3329", "this is no density"));
        };
        let field = self.fields.exact().next().cloned().unwrap_or_default();
        let cells = seen.cols.get(&field).map(Vec::as_slice).unwrap_or_default();
        let by: Vec<&Vec<Value>> = self.by.iter().filter_map(|f| seen.cols.get(f)).collect();
        let mut groups: BTreeMap<Vec<String>, Vec<f64>> = BTreeMap::new();
        for (row, value) in cells.iter().enumerate() {
            let cell = |c: &&Vec<Value>| {
                c.get(row).filter(|v| !v.is_null()).map(|v| v.text().into_owned())
            };
            let key: Option<Vec<String>> = by.iter().map(cell).collect();
            let (Some(key), false) = (key, value.is_null()) else { continue };
            let n = number(value).ok_or_else(|| not_a_number(&format!("`{field}`"), value))?;
            groups.entry(key).or_default().push(n);
        }
        if *auto && *beta {
            let text =
                "dist=auto chooses among norm, expon and gaussian_kde: beta is not supported";
            cx.notice("SPL3330", text, false);
        }
        let mut all = Vec::new();
        for (key, values) in groups {
            cx.check_stop()?;
            if values.len() < FEW {
                let text = "a group has fewer than 50 values: its density is likely to be poor";
                cx.notice("SPL3324", text, false);
            }
            if kinds.contains(&Kind::Kde) && values.len() > MOST_POINTS {
                let mut sorted = values.clone();
                sorted.sort_unstable_by(f64::total_cmp);
                sorted.dedup();
                if sorted.len() > MOST_POINTS {
                    let text = format!(
                        "gaussian_kde learns from {MOST_POINTS} different values of a group at \
                         most: use dist=norm or dist=expon"
                    );
                    return Err(RunError::failed("SPL3325", text));
                }
            }
            match fit_density::fit(key, values, kinds, *auto, *metric) {
                Some(group) => all.push(group),
                None => {
                    let text = "a group has no two different values: it has no density";
                    cx.notice("SPL3321", text, false);
                }
            }
        }
        if all.is_empty() {
            let text =
                format!("there is nothing to learn from: `{field}` has no two different values");
            return Err(RunError::failed("SPL3329", text));
        }
        Ok(Density::new(field, self.by.clone(), *tails, *show_density, all))
    }
}

/// Source: MLTK, "DensityFunction": "use at least 50 data points when fitting a distribution".
const FEW: usize = 50;

fn scale(field: FieldName, numbers: &[f64], with_std: bool) -> Scale {
    let n = numbers.len() as f64;
    let mean = numbers.iter().sum::<f64>() / n;
    let var = numbers.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
    // numbers that are all the same differ from their mean by a rounding only
    let same = numbers.iter().all(|x| Some(x) == numbers.first());
    let var = if same { 0.0 } else { var };
    let scale = if with_std && var > 0.0 { var.sqrt() } else { 1.0 };
    Scale { field, mean, var, scale }
}
