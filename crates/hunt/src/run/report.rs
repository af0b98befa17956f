//! What a hunt found.

use super::evidence::of_rows;
use super::{Event, Options, Times};
use sepal_content::RiskConfig;
use sepal_data::Batch;
use sepal_data::time::Time;
use sepal_exec::host::Host;
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
    /// The first and last time of its rows, else of its events; unknown where neither has one.
    pub times: Times,
    /// Events behind the rows, newest first; empty unless [`Options::events`] asks for some.
    pub events: Vec<Event>,
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
#[derive(Clone, Debug, PartialEq)]
pub struct Entity {
    /// `user`, `system`...
    pub kind: String,
    /// The value.
    pub value: SmolStr,
    /// In how many rows.
    pub rows: u64,
    /// By how much its risk rises: the score of the risk object, once for each row.
    pub risk: f64,
}

/// So many entities of a finding that goes on are kept.
const ENTITIES: usize = 10_000;

/// So many places of damaged events.
const DAMAGED: usize = 5;

/// What a run gave.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    pub rows: u64,
    pub first: Batch,
    pub events: Vec<Event>,
    times: Times,
    entities: Vec<Entity>,
    pub risk: Arc<[RiskEvent]>,
    pub notices: Vec<(Notice, u64)>,
}

/// What a detection gives over no events.
pub(crate) type Nothing = Result<Arc<Done>, RunError>;

impl Done {
    pub fn of(
        risk: &RiskConfig,
        batch: &Batch,
        summary: Summary,
        options: &Options,
        host: &dyn Host,
    ) -> Done {
        let first: Vec<usize> = (0..batch.len.min(options.rows)).collect();
        let first = batch.take(&first);
        let now = Time::from_micros(host.now()).unwrap_or(Time::EPOCH);
        let events = if options.events > 0 { of_rows(&first) } else { Vec::new() };
        Done {
            rows: batch.len as u64,
            times: Times::of(batch, host.time_zone(), now),
            first,
            events,
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
                        let kind = object.kind.clone();
                        out.push(Entity { kind, value, rows: 0, risk: 0.0 });
                        out.len() - 1
                    });
                if let Some(entity) = out.get_mut(at) {
                    entity.rows += 1;
                    entity.risk += object.score;
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
            times: done.as_ref().map(|d| d.times.or(&d.events)).unwrap_or_default(),
            events: done.as_ref().map(|d| d.events.clone()).unwrap_or_default(),
            risk: done.as_ref().map(|d| Arc::clone(&d.risk)).unwrap_or_default(),
            notices: done.map(|d| d.notices.clone()).unwrap_or_default(),
            always: rows > 0 && always(),
            error,
        })
    }

    /// Keeps these rows, and what is told of them.
    pub(crate) fn keep_rows(&mut self, rows: &[usize], risk: &RiskConfig, most: (usize, usize)) {
        let kept = self.first.take(rows);
        self.entities = entities(risk, &kept);
        self.rows = rows.len() as u64;
        let (most_rows, most_events) = most;
        let first: Vec<usize> = (0..kept.len.min(most_rows)).collect();
        self.first = kept.take(&first);
        for event in &mut self.events {
            let now = |row: &usize| rows.iter().position(|r| r == row).filter(|r| *r < most_rows);
            event.rows = event.rows.iter().filter_map(now).collect();
        }
        self.events.sort_by_key(|e| e.rows.is_empty());
        let of_rows = self.events.iter().filter(|e| !e.rows.is_empty()).count();
        self.events.truncate(of_rows.max(most_events));
    }

    /// Joins what the same detection found later.
    fn absorb(&mut self, later: Finding, most: (usize, usize)) {
        let (most_rows, most_events) = most;
        let base = self.first.len;
        self.rows += later.rows;
        let times = [later.times.first, later.times.last];
        times.into_iter().flatten().for_each(|t| self.times.add(t));
        let some: Vec<usize> = (0..later.first.len.min(most_rows.saturating_sub(base))).collect();
        self.first.append(later.first.take(&some));
        for mut event in later.events {
            event.rows.retain(|r| *r < some.len());
            event.rows.iter_mut().for_each(|r| *r += base);
            if !event.rows.is_empty() || self.events.len() < most_events {
                self.events.push(event);
            }
        }
        for entity in later.entities {
            let same = |e: &&mut Entity| e.kind == entity.kind && e.value == entity.value;
            if let Some(e) = self.entities.iter_mut().find(same) {
                e.rows += entity.rows;
                e.risk += entity.risk;
            } else if self.entities.len() < ENTITIES {
                self.entities.push(entity);
            }
        }
        for (notice, times) in later.notices {
            match self.notices.iter_mut().find(|(n, _)| *n == notice) {
                Some((_, n)) => *n += times,
                None => self.notices.push((notice, times)),
            }
        }
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
    /// Joins what was found later over more events of one data set: a detection's findings become
    /// one, with at most `most` rows and about as many events.
    pub fn absorb(&mut self, later: Report, most: (usize, usize)) {
        for set in later.sets {
            let Some(first) = self.sets.first_mut() else {
                self.sets.push(set);
                continue;
            };
            first.events += set.events;
            first.bytes += set.bytes;
            first.damaged += set.damaged;
            let more = DAMAGED.saturating_sub(first.damaged_at.len());
            first.damaged_at.extend(set.damaged_at.into_iter().take(more));
            for (notice, times) in set.notices {
                match first.notices.iter_mut().find(|(n, _)| *n == notice) {
                    Some((_, n)) => *n += times,
                    None => first.notices.push((notice, times)),
                }
            }
            first.errors.extend(set.errors);
        }
        for f in later.findings {
            let f = Finding { set: 0, ..f };
            let same = |old: &&mut Finding| {
                old.detection == f.detection && old.error.is_none() && f.error.is_none()
            };
            match self.findings.iter_mut().find(same) {
                Some(old) => old.absorb(f, most),
                None => self.findings.push(f),
            }
        }
    }

    /// A data set that nothing could be run over.
    pub(super) fn unread(&mut self, number: usize, e: RunError) {
        if let Some(set) = self.sets.get_mut(number) {
            set.errors.push(e);
        }
    }

    /// Something to tell of a data set.
    pub(super) fn notice(&mut self, number: usize, notice: Option<Notice>) {
        if let Some(set) = self.sets.get_mut(number) {
            set.notices.extend(notice.map(|n| (n, 1)));
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
