//! `xyseries`: a table with a column for each value of a field.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "xyseries",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Makes a table with a row for each x value and a column for each name.",
        syntax: "xyseries [grouped=<bool>] <x-field> <y-name-field> <y-data-field>... [sep=<string>] \
                 [format=<string>]",
        details: "The values of y-name-field name the columns, those of y-data-field are the cells; \
                  a later row of the same place replaces an earlier one. With several data fields a \
                  column is called `data: name`, or as sep or format ($AGG$, $VAL$) say. Rows are \
                  ordered by x, columns by name; with grouped=true rows of one x stand together \
                  already and keep their order.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/xyseries",
        examples: &[CommandExample {
            title: "a column for each method",
            search: "* | stats count BY day method | xyseries day method count",
            events: r#"{"day":"mon","method":"get"}
{"day":"mon","method":"put"}
{"day":"tue","method":"get"}"#,
            rows: r#"{"day":"mon","get":1,"put":1}
{"day":"tue","get":1}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Xyseries(s) => Ok(Op::Ordered(Box::new(Xyseries(Arc::new(Plan {
            grouped: s.grouped.unwrap_or(false),
            x: FieldName::new(&s.x.node),
            name: FieldName::new(&s.name.node),
            data: s.data.iter().map(|d| FieldName::new(&d.node)).collect(),
            format: match (&s.format, &s.sep) {
                (Some(f), _) => f.node.clone(),
                (None, Some(sep)) => format!("$AGG${}$VAL$", sep.node),
                (None, None) => "$AGG$: $VAL$".to_owned(),
            },
        }))))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// The notice of a cell that had a value already.
const REPLACED: &str = "SPL3132";

struct Plan {
    grouped: bool,
    x: FieldName,
    name: FieldName,
    data: Vec<FieldName>,
    format: String,
}

impl Plan {
    /// The name of a column.
    fn column(&self, data: usize, name: &str) -> FieldName {
        match self.data.as_slice() {
            [_] => FieldName::new(name),
            many => {
                let data = many.get(data).map_or("", FieldName::as_str);
                // in one pass, so that a name that holds $VAL$ stays as it is
                let parts = self.format.split("$AGG$").map(|p| p.replace("$VAL$", name));
                FieldName::new(parts.collect::<Vec<_>>().join(data))
            }
        }
    }
}

struct Xyseries(Arc<Plan>);

impl Operator for Xyseries {
    fn needed(&self, _: FieldSet) -> FieldSet {
        let plan = &self.0;
        [&plan.x, &plan.name].into_iter().chain(&plan.data).collect()
    }
}

impl Ordered for Xyseries {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run {
            plan: Arc::clone(&self.0),
            rows: Vec::new(),
            places: HashMap::new(),
            columns: vec![BTreeSet::new(); self.0.data.len()],
        })
    }
}

/// The cells of a row by data field and name.
type Cells = IndexMap<(usize, FieldName), Value>;

struct Run {
    plan: Arc<Plan>,
    rows: Vec<(Value, Cells)>,
    /// Where the row of an x stands.
    places: HashMap<FieldName, usize>,
    /// The names of the columns of each data field.
    columns: Vec<BTreeSet<FieldName>>,
}

impl Run {
    fn row(&mut self, x: &Value) -> usize {
        let key = x.to_smol();
        let next = self.rows.len();
        if self.plan.grouped {
            if let Some(last) = next.checked_sub(1)
                && self.rows[last].0.to_smol() == key
            {
                return last;
            }
        } else if let Some(at) = self.places.get(&key) {
            return *at;
        } else {
            self.places.insert(key, next);
        }
        self.rows.push((x.clone(), Cells::new()));
        next
    }
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        let plan = Arc::clone(&self.plan);
        for row in 0..batch.len {
            let (x, name) = (batch.get(&plan.x, row), batch.get(&plan.name, row));
            if x.is_null() || name.is_null() {
                continue;
            }
            let (at, name) = (self.row(x), name.to_smol());
            for (data, field) in plan.data.iter().enumerate() {
                self.columns[data].insert(name.clone());
                let value = batch.get(field, row);
                if value.is_null() {
                    continue;
                }
                let before = self.rows[at].1.insert((data, name.clone()), value.clone());
                if before.is_some_and(|b| b != *value) {
                    let message = "several rows of xyseries belong into one cell: it holds the last of them, as in Splunk";
                    cx.notice(REPLACED, message, false);
                }
            }
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let mut rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        if !self.plan.grouped {
            rows.sort_by(|(a, _), (b, _)| by_value(a, b));
        }
        let mut table = Batch::with_len(rows.len());
        table.set(self.plan.x.clone(), Col::Values(rows.iter().map(|(x, _)| x.clone()).collect()));
        for (data, names) in std::mem::take(&mut self.columns).into_iter().enumerate() {
            for name in names {
                let column = self.plan.column(data, &name);
                let key = (data, name);
                let cells = rows
                    .iter_mut()
                    .map(|(_, c)| c.get_mut(&key).map(std::mem::take).unwrap_or_default());
                let cells = cells.collect();
                if column != self.plan.x {
                    table.set(column, Col::Values(cells));
                }
            }
        }
        give(table)?;
        Ok(())
    }
}

/// Numbers by size before texts by their letters.
pub(super) fn by_value(a: &Value, b: &Value) -> Ordering {
    match (a.number(), b.number()) {
        (Some(x), Some(y)) => x.total_cmp(&y),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => a.text().cmp(&b.text()),
    }
}
