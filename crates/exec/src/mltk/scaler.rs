//! `StandardScaler`.

use super::{number, tell_missing};
use crate::run_cx::RunCx;
use sepal_data::{Batch, Col, FieldName, Value};

/// The algorithm's name.
pub(super) const NAME: &str = "StandardScaler";

/// Numbers brought to mean 0 and standard deviation 1: `(x - mean) / scale` in `SS_field`.
///
/// Source: MLTK, "StandardScaler"; scikit-learn, `StandardScaler`.
#[derive(Debug)]
pub struct Scaler {
    /// One for each field.
    pub fields: Vec<Scale>,
    /// `with_mean=`.
    pub with_mean: bool,
    /// `with_std=`.
    pub with_std: bool,
}

/// What is done with one field.
#[derive(Debug)]
pub struct Scale {
    /// The field.
    pub field: FieldName,
    /// Its mean.
    pub mean: f64,
    /// Its variance, of a population.
    pub var: f64,
    /// What it is divided by: the standard deviation, or 1 where that is 0.
    pub scale: f64,
}

impl Scaler {
    pub(super) fn inputs(&self) -> Vec<&FieldName> {
        self.fields.iter().map(|s| &s.field).collect()
    }

    pub(super) fn outputs(&self) -> Vec<FieldName> {
        self.fields.iter().map(|s| format!("SS_{}", s.field).into()).collect()
    }

    /// A row with a field that is missing or no number gets none of the new fields.
    pub(super) fn apply(&self, batch: &mut Batch, cx: &RunCx) {
        tell_missing(batch, &self.inputs(), cx);
        let cells: Vec<Option<&Col>> = self.fields.iter().map(|s| batch.col(&s.field)).collect();
        let mut out: Vec<Vec<Value>> =
            self.fields.iter().map(|_| Vec::with_capacity(batch.len)).collect();
        for row in 0..batch.len {
            let cell = |c: &Option<&Col>| c.and_then(|c| number(c.get(row)));
            let numbers: Option<Vec<f64>> = cells.iter().map(cell).collect();
            for (i, (scale, out)) in self.fields.iter().zip(&mut out).enumerate() {
                let n = numbers.as_ref().and_then(|n| n.get(i));
                out.push(n.map_or(Value::Null, |n| Value::Num(self.one(scale, *n))));
            }
        }
        for (name, values) in self.outputs().into_iter().zip(out) {
            batch.set(name, Col::Values(values));
        }
    }

    fn one(&self, s: &Scale, n: f64) -> f64 {
        let n = if self.with_mean { n - s.mean } else { n };
        if self.with_std { n / s.scale } else { n }
    }

    pub(super) fn summary(&self) -> Batch {
        let mut batch = Batch::with_len(self.fields.len());
        let mut set = |name: &str, one: &dyn Fn(&Scale) -> Value| {
            batch.set(name, Col::Values(self.fields.iter().map(one).collect()));
        };
        set("fields", &|s| Value::Text(s.field.clone()));
        set("mean", &|s| Value::Num(s.mean));
        set("var", &|s| Value::Num(s.var));
        set("scale", &|s| Value::Num(s.scale));
        batch
    }
}
