//! `replace`: other texts in place of whole values.

use super::{Class, CommandSpec, Names, Op, Operator, Streaming, wildcard_swap};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "replace",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Puts other texts in place of whole values.",
        syntax: "replace (<wc-string> WITH <wc-string>)... [IN <field-list>]",
        details: "A value is replaced where the whole of it matches, letter case included; * \
                  stands for any text, and a * in the new text for what the same * stood for. The \
                  new text has as many wildcards as the old one, or none. Where several match, a \
                  text without wildcards goes before those with, the later of two goes before the \
                  earlier, and the pattern with more letters before one with fewer. Without IN \
                  all fields are gone through that do not begin with _.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/replace",
        examples: &[
            CommandExample {
                title: "numbers to words",
                search: r#"* | replace "0" WITH "Critical", "1" WITH "Error" IN level | table level"#,
                events: r#"{"level":"1"}
{"level":"10"}"#,
                rows: r#"{"level":"Error"}
{"level":"10"}"#,
            },
            CommandExample {
                title: "a part of the value stays",
                search: r#"| makeresults | eval src="::ffff:10.0.0.1" | replace "::ffff:*" with * in src | table src"#,
                events: "",
                rows: r#"{"src":"10.0.0.1"}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Replace(r) => {
            let mut rules = Vec::new();
            let mut diagnostics = Vec::new();
            for (i, p) in r.pairs.iter().enumerate() {
                let (from, to) = (&p.from.node, &p.to.node);
                let stars = from.matches('*').count();
                if ![0, stars].contains(&to.matches('*').count()) {
                    let message = "the new text needs as many wildcards as the old one, or none";
                    diagnostics.push(
                        Diagnostic::error("SPL2282", p.from.span.to(p.to.span), message)
                            .label("other numbers of *"),
                    );
                }
                rules.push((i, Rule { from: from.clone(), to: to.clone() }));
            }
            if !diagnostics.is_empty() {
                return Err(diagnostics);
            }
            rules.sort_by_key(|(i, r)| {
                let stars = r.from.matches('*').count();
                (stars > 0, std::cmp::Reverse((r.from.len() - stars, *i)))
            });
            Ok(Op::Streaming(Box::new(Replace {
                rules: rules.into_iter().map(|(_, r)| r).collect(),
                fields: (!r.fields.is_empty())
                    .then(|| Names::new(r.fields.iter().map(|f| f.node.as_str()))),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Rule {
    from: String,
    to: String,
}

struct Replace {
    /// The first that matches counts.
    rules: Vec<Rule>,
    /// None = all fields that do not begin with `_`.
    fields: Option<Names>,
}

impl Replace {
    fn value(&self, v: &Value) -> Option<Value> {
        let one = |m: &Value| {
            let text = m.text();
            self.rules.iter().find_map(|r| swapped(r, &text)).map(Value::from)
        };
        let members = v.members();
        let new: Vec<Option<Value>> = members.iter().map(one).collect();
        if new.iter().all(Option::is_none) {
            return None;
        }
        let mixed = new.into_iter().zip(members).map(|(n, old)| n.unwrap_or_else(|| old.clone()));
        Some(Value::from_members(mixed.collect::<Vec<_>>()))
    }
}

fn swapped(rule: &Rule, text: &str) -> Option<String> {
    wildcard_swap(&rule.from, &rule.to, text)
}

impl Operator for Replace {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
}

impl Streaming for Replace {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        let covered = |n: &FieldName| match &self.fields {
            Some(names) => names.covers(n),
            None => !n.starts_with('_'),
        };
        for (_, col) in batch.cols.iter_mut().filter(|(n, _)| covered(n)) {
            let set = |v: &mut Value| {
                if let Some(new) = self.value(v) {
                    *v = new;
                }
            };
            match col {
                Col::Const(v) => set(v),
                Col::Values(vs) => vs.iter_mut().for_each(set),
            }
        }
        Ok(batch)
    }
}
