//! `gauge`: one value and the ranges that a gauge shows it in.

use super::{Class, CommandSpec, Flow, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value, number};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Field;
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "gauge",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Makes one row out of the first: the value of a gauge in x, the ends of its ranges in y1, y2...",
        syntax: "gauge <value> [<range-val1> <range-val2>...]",
        details: "Each argument is a number or a field, of which the first row counts. Without \
                  ranges y1 is 0 and y2 is 100; one end alone is no range.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/gauge",
        examples: &[CommandExample {
            title: "a count between 0 and 10",
            search: "* | stats count AS c | gauge c 0 5 10",
            events: r#"{"a":1}
{"a":2}"#,
            rows: r#"{"x":2,"y1":0,"y2":5,"y3":10}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Gauge(g) => {
            if let [only] = g.ranges.as_slice() {
                return Err(vec![
                    Diagnostic::error("SPL2251", only.span, "a range has two ends")
                        .label("one number alone")
                        .help("write at least two, such as `gauge count 0 100`"),
                ]);
            }
            let mut columns = vec![(FieldName::new("x"), Argument::new(&g.value))];
            let ends = g.ranges.iter().map(Argument::new).collect::<Vec<_>>();
            let ends = match ends.is_empty() {
                true => vec![Argument::Number(0.0), Argument::Number(100.0)],
                false => ends,
            };
            columns.extend((1..).zip(ends).map(|(i, end)| (FieldName::new(format!("y{i}")), end)));
            Ok(Op::Ordered(Box::new(Gauge(columns.into()))))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

enum Argument {
    Number(f64),
    Field(FieldName),
}

impl Argument {
    fn new(f: &Field) -> Argument {
        match number::parse(&f.node) {
            Some(n) => Argument::Number(n),
            None => Argument::Field(FieldName::new(&f.node)),
        }
    }
}

struct Gauge(Arc<[(FieldName, Argument)]>);

impl Operator for Gauge {
    fn needed(&self, _: FieldSet) -> FieldSet {
        let mut set = FieldSet::new();
        for (_, a) in self.0.iter() {
            if let Argument::Field(f) = a {
                set.insert(f);
            }
        }
        set
    }
}

impl Ordered for Gauge {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run(Arc::clone(&self.0)))
    }
    fn first_rows(&self) -> Option<usize> {
        Some(1)
    }
}

struct Run(Arc<[(FieldName, Argument)]>);

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        if batch.len == 0 {
            return Ok(Flow::More);
        }
        let mut row = Batch::with_len(1);
        for (name, argument) in self.0.iter() {
            let n = match argument {
                Argument::Number(n) => Some(*n),
                Argument::Field(f) => batch.get(f, 0).number(),
            };
            row.set(name.clone(), Col::Values(vec![n.map_or(Value::Null, Value::Num)]));
        }
        out.push(row);
        Ok(Flow::Done)
    }
}
