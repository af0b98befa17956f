//! Findings as tables, or as a JSON object each.

use super::{Hunted, code, failures, file_name, html, named, navigator, views};
use crate::args::{HuntBy, HuntFormat};
use crate::engine::Results;
use crate::output::{self, Format, Hidden, Style, json_visible};
use sepal_content::attack;
use sepal_data::time::Time;
use sepal_data::{FieldName, Value};
use sepal_exec::run::rows_to_json;
use sepal_hunt::{Entity, Event, Failure, Finding, Ready};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};

/// As many entities are named in a table.
const NAMED: usize = 3;

pub(super) fn write(hunted: &Hunted<'_>, style: &Style, out: &mut dyn Write) -> io::Result<Hidden> {
    let format = match hunted.args.format {
        HuntFormat::Ndjson => return lines(hunted, out).map(|()| Hidden::default()),
        HuntFormat::Html => return html::write(hunted, out).map(|()| Hidden::default()),
        HuntFormat::Navigator => return navigator::write(hunted, out).map(|()| Hidden::default()),
        HuntFormat::Text => Format::Table,
        HuntFormat::Csv => Format::Csv,
        HuntFormat::Markdown => Format::Md,
    };
    let style = Style { paint: Some(views::paint), ..style.clone() };
    output::write(format, &table(hunted), &style, out)
}

/// The table that is asked for.
pub(super) fn table(hunted: &Hunted<'_>) -> Results {
    match hunted.args.by {
        HuntBy::Finding => by_finding(hunted),
        HuntBy::Severity => views::by_severity(hunted),
        HuntBy::Technique => views::by_technique(hunted),
        HuntBy::Entity => views::by_entity(hunted),
    }
}

/// A row a finding.
fn by_finding(hunted: &Hunted<'_>) -> Results {
    let whole = hunted.args.format == HuntFormat::Csv;
    let mut columns: Vec<&str> =
        vec!["detection", "severity", "score", "rows", "techniques", "entities"];
    if named(hunted) {
        columns.insert(0, "input");
    }
    if whole {
        columns.extend(["id", "file", "type", "tactics", "first_time", "last_time"]);
    }
    let report = hunted.report;
    let rows = report.findings.iter().filter(|f| f.rows > 0).filter_map(|f| {
        let ready = hunted.loaded.ready.get(f.detection)?;
        let mut row = cells(ready, f, whole);
        if named(hunted) {
            let name = report.sets.get(f.set).map_or("", |s| s.name.as_str());
            let name = if whole { name } else { file_name(name) };
            row.insert(0, Value::text_of(name));
        }
        Some(row)
    });
    Results { columns: columns.into_iter().map(FieldName::new).collect(), rows: rows.collect() }
}

fn cells(ready: &Ready, f: &Finding, whole: bool) -> Vec<Value> {
    let d = &ready.detection;
    let list = |all: &mut dyn Iterator<Item = String>| match whole {
        true => Value::from_members(all.map(Value::text_of)),
        false => Value::text_of(all.collect::<Vec<_>>().join(", ")),
    };
    let entities = match whole || f.entities.len() <= NAMED {
        true => list(&mut f.entities.iter().map(entity)),
        false => {
            let more = format!("{} more", f.entities.len() - NAMED);
            list(&mut f.entities.iter().take(NAMED).map(entity).chain([more]))
        }
    };
    let mut row = vec![
        Value::text_of(&d.name),
        Value::text_of(ready.severity().name()),
        ready.score().map_or(Value::Null, Value::Num),
        Value::Num(f.rows as f64),
        list(&mut d.mitre_attack_id.iter().cloned()),
        entities,
    ];
    if whole {
        let time = |secs: Option<f64>| secs.map_or(Value::Null, Value::Num);
        row.extend([
            Value::text_of(&d.id),
            Value::text_of(&d.file),
            Value::text_of(&d.detection_type),
            list(&mut tactics(ready).into_iter().map(str::to_owned)),
            time(f.times.first),
            time(f.times.last),
        ]);
    }
    row
}

/// `user:eve`
pub(super) fn entity(e: &Entity) -> String {
    match e.kind.is_empty() {
        true => e.value.to_string(),
        false => format!("{}:{}", e.kind, e.value),
    }
}

/// The tactics of a detection's techniques, each once, in the order of the matrix.
fn tactics(ready: &Ready) -> Vec<&'static str> {
    let ids = &ready.detection.mitre_attack_id;
    let all: Vec<_> = ids
        .iter()
        .filter_map(|id| attack::technique(id))
        .flat_map(|t| t.tactics.iter().copied())
        .collect();
    attack::TACTICS.iter().filter(|t| all.contains(t)).map(|t| t.name).collect()
}

/// What cannot run, what could not be read, then the findings.
fn lines(hunted: &Hunted<'_>, out: &mut dyn Write) -> io::Result<()> {
    for (failed, inputs) in failures(hunted) {
        put(out, of_failure(failed, &inputs))?;
    }
    for set in &hunted.report.sets {
        for e in &set.errors {
            let mut object = Map::new();
            object.insert("input".to_owned(), set.name.as_str().into());
            let error = json!({ "code": code(e), "message": e.to_string() });
            object.insert("error".to_owned(), error);
            put(out, object)?;
        }
    }
    findings(hunted, out)
}

/// A line a finding.
pub(super) fn findings(hunted: &Hunted<'_>, out: &mut dyn Write) -> io::Result<()> {
    for f in &hunted.report.findings {
        let Some(ready) = hunted.loaded.ready.get(f.detection) else { continue };
        let input = hunted.report.sets.get(f.set).map_or("", |s| s.name.as_str());
        if f.error.is_none() {
            put(out, of_finding(ready, f, input))?;
        }
    }
    Ok(())
}

fn put(out: &mut dyn Write, object: Map<String, Json>) -> io::Result<()> {
    writeln!(out, "{}", json_visible(&Json::Object(object).to_string()))
}

pub(super) fn of_failure(f: &Failure, inputs: &[&str]) -> Map<String, Json> {
    let mut object = Map::new();
    object.insert("detection".to_owned(), f.name.as_str().into());
    object.insert("id".to_owned(), f.id.as_str().into());
    object.insert("file".to_owned(), f.file.as_str().into());
    if !inputs.is_empty() {
        object.insert("inputs".to_owned(), inputs.into());
    }
    let error = json!({ "code": f.code, "message": f.message, "place": f.place });
    object.insert("error".to_owned(), error);
    object
}

/// A number of JSON: a whole one without a fraction.
pub(super) fn number(n: Option<f64>) -> Json {
    n.map_or(Json::Null, |n| Value::Num(n).to_json())
}

/// The techniques with what ATT&CK says of them: no name and no tactics where it does not know them.
pub(super) fn techniques(ready: &Ready) -> Vec<Json> {
    let one = |id: &String| {
        let known = attack::technique(id);
        let name = known.map(attack::Technique::full_name).unwrap_or_default();
        let tactics: Vec<&str> =
            known.map(|t| t.tactics.iter().map(|t| t.name).collect()).unwrap_or_default();
        json!({ "id": id, "name": name, "tactics": tactics })
    };
    ready.detection.mitre_attack_id.iter().map(one).collect()
}

pub(super) fn of_event(e: &Event) -> Json {
    let [source, sourcetype, host] = &e.stamps;
    json!({
        "time": number(e.time),
        "source": source.as_str(),
        "sourcetype": sourcetype.as_str(),
        "host": host.as_str(),
        "raw": e.raw.as_str(),
        "rows": e.rows,
    })
}

/// `2026-02-11T08:00:00Z`, with microseconds where there are any.
pub(super) fn iso(secs: Option<f64>) -> Json {
    let time = secs.and_then(Time::from_secs_f64);
    let stamp = time.and_then(|t| jiff::Timestamp::from_microsecond(t.as_micros()).ok());
    stamp.map_or(Json::Null, |t| t.to_string().into())
}

pub(super) fn of_finding(ready: &Ready, f: &Finding, input: &str) -> Map<String, Json> {
    let d = &ready.detection;
    let entities = f.entities.iter();
    let entities: Vec<Json> = entities
        .map(|e| {
            let risk = number(Some(e.risk));
            json!({ "type": e.kind, "value": e.value.as_str(), "rows": e.rows, "risk": risk })
        })
        .collect();
    let notices = f.notices.iter();
    let notices: Vec<Json> = notices
        .map(|(n, times)| {
            json!({ "code": n.code, "message": n.message, "times": times, "cuts": n.cuts_result })
        })
        .collect();
    let first: Vec<Json> = rows_to_json(&f.first).into_iter().map(Json::Object).collect();
    let mut object = Map::new();
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    put("detection", d.name.as_str().into());
    put("id", d.id.as_str().into());
    put("file", d.file.as_str().into());
    put("type", d.detection_type.as_str().into());
    put("severity", ready.severity().name().into());
    put("mitre_attack_id", d.mitre_attack_id.clone().into());
    put("techniques", techniques(ready).into());
    put("score", number(ready.score()));
    put("input", input.into());
    put("rows", f.rows.into());
    put("first_time", iso(f.times.first));
    put("last_time", iso(f.times.last));
    put("entities", entities.into());
    put("first_rows", first.into());
    put("events", f.events.iter().map(of_event).collect());
    put("without_events", f.always.into());
    put("notices", notices.into());
    put("error", Json::Null);
    object
}
