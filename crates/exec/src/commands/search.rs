//! `search`: keeps the events that match.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use crate::search::SearchProgram;
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_parser::Diagnostic;
use sepal_parser::ast::SearchExpr;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "search",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Keeps the events that match a condition of terms and field comparisons.",
        syntax: "search <logical-expression>",
        details: "Terms and values match in any letter case, `*` is a wildcard, quoted or not. \
                  Parentheses come first, then NOT, then OR, then AND, which is implied between \
                  terms. `=` and `!=` compare text; `<` and the like compare numbers where both \
                  sides are. `f!=v` needs the field to exist, `NOT f=v` does not. The right side \
                  is always a literal: to compare two fields use `where`.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/search",
        examples: &[CommandExample {
            title: "a wildcard, and a list",
            search: "* | search user=a* code IN (1, 3) | table user",
            events: r#"{"user":"Ann","code":1}
{"user":"bob","code":1}
{"user":"al","code":2}"#,
            rows: r#"{"user":"Ann"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Search(s) => {
            let mut late = Vec::new();
            late_times(&s.expr, &mut late);
            if !late.is_empty() {
                return Err(late);
            }
            Ok(Op::Streaming(Box::new(Matching { program: cx.condition(&s.expr)?, what: "" })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Time modifiers restrict what is read; behind a pipe everything has been read.
fn late_times(expr: &SearchExpr, out: &mut Vec<Diagnostic>) {
    match expr {
        SearchExpr::And(es) | SearchExpr::Or(es) => es.iter().for_each(|e| late_times(e, out)),
        SearchExpr::Not(e) => late_times(e, out),
        SearchExpr::Time { key, .. } => {
            let what = format!("{}= behind a pipe", key.node);
            out.push(
                Diagnostic::unsupported("SPL2109", key.span, what)
                    .help("write it in the first search, or compare `_time` with `where`"),
            );
        }
        _ => {}
    }
}

/// Keeps the rows that match.
pub(crate) struct Matching {
    pub program: SearchProgram,
    /// What `--explain` says of it.
    pub what: &'static str,
}

impl Operator for Matching {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.union(&self.program.needed());
        after
    }
    fn describe(&self) -> String {
        self.what.to_owned()
    }
}

impl Streaming for Matching {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mask = self.program.mask(&batch, cx);
        batch.retain(&mask);
        Ok(batch)
    }
}
