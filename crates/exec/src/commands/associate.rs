//! `associate`: which value of a field makes another field more predictable.

use super::held::Held;
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use indexmap::IndexMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::commands::Command;
use smol_str::SmolStr;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "associate",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Finds values of fields that make other fields more predictable.",
        syntax: "associate [supcnt=<num>] [supfreq=<num>] [improv=<num>] [<field-list>]",
        details: "For each value of a field (Reference_Key, Reference_Value) that at least supcnt \
                  rows have (100), and at least supfreq of all rows (0.1), and each other field \
                  (Target_Key): a row where the entropy of the other field, in bits, is at least \
                  improv (0.5) less among these rows than among all. Support is the share of \
                  the rows with the value; Top_Conditional_Value is the most frequent value of the other \
                  field among them, with its share among all rows and among these. Rows without \
                  the other field do not count for it. Without a list all fields are compared \
                  that do not begin with _. The rows with the largest improvement come first.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/associate",
        examples: &[CommandExample {
            title: "the method tells the status",
            search: "* | associate supcnt=2 improv=0.9 method status | table Reference_Value Target_Key Unconditional_Entropy Conditional_Entropy Support",
            events: r#"{"method":"GET","status":200}
{"method":"GET","status":200}
{"method":"POST","status":500}
{"method":"PUT","status":500}"#,
            rows: r#"{"Reference_Value":"200","Target_Key":"method","Unconditional_Entropy":1.5,"Conditional_Entropy":0,"Support":"50.00%"}
{"Reference_Value":"GET","Target_Key":"status","Unconditional_Entropy":1,"Conditional_Entropy":0,"Support":"50.00%"}"#,
        }],
    },
    plan: |stage, _| {
        let Command::Associate(a) = &stage.command else { return Err(super::wrong_syntax(stage)) };
        let found = super::refuse_wildcards(stage, &a.fields);
        if !found.is_empty() {
            return Err(found);
        }
        Ok(Op::Ordered(Box::new(Associate(Arc::new(Plan {
            fields: a.fields.iter().map(|f| FieldName::new(&f.node)).collect(),
            supcnt: a.supcnt.as_ref().map_or(100, |n| n.node),
            supfreq: a.supfreq.unwrap_or(0.1),
            improv: a.improv.unwrap_or(0.5),
        })))))
    },
};

/// Source: limits.conf, [associate] maxfields and maxvalues.
const MAXFIELDS: usize = 10_000;
const MAXVALUES: usize = 10_000;

struct Plan {
    /// None: all visible fields.
    fields: Vec<FieldName>,
    supcnt: u64,
    supfreq: f64,
    improv: f64,
}

struct Associate(Arc<Plan>);

impl Operator for Associate {
    fn needed(&self, _: FieldSet) -> FieldSet {
        match self.0.fields.is_empty() {
            true => std::iter::once("*").collect(),
            false => self.0.fields.iter().collect(),
        }
    }
}

impl Ordered for Associate {
    fn start(&self) -> Box<dyn OrderedRun> {
        let (fields, held) = (IndexMap::default(), Held::new());
        Box::new(Run { plan: Arc::clone(&self.0), fields, total: 0, held })
    }
}

/// The values of a field and how many rows have each.
type Counts = IndexMap<SmolStr, u64, FixedState>;

struct Run {
    plan: Arc<Plan>,
    fields: IndexMap<FieldName, Counts, FixedState>,
    total: u64,
    held: Held,
}

/// Bits of these counts; the same for the same counts in any order.
fn entropy(counts: impl Iterator<Item = u64>) -> f64 {
    let mut counts: Vec<u64> = counts.filter(|n| *n > 0).collect();
    counts.sort_unstable();
    let total = counts.iter().sum::<u64>() as f64;
    counts.into_iter().map(|n| n as f64 / total).map(|p| -p * p.log2()).sum::<f64>() + 0.0
}

/// A value of a field that may tell about others.
struct Reference {
    field: usize,
    value: usize,
    /// Of each other field: how many of its rows have each value.
    targets: HashMap<usize, HashMap<usize, u64, FixedState>, FixedState>,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        self.total += batch.len as u64;
        let mut kept = Batch::with_len(batch.len);
        for (name, col) in &batch.cols {
            let listed = match self.plan.fields.is_empty() {
                true => !name.starts_with('_'),
                false => self.plan.fields.contains(name),
            };
            if !listed || col.is_all_null() {
                continue;
            }
            if self.fields.len() == MAXFIELDS && !self.fields.contains_key(name) {
                cx.notice("SPL3345", format!("associate compares {MAXFIELDS} fields"), true);
                continue;
            }
            let counts = self.fields.entry(name.clone()).or_default();
            for row in 0..batch.len {
                let value = col.get(row);
                if value.is_null() {
                    continue;
                }
                let text = value.text();
                if let Some(n) = counts.get_mut(&*text) {
                    *n += 1;
                } else if counts.len() < MAXVALUES {
                    counts.insert(SmolStr::new(text), 1);
                } else {
                    let message = format!("associate counts {MAXVALUES} values of {name}");
                    cx.notice("SPL3345", message, true);
                }
            }
            kept.set(name.clone(), col.clone());
        }
        self.held.push(kept, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let plan = Arc::clone(&self.plan);
        let fields = std::mem::take(&mut self.fields);
        let mut references: Vec<Reference> = Vec::new();
        // by field and value: the place of the reference
        let mut places: Vec<HashMap<usize, usize, FixedState>> = Vec::new();
        for (field, counts) in fields.values().enumerate() {
            let mut of_field = HashMap::default();
            for (value, n) in counts.values().enumerate() {
                if *n >= plan.supcnt && *n as f64 >= plan.supfreq * self.total as f64 {
                    of_field.insert(value, references.len());
                    references.push(Reference { field, value, targets: HashMap::default() });
                }
            }
            places.push(of_field);
        }
        self.held.drain(cx, None, &mut |batch| {
            cx.check_stop()?;
            count(&batch, &fields, &places, &mut references);
            Ok(true)
        })?;
        let unconditional: Vec<f64> =
            fields.values().map(|c| entropy(c.values().copied())).collect();
        let mut found = Vec::new();
        for r in &references {
            for (target, counts) in &r.targets {
                let before = unconditional.get(*target).copied().unwrap_or(0.0);
                let after = entropy(counts.values().copied());
                if before - after >= plan.improv {
                    found.push((r, *target, before, after));
                }
            }
        }
        let key = |r: &Reference, t: usize| {
            let (field, counts) = fields.get_index(r.field)?;
            Some((field, counts.get_index(r.value)?.0, fields.get_index(t)?.0))
        };
        found.sort_by(|a, b| {
            (b.2 - b.3).total_cmp(&(a.2 - a.3)).then_with(|| key(a.0, a.1).cmp(&key(b.0, b.1)))
        });
        let mut columns: Vec<Vec<Value>> = vec![Vec::with_capacity(found.len()); COLUMNS.len()];
        for (r, target, before, after) in found {
            let Some((field, value, name)) = key(r, target) else { continue };
            let top = top(r, target, &fields).unwrap_or_default();
            let seen = fields.get_index(r.field).and_then(|(_, c)| c.get_index(r.value));
            let support = 100.0 * seen.map_or(0, |(_, n)| *n) as f64 / self.total as f64;
            let rounded = |n: f64| Value::Num((n * 1000.0).round() / 1000.0);
            let description = format!(
                "When '{field}' has the value '{value}', the entropy of '{name}' decreases from \
                 {before:.3} to {after:.3}."
            );
            let row = [
                Value::Text(field.clone()),
                Value::Text(value.clone()),
                Value::Text(name.clone()),
                Value::from(top),
                rounded(before),
                rounded(after),
                rounded(before - after),
                Value::from(description),
                Value::from(format!("{support:.2}%")),
            ];
            columns.iter_mut().zip(row).for_each(|(c, v)| c.push(v));
        }
        let mut out = Batch::with_len(columns.first().map_or(0, Vec::len));
        for (name, values) in COLUMNS.into_iter().zip(columns) {
            out.set(name, Col::Values(values));
        }
        give(out)?;
        Ok(())
    }
}

const COLUMNS: [&str; 9] = [
    "Reference_Key",
    "Reference_Value",
    "Target_Key",
    "Top_Conditional_Value",
    "Unconditional_Entropy",
    "Conditional_Entropy",
    "Entropy_Improvement",
    "Description",
    "Support",
];

fn count(
    batch: &Batch,
    fields: &IndexMap<FieldName, Counts, FixedState>,
    places: &[HashMap<usize, usize, FixedState>],
    references: &mut [Reference],
) {
    let columns: Vec<(usize, &Counts, &Col)> = batch
        .cols
        .iter()
        .filter_map(|(name, col)| fields.get_full(name).map(|(at, _, counts)| (at, counts, col)))
        .collect();
    let mut here: Vec<(usize, usize)> = Vec::with_capacity(columns.len());
    for row in 0..batch.len {
        here.clear();
        for (field, counts, col) in &columns {
            let value = col.get(row);
            if !value.is_null()
                && let Some(at) = counts.get_index_of(&*value.text())
            {
                here.push((*field, at));
            }
        }
        for (field, value) in &here {
            let Some(at) = places.get(*field).and_then(|p| p.get(value)) else { continue };
            let Some(reference) = references.get_mut(*at) else { continue };
            for (target, v) in here.iter().filter(|(t, _)| t != field) {
                *reference.targets.entry(*target).or_default().entry(*v).or_default() += 1;
            }
        }
    }
}

/// `503 (17.44% -> 44.98%)`
fn top(
    r: &Reference,
    target: usize,
    fields: &IndexMap<FieldName, Counts, FixedState>,
) -> Option<String> {
    let counts = r.targets.get(&target)?;
    let (_, all) = fields.get_index(target)?;
    let text = |v: usize| all.get_index(v).map(|(text, _)| text);
    let (value, n) =
        counts.iter().max_by(|a, b| a.1.cmp(b.1).then_with(|| text(*b.0).cmp(&text(*a.0))))?;
    let (name, of_all) = all.get_index(*value)?;
    let share = |n: u64, of: u64| 100.0 * n as f64 / of.max(1) as f64;
    let before = share(*of_all, all.values().sum());
    let after = share(*n, counts.values().sum());
    Some(format!("{name} ({before:.2}% -> {after:.2}%)"))
}
