//! The matrix that is learned from, and the least squares.
//!
//! Source: MLTK, "Understanding the fit and apply commands", steps of the fit command.

use super::number;
use crate::run_cx::{RunCx, RunError};
use sepal_data::{FieldName, Value};
use std::collections::BTreeSet;

/// Distinct texts above which a field is left out. Source: mlspl.conf.spec,
/// `max_distinct_cat_values`.
const CATEGORIES: usize = 100;
/// Most columns.
const COLUMNS: usize = 1000;

/// Columns of numbers with their names, and the target beside them.
pub(super) struct Design {
    /// The fields that are used.
    pub fields: Vec<String>,
    pub columns: Vec<(String, Vec<f64>)>,
    pub target: Vec<f64>,
    /// The rows that are used.
    pub rows: Vec<usize>,
}

/// Prepares fields: those without values and those of too many texts are left out, then the rows
/// in which a field is null; what is no number becomes a column of 0 and 1 for each of its values.
pub(super) fn design(
    fields: &[(&FieldName, &[Value])],
    target: Option<&[Value]>,
    cx: &RunCx,
) -> Result<Design, RunError> {
    let mut design = prepared(fields, target, cx)?;
    if let Some(target) = target {
        for row in &design.rows {
            let value = target.get(*row).cloned().unwrap_or_default();
            let n = number(&value).ok_or_else(|| not_a_number("the target", &value))?;
            design.target.push(n);
        }
    }
    Ok(design)
}

/// The same with a target of any values, of which only null is looked at.
pub(super) fn prepared(
    fields: &[(&FieldName, &[Value])],
    target: Option<&[Value]>,
    cx: &RunCx,
) -> Result<Design, RunError> {
    let mut used: Vec<(&FieldName, &[Value], bool)> = Vec::new();
    for (name, values) in fields {
        let there = || values.iter().filter(|v| !v.is_null());
        let numeric = there().all(|v| number(v).is_some());
        let none = there().next().is_none();
        let many = !numeric && there().map(Value::text).collect::<BTreeSet<_>>().len() > CATEGORIES;
        match none || many {
            false => used.push((name, values, numeric)),
            true => {
                let why = if none { "has no values" } else { "has more than 100 different texts" };
                cx.notice("SPL3327", format!("`{name}` {why}: the model does without it"), false);
            }
        }
    }
    let len = fields.iter().map(|(_, v)| v.len()).max().unwrap_or(0);
    let whole = |row: &usize| {
        let has = |values: &[Value]| values.get(*row).is_some_and(|v| !v.is_null());
        used.iter().all(|(_, values, _)| has(values)) && target.is_none_or(has)
    };
    let rows: Vec<usize> = (0..len).filter(whole).collect();
    if used.is_empty() || rows.is_empty() {
        let text = "there is nothing to learn from: no row has all fields";
        return Err(RunError::failed("SPL3329", text));
    }
    let cell = |values: &[Value], row: usize| values.get(row).cloned().unwrap_or_default();
    let mut columns = Vec::new();
    for (name, values, _) in used.iter().filter(|(.., numeric)| *numeric) {
        let numbers = rows.iter().map(|r| number(&cell(values, *r)).unwrap_or_default());
        columns.push((name.to_string(), numbers.collect()));
    }
    for (name, values, _) in used.iter().filter(|(.., numeric)| !*numeric) {
        let texts: Vec<String> =
            rows.iter().map(|r| cell(values, *r).text().into_owned()).collect();
        for value in texts.iter().collect::<BTreeSet<_>>() {
            let flags = texts.iter().map(|t| f64::from(u8::from(t == value)));
            columns.push((format!("{name}={value}"), flags.collect()));
        }
    }
    if columns.len() > COLUMNS {
        let text =
            format!("a model of {} columns is too large: the most are {COLUMNS}", columns.len());
        return Err(RunError::failed("SPL3325", text));
    }
    let fields = used.iter().map(|(name, ..)| name.to_string()).collect();
    Ok(Design { fields, columns, target: Vec::new(), rows })
}

pub(super) fn not_a_number(what: &str, value: &Value) -> RunError {
    let text: String = value.text().chars().take(40).collect();
    RunError::failed("SPL3326", format!("{what} must be a number, but a row holds `{text}`"))
}

/// The coefficients and the intercept with the least squares; of several such the smallest ones.
///
/// Source: scikit-learn, `LinearRegression`: `scipy.linalg.lstsq` over centered columns.
pub(super) fn least_squares(
    design: &mut Design,
    intercept: bool,
    cx: &RunCx,
) -> Result<(Vec<f64>, f64), RunError> {
    let rows = design.target.len() as f64;
    let mean = |v: &[f64]| if intercept { v.iter().sum::<f64>() / rows } else { 0.0 };
    let y_mean = mean(&design.target);
    let y: Vec<f64> = design.target.iter().map(|y| y - y_mean).collect();
    let means: Vec<f64> = design.columns.iter().map(|(_, c)| mean(c)).collect();
    let mut a: Vec<Vec<f64>> = Vec::new();
    for ((_, column), mean) in design.columns.iter_mut().zip(&means) {
        a.push(std::mem::take(column).into_iter().map(|x| x - mean).collect());
    }
    let n = a.len();
    // rotates pairs of columns until all are at right angles (one-sided Jacobi)
    let mut v: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for _ in 0..60 {
        cx.check_stop()?;
        let mut turned = false;
        for p in 0..n {
            for q in p + 1..n {
                turned |= turn(&mut a, &mut v, p, q);
            }
        }
        if !turned {
            break;
        }
    }
    let sizes: Vec<f64> = a.iter().map(|c| dot(c, c).sqrt()).collect();
    let largest = sizes.iter().copied().fold(0.0, f64::max);
    let least = largest * f64::EPSILON * rows.max(n as f64);
    let mut coefficients = vec![0.0; n];
    for ((column, v), size) in a.iter().zip(&v).zip(&sizes) {
        if *size > least {
            let part = dot(column, &y) / (size * size);
            coefficients.iter_mut().zip(v).for_each(|(c, v)| *c += v * part);
        }
    }
    let at = y_mean - dot(&coefficients, &means);
    let finite = coefficients.iter().chain([&at]).all(|c| c.is_finite());
    match finite {
        true => Ok((coefficients, at)),
        false => Err(RunError::failed("SPL3325", "the numbers are too large to learn from")),
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Rotates columns `p` and `q` of both matrices so that those of the first are at right angles;
/// says whether they were not.
fn turn(a: &mut [Vec<f64>], v: &mut [Vec<f64>], p: usize, q: usize) -> bool {
    let [x, y] = [&a[p], &a[q]];
    let (xx, yy, xy) = (dot(x, x), dot(y, y), dot(x, y));
    if xy.abs() <= 1e-15 * (xx * yy).sqrt() || !xy.is_normal() {
        return false;
    }
    let zeta = (yy - xx) / (2.0 * xy);
    let t = zeta.signum() / (zeta.abs() + zeta.hypot(1.0));
    let c = 1.0 / t.hypot(1.0);
    let s = c * t;
    for matrix in [a, v] {
        let (left, right) = matrix.split_at_mut(q);
        if let (Some(x), Some(y)) = (left.get_mut(p), right.first_mut()) {
            for (x, y) in x.iter_mut().zip(y) {
                (*x, *y) = (c * *x - s * *y, s * *x + c * *y);
            }
        }
    }
    true
}
