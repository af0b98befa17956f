//! Weighted sums: `LinearRegression` and its kin.

use super::{Wanted, number, tell_missing};
use crate::run_cx::RunCx;
use hashbrown::HashMap;
use sepal_data::{Batch, Col, FieldName, Value};
use smol_str::SmolStr;

/// Algorithms whose models are a weighted sum.
pub(super) const NAMES: &[&str] = &["LinearRegression", "Ridge", "Lasso", "ElasticNet"];

/// `intercept + sum of coefficient * column`.
///
/// Source: MLTK, "LinearRegression"; scikit-learn, `LinearModel.predict`.
#[derive(Debug)]
pub struct Linear {
    /// The algorithm that found it.
    pub algorithm: String,
    /// The field that is predicted.
    pub target: String,
    /// Columns with their coefficients: a field, or `field=value`.
    pub columns: Vec<(String, f64)>,
    /// What is added.
    pub intercept: f64,
    inputs: Vec<(FieldName, Input)>,
}

#[derive(Debug)]
enum Input {
    /// A number times this.
    Number(f64),
    /// This for each value; 0 for others.
    ///
    /// Source: MLTK, "Understanding the fit and apply commands", one-hot encoding;
    /// mlspl.conf.spec, `handle_new_cat = default`.
    Category(HashMap<SmolStr, f64, foldhash::fast::FixedState>),
}

impl Linear {
    /// A model; none where a column belongs to none of the fields.
    pub fn new(
        algorithm: &str,
        target: &str,
        columns: Vec<(String, f64)>,
        intercept: f64,
        fields: &[String],
    ) -> Option<Linear> {
        let mut inputs: indexmap::IndexMap<FieldName, Input> = indexmap::IndexMap::new();
        for (column, coefficient) in &columns {
            if fields.contains(column) {
                inputs.insert(column.as_str().into(), Input::Number(*coefficient));
                continue;
            }
            let of = |f: &&String| {
                column.strip_prefix(f.as_str()).is_some_and(|rest| rest.starts_with('='))
            };
            let field = fields.iter().filter(of).max_by_key(|f| f.len())?;
            let value = column.get(field.len() + 1..).unwrap_or_default();
            let input = inputs.entry(field.as_str().into());
            let input = input.or_insert_with(|| Input::Category(HashMap::default()));
            let Input::Category(values) = input else { return None };
            values.insert(value.into(), *coefficient);
        }
        let inputs = inputs.into_iter().collect();
        let (algorithm, target) = (algorithm.to_owned(), target.to_owned());
        Some(Linear { algorithm, target, columns, intercept, inputs })
    }

    pub(super) fn inputs(&self) -> Vec<&FieldName> {
        self.inputs.iter().map(|(f, _)| f).collect()
    }

    pub(super) fn output(&self, wanted: &Wanted) -> FieldName {
        let name = || format!("predicted({})", self.target).into();
        wanted.alias.clone().unwrap_or_else(name)
    }

    /// The prediction of a row; none where a field is missing or no number.
    pub(super) fn predict(&self, cells: &[Option<&Col>], row: usize) -> Option<f64> {
        let mut sum = self.intercept;
        for ((_, input), col) in self.inputs.iter().zip(cells) {
            let cell = (*col)?.get(row);
            sum += match input {
                Input::Number(coefficient) => coefficient * number(cell)?,
                Input::Category(_) if cell.is_null() => return None,
                Input::Category(values) => values.get(&*cell.text()).copied().unwrap_or(0.0),
            };
        }
        sum.is_finite().then_some(sum)
    }

    pub(super) fn apply(&self, batch: &mut Batch, wanted: &Wanted, cx: &RunCx) {
        tell_missing(batch, &self.inputs(), cx);
        let cells: Vec<Option<&Col>> = self.inputs.iter().map(|(f, _)| batch.col(f)).collect();
        let one = |row| self.predict(&cells, row).map_or(Value::Null, Value::Num);
        let values = (0..batch.len).map(one).collect();
        batch.set(self.output(wanted), Col::Values(values));
    }

    /// Source: MLTK, "LinearRegression": `feature` and `coefficient`, `_intercept` last.
    pub(super) fn summary(&self) -> Batch {
        let all = || {
            self.columns
                .iter()
                .map(|(n, c)| (n.as_str(), *c))
                .chain([("_intercept", self.intercept)])
        };
        let mut batch = Batch::with_len(self.columns.len() + 1);
        batch.set("feature", Col::Values(all().map(|(n, _)| Value::text_of(n)).collect()));
        batch.set("coefficient", Col::Values(all().map(|(_, c)| Value::Num(c)).collect()));
        batch
    }
}
