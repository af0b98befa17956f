//! `kmeans`: rows grouped by numbers that are near each other.

mod means;

use self::means::{Clustering, Points, best};
use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::rows::RowStore;
use crate::run_cx::{RunCx, RunError};
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use sepal_parser::commands::Command;
use sepal_parser::commands::kmeans::Kmeans;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "kmeans",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Groups rows into k clusters by numbers that are near each other.",
        syntax: "kmeans [k=<int>|<int>-<int>] [reps=<int>] [maxiters=<int>] [t=<num>] \
                 [cfield=<field>] [dt=cityblock|sqeuclidean|cosine] [showcentroid=<bool>] \
                 [<field-list>]",
        details: "Gives the rows cluster by cluster, with the number of the cluster in CLUSTERNUM \
                  (cfield) and its means in centroid_FIELD. Without fields all are taken that \
                  hold numbers only and do not begin with _. A row that lacks a number in one of \
                  them is left out, which a notice tells. Clusters are numbered in the order of \
                  their first rows. Starting clusters are random (k-means++) but the same for \
                  the same seed; of reps repetitions the one with the least distortion, the sum of \
                  all distances, is taken. Of equally near clusters a row joins the first; one \
                  that has become empty takes over the row that is farthest from its own. With \
                  fewer than k different rows there are fewer clusters. A range of k gives \
                  a row for each: k, the sizes and the distortion.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/kmeans",
        examples: &[CommandExample {
            title: "two groups of numbers",
            search: "* | kmeans k=2 n | table n CLUSTERNUM centroid_n",
            events: r#"{"n":1}
{"n":101}
{"n":3}
{"n":99}"#,
            rows: r#"{"n":1,"CLUSTERNUM":1,"centroid_n":2}
{"n":3,"CLUSTERNUM":1,"centroid_n":2}
{"n":101,"CLUSTERNUM":2,"centroid_n":100}
{"n":99,"CLUSTERNUM":2,"centroid_n":100}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Kmeans(k) => Ok(Op::Ordered(Box::new(Plan(Kmeans::clone(k))))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Source: the page, "maxdatapoints".
const MAX_NUMBERS: usize = 100_000_000;

#[derive(Clone)]
struct Plan(Kmeans);

impl Operator for Plan {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if self.0.fields.is_empty() {
            return FieldSet::all();
        }
        if self.0.range {
            after = FieldSet::default();
        } else {
            after.remove(&self.0.cnumfield);
        }
        self.0.fields.iter().for_each(|f| after.insert(&f.node));
        after
    }
}

impl Ordered for Plan {
    fn start(&self) -> Box<dyn OrderedRun> {
        let named = self.0.fields.iter().map(|f| (FieldName::new(&f.node), Numbers::default()));
        Box::new(Run {
            plan: self.0.clone(),
            fields: named.collect(),
            held: Held::new(),
            rows: 0,
            kept: 0,
        })
    }
}

/// The numbers of a field.
#[derive(Default)]
struct Numbers {
    /// One for each row up to the last that has one, NaN for none.
    rows: Vec<f64>,
    /// Whether some row has another value: no numeric field.
    text: bool,
}

struct Run {
    plan: Kmeans,
    fields: IndexMap<FieldName, Numbers, foldhash::fast::FixedState>,
    held: Held,
    rows: usize,
    /// How many numbers are kept.
    kept: usize,
}

impl Run {
    /// The rows with a number in each field as points; and which they are.
    fn points(&mut self) -> (Vec<FieldName>, Points, Vec<bool>) {
        let named = !self.plan.fields.is_empty();
        let mut fields = std::mem::take(&mut self.fields);
        fields.retain(|_, f| named || !f.text);
        let mut keep = vec![!fields.is_empty(); self.rows];
        for f in fields.values() {
            for (row, keep) in keep.iter_mut().enumerate() {
                *keep &= f.rows.get(row).is_some_and(|n| !n.is_nan());
            }
        }
        let rows = keep.iter().filter(|k| **k).count();
        let mut numbers = Vec::with_capacity(rows * fields.len());
        for (row, _) in keep.iter().enumerate().filter(|(_, k)| **k) {
            numbers.extend(fields.values().filter_map(|f| f.rows.get(row)));
        }
        let points = Points { dims: fields.len(), numbers };
        (fields.into_keys().collect(), points, keep)
    }

    fn cluster(&self, points: &Points, k: usize, cx: &RunCx) -> Result<Clustering, RunError> {
        let found = best(points, k, &self.plan, cx)?;
        if !found.converged {
            let text = format!(
                "`kmeans` did not converge with k={k} in {} iterations",
                self.plan.maxiters
            );
            cx.notice("SPL3306", text, true);
        }
        Ok(found)
    }

    /// A row for each k of the range.
    fn summary(&self, points: &Points, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let text = "`kmeans`: the columns of the summary that a range of k gives are not \
                    documented, but for `distortion`";
        cx.notice("SPL3307", text, true);
        for k in self.plan.k.0..=self.plan.k.1 {
            let found = self.cluster(points, k, cx)?;
            let sizes = found.sizes.iter().map(|n| Value::Num(*n as f64));
            let mut batch = Batch::with_len(1);
            batch.set("k", Col::Const(Value::Num(k as f64)));
            batch.set("size", Col::Const(Value::from_members(sizes)));
            batch.set("distortion", Col::Const(Value::Num(found.distortion)));
            if !give(batch)? {
                break;
            }
        }
        Ok(())
    }
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        cx.check_stop()?;
        let named = !self.plan.fields.is_empty();
        for (name, col) in &batch.cols {
            if named && !self.fields.contains_key(name)
                || !named && name.starts_with('_')
                || col.is_all_null()
            {
                continue;
            }
            let field = self.fields.entry(name.clone()).or_default();
            if field.text && !named {
                continue;
            }
            let had = field.rows.len();
            field.rows.resize(self.rows, f64::NAN);
            for row in 0..batch.len {
                let value = col.get(row);
                let number = value.number().filter(|n| n.is_finite());
                field.text |= number.is_none() && !value.is_null();
                field.rows.push(number.unwrap_or(f64::NAN));
            }
            self.kept += field.rows.len() - had;
            if field.text && !named {
                self.kept -= field.rows.len();
                field.rows = Vec::new();
            }
            if self.kept > MAX_NUMBERS {
                let text = format!("`kmeans` clusters at most {MAX_NUMBERS} numbers");
                return Err(RunError::failed("SPL3305", text));
            }
        }
        self.rows += batch.len;
        if !self.plan.range {
            self.held.push(batch, cx)?;
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let (names, points, keep) = self.points();
        if keep.iter().any(|k| !k) {
            let text = "`kmeans` leaves out rows without a number in each of its fields";
            cx.notice("SPL3304", text, true);
        }
        if points.numbers.is_empty() {
            return Ok(());
        }
        if self.plan.range {
            return self.summary(&points, give, cx);
        }
        let found = self.cluster(&points, self.plan.k.0, cx)?;
        let dims = points.dims;
        drop(points);
        // cluster by cluster, each in event order
        let mut sorted = RowStore::new(cx.memory(), None);
        let (mut keep, mut of, mut seq) = (keep.iter(), found.of.iter(), 0u64);
        self.held.drain(cx, None, &mut |mut batch| {
            let here: Vec<bool> = keep.by_ref().take(batch.len).copied().collect();
            batch.retain(&here);
            let clusters: Vec<usize> = of.by_ref().take(batch.len).copied().collect();
            let col = |one: &dyn Fn(usize) -> f64| {
                Col::Values(clusters.iter().map(|c| Value::Num(one(*c))).collect())
            };
            batch.set(self.plan.cnumfield.as_str(), col(&|c| c as f64 + 1.0));
            if self.plan.showcentroid {
                for (d, name) in names.iter().enumerate() {
                    let mean =
                        |c: usize| found.centers.get(c * dims + d).copied().unwrap_or(f64::NAN);
                    batch.set(format!("centroid_{name}"), col(&mean));
                }
            }
            let place = |(row, c): (u64, &usize)| {
                // the greatest time comes first
                OrderKey { time: -(*c as i64), unit: 0, row }
            };
            batch.order = (seq..).zip(&clusters).map(place).collect();
            seq += batch.len as u64;
            sorted.push(&batch)?;
            Ok(true)
        })?;
        sorted.drain(cx, None, None, |mut batch| {
            batch.order = Vec::new();
            give(batch)
        })
    }
}
