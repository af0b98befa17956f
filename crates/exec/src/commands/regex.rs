//! `regex`: keeps rows by a regular expression.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::regex_engine::SplRegex;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "regex",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Keeps the rows in which a field matches, or does not match, a regular expression.",
        syntax: "regex (<field>=<regex-expression> | <field>!=<regex-expression> | <regex-expression>)",
        details: "PCRE syntax, found anywhere in the value; letter case matters unless `(?i)` says \
                  otherwise. Without a field `_raw` is searched. A multivalue field matches if \
                  one of its members does. `!=` keeps all rows that do not match, those without \
                  the field among them.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/regex",
        examples: &[CommandExample {
            title: "addresses of a private network",
            search: r#"* | regex ip="^10\." | table ip"#,
            events: r#"{"ip":"10.1.2.3"}
{"ip":"192.168.10.1"}"#,
            rows: r#"{"ip":"10.1.2.3"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Regex(r) => Ok(Op::Streaming(Box::new(Regex {
            field: r
                .field
                .as_ref()
                .map_or(FieldName::new_static("_raw"), |f| FieldName::new(&f.node)),
            negated: r.negated,
            regex: super::compile_regex(&r.pattern)?,
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Regex {
    field: FieldName,
    negated: bool,
    regex: SplRegex,
}

impl Operator for Regex {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.insert(&self.field);
        after
    }

    fn describe(&self) -> String {
        let op = if self.negated { "!=" } else { "=" };
        format!("{}{op}{:?}", self.field, self.regex.as_str())
    }
}

impl Regex {
    fn keeps(&self, value: &Value, cx: &RunCx) -> bool {
        let found = |m: &Value| match self.regex.is_match(&m.text()) {
            Ok(found) => found,
            Err(e) => {
                // counts as one that does not match; the notice says that the result may be wrong
                e.report(cx);
                false
            }
        };
        value.members().iter().any(found) != self.negated
    }
}

impl Streaming for Regex {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let keep: Vec<bool> = match batch.col(&self.field) {
            Some(Col::Values(vs)) => {
                let row = |r| self.keeps(vs.get(r).unwrap_or(&Value::Null), cx);
                (0..batch.len).map(row).collect()
            }
            Some(Col::Const(v)) => vec![self.keeps(v, cx); batch.len],
            None => vec![self.negated; batch.len],
        };
        batch.retain(&keep);
        Ok(batch)
    }
}
