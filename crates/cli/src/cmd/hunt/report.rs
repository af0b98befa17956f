//! Findings as a table, as CSV, as Markdown, or as a JSON object each.

use super::{Hunted, code, failures, file_name, named};
use crate::args::HuntFormat;
use crate::engine::Results;
use crate::output::{self, Format, Hidden, Style, json_visible};
use sepal_data::{FieldName, Value};
use sepal_exec::run::rows_to_json;
use sepal_hunt::{Entity, Failure, Finding, Ready};
use serde_json::{Map, Value as Json, json};
use std::io::{self, Write};

/// As many entities are named in a table.
const NAMED: usize = 3;

pub(super) fn write(hunted: &Hunted<'_>, style: &Style, out: &mut dyn Write) -> io::Result<Hidden> {
    let format = match hunted.args.format {
        HuntFormat::Ndjson => return lines(hunted, out).map(|()| Hidden::default()),
        HuntFormat::Text => Format::Table,
        HuntFormat::Csv => Format::Csv,
        HuntFormat::Markdown => Format::Md,
    };
    output::write(format, &table(hunted), style, out)
}

/// A row a finding.
fn table(hunted: &Hunted<'_>) -> Results {
    let whole = hunted.args.format == HuntFormat::Csv;
    let mut columns: Vec<&str> =
        vec!["detection", "type", "score", "rows", "techniques", "entities"];
    if named(hunted) {
        columns.insert(0, "input");
    }
    if whole {
        columns.extend(["id", "file"]);
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
    let entity = |e: &Entity| match e.kind.is_empty() {
        true => e.value.to_string(),
        false => format!("{}:{}", e.kind, e.value),
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
        Value::text_of(&d.detection_type),
        ready.score().map_or(Value::Null, Value::Num),
        Value::Num(f.rows as f64),
        list(&mut d.mitre_attack_id.iter().cloned()),
        entities,
    ];
    if whole {
        row.extend([Value::text_of(&d.id), Value::text_of(&d.file)]);
    }
    row
}

/// What cannot run, what could not be read, then the findings.
fn lines(hunted: &Hunted<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut put = |object: Map<String, Json>| {
        writeln!(out, "{}", json_visible(&Json::Object(object).to_string()))
    };
    for (failed, inputs) in failures(hunted) {
        put(of_failure(failed, &inputs))?;
    }
    for set in &hunted.report.sets {
        for e in &set.errors {
            let mut object = Map::new();
            object.insert("input".to_owned(), set.name.as_str().into());
            let error = json!({ "code": code(e), "message": e.to_string() });
            object.insert("error".to_owned(), error);
            put(object)?;
        }
    }
    for f in &hunted.report.findings {
        let Some(ready) = hunted.loaded.ready.get(f.detection) else { continue };
        let input = hunted.report.sets.get(f.set).map_or("", |s| s.name.as_str());
        if f.error.is_none() {
            put(of_finding(ready, f, input))?;
        }
    }
    Ok(())
}

fn of_failure(f: &Failure, inputs: &[&str]) -> Map<String, Json> {
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

fn of_finding(ready: &Ready, f: &Finding, input: &str) -> Map<String, Json> {
    let d = &ready.detection;
    let entities = f.entities.iter();
    let entities: Vec<Json> = entities
        .map(|e| json!({ "type": e.kind, "value": e.value.as_str(), "rows": e.rows }))
        .collect();
    let notices = f.notices.iter();
    let notices: Vec<Json> = notices
        .map(|(n, times)| {
            json!({ "code": n.code, "message": n.message, "times": times, "cuts": n.cuts_result })
        })
        .collect();
    let first: Vec<Json> = rows_to_json(&f.first).into_iter().map(Json::Object).collect();
    let score = ready.score().map_or(Json::Null, |s| Value::Num(s).to_json());
    let mut object = Map::new();
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    put("detection", d.name.as_str().into());
    put("id", d.id.as_str().into());
    put("file", d.file.as_str().into());
    put("type", d.detection_type.as_str().into());
    put("mitre_attack_id", d.mitre_attack_id.clone().into());
    put("score", score);
    put("input", input.into());
    put("rows", f.rows.into());
    put("entities", entities.into());
    put("first_rows", first.into());
    put("without_events", f.always.into());
    put("notices", notices.into());
    put("error", Json::Null);
    object
}
