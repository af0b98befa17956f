use super::source::EventRow;
use super::time::{Rule, time_value};
use super::{Extractor, Fetch, json, text};
use crate::search::Pred;
use sepal_data::json::ScanError;
use sepal_data::{OrderKey, Value};

impl Extractor<'_> {
    /// An event that does not read stays a row with its text.
    pub(super) fn damaged(&mut self, event: &[u8], key: OrderKey) {
        let source = EventRow { event, at: &self.filter_at, slots: None, table: None };
        if !self.filter.matches(&source) || !self.spec.in_time(OrderKey::NO_TIME) {
            return;
        }
        self.builder.begin(key, || text(event), Value::Null);
        if self.want.contains("_unparsed") {
            self.builder.set_unparsed();
        }
    }

    pub(super) fn plain(&mut self, event: &[u8], mut key: OrderKey) -> Result<(), ScanError> {
        if !self.json {
            let source = EventRow { event, at: &self.filter_at, slots: None, table: None };
            if !self.filter.matches(&source) {
                return Ok(());
            }
            let time = self.by_rule(event).unwrap_or_else(|| self.time_of(event, false));
            if self.spec.in_time(time) {
                key.time = time;
                self.builder.begin(key, || text(event), time_value(time));
            }
            return Ok(());
        }
        // a cut event is told by its last byte wherever the scan stops early
        if event.last() != Some(&b'}') && event.last() != Some(&b']') {
            json::validate(event)?;
        }
        let mut fetched = None;
        if let Some(p) = &mut self.filter_paths {
            self.asked += 1;
            // where most events pass, one scan that fetches everything is cheaper than two
            let together =
                self.passed * 2 > self.asked && matches!(self.fetch, Fetch::Exact { .. });
            if together && let Fetch::Exact { paths } = &mut self.fetch {
                // damage counts as it would without this: only where the event passes
                fetched = Some(json::scan_early(&paths.paths, event, &mut paths.slots));
            }
            json::scan_early(&p.paths, event, &mut p.slots)?;
            let source =
                EventRow { event, at: &self.filter_at, slots: Some(&p.slots), table: None };
            if !self.filter.matches(&source) {
                return Ok(());
            }
            self.passed += 1;
        } else if !matches!(self.filter, Pred::True) {
            let source = EventRow { event, at: &self.filter_at, slots: None, table: None };
            if !self.filter.matches(&source) {
                return Ok(());
            }
        }
        match &mut self.fetch {
            Fetch::Exact { paths } => {
                let read = || json::scan_early(&paths.paths, event, &mut paths.slots);
                fetched.unwrap_or_else(read)?;
            }
            Fetch::All { flattener, leaves } => flattener.flatten(event, leaves)?,
            _ => {}
        }
        let by_rule = match self.rule {
            Some(Rule { field: None, .. }) => self.by_rule(event),
            _ => None,
        };
        let time = by_rule.unwrap_or_else(|| self.time_of(event, true));
        if !self.spec.in_time(time) {
            return Ok(());
        }
        key.time = time;
        if let Some(direct) = &mut self.direct {
            direct.ready = Some(key);
            return Ok(());
        }
        self.builder.begin(key, || text(event), time_value(time));
        match &self.fetch {
            Fetch::Exact { paths } => self.builder.slots(&paths.slots, event),
            Fetch::All { flattener, leaves } => self.builder.leaves(leaves, flattener, event),
            Fetch::Nothing => {}
        }
        Ok(())
    }
}
