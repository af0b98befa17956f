//! A layer for MITRE's ATT&CK Navigator.
//!
//! Source: github.com/mitre-attack/attack-navigator, `layers/spec/v4.5/layerformat.md`.

use super::Hunted;
use super::report::number;
use crate::cmd::count;
use sepal_content::attack;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// What is said of a technique.
#[derive(Default)]
struct Of<'h> {
    score: f64,
    rows: u64,
    findings: u64,
    detections: Vec<&'h str>,
}

/// As many detections are named in a comment.
const NAMED: usize = 20;

pub(super) fn write(hunted: &Hunted<'_>, out: &mut dyn Write) -> io::Result<()> {
    let layer = layer(hunted);
    serde_json::to_writer_pretty(&mut *out, &layer)?;
    out.write_all(b"\n")
}

fn layer(hunted: &Hunted<'_>) -> Json {
    let mut all: BTreeMap<String, Of<'_>> = BTreeMap::new();
    let mut found = 0;
    for f in hunted.report.findings.iter().filter(|f| f.rows > 0) {
        let Some(ready) = hunted.loaded.ready.get(f.detection) else { continue };
        found += 1;
        let mut ids: Vec<String> =
            ready.detection.mitre_attack_id.iter().map(|id| id.trim().to_uppercase()).collect();
        ids.sort();
        ids.dedup();
        for id in ids {
            let of = all.entry(id).or_default();
            // one without a score is a finding too
            of.score += ready.score().unwrap_or(0.0).max(1.0);
            of.rows += f.rows;
            of.findings += 1;
            if !of.detections.contains(&ready.detection.name.as_str()) {
                of.detections.push(&ready.detection.name);
            }
        }
    }
    let top = all.values().map(|of| of.score).fold(1.0, f64::max);
    let techniques: Vec<Json> = all.iter().map(|(id, of)| technique(id, of)).collect();
    let inputs: Vec<&str> = hunted.report.sets.iter().map(|s| s.name.as_str()).collect();
    let events: u64 = hunted.report.sets.iter().map(|s| s.events).sum();
    json!({
        "name": "sepal hunt",
        "versions": {
            "attack": attack::VERSION.split('.').next(),
            "navigator": "5.1.0",
            "layer": "4.5",
        },
        "domain": "enterprise-attack",
        "description": format!(
            "{} over {} of {}. Score: the sum of the findings' risk scores.",
            count(found, "finding"),
            count(events, "event"),
            inputs.join(", ")
        ),
        "filters": { "platforms": [] },
        "sorting": 3,
        "layout": {
            "layout": "side",
            "aggregateFunction": "max",
            "showID": true,
            "showName": true,
            "showAggregateScores": true,
            "countUnscored": false,
        },
        "hideDisabled": false,
        "techniques": techniques,
        "gradient": {
            "colors": ["#fff3d6ff", "#f59e5bff", "#c0262dff"],
            "minValue": 0,
            "maxValue": number(Some(top)),
        },
        "legendItems": [],
        "metadata": [],
        "links": [],
        "showTacticRowBackground": false,
        "tacticRowBackground": "#dddddd",
        "selectTechniquesAcrossTactics": true,
        "selectSubtechniquesWithParent": false,
    })
}

fn technique(id: &str, of: &Of<'_>) -> Json {
    let mut comment: Vec<&str> = of.detections.iter().take(NAMED).copied().collect();
    let more = format!("{} more", of.detections.len().saturating_sub(NAMED));
    if of.detections.len() > NAMED {
        comment.push(&more);
    }
    json!({
        "techniqueID": id,
        "score": number(Some(of.score)),
        "comment": comment.join("\n"),
        "enabled": true,
        "metadata": [
            { "name": "findings", "value": of.findings.to_string() },
            { "name": "rows", "value": of.rows.to_string() },
        ],
        "links": [],
        // a technique whose sub-technique was found is opened
        "showSubtechniques": id.contains('.'),
    })
}
