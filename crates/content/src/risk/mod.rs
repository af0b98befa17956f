//! Risk events of a detection's results.

mod fill;
pub use fill::{Row, fill_tokens};
pub(crate) use fill::{split_tokens, values};

use crate::{Detection, Note};
use serde_json::{Map, Number, Value, json};

/// The risk events of one result and what was missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RiskEvents {
    /// One object per risk object and value.
    pub events: Vec<Map<String, Value>>,
    /// Fields without a value, and tokens that stay unfilled.
    pub notes: Vec<Note>,
}

/// The risk events of one result row, with ES's field names: `risk_object`, `risk_object_type`,
/// `risk_object_field`, `risk_score`, `risk_message`, `threat_objects` (`[{field, value, type}]`),
/// `search_name`, `detection_id`, `analyticstories`, `annotations`.
///
/// A multivalue field gives an event for each of its values. A risk object whose field is
/// missing, null or empty gives none and a note. A risk score of the result itself
/// (`risk_score`) does not count: the file's score does.
///
/// Source: help.splunk.com Enterprise Security, "Risk Analysis adaptive response action"; field
/// names as in contentctl's `objects/risk_event.py`.
pub fn risk_events(detection: &Detection, row: &impl Row) -> RiskEvents {
    let mut out = RiskEvents::default();
    let risk = &detection.risk;

    let mut threats = Vec::new();
    for object in &risk.threat_objects {
        let found = values(row, &object.field);
        if found.is_empty() {
            let message = format!(
                "threat object `{}` ({}): the field has no value in the row",
                object.field, object.kind
            );
            out.notes.push(Note::new("SPL5203", message));
        }
        threats.extend(
            found
                .into_iter()
                .map(|value| json!({ "field": object.field, "value": value, "type": object.kind })),
        );
    }

    for object in &risk.risk_objects {
        let message = object.message.as_deref().unwrap_or(&risk.message);
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
            let mut event = Map::new();
            let mut put = |key: &str, value: Value| event.insert(key.to_owned(), value);
            put("search_name", detection.saved_search_name().into());
            put("detection_id", detection.id.as_str().into());
            put("risk_object", value.into());
            put("risk_object_type", object.kind.as_str().into());
            put("risk_object_field", object.field.as_str().into());
            put("risk_score", score(object.score));
            put("risk_message", filled.as_str().into());
            put("threat_objects", threats.clone().into());
            put("analyticstories", detection.analytic_story.clone().into());
            put("annotations", annotations(detection));
            out.events.push(event);
        }
    }
    out
}

/// A whole score prints without a fraction.
fn score(score: f64) -> Value {
    let whole = score.fract() == 0.0 && score.abs() < 1e15;
    let number = if whole { Some(Number::from(score as i64)) } else { Number::from_f64(score) };
    number.map_or(Value::Null, Value::Number)
}

/// The annotations that the detection declares; lists that are empty are left out.
fn annotations(detection: &Detection) -> Value {
    let mut out = Map::new();
    let lists = [
        ("mitre_attack", &detection.mitre_attack_id),
        ("analytic_story", &detection.analytic_story),
        ("kill_chain_phases", &detection.kill_chain_phases),
        ("cve", &detection.cve),
    ];
    for (key, list) in lists {
        if !list.is_empty() {
            out.insert(key.to_owned(), list.clone().into());
        }
    }
    Value::Object(out)
}
