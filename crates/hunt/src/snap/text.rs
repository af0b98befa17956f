//! What a detection found, as a text in which a difference is a line.
//!
//! First what was run, as `key: value`. Then sections that begin with `# `: the rows, the risk
//! events, the run. Each row begins with the line `row`, its fields follow as `  name: value`, the
//! members of a multivalue as `    - value`. A field without a value is left out; a text that would
//! be mistaken for another is a JSON string. Numbers and texts of digits look alike, as in Splunk.

use super::{REDACTED, Run, Snapper};
use sepal_content::{Detection, risk_events};
use sepal_data::time::{Time, strftime};
use sepal_exec::scan::Input;
use sepal_parser::Diagnostic;
use serde_json::{Map, Value};
use std::fmt::Write;

/// The names of inputs, each with what its events are stamped with.
pub(super) fn inputs(inputs: &[Input]) -> Vec<String> {
    let one = |input: &Input| {
        let m = &input.meta;
        let all = [
            ("source", &m.source),
            ("sourcetype", &m.sourcetype),
            ("index", &m.index),
            ("host", &m.host),
        ];
        let stamps = all.into_iter().filter_map(|(name, v)| Some((name, v.as_ref()?)));
        let stamps: Vec<String> = stamps.map(|(name, v)| format!("{name}={}", plain(v))).collect();
        match stamps.is_empty() {
            true => plain(&input.name),
            false => format!("{} ({})", plain(&input.name), stamps.join(", ")),
        }
    };
    inputs.iter().map(one).collect()
}

pub(super) fn text(
    snapper: &Snapper<'_>,
    detection: &Detection,
    test: Option<&str>,
    inputs: &[String],
    run: &Run,
) -> String {
    let mut out = String::new();
    // writing to a String never fails
    let _ = writeln!(out, "detection: {}", plain(&detection.name));
    if let Some(test) = test {
        let _ = writeln!(out, "test: {}", plain(test));
    }
    for input in inputs {
        let _ = writeln!(out, "events: {input}");
    }
    let _ = writeln!(out, "now: {}", now(snapper));
    let hidden: Vec<String> = snapper.redact.iter().map(|p| plain(p.text())).collect();
    if !hidden.is_empty() {
        let _ = writeln!(out, "redacted: {}", hidden.join(", "));
    }
    let rows: Vec<Map<String, Value>> = run.rows.iter().map(|row| redacted(snapper, row)).collect();
    let _ = writeln!(out, "\n# rows: {}\n", rows.len());
    for row in &rows {
        out.push_str("row\n");
        for (name, value) in row {
            field(&mut out, name, value);
        }
        out.push('\n');
    }
    risk(&mut out, detection, &rows);
    summary(&mut out, run);
    out
}

fn now(snapper: &Snapper<'_>) -> String {
    let zone = snapper.host.time_zone();
    match Time::from_micros(snapper.host.now()) {
        Some(now) => strftime(now, "%Y-%m-%d %H:%M:%S %Z", zone),
        None => snapper.host.now().to_string(),
    }
}

/// A row as it is shown, before anything else reads it: a risk message must not tell what the row
/// hides.
fn redacted(snapper: &Snapper<'_>, row: &Map<String, Value>) -> Map<String, Value> {
    let zone = snapper.host.time_zone();
    let one = |(name, value): (&String, &Value)| {
        let value = match value {
            Value::Null => Value::Null,
            _ if snapper.redact.iter().any(|p| p.is_match(name)) => REDACTED.into(),
            value if name == "_time" => time(value, zone).map_or(value.clone(), Value::String),
            value => value.clone(),
        };
        (name.clone(), value)
    };
    row.iter().map(one).collect()
}

/// `_time` as a date: seconds since 1970 tell a reader nothing.
fn time(value: &Value, zone: &jiff::tz::TimeZone) -> Option<String> {
    let secs = match value {
        Value::Number(n) => n.as_f64()?,
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    let time = Time::from_secs_f64(secs)?;
    let micros = time.as_micros().rem_euclid(1_000_000);
    let form = match micros {
        0 => "%Y-%m-%d %H:%M:%S",
        n if n % 1000 == 0 => "%Y-%m-%d %H:%M:%S.%3N",
        _ => "%Y-%m-%d %H:%M:%S.%6N",
    };
    Some(strftime(time, form, zone))
}

fn field(out: &mut String, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(members) => {
            let _ = writeln!(out, "  {}:", key(name));
            for member in members {
                let _ = writeln!(out, "    - {}", cell(member));
            }
        }
        value => {
            let _ = writeln!(out, "  {}: {}", key(name), cell(value));
        }
    }
}

fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text),
        other => other.to_string(),
    }
}

fn key(name: &str) -> String {
    if name.contains(": ") || name.ends_with(':') { quoted(name) } else { plain(name) }
}

/// A text as it is where it reads as itself on one line, else as a JSON string.
fn plain(text: &str) -> String {
    let edge = |c: char| c.is_whitespace() || c == '"';
    let as_it_is =
        !text.is_empty() && !text.starts_with(edge) && !text.ends_with(char::is_whitespace);
    if as_it_is && !text.chars().any(unseen) { text.to_owned() } else { quoted(text) }
}

/// A JSON string that has no character in it that nobody sees.
fn quoted(text: &str) -> String {
    let json = Value::String(text.to_owned()).to_string();
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if unseen(c) {
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Controls, and what changes the direction of a text or hides in it.
fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

fn risk(out: &mut String, detection: &Detection, rows: &[Map<String, Value>]) {
    let (mut events, mut notes) = (Vec::new(), Vec::<String>::new());
    for row in rows {
        let risk = risk_events(detection, row);
        events.extend(risk.events);
        for note in risk.notes {
            let note = format!("note: {} {}", note.code, plain(&note.message));
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    let _ = writeln!(out, "# risk events: {}\n", events.len());
    for event in &events {
        out.push_str("risk\n");
        let keys = ["risk_object", "risk_object_type", "risk_score", "risk_message"];
        for name in keys {
            field(out, name, event.get(name).unwrap_or(&Value::Null));
        }
        let threats = event.get("threat_objects").and_then(Value::as_array);
        let of = |t: &Value, key: &str| t.get(key).map(cell).unwrap_or_default();
        let threats: Vec<Value> = threats
            .into_iter()
            .flatten()
            .map(|t| format!("{} ({})", of(t, "value"), of(t, "type")).into())
            .collect();
        if !threats.is_empty() {
            field(out, "threat_objects", &Value::Array(threats));
        }
        out.push('\n');
    }
    for note in &notes {
        let _ = writeln!(out, "{note}");
    }
    if !notes.is_empty() {
        out.push('\n');
    }
}

/// What was read and what each command took and gave.
fn summary(out: &mut String, run: &Run) {
    out.push_str("# run\n\n");
    let scan = &run.summary.scan;
    let _ = writeln!(out, "events read: {}", scan.events);
    if scan.damaged > 0 {
        let _ = writeln!(out, "damaged events: {}", scan.damaged);
    }
    for (n, stage) in run.stages.iter().enumerate() {
        let text = plain(&stage.text);
        let _ = match n == 0 && !run.reads_events {
            true => writeln!(out, "{text}"),
            false => writeln!(out, "{} -> {}  {text}", stage.rows_in, stage.rows_out),
        };
    }
    let warnings = run.warnings.iter().map(|d: &Diagnostic| (d.code, d.message.as_str()));
    let notices = run.summary.notices.iter().map(|(n, _)| (n.code, n.message.as_str()));
    for (code, message) in warnings.chain(notices) {
        let _ = writeln!(out, "warning: {code} {}", plain(message));
    }
}
