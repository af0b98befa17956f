use super::source::EventRow;
use super::time::time_value;
use super::{Extractor, json, text};
use sepal_data::{OrderKey, Value};

impl Extractor<'_> {
    /// A Windows event as XML. False where it is not whole.
    pub(super) fn windows(&mut self, event: &[u8], mut key: OrderKey) -> bool {
        let source = EventRow { event, at: &self.filter_at, slots: None, table: None };
        if !self.filter.matches(&source) {
            return true;
        }
        if !event.starts_with(b"<Event") || !event.ends_with(b"</Event>") {
            return false;
        }
        let time = match self.by_rule(event) {
            Some(time) => time,
            None => {
                let part = part(event, b"SystemTime=", b"/> \t\r\n");
                self.time_of(part.get(1..).unwrap_or_default(), false)
            }
        };
        if self.spec.in_time(time) {
            key.time = time;
            self.builder.begin(key, || text(event), time_value(time));
            self.stamp(event);
        }
        true
    }

    /// What Splunk's inputs stamp on a Windows event: its channel and its computer.
    fn stamp(&mut self, event: &[u8]) {
        let channel = part(event, b"<Channel>", b"<");
        if self.want.contains("source") && self.meta.source.is_none() && !channel.is_empty() {
            let source = format!("XmlWinEventLog:{}", json::lossy(channel));
            self.builder.named("source", Value::text_of(&source));
        }
        let computer = part(event, b"<Computer>", b"<");
        if self.want.contains("host") && self.meta.host.is_none() && !computer.is_empty() {
            self.builder.named("host", text(computer));
        }
    }
}

/// What stands between a text and the first of some bytes after it; nothing where it is not there.
fn part<'e>(event: &'e [u8], before: &[u8], ends: &[u8]) -> &'e [u8] {
    let Some(at) = memchr::memmem::find(event, before) else { return &[] };
    let rest = event.get(at + before.len()..).unwrap_or_default();
    let end = rest.iter().position(|b| ends.contains(b)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default().trim_ascii()
}
