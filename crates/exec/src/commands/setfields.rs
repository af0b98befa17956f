//! `setfields`: fixed texts as fields.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "setfields",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Sets fields to fixed texts in every row.",
        syntax: "setfields <field>=\"<string>\", ...",
        details: "A field that exists is overwritten.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/setfields",
        examples: &[CommandExample {
            title: "two fields",
            search: r#"| makeresults | setfields ip="10.10.10.10", foo="foo bar" | table ip foo"#,
            events: "",
            rows: r#"{"ip":"10.10.10.10","foo":"foo bar"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Setfields(s) => {
            let one = |f: &sepal_parser::commands::setfields::SetField| {
                (FieldName::new(&f.field.node), Value::text_of(&f.text.node))
            };
            Ok(Op::Streaming(Box::new(Setfields { fields: s.fields.iter().map(one).collect() })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Setfields {
    fields: Vec<(FieldName, Value)>,
}

impl Operator for Setfields {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.fields.iter().for_each(|(n, _)| after.remove(n));
        after
    }
}

impl Streaming for Setfields {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        for (name, text) in &self.fields {
            batch.set(name.clone(), Col::Const(text.clone()));
        }
        Ok(batch)
    }
}
