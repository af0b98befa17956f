//! Whether any event is of the dataset that a search reads; asked where the search found none.

use super::{Chosen, DataModel, Output, Prepare, Scope, events};
use crate::commands::{Op, Operator, Streaming};
use crate::knowledge::{self, Stamp, StampField};
use crate::plan::{Plan, PlanCx};
use crate::run_cx::{RunCx, RunError};
use sepal_data::Batch;
use sepal_data::fieldset::FieldSet;
use sepal_data::wildcard::Pattern;
use sepal_parser::ast::{CompareOp, SearchExpr, Span, Spanned};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The dataset that a search reads.
pub struct DatasetCheck {
    model: Arc<DataModel>,
    dataset: String,
    /// How many commands of the plan the conditions end with.
    pub(crate) conditions: usize,
    /// Whether the search has conditions of its own: it may find nothing though there are events.
    pub(crate) filtered: bool,
    cx: PlanCx,
}

/// How many events are looked at for their sourcetypes.
const EVENTS: usize = 65_536;
/// How many pairs of source and sourcetype are named.
const NAMED: usize = 3;

impl DatasetCheck {
    pub(super) fn new(scope: &Scope, conditions: usize, filtered: bool, cx: &PlanCx) -> Self {
        DatasetCheck {
            model: scope.model(),
            dataset: scope.lineage.last().cloned().unwrap_or_default(),
            conditions,
            filtered,
            cx: cx.for_events(),
        }
    }

    /// The dataset with its data model.
    pub(crate) fn name(&self) -> String {
        format!("{}.{}", self.model.name, self.dataset)
    }

    /// A search for an event of the dataset, and what becomes true once one is found, which ends
    /// the search.
    pub(crate) fn search(&self) -> Option<(Plan, Arc<AtomicBool>)> {
        let found = Arc::new(AtomicBool::new(false));
        let mut cx = self.cx.clone();
        let scope = Scope::new(Arc::clone(&self.model), &self.dataset, Span::default()).ok()?;
        let chosen = Chosen { scope, at: Span::default(), others: Vec::new() };
        let ops = vec![Op::Streaming(Box::new(Found(Arc::clone(&found))))];
        let output = Output { prepare: Prepare::default(), ops, after: FieldSet::new() };
        let name = Spanned::new("datamodel".to_owned(), Span::default());
        let made = events(Some(&chosen), None, output, &name, Span::default(), &mut cx).ok()?;
        Some((made.into_plan(Span::default()), found))
    }

    /// A search for the sources and sourcetypes of the first events.
    pub(crate) fn sources() -> Option<(Plan, Arc<Sources>)> {
        let sources = Arc::new(Sources { pairs: Mutex::default(), left: AtomicUsize::new(EVENTS) });
        let mut cx = PlanCx::default();
        let all = knowledge::install(&SearchExpr::And(Vec::new()), &mut cx).ok()?;
        let op = Op::Streaming(Box::new(Look(Arc::clone(&sources))));
        let made = crate::plan::Events {
            filter: all.filter,
            time: Vec::new(),
            ops: vec![crate::plan::Planned {
                name: "datamodel".to_owned(),
                span: Span::default(),
                op,
                needed: FieldSet::new(),
            }],
            dataset: None,
        };
        Some((made.into_plan(Span::default()), sources))
    }

    /// The notice that none of so many events is of the dataset.
    pub(crate) fn message(&self, events: u64, sources: Option<&Sources>) -> String {
        let lineage = self.model.lineage(&self.dataset).unwrap_or_default();
        let constraints: Vec<&str> =
            lineage.iter().map(|d| d.constraint.trim()).filter(|c| !c.is_empty()).collect();
        let constraint = constraints.join(" ");
        let mut message = format!(
            "none of the {events} events that were read is of the dataset {}, which has those with \
             `{constraint}`",
            self.name(),
        );
        let tags = self.tags();
        let pairs = sources.map(Sources::list).unwrap_or_default();
        if tags.is_empty() || pairs.is_empty() {
            message += " (`sepal help datamodel`)";
            return message;
        }
        let without: Vec<&(String, String)> =
            pairs.iter().filter(|(source, kind)| !self.gives(source, kind, &tags)).collect();
        if without.is_empty() {
            message += "; the rules of their sourcetypes give these tags to none of them \
                        (`sepal help datamodel`)";
            return message;
        }
        let named = without.iter().take(NAMED);
        let named: Vec<String> =
            named.map(|(source, kind)| format!("`{kind}` (source {source})")).collect();
        let more = if without.len() > NAMED { " and others" } else { "" };
        message += &format!(
            "; no rule gives these tags to the sourcetype {}{more}: see `sepal help datamodel`, or \
             add rules with --knowledge",
            named.join(", ")
        );
        message
    }

    /// The tags that every event of the dataset has.
    fn tags(&self) -> Vec<String> {
        let scope = Scope::new(Arc::clone(&self.model), &self.dataset, Span::default());
        let levels = scope.map(|s| s.levels).unwrap_or_default();
        let tag = |e: &SearchExpr| match e {
            SearchExpr::Compare { field, op: CompareOp::Eq, value, .. } if field.node == "tag" => {
                Some(value.text.clone())
            }
            _ => None,
        };
        levels.iter().flat_map(|l| &l.constraints).filter_map(tag).collect()
    }

    /// Whether rules give events of that source and sourcetype these tags.
    fn gives(&self, source: &str, sourcetype: &str, tags: &[String]) -> bool {
        let rules = self.cx.knowledge().map(|k| k.rules()).unwrap_or_default();
        rules.iter().any(|rule| {
            let holds = Stamp::any(&rule.holds, |field| match field {
                StampField::Source => Some(source),
                StampField::Sourcetype => Some(sourcetype),
                StampField::Host => None,
            }) || rule.holds.iter().any(|s| s.field == StampField::Host);
            let given = |tag: &String| {
                let pattern = Pattern::new(tag);
                rule.body.event_types.iter().flat_map(|t| &t.tags).any(|t| pattern.is_match(t))
            };
            holds && tags.iter().all(given)
        })
    }
}

/// Ends the search with the first row.
struct Found(Arc<AtomicBool>);

impl Operator for Found {
    fn needed(&self, _: FieldSet) -> FieldSet {
        FieldSet::new()
    }
}

impl Streaming for Found {
    fn apply(&self, batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        if batch.len > 0 {
            self.0.store(true, Ordering::SeqCst);
            cx.end_scan();
        }
        Ok(Batch::default())
    }
}

/// The sources and sourcetypes of events.
pub(crate) struct Sources {
    pairs: Mutex<BTreeSet<(String, String)>>,
    left: AtomicUsize,
}

impl Sources {
    fn list(&self) -> Vec<(String, String)> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}

struct Look(Arc<Sources>);

impl Operator for Look {
    fn needed(&self, _: FieldSet) -> FieldSet {
        ["source", "sourcetype"].into_iter().collect()
    }
}

impl Streaming for Look {
    fn apply(&self, batch: Batch, cx: &RunCx) -> Result<Batch, RunError> {
        let mut pairs = self.0.pairs.lock().unwrap_or_else(PoisonError::into_inner);
        let left = self.0.left.load(Ordering::Relaxed);
        for row in 0..batch.len.min(left) {
            let of = |field: &str| batch.get(field, row).text().into_owned();
            pairs.insert((of("source"), of("sourcetype")));
        }
        self.0.left.store(left.saturating_sub(batch.len), Ordering::Relaxed);
        if left <= batch.len {
            cx.end_scan();
        }
        Ok(Batch::default())
    }
}
