//! `strcat`: joins fields and texts into a field.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::commands::Command;
use sepal_parser::commands::strcat::StrcatSource;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "strcat",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Joins the values of fields and texts in quotes into a field.",
        syntax: "strcat [allrequired=<bool>] <source-fields> <dest-field>",
        details: "The last name is that of the field that gets the text. A field that is missing \
                  counts as an empty text; with allrequired=true nothing is written where one is \
                  missing.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/strcat",
        examples: &[CommandExample {
            title: "an address",
            search: r#"* | strcat host ":" port address | table address"#,
            events: r#"{"host":"api","port":443}"#,
            rows: r#"{"address":"api:443"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Strcat(s) => Ok(Op::Streaming(Box::new(Strcat {
            all: s.allrequired.unwrap_or(false),
            sources: s
                .sources
                .iter()
                .map(|s| match s {
                    StrcatSource::Field(f) => Source::Field(FieldName::new(&f.node)),
                    StrcatSource::Text(t) => Source::Text(t.node.clone()),
                })
                .collect(),
            to: FieldName::new(&s.destination.node),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Strcat {
    all: bool,
    sources: Vec<Source>,
    to: FieldName,
}

enum Source {
    Field(FieldName),
    Text(String),
}

impl Operator for Strcat {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if !self.all {
            after.remove(&self.to);
        }
        for s in &self.sources {
            if let Source::Field(f) = s {
                after.insert(f);
            }
        }
        after
    }
}

impl Strcat {
    fn join(&self, batch: &Batch, row: usize) -> Option<Value> {
        let mut text = String::new();
        for s in &self.sources {
            match s {
                Source::Text(t) => text.push_str(t),
                Source::Field(f) => match batch.get(f, row) {
                    Value::Null if self.all => return None,
                    value => text.push_str(&value.text()),
                },
            }
        }
        Some(Value::from(text))
    }
}

impl Streaming for Strcat {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let joined: Vec<Option<Value>> = (0..batch.len).map(|row| self.join(&batch, row)).collect();
        for (cell, text) in batch.values_mut(&self.to).iter_mut().zip(joined) {
            if let Some(text) = text {
                *cell = text;
            }
        }
        Ok(batch)
    }
}
