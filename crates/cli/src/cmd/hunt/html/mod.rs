//! The report for a browser: one file that asks for nothing from elsewhere.
//!
//! Events are texts of attackers. They reach the page only as JSON in which no `<` stands, are set
//! by the script as text and never as markup, and the page's own policy lets no script run but this
//! one.

use super::report::{number, of_finding};
use super::{Hunted, code, failures, left_out};
use crate::cmd::{count, footer};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sepal_content::{attack, fill_tokens};
use sepal_exec::run::rows_to_json;
use sepal_hunt::{Finding, Ready};
use serde_json::{Map, Value as Json, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};

const PAGE: &str = include_str!("report.html");
const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The most bytes of an event's text, and of one value of a row.
const LONGEST: usize = 16 << 10;

/// The most bytes of all texts of events together.
const ALL: usize = 24 << 20;

/// The most entities of a finding.
const ENTITIES: usize = 500;

pub(super) fn write(hunted: &Hunted<'_>, out: &mut dyn Write) -> io::Result<()> {
    let data = escaped(&data(hunted).to_string());
    let mut rest = PAGE;
    while let Some((before, after)) = rest.split_once("{{") {
        out.write_all(before.as_bytes())?;
        let (name, after) = after.split_once("}}").unwrap_or(("", after));
        let text = match name {
            "script_hash" => hash(SCRIPT),
            "style_hash" => hash(STYLE),
            "style" => STYLE.to_owned(),
            "script" => SCRIPT.to_owned(),
            _ => String::new(),
        };
        out.write_all(if name == "data" { data.as_bytes() } else { text.as_bytes() })?;
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// What a policy lets run.
fn hash(text: &str) -> String {
    format!("sha256-{}", STANDARD.encode(Sha256::digest(text.as_bytes())))
}

/// JSON that can stand in a script element: nothing in it ends the element or begins a comment.
fn escaped(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + json.len() / 16);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                out.push_str(&format!("\\u{:04x}", c as u32));
            }
            c => out.push(c),
        }
    }
    out
}

/// What the script shows.
fn data(hunted: &Hunted<'_>) -> Json {
    let report = hunted.report;
    let (mut left, mut cut) = (ALL, false);
    let mut parents = BTreeMap::new();
    let found = report.findings.iter().filter(|f| f.error.is_none() && f.rows > 0);
    let findings: Vec<Json> = found
        .filter_map(|f| {
            let ready = hunted.loaded.ready.get(f.detection)?;
            for id in &ready.detection.mitre_attack_id {
                let parent = id.split('.').next().unwrap_or(id);
                let name = attack::technique(parent).map_or("", |t| t.name);
                parents.insert(parent, name);
            }
            let input = report.sets.get(f.set).map_or("", |s| s.name.as_str());
            Some(finding(ready, f, input, &mut left, &mut cut))
        })
        .collect();
    let inputs: Vec<Json> = report
        .sets
        .iter()
        .map(|s| {
            let errors = s.errors.iter().map(|e| format!("{}: {e}", code(e)));
            let told = s.notices.iter().map(|(n, _)| format!("{}: {}", n.code, n.message));
            let errors: Vec<String> = errors.chain(told).collect();
            json!({
                "name": s.name,
                "events": s.events,
                "bytes": s.bytes,
                "damaged": s.damaged,
                "errors": errors,
            })
        })
        .collect();
    let failed: Vec<Json> = failures(hunted)
        .into_iter()
        .map(|(f, _)| {
            json!({
                "detection": f.name,
                "file": f.file,
                "code": f.code,
                "message": f.message,
                "place": f.place,
            })
        })
        .collect();
    let tactics: Vec<Json> =
        attack::TACTICS.iter().map(|t| json!({ "id": t.id, "name": t.name })).collect();
    let cut = cut.then(|| {
        format!("Texts of events are left out: only {} of them are kept", footer::bytes(ALL as u64))
    });
    let stopped = report.stopped.then(|| {
        let (done, total) = (report.done, report.total);
        format!("The hunt was stopped: {done} of {total} runs of a detection were done.")
    });
    json!({
        "about": about(hunted),
        "made": format!("sepal {}, {} UTC", env!("CARGO_PKG_VERSION"), made(hunted)),
        "per_input": hunted.args.per_input,
        "attack_version": attack::VERSION,
        "tactics": tactics,
        "parents": parents,
        "inputs": inputs,
        "failed": failed,
        "left_out": left_out(&hunted.loaded.left_out).trim_end(),
        "cut": cut,
        "stopped": stopped,
        "findings": findings,
    })
}

/// `12 findings; 1,350 detections over 4,211 events`
fn about(hunted: &Hunted<'_>) -> String {
    let read = || hunted.report.sets.iter().filter(|s| !s.of_risk);
    let events: u64 = read().map(|s| s.events).sum();
    let bytes: u64 = read().map(|s| s.bytes).sum();
    let names: Vec<&str> = read().map(|s| s.name.as_str()).collect();
    let of = match names.as_slice() {
        [one] => (*one).to_owned(),
        all => count(all.len() as u64, "input"),
    };
    let detections = count(hunted.loaded.ready.len() as u64, "detection");
    format!("{detections} over {} ({}) of {of}", count(events, "event"), footer::bytes(bytes))
}

fn made(hunted: &Hunted<'_>) -> String {
    let time = jiff::Timestamp::from_microsecond(hunted.now).unwrap_or_default();
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// As in ndjson, with what else is read in a report; long texts are cut.
fn finding(ready: &Ready, f: &Finding, input: &str, left: &mut usize, any_cut: &mut bool) -> Json {
    let d = &ready.detection;
    let mut object = of_finding(ready, f, input);
    // as the first row fills it in
    let rows = rows_to_json(&f.first);
    let message = d.risk.message.trim();
    let message =
        rows.first().map_or_else(|| message.to_owned(), |row| fill_tokens(message, row).0);
    let mut put = |key: &str, value: Json| object.insert(key.to_owned(), value);
    put("first_time", number(f.times.first));
    put("last_time", number(f.times.last));
    put("always", f.always.into());
    put("message", message.into());
    put("description", d.description.trim().into());
    put("analytic_story", d.analytic_story.clone().into());
    for key in ["error", "without_events", "mitre_attack_id"] {
        object.remove(key);
    }
    if let Some(Json::Array(all)) = object.get_mut("techniques") {
        for technique in all.iter_mut().filter_map(Json::as_object_mut) {
            let id = technique.get("id").and_then(Json::as_str).unwrap_or_default();
            let own = attack::technique(id).map_or("", |t| t.name);
            let url = attack::page(id);
            technique.insert("own".to_owned(), own.into());
            technique.insert("url".to_owned(), url.into());
        }
    }
    if let Some(Json::Array(all)) = object.get_mut("entities") {
        all.truncate(ENTITIES);
    }
    if let Some(Json::Array(all)) = object.get_mut("events") {
        for event in all.iter_mut().filter_map(Json::as_object_mut) {
            cut_values(event, left, any_cut);
        }
    }
    if let Some(Json::Array(all)) = object.get_mut("first_rows") {
        for row in all.iter_mut().filter_map(Json::as_object_mut) {
            // it is shown as the row's event
            row.remove("_raw");
            cut_values(row, left, any_cut);
        }
    }
    Json::Object(object)
}

fn cut_values(of: &mut Map<String, Json>, left: &mut usize, any_cut: &mut bool) {
    let mut one = |text: &mut String| {
        let mut keep = text.len().min(LONGEST);
        while !text.is_char_boundary(keep) {
            keep -= 1;
        }
        if keep > *left {
            *any_cut = true;
            text.clear();
            text.push_str("[left out]");
            return;
        }
        *left -= keep;
        if keep < text.len() {
            let more = count((text.len() - keep) as u64, "more byte");
            text.truncate(keep);
            text.push_str(&format!(" [... {more}]"));
        }
    };
    for value in of.values_mut() {
        match value {
            Json::String(text) => one(text),
            Json::Array(all) => {
                let texts = all.iter_mut().filter_map(|v| match v {
                    Json::String(text) => Some(text),
                    _ => None,
                });
                texts.for_each(&mut one);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of an event cannot end the element, and it is the same text for whoever parses it.
    #[test]
    fn data_cannot_leave_its_element() {
        let text =
            "</script><script>alert(1)</script><!-- <img src=x onerror=alert(1)> &lt;\u{2028}";
        let json = json!({ "a": text }).to_string();
        let safe = escaped(&json);
        assert!(!safe.contains(['<', '>', '&', '\u{2028}']), "{safe}");
        let back: Json = serde_json::from_str(&safe).unwrap();
        assert_eq!(back["a"], text);
    }

    #[test]
    fn long_texts_are_cut_and_say_so() {
        let mut of = Map::new();
        of.insert("raw".to_owned(), "ü".repeat(LONGEST).into());
        let (mut left, mut cut) = (ALL, false);
        cut_values(&mut of, &mut left, &mut cut);
        let text = of["raw"].as_str().unwrap();
        assert!(text.ends_with("ü [... 16,384 more bytes]"), "{}", &text[text.len() - 40..]);
        assert!(!cut && left == ALL - LONGEST);
        let mut none = 3;
        of.insert("raw".to_owned(), "four".into());
        cut_values(&mut of, &mut none, &mut cut);
        assert!(cut && of["raw"] == "[left out]");
    }

    /// The page names nothing outside itself but ATT&CK's links, which are followed only by a click.
    #[test]
    fn the_page_asks_for_nothing() {
        for (name, text) in [("html", PAGE), ("css", STYLE), ("js", SCRIPT)] {
            // the name of SVG's elements is no address
            let text = text.replace("http://www.w3.org/2000/svg", "");
            let asks = ["http:", "https:", "url(", "@import", "fetch(", "XMLHttpRequest"];
            let markup =
                ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("];
            for bad in asks.iter().chain(&markup) {
                assert!(!text.contains(bad), "{name}: {bad}");
            }
            assert!(name == "html" || !text.contains("</"), "{name}");
        }
    }
}
