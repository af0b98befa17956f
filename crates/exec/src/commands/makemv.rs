//! `makemv`: splits a field into a multivalue.

use super::{Class, CommandSpec, Op, Operator, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::regex_engine::SplRegex;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use sepal_parser::commands::makemv::Makemv as Syntax;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "makemv",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Splits the text of a field into several values.",
        syntax: "makemv [delim=<string> | tokenizer=<string>] [allowempty=<bool>] [setsv=<bool>] <field>",
        details: "delim is the text between two values, a space by default. tokenizer is a regular \
                  expression: each match gives one value, the text of its first group. Empty \
                  values are left out unless allowempty=true. With setsv=true the values that are \
                  left are joined by delim into a single value again.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/makemv",
        examples: &[
            CommandExample {
                title: "at commas",
                search: r#"| makeresults | eval a="x,,y" | makemv delim="," a | table a"#,
                events: "",
                rows: r#"{"a":["x","y"]}"#,
            },
            CommandExample {
                title: "by a regular expression",
                search: r#"| makeresults | eval a="x1 y22" | makemv tokenizer="(\d+)" a | table a"#,
                events: "",
                rows: r#"{"a":["1","22"]}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Makemv(m) => Ok(Op::Streaming(Box::new(Makemv::new(m)?))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Makemv {
    field: FieldName,
    split: Split,
    allowempty: bool,
    setsv: bool,
}

enum Split {
    Delim(String),
    Tokens(SplRegex),
}

impl Makemv {
    fn new(m: &Syntax) -> Result<Makemv, Vec<Diagnostic>> {
        let wrong = |span, message: &str| Diagnostic::error("SPL2121", span, message);
        let split = match (&m.delim, &m.tokenizer) {
            (Some(_), Some(t)) => {
                let d = wrong(t.span, "makemv takes delim or tokenizer, not both");
                return Err(vec![d.label("the second of the two")]);
            }
            (Some(d), None) if d.node.is_empty() => {
                let d = wrong(d.span, "delim is empty");
                return Err(vec![d.help("for a value for each character write tokenizer=\"(.)\"")]);
            }
            (Some(d), None) => Split::Delim(d.node.clone()),
            (None, None) => Split::Delim(" ".to_owned()),
            (None, Some(t)) => {
                let regex = SplRegex::new(&t.node).map_err(|e| {
                    vec![wrong(t.span, "tokenizer is not a regular expression").label(e)]
                })?;
                if regex.groups() < 2 {
                    let d = wrong(t.span, "tokenizer has no group").label("no parentheses here");
                    return Err(vec![
                        d.help("the text of the first group is a value: tokenizer=\"([^,]+),?\""),
                    ]);
                }
                Split::Tokens(regex)
            }
        };
        Ok(Makemv {
            field: FieldName::new(&m.field.node),
            split,
            allowempty: m.allowempty.unwrap_or(false),
            setsv: m.setsv.unwrap_or(false),
        })
    }

    fn split(&self, v: &Value, cx: &RunCx) -> Value {
        let mut parts: Vec<Value> = Vec::new();
        for member in v.members() {
            let text = member.text();
            let mut push = |s: &str| {
                if self.allowempty || !s.is_empty() {
                    parts.push(Value::from(s));
                }
            };
            match &self.split {
                Split::Delim(d) => text.split(d.as_str()).for_each(&mut push),
                Split::Tokens(re) => match re.captures_all(&text, usize::MAX) {
                    Ok(all) => {
                        all.iter().for_each(|c| push(c.text(&text, 1).unwrap_or_default()));
                    }
                    Err(e) => {
                        e.report(cx);
                        push(&text);
                    }
                },
            }
        }
        if self.setsv && parts.len() > 1 {
            let by = match &self.split {
                Split::Delim(d) => d.as_str(),
                Split::Tokens(_) => "\n",
            };
            let texts: Vec<_> = parts.iter().map(Value::text).collect();
            return Value::from(texts.join(by));
        }
        Value::from_members(parts)
    }
}

impl Operator for Makemv {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Streaming for Makemv {
    fn apply(&self, mut batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        match batch.cols.get_mut(&self.field) {
            Some(Col::Const(v)) => *v = self.split(v, cx),
            Some(Col::Values(vs)) => vs.iter_mut().for_each(|v| *v = self.split(v, cx)),
            None => {}
        }
        Ok(batch)
    }
}
