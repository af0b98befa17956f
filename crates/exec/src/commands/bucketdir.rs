//! `bucketdir`: puts directories in place of many paths.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "bucketdir",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Puts directories in place of paths until few rows are left.",
        syntax: "bucketdir pathfield=<field> sizefield=<field> [maxcount=<int>] \
                 [countfield=<field>] [sep=<char>]",
        details: "Gives at most maxcount (20) rows. While there are more, the paths of one \
                  directory become that directory: of the deepest directories the one with the \
                  most paths for its events, as countfield (totalCount) counts them, else \
                  sizefield. sizefield and countfield become sums; other fields are left out. Directories end with \
                  the separator, sep (/). The largest come first. Paths that share no directory cannot be joined: then \
                  the largest are kept, and a notice says so.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/bucketdir",
        examples: &[CommandExample {
            title: "two rows for four files",
            search: "* | bucketdir pathfield=source sizefield=count maxcount=2",
            events: r#"{"source":"/var/log/a","count":900}
{"source":"/tmp/x/1","count":1}
{"source":"/tmp/x/2","count":2}
{"source":"/tmp/x/3","count":3}"#,
            rows: r#"{"source":"/var/log/a","count":900}
{"source":"/tmp/x/","count":6}"#,
        }],
    },
    plan: |stage, _| {
        let Command::Bucketdir(b) = &stage.command else { return Err(super::wrong_syntax(stage)) };
        let count = b.countfield.as_ref().map_or("totalCount", |f| f.node.as_str());
        Ok(Op::Ordered(Box::new(Bucketdir(Arc::new(Plan {
            path: FieldName::new(&b.pathfield.node),
            size: FieldName::new(&b.sizefield.node),
            count: FieldName::new(count),
            maxcount: usize::try_from(b.maxcount.as_ref().map_or(20, |n| n.node))
                .unwrap_or(usize::MAX),
            sep: b.sep.unwrap_or('/'),
        })))))
    },
};

struct Plan {
    path: FieldName,
    size: FieldName,
    count: FieldName,
    maxcount: usize,
    sep: char,
}

struct Bucketdir(Arc<Plan>);

impl Operator for Bucketdir {
    fn needed(&self, _: FieldSet) -> FieldSet {
        [&self.0.path, &self.0.size, &self.0.count].into_iter().collect()
    }
}

impl Ordered for Bucketdir {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: Arc::clone(&self.0), paths: BTreeMap::new() })
    }
}

#[derive(Clone, Copy, Default)]
struct Sums {
    size: Option<f64>,
    count: Option<f64>,
}

impl Sums {
    fn add(&mut self, other: Sums) {
        let sum = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
        (self.size, self.count) = (sum(self.size, other.size), sum(self.count, other.count));
    }

    fn events(&self) -> f64 {
        self.count.or(self.size).unwrap_or(0.0)
    }
}

struct Run {
    plan: Arc<Plan>,
    paths: BTreeMap<String, Sums>,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        for row in 0..batch.len {
            let path = batch.get(&self.plan.path, row);
            if path.is_null() {
                continue;
            }
            let number = |f: &FieldName| batch.get(f, row).number();
            let count =
                if self.plan.count == self.plan.size { None } else { number(&self.plan.count) };
            let sums = Sums { size: number(&self.plan.size), count };
            self.paths.entry(path.text().into_owned()).or_default().add(sums);
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        let mut paths = std::mem::take(&mut self.paths);
        join(&mut paths, &plan, cx)?;
        let mut rows: Vec<(String, Sums)> = paths.into_iter().collect();
        rows.sort_by(|a, b| b.1.events().total_cmp(&a.1.events()).then_with(|| a.0.cmp(&b.0)));
        if rows.len() > plan.maxcount {
            let message =
                format!("bucketdir left out {} of the smallest paths", rows.len() - plan.maxcount);
            cx.notice("SPL3347", message, true);
            rows.truncate(plan.maxcount);
        }
        let mut out = Batch::with_len(rows.len());
        let number = |n: Option<f64>| n.map_or(Value::Null, Value::Num);
        let of = |f: &dyn Fn(&(String, Sums)) -> Value| Col::Values(rows.iter().map(f).collect());
        out.set(plan.path.clone(), of(&|r| Value::from(r.0.as_str())));
        out.set(plan.size.clone(), of(&|r| number(r.1.size)));
        if rows.iter().any(|r| r.1.count.is_some()) {
            out.set(plan.count.clone(), of(&|r| number(r.1.count)));
        }
        give(out)?;
        Ok(())
    }
}

/// The directory of that depth that a path is in, or is, with its separator.
fn above(path: &str, depth: usize, sep: char) -> Option<&str> {
    let (at, _) = path.match_indices(sep).nth(depth.checked_sub(1)?)?;
    path.get(..at + sep.len_utf8())
}

/// A directory: how many rows are in it, and their events.
#[derive(Clone, Copy, Default)]
struct Directory {
    rows: usize,
    events: f64,
}

/// Joins the paths of directories until there are few enough, or no directory has two.
fn join(paths: &mut BTreeMap<String, Sums>, plan: &Plan, cx: &RunCx) -> Result<(), RunError> {
    // a level at a time: of the deepest directories first those with many paths and few events
    let depth = |p: &str| p.matches(plan.sep).count();
    let mut level = paths.keys().map(|p| depth(p)).max().unwrap_or(0);
    while paths.len() > plan.maxcount && level > 0 {
        cx.check_stop()?;
        let mut directories: BTreeMap<String, Directory> = BTreeMap::new();
        for (path, sums) in paths.iter() {
            if let Some(dir) = above(path, level, plan.sep) {
                let d = directories.entry(dir.to_owned()).or_default();
                (d.rows, d.events) = (d.rows + 1, d.events + sums.events());
            }
        }
        let mut order: Vec<(String, Directory)> = directories.into_iter().collect();
        let worth = |d: &Directory| d.rows as f64 / d.events.max(f64::MIN_POSITIVE);
        order.sort_by(|a, b| worth(&b.1).total_cmp(&worth(&a.1)).then_with(|| a.0.cmp(&b.0)));
        for (dir, _) in order.into_iter().filter(|(_, d)| d.rows > 1) {
            if paths.len() <= plan.maxcount {
                break;
            }
            let range = paths.range(dir.clone()..).take_while(|(p, _)| p.starts_with(&dir));
            let inside: Vec<String> = range.map(|(p, _)| p.clone()).collect();
            let mut sums = Sums::default();
            for p in inside {
                sums.add(paths.remove(&p).unwrap_or_default());
            }
            paths.insert(dir, sums);
        }
        level -= 1;
    }
    Ok(())
}
