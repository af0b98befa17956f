//! From the fields of events to those of a dataset.

use crate::commands::{Operator, Streaming};
use crate::run_cx::{RunCx, RunError};
use crate::search::is_major_breaker;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};

/// A field under its name in events and the name that it gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub raw: FieldName,
    pub name: FieldName,
    /// Whether the name in events stays beside the new one.
    pub keep: bool,
}

/// Gives fields the names of the dataset, takes those of `PREFIX()` out of the text, and fills
/// what `fillnull_value` fills.
#[derive(Default)]
pub(crate) struct Prepare {
    pub pairs: Vec<Pair>,
    /// `PREFIX(x)`: a field of that name.
    pub prefixes: Vec<FieldName>,
    /// The fields that are filled where they are null, and with what.
    pub fill: Option<(Vec<FieldName>, Value)>,
    /// The only fields that are left; none: all.
    pub only: Option<Vec<FieldName>>,
}

impl Prepare {
    /// Whether it would change nothing.
    pub fn is_empty(&self) -> bool {
        let same = self.pairs.iter().all(|p| p.raw == p.name);
        same && self.prefixes.is_empty() && self.fill.is_none() && self.only.is_none()
    }
}

impl Operator for Prepare {
    fn needed(&self, after: FieldSet) -> FieldSet {
        let wanted = |n: &FieldName| after.contains(n);
        let mut set = match &self.only {
            None => after.clone(),
            Some(only) => {
                let mut set = FieldSet::new();
                only.iter().filter(|n| wanted(n)).for_each(|n| set.insert(n));
                set
            }
        };
        for p in &self.pairs {
            set.remove(&p.name);
        }
        self.prefixes.iter().for_each(|p| set.remove(p));
        if self.prefixes.iter().any(wanted) {
            set.insert("_raw");
        }
        self.pairs.iter().filter(|p| wanted(&p.name)).for_each(|p| set.insert(&p.raw));
        set
    }
    fn describe(&self) -> String {
        format!("{} field(s) of the dataset", self.pairs.len())
    }
}

impl Streaming for Prepare {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let taken: Vec<(FieldName, Col)> =
            self.prefixes.iter().map(|p| (p.clone(), after_prefix(&batch, p))).collect();
        let mut named = Vec::new();
        for (n, p) in self.pairs.iter().enumerate() {
            let again = self.pairs[n + 1..].iter().any(|q| q.raw == p.raw);
            let col =
                if again || p.keep { batch.col(&p.raw).cloned() } else { batch.remove(&p.raw) };
            named.extend(col.map(|col| (p.name.clone(), col)));
        }
        for (name, col) in taken.into_iter().chain(named) {
            batch.set(name, col);
        }
        if let Some((fields, value)) = &self.fill {
            for f in fields {
                let len = batch.len;
                match batch.col(f) {
                    None => batch.set(f.clone(), Col::Const(value.clone())),
                    Some(col) if (0..len).any(|r| col.get(r).is_null()) => {
                        for v in batch.values_mut(f) {
                            if v.is_null() {
                                *v = value.clone();
                            }
                        }
                    }
                    Some(_) => {}
                }
            }
        }
        if let Some(only) = &self.only {
            batch.cols.retain(|name, _| only.contains(name));
        }
        Ok(batch)
    }
}

/// Gives a column another name, in its place.
pub(crate) struct Renamed {
    pub from: FieldName,
    pub to: FieldName,
}

impl Operator for Renamed {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if after.contains(&self.to) {
            after.remove(&self.to);
            after.insert(&self.from);
        }
        after
    }
}

impl Streaming for Renamed {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let named = |name: FieldName| if name == self.from { self.to.clone() } else { name };
        batch.cols =
            std::mem::take(&mut batch.cols).into_iter().map(|(n, c)| (named(n), c)).collect();
        Ok(batch)
    }
}

/// What follows `prefix` in the terms of each event's text, in lower case as the index has it.
///
/// Source: Search Reference, `tstats`, "Use PREFIX() to aggregate or group by raw tokens in
/// indexed data": terms end at major breakers.
fn after_prefix(batch: &Batch, prefix: &str) -> Col {
    let prefix = prefix.to_lowercase();
    let of = |row: usize| {
        let raw = batch.get("_raw", row);
        if raw.is_null() {
            return Value::Null;
        }
        let text = raw.text().to_lowercase();
        let mut found: Vec<&str> = Vec::new();
        for term in text.split(is_major_breaker) {
            match term.strip_prefix(prefix.as_str()) {
                Some(rest) if !rest.is_empty() && !found.contains(&rest) => found.push(rest),
                _ => {}
            }
        }
        Value::from_members(found.into_iter().map(Value::from))
    };
    Col::Values((0..batch.len).map(of).collect())
}
