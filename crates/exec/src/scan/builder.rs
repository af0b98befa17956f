use indexmap::IndexMap;
use sepal_data::json::{FieldId, Flattener, Kind, Leaf, Slots, Span};
use sepal_data::{Batch, Col, FieldName, OrderKey, Value};
use std::borrow::Cow;
use std::collections::HashMap;

/// The value of a span of an event.
pub(super) fn value(span: Span, event: &[u8]) -> Value {
    Value::from(&*span.text(event))
}

/// The text of a span of an event; `whole` is the event as text where it is valid UTF-8, which
/// saves asking each span.
#[inline]
pub(super) fn leaf_text<'a>(span: Span, event: &'a [u8], whole: Option<&'a str>) -> Cow<'a, str> {
    match whole.and_then(|w| w.get(span.range())) {
        Some(text) if span.kind != Kind::StrEsc => Cow::Borrowed(text),
        _ => span.text(event),
    }
}

/// Rows being put together: a column for each wanted field.
#[derive(Default)]
pub(super) struct Builder {
    /// Columns by slot of the wanted fields.
    cols: Vec<(FieldName, Vec<Value>)>,
    /// Columns of fields found while flattening.
    found: Vec<(FieldName, Vec<Value>)>,
    /// Place in `found` by field number, for this batch.
    places: Vec<u32>,
    used: Vec<u32>,
    /// Whole rows by name (export rows).
    named: IndexMap<FieldName, Vec<Value>, foldhash::fast::FixedState>,
    more: HashMap<u32, Vec<Value>>,
    raw: Option<Vec<Value>>,
    time: Option<Vec<Value>>,
    order: Vec<OrderKey>,
    len: usize,
    /// Whether a wanted field that no row has gets no column. The order of a result's columns must
    /// not depend on which rows come first, so it does where the rows may be a result.
    sparse: bool,
}

const NOWHERE: u32 = u32::MAX;

impl Builder {
    pub fn new(fields: &[String], raw: bool, time: bool, sparse: bool) -> Builder {
        Builder {
            cols: fields.iter().map(|f| (FieldName::new(f), Vec::new())).collect(),
            raw: raw.then(Vec::new),
            time: time.then(Vec::new),
            sparse,
            ..Builder::default()
        }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// Begins a row.
    pub fn begin(&mut self, key: OrderKey, raw: impl FnOnce() -> Value, time: Value) {
        self.order.push(key);
        if let Some(col) = &mut self.raw {
            col.push(raw());
        }
        if let Some(col) = &mut self.time {
            col.push(time);
        }
        self.len += 1;
    }

    /// Fills the begun row from slots: slot `i` is that of wanted field `i`.
    pub fn slots(&mut self, slots: &Slots, event: &[u8]) {
        let row = self.len - 1;
        // asking the whole event whether it is UTF-8 is cheaper than asking many of its parts
        let whole = (slots.filled() > 4).then(|| std::str::from_utf8(event).ok()).flatten();
        for &slot in slots.touched() {
            let slot = slot as usize;
            // slots beyond are not for the rows
            let Some((_, col)) = self.cols.get_mut(slot) else { continue };
            let text = |span| Value::from(&*leaf_text(span, event, whole));
            let v = match slots.get(slot) {
                None => continue,
                Some(_) if slots.is_multi(slot) => Value::from_members(slots.iter(slot).map(text)),
                Some(span) => text(span),
            };
            col.resize(row, Value::Null);
            col.push(v);
        }
    }

    /// Fills the begun row from all its leaves.
    pub fn leaves(&mut self, leaves: &[Leaf], flattener: &Flattener, event: &[u8]) {
        let whole = std::str::from_utf8(event).ok();
        for leaf in leaves {
            let FieldId(id) = leaf.field;
            let v = Value::from(&*leaf_text(leaf.span, event, whole));
            self.column(id, flattener.name(leaf.field), v);
        }
        self.join();
    }

    /// Adds a value of field number `id` to the begun row; [`join`](Self::join) ends the row.
    #[inline]
    pub fn column(&mut self, id: u32, name: &str, v: Value) {
        let row = self.len - 1;
        let at = id as usize;
        if self.places.len() <= at {
            self.places.resize(at + 1, NOWHERE);
        }
        if self.places[at] == NOWHERE {
            self.places[at] = u32::try_from(self.found.len()).unwrap_or(NOWHERE);
            self.used.push(id);
            self.found.push((FieldName::new(name), Vec::new()));
        }
        let place = self.places[at];
        let Some((_, col)) = self.found.get_mut(place as usize) else { return };
        if col.len() > row {
            // a second value: gathered aside, joined when the row is whole
            let first = &mut col[row];
            self.more.entry(place).or_insert_with(|| vec![std::mem::take(first)]).push(v);
        } else {
            col.resize(row, Value::Null);
            col.push(v);
        }
    }

    /// Joins the values of fields that the begun row has several of.
    #[inline]
    pub fn join(&mut self) {
        if self.more.is_empty() {
            return;
        }
        let row = self.len - 1;
        for (place, members) in self.more.drain() {
            self.found[place as usize].1[row] = Value::from_members(members);
        }
    }

    /// Fills a field of the begun row by name.
    pub fn named(&mut self, name: &str, v: Value) {
        let row = self.len - 1;
        let col = match self.named.get_mut(name) {
            Some(col) => col,
            None => self.named.entry(name.into()).or_default(),
        };
        col.resize(row, Value::Null);
        col.push(v);
    }

    /// Says in the begun row that its text did not read as JSON.
    pub fn set_unparsed(&mut self) {
        self.named("_unparsed", Value::Text(FieldName::new_static("json")));
    }

    /// The rows so far as a batch.
    pub fn take(&mut self) -> Batch {
        let len = std::mem::take(&mut self.len);
        let mut batch = Batch { len, order: std::mem::take(&mut self.order), ..Batch::default() };
        let mut put = |name: &FieldName, mut col: Vec<Value>| {
            col.resize(len, Value::Null);
            batch.cols.insert(name.clone(), Col::Values(col));
        };
        if let Some(time) = &mut self.time {
            put(&FieldName::new_static("_time"), std::mem::take(time));
        }
        let sparse = self.sparse;
        for (name, col) in self.cols.iter_mut().filter(|(_, col)| !sparse || !col.is_empty()) {
            let next = Vec::with_capacity(col.len());
            put(name, std::mem::replace(col, next));
        }
        for (name, col) in self.found.drain(..) {
            put(&name, col);
        }
        for id in self.used.drain(..) {
            self.places[id as usize] = NOWHERE;
        }
        for (name, col) in self.named.drain(..) {
            put(&name, col);
        }
        if let Some(raw) = &mut self.raw {
            put(&FieldName::new_static("_raw"), std::mem::take(raw));
        }
        batch
    }
}
