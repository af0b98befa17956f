use super::frames::json_framer;
use super::input::InputFormat;
use crate::knowledge::recognize::Sample;
use sepal_data::json::{Flattener, Frame, Layout, Leaf, detect as layout};
use sepal_data::text::Breaker;
use sepal_data::text::table::{TableFramer, sniff};
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
    /// Windows events as XML.
    WindowsXml,
    /// The rows of a table, whose columns are fields.
    Table,
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
            Layout::NotJson => not_json(head, eof),
        },
    };
    let shape = match &format {
        InputFormat::Text if forced.is_none() && windows_xml(head) => Shape::WindowsXml,
        InputFormat::Broken(_) if is_windows(head) => Shape::WindowsXml,
        InputFormat::Evtx => Shape::WindowsXml,
        InputFormat::Csv | InputFormat::Tsv if is_result(head, &format) => Shape::Rows,
        _ if format.dialect().is_some() => Shape::Table,
        InputFormat::Text | InputFormat::Broken(_) => Shape::Text,
        InputFormat::Rows => Shape::Rows,
        InputFormat::Wrapped(key) if key == "results" => Shape::Rows,
        _ => of_first(head, &format),
    };
    (format, shape)
}

/// What stands in a text that is not JSON.
fn not_json(head: &[u8], eof: bool) -> InputFormat {
    if head.starts_with(super::evtx::MAGIC) {
        return InputFormat::Evtx;
    }
    if is_windows(head) {
        // one event a line is read in pieces, by all threads
        let breaker = if windows_xml(head) { None } else { Breaker::xml("Event").ok() };
        return breaker.map_or(InputFormat::Text, InputFormat::Broken);
    }
    sniff(head, eof).map_or(InputFormat::Text, InputFormat::from)
}

const WINDOWS: &[u8] = b"http://schemas.microsoft.com/win/2004/08/events/event";

/// Whether a text is Windows events as XML, with or without a declaration and a root.
fn is_windows(head: &[u8]) -> bool {
    let mut head = head.trim_ascii_start();
    // what somebody noted before the events
    while head.starts_with(b"#") {
        let Some(end) = memchr::memchr(b'\n', head) else { return false };
        head = head.get(end..).unwrap_or_default().trim_ascii_start();
    }
    let Some(event) = memchr::memmem::find(head, b"<Event ") else { return false };
    // a rule says how events of both forms break
    if memchr::memmem::find(head, b"\nLogName=").is_some() {
        return false;
    }
    if head.starts_with(b"<Event xmlns=") {
        return true;
    }
    let begins = head.starts_with(b"<?xml") || head.starts_with(b"<Event");
    begins && head.get(event..).is_some_and(|e| memchr::memmem::find(e, WINDOWS).is_some())
}

/// Whether Windows events stand one a line, as far as can be seen.
fn windows_xml(head: &[u8]) -> bool {
    let whole = head.iter().rposition(|b| *b == b'\n').and_then(|n| head.get(..n));
    let mut lines = whole.unwrap_or(head).split(|b| *b == b'\n').map(<[u8]>::trim_ascii);
    let event = |l: &[u8]| l.starts_with(b"<Event xmlns=") && l.ends_with(b"</Event>");
    let several = |l: &[u8]| memchr::memmem::find_iter(l, b"</Event>").nth(1).is_some();
    let first = lines.find(|l| !l.is_empty());
    // a first line that is longer than what is seen
    let first = first.is_some_and(|l| l.starts_with(b"<Event xmlns=") && !several(l));
    first && lines.all(|l| l.is_empty() || (event(l) && !several(l)))
}

/// Whether a table is what some Splunk gave: its header names `_raw`.
fn is_result(head: &[u8], format: &InputFormat) -> bool {
    let Some(dialect) = format.dialect() else { return false };
    let mut framer = TableFramer::new(dialect, usize::MAX / 2);
    framer.push(head, &mut |_, _| {});
    framer.header().is_some_and(|h| h.is_result())
}

/// How many events are looked at.
const FIRST: usize = 8;

/// The first whole events in `head`.
fn first_events(head: &[u8], format: &InputFormat) -> Vec<Vec<u8>> {
    let mut events: Vec<Vec<u8>> = Vec::new();
    match json_framer(format, usize::MAX) {
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
        Shape::Hec | Shape::Export | Shape::Rows | Shape::Table => Vec::new(),
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
