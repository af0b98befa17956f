//! `rename`: new names for fields.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::batch::Columns;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "rename",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Gives fields new names; `*` stands for the same text on both sides.",
        syntax: "rename <wc-field> AS <wc-field> [, <wc-field> AS <wc-field>]...",
        details: "A field keeps its place among the columns. A new name that another field has \
                  replaces that field: rename does not merge. Renaming a field that does not \
                  exist onto one that does empties it. Both sides must have the same number of \
                  wildcards. Under a wildcard a field that is null in a row leaves the value that \
                  the new name has in that row.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/rename",
        examples: &[CommandExample {
            title: "by wildcard",
            search: "| makeresults | eval EU_UK=1, EU_DE=2 | rename EU* AS EMEA* | table EMEA_UK EMEA_DE",
            events: "",
            rows: r#"{"EMEA_UK":1,"EMEA_DE":2}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Rename(r) => {
            let mut pairs = Vec::new();
            let mut diagnostics = Vec::new();
            for (old, new) in &r.pairs {
                let count = |s: &str| s.matches('*').count();
                if count(&old.node) != count(&new.node) {
                    diagnostics.push(
                        Diagnostic::error(
                            "SPL2012",
                            old.span.to(new.span),
                            "both names must have the same number of wildcards",
                        )
                        .label(format!(
                            "{} here, {} in the new name",
                            count(&old.node),
                            count(&new.node)
                        )),
                    );
                }
                pairs.push((FieldName::new(&old.node), FieldName::new(&new.node)));
            }
            if diagnostics.is_empty() {
                Ok(Op::Streaming(Box::new(Rename { pairs })))
            } else {
                Err(diagnostics)
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Rename {
    pairs: Vec<(FieldName, FieldName)>,
}

impl Operator for Rename {
    fn needed(&self, after: FieldSet) -> FieldSet {
        // backwards: what is asked under the new name is needed under the old one
        let mut set = after;
        for (old, new) in self.pairs.iter().rev() {
            let Some(exact) = set.only_exact() else {
                set.insert(old);
                continue;
            };
            let mut before = FieldSet::new();
            for n in exact {
                match crate::commands::wildcard_swap(new, old, n) {
                    Some(o) => before.insert(&o),
                    None => before.insert(n),
                }
                // under a wildcard the target's own value stays where there is no source
                if old.contains('*') {
                    before.insert(n);
                }
            }
            // else a missing source empties the target, so its own value is never seen
            set = before;
        }
        set
    }
}

impl Streaming for Rename {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        for (old, new) in &self.pairs {
            if old == new {
                continue;
            }
            if old.contains('*') {
                rename_all(&mut batch, old, new);
            } else {
                rename(&mut batch, old, new);
            }
        }
        Ok(batch)
    }
}

/// Gives every field that matches `old` its new name, all at once. By row: which fields a batch
/// happens to have must not matter, so a null leaves the value that the new name has in that row.
fn rename_all(batch: &mut Batch, old: &str, new: &str) {
    let target = |name: &str| match name.starts_with('_') && !old.starts_with('_') {
        true => None,
        false => super::wildcard_swap(old, new, name).map(FieldName::from),
    };
    let (mut out, mut kept) = (Columns::default(), Vec::new());
    let len = batch.len;
    for (name, col) in std::mem::take(&mut batch.cols) {
        match target(&name) {
            Some(to) => over(&mut out, to, col, len),
            None => {
                // holds the place
                out.entry(name.clone()).or_insert(Col::Const(Value::Null));
                kept.push((name, col));
            }
        }
    }
    for (name, col) in kept {
        if let Some(moved) = out.insert(name.clone(), col) {
            over(&mut out, name, moved, len);
        }
    }
    batch.cols = out;
}

/// Sets a column; where it is null the old one stays.
fn over(cols: &mut Columns, name: FieldName, col: Col, len: usize) {
    match cols.get_mut(&name) {
        // an empty place holder would stay as an empty column, in some batches
        Some(_) if col.is_all_null() => {}
        Some(old) if !old.is_all_null() => {
            for (row, v) in old.values_mut(len).iter_mut().enumerate() {
                if !col.get(row).is_null() {
                    *v = col.get(row).clone();
                }
            }
        }
        Some(old) => *old = col,
        None => {
            cols.insert(name, col);
        }
    }
}

/// Moves one column to a new name, in its old place.
fn rename(batch: &mut Batch, old: &str, new: &FieldName) {
    if old == new.as_str() {
        return;
    }
    if !batch.cols.contains_key(old) {
        // an empty column that stays would show which fields a batch happens to have
        batch.cols.shift_remove(new);
        return;
    }
    let cols = std::mem::take(&mut batch.cols);
    let mut out = Columns::default();
    for (name, col) in cols {
        if name == old {
            out.insert(new.clone(), col);
        } else if name != *new {
            out.insert(name, col);
        }
    }
    batch.cols = out;
}
