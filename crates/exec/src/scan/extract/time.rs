use super::{Extractor, Fetch, Paths};
use sepal_data::json;
use sepal_data::time::fields::TimeField;
use sepal_data::time::{self, Time};
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
    },
    /// The first timestamp in the text.
    Text,
}

impl Extractor<'_> {
    pub(super) fn explicit_time(&self, s: &str) -> Option<i64> {
        time::parse_explicit(s, &self.zone, self.cx.now()).map(Time::as_micros)
    }

    /// The time of a row that names none: a well-known field of its JSON, else its text.
    pub(super) fn row_time(&self, raw: &str, found: &[(String, Value)]) -> i64 {
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
        let explicit = self.spec.options.time_field.is_some();
        let found = match &mut self.time {
            TimeSource::Unused => return OrderKey::NO_TIME,
            TimeSource::Field { name, known, slot, own, leaf } if json => {
                let wanted = self.want.contains(name);
                let span = match (slot, &self.fetch) {
                    (Some(slot), Fetch::Exact { paths, .. }) => paths.slots.get(*slot),
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
                    if explicit {
                        time::parse_explicit(&text, tz, now)
                    } else {
                        time::parse_value(&text, tz, now)
                    }
                })
            }
            _ => None,
        };
        found
            .or_else(|| time::recognize(event, time::MAX_TIMESTAMP_LOOKAHEAD, tz, now))
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
