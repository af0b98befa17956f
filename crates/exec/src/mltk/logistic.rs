//! `LogisticRegression`: how likely each value of a field is.

use super::linear::Linear;
use super::{Wanted, tell_missing};
use crate::run_cx::RunCx;
use sepal_data::{Batch, Col, FieldName, Value};

pub(super) const NAME: &str = "LogisticRegression";

/// A weighted sum for each class, or one for the second of two.
///
/// Source: MLTK, "LogisticRegression"; scikit-learn, `LogisticRegression.predict_proba`.
#[derive(Debug)]
pub struct Logistic {
    /// The values of the target, sorted.
    pub classes: Vec<String>,
    /// The sums: as many as there are classes, or one where there are two.
    pub sums: Vec<Linear>,
    /// Whether the probability of each class is shown.
    pub probabilities: bool,
}

impl Logistic {
    /// A model; none where there are not as many sums as the classes need.
    pub fn new(classes: Vec<String>, sums: Vec<Linear>, probabilities: bool) -> Option<Logistic> {
        let fits = match classes.len() {
            0 | 1 => false,
            2 => sums.len() == 1,
            n => sums.len() == n,
        };
        fits.then_some(Logistic { classes, sums, probabilities })
    }

    fn target(&self) -> &str {
        self.sums.first().map_or("", |s| s.target.as_str())
    }

    pub(super) fn inputs(&self) -> Vec<&FieldName> {
        self.sums.first().map(Linear::inputs).unwrap_or_default()
    }

    /// The prediction, then the probability of each class where it is shown.
    pub(super) fn outputs(&self, wanted: &Wanted) -> Vec<FieldName> {
        let target = self.target();
        let name = || format!("predicted({target})").into();
        let shown = if self.probabilities { self.classes.as_slice() } else { &[] };
        let of_class = |class: &String| format!("probability({target}={class})").into();
        let first = wanted.alias.clone().unwrap_or_else(name);
        std::iter::once(first).chain(shown.iter().map(of_class)).collect()
    }

    /// The probability of each class; none where a field is missing or no number.
    fn probabilities(&self, cells: &[Option<&Col>], row: usize, out: &mut Vec<f64>) -> Option<()> {
        out.clear();
        for sum in &self.sums {
            out.push(sum.predict(cells, row)?);
        }
        match out.as_slice() {
            [one] => {
                let second = 1.0 / (1.0 + (-one).exp());
                let first = 1.0 / (1.0 + one.exp());
                *out = vec![first, second];
            }
            all => {
                let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                out.iter_mut().for_each(|z| *z = (*z - most).exp());
                let sum: f64 = out.iter().sum();
                out.iter_mut().for_each(|p| *p /= sum);
            }
        }
        Some(())
    }

    pub(super) fn apply(&self, batch: &mut Batch, wanted: &Wanted, cx: &RunCx) {
        tell_missing(batch, &self.inputs(), cx);
        let cells: Vec<Option<&Col>> = self.inputs().iter().map(|f| batch.col(f)).collect();
        let names = self.outputs(wanted);
        let classes: Vec<Value> = self.classes.iter().map(Value::text_of).collect();
        let mut columns: Vec<Vec<Value>> = vec![Vec::with_capacity(batch.len); names.len()];
        let mut found = Vec::with_capacity(classes.len());
        for row in 0..batch.len {
            let known = self.probabilities(&cells, row, &mut found).is_some();
            // of equally likely ones the first
            let best = (0..found.len())
                .filter(|_| known)
                .reduce(|best, i| if found.get(i) > found.get(best) { i } else { best });
            let class = best.and_then(|b| classes.get(b)).cloned().unwrap_or_default();
            let shown = (0..).map(|i| found.get(i).filter(|_| known));
            let values = std::iter::once(class)
                .chain(shown.map(|p: Option<&f64>| p.map_or(Value::Null, |p| Value::Num(*p))));
            columns.iter_mut().zip(values).for_each(|(column, value)| column.push(value));
        }
        for (name, column) in names.into_iter().zip(columns) {
            batch.set(name, Col::Values(column));
        }
    }

    /// `feature` and `coefficient`, `_intercept` last, and with more than two classes `class`.
    pub(super) fn summary(&self) -> Batch {
        let mut all = Batch::default();
        for (i, sum) in self.sums.iter().enumerate() {
            let mut batch = sum.summary();
            if let Some(class) = self.classes.get(i).filter(|_| self.sums.len() > 1) {
                batch.set("class", Col::Const(Value::text_of(class)));
            }
            all.append(batch);
        }
        all
    }
}
