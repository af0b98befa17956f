//! `dedup`: the first rows of each combination of values.

use super::sort::Keys;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::group::Interner;
use crate::run_cx::{RunCx, RunError};
use sepal_data::codec::Writer;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::ast::Stage;
use sepal_parser::commands::Command;
use sepal_parser::commands::dedup::Dedup as Syntax;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "dedup",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Keeps the first rows of each combination of values and drops the others.",
        syntax: "dedup [<int>] <field-list> [keepevents=<bool>] [keepempty=<bool>] \
                 [consecutive=<bool>] [sortby (-|+)<sort-field>...]",
        details: "Events come newest first, so the newest of each combination is kept, or the \
                  newest <int>. Rows in which one of the fields is null are dropped, with \
                  keepempty=true all of them are kept. Multivalue fields are the same where all \
                  their values are, in order. keepevents=true keeps the duplicates but empties \
                  the fields in them. consecutive=true drops only neighbours. sortby sorts first \
                  and decides so which row is kept.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/dedup",
        examples: &[
            CommandExample {
                title: "the newest event of each user",
                search: "* | dedup user | table user action",
                events: r#"{"user":"ann","action":"logout"}
{"user":"bob","action":"login"}
{"user":"ann","action":"login"}"#,
                rows: r#"{"user":"ann","action":"logout"}
{"user":"bob","action":"login"}"#,
            },
            CommandExample {
                title: "the largest of each host",
                search: "* | dedup host sortby -size | table host size",
                events: r#"{"host":"a","size":5}
{"host":"a","size":40}
{"host":"b","size":7}"#,
                rows: r#"{"host":"a","size":"40"}
{"host":"b","size":"7"}"#,
            },
        ],
    },
    plan: |stage, _| match &stage.command {
        Command::Dedup(d) => plan(stage, d),
        _ => Err(super::wrong_syntax(stage)),
    },
};

fn plan(stage: &Stage, d: &Syntax) -> Result<Op, Vec<Diagnostic>> {
    let mut diagnostics = super::refuse_wildcards(stage, &d.fields);
    if let Some(n) = d.limit.as_ref().filter(|n| n.node == 0) {
        diagnostics.push(
            Diagnostic::error(
                "SPL2102",
                n.span,
                "`dedup` keeps at least one row of each combination",
            )
            .label("must be greater than 0"),
        );
    }
    if !diagnostics.is_empty() {
        return Err(diagnostics);
    }
    let limit = d.limit.as_ref().map_or(1, |n| n.node);
    Ok(Op::Ordered(Box::new(Dedup {
        limit: u32::try_from(limit).unwrap_or(u32::MAX),
        fields: d.fields.iter().map(|f| FieldName::new(&f.node)).collect(),
        keepevents: d.keepevents.unwrap_or(false),
        keepempty: d.keepempty.unwrap_or(false),
        consecutive: d.consecutive.unwrap_or(false),
        sortby: (!d.sortby.is_empty()).then(|| Keys::new(&d.sortby, false)),
    })))
}

#[derive(Clone)]
struct Dedup {
    limit: u32,
    fields: Vec<FieldName>,
    keepevents: bool,
    keepempty: bool,
    consecutive: bool,
    sortby: Option<Keys>,
}

impl Operator for Dedup {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.fields.iter().for_each(|f| after.insert(f));
        self.sortby.iter().flat_map(Keys::fields).for_each(|f| after.insert(f));
        after
    }

    fn describe(&self) -> String {
        let sorted = if self.sortby.is_some() { ", sorts first" } else { "" };
        format!(
            "keeps {} of each combination of {} field(s){sorted}",
            self.limit,
            self.fields.len()
        )
    }
}

impl Ordered for Dedup {
    fn start(&self) -> Box<dyn OrderedRun> {
        match &self.sortby {
            None => Box::new(Streamed { filter: Filter::new(self.clone()) }),
            Some(keys) => Box::new(Sorted {
                dedup: self.clone(),
                keys: keys.clone(),
                rows: Batch::default(),
                compact_at: COMPACT_ROWS,
            }),
        }
    }
}

/// What was seen so far: the keys and how often, never the rows.
struct Filter {
    dedup: Dedup,
    keys: Interner,
    counts: Vec<u32>,
    /// For `consecutive`: the key of the row before and how often it came in a row.
    last: Vec<u8>,
    run: u32,
    scratch: Writer,
}

/// What becomes of a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Keep,
    Drop,
    Empty,
}

impl Filter {
    fn new(dedup: Dedup) -> Filter {
        Filter {
            dedup,
            keys: Interner::default(),
            counts: Vec::new(),
            last: Vec::new(),
            run: 0,
            scratch: Writer::new(),
        }
    }

    fn apply(&mut self, mut batch: Batch) -> Result<Batch, RunError> {
        let columns: Vec<Option<&Col>> = self.dedup.fields.iter().map(|f| batch.col(f)).collect();
        let mut fates = Vec::with_capacity(batch.len);
        for row in 0..batch.len {
            let values = columns.iter().map(|c| c.map_or(&sepal_data::value::NULL, |c| c.get(row)));
            fates.push(fate(
                &self.dedup,
                values,
                &mut self.keys,
                &mut self.counts,
                (&mut self.last, &mut self.run),
                &mut self.scratch,
            )?);
        }
        if fates.contains(&Fate::Empty) {
            for field in &self.dedup.fields {
                if batch.col(field).is_none() {
                    continue;
                }
                for (value, fate) in batch.values_mut(field).iter_mut().zip(&fates) {
                    if *fate == Fate::Empty {
                        *value = Value::Null;
                    }
                }
            }
        }
        let keep: Vec<bool> = fates.iter().map(|f| *f != Fate::Drop).collect();
        batch.retain(&keep);
        Ok(batch)
    }
}

fn fate<'v>(
    dedup: &Dedup,
    values: impl Iterator<Item = &'v Value>,
    keys: &mut Interner,
    counts: &mut Vec<u32>,
    (last, run): (&mut Vec<u8>, &mut u32),
    scratch: &mut Writer,
) -> Result<Fate, RunError> {
    scratch.buf.clear();
    for value in values {
        if value.is_null() {
            if !dedup.keepempty {
                return Ok(Fate::Drop);
            }
            // a row that stays parts those around it
            last.clear();
            *run = 0;
            return Ok(Fate::Keep);
        }
        let members = value.members();
        scratch.uint(members.len() as u64);
        members.iter().for_each(|m| scratch.str(&m.text()));
    }
    let count = if dedup.consecutive {
        if *last != scratch.buf || *run == 0 {
            last.clone_from(&scratch.buf);
            *run = 0;
        }
        run
    } else {
        let id = keys.intern(&scratch.buf)? as usize;
        if counts.len() <= id {
            counts.resize(id + 1, 0);
        }
        &mut counts[id]
    };
    if *count < dedup.limit {
        *count += 1;
        return Ok(Fate::Keep);
    }
    Ok(if dedup.keepevents { Fate::Empty } else { Fate::Drop })
}

/// Without `sortby`: rows pass as they come.
struct Streamed {
    filter: Filter,
}

impl OrderedRun for Streamed {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        out.push(self.filter.apply(batch)?);
        Ok(Flow::More)
    }
}

/// Rows that gather before duplicates among them are dropped the first time.
const COMPACT_ROWS: usize = 1 << 16;

/// With `sortby`: rows are gathered, sorted, then filtered.
struct Sorted {
    dedup: Dedup,
    keys: Keys,
    rows: Batch,
    compact_at: usize,
}

impl Sorted {
    fn settle(&mut self) -> Result<(), RunError> {
        let rows = std::mem::take(&mut self.rows);
        let order = self.keys.order(&rows);
        self.rows = Filter::new(self.dedup.clone()).apply(rows.take(&order))?;
        Ok(())
    }
}

impl OrderedRun for Sorted {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        // the first of each key among some rows are all that can be among the first of all rows;
        // neighbours are known only at the end
        if self.rows.len >= self.compact_at && !self.dedup.consecutive && !self.dedup.keepevents {
            self.settle()?;
            self.compact_at = COMPACT_ROWS.max(self.rows.len.saturating_mul(2));
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        self.settle()?;
        give(std::mem::take(&mut self.rows))?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::FixedHost;
    use std::sync::Arc;

    fn run(limit: u32, compact_at: usize) -> Vec<String> {
        let parsed = sepal_parser::parse("* | dedup k sortby -v");
        let Command::Dedup(d) = &parsed.pipeline.stages[1].command else { panic!("not dedup") };
        let keys = Keys::new(&d.sortby, false);
        let dedup = Dedup {
            limit,
            fields: vec!["k".into()],
            keepevents: false,
            keepempty: false,
            consecutive: false,
            sortby: Some(keys.clone()),
        };
        let mut run = Sorted { dedup, keys, rows: Batch::default(), compact_at };
        let cx = RunCx::new(Arc::new(FixedHost::default()));
        let mut out = Vec::new();
        for part in 0..50usize {
            let mut b = Batch::with_len(7);
            let number = |n: usize| Value::Num(n as f64);
            b.set("k", Col::Values((0..7).map(|r| number((part + r) % 5)).collect()));
            b.set("v", Col::Values((0..7).map(|r| number(part * 3 % 11 + r % 2)).collect()));
            b.set("n", Col::Values((0..7).map(|r| number(part * 7 + r)).collect()));
            run.push(b, &mut out, &cx).unwrap();
            run.compact_at = compact_at;
        }
        run.finish(&mut super::super::put_to(&mut out), &cx).unwrap();
        let rows = out.iter().flat_map(|b| (0..b.len).map(move |r| (b, r)));
        rows.map(|(b, r)| format!("{} {}", b.get("k", r).text(), b.get("n", r).text())).collect()
    }

    #[test]
    fn dropping_duplicates_early_gives_the_same_rows() {
        for limit in [1, 3] {
            let whole = run(limit, usize::MAX);
            assert_eq!(whole.len(), 5 * limit as usize);
            assert_eq!(run(limit, 20), whole);
        }
    }
}
