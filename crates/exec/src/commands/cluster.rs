//! `cluster`: rows grouped by how similar a text of theirs is.

use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, Value};
use sepal_parser::commands::Command;
use sepal_parser::commands::cluster::{Cluster, Match};
use smol_str::SmolStr;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "cluster",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Groups rows by how similar a text of theirs is.",
        syntax: "cluster [t=<num>] [delims=<string>] [showcount=<bool>] [countfield=<field>] \
                 [labelfield=<field>] [field=<field>] [labelonly=<bool>] \
                 [match=termlist|termset|ngramset]",
        details: "Gives the first row of each cluster with its number in cluster_label, with \
                  labelonly=true all rows; with showcount=true their count is in cluster_count. \
                  field is _raw by default, t 0.8; terms are separated by delims, by default all \
                  but 0-9, A-Z, a-z and _. How Splunk computes the similarity is not documented, \
                  which a notice tells. Here it is for termlist how many terms are equal place by \
                  place, of the terms of the longer text; for termset how many of all terms of \
                  both they share; for ngramset the same of all three characters in a row. A row \
                  joins the first cluster whose first row is similar by t or more, else it begins \
                  one. A row without the field is in no cluster.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/cluster",
        examples: &[CommandExample {
            title: "two kinds of messages",
            search: "* | cluster field=m t=0.7 showcount=t | table cluster_label cluster_count m",
            events: r#"{"m":"login failed for ann"}
{"m":"disk full"}
{"m":"login failed for bob"}"#,
            rows: r#"{"cluster_label":1,"cluster_count":2,"m":"login failed for ann"}
{"cluster_label":2,"cluster_count":1,"m":"disk full"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Cluster(c) => Ok(Op::Ordered(Box::new(Plan(Cluster::clone(c))))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

#[derive(Clone)]
struct Plan(Cluster);

impl Operator for Plan {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        after.remove(&self.0.labelfield);
        if self.0.showcount {
            after.remove(&self.0.countfield);
        }
        after.insert(&self.0.field);
        after
    }
}

impl Ordered for Plan {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run {
            plan: self.0.clone(),
            terms: IndexMap::default(),
            clusters: Vec::new(),
            held: Held::new(),
            labels: Vec::new(),
            told: false,
        })
    }
}

struct Run {
    plan: Cluster,
    /// A number for each term.
    terms: IndexMap<SmolStr, u32, foldhash::fast::FixedState>,
    /// The terms of each cluster's first row, and how many rows it has.
    clusters: Vec<(Vec<u32>, u64)>,
    held: Held,
    /// The cluster of each row that is held.
    labels: Vec<Option<u32>>,
    told: bool,
}

impl Run {
    fn number(&mut self, term: &str) -> u32 {
        if let Some(n) = self.terms.get(term) {
            return *n;
        }
        let n = u32::try_from(self.terms.len()).unwrap_or(u32::MAX);
        self.terms.insert(SmolStr::new(term), n);
        n
    }

    /// The terms in order, or as a sorted set.
    fn split(&mut self, text: &str, out: &mut Vec<u32>) {
        out.clear();
        if self.plan.by == Match::Ngramset {
            let ends = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            let ends: Vec<usize> = ends.collect();
            for gram in ends.windows(4) {
                if let [from, _, _, to] = gram {
                    out.push(self.number(text.get(*from..*to).unwrap_or_default()));
                }
            }
            // a shorter text is one term
            if ends.len() < 4 && !text.is_empty() {
                out.push(self.number(text));
            }
        } else {
            let delims = self.plan.delims.take();
            let between = |c: char| match &delims {
                Some(d) => d.contains(c),
                None => !c.is_ascii_alphanumeric() && c != '_',
            };
            for term in text.split(between).filter(|t| !t.is_empty()) {
                out.push(self.number(term));
            }
            self.plan.delims = delims;
        }
        if self.plan.by != Match::Termlist {
            out.sort_unstable();
            out.dedup();
        }
    }

    /// The cluster of the terms, and whether they begin it.
    fn place(&mut self, terms: &[u32], cx: &RunCx) -> Result<(u32, bool), RunError> {
        let (t, list) = (self.plan.t, self.plan.by == Match::Termlist);
        for (i, (first, rows)) in self.clusters.iter_mut().enumerate() {
            if i % 4096 == 4095 {
                cx.check_stop()?;
            }
            if similar(first, terms, list, t) {
                *rows += 1;
                return Ok((u32::try_from(i).unwrap_or(u32::MAX), false));
            }
        }
        self.clusters.push((terms.to_vec(), 1));
        Ok((u32::try_from(self.clusters.len() - 1).unwrap_or(u32::MAX), true))
    }

    fn label(&self, batch: &mut Batch, labels: &[Option<u32>]) {
        let set = |one: &dyn Fn(u32) -> f64| {
            Col::Values(
                labels.iter().map(|l| l.map_or(Value::Null, |l| Value::Num(one(l)))).collect(),
            )
        };
        batch.set(self.plan.labelfield.as_str(), set(&|l| f64::from(l) + 1.0));
        if self.plan.showcount {
            let rows = |l: u32| self.clusters.get(l as usize).map_or(0.0, |c| c.1 as f64);
            batch.set(self.plan.countfield.as_str(), set(&rows));
        }
    }
}

/// Whether the part of the terms that both have is `t` or more.
fn similar(a: &[u32], b: &[u32], list: bool, t: f64) -> bool {
    let (short, long) = (a.len().min(b.len()), a.len().max(b.len()));
    if long == 0 {
        return true;
    }
    // no more than all terms of the shorter one can be shared
    if (short as f64) < t * long as f64 {
        return false;
    }
    let (shared, all) = if list {
        (a.iter().zip(b).filter(|(a, b)| a == b).count(), long)
    } else {
        let (mut shared, mut left, mut right) = (0, a, b);
        while let ([x, xs @ ..], [y, ys @ ..]) = (left, right) {
            shared += usize::from(x == y);
            if x <= y {
                left = xs;
            }
            if y <= x {
                right = ys;
            }
        }
        (shared, a.len() + b.len() - shared)
    };
    // a quotient, so that 4 of 5 are 0.8
    shared as f64 / all as f64 >= t
}

impl OrderedRun for Run {
    fn push(
        &mut self,
        mut batch: Batch,
        out: &mut Vec<Batch>,
        cx: &RunCx,
    ) -> Result<Flow, RunError> {
        cx.check_stop()?;
        if !self.told && batch.len > 0 {
            let text = "`cluster`: how Splunk computes the similarity is not documented; its \
                        clusters may be others";
            cx.notice("SPL3302", text, true);
            self.told = true;
        }
        let col = batch.col(&self.plan.field).cloned().unwrap_or(Col::Const(Value::Null));
        let (mut labels, mut rows, mut terms) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..batch.len {
            let value = col.get(row);
            if value.is_null() {
                if self.plan.labelonly {
                    labels.push(None);
                } else {
                    let text = format!(
                        "`cluster` leaves out rows without the field `{}`",
                        self.plan.field
                    );
                    cx.notice("SPL3303", text, true);
                }
                continue;
            }
            self.split(&value.text(), &mut terms);
            let (cluster, first) = self.place(&terms, cx)?;
            if first || self.plan.labelonly {
                labels.push(Some(cluster));
                rows.push(row);
            }
        }
        if !self.plan.labelonly {
            batch = batch.take(&rows);
        }
        if self.plan.showcount {
            self.labels.extend(labels);
            self.held.push(batch, cx)?;
        } else if batch.len > 0 {
            self.label(&mut batch, &labels);
            out.push(batch);
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let mut held = std::mem::take(&mut self.held);
        let mut left = self.labels.as_slice();
        held.drain(cx, None, &mut |mut batch| {
            let (here, after) = left.split_at_checked(batch.len).unwrap_or((left, &[]));
            left = after;
            self.label(&mut batch, here);
            give(batch)
        })
    }
}
