//! One result becomes risk events.

use super::annotations::annotations;
use super::{Row, fill_tokens, values};
use crate::{Detection, Note};
use sepal_data::time::{Time, TimeZone, strptime};
use serde_json::{Map, Number, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt::Write;

/// The risk events of one result and what was missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskEvents {
    /// One object per risk object and value. `risk_event_id` comes first.
    pub events: Vec<Map<String, Value>>,
    /// Fields without a value, and tokens that stay unfilled.
    pub notes: Vec<Note>,
}

/// The time range and the clock of the search whose results become risk events; microseconds since
/// the epoch.
#[derive(Clone, Debug)]
pub struct SearchTimes {
    /// Where its time range begins; none for all time.
    pub earliest: Option<i64>,
    /// Where it ends.
    pub latest: Option<i64>,
    /// What `now()` is.
    pub now: i64,
    /// The zone of times that name none.
    pub zone: TimeZone,
}

impl SearchTimes {
    /// `info_min_time` as `addinfo` gives it.
    pub fn info_min_time(&self) -> String {
        self.earliest.and_then(Time::from_micros).map_or("0.000".to_owned(), millis)
    }

    /// `info_max_time`; `+Infinity` where the range has no end.
    pub fn info_max_time(&self) -> String {
        self.latest.and_then(Time::from_micros).map_or("+Infinity".to_owned(), millis)
    }

    /// When a result happened: its `_time`, else its `lastTime`, else its `firstTime`, else the end of
    /// the search's range, else now.
    ///
    /// ES stamps a result without `_time` with the time at which it writes it. Recorded events are
    /// older than that, and correlations look at what happened within hours.
    fn of(&self, row: &(impl Row + ?Sized)) -> i64 {
        let now = Time::from_micros(self.now).unwrap_or(Time::EPOCH);
        let read = |text: &String| match text.trim().parse::<f64>() {
            Ok(seconds) => Time::from_secs_f64(seconds),
            Err(_) => strptime(text.trim(), "%Y-%m-%dT%H:%M:%S", &self.zone, now),
        };
        let names = ["_time", "lastTime", "firstTime"];
        let found = names.iter().find_map(|name| values(row, name).iter().find_map(read));
        let last = || self.latest.map_or(self.now, |t| t.saturating_sub(1).min(self.now));
        found.map_or_else(last, Time::as_micros)
    }
}

fn millis(time: Time) -> String {
    let micros = time.as_micros();
    format!("{}.{:03}", micros.div_euclid(1_000_000), micros.rem_euclid(1_000_000) / 1000)
}

/// The fields of a result that its risk event does not have.
///
/// Source: `cim_actions.py` of the Common Information Model Add-on, as are [`MAPPED`] and the form of
/// `_raw`.
fn dropped(name: &str) -> bool {
    (name.starts_with('_') && !matches!(name, "_raw" | "_time"))
        || name.starts_with("date_")
        || matches!(name, "punct" | "sid" | "rid" | "orig_sid" | "orig_rid")
}

/// The fields that are called `orig_...` there; so are those that begin with `tag::`.
const MAPPED: [&str; 15] = [
    "_time",
    "_raw",
    "splunk_server",
    "index",
    "source",
    "sourcetype",
    "host",
    "linecount",
    "timestartpos",
    "timeendpos",
    "eventtype",
    "tag",
    "search_name",
    "event_hash",
    "event_id",
];

fn mapped(name: &str) -> bool {
    name.starts_with("tag::") || MAPPED.contains(&name)
}

/// Makes risk events of one search's results, row by row.
pub struct RiskMaker<'d> {
    detection: &'d Detection,
    times: Option<SearchTimes>,
    annotations: Map<String, Value>,
    /// How often a result like this one came before: two that are the same are two.
    seen: HashMap<[u8; 16], u64>,
}

impl<'d> RiskMaker<'d> {
    /// For a detection; without times events have no `_time` and say nothing of the search.
    pub fn new(detection: &'d Detection, times: Option<SearchTimes>) -> RiskMaker<'d> {
        RiskMaker { detection, times, annotations: annotations(detection), seen: HashMap::new() }
    }

    /// The risk events of one result row: of each risk object, and of each value of a multivalue. A
    /// risk object whose field is missing, null or empty gives none and a note. A risk score of the
    /// result itself (`risk_score`) does not count: the file's score does.
    ///
    /// They have the fields that ES writes: `search_name`, `savedsearch_description`, `risk_object`,
    /// `risk_object_type`, `risk_score`, `calculated_risk_score`, `risk_message`, `threat_object` and
    /// `threat_object_type` (of the same length), `analyticstories`, `annotations` and its parts
    /// (`annotations.mitre_attack.mitre_tactic`...), the fields of the result (`orig_time`,
    /// `orig_source`... for those that the event has itself), `info_min_time`, `info_max_time` and
    /// `info_search_time`. Ours are `detection_id`, `risk_object_field`, and `threat_objects`
    /// (`[{field, value, type}]`).
    ///
    /// `risk_event_id` follows from the detection, the risk object, the row, and how many rows were
    /// the same before: a hunt that is repeated gives the same.
    ///
    /// Source: help.splunk.com Enterprise Security, "Risk Analysis adaptive response action"; field
    /// names as in contentctl's `objects/risk_event.py`.
    pub fn events(&mut self, row: &impl Row) -> RiskEvents {
        let mut out = RiskEvents::default();
        let threats = self.threats(row, &mut out.notes);
        let mut base: Option<[u8; 16]> = None;
        for object in &self.detection.risk.risk_objects {
            let message = object.message.as_deref().unwrap_or(&self.detection.risk.message);
            let (filled, missing) = fill_tokens(message, row);
            for token in missing {
                let text = format!("risk message: `${token}$` has no value in the row and stays");
                let note = Note::new("SPL5202", text);
                if !out.notes.contains(&note) {
                    out.notes.push(note);
                }
            }
            let found = values(row, &object.field);
            if found.is_empty() {
                let message = format!(
                    "risk object `{}` ({}): the field has no value in the row, no risk event",
                    object.field, object.kind
                );
                out.notes.push(Note::new("SPL5201", message));
            }
            for value in found {
                let base = *base.get_or_insert_with(|| number(self.detection, row, &mut self.seen));
                let id = id(base, [&object.field, &object.kind, &value]);
                let mut event = Map::new();
                let mut put = |key: &str, value: Value| event.insert(key.to_owned(), value);
                put("risk_event_id", id.into());
                put("search_name", self.detection.saved_search_name().into());
                put("detection_id", self.detection.id.as_str().into());
                put("risk_object", value.as_str().into());
                put("risk_object_type", object.kind.as_str().into());
                put("risk_object_field", object.field.as_str().into());
                put("normalized_risk_object", value.into());
                put("risk_score", score(object.score));
                put("calculated_risk_score", score(object.score));
                put("risk_message", filled.as_str().into());
                self.finish(event, row, &threats, &mut out.events);
            }
        }
        out
    }

    /// All that does not depend on the risk object.
    fn finish(
        &self,
        mut event: Map<String, Value>,
        row: &impl Row,
        threats: &[Value],
        out: &mut Vec<Map<String, Value>>,
    ) {
        let d = self.detection;
        let mut put = |key: &str, value: Value| event.insert(key.to_owned(), value);
        for (name, part) in
            [("threat_object", "value"), ("threat_object_type", "type"), ("threat_objects", "")]
        {
            let list = threats.iter().map(|t| t.get(part).unwrap_or(t).clone());
            if name == "threat_objects" || !threats.is_empty() {
                put(name, list.collect());
            }
        }
        put("analyticstories", d.analytic_story.clone().into());
        self.annotations.iter().for_each(|(name, value)| {
            put(name, value.clone());
        });
        if !d.description.is_empty() {
            put("savedsearch_description", d.description.as_str().into());
        }
        if let Some(times) = &self.times {
            put("info_min_time", times.info_min_time().into());
            put("info_max_time", times.info_max_time().into());
            put("info_search_time", Time::from_micros(times.now).map(millis).into());
        }
        row.each(&mut |name, value| {
            let empty = value.is_null() || value.as_str().is_some_and(str::is_empty);
            // one that is called like a mapped one gives way to it
            let covered = name.strip_prefix("orig_").is_some_and(|n| {
                MAPPED.iter().any(|m| m.trim_start_matches('_') == n && there(row, m))
            });
            if empty || dropped(name) || covered {
                return;
            }
            let name = match mapped(name) {
                true => format!("orig_{}", name.trim_start_matches('_')),
                false => name.to_owned(),
            };
            event.entry(name).or_insert_with(|| value.clone());
        });
        if let Some(times) = &self.times {
            let time = Time::from_micros(times.of(row)).unwrap_or(Time::EPOCH);
            event.insert("_raw".to_owned(), raw(time, &event).into());
            event.insert("_time".to_owned(), time_number(time));
            event.insert("index".to_owned(), "risk".into());
            event.insert("source".to_owned(), d.saved_search_name().into());
            event.insert("sourcetype".to_owned(), "stash".into());
        }
        out.push(event);
    }

    fn threats(&self, row: &impl Row, notes: &mut Vec<Note>) -> Vec<Value> {
        let mut threats = Vec::new();
        for object in &self.detection.risk.threat_objects {
            let found = values(row, &object.field);
            if found.is_empty() {
                let message = format!(
                    "threat object `{}` ({}): the field has no value in the row",
                    object.field, object.kind
                );
                notes.push(Note::new("SPL5203", message));
            }
            let one = |value| json!({ "field": object.field, "value": value, "type": object.kind });
            threats.extend(found.into_iter().map(one));
        }
        threats
    }
}

fn there(row: &impl Row, name: &str) -> bool {
    !values(row, name).is_empty()
}

/// The risk events of one result row, without times: see [`RiskMaker::events`].
pub fn risk_events(detection: &Detection, row: &impl Row) -> RiskEvents {
    RiskMaker::new(detection, None).events(row)
}

/// The number of a row among all rows of all detections.
fn number(d: &Detection, row: &impl Row, seen: &mut HashMap<[u8; 16], u64>) -> [u8; 16] {
    let mut fields: Vec<(&str, &Value)> = Vec::new();
    row.each(&mut |name, value| {
        if !dropped(name) && !name.starts_with("info_") && !value.is_null() {
            fields.push((name, value));
        }
    });
    fields.sort_unstable_by_key(|(name, _)| *name);
    let key = if d.id.is_empty() { &d.name } else { &d.id };
    let mut hash = Sha256::new();
    part(&mut hash, key.as_bytes());
    for (name, value) in fields {
        part(&mut hash, name.as_bytes());
        part(&mut hash, value.to_string().as_bytes());
    }
    let first = short(hash.clone());
    let before = seen.entry(first).or_default();
    part(&mut hash, &before.to_le_bytes());
    *before += 1;
    short(hash)
}

fn id(base: [u8; 16], object: [&str; 3]) -> String {
    let mut hash = Sha256::new();
    hash.update(base);
    object.iter().for_each(|text| part(&mut hash, text.as_bytes()));
    let mut out = String::with_capacity(32);
    for byte in short(hash) {
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update((bytes.len() as u64).to_le_bytes());
    hash.update(bytes);
}

fn short(hash: Sha256) -> [u8; 16] {
    let mut out = [0; 16];
    out.iter_mut().zip(hash.finalize()).for_each(|(to, from)| *to = from);
    out
}

/// A whole score prints without a fraction.
fn score(score: f64) -> Value {
    let whole = score.fract() == 0.0 && score.abs() < 1e15;
    let number = if whole { Some(Number::from(score as i64)) } else { Number::from_f64(score) };
    number.map_or(Value::Null, Value::Number)
}

fn time_number(time: Time) -> Value {
    match time.subsec_micros() {
        0 => time.as_secs().into(),
        _ => Number::from_f64(time.as_secs_f64()).map_or(Value::Null, Value::Number),
    }
}

/// The event's text: its time, `search_name`, then all fields by name, a multivalue's one by one.
fn raw(time: Time, event: &Map<String, Value>) -> String {
    let mut out = time.epoch_text();
    let mut put = |name: &str, value: &Value| {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let text = text.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = write!(out, ", {name}=\"{text}\"");
    };
    let mut names: Vec<&String> = event.keys().collect();
    names.retain(|n| *n != "search_name" && *n != "threat_objects");
    names.sort_unstable();
    let first = "search_name".to_owned();
    for name in std::iter::once(&first).chain(names) {
        match event.get(name) {
            Some(Value::Array(all)) => all.iter().for_each(|value| put(name, value)),
            Some(value) => put(name, value),
            None => {}
        }
    }
    out
}
