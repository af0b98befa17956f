//! `xpath`: takes values out of XML.

mod path;
mod walk;

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use path::Paths;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use walk::Document;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "xpath",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Takes the values at an XPath out of XML.",
        syntax: "xpath [outfield=<field>] \"<xpath-string>\" [field=<field>] [default=<string>]",
        details: "Reads _raw, or field=, and writes all values found into xpath, or outfield=. An \
                  element gives its text, or the XML inside it where it has elements; where \
                  nothing is found the row keeps what it has, or gets default=. Paths are made of /, //, \
                  names, *, ., .., @name, @*, text(), and | between paths. Conditions in \
                  brackets are a position, last(), or comparisons of paths with text or numbers, \
                  joined by and, or, not(), with contains() and starts-with(). The rest of \
                  XPath is refused. A name matches with the prefix that it is written with.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xpath",
        examples: &[CommandExample {
            title: "an attribute, wherever the element is",
            search: r#"* | xpath outfield=name "//bar/@nickname" field=xml | table name"#,
            events: r#"{"xml":"<foo><bar nickname=\"spock\"/></foo>"}"#,
            rows: r#"{"name":"spock"}"#,
        }],
    },
    plan: |stage, _| {
        let Command::Xpath(x) = &stage.command else { return Err(super::wrong_syntax(stage)) };
        let paths = Paths::parse(&x.path.node).map_err(|why| {
            let d = Diagnostic::error("SPL2468", x.path.span, "the path cannot be used");
            vec![d.label(why)]
        })?;
        let name = |f: &Option<sepal_parser::ast::Field>, or: &str| match f {
            Some(f) => FieldName::new(&f.node),
            None => FieldName::new(or),
        };
        Ok(Op::Streaming(Box::new(Xpath {
            paths,
            field: name(&x.field, "_raw"),
            outfield: name(&x.outfield, "xpath"),
            default: x.default.as_ref().map(|d| Value::text_of(&d.node)),
        })))
    },
};

struct Xpath {
    paths: Paths,
    field: FieldName,
    outfield: FieldName,
    default: Option<Value>,
}

impl Operator for Xpath {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        // a row in which nothing is found keeps the field
        after.insert(&self.field);
        after
    }
}

impl Streaming for Xpath {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mut found = Vec::with_capacity(batch.len);
        for row in 0..batch.len {
            let mut values = Vec::new();
            for member in batch.get(&self.field, row).members() {
                let text = member.text();
                if text.contains('<') && !Document::new(&text).values(&self.paths, &mut values) {
                    let message = format!("xpath stopped in a text of {}", self.field);
                    cx.notice("SPL3340", message, true);
                }
            }
            match Value::from_members(values) {
                Value::Null => found.push(self.default.clone().unwrap_or_default()),
                v => found.push(v),
            }
        }
        if found.iter().any(|v| !v.is_null()) {
            for (to, from) in batch.values_mut(&self.outfield).iter_mut().zip(found) {
                if !from.is_null() {
                    *to = from;
                }
            }
        }
        Ok(batch)
    }
}
