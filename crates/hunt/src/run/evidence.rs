//! The events behind a finding's rows.

use super::{Hunt, Ready};
use sepal_data::fieldset::FieldSet;
use sepal_data::time::{Time, TimeZone, parse_value};
use sepal_data::{Batch, Value};
use sepal_exec::knowledge::Knowledge;
use sepal_exec::run::run_to_batch;
use sepal_exec::scan::Input;
use sepal_exec::{RunCx, RunError, Subsearches};
use smol_str::SmolStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// The events that are looked at for those behind the rows.
pub(super) struct Looked;

impl Looked {
    /// So many.
    pub const MOST: usize = 200;

    /// The fields that are needed of them.
    pub fn fields(rows: &Batch) -> FieldSet {
        let mut fields = FieldSet::new();
        let own = ["_time", "_raw", "source", "sourcetype", "host"];
        let names = rows.cols.keys().map(|name| name.as_str());
        own.into_iter().chain(names).for_each(|name| fields.insert(name));
        fields
    }
}

/// An event behind a finding.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its time, seconds since the epoch.
    pub time: Option<f64>,
    /// `source`, `sourcetype` and `host`; empty where it has none.
    pub stamps: [SmolStr; 3],
    /// Its text.
    pub raw: SmolStr,
    /// The numbers of the kept rows that it agrees with in every field that both have; the newest
    /// such event stands for a row.
    pub rows: Vec<usize>,
}

/// The first and the last time of rows or events, seconds since the epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Times {
    /// The first.
    pub first: Option<f64>,
    /// The last.
    pub last: Option<f64>,
}

impl Times {
    pub(super) fn add(&mut self, secs: f64) {
        self.first = Some(self.first.map_or(secs, |t| t.min(secs)));
        self.last = Some(self.last.map_or(secs, |t| t.max(secs)));
    }

    /// Of rows: `_time`, and what ESCU's searches call `firstTime` and `lastTime`, which the macro
    /// `security_content_ctime` makes texts of.
    pub(super) fn of(batch: &Batch, zone: &TimeZone, now: Time) -> Times {
        let mut times = Times::default();
        for name in ["_time", "firstTime", "lastTime"] {
            let Some(col) = batch.col(name) else { continue };
            for row in 0..batch.len {
                for value in col.get(row).members() {
                    if let Some(secs) = secs(value, zone, now) {
                        times.add(secs);
                    }
                }
            }
        }
        times
    }

    /// Where nothing is known: of these.
    pub(super) fn or(self, events: &[Event]) -> Times {
        if self.first.is_some() {
            return self;
        }
        let mut times = Times::default();
        events.iter().filter_map(|e| e.time).for_each(|t| times.add(t));
        times
    }
}

fn secs(value: &Value, zone: &TimeZone, now: Time) -> Option<f64> {
    match value {
        Value::Num(n) => n.is_finite().then_some(*n),
        Value::Null => None,
        other => {
            let text = other.text();
            let time = parse_value(&text, zone, now)?;
            Some(time.as_micros() as f64 / 1e6)
        }
    }
}

/// The fields that a row and an event share tell which event is behind the row; a time does not,
/// and neither does a text that all events have.
const NOT_COMPARED: [&str; 8] =
    ["_time", "_raw", "count", "firstTime", "lastTime", "index", "punct", "linecount"];

fn agree(row: (&Batch, usize), event: (&Batch, usize)) -> bool {
    let mut shared = 0;
    for (name, value) in row.0.row(row.1) {
        if value.is_null() || NOT_COMPARED.contains(&name.as_str()) {
            continue;
        }
        let other = event.0.get(name, event.1);
        if other.is_null() {
            continue;
        }
        // what `values(x) AS x` made holds the event's value
        let all = value.members();
        if !other.members().iter().any(|o| all.iter().any(|v| v.text() == o.text())) {
            return false;
        }
        shared += 1;
    }
    shared > 0
}

/// At most `most` events: those that stand for the rows first, then the newest of the others that
/// agree with one; where none agrees with any, the newest of all.
pub(super) fn behind(events: &Batch, rows: &Batch, most: usize) -> Vec<Event> {
    let mut of_event: Vec<Vec<usize>> = vec![Vec::new(); events.len];
    let mut agrees = vec![false; events.len];
    for row in 0..rows.len {
        let found = (0..events.len).filter(|&e| agree((rows, row), (events, e)));
        for (n, e) in found.enumerate() {
            agrees[e] = true;
            if n == 0 {
                of_event[e].push(row);
            }
        }
    }
    let none = !agrees.contains(&true);
    let mut picked: Vec<usize> = (0..events.len).filter(|e| none || agrees[*e]).collect();
    picked.sort_by_key(|&e| of_event.get(e).is_none_or(Vec::is_empty));
    picked.truncate(most.max(of_event.iter().filter(|of| !of.is_empty()).count()));
    picked.sort_unstable();
    let one = |e: usize| Event {
        time: events.get("_time", e).number(),
        stamps: ["source", "sourcetype", "host"].map(|f| events.get(f, e).to_smol()),
        raw: events.get("_raw", e).to_smol(),
        rows: of_event.get(e).cloned().unwrap_or_default(),
    };
    picked.into_iter().map(one).filter(|e| !e.raw.is_empty()).collect()
}

/// The events of rows that are events themselves: one for each row; none where they are not.
pub(super) fn of_rows(rows: &Batch) -> Vec<Event> {
    let has = |row: &usize| !rows.get("_raw", *row).is_null();
    let one = |row: usize| Event {
        time: rows.get("_time", row).number(),
        stamps: ["source", "sourcetype", "host"].map(|f| rows.get(f, row).to_smol()),
        raw: rows.get("_raw", row).to_smol(),
        rows: vec![row],
    };
    (0..rows.len).filter(has).map(one).collect()
}

impl Hunt<'_> {
    /// The events behind the kept rows of a detection: its first part runs once more. Nothing of it
    /// fails a finding: where it cannot run there are no events.
    pub(super) fn evidence(
        &self,
        ready: &Ready,
        knowledge: Option<&Arc<dyn Knowledge>>,
        inputs: &[Input],
        subsearches: Arc<dyn Subsearches>,
        flag: &Arc<AtomicBool>,
        rows: &Batch,
    ) -> Vec<Event> {
        let run = || -> Result<Vec<Event>, RunError> {
            let cx = RunCx::with_stop(Arc::clone(&self.host), Arc::clone(flag));
            let cx = cx.with_subsearches(subsearches);
            let Some(plan) = ready.planned_anew(knowledge) else { return Ok(Vec::new()) };
            let plan = plan.resolve(&cx)?.unwrap_or(plan);
            let plan = plan.into_events(Looked::MOST, &Looked::fields(rows));
            let Some(plan) = plan else { return Ok(Vec::new()) };
            let (events, _) = run_to_batch(&plan, inputs, &self.run_options(), &cx)?;
            Ok(behind(&events, rows, self.options.events))
        };
        run().unwrap_or_default()
    }
}
