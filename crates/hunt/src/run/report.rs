//! What a hunt found.

use sepal_content::RiskConfig;
use sepal_data::Batch;
use sepal_exec::run::Summary;
use sepal_exec::scan::Input;
use sepal_exec::{Notice, RunError};
use smol_str::SmolStr;
use std::collections::HashMap;
use std::sync::Arc;

/// What a hunt found, and over what.
#[derive(Debug, Default)]
pub struct Report {
    /// By data set, within one by falling score, then in the order of the detections.
    pub findings: Vec<Finding>,
    /// The data sets.
    pub sets: Vec<SetReport>,
    /// Whether it was stopped: what is here is what was found so far.
    pub stopped: bool,
    /// How many times a detection was run over a data set.
    pub done: u64,
    /// How many times one was to be run.
    pub total: u64,
}

/// What was read of a data set.
#[derive(Clone, Debug, Default)]
pub struct SetReport {
    /// Its name.
    pub name: String,
    /// Events read.
    pub events: u64,
    /// Bytes read, after decompression.
    pub bytes: u64,
    /// Damaged events, kept as text.
    pub damaged: u64,
    /// `file:line (reason)` of the first of those.
    pub damaged_at: Vec<String>,
    /// Whether it is the risk events, which detections that ask for them ran over.
    pub of_risk: bool,
    /// What reading had to tell.
    pub notices: Vec<(Notice, u64)>,
    /// What could not be read, or not to its end.
    pub errors: Vec<RunError>,
}

/// A detection that gives rows for a data set, or that failed.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The detection's number.
    pub detection: usize,
    /// The data set's number.
    pub set: usize,
    /// How many rows.
    pub rows: u64,
    /// The first of them.
    pub first: Batch,
    /// Whom the rows are about, in the order in which they come.
    pub entities: Vec<Entity>,
    /// The risk events of all rows, where they were asked for.
    pub risk: Arc<[RiskEvent]>,
    /// What the run had to tell.
    pub notices: Vec<(Notice, u64)>,
    /// Whether the detection gives rows where there are no events, too.
    pub always: bool,
    /// Why it failed.
    pub error: Option<RunError>,
}

/// A risk event, as `sepal_content::RiskMaker` makes it.
pub type RiskEvent = serde_json::Map<String, serde_json::Value>;

/// A value of a risk object's field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entity {
    /// `user`, `system`...
    pub kind: String,
    /// The value.
    pub value: SmolStr,
    /// In how many rows.
    pub rows: u64,
}

/// What a run gave.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub rows: u64,
    first: Batch,
    entities: Vec<Entity>,
    pub risk: Arc<[RiskEvent]>,
    pub notices: Vec<(Notice, u64)>,
}

/// What a detection gives over no events.
pub(crate) type Nothing = Result<Arc<Done>, RunError>;

impl Done {
    pub fn of(risk: &RiskConfig, batch: &Batch, summary: Summary, most: usize) -> Done {
        let first: Vec<usize> = (0..batch.len.min(most)).collect();
        Done {
            rows: batch.len as u64,
            first: batch.take(&first),
            entities: entities(risk, batch),
            risk: Arc::default(),
            notices: summary.notices,
        }
    }
}

/// The distinct values of the risk objects' fields.
fn entities(risk: &RiskConfig, batch: &Batch) -> Vec<Entity> {
    let mut out: Vec<Entity> = Vec::new();
    let mut places: HashMap<(&str, SmolStr), usize> = HashMap::new();
    for row in 0..batch.len {
        for object in &risk.risk_objects {
            for member in batch.get(&object.field, row).members() {
                let value = member.to_smol();
                if value.is_empty() {
                    continue;
                }
                let at =
                    *places.entry((object.kind.as_str(), value.clone())).or_insert_with(|| {
                        out.push(Entity { kind: object.kind.clone(), value, rows: 0 });
                        out.len() - 1
                    });
                if let Some(entity) = out.get_mut(at) {
                    entity.rows += 1;
                }
            }
        }
    }
    out
}

impl Finding {
    /// None where there is nothing to tell.
    pub(super) fn of(
        detection: usize,
        set: usize,
        done: Result<Arc<Done>, RunError>,
        always: impl FnOnce() -> bool,
    ) -> Option<Finding> {
        let (done, error) = match done {
            Ok(done) => (Some(done), None),
            Err(e) => (None, Some(e)),
        };
        let cut = |d: &Done| d.rows > 0 || d.notices.iter().any(|(n, _)| n.cuts_result);
        if error.is_none() && !done.as_deref().is_some_and(cut) {
            return None;
        }
        let rows = done.as_ref().map_or(0, |d| d.rows);
        Some(Finding {
            detection,
            set,
            rows,
            first: done.as_ref().map(|d| d.first.clone()).unwrap_or_default(),
            entities: done.as_ref().map(|d| d.entities.clone()).unwrap_or_default(),
            risk: done.as_ref().map(|d| Arc::clone(&d.risk)).unwrap_or_default(),
            notices: done.map(|d| d.notices.clone()).unwrap_or_default(),
            always: rows > 0 && always(),
            error,
        })
    }

    /// Whether rows may be missing or wrong.
    pub fn is_cut(&self) -> bool {
        self.notices.iter().any(|(n, _)| n.cuts_result)
    }
}

impl SetReport {
    pub(super) fn new(name: &str) -> SetReport {
        SetReport { name: name.to_owned(), ..SetReport::default() }
    }
}

impl Report {
    /// A data set that nothing could be run over.
    pub(super) fn unread(&mut self, number: usize, e: RunError) {
        if let Some(set) = self.sets.get_mut(number) {
            set.errors.push(e);
        }
    }

    pub(super) fn read(&mut self, number: usize, summary: Summary, inputs: &[Input]) {
        let Some(set) = self.sets.get_mut(number) else { return };
        let at = summary.scan.first_damaged.iter().map(|d| {
            let name = inputs.get(d.unit as usize).map_or("?", |i| &i.name);
            match d.line {
                Some(line) => format!("{name}:{line} ({})", d.reason),
                None => format!("{name}, byte {} ({})", d.offset, d.reason),
            }
        });
        set.damaged_at = at.collect();
        set.events = summary.scan.events;
        set.bytes = summary.scan.bytes;
        set.damaged = summary.scan.damaged;
        set.notices = summary.notices;
        set.errors.extend(summary.input_errors);
    }
}
