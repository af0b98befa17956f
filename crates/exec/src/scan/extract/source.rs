use super::table::Table;
use super::{At, json};
use crate::search::RowSource;
use sepal_data::json::Slots;
use sepal_data::wildcard::Pattern;
use std::borrow::Cow;

/// An event as the filter sees it, before anything is copied.
pub(super) struct EventRow<'a> {
    pub event: &'a [u8],
    pub at: &'a [At],
    pub slots: Option<&'a Slots>,
    pub table: Option<&'a Table>,
}

impl RowSource for EventRow<'_> {
    fn any(&self, slot: u32, mut test: impl FnMut(&str) -> bool) -> bool {
        match self.at.get(slot as usize) {
            Some(At::Raw) => test(&json::lossy(self.event)),
            Some(At::Path(i)) => match (self.slots, self.table) {
                (Some(slots), _) => slots.iter(*i).any(|s| test(&s.text(self.event))),
                (None, Some(table)) => table.any(*i, self.event, test),
                (None, None) => false,
            },
            _ => false,
        }
    }

    fn any_named(&self, _: &Pattern, _: impl FnMut(&str) -> bool) -> bool {
        // asked of the batch
        false
    }

    fn raw(&self) -> Option<Cow<'_, str>> {
        Some(json::lossy(self.event))
    }

    fn expression(&self, _: usize) -> bool {
        // asked of the batch
        false
    }
}
