//! `table`: these fields in this order.

use super::{Class, CommandSpec, Names, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::batch::Columns;
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "table",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Keeps only the named fields, as columns in that order; wildcards allowed.",
        syntax: "table <wc-field-list>",
        details: "A name that no row has is an empty column. A wildcard does not cover names that \
                  begin with `_`, unless it begins with `_` itself.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/table",
        examples: &[CommandExample {
            title: "in this order",
            search: "| makeresults | eval a=1, b=2, c=3 | table c a",
            events: "",
            rows: r#"{"c":3,"a":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Table(t) => Ok(Op::Streaming(Box::new(Table {
            names: Names::new(t.fields.iter().map(|f| f.node.as_str())),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Table {
    names: Names,
}

impl Operator for Table {
    fn needed(&self, after: FieldSet) -> FieldSet {
        let mut kept = FieldSet::new();
        match after.only_exact() {
            Some(exact) => {
                exact.iter().filter(|n| self.names.covers(n)).for_each(|n| kept.insert(n))
            }
            None => self.names.all().for_each(|n| kept.insert(n)),
        }
        kept
    }
}

impl Streaming for Table {
    fn columns(&self) -> Option<&[(FieldName, Option<Pattern>)]> {
        Some(&self.names.0)
    }

    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        if let [(name, _)] = &*self.names.0
            && name == "*"
        {
            // every column stays where it is
            batch.cols.retain(|n, _| !n.starts_with('_'));
            return Ok(batch);
        }
        let mut cols = Columns::default();
        for (name, pattern) in self.names.iter() {
            let Some(pattern) = pattern else {
                if !cols.contains_key(name) {
                    // a field without a value in any row keeps its column
                    let col = batch.cols.shift_remove(name).filter(|c| !c.is_all_null());
                    cols.insert(name.clone(), col.unwrap_or(Col::Const(Value::Null)));
                }
                continue;
            };
            let hidden = name.starts_with('_');
            for (n, col) in std::mem::take(&mut batch.cols) {
                if pattern.is_match(&n) && (hidden || !n.starts_with('_')) {
                    cols.entry(n).or_insert(col);
                } else {
                    batch.cols.insert(n, col);
                }
            }
        }
        batch.cols = cols;
        Ok(batch)
    }
}
