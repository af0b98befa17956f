use super::super::time_rule::TimeRule;
use super::{Extractor, Fetch, Paths};
use crate::run_cx::RunError;
use regex::bytes::Regex;
use sepal_data::json;
use sepal_data::time::fields::TimeField;
use sepal_data::time::{self, Time, TimeZone};
use sepal_data::{OrderKey, Value};

#[allow(clippy::large_enum_variant)] // a few a run, never moved in a loop
pub(super) enum TimeSource {
    /// Nothing asks for it.
    Unused,
    /// A field, by its slot in the exact paths or by a look of its own; else the text.
    Field {
        name: String,
        known: Option<&'static TimeField>,
        slot: Option<usize>,
        own: Paths,
        /// Where all fields are fetched: the field's number, once it was seen.
        leaf: Option<json::FieldId>,
        /// The user names it: any number in it is a time.
        named: bool,
    },
    /// The first timestamp in the text.
    Text,
}

/// A [`TimeRule`] that can be used.
pub(super) struct Rule {
    prefix: Option<Regex>,
    format: Option<String>,
    lookahead: usize,
    pub zone: Option<TimeZone>,
    pub field: Option<String>,
}

impl Rule {
    pub fn new(rule: &TimeRule) -> Result<Rule, RunError> {
        let zone = rule.zone.as_deref().map(time::zone).transpose();
        Ok(Rule {
            prefix: rule.prefix.clone(),
            format: rule.format.clone(),
            lookahead: rule.lookahead,
            zone: zone.map_err(|e| RunError::failed("SPL5011", e.to_string()))?,
            field: rule.field.clone(),
        })
    }
}

impl Extractor<'_> {
    /// The time that the input's rule finds in an event's text.
    pub(super) fn by_rule(&self, event: &[u8]) -> Option<i64> {
        let rule = self.rule.as_ref().filter(|r| r.prefix.is_some() || r.format.is_some())?;
        if matches!(self.time, TimeSource::Unused) {
            return None;
        }
        let from = match &rule.prefix {
            Some(prefix) => prefix.find(event)?.end(),
            None => 0,
        };
        let rest = event.get(from..)?;
        let Some(format) = &rule.format else {
            let found = time::recognize(rest, rule.lookahead, &self.zone, self.cx.now());
            return found.map(Time::as_micros);
        };
        let window = rest.get(..rule.lookahead).unwrap_or(rest).trim_ascii_start();
        // what is valid of it: a character may be cut at the end
        let text = match std::str::from_utf8(window) {
            Ok(text) => text,
            Err(e) => std::str::from_utf8(window.get(..e.valid_up_to())?).ok()?,
        };
        time::strptime(text, format, &self.zone, self.cx.now()).map(Time::as_micros)
    }

    /// The time that a field's value is by the format of the input's rule.
    pub(super) fn rule_value(&self, text: &str) -> Option<i64> {
        let format = self.rule.as_ref()?.format.as_ref()?;
        time::strptime(text, format, &self.zone, self.cx.now()).map(Time::as_micros)
    }

    pub(super) fn explicit_time(&self, s: &str) -> Option<i64> {
        time::parse_explicit(s, &self.zone, self.cx.now()).map(Time::as_micros)
    }

    /// The time of a row that names none: a well-known field of its JSON, else its text.
    pub(super) fn row_time(&self, raw: &str, found: &[(String, Value)]) -> i64 {
        if let Some(t) = self.by_rule(raw.as_bytes()) {
            return t;
        }
        let (tz, now) = (&self.zone, self.cx.now());
        for f in time::fields::TIME_FIELDS {
            if let Some((_, v)) = found.iter().find(|(n, _)| n == f.name)
                && let Some(t) = time::parse_value(&v.text(), f.zone(tz), now)
            {
                return t.as_micros();
            }
        }
        time::recognize(raw.as_bytes(), time::MAX_TIMESTAMP_LOOKAHEAD, tz, now)
            .map_or(OrderKey::NO_TIME, Time::as_micros)
    }

    /// The time of an event in microseconds.
    pub(super) fn time_of(&mut self, event: &[u8], json: bool) -> i64 {
        let (tz, now) = (&self.zone, self.cx.now());
        let found = match &mut self.time {
            TimeSource::Unused => return OrderKey::NO_TIME,
            TimeSource::Field { name, known, slot, own, leaf, named } if json => {
                let wanted = self.want.contains(name);
                let span = match (slot, &self.fetch) {
                    (Some(slot), Fetch::Exact { paths }) => paths.slots.get(*slot),
                    (_, Fetch::All { flattener, leaves }) if wanted => {
                        let known = leaf.filter(|f| flattener.name(*f) == name);
                        *leaf = known.or_else(|| {
                            let mut fields = leaves.iter().map(|l| l.field);
                            fields.find(|f| flattener.name(*f) == name)
                        });
                        leaf.and_then(|f| leaves.iter().find(|l| l.field == f)).map(|l| l.span)
                    }
                    _ => {
                        // a damaged event does not come here, so an error is a missing field
                        let _ = json::scan_early(&own.paths, event, &mut own.slots);
                        own.slots.get(0)
                    }
                };
                span.and_then(|s| {
                    let text = s.text(event);
                    let tz = known.map_or(tz, |k| k.zone(tz));
                    let format = self.rule.as_ref().and_then(|r| r.format.as_ref());
                    if *named {
                        let by_format = format.and_then(|f| time::strptime(&text, f, tz, now));
                        by_format.or_else(|| time::parse_explicit(&text, tz, now))
                    } else {
                        time::parse_value(&text, tz, now)
                    }
                })
            }
            _ => None,
        };
        found
            .or_else(|| time::recognize(event, time::MAX_TIMESTAMP_LOOKAHEAD, tz, now))
            .or_else(|| time::recognize_prefixed(event))
            .map_or(OrderKey::NO_TIME, Time::as_micros)
    }
}

/// `_time` as a row shows it.
pub(super) fn time_value(micros: i64) -> Value {
    match Time::from_micros(micros) {
        Some(t) if micros != OrderKey::NO_TIME => Value::Num(t.as_secs_f64()),
        _ => Value::Null,
    }
}
