//! `arules`: rules by which values of fields occur together.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use foldhash::fast::FixedState;
use hashbrown::HashMap;
use indexmap::IndexSet;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, Col, FieldName, Value};
use sepal_parser::Diagnostic;
use sepal_parser::commands::Command;
use smol_str::SmolStr;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "arules",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Finds rules such as: rows with these values also have that value.",
        syntax: "arules [sup=<int>] [conf=<float>] <field-list>",
        details: "Each row is a set of values, one for each listed field that it has. A rule says \
                  which value (Implied fields) the rows with some others (Given fields) also \
                  have. Strength is the share of the rows with the given values that have the implied one, at least \
                  conf (0.5); at least sup (3) rows have all of them. Given fields support and \
                  Implied fields support are the numbers of rows with the given values and with \
                  the implied one. The strongest rules come first. Takes 2 to 12 fields.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/arules",
        examples: &[CommandExample {
            title: "what goes with what",
            search: "* | arules sup=2 conf=0.9 user host",
            events: r#"{"user":"ann","host":"a"}
{"user":"ann","host":"a"}
{"user":"bob","host":"a"}"#,
            rows: r#"{"Given fields":"user=ann","Implied fields":"host=a","Strength":1,"Given fields support":2,"Implied fields support":3}"#,
        }],
    },
    plan: |stage, _| {
        let Command::Arules(a) = &stage.command else { return Err(super::wrong_syntax(stage)) };
        let mut found = super::refuse_wildcards(stage, &a.fields);
        if let Some(f) = a.fields.get(MOST) {
            let message = format!("`arules` combines {MOST} fields at most");
            found.push(Diagnostic::error("SPL2471", f.span, message).label("one too many"));
        }
        if !found.is_empty() {
            return Err(found);
        }
        let fields: IndexSet<FieldName> =
            a.fields.iter().map(|f| FieldName::new(&f.node)).collect();
        Ok(Op::Ordered(Box::new(Arules(Arc::new(Plan {
            fields: fields.into_iter().collect(),
            sup: a.sup.as_ref().map_or(3, |n| n.node),
            conf: a.conf.unwrap_or(0.5),
        })))))
    },
};

/// All combinations of the values of a row are looked at.
const MOST: usize = 12;
/// Combinations that are kept.
const MAX_SETS: usize = 200_000;

struct Plan {
    fields: Vec<FieldName>,
    sup: u64,
    conf: f64,
}

struct Arules(Arc<Plan>);

impl Operator for Arules {
    fn needed(&self, _: FieldSet) -> FieldSet {
        self.0.fields.iter().collect()
    }
}

impl Ordered for Arules {
    fn start(&self) -> Box<dyn OrderedRun> {
        let (items, rows) = (IndexSet::default(), HashMap::default());
        Box::new(Run { plan: Arc::clone(&self.0), items, rows })
    }
}

/// Places of items, rising.
type Items = Vec<usize>;
type Counts = HashMap<Items, u64, FixedState>;

struct Run {
    plan: Arc<Plan>,
    /// A field's place on the list, and a value of it.
    items: IndexSet<(usize, SmolStr), FixedState>,
    /// Different rows, and how often each came.
    rows: Counts,
}

impl OrderedRun for Run {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        let columns: Vec<(usize, &Col)> = self
            .plan
            .fields
            .iter()
            .enumerate()
            .filter_map(|(at, name)| batch.col(name).map(|c| (at, c)))
            .collect();
        for row in 0..batch.len {
            let mut items = Items::new();
            for (at, col) in &columns {
                let value = col.get(row);
                if !value.is_null() {
                    items.push(self.items.insert_full((*at, value.to_smol())).0);
                }
            }
            items.sort_unstable();
            *self.rows.entry(items).or_default() += 1;
        }
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let sets = self.frequent(cx)?;
        let support = |items: &[usize]| sets.get(items).copied().unwrap_or(0);
        let text = |items: &[usize]| {
            let names = items.iter().filter_map(|i| self.items.get_index(*i)).map(|(f, v)| {
                let field = self.plan.fields.get(*f).map_or("", |f| f.as_str());
                (*f, format!("{field}={v}"))
            });
            let mut names: Vec<(usize, String)> = names.collect();
            names.sort_unstable();
            names.into_iter().map(|(_, n)| n).collect::<Vec<_>>()
        };
        let mut rules = Vec::new();
        for (set, n) in sets.iter().filter(|(set, _)| set.len() > 1) {
            for implied in set {
                let given: Items = set.iter().copied().filter(|i| i != implied).collect();
                let strength = *n as f64 / support(&given).max(1) as f64;
                if strength >= self.plan.conf {
                    let supports = (support(&given), support(&[*implied]));
                    rules.push((strength, supports, text(&given), text(&[*implied])));
                }
            }
        }
        rules.sort_by(|a, b| {
            b.0.total_cmp(&a.0)
                .then(b.1.0.cmp(&a.1.0))
                .then_with(|| (&a.2, &a.3).cmp(&(&b.2, &b.3)))
        });
        let members =
            |names: &[String]| Value::from_members(names.iter().map(|n| Value::from(n.as_str())));
        let mut out = Batch::with_len(rules.len());
        let mut set = |name: &str, values: Vec<Value>| out.set(name, Col::Values(values));
        set("Given fields", rules.iter().map(|r| members(&r.2)).collect());
        set("Implied fields", rules.iter().map(|r| members(&r.3)).collect());
        set("Strength", rules.iter().map(|r| Value::Num(r.0)).collect());
        set("Given fields support", rules.iter().map(|r| Value::from(r.1.0)).collect());
        set("Implied fields support", rules.iter().map(|r| Value::from(r.1.1)).collect());
        give(out)?;
        Ok(())
    }
}

impl Run {
    /// The combinations that enough rows have (Apriori: of k items only where all combinations of
    /// k - 1 of them are among these).
    fn frequent(&self, cx: &RunCx) -> Result<Counts, RunError> {
        let mut all = Counts::default();
        let mut before = Counts::default();
        for size in 1..=self.plan.fields.len() {
            let mut here = Counts::default();
            for (row, n) in &self.rows {
                cx.check_stop()?;
                combinations(row, size, &mut |items| {
                    let mut less = items.to_vec();
                    let known = size == 1
                        || (0..size).all(|k| {
                            less.clear();
                            less.extend(
                                items.iter().enumerate().filter(|(i, _)| *i != k).map(|(_, v)| *v),
                            );
                            before.contains_key(&less)
                        });
                    if known {
                        *here.entry_ref(items).or_default() += n;
                    }
                });
                if here.len() > 4 * MAX_SETS {
                    return Err(too_many());
                }
            }
            here.retain(|_, n| *n >= self.plan.sup);
            if here.is_empty() {
                break;
            }
            all.extend(before.drain());
            before = here;
            if all.len() + before.len() > MAX_SETS {
                return Err(too_many());
            }
        }
        all.extend(before);
        Ok(all)
    }
}

fn too_many() -> RunError {
    let message = format!(
        "arules: more than {MAX_SETS} combinations of values: raise sup=, or name fewer fields"
    );
    RunError::failed("SPL3346", message)
}

/// Gives each combination of so many of the items.
fn combinations(row: &[usize], size: usize, give: &mut dyn FnMut(&[usize])) {
    let mut items = Items::with_capacity(size);
    for mask in 0_u32..1 << row.len().min(MOST) {
        if mask.count_ones() as usize == size {
            items.clear();
            items.extend(
                row.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, v)| *v),
            );
            give(&items);
        }
    }
}
