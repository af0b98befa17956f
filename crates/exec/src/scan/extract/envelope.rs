use super::time::{TimeSource, time_value};
use super::{Extractor, Fetch, Meta, value};
use sepal_data::json::{self, Flattener, ScanError};
use sepal_data::{OrderKey, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Envelope {
    None,
    Hec,
    Export,
    Rows,
}

impl Extractor<'_> {
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
    fn explicit(&mut self, raw: &str, fields: Vec<(String, Value)>, mut key: OrderKey) {
        let given = |name: &str| fields.iter().find(|(n, _)| n == name).map(|(_, v)| v);
        let mut found: Vec<(String, Value)> = Vec::new();
        if raw.trim_start().starts_with(['{', '[']) {
            let mut flattener = Flattener::new(self.spec.options.max_fields);
            let mut leaves = Vec::new();
            if flattener.flatten(raw.as_bytes(), &mut leaves).is_ok() {
                let mut by: BTreeMap<u32, Vec<Value>> = BTreeMap::new();
                for l in &leaves {
                    by.entry(l.field.0).or_default().push(value(l.span, raw.as_bytes()));
                }
                for (id, vs) in by {
                    let name = flattener.name(json::FieldId(id));
                    if given(name).is_none() {
                        found.push((name.to_owned(), Value::from_members(vs)));
                    }
                }
            }
        }
        let time = match &self.time {
            TimeSource::Unused => OrderKey::NO_TIME,
            TimeSource::Field { name, .. } => given(name)
                .or_else(|| found.iter().find(|(n, _)| n == name).map(|(_, v)| v))
                .and_then(|v| self.explicit_time(&v.text()))
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
        if matches!(self.fetch, Fetch::Exact { .. }) {
            self.builder.no_slots();
        }
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
