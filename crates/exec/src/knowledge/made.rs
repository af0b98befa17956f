//! The operator that makes the fields of the rules.

use super::windows_xml;
use crate::commands::{Operator, Streaming};
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, Value};
use std::collections::HashMap;
use std::sync::{Mutex, OnceLock, PoisonError};

/// A rule ready to run.
pub(super) struct Ready {
    /// The rule holds where one of these does.
    pub holds: Vec<(&'static str, Pattern)>,
    pub steps: Vec<Do>,
    pub types: Vec<Type>,
}

/// A step ready to run.
pub(super) enum Do {
    WindowsXml,
    Command { outputs: Option<Vec<String>>, op: Box<dyn Streaming> },
}

/// An event type ready to be asked.
pub(super) struct Type {
    pub name: Value,
    pub program: SearchProgram,
    pub tags: Vec<Value>,
}

/// Makes the fields that later commands need, and no others.
pub(super) struct Made {
    rules: Vec<Ready>,
    /// All that was ever needed after it.
    after: Mutex<FieldSet>,
    active: OnceLock<Vec<Active>>,
}

/// What of a rule is needed.
struct Active {
    /// For each step whether it runs; for an extraction the fields that it is to give.
    steps: Vec<Option<FieldSet>>,
    types: bool,
}

impl Made {
    pub fn new(rules: Vec<Ready>) -> Made {
        Made { rules, after: Mutex::new(FieldSet::new()), active: OnceLock::new() }
    }

    /// For each rule whether it holds for the row.
    fn holding(&self, batch: &Batch, row: usize, out: &mut Vec<bool>) {
        out.clear();
        out.extend(self.rules.iter().map(|r| {
            r.holds.iter().any(|(field, pattern)| {
                let v = batch.get(field, row);
                !v.is_null() && pattern.is_match(&v.text())
            })
        }));
    }

    fn run(&self, holding: &[bool], mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let active = self.active.get_or_init(|| {
            let after = self.after.lock().unwrap_or_else(PoisonError::into_inner);
            self.rules.iter().map(|r| r.needs(&after).1).collect()
        });
        for ((rule, active), _) in
            self.rules.iter().zip(active).zip(holding).filter(|(_, holds)| **holds)
        {
            for (step, wanted) in rule.steps.iter().zip(&active.steps) {
                let Some(wanted) = wanted else { continue };
                batch = match step {
                    Do::WindowsXml => extract(batch, wanted),
                    Do::Command { op, .. } => op.apply(batch, cx)?,
                };
            }
            if active.types {
                name_types(&rule.types, &mut batch, cx);
            }
        }
        Ok(batch)
    }
}

impl Ready {
    /// The fields that must reach the rule so that those of `after` leave it, and what it must do.
    fn needs(&self, after: &FieldSet) -> (FieldSet, Active) {
        let types =
            !self.types.is_empty() && (after.contains("tag") || after.contains("eventtype"));
        let mut set = after.clone();
        if types {
            self.types.iter().for_each(|t| set.union(&t.program.needed()));
        }
        let mut steps: Vec<Option<FieldSet>> = Vec::new();
        for step in self.steps.iter().rev() {
            let on = match step {
                Do::WindowsXml => true,
                Do::Command { outputs, .. } => outputs
                    .as_ref()
                    .is_none_or(|all| all.iter().any(|o| o.contains('*') || set.contains(o))),
            };
            steps.push(on.then(|| set.clone()));
            match step {
                Do::WindowsXml => set.insert("_raw"),
                Do::Command { op, .. } if on => set = op.needed(set),
                Do::Command { .. } => {}
            }
        }
        steps.reverse();
        (set, Active { steps, types })
    }
}

impl Operator for Made {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.after.lock().unwrap_or_else(PoisonError::into_inner).union(&after);
        // an event that no rule holds for brings the fields itself
        let mut set = after.clone();
        for rule in &self.rules {
            set.union(&rule.needs(&after).0);
            rule.holds.iter().for_each(|(field, _)| set.insert(field));
        }
        set
    }
    fn describe(&self) -> String {
        format!("fields by sourcetype, {} rules", self.rules.len())
    }
}

impl Streaming for Made {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        if batch.len == 0 {
            return Ok(batch);
        }
        let fields = ["source", "sourcetype", "host"];
        let constant =
            fields.iter().all(|f| batch.col(f).is_none_or(|c| matches!(c, Col::Const(_))));
        let mut holding = Vec::new();
        if constant {
            self.holding(&batch, 0, &mut holding);
            return self.run(&holding, batch, cx);
        }
        // rows by the rules that hold for them
        let mut parts: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
        let mut seen: HashMap<[FieldName; 3], usize> = HashMap::new();
        for row in 0..batch.len {
            let key = fields.map(|f| batch.get(f, row).to_smol());
            let at = match seen.get(&key) {
                Some(at) => *at,
                None => {
                    self.holding(&batch, row, &mut holding);
                    let at = parts.iter().position(|(h, _)| *h == holding).unwrap_or_else(|| {
                        parts.push((holding.clone(), Vec::new()));
                        parts.len() - 1
                    });
                    seen.insert(key, at);
                    at
                }
            };
            parts[at].1.push(row);
        }
        for (holding, rows) in parts {
            if !holding.contains(&true) {
                continue;
            }
            let part = self.run(&holding, batch.take(&rows), cx)?;
            for (name, col) in &part.cols {
                let to = batch.values_mut(name);
                for (n, row) in rows.iter().enumerate() {
                    to[*row] = col.get(n).clone();
                }
            }
        }
        Ok(batch)
    }
}

/// Gives the rows the fields of their XML that they do not have.
fn extract(mut batch: Batch, wanted: &FieldSet) -> Batch {
    let Some(raw) = batch.col("_raw").cloned() else { return batch };
    let len = batch.len;
    let mut made: indexmap::IndexMap<FieldName, Vec<Value>, foldhash::fast::FixedState> =
        indexmap::IndexMap::default();
    for row in 0..len {
        let text = raw.get(row);
        if text.is_null() {
            continue;
        }
        windows_xml::fields(&text.text(), &mut |name, value| {
            if !wanted.contains(name) {
                return;
            }
            if !made.contains_key(name) {
                made.insert(FieldName::new(name), vec![Value::Null; len]);
            }
            if let Some(cell) = made.get_mut(name).and_then(|col| col.get_mut(row))
                && cell.is_null()
            {
                *cell = Value::text_of(value);
            }
        });
    }
    for (name, col) in made {
        match batch.col(&name) {
            None => batch.set(name, Col::Values(col)),
            Some(_) => {
                for (to, value) in batch.values_mut(&name).iter_mut().zip(col) {
                    if to.is_null() {
                        *to = value;
                    }
                }
            }
        }
    }
    batch
}

/// Adds the event types of the rows, and their tags.
fn name_types(types: &[Type], batch: &mut Batch, cx: &RunCx) {
    for t in types {
        let mask = t.program.mask(batch, cx);
        if !mask.contains(&true) {
            continue;
        }
        let mut add = |field: &str, values: &[Value]| {
            for (cell, _) in batch.values_mut(field).iter_mut().zip(&mask).filter(|(_, m)| **m) {
                let mut all = cell.members().to_vec();
                let new = values.iter().filter(|v| !cell.members().contains(v));
                all.extend(new.cloned());
                *cell = Value::from_members(all);
            }
        };
        add("eventtype", std::slice::from_ref(&t.name));
        if !t.tags.is_empty() {
            add("tag", &t.tags);
        }
    }
}
