use super::time::{TimeSource, time_value};
use super::{Extractor, Meta, value};
use sepal_data::fieldset::FieldSet;
use sepal_data::json::{self, FieldId, Flattener, Leaf, ScanError};
use sepal_data::time::fields::TIME_FIELDS;
use sepal_data::{OrderKey, Value};
use std::borrow::Cow;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Envelope {
    None,
    Hec,
    Export,
    Rows,
}

/// Reads the JSON inside of events, with what is kept from one to the next.
pub(super) struct Inner {
    flattener: Flattener,
    max_fields: usize,
    /// The fields that are taken.
    want: FieldSet,
    leaves: Vec<Leaf>,
    /// By field number.
    fields: Vec<Seen>,
    /// The fields of the event in the order in which they stand there.
    order: Vec<FieldId>,
    /// Values left out because of the cap.
    pub dropped: u64,
}

/// A field: whether it is wanted, and its values in the event.
struct Seen {
    wanted: bool,
    values: Vec<Value>,
}

impl Inner {
    fn new(max_fields: usize, want: FieldSet) -> Inner {
        Inner {
            flattener: Flattener::new(max_fields),
            max_fields,
            want,
            leaves: Vec::new(),
            fields: Vec::new(),
            order: Vec::new(),
            dropped: 0,
        }
    }

    /// The leaves of a text. The cap is on the names of one event: where those of the events before
    /// take up the room, they are forgotten.
    fn flatten(&mut self, raw: &[u8]) -> Result<(), ScanError> {
        self.leaves.clear();
        let kept = self.flattener.fields();
        let done = self.flattener.flatten(raw, &mut self.leaves);
        if self.flattener.dropped_values() == 0 {
            return done;
        }
        if kept > 0 {
            self.flattener = Flattener::new(self.max_fields);
            self.fields.clear();
            return self.flatten(raw);
        }
        self.dropped += self.flattener.dropped_values();
        done
    }

    /// The fields of a JSON text that are wanted, but for those that are `given`; none of a text
    /// that is damaged.
    fn read(&mut self, raw: &[u8], given: impl Fn(&str) -> bool) -> Vec<(String, Value)> {
        if self.flatten(raw).is_err() {
            return Vec::new();
        }
        for id in self.fields.len()..self.flattener.fields() {
            let name = self.flattener.name(FieldId(u32::try_from(id).unwrap_or(u32::MAX)));
            self.fields.push(Seen { wanted: self.want.contains(name), values: Vec::new() });
        }
        for leaf in &self.leaves {
            let Some(seen) = self.fields.get_mut(leaf.field.0 as usize) else { continue };
            if seen.wanted {
                if seen.values.is_empty() {
                    self.order.push(leaf.field);
                }
                seen.values.push(value(leaf.span, raw));
            }
        }
        let mut found = Vec::with_capacity(self.order.len());
        for field in self.order.drain(..) {
            let Some(seen) = self.fields.get_mut(field.0 as usize) else { continue };
            let name = self.flattener.name(field);
            if !given(name) {
                found.push((name.to_owned(), Value::from_members(seen.values.drain(..))));
            }
            seen.values.clear();
        }
        found
    }
}

impl Extractor<'_> {
    /// For the fields that are wanted and those that may hold the time.
    fn inner(&self) -> Inner {
        let mut want = self.want.clone();
        match &self.time {
            TimeSource::Unused => {}
            TimeSource::Field { name, .. } => want.insert(name),
            TimeSource::Text => TIME_FIELDS.iter().for_each(|f| want.insert(f.name)),
        }
        Inner::new(self.spec.options.max_fields, want)
    }

    /// An event in an envelope: its text is inside, and so may be its default fields.
    pub(super) fn wrapped(&mut self, event: &[u8], key: OrderKey) -> Result<(), ScanError> {
        json::validate(event)?;
        let mut keys: Vec<(Cow<'_, str>, &[u8])> = Vec::new();
        if event.first() != Some(&b'{') {
            return self.bare(event, key);
        }
        json::members(event, &mut |k, v| keys.push((k, v)))?;
        let get = |name: &str| keys.iter().rev().find(|(k, _)| k == name).map(|(_, v)| *v);
        if self.envelope == Envelope::Export {
            return match get("result") {
                Some(result) if result.first() == Some(&b'{') => self.row(result, key),
                // the last line of an export may hold no row
                None if get("preview").is_some() || get("lastrow").is_some() => Ok(()),
                _ => self.bare(event, key),
            };
        }
        let Some(raw) = get("event") else { return self.bare(event, key) };
        let mut fields: Vec<(String, Value)> = Vec::new();
        for name in Meta::FIELDS {
            if let Some(v) = get(name) {
                fields.push((name.to_owned(), of_json(v)));
            }
        }
        if let Some(v) = get("time") {
            fields.push(("_time".to_owned(), of_json(v)));
        }
        if let Some(more) = get("fields").filter(|v| v.first() == Some(&b'{')) {
            json::members(more, &mut |k, v| put(&mut fields, &k, of_json(v)))?;
        }
        let raw = match raw.first() {
            Some(b'"') => of_json(raw).text().into_owned(),
            _ => json::lossy(raw).into_owned(),
        };
        self.explicit(&raw, fields, key);
        Ok(())
    }

    /// A row: its keys are fields as they are, its `_raw` may hold JSON with more.
    pub(super) fn row(&mut self, event: &[u8], key: OrderKey) -> Result<(), ScanError> {
        json::validate(event)?;
        if event.first() != Some(&b'{') {
            return self.bare(event, key);
        }
        let mut raw = String::new();
        let mut fields = Vec::new();
        json::members(event, &mut |k, v| match of_json(v) {
            Value::Null => {}
            v if k == "_raw" => raw = v.text().into_owned(),
            v => put(&mut fields, &k, v),
        })?;
        self.explicit(&raw, fields, key);
        Ok(())
    }

    /// An event without the envelope or the row that the others of its input have.
    fn bare(&mut self, event: &[u8], key: OrderKey) -> Result<(), ScanError> {
        self.explicit(&json::lossy(event), Vec::new(), key);
        Ok(())
    }

    /// A row whose text and fields are given; JSON in the text adds the fields that are not.
    pub(super) fn explicit(&mut self, raw: &str, fields: Vec<(String, Value)>, mut key: OrderKey) {
        let given = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v);
        let mut found: Vec<(String, Value)> = Vec::new();
        if raw.trim_start().starts_with(['{', '[']) {
            let mut inner = self.inner.take().unwrap_or_else(|| Box::new(self.inner()));
            found = inner.read(raw.as_bytes(), |name| given(name).is_some());
            self.inner = Some(inner);
        }
        let time = match &self.time {
            TimeSource::Unused => OrderKey::NO_TIME,
            TimeSource::Field { name, .. } => given(name)
                .or_else(|| found.iter().find(|(n, _)| n == name).map(|(_, v)| v))
                .and_then(|v| {
                    let text = v.text();
                    self.rule_value(&text).or_else(|| self.explicit_time(&text))
                })
                .unwrap_or(OrderKey::NO_TIME),
            TimeSource::Text => match given("_time").map(|v| self.explicit_time(&v.text())) {
                Some(t) => t.unwrap_or(OrderKey::NO_TIME),
                None => self.row_time(raw, &found),
            },
        };
        if !self.spec.in_time(time) {
            return;
        }
        key.time = time;
        let shown = match given("_time") {
            Some(v) if v.number().is_some() => v.clone(),
            _ => time_value(time),
        };
        self.builder.begin(
            key,
            || if raw.is_empty() { Value::Null } else { Value::from(raw) },
            shown,
        );
        for (name, v) in fields.into_iter().chain(found) {
            if name != "_time" && name != "_raw" && self.want.contains(&name) {
                self.builder.named(&name, v);
            }
        }
    }
}

/// A JSON text as a value, as [`Value::from_json`] has it, but whatever its numbers and surrogates.
fn of_json(text: &[u8]) -> Value {
    match text.first() {
        Some(b'"') => {
            Value::from(&*json::unescape(text.get(1..text.len() - 1).unwrap_or_default()))
        }
        Some(b'[') => {
            let mut members = Vec::new();
            // it was checked before; deeper than the limit it would not have come here
            let _ = json::elements(text, &mut |v| members.push(of_json(v)));
            Value::from_members(members)
        }
        Some(b'n') => Value::Null,
        _ => super::text(text),
    }
}

/// Adds a field; a repeated one is a multivalue.
fn put(fields: &mut Vec<(String, Value)>, name: &str, v: Value) {
    match fields.iter_mut().find(|(n, _)| n == name) {
        Some((_, first)) => *first = Value::from_members([std::mem::take(first), v]),
        None => fields.push((name.to_owned(), v)),
    }
}
