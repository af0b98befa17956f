use super::time::time_value;
use super::{Extractor, Fetch, Meta, leaf_text, text};
use crate::rows::RowStore;
use crate::run_cx::RunError;
use crate::search::Pred;
use sepal_data::OrderKey;

/// What becomes of a field found in an event.
#[derive(Clone, Copy)]
enum Place {
    /// Not met yet.
    Unknown,
    /// Its number in the store.
    Field(u64),
    /// As `Field`, and an event's own default field: the number of its constant.
    Constant(u64, u8),
    /// The scan gives this field itself.
    Ignored,
}

/// Writes rows with all their fields straight into the store that they wait in, without columns
/// in between.
#[derive(Default)]
pub(super) struct Direct {
    /// By field number of the flattener.
    places: Vec<Place>,
    /// Numbers of `_time`, `_raw` and the constants.
    time: Option<u64>,
    raw: Option<u64>,
    constants: Vec<u64>,
    /// The place of a row that passed and is not written yet.
    pub ready: Option<OrderKey>,
}

impl Extractor<'_> {
    /// Lets rows go into a store directly, where they need nothing else.
    pub fn allow_direct(&mut self) {
        let plain = self.json && self.envelope == super::Envelope::None;
        if plain && matches!(self.fetch, Fetch::All { .. }) && matches!(self.residual, Pred::True) {
            self.direct = Some(Direct::default());
        }
    }

    /// Writes the row that is ready.
    pub(super) fn write(&mut self, event: &[u8], store: &mut RowStore) -> Result<(), RunError> {
        let Some(direct) = &mut self.direct else { return Ok(()) };
        let (Some(key), Fetch::All { flattener, leaves }) = (direct.ready.take(), &self.fetch)
        else {
            return Ok(());
        };
        let whole = std::str::from_utf8(event).ok();
        let first = |place: usize| (key.unit, key.row, u32::try_from(place).unwrap_or(u32::MAX));
        let mut w = store.row(key);
        if self.want_time {
            let id = *direct.time.get_or_insert_with(|| w.field("_time", first(0)));
            w.value(id, &time_value(key.time));
        }
        let mut own = 0u8;
        for (i, leaf) in leaves.iter().enumerate() {
            let field = leaf.field.0 as usize;
            if direct.places.len() <= field {
                direct.places.resize(field + 1, Place::Unknown);
            }
            if let Place::Unknown = direct.places[field] {
                let name = flattener.name(leaf.field);
                let constant = self.constants.iter().position(|(n, _)| n == name);
                let scan_gives = match name {
                    "_time" => self.want_time,
                    "_raw" => self.want_raw,
                    _ => constant.is_some() && self.meta.get(name).is_some(),
                };
                direct.places[field] = match constant {
                    _ if scan_gives => Place::Ignored,
                    None => Place::Field(w.field(name, first(i + 1))),
                    Some(n) => Place::Constant(w.field(name, first(i + 1)), n as u8),
                };
            }
            let id = match direct.places[field] {
                Place::Field(id) => id,
                Place::Constant(id, n) => {
                    own |= 1 << n;
                    id
                }
                Place::Unknown | Place::Ignored => continue,
            };
            w.text(id, &leaf_text(leaf.span, event, whole));
        }
        if self.want_raw {
            let id = *direct.raw.get_or_insert_with(|| w.field("_raw", first(leaves.len() + 1)));
            w.value(id, &text(event));
        }
        if direct.constants.is_empty() {
            let last = leaves.len() + 2;
            let ids =
                self.constants.iter().enumerate().map(|(i, (n, _))| w.field(n, first(last + i)));
            direct.constants = ids.collect();
        }
        for (n, ((_, v), id)) in self.constants.iter().zip(&direct.constants).enumerate() {
            if own & (1 << n) == 0 {
                w.value(*id, v);
            }
        }
        w.end()
    }
}

const _: () = assert!(Meta::FIELDS.len() <= 8, "a bit for each default field");
