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
    /// `nodename`: all datasets that an event is of, with their ancestors' names.
    Nodes,
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
    if name == "nodename" {
        return Some(Asked { name: name.to_owned(), dataset: root.clone(), part: Part::Nodes });
    }
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
            if lineage.iter().any(has) || super::scope::OF_EVERY_EVENT.contains(&field) {
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
    let mut datasets: Vec<&str> =
        all.iter().filter(|a| a.part != Part::Nodes).map(|a| a.dataset.as_str()).collect();
    datasets.sort_unstable();
    datasets.dedup();
    let mut ops = Vec::new();
    for dataset in datasets {
        let mut give = Vec::new();
        for a in all.iter().filter(|a| a.dataset == dataset && a.part != Part::Nodes) {
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
        let members = Members::new(scope, model, dataset, &mut set, at, cx)?;
        ops.push(Op::Streaming(Box::new(Below { members, give, set })));
    }
    if all.iter().any(|a| a.part == Part::Nodes) {
        let mut set = FieldSet::new();
        let mut datasets = Vec::new();
        for d in &model.datasets {
            let lineage = model.lineage(&d.name).unwrap_or_default();
            if lineage.first().map(|r| &r.name) == scope.lineage.first() {
                let members = Members::new(scope, model, &d.name, &mut set, at, cx)?;
                let path: Vec<&str> = lineage.iter().map(|d| d.name.as_str()).collect();
                datasets.push((Value::text_of(path.join(".")), members));
            }
        }
        ops.push(Op::Streaming(Box::new(Nodes { datasets, set })));
    }
    Ok(ops)
}

/// How to tell the rows of a dataset among those of another one with the same root.
struct Members {
    dataset: String,
    steps: Vec<Step>,
}

impl Members {
    /// Adds to `set`, the fields that are to be there afterwards, those that must be there before.
    fn new(
        scope: &Scope,
        model: &Arc<DataModel>,
        dataset: &str,
        set: &mut FieldSet,
        at: Span,
        cx: &mut PlanCx,
    ) -> Result<Members, Vec<Diagnostic>> {
        let of = Scope::new(Arc::clone(model), dataset, at)?;
        let common = of.lineage.iter().zip(&scope.lineage).take_while(|(a, b)| a == b).count();
        let mut steps = Vec::new();
        for level in of.levels.iter().skip(common).rev() {
            for (outputs, command) in level.commands.iter().rev() {
                if outputs.as_ref().is_some_and(|all| !all.iter().any(|o| set.contains(o))) {
                    continue;
                }
                let wrong = |ds: Vec<Diagnostic>| of.damaged(at, &ds);
                match plan::planned(command, cx, false).map_err(wrong)?.op {
                    Op::Streaming(op) => {
                        let before = op.needed(set.clone());
                        set.union(&before);
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
            steps.push(Step::Keep(Box::new(condition)));
        }
        steps.reverse();
        Ok(Members { dataset: dataset.to_owned(), steps })
    }

    /// The rows with the dataset's fields, and where they stand in the batch.
    fn of(&self, batch: &Batch, cx: &RunCx) -> Result<(Batch, Vec<usize>), RunError> {
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
        Ok((part, rows))
    }
}

/// What is done with a copy of the rows.
enum Step {
    /// Only those go on that are of the next dataset.
    Keep(Box<SearchProgram>),
    /// Its fields are made.
    Make(Box<dyn Streaming>),
}

/// Gives the rows that are of a dataset its fields, under the names that the search asks for.
struct Below {
    members: Members,
    give: Vec<(FieldName, Part)>,
    /// The fields that must reach it.
    set: FieldSet,
}

impl Operator for Below {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.give.iter().for_each(|(name, _)| after.remove(name));
        after.union(&self.set);
        after
    }
    fn describe(&self) -> String {
        format!("{} field(s) of {}", self.give.len(), self.members.dataset)
    }
}

impl Streaming for Below {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let (part, rows) = self.members.of(&batch, cx)?;
        let flag = |on: bool| Value::Num(f64::from(u8::from(on)));
        for (name, what) in &self.give {
            let others = match what {
                Part::Is | Part::IsNot => flag(*what == Part::IsNot),
                _ => Value::Null,
            };
            let mut values = vec![others; batch.len];
            for (from, to) in rows.iter().enumerate() {
                if let Some(cell) = values.get_mut(*to) {
                    *cell = match what {
                        Part::Field(raw) => part.get(raw, from).clone(),
                        _ => flag(*what == Part::Is),
                    };
                }
            }
            batch.set(name.clone(), Col::Values(values));
        }
        Ok(batch)
    }
}

/// `nodename`: the datasets that each row is of.
struct Nodes {
    datasets: Vec<(Value, Members)>,
    /// The fields that must reach it.
    set: FieldSet,
}

impl Operator for Nodes {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.remove("nodename");
        after.union(&self.set);
        after
    }
    fn describe(&self) -> String {
        format!("nodename of {} datasets", self.datasets.len())
    }
}

impl Streaming for Nodes {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mut names: Vec<Vec<Value>> = vec![Vec::new(); batch.len];
        for (name, members) in &self.datasets {
            for row in members.of(&batch, cx)?.1 {
                if let Some(all) = names.get_mut(row) {
                    all.push(name.clone());
                }
            }
        }
        let names = names.into_iter().map(Value::from_members).collect();
        batch.set("nodename", Col::Values(names));
        Ok(batch)
    }
}
