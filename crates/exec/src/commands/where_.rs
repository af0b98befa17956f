//! `where`: keeps the rows for which an eval expression is true.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::eval::Program;
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "where",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Keeps the rows for which an eval expression is true.",
        syntax: "where <eval-expression>",
        details: "Text in double quotes is a literal, a bare word is a field; names with other \
                  characters than letters, digits and `_` take single quotes. Comparisons are \
                  case-sensitive and know no wildcards: use like(). A comparison with a missing \
                  field is not true.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/where",
        examples: &[CommandExample {
            title: "two fields compared",
            search: "* | where sent>received | table id",
            events: r#"{"id":"a","sent":9,"received":10}
{"id":"b","sent":11,"received":10}"#,
            rows: r#"{"id":"b"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Where(w) => {
            let program = Program::compile_with(&w.expr, cx)?;
            Ok(Op::Streaming(Box::new(Where { program })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Where {
    program: Program,
}

impl Operator for Where {
    fn needed(&self, after: FieldSet) -> FieldSet {
        super::with_program(after, &self.program)
    }
}

impl Streaming for Where {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mask = self.program.mask(&batch, cx);
        batch.retain(&mask);
        Ok(batch)
    }
}
