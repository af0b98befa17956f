//! The framer of text.

use super::breaker::Kind;
use super::lines::Lines;
use super::stream::{Stream, WINDOW};
use super::xml::Xml;
use super::{BOM, Breaker};
use crate::json::Frame;

/// Cuts blocks of text into events, the same whatever the size of the blocks; a byte order mark is
/// no part of them. The text of an event is without the white space around it; its offset is that
/// of its first byte. Events longer than the limit are cut there, and said to be
/// [`Truncated`](crate::json::FrameStatus::Truncated).
#[derive(Debug)]
pub struct TextFramer {
    machine: Machine,
    offset: u64,
    mark: Mark,
}

/// How much of a byte order mark was there.
#[derive(Debug)]
pub(super) struct Mark(Option<usize>);

#[derive(Debug)]
enum Machine {
    Lines(Lines),
    Stream(Box<Stream>),
    Xml(Box<Xml>),
}

impl TextFramer {
    /// A framer that cuts events longer than `max_event` bytes.
    pub fn new(breaker: &Breaker, max_event: usize) -> TextFramer {
        Self::with_window(breaker, max_event, WINDOW)
    }

    pub(super) fn with_window(breaker: &Breaker, max: usize, window: usize) -> TextFramer {
        let machine = match &*breaker.0 {
            Kind::Before(regex, _) => Machine::Lines(Lines::new(regex.clone(), false, max)),
            Kind::After(regex, _) => Machine::Lines(Lines::new(regex.clone(), true, max)),
            Kind::Between(regex, _) => {
                Machine::Stream(Box::new(Stream::new(regex.clone(), max, window)))
            }
            Kind::Xml(name) => Machine::Xml(Box::new(Xml::new(name, max))),
        };
        TextFramer { machine, offset: 0, mark: Mark::new() }
    }

    /// How many bytes it was fed.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next block and gives out the events that end in it.
    pub fn push(&mut self, block: &[u8], emit: &mut impl FnMut(Frame<'_>)) {
        let machine = &mut self.machine;
        self.mark.pass(block, self.offset, |part, at| machine.feed(part, at, emit));
        self.offset += block.len() as u64;
    }

    /// Ends the input and gives out what is left. False if it ended inside of an element.
    pub fn finish(mut self, emit: &mut impl FnMut(Frame<'_>)) -> bool {
        let machine = &mut self.machine;
        self.mark.end(|part, at| machine.feed(part, at, emit));
        match &mut self.machine {
            Machine::Lines(m) => m.finish(emit),
            Machine::Stream(m) => m.finish(emit),
            Machine::Xml(m) => return m.finish(emit),
        }
        true
    }
}

impl Machine {
    fn feed(&mut self, block: &[u8], base: u64, emit: &mut impl FnMut(Frame<'_>)) {
        match self {
            Machine::Lines(m) => m.feed(block, base, emit),
            Machine::Stream(m) => m.feed(block, base, emit),
            Machine::Xml(m) => m.feed(block, base, emit),
        }
    }
}

impl Mark {
    pub fn new() -> Mark {
        Mark(Some(0))
    }

    /// Hands a block on without a byte order mark at the beginning of all.
    pub fn pass(&mut self, block: &[u8], base: u64, mut feed: impl FnMut(&[u8], u64)) {
        let mut from = 0;
        while let Some(seen) = self.0 {
            match (block.get(from), BOM.get(seen)) {
                (None, _) => return,
                (Some(b), Some(mark)) if b == mark => {
                    from += 1;
                    self.0 = Some(seen + 1).filter(|n| *n < BOM.len());
                }
                _ => {
                    self.0 = None;
                    // what began as one and is none
                    if seen > from {
                        feed(&BOM[..seen - from], 0);
                    }
                    from = 0;
                }
            }
        }
        if let Some(rest) = block.get(from..).filter(|r| !r.is_empty()) {
            feed(rest, base + from as u64);
        }
    }

    /// At the end of the input.
    pub fn end(&mut self, mut feed: impl FnMut(&[u8], u64)) {
        if let Some(seen) = self.0.take().filter(|n| *n > 0) {
            feed(&BOM[..seen], 0);
        }
    }
}
