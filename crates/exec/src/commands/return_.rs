//! `return`: gives values of the first rows to the search around a subsearch.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use crate::subsearch::quoted;
use indexmap::IndexSet;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "return",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Gives values of the first rows to the search around a subsearch, as one text in the field search.",
        syntax: "return [<count>] [<alias>=<field>...] [<field>...] [$<field>...]",
        details: "One row where no count is given. `field` gives field=\"value\", `alias=field` \
                  gives alias=\"value\", `$field` the value alone. Several rows are joined by OR, \
                  each in parentheses; rows that give the same text count once. A field that is \
                  null is left out. No rows give no row.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/return",
        examples: &[
            CommandExample {
                title: "two rows",
                search: "* | return 2 ip=src",
                events: r#"{"src":"10.0.0.1"}
{"src":"10.0.0.2"}
{"src":"10.0.0.3"}"#,
                rows: r#"{"search":"(ip=\"10.0.0.1\") OR (ip=\"10.0.0.2\")"}"#,
            },
            CommandExample {
                title: "a value alone",
                search: "| makeresults | eval limit=5 | return $limit",
                events: "",
                rows: r#"{"search":"5"}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Return(r) => {
            let item = |i: &sepal_parser::commands::return_::ReturnItem| Item {
                field: FieldName::new(&i.field.node),
                name: (!i.bare).then(|| i.alias.as_ref().unwrap_or(&i.field).node.clone()),
            };
            let count = r.count.as_ref().map_or(1, |n| n.node);
            Ok(Op::Ordered(Box::new(Return {
                items: r.items.iter().map(item).collect(),
                count: usize::try_from(count).unwrap_or(usize::MAX),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

struct Item {
    field: FieldName,
    /// None: the value alone.
    name: Option<String>,
}

impl Item {
    fn text(&self, value: &Value) -> String {
        match &self.name {
            Some(name) => format!("{name}={}", quoted(&value.text())),
            None => value.text().into_owned(),
        }
    }
}

struct Return {
    items: Arc<[Item]>,
    count: usize,
}

impl Operator for Return {
    fn needed(&self, _: FieldSet) -> FieldSet {
        let mut set = FieldSet::new();
        self.items.iter().for_each(|i| set.insert(&i.field));
        set
    }
}

impl Ordered for Return {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(ReturnRun {
            items: Arc::clone(&self.items),
            left: self.count,
            rows: IndexSet::new(),
        })
    }
    fn first_rows(&self) -> Option<usize> {
        Some(self.count)
    }
}

struct ReturnRun {
    items: Arc<[Item]>,
    left: usize,
    rows: IndexSet<String>,
}

impl OrderedRun for ReturnRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        let take = batch.len.min(self.left);
        for row in 0..take {
            let mut parts = Vec::new();
            for item in self.items.iter() {
                let values = batch.get(&item.field, row).members();
                let texts: Vec<String> = values.iter().map(|v| item.text(v)).collect();
                match texts.len() {
                    0 => {}
                    1 => parts.extend(texts),
                    _ => parts.push(format!("({})", texts.join(" OR "))),
                }
            }
            if !parts.is_empty() {
                self.rows.insert(parts.join(" "));
            }
        }
        self.left -= take;
        Ok(if self.left == 0 { Flow::Done } else { Flow::More })
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let text = match self.rows.len() {
            0 => return Ok(()),
            1 => self.rows.pop().unwrap_or_default(),
            _ => {
                let rows: Vec<String> = self.rows.iter().map(|r| format!("({r})")).collect();
                rows.join(" OR ")
            }
        };
        let mut batch = Batch::with_len(1);
        batch.set("search", Col::Const(Value::text_of(text)));
        give(batch)?;
        Ok(())
    }
}
