//! `--risk`: the risk events of the rows.

use crate::engine::Results;
use sepal_content::{Detection, Note};
use std::io::{self, Write};

/// Writes one JSON object a line for each risk event of each row; gives the notes, each once.
pub fn write(
    detection: &Detection,
    results: &Results,
    out: &mut dyn Write,
) -> io::Result<Vec<Note>> {
    let mut notes: Vec<Note> = Vec::new();
    for row in &results.rows {
        let fields: serde_json::Map<String, serde_json::Value> = results
            .columns
            .iter()
            .zip(row)
            .filter(|(_, v)| !v.is_null())
            .map(|(name, v)| (name.to_string(), v.to_json()))
            .collect();
        let risk = sepal_content::risk_events(detection, &fields);
        for event in risk.events {
            let text = serde_json::Value::Object(event).to_string();
            writeln!(out, "{}", crate::output::json_visible(&text))?;
        }
        for note in risk.notes {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    Ok(notes)
}
