//! Cuts a stream of blocks into JSON values, without loading the whole of it.

mod machine;

use machine::Machine;

/// Largest event that is given out whole: 64 MiB.
pub const DEFAULT_MAX_EVENT: usize = 64 << 20;

/// How events lie in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Framing {
    /// One value after another, over several lines or several on a line.
    Concatenated,
    /// The elements of a top-level array.
    Array,
    /// The elements of the array under this key of a top-level object, such as `Records`.
    Wrapped(String),
}

/// In which state an event comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameStatus {
    /// Balanced brackets from first to last byte (not more is checked).
    Complete,
    /// Text between values, a value with wrong brackets or cut off by the end of the input: the
    /// event is the text up to the end of its line.
    Damaged,
    /// Longer than the cap: the event is only its beginning.
    Truncated,
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// Its text.
    pub bytes: &'a [u8],
    /// Offset of its first byte in the whole input.
    pub offset: u64,
    /// Whether it is whole.
    pub status: FrameStatus,
}

/// An incremental framer: feed it blocks of any size, it gives out events as they become complete.
///
/// No byte is lost silently, with two exceptions that are not events: separators, and the members of
/// a wrapping object beside its array. A wrapping object without its array is an event itself, and
/// where the input holds something else than its framing says (an object instead of an array), that
/// is given out as an event too.
#[derive(Debug)]
pub struct Framer {
    machine: Machine,
    offset: u64,
}

impl Framer {
    /// A framer with the default cap on the size of an event.
    pub fn new(framing: Framing) -> Framer {
        Framer::with_max_event(framing, DEFAULT_MAX_EVENT)
    }

    /// A framer that cuts events longer than `max_event` bytes (and reports them as truncated).
    pub fn with_max_event(framing: Framing, max_event: usize) -> Framer {
        Framer { machine: Machine::new(framing, max_event), offset: 0 }
    }

    /// How many bytes it was fed.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next block and gives out the events that end in it.
    pub fn push(&mut self, block: &[u8], emit: &mut impl FnMut(Frame<'_>)) {
        self.machine.feed(block, self.offset, emit);
        self.offset += block.len() as u64;
    }

    /// Ends the input and gives out what is left as a damaged event. False if the input ended inside
    /// a value, an array or a wrapping object.
    pub fn finish(mut self, emit: &mut impl FnMut(Frame<'_>)) -> bool {
        self.machine.finish(emit)
    }
}

#[cfg(test)]
mod tests;
