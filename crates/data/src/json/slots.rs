//! Where the scanner puts what it found.

use std::ops::Range;

use super::unescape::{lossy, unescape};

/// What kind of JSON value a span holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Kind {
    /// A string without a backslash; the span is the text inside the quotes.
    Str,
    /// A string with escapes; the span is the text inside the quotes, still escaped.
    StrEsc,
    /// A number; the span is its original token.
    Num,
    /// `true`.
    True,
    /// `false`.
    False,
    /// `null`, which Splunk extracts as the text `null`.
    Null,
}

/// A value's place in the event: bytes `start..end` of the event's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// Byte after the last.
    pub end: u32,
    /// The kind of value.
    pub kind: Kind,
}

impl Span {
    #[inline(always)]
    pub(super) fn new(start: usize, end: usize, kind: Kind) -> Span {
        Span { start: start as u32, end: end as u32, kind }
    }

    /// The span as a range of byte offsets.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The bytes of the span in the event that it was found in; empty for any other event that is
    /// too short.
    pub fn bytes(self, event: &[u8]) -> &[u8] {
        event.get(self.range()).unwrap_or_default()
    }

    /// The value's text as Splunk shows it: unescaped, invalid UTF-8 replaced by U+FFFD.
    pub fn text(self, event: &[u8]) -> std::borrow::Cow<'_, str> {
        match self.kind {
            Kind::StrEsc => unescape(self.bytes(event)),
            _ => lossy(self.bytes(event)),
        }
    }
}

const END: u32 = u32::MAX;

#[derive(Debug, Clone, Copy)]
struct First {
    epoch: u32,
    span: Span,
    next: u32,
    last: u32,
}

/// The values found for each slot of a [`PathSet`](super::PathSet) in one event, in document order.
///
/// Made to be reused: [`Slots::clear`] only advances a stamp, further values of a slot go to one
/// arena, and nothing is allocated once the arena has grown.
#[derive(Debug, Clone)]
pub struct Slots {
    epoch: u32,
    /// Those that hold a value, in the order in which they got one.
    touched: Vec<u32>,
    first: Vec<First>,
    more: Vec<(Span, u32)>,
}

impl Slots {
    /// Room for `slots` slots, all empty.
    pub fn new(slots: usize) -> Slots {
        let span = Span { start: 0, end: 0, kind: Kind::Null };
        let first = vec![First { epoch: 0, span, next: END, last: END }; slots];
        Slots { epoch: 1, touched: Vec::new(), first, more: Vec::new() }
    }

    /// Number of slots.
    pub fn len(&self) -> usize {
        self.first.len()
    }

    /// Whether there is no slot at all.
    pub fn is_empty(&self) -> bool {
        self.first.is_empty()
    }

    /// Number of slots that hold at least one value.
    pub fn filled(&self) -> usize {
        self.touched.len()
    }

    /// The slots that hold at least one value, in the order in which they got it.
    pub fn touched(&self) -> &[u32] {
        &self.touched
    }

    /// Forgets all values.
    pub fn clear(&mut self) {
        self.touched.clear();
        self.more.clear();
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            // the stamp came round: old stamps could look new
            self.first.iter_mut().for_each(|f| f.epoch = 0);
            self.epoch = 1;
        }
    }

    /// Forgets all values and makes room for `slots` slots.
    pub(super) fn reset(&mut self, slots: usize) {
        if self.first.len() == slots {
            self.clear();
        } else {
            let more = std::mem::take(&mut self.more);
            *self = Slots { more, ..Slots::new(slots) };
            self.more.clear();
        }
    }

    /// Adds a value.
    #[inline(always)]
    pub(super) fn push(&mut self, slot: u32, span: Span) {
        let Some(first) = self.first.get_mut(slot as usize) else { return };
        if first.epoch != self.epoch {
            *first = First { epoch: self.epoch, span, next: END, last: END };
            self.touched.push(slot);
            return;
        }
        let at = self.more.len() as u32;
        self.more.push((span, END));
        if first.last == END {
            first.next = at;
        } else if let Some(last) = self.more.get_mut(first.last as usize) {
            last.1 = at;
        }
        first.last = at;
    }

    fn slot(&self, slot: usize) -> Option<&First> {
        self.first.get(slot).filter(|f| f.epoch == self.epoch)
    }

    /// The slot's first value.
    pub fn get(&self, slot: usize) -> Option<Span> {
        self.slot(slot).map(|f| f.span)
    }

    /// Whether the slot holds more than one value.
    pub fn is_multi(&self, slot: usize) -> bool {
        self.slot(slot).is_some_and(|f| f.next != END)
    }

    /// All values of a slot in document order.
    pub fn iter(&self, slot: usize) -> impl Iterator<Item = Span> + '_ {
        let first = self.slot(slot);
        let mut next = first.map_or(END, |f| f.next);
        first.map(|f| f.span).into_iter().chain(std::iter::from_fn(move || {
            let (span, after) = *self.more.get(next as usize)?;
            next = after;
            Some(span)
        }))
    }
}
