//! `join`: the fields of a subsearch's rows beside those of the rows they match.

use super::held::Held;
use super::matched::{CHUNK, Pair, key, lay_over, left_rows};
use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun, put_to};
use crate::doc::{CommandDoc, CommandExample};
use crate::plan::Plan;
use crate::run_cx::{RunCx, RunError};
use foldhash::HashMap;
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName};
use sepal_parser::commands::Command;
use sepal_parser::commands::join;
use std::sync::Arc;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "join",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Joins each row with the rows of a subsearch that have the same values.",
        syntax: "join [type=inner|outer|left] [usetime=<bool>] [earlier=<bool>] [overwrite=<bool>] \
                 [max=<int>] [<field>...] <subsearch> | join [options] left=<alias> right=<alias> \
                 where <alias>.<field>=<alias>.<field>... <subsearch>",
        details: "Rows without a match are left out, or kept with type=left or outer. A row is \
                  joined with the first row of the subsearch that matches, with max=0 with all of \
                  them. Values are compared as text, case-sensitively; a row without a value in \
                  one of the fields matches none. The subsearch's fields replace those of the \
                  same name, `_time` too, unless overwrite=false. Without fields, those that both \
                  sides have count, internal ones left out. With usetime=true only rows of the \
                  subsearch match that are no later than the row, or no earlier with \
                  earlier=false; both are told by the second. With left= and right= all fields \
                  carry the name of their side, such as `L.user`; internal fields of the left \
                  side keep their names as well. At most 50,000 rows of the subsearch count.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/join",
        examples: &[CommandExample {
            title: "who owns the hosts",
            search: "search type=login | join host [search type=asset | table host owner] | table user host owner",
            events: r#"{"type":"login","user":"ann","host":"a"}
{"type":"login","user":"bob","host":"b"}
{"type":"asset","host":"a","owner":"eve"}"#,
            rows: r#"{"user":"ann","host":"a","owner":"eve"}"#,
        }],
    },
    plan: |stage, cx| match &stage.command {
        Command::Join(j) => {
            let name = |f: &sepal_parser::ast::Field| FieldName::new(&f.node);
            let (left, right) = match &j.aliases {
                Some(a) => (
                    a.on.iter().map(|(l, _)| name(l)).collect(),
                    a.on.iter().map(|(_, r)| name(r)).collect(),
                ),
                None => {
                    let wild = super::refuse_wildcards(stage, &j.fields);
                    if !wild.is_empty() {
                        return Err(wild);
                    }
                    let fields: Vec<FieldName> = j.fields.iter().map(name).collect();
                    (fields.clone(), fields)
                }
            };
            Ok(Op::Ordered(Box::new(Join(Arc::new(Plans {
                search: cx.subsearch(&j.search)?,
                on: Keys { left, right },
                syntax: Options::new(j),
            })))))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows of the subsearch that count. Source: the page, "Limitations on subsearches in joins", and
/// limits.conf, `[join] subsearch_maxout`.
const MAX_ROWS: usize = 50_000;

/// Names of fields that must be the same, in pairs.
#[derive(Clone)]
struct Keys {
    left: Vec<FieldName>,
    right: Vec<FieldName>,
}

struct Options {
    keep_unmatched: bool,
    /// Whether a time limits the matches, and whether to those before.
    earlier: Option<bool>,
    overwrite: bool,
    max: usize,
    aliases: Option<(String, String)>,
}

impl Options {
    fn new(j: &join::Join) -> Options {
        Options {
            keep_unmatched: j.keep_unmatched,
            earlier: j.usetime.then_some(j.earlier),
            overwrite: j.overwrite,
            max: match usize::try_from(j.max) {
                Ok(0) | Err(_) => usize::MAX,
                Ok(n) => n,
            },
            aliases: j.aliases.as_ref().map(|a| (a.left.node.clone(), a.right.node.clone())),
        }
    }
}

struct Plans {
    search: Plan,
    on: Keys,
    syntax: Options,
}

struct Join(Arc<Plans>);

impl Operator for Join {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        if self.0.on.left.is_empty() || self.0.syntax.aliases.is_some() {
            return FieldSet::all();
        }
        self.0.on.left.iter().for_each(|f| after.insert(f));
        if self.0.syntax.earlier.is_some() {
            after.insert("_time");
        }
        after
    }
    fn describe(&self) -> String {
        let on = &self.0.on;
        match on.left.is_empty() {
            true => "on the fields that both sides have".to_owned(),
            false => {
                let pair = |(l, r): (&FieldName, &FieldName)| match l == r {
                    true => l.to_string(),
                    false => format!("{l}={r}"),
                };
                let pairs: Vec<String> = on.left.iter().zip(&on.right).map(pair).collect();
                format!("on {}", pairs.join(", "))
            }
        }
    }
    fn subsearches(&self) -> Vec<&Plan> {
        vec![&self.0.search]
    }
    fn matched_with(&self) -> Option<&Plan> {
        (!self.0.syntax.keep_unmatched).then_some(&self.0.search)
    }
}

impl Ordered for Join {
    fn start(&self) -> Box<dyn OrderedRun> {
        let plan = Arc::clone(&self.0);
        if plan.on.left.is_empty() {
            let held = Held::new();
            Box::new(OnCommon { plan, held, seen: indexmap::IndexSet::default() })
        } else {
            Box::new(OnFields { plan, right: None })
        }
    }
}

/// The rows of the subsearch, found by the values of the fields that must be the same.
struct Right {
    rows: Batch,
    keys: Vec<FieldName>,
    by_key: HashMap<Vec<u8>, Vec<usize>>,
}

impl Right {
    fn of(plan: &Plans, cx: &RunCx) -> Result<Batch, RunError> {
        let (batches, cut) = cx.subsearch_first(&plan.search, MAX_ROWS)?;
        if cut {
            let message = format!(
                "join took the first {MAX_ROWS} rows of its subsearch, as Splunk does: later rows \
                 match nothing"
            );
            cx.notice("SPL3170", message, true);
        }
        let mut all = Batch::default();
        for batch in batches {
            all.append(batch);
        }
        all.order.clear();
        Ok(all)
    }

    fn index(rows: Batch, keys: Keys) -> Right {
        let mut by_key: HashMap<Vec<u8>, Vec<usize>> = HashMap::default();
        for row in 0..rows.len {
            if let Some(key) = key(&rows, &keys.right, row) {
                by_key.entry(key).or_default().push(row);
            }
        }
        Right { rows, keys: keys.left, by_key }
    }

    /// Joins rows and gives the result on.
    fn join(
        &self,
        options: &Options,
        left: &Batch,
        cx: &RunCx,
        give: &mut dyn FnMut(Batch) -> Result<bool, RunError>,
    ) -> Result<bool, RunError> {
        let mut pairs: Vec<Pair> = Vec::new();
        for row in 0..left.len {
            let matching = key(left, &self.keys, row).and_then(|k| self.by_key.get(&k));
            let before = pairs.len();
            let mut taken = 0_usize;
            for &other in matching.into_iter().flatten() {
                if taken == options.max {
                    break;
                }
                if self.in_time(options, left, row, other) {
                    pairs.push((row, Some(other)));
                    taken += 1;
                    if pairs.len() >= CHUNK {
                        cx.check_stop()?;
                        if !give(self.rows_of(options, left, &std::mem::take(&mut pairs)))? {
                            return Ok(false);
                        }
                    }
                }
            }
            if taken == 0 && before == pairs.len() && options.keep_unmatched {
                pairs.push((row, None));
            }
        }
        if pairs.is_empty() {
            return Ok(true);
        }
        give(self.rows_of(options, left, &pairs))
    }

    /// Whether `usetime` lets the rows match; rows without a time do.
    fn in_time(&self, options: &Options, left: &Batch, row: usize, other: usize) -> bool {
        let Some(earlier) = options.earlier else { return true };
        let second = |b: &Batch, r| b.get("_time", r).number().map(f64::floor);
        match (second(left, row), second(&self.rows, other)) {
            (Some(l), Some(r)) => (r <= l && earlier) || (r >= l && !earlier),
            _ => true,
        }
    }

    fn rows_of(&self, options: &Options, left: &Batch, pairs: &[Pair]) -> Batch {
        let mut out = left_rows(left, pairs);
        if let Some((name, _)) = &options.aliases {
            let cols = std::mem::take(&mut out.cols);
            for (field, col) in cols {
                let own = format!("{name}.{field}");
                if field.starts_with('_') {
                    out.set(field, col.clone());
                }
                out.set(own, col);
            }
        }
        for (field, col) in &self.rows.cols {
            let name = match &options.aliases {
                Some((_, right)) => FieldName::from(format!("{right}.{field}")),
                None => field.clone(),
            };
            lay_over(&mut out, &name, col, pairs, options.overwrite);
        }
        out
    }
}

/// Joins on fields that are named: row by row.
struct OnFields {
    plan: Arc<Plans>,
    /// The rows of the subsearch, once it ran.
    right: Option<Right>,
}

impl OrderedRun for OnFields {
    fn push(&mut self, batch: Batch, out: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        let right = match self.right.take() {
            Some(right) => right,
            None => Right::index(Right::of(&self.plan, cx)?, self.plan.on.clone()),
        };
        right.join(&self.plan.syntax, &batch, cx, &mut put_to(out))?;
        self.right = Some(right);
        Ok(Flow::More)
    }
}

/// Joins on the fields that both sides have: all rows must have been seen to know them.
struct OnCommon {
    plan: Arc<Plans>,
    held: Held,
    seen: indexmap::IndexSet<FieldName>,
}

impl OrderedRun for OnCommon {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, cx: &RunCx) -> Result<Flow, RunError> {
        for (name, col) in &batch.cols {
            if !name.starts_with('_') && !self.seen.contains(name) && !col.is_all_null() {
                self.seen.insert(name.clone());
            }
        }
        self.held.push(batch, cx)?;
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let rows = Right::of(&self.plan, cx)?;
        let both = |name: &&FieldName| rows.col(name).is_some_and(|c| !c.is_all_null());
        let fields: Vec<FieldName> = self.seen.iter().filter(both).cloned().collect();
        if fields.is_empty() {
            // nothing can be the same
            if !self.plan.syntax.keep_unmatched {
                return Ok(());
            }
            return self.held.drain(cx, None, give);
        }
        let right = Right::index(rows, Keys { left: fields.clone(), right: fields });
        let syntax = &self.plan.syntax;
        self.held.drain(cx, None, &mut |batch| right.join(syntax, &batch, cx, give))
    }
}
