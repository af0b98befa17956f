//! `sort`: orders rows.

use super::{Class, CommandSpec, Flow, Give, Op, Operator, Ordered, OrderedRun};
use crate::doc::{CommandDoc, CommandExample};
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, FieldName, Value, number};
use sepal_parser::commands::Command;
use sepal_parser::commands::sort::{SortCast, SortKey};
use std::cmp::Ordering;
use std::net::IpAddr;

/// The command.
pub static SPEC: CommandSpec = CommandSpec {
    name: "sort",
    aliases: &[],
    class: Class::Ordered,
    doc: CommandDoc {
        summary: "Orders rows by fields.",
        syntax: "sort [<count>] (-|+)<field>|auto(f)|str(f)|ip(f)|num(f)... [d|desc]",
        details: "Keeps 10,000 rows unless a count is given; 0 keeps all. Numbers are compared by \
                  size, IP addresses by number, everything else as text, decided pair by pair. \
                  Rows without the field come last in both directions.",
        source: "help.splunk.com/splunk-enterprise/search/spl-search-reference/10.0/search-commands/sort",
        examples: &[CommandExample {
            title: "two largest",
            search: "* | sort 2 -v | table v",
            events: r#"{"v":9}
{"v":10}
{"v":2}"#,
            rows: r#"{"v":"10"}
{"v":"9"}"#,
        }],
    },
    plan: |stage, _| match &stage.command {
        Command::Sort(s) => {
            let asked = s.limit.as_ref().map(|n| n.node);
            Ok(Op::Ordered(Box::new(Sort {
                limit: match asked {
                    Some(0) => usize::MAX,
                    Some(n) => usize::try_from(n).unwrap_or(usize::MAX),
                    None => DEFAULT_LIMIT,
                },
                told: asked.is_some(),
                keys: Keys::new(&s.keys, s.descending),
            })))
        }
        _ => Err(super::wrong_syntax(stage)),
    },
};

/// Rows kept where no count is given. Source: the page's "count" argument.
const DEFAULT_LIMIT: usize = 10_000;

struct Sort {
    limit: usize,
    told: bool,
    keys: Keys,
}

/// Sort keys, shared with `dedup sortby`.
#[derive(Clone)]
pub(crate) struct Keys(Vec<(FieldName, bool, SortCast)>);

impl Keys {
    pub fn new(keys: &[SortKey], descending: bool) -> Keys {
        Keys(
            keys.iter()
                .map(|k| (FieldName::new(&k.field.node), k.descending ^ descending, k.cast))
                .collect(),
        )
    }

    /// The fields.
    pub fn fields(&self) -> impl Iterator<Item = &FieldName> {
        self.0.iter().map(|k| &k.0)
    }

    /// The rows of a batch in sorted order; equal rows keep theirs.
    pub fn order(&self, batch: &Batch) -> Vec<usize> {
        let columns: Vec<Vec<SortValue>> = self
            .0
            .iter()
            .map(|(f, _, cast)| {
                (0..batch.len).map(|r| SortValue::new(batch.get(f, r), *cast)).collect()
            })
            .collect();
        let mut rows: Vec<usize> = (0..batch.len).collect();
        rows.sort_by(|&a, &b| {
            for (col, (_, descending, _)) in columns.iter().zip(&self.0) {
                match col[a].compare(&col[b], *descending) {
                    Ordering::Equal => {}
                    o => return o,
                }
            }
            Ordering::Equal
        });
        rows
    }
}

/// A value with what it can be compared as.
struct SortValue {
    text: sepal_data::FieldName,
    number: Option<f64>,
    ip: Option<IpAddr>,
    null: bool,
}

impl SortValue {
    fn new(v: &Value, cast: SortCast) -> SortValue {
        let first = v.members().first().cloned().unwrap_or_default();
        let text = first.to_smol();
        let number = match cast {
            SortCast::Auto | SortCast::Num => first.number().or_else(|| number::parse(text.trim())),
            _ => None,
        };
        let ip = match cast {
            SortCast::Auto | SortCast::Ip if number.is_none() => text.parse().ok(),
            _ => None,
        };
        SortValue { number, ip, null: v.is_null(), text }
    }

    fn compare(&self, other: &SortValue, descending: bool) -> Ordering {
        // missing values come last in both directions
        if self.null || other.null {
            return self.null.cmp(&other.null);
        }
        // kinds are kept apart so that the order is one: numbers, addresses, text
        let kind = |v: &SortValue| match (v.number, v.ip) {
            (Some(_), _) => 0,
            (None, Some(_)) => 1,
            _ => 2,
        };
        let o = kind(self).cmp(&kind(other)).then_with(|| match (self.number, other.number) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => match (self.ip, other.ip) {
                (Some(a), Some(b)) => a.cmp(&b),
                _ => self.text.cmp(&other.text),
            },
        });
        if descending { o.reverse() } else { o }
    }
}

impl Operator for Sort {
    fn needed(&self, mut after: FieldSet) -> FieldSet {
        self.keys.fields().for_each(|f| after.insert(f));
        after
    }
}

impl Ordered for Sort {
    fn start(&self) -> Box<dyn OrderedRun> {
        Box::new(SortRun {
            limit: self.limit,
            told: self.told,
            keys: self.keys.clone(),
            rows: Batch::default(),
        })
    }
}

struct SortRun {
    limit: usize,
    told: bool,
    keys: Keys,
    rows: Batch,
}

impl OrderedRun for SortRun {
    fn push(&mut self, batch: Batch, _: &mut Vec<Batch>, _: &RunCx) -> Result<Flow, RunError> {
        self.rows.append(batch);
        Ok(Flow::More)
    }

    fn finish(&mut self, give: &mut Give<'_>, cx: &RunCx) -> Result<(), RunError> {
        let mut rows = self.keys.order(&self.rows);
        if rows.len() > self.limit {
            if !self.told {
                cx.notice(
                    "SPL3019",
                    "sort kept 10,000 rows, as Splunk does; `sort 0` keeps all",
                    true,
                );
            }
            rows.truncate(self.limit);
        }
        give(std::mem::take(&mut self.rows).take(&rows))?;
        Ok(())
    }
}
