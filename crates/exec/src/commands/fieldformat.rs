//! `fieldformat`: how a field is shown.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::Program;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "fieldformat",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Shows the value of an expression in a field's place; the field keeps its value.",
        syntax: "fieldformat <field>=<expression>",
        details: "The expression is computed when the result is shown as a table, from the fields \
                  of the result: later commands and the other output formats have the value \
                  itself. It does not outlive a later stats, top or rare, or a new name for the \
                  field: write it last. Only the top search's count, not those of subsearches.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fieldformat",
        examples: &[CommandExample {
            title: "the value stays",
            search: r#"| makeresults | eval n=1234 | fieldformat n=tostring(n, "commas") | eval m=n+1 | table n m"#,
            events: "",
            rows: r#"{"n":1234,"m":1235}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Fieldformat(f) => {
            let mut formats = Vec::new();
            let mut diagnostics = Vec::new();
            for a in &f.assignments {
                match Program::compile(&a.expr) {
                    Ok(program) => formats.push((FieldName::new(&a.target.node), program)),
                    Err(ds) => diagnostics.extend(ds),
                }
            }
            if !diagnostics.is_empty() {
                return Err(diagnostics);
            }
            Ok(Op::Streaming(Box::new(Fieldformat { formats })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// A field and what is shown in its place.
pub(crate) type Format = (FieldName, Program);

struct Fieldformat {
    formats: Vec<Format>,
}

impl Operator for Fieldformat {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        for (field, program) in &self.formats {
            if after.contains(field) {
                after = super::with_program(after, program);
            }
        }
        after
    }
}

impl Streaming for Fieldformat {
    fn apply(&self, batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        Ok(batch)
    }

    fn formats(&self) -> &[Format] {
        &self.formats
    }
}

/// The result as a table shows it.
pub(crate) fn shown(formats: &[&Format], batch: &Batch, cx: &RunCx) -> Batch {
    let mut out = batch.clone();
    for (field, program) in formats {
        if batch.cols.contains_key(field) {
            out.set(field.clone(), program.column(batch, cx));
        }
    }
    out
}
