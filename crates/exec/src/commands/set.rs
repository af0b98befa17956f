//! `set`: the rows of two searches as sets.

use super::multisearch::in_batches;
use super::{Class, CommandSpec, Generating, Op, Operator};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use foldhash::HashSet;
use sepal_data::Batch;
use sepal_data::codec::Writer;
use sepal_data::fieldset::FieldSet;
use sepal_parser::commands::Command;
use sepal_parser::commands::set::SetOp;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "set",
    aliases: &[],
    class: Class::Generating,
    doc: CommandDoc {
        summary: "The rows of two searches together, of one of them only, or of both.",
        syntax: "| set (union | diff | intersect) <subsearch> <subsearch>",
        details: "The first command of a search. Two rows are the same if all their fields are, \
                  internal ones such as `_time` and `_raw` too: `fields` or `table` leave those \
                  that matter. Each row comes once, those of the first search first. At most \
                  50,000 rows of each search count.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/set",
        examples: &[CommandExample {
            title: "in one only",
            search: "| set diff [search t=a | table v] [search t=b | table v]",
            events: r#"{"t":"a","v":1}
{"t":"a","v":2}
{"t":"b","v":2}
{"t":"b","v":3}"#,
            rows: r#"{"v":1}
{"v":3}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Set(s) => {
            let (first, second) = (cx.subsearch(&s.first), cx.subsearch(&s.second));
            match (first, second) {
                (Ok(first), Ok(second)) => {
                    Ok(Op::Generating(Box::new(Set { op: s.op, searches: [first, second] })))
                }
                (a, b) => Err(a.err().into_iter().chain(b.err()).flatten().collect()),
            }
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows of each search that count. Source: limits.conf, `[set] maxresultrows`.
const MAX_ROWS: usize = 50_000;

struct Set {
    op: SetOp,
    searches: [Plan; 2],
}

impl Operator for Set {
    fn needed(&self, after: FieldSet) -> FieldSet {
        after
    }
    fn describe(&self) -> String {
        format!("{:?} of two searches", self.op).to_lowercase()
    }
    fn subsearches(&self) -> Vec<&Plan> {
        self.searches.iter().collect()
    }
}

impl Generating for Set {
    fn rows(&self, cx: &RunCx) -> Result<Vec<Batch>, RunError> {
        let mut sides = Vec::with_capacity(2);
        for plan in &self.searches {
            let (batches, cut) = cx.subsearch_first(plan, MAX_ROWS)?;
            if cut {
                let message =
                    format!("set took the first {MAX_ROWS} rows of a subsearch, as Splunk does");
                cx.notice("SPL3174", message, true);
            }
            let mut rows = Batch::default();
            batches.into_iter().for_each(|b| rows.append(b));
            rows.order.clear();
            let keys: Vec<Vec<u8>> = (0..rows.len).map(|r| key(&rows, r)).collect();
            sides.push((rows, keys));
        }
        let mut all = Batch::default();
        let mut seen: HashSet<Vec<u8>> = HashSet::default();
        let sets: Vec<HashSet<&Vec<u8>>> =
            sides.iter().map(|(_, keys)| keys.iter().collect()).collect();
        for (at, (rows, keys)) in sides.iter().enumerate() {
            let other = &sets[1 - at];
            let keep: Vec<usize> = (0..rows.len)
                .filter(|r| match self.op {
                    SetOp::Union => true,
                    SetOp::Diff => !other.contains(&keys[*r]),
                    SetOp::Intersect => other.contains(&keys[*r]),
                })
                .filter(|r| seen.insert(keys[*r].clone()))
                .collect();
            all.append(rows.take(&keep));
        }
        Ok(in_batches(all))
    }
}

/// All fields of a row, whatever the order of the columns.
fn key(rows: &Batch, row: usize) -> Vec<u8> {
    let mut fields: Vec<_> = rows.row(row).collect();
    fields.sort_by_key(|(name, _)| *name);
    let mut w = Writer::new();
    for (name, value) in fields {
        w.str(name);
        w.uint(value.members().len() as u64);
        value.members().iter().for_each(|m| w.str(&m.text()));
    }
    w.buf
}
