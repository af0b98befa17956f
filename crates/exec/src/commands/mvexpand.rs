//! `mvexpand`: a row for each value of a multivalue field.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "mvexpand",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Makes a row for each value of a multivalue field.",
        syntax: "mvexpand <field> [limit=<int>]",
        details: "All other fields are the same in each of the new rows, which follow each other \
                  in the order of the values. limit is the most values of a row that are used; \
                  0, the default, is all. A row in which the field is null is left out, as in \
                  Splunk: fill the field before to keep it. Internal fields, whose names begin \
                  with `_`, cannot be expanded.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/mvexpand",
        examples: &[CommandExample {
            title: "a row for each user",
            search: r#"| makeresults | eval user=split("alice,bob", ",") | mvexpand user | table user"#,
            events: "",
            rows: r#"{"user":"alice"}
{"user":"bob"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Mvexpand(m) if m.field.node.starts_with('_') => Err(vec![
            Diagnostic::error(
                "SPL2120",
                m.field.span,
                format!("mvexpand cannot expand the internal field {}", m.field.node),
            )
            .label("an internal field")
            .help("copy it to another field with eval, and expand that one"),
        ]),
        Command::Mvexpand(m) => Ok(Op::Streaming(Box::new(Mvexpand {
            field: FieldName::new(&m.field.node),
            limit: match m.limit.as_ref().map(|n| n.node) {
                None | Some(0) => usize::MAX,
                Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
            },
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Mvexpand {
    field: FieldName,
    limit: usize,
}

impl Operator for Mvexpand {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        // also where nothing after asks for it: it decides how many rows there are
        after.insert(&self.field);
        after
    }
}

impl Streaming for Mvexpand {
    fn apply(&self, batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let single = |v: &Value| !matches!(v, Value::Null | Value::Mv(_));
        match batch.col(&self.field) {
            None => return Ok(batch.take(&[])),
            Some(Col::Const(v)) if single(v) => return Ok(batch),
            Some(Col::Values(vs)) if vs.len() == batch.len && vs.iter().all(single) => {
                return Ok(batch);
            }
            Some(_) => {}
        }
        let (mut rows, mut values) = (Vec::new(), Vec::new());
        for row in 0..batch.len {
            for v in batch.get(&self.field, row).members().iter().take(self.limit) {
                rows.push(row);
                values.push(v.clone());
            }
        }
        let mut out = batch.take(&rows);
        out.set(self.field.clone(), Col::Values(values));
        Ok(out)
    }
}
