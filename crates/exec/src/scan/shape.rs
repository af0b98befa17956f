use super::input::InputFormat;
use crate::knowledge::recognize::Sample;
use sepal_data::json::{Flattener, Frame, Layout, Leaf, detect as layout};
use serde_json::value::RawValue;
use std::collections::HashMap;

/// What the events of an input look like: told from the first one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// JSON: the event's text is what is searched.
    Json {
        /// The field that holds the time, where the first event has a well-known one.
        time_field: Option<String>,
    },
    /// `{"event": ..., "time": ..., "host": ...}` as sent to an HTTP event collector.
    Hec,
    /// `{"preview": false, "result": {...}}` as Splunk's export endpoint writes.
    Export,
    /// Objects with `_raw` or `_time`: rows that some Splunk gave.
    Rows,
    /// Windows events as XML, one a line.
    WindowsXml,
    /// Not JSON.
    Text,
}

const HEC_KEYS: [&str; 7] = ["event", "time", "host", "source", "sourcetype", "index", "fields"];

/// Says how events stand in an input and what they look like.
pub(super) fn detect(head: &[u8], eof: bool, forced: Option<&InputFormat>) -> (InputFormat, Shape) {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let format = match forced {
        Some(f) => f.clone(),
        None => match layout(head, eof) {
            Layout::Lines => InputFormat::Lines,
            Layout::Concatenated => InputFormat::Concatenated,
            Layout::Array => InputFormat::Array,
            Layout::Wrapped(key) => InputFormat::Wrapped(key),
            Layout::NotJson => InputFormat::Text,
        },
    };
    let shape = match &format {
        InputFormat::Text if forced.is_none() && windows_xml(head) => Shape::WindowsXml,
        InputFormat::Text => Shape::Text,
        InputFormat::Rows => Shape::Rows,
        InputFormat::Wrapped(key) if key == "results" => Shape::Rows,
        _ => of_first(head, &format),
    };
    (format, shape)
}

fn windows_xml(head: &[u8]) -> bool {
    head.trim_ascii_start().starts_with(b"<Event xmlns=")
}

/// How many events are looked at.
const FIRST: usize = 8;

/// The first whole events in `head`.
fn first_events(head: &[u8], format: &InputFormat) -> Vec<Vec<u8>> {
    let mut events: Vec<Vec<u8>> = Vec::new();
    match super::queue::framer(format, usize::MAX) {
        None => events.extend(head.split(|b| *b == b'\n').take(FIRST).map(<[u8]>::to_vec)),
        Some(mut framer) => framer.push(head, &mut |frame: Frame<'_>| {
            if events.len() < FIRST {
                events.push(frame.bytes.to_vec());
            }
        }),
    }
    events
}

/// The first events as recognition sees them; none of an input whose events say what they are.
pub(super) fn samples(head: &[u8], format: &InputFormat, shape: &Shape) -> Vec<Sample> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    match shape {
        Shape::Text | Shape::WindowsXml => {
            let lines = head.split(|b| *b == b'\n').filter(|l| !l.trim_ascii().is_empty());
            let text = |l: &[u8]| String::from_utf8_lossy(l).trim_end().to_owned();
            lines.take(FIRST).map(|l| Sample { text: text(l), fields: Vec::new() }).collect()
        }
        Shape::Json { .. } => first_events(head, format).iter().filter_map(|e| sample(e)).collect(),
        Shape::Hec | Shape::Export | Shape::Rows => Vec::new(),
    }
}

fn sample(event: &[u8]) -> Option<Sample> {
    let mut flattener = Flattener::new(1000);
    let mut leaves = Vec::new();
    flattener.flatten(event, &mut leaves).ok()?;
    let field = |l: &Leaf| (flattener.name(l.field).to_owned(), l.span.text(event).into_owned());
    let fields = leaves.iter().map(field).collect();
    Some(Sample { fields, text: String::from_utf8_lossy(event).into_owned() })
}

/// Looks at the first whole events in `head`.
fn of_first(head: &[u8], format: &InputFormat) -> Shape {
    first_events(head, format)
        .iter()
        .find_map(|event| of_event(event))
        .unwrap_or(Shape::Json { time_field: None })
}

fn of_event(event: &[u8]) -> Option<Shape> {
    let keys: HashMap<String, &RawValue> = serde_json::from_slice(event).ok()?;
    let has = |k: &str| keys.contains_key(k);
    if has("_raw") || has("_time") {
        return Some(Shape::Rows);
    }
    if has("result") && (has("preview") || has("offset") || has("lastrow")) {
        return Some(Shape::Export);
    }
    if has("event") && keys.len() > 1 && keys.keys().all(|k| HEC_KEYS.contains(&k.as_str())) {
        return Some(Shape::Hec);
    }
    let mut flattener = Flattener::new(1000);
    let mut leaves = Vec::new();
    flattener.flatten(event, &mut leaves).ok()?;
    let names: Vec<&str> = leaves.iter().map(|l| flattener.name(l.field)).collect();
    let time_field = sepal_data::time::fields::TIME_FIELDS
        .iter()
        .find(|f| names.contains(&f.name))
        .map(|f| f.name.to_owned());
    Some(Shape::Json { time_field })
}
