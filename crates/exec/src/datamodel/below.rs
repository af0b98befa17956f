//! Fields of datasets that a search does not read but asks for: those of children asked of their
//! parent, those of siblings, and the flags `is_X` and `is_not_X`.
//!
//! An event of `All_Changes` that is of `Account_Management` too has a value of
//! `All_Changes.Account_Management.src_user`; one that is not has none.
//!
//! Source: Knowledge Manager Manual, "About data models", inheritance; the flags are those of the
//! files of the CIM add-on.

use super::{DataModel, Scope};
use crate::commands::{Op, Operator, Streaming};
use crate::plan::{self, PlanCx};
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::{SearchExpr, Span};
use std::sync::Arc;

/// What a name stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// A field of the dataset, under its name in events.
    Field(String),
    /// Whether an event is of the dataset.
    Is,
    /// Whether it is not.
    IsNot,
}

/// A name of the search, the dataset that it belongs to and what it is there.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub name: String,
    dataset: String,
    part: Part,
}

/// What `name` is of another dataset with the same root; none where it is nothing.
pub(super) fn asked(scope: &Scope, model: &DataModel, name: &str) -> Option<Asked> {
    let root = scope.lineage.first()?;
    for d in &model.datasets {
        let Some(lineage) = model.lineage(&d.name) else { continue };
        if lineage.first().is_none_or(|r| r.name != *root) {
            continue;
        }
        let after = |prefix: &str| name.strip_prefix(prefix)?.strip_prefix('.');
        let path = |upto: usize| {
            let names: Vec<&str> = lineage.iter().take(upto).map(|d| d.name.as_str()).collect();
            names.join(".")
        };
        if let Some(field) = after(&path(lineage.len())).or_else(|| after(&d.name)) {
            let has = |d: &&super::Dataset| {
                let made = d.calculations.iter().flat_map(|c| &c.outputs);
                d.fields.iter().chain(made).any(|f| f == field)
            };
            if lineage.iter().any(|d| has(&d)) || super::scope::OF_EVERY_EVENT.contains(&field) {
                let part = Part::Field(field.to_owned());
                return Some(Asked { name: name.to_owned(), dataset: d.name.clone(), part });
            }
        }
        let Some(parent) = &d.parent else { continue };
        let above = after(&path(lineage.len().saturating_sub(1))).or_else(|| after(parent));
        let flag = above.and_then(|f| f.strip_prefix("is_"));
        let part = match flag {
            Some(f) if f == d.name => Part::Is,
            Some(f) if f.strip_prefix("not_") == Some(&d.name) => Part::IsNot,
            _ => continue,
        };
        return Some(Asked { name: name.to_owned(), dataset: d.name.clone(), part });
    }
    None
}

/// The operators that give what is asked of other datasets: one for each of these.
pub(super) fn operators(
    scope: &Scope,
    model: &Arc<DataModel>,
    all: &[Asked],
    at: Span,
    cx: &mut PlanCx,
) -> Result<Vec<Op>, Vec<Diagnostic>> {
    let mut datasets: Vec<&str> = all.iter().map(|a| a.dataset.as_str()).collect();
    datasets.sort_unstable();
    datasets.dedup();
    let mut ops = Vec::new();
    for dataset in datasets {
        let of = Scope::new(Arc::clone(model), dataset, at)?;
        let common = of.lineage.iter().zip(&scope.lineage).take_while(|(a, b)| a == b).count();
        let mut give = Vec::new();
        for a in all.iter().filter(|a| a.dataset == dataset) {
            give.push((FieldName::new(&a.name), a.part.clone()));
        }
        give.sort_by(|a, b| a.0.cmp(&b.0));
        give.dedup_by(|a, b| a.0 == b.0);
        let mut set = FieldSet::new();
        for (_, part) in &give {
            if let Part::Field(raw) = part {
                set.insert(raw);
            }
        }
        let mut steps = Vec::new();
        for level in of.levels.iter().skip(common).rev() {
            for (outputs, command) in level.commands.iter().rev() {
                if outputs.as_ref().is_some_and(|all| !all.iter().any(|o| set.contains(o))) {
                    continue;
                }
                let wrong = |ds: Vec<Diagnostic>| of.damaged(at, &ds);
                match plan::planned(command, cx, false).map_err(wrong)?.op {
                    Op::Streaming(op) => {
                        set = op.needed(set);
                        steps.push(Step::Make(op));
                    }
                    _ => {
                        let why = format!("{} does not work row by row", command.name.node);
                        let d = Diagnostic::error("SPL4132", at, why);
                        return Err(of.damaged(at, &[d]));
                    }
                }
            }
            let condition = cx.condition(&SearchExpr::And(level.constraints.clone()))?;
            set.union(&condition.needed());
            steps.push(Step::Keep(condition));
        }
        steps.reverse();
        ops.push(Op::Streaming(Box::new(Below { dataset: dataset.to_owned(), steps, give, set })));
    }
    Ok(ops)
}

/// What is done with a copy of the rows.
enum Step {
    /// Only those go on that are of the next dataset.
    Keep(SearchProgram),
    /// Its fields are made.
    Make(Box<dyn Streaming>),
}

/// Gives the rows that are of a dataset its fields, under the names that the search asks for.
struct Below {
    dataset: String,
    steps: Vec<Step>,
    give: Vec<(FieldName, Part)>,
    /// The fields that must reach it.
    set: FieldSet,
}

impl Operator for Below {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if !self.give.iter().any(|(name, _)| after.contains(name)) {
            return after;
        }
        self.give.iter().for_each(|(name, _)| after.remove(name));
        after.union(&self.set);
        after
    }
    fn describe(&self) -> String {
        format!("{} field(s) of {}", self.give.len(), self.dataset)
    }
}

impl Streaming for Below {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mut part = batch.clone();
        let mut rows: Vec<usize> = (0..batch.len).collect();
        for step in &self.steps {
            match step {
                Step::Keep(condition) => {
                    let mask = condition.mask(&part, cx);
                    let mut kept = mask.iter();
                    rows.retain(|_| kept.next().copied().unwrap_or(false));
                    part.retain(&mask);
                }
                Step::Make(op) => part = op.apply(part, cx)?,
            }
        }
        if part.len != rows.len() {
            let message = format!("a calculation of dataset {} gave other rows", self.dataset);
            return Err(RunError::failed("SPL3015", message));
        }
        for (name, what) in &self.give {
            let others = if *what == Part::IsNot { Value::Num(1.0) } else { Value::Null };
            let others = if *what == Part::Is { Value::Num(0.0) } else { others };
            let mut values = vec![others; batch.len];
            for (from, to) in rows.iter().enumerate() {
                if let Some(cell) = values.get_mut(*to) {
                    *cell = match what {
                        Part::Field(raw) => part.get(raw, from).clone(),
                        Part::Is => Value::Num(1.0),
                        Part::IsNot => Value::Num(0.0),
                    };
                }
            }
            batch.set(name.clone(), Col::Values(values));
        }
        Ok(batch)
    }
}
