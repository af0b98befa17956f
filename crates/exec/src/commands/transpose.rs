//! `transpose`: rows as columns.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "transpose",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Turns rows into columns.",
        syntax: "transpose [<int>] [column_name=<string>] [header_field=<field>] \
                 [include_empty=<bool>]",
        details: "The first 5 rows, or as many as are asked for (0 = all), become the columns \
                  `row 1`, `row 2` and so on, or those that header_field names. The names of the \
                  fields stand in the field column, or in that of column_name. \
                  include_empty=false leaves out fields without values.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/transpose",
        examples: &[CommandExample {
            title: "named by a field",
            search: "* | stats count AS events dc(u) AS users BY host | transpose header_field=host",
            events: r#"{"host":"a","u":1}
{"host":"b","u":1}
{"host":"b","u":2}"#,
            rows: r#"{"column":"events","a":1,"b":2}
{"column":"users","a":1,"b":2}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Transpose(t) => Ok(Op::Ordered(Box::new(Transpose {
            limit: match t.rows.as_ref().map(|n| n.node) {
                Some(0) => usize::MAX,
                Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
                None => DEFAULT_ROWS,
            },
            column: FieldName::new(t.column_name.as_ref().map_or("column", |c| c.node.as_str())),
            header: t.header_field.as_ref().map(|h| FieldName::new(&h.node)),
            empty: t.include_empty.unwrap_or(true),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows that become columns where no number is given. Source: the page's "int" argument.
const DEFAULT_ROWS: usize = 5;

/// The notice of two rows that header_field gives one name.
const SAME_HEADER: &str = "SPL3131";

#[derive(Clone)]
struct Transpose {
    limit: usize,
    column: FieldName,
    header: Option<FieldName>,
    empty: bool,
}

impl Operator for Transpose {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::all()
    }
}

impl Ordered for Transpose {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: self.clone(), rows: Batch::default() })
    }
    fn first_rows(&self) -> Option<usize> {
        (self.limit < usize::MAX).then_some(self.limit)
    }
}

struct Run {
    plan: Transpose,
    rows: Batch,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        Ok(if self.rows.len >= self.plan.limit { Flow::Done } else { Flow::More })
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let rows = std::mem::take(&mut self.rows);
        let plan = &self.plan;
        let len = rows.len.min(plan.limit);
        if len == 0 {
            return Ok(());
        }
        let fields: Vec<(&FieldName, &Col)> = rows
            .cols
            .iter()
            .filter(|(n, _)| plan.header.as_ref() != Some(n))
            .filter(|(_, col)| plan.empty || (0..len).any(|row| !col.get(row).is_null()))
            .collect();
        let mut columns = Batch::with_len(fields.len());
        let names = fields.iter().map(|(n, _)| Value::Text((*n).clone())).collect();
        columns.set(plan.column.clone(), Col::Values(names));
        for row in 0..len {
            let header = plan.header.as_ref().map_or(&Value::Null, |h| rows.get(h, row));
            let name = match header {
                Value::Null => FieldName::new(format!("row {}", row + 1)),
                value => value.to_smol(),
            };
            if columns.cols.contains_key(&name) {
                let message =
                    "rows of one header_field value make one column: it holds the last of them";
                cx.notice(SAME_HEADER, message, true);
            }
            columns.set(
                name,
                Col::Values(fields.iter().map(|(_, col)| col.get(row).clone()).collect()),
            );
        }
        give(columns)?;
        Ok(())
    }
}
