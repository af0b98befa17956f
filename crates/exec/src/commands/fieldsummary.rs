//! `fieldsummary`: statistics of each field.

use super::{Class, CommandSpec, Flow, Give, Names, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use hashbrown::{HashMap, HashSet};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::hash::BuildHasher;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "fieldsummary",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Gives a row of statistics for each field.",
        syntax: "fieldsummary [maxvals=<unsigned_int>] [<wc-field-list>]",
        details: "count is the number of rows that have the field, numeric_count that of its \
                  numbers, of which max, mean, min and stdev (of a sample) are. values lists the \
                  maxvals most frequent values as JSON, 100 by default, 0 = all; is_exact is 0 \
                  where a field has more distinct values than that. Without a list all fields are \
                  described that do not begin with _. distinct_count is exact.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/fieldsummary",
        examples: &[CommandExample {
            title: "two fields",
            search: "* | fieldsummary | fields - mean stdev",
            events: r#"{"user":"ann","n":1}
{"user":"bob","n":3}
{"user":"ann"}"#,
            rows: r#"{"field":"n","count":2,"distinct_count":2,"is_exact":1,"max":3,"min":1,"numeric_count":2,"values":"[{\"value\":\"1\",\"count\":1},{\"value\":\"3\",\"count\":1}]"}
{"field":"user","count":3,"distinct_count":2,"is_exact":1,"numeric_count":0,"values":"[{\"value\":\"ann\",\"count\":2},{\"value\":\"bob\",\"count\":1}]"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Fieldsummary(f) => Ok(Op::Ordered(Box::new(Fieldsummary {
            maxvals: match f.maxvals.as_ref().map_or(MAXVALS, |n| n.node) {
                0 => usize::MAX,
                n => usize::try_from(n).unwrap_or(usize::MAX),
            },
            names: (!f.fields.is_empty())
                .then(|| Arc::new(Names::new(f.fields.iter().map(|f| f.node.as_str())))),
        }))),
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Distinct values that are listed. Source: the page, "maxvals".
const MAXVALS: u64 = 100;
/// Distinct values of a field that are kept with their texts, where fewer are listed; of others a
/// hash is kept.
const KEPT: usize = 100_000;

#[derive(Clone)]
struct Fieldsummary {
    maxvals: usize,
    names: Option<Arc<Names>>,
}

impl Operator for Fieldsummary {
    fn needed(&self, _: FieldSet) -> FieldSet {
        match &self.names {
            None => FieldSet::all(),
            Some(names) => names.all().collect(),
        }
    }
}

impl Ordered for Fieldsummary {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(Run { plan: self.clone(), fields: BTreeMap::new() })
    }
}

#[derive(Default)]
struct About {
    count: u64,
    values: HashMap<SmolStr, u64, foldhash::fast::FixedState>,
    more: HashSet<u64, foldhash::fast::FixedState>,
    numbers: u64,
    max: f64,
    min: f64,
    mean: f64,
    /// Sum of squares of the differences from the mean (Welford).
    squares: f64,
}

impl About {
    fn add(&mut self, v: &Value, kept: usize) {
        if let Some(n) = v.number() {
            (self.max, self.min) = match self.numbers {
                0 => (n, n),
                _ => (self.max.max(n), self.min.min(n)),
            };
            self.numbers += 1;
            let off = n - self.mean;
            self.mean += off / self.numbers as f64;
            self.squares += off * (n - self.mean);
        }
        let text = v.text();
        if let Some(count) = self.values.get_mut(&*text) {
            *count += 1;
        } else if self.values.len() < kept {
            self.values.insert(SmolStr::new(text), 1);
        } else {
            self.more.insert(foldhash::fast::FixedState::default().hash_one(&*text));
        }
    }

    fn listed(&self, most: usize) -> String {
        let mut all: Vec<(&SmolStr, &u64)> = self.values.iter().collect();
        all.sort_unstable_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let one = |(value, count): (&SmolStr, &u64)| {
            let value = serde_json::Value::from(value.as_str());
            format!(r#"{{"value":{value},"count":{count}}}"#)
        };
        let all: Vec<String> = all.into_iter().take(most).map(one).collect();
        format!("[{}]", all.join(","))
    }
}

struct Run {
    plan: Fieldsummary,
    fields: BTreeMap<FieldName, About>,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        let kept = self.plan.maxvals.max(KEPT);
        for (name, col) in &batch.cols {
            let covered = match &self.plan.names {
                Some(names) => names.covers(name),
                None => !name.starts_with('_'),
            };
            if !covered || col.is_all_null() {
                continue;
            }
            let about = self.fields.entry(name.clone()).or_default();
            for row in 0..batch.len {
                let value = col.get(row);
                about.count += u64::from(!value.is_null());
                value.members().iter().for_each(|m| about.add(m, kept));
            }
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, _: &RunCx) -> Result<(), RunError> {
        let fields = std::mem::take(&mut self.fields);
        let mut batch = Batch::with_len(fields.len());
        let mut set = |name: &str, one: &dyn Fn(&FieldName, &About) -> Value| {
            batch.set(name, Col::Values(fields.iter().map(|(n, a)| one(n, a)).collect()));
        };
        let of_numbers = |a: &About, n: f64| match a.numbers {
            0 => Value::Null,
            _ => Value::Num(n),
        };
        let distinct = |a: &About| a.values.len() + a.more.len();
        set("field", &|n, _| Value::Text(n.clone()));
        set("count", &|_, a| Value::from(a.count));
        set("distinct_count", &|_, a| Value::from(distinct(a) as u64));
        set("is_exact", &|_, a| Value::from(u64::from(distinct(a) <= self.plan.maxvals)));
        set("max", &|_, a| of_numbers(a, a.max));
        set("mean", &|_, a| of_numbers(a, a.mean));
        set("min", &|_, a| of_numbers(a, a.min));
        set("numeric_count", &|_, a| Value::from(a.numbers));
        set("stdev", &|_, a| match a.numbers {
            0 => Value::Null,
            1 => Value::Num(0.0),
            n => Value::Num((a.squares / (n - 1) as f64).sqrt()),
        });
        set("values", &|_, a| Value::from(a.listed(self.plan.maxvals)));
        give(batch)?;
        Ok(())
    }
}
