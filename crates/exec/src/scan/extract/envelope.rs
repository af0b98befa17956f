use super::time::{TimeSource, time_value};
use super::{Extractor, Fetch, Meta, value};
use sepal_data::json::{self, Flattener, ScanError};
use sepal_data::{OrderKey, Value};
use serde_json::value::RawValue;
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
        let Ok(keys) = serde_json::from_slice::<BTreeMap<Cow<'_, str>, &RawValue>>(event) else {
            return self.plain(event, key);
        };
        if self.envelope == Envelope::Export {
            return match keys.get("result") {
                Some(result) => self.row(result.get().as_bytes(), key),
                // the last line of an export may hold no row
                None => Ok(()),
            };
        }
        let mut fields: Vec<(String, Value)> = Vec::new();
        for name in Meta::FIELDS {
            if let Some(v) = keys.get(name).and_then(|v| serde_json::from_str(v.get()).ok()) {
                fields.push((name.to_owned(), Value::from_json(&v)));
            }
        }
        if let Some(v) = keys.get("time") {
            fields.push(("_time".to_owned(), Value::from(v.get().trim_matches('"'))));
        }
        if let Some(Ok(serde_json::Value::Object(more))) =
            keys.get("fields").map(|v| serde_json::from_str(v.get()))
        {
            fields.extend(more.iter().map(|(k, v)| (k.clone(), Value::from_json(v))));
        }
        let raw = keys.get("event").map(|v| v.get()).unwrap_or_default();
        let raw = match serde_json::from_str::<serde_json::Value>(raw) {
            Ok(serde_json::Value::String(s)) => s,
            _ => raw.to_owned(),
        };
        self.explicit(&raw, fields, key);
        Ok(())
    }

    /// A row: its keys are fields as they are, its `_raw` may hold JSON with more.
    pub(super) fn row(&mut self, event: &[u8], key: OrderKey) -> Result<(), ScanError> {
        json::validate(event)?;
        let Ok(serde_json::Value::Object(map)) = serde_json::from_slice(event) else {
            return json::validate(event);
        };
        let mut raw = String::new();
        let mut fields = Vec::with_capacity(map.len());
        for (k, v) in &map {
            match Value::from_json(v) {
                Value::Null => {}
                v if k == "_raw" => raw = v.text().into_owned(),
                v => fields.push((k.clone(), v)),
            }
        }
        self.explicit(&raw, fields, key);
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
