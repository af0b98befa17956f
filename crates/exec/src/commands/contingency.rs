//! `contingency` (also `counttable`, `ctable`): how often the values of two fields meet.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use indexmap::IndexSet;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::ast::Spanned;
use sepal_parser::commands::Command;
use smol_str::SmolStr;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "contingency",
    aliases: &["counttable", "ctable"],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Makes a table of how often each value of one field meets each value of another.",
        syntax: "contingency [maxrows=<int>] [maxcols=<int>] [minrowcover=<num>] \
                 [mincolcover=<num>] [usetotal=<bool>] [totalstr=<string>] <field> <field>",
        details: "A row for each value of the first field, a column for each of the second, the \
                  most frequent first. Of more than maxrows or maxcols (1000, which 0 means too) \
                  the least frequent are left out. mincolcover is the share of each row that its \
                  columns must show, minrowcover that of each column: from the most frequent on \
                  only as many are shown as that takes (1: all). usetotal=false leaves out the \
                  sums of what is shown, totalstr names them. Rows without one of the fields do \
                  not count; each value of a multivalue does.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/contingency",
        examples: &[CommandExample {
            title: "hosts by status",
            search: "* | contingency host status",
            events: r#"{"host":"a","status":200}
{"host":"a","status":404}
{"host":"b","status":200}"#,
            rows: r#"{"host":"a","200":1,"404":1,"TOTAL":2}
{"host":"b","200":1,"404":0,"TOTAL":1}
{"host":"TOTAL","200":2,"404":1,"TOTAL":3}"#,
        }],
    },
    plan: |stage, _| {
        let Command::Contingency(c) = &stage.command else {
            return Err(super::wrong_syntax(stage));
        };
        let most = |n: &Option<Spanned<u64>>| match n.as_ref().map_or(0, |n| n.node) {
            0 => MAXVALUES,
            n => usize::try_from(n).unwrap_or(MAXVALUES).min(MAXVALUES),
        };
        Ok(Op::Ordered(Box::new(Contingency(Arc::new(Plan {
            rows: FieldName::new(&c.rows.node),
            columns: FieldName::new(&c.columns.node),
            maxrows: most(&c.maxrows),
            maxcols: most(&c.maxcols),
            rowcover: c.minrowcover.unwrap_or(1.0),
            colcover: c.mincolcover.unwrap_or(1.0),
            total: c
                .usetotal
                .unwrap_or(true)
                .then(|| FieldName::new(c.totalstr.as_ref().map_or("TOTAL", |t| t.node.as_str()))),
        })))))
    },
};

/// Source: limits.conf, [ctable] maxvalues.
const MAXVALUES: usize = 1000;

struct Plan {
    rows: FieldName,
    columns: FieldName,
    maxrows: usize,
    maxcols: usize,
    rowcover: f64,
    colcover: f64,
    total: Option<FieldName>,
}

struct Contingency(Arc<Plan>);

impl Operator for Contingency {
    fn needed(&self, _: FieldSet) -> FieldSet {
        [&self.0.rows, &self.0.columns].into_iter().collect()
    }
}

impl Ordered for Contingency {
    fn start(&self) -> Box<dyn OrderedRun> {
        let plan = Arc::clone(&self.0);
        let (rows, columns) = (IndexSet::default(), IndexSet::default());
        Box::new(Run { plan, rows, columns, counts: HashMap::default() })
    }
}

type Texts = IndexSet<SmolStr, FixedState>;

struct Run {
    plan: Arc<Plan>,
    rows: Texts,
    columns: Texts,
    counts: HashMap<(usize, usize), u64, FixedState>,
}

fn place(texts: &mut Texts, value: &Value) -> usize {
    let text = value.text();
    match texts.get_index_of(&*text) {
        Some(at) => at,
        None => texts.insert_full(SmolStr::new(text)).0,
    }
}

/// The places by how often they were seen, then by text; no more than `most` of them.
fn ranked(texts: &Texts, totals: &[u64], most: usize) -> Vec<usize> {
    let mut all: Vec<usize> = (0..texts.len()).collect();
    let total = |i: usize| totals.get(i).copied().unwrap_or(0);
    all.sort_by(|a, b| {
        total(*b).cmp(&total(*a)).then(texts.get_index(*a).cmp(&texts.get_index(*b)))
    });
    all.truncate(most);
    all
}

/// How many of the ranked places show at least that share of each line on the other side.
/// `cells`: line, rank of the place, count.
fn covering(cells: &mut [(usize, usize, u64)], totals: &[u64], share: f64, most: usize) -> usize {
    if share >= 1.0 {
        return most;
    }
    cells.sort_unstable();
    let (mut needed, mut line, mut shown, mut done) = (0, usize::MAX, 0_u64, true);
    for (l, rank, count) in cells.iter() {
        if *l != line {
            (line, shown, done) = (*l, 0, false);
        }
        if done {
            continue;
        }
        shown += count;
        needed = needed.max(rank + 1);
        done = shown as f64 >= share * totals.get(line).copied().unwrap_or(0) as f64;
    }
    needed.min(most)
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        let (Some(rows), Some(columns)) =
            (batch.col(&self.plan.rows), batch.col(&self.plan.columns))
        else {
            return Ok(Flow::More);
        };
        for n in 0..batch.len {
            for r in rows.get(n).members() {
                for c in columns.get(n).members() {
                    let key = (place(&mut self.rows, r), place(&mut self.columns, c));
                    *self.counts.entry(key).or_default() += 1;
                }
            }
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        let (mut of_rows, mut of_columns) = (vec![0; self.rows.len()], vec![0; self.columns.len()]);
        for ((r, c), n) in &self.counts {
            of_rows[*r] += n;
            of_columns[*c] += n;
        }
        for (field, len) in [(&plan.rows, self.rows.len()), (&plan.columns, self.columns.len())] {
            if len > MAXVALUES {
                let message = format!(
                    "contingency shows the {MAXVALUES} most frequent of {len} values of {field}"
                );
                cx.notice("SPL3342", message, true);
            }
        }
        let mut rows = ranked(&self.rows, &of_rows, plan.maxrows);
        let mut columns = ranked(&self.columns, &of_columns, plan.maxcols);
        let ranks = |all: &[usize], len: usize| {
            let mut ranks = vec![usize::MAX; len];
            all.iter().enumerate().for_each(|(rank, i)| ranks[*i] = rank);
            ranks
        };
        let (row_rank, column_rank) =
            (ranks(&rows, self.rows.len()), ranks(&columns, self.columns.len()));
        let shown =
            |(r, c): &(usize, usize)| row_rank[*r] != usize::MAX && column_rank[*c] != usize::MAX;
        let cells = || self.counts.iter().filter(|(key, _)| shown(key));
        let mut by_row: Vec<_> = cells().map(|((r, c), n)| (*r, column_rank[*c], *n)).collect();
        let mut by_column: Vec<_> = cells().map(|((r, c), n)| (*c, row_rank[*r], *n)).collect();
        columns.truncate(covering(&mut by_row, &of_rows, plan.colcover, columns.len()));
        rows.truncate(covering(&mut by_column, &of_columns, plan.rowcover, rows.len()));
        let count = |r: usize, c: usize| self.counts.get(&(r, c)).copied().unwrap_or(0);
        let sum = |n: u64| Value::from(n);
        let text = |texts: &Texts, i: usize| texts.get_index(i).cloned().unwrap_or_default();
        let totals = usize::from(plan.total.is_some() && !rows.is_empty());
        let mut batch = Batch::with_len(rows.len() + totals);
        let mut names: Vec<Value> =
            rows.iter().map(|r| Value::Text(text(&self.rows, *r))).collect();
        names.extend(plan.total.iter().map(|t| Value::Text(t.clone())));
        names.truncate(batch.len);
        batch.set(plan.rows.clone(), Col::Values(names));
        let mut row_sums = vec![0; rows.len()];
        for c in &columns {
            let name = text(&self.columns, *c);
            if batch.cols.contains_key(&name) || plan.total.as_ref() == Some(&name) {
                let message = format!("contingency: two columns would be named {name}");
                return Err(RunError::failed("SPL3343", message));
            }
            let counts: Vec<u64> = rows.iter().map(|r| count(*r, *c)).collect();
            row_sums.iter_mut().zip(&counts).for_each(|(s, n)| *s += n);
            let mut values: Vec<Value> = counts.iter().map(|n| sum(*n)).collect();
            values.push(sum(counts.iter().sum()));
            values.truncate(batch.len);
            batch.set(name, Col::Values(values));
        }
        if let Some(total) = &plan.total {
            let all = row_sums.iter().sum();
            let values = row_sums.into_iter().chain([all]).take(batch.len).map(sum).collect();
            batch.set(total.clone(), Col::Values(values));
        }
        give(batch)?;
        Ok(())
    }
}
