//! `addtotals`: sums of rows and of columns.

use super::{Class, CommandSpec, Flow, Give, Names, Op, Operator, Ordered, OrderedRun, Streaming};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "addtotals",
    aliases: &[],
    class: Class::Streaming,
    doc: CommandDoc {
        summary: "Adds the sum of the numeric fields of each row, and a row of column totals.",
        syntax: "addtotals [row=<bool>] [col=<bool>] [labelfield=<field>] [label=<string>] \
                 [fieldname=<field>] [<field-list>]",
        details: "Without a list all fields count whose value is a number, but for those that \
                  begin with `_`. row=true, the default, writes the sum into the field Total, or \
                  into that of fieldname; col=true adds a row of sums at the end, with label \
                  (Total) in the field of labelfield.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/addtotals",
        examples: &[CommandExample {
            title: "rows and columns",
            search: "* | table u a b | addtotals col=true labelfield=u label=ALL",
            events: r#"{"u":"x","a":1,"b":2}
{"u":"y","a":3}"#,
            rows: r#"{"u":"x","a":1,"b":2,"Total":3}
{"u":"y","a":3,"Total":3}
{"u":"ALL","a":4,"b":2,"Total":6}"#,
        }],
    },
    plan,
};

/// Plans `addtotals` and `addcoltotals`.
pub(super) fn plan(stage: &Stage, _: &mut crate::plan::PlanCx) -> Result<Op, Vec<Diagnostic>> {
    let Command::Addtotals(a) = &stage.command else { return Err(super::wrong_syntax(stage)) };
    let columns_only = stage.name.node == "addcoltotals";
    let name = |f: &Option<sepal_parser::ast::Field>| f.as_ref().map(|f| FieldName::new(&f.node));
    let totals = Totals {
        row: (!columns_only && a.row.unwrap_or(true))
            .then(|| name(&a.fieldname).unwrap_or_else(|| FieldName::new("Total"))),
        fields: (!a.fields.is_empty())
            .then(|| Names::new(a.fields.iter().map(|f| f.node.as_str()))),
        labelfield: name(&a.labelfield),
        label: a.label.as_ref().map_or("Total", |l| l.node.as_str()).into(),
    };
    Ok(match columns_only || a.col.unwrap_or(false) {
        false => Op::Streaming(Box::new(totals)),
        true => Op::Ordered(Box::new(Columns(Arc::new(totals)))),
    })
}

struct Totals {
    /// The field of the row totals.
    row: Option<FieldName>,
    /// The fields that count; none = all numeric ones.
    fields: Option<Names>,
    labelfield: Option<FieldName>,
    label: FieldName,
}

impl Totals {
    fn counts(&self, name: &str) -> bool {
        match &self.fields {
            Some(fields) => fields.covers(name),
            None => !name.starts_with('_'),
        }
    }

    fn add_rows(&self, batch: &mut Batch) {
        let Some(total) = &self.row else { return };
        let mut sums = vec![0.0; batch.len];
        for (_, col) in batch.cols.iter().filter(|(n, _)| self.counts(n)) {
            for (row, sum) in sums.iter_mut().enumerate() {
                *sum += col.get(row).number().unwrap_or(0.0);
            }
        }
        batch.set(total.clone(), Col::Values(sums.into_iter().map(Value::Num).collect()));
    }
}

impl Operator for Totals {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        match &self.fields {
            Some(fields) => {
                fields.all().for_each(|f| after.insert(f));
                after
            }
            None => FieldSet::all(),
        }
    }
}

impl Streaming for Totals {
    fn apply(&self, mut batch: Batch, _: &RunCx) -> Result<Batch, RunError> {
        self.add_rows(&mut batch);
        Ok(batch)
    }
}

/// With a row of column totals at the end.
struct Columns(Arc<Totals>);

impl Operator for Columns {
    fn needed(&self, after: FieldSet) -> FieldSet {
        self.0.needed(after)
    }
}

impl Ordered for Columns {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { totals: Arc::clone(&self.0), sums: IndexMap::new(), rows: 0 })
    }
}

struct Run {
    totals: Arc<Totals>,
    /// The sum of each column that has a number.
    sums: IndexMap<FieldName, f64>,
    rows: u64,
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        _: &RunCx,
    ) -> Result<Flow, RunError> {
        let totals = &self.totals;
        totals.add_rows(&mut batch);
        self.rows += batch.len as u64;
        for (name, col) in &batch.cols {
            if !totals.counts(name) && totals.row.as_ref() != Some(name) {
                continue;
            }
            for n in (0..batch.len).filter_map(|row| col.get(row).number()) {
                match self.sums.get_mut(name) {
                    Some(sum) => *sum += n,
                    None => {
                        self.sums.insert(name.clone(), n);
                    }
                }
            }
        }
        out.push(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut last = Batch::with_len(1);
        for (name, sum) in self.sums.drain(..) {
            last.set(name, Col::Const(Value::Num(sum)));
        }
        if let Some(field) = &self.totals.labelfield {
            last.set(field.clone(), Col::Const(Value::Text(self.totals.label.clone())));
        }
        give(last)?;
        Ok(())
    }
}
