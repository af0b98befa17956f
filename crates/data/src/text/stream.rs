//! Events with a match of a regular expression between them.
//!
//! The expression is asked at places that depend on the input alone, each 64 KiB, so that blocks of
//! any size give the same events.

use super::pending::Pending;
use crate::json::{Frame, FrameStatus};
use regex::bytes::{CaptureLocations, Regex};
use std::ops::Range;

/// How much new text is looked at together, and the longest match.
pub(super) const WINDOW: usize = 64 << 10;

/// What stays before the place where the search goes on, for `^` and `\b`.
const BEHIND: usize = 8;

#[derive(Debug)]
pub(super) struct Stream {
    regex: Regex,
    groups: CaptureLocations,
    event: Pending,
    window: Vec<u8>,
    /// The offset of the window's first byte.
    base: u64,
    /// Where in the window the next match may begin.
    from: usize,
    /// Where in the window the event goes on.
    event_from: usize,
    size: usize,
}

impl Stream {
    pub fn new(regex: Regex, max: usize, size: usize) -> Stream {
        Stream {
            groups: regex.capture_locations(),
            regex,
            event: Pending::new(max),
            window: Vec::new(),
            base: 0,
            from: 0,
            event_from: 0,
            size: size.max(1),
        }
    }

    pub fn feed(&mut self, mut block: &[u8], base: u64, emit: &mut impl FnMut(Frame<'_>)) {
        if self.window.is_empty() {
            self.base = base;
        }
        while !block.is_empty() {
            let end = self.base + self.window.len() as u64;
            let gone = usize::try_from(end % self.size as u64).unwrap_or(0);
            let (part, more) = block.split_at((self.size - gone).min(block.len()));
            self.window.extend_from_slice(part);
            block = more;
            if gone + part.len() == self.size {
                self.scan(false, emit);
                self.shrink();
            }
        }
    }

    pub fn finish(&mut self, emit: &mut impl FnMut(Frame<'_>)) {
        self.scan(true, emit);
        self.keep(self.window.len());
        self.event.emit(FrameStatus::Complete, emit);
    }

    /// Gives out the events that end in the window.
    fn scan(&mut self, end: bool, emit: &mut impl FnMut(Frame<'_>)) {
        while self.from <= self.window.len() {
            let found = self.regex.captures_read_at(&mut self.groups, &self.window, self.from);
            let Some(found) = found.map(|m| m.range()) else { return };
            // with more text it might be longer, or none
            if found.end == self.window.len() && !end {
                return;
            }
            let between = self.between(found.clone());
            let begin = between.start.max(self.event_from);
            let text = begin > self.event_from || self.event.is_open();
            if between.end > self.event_from || text {
                self.keep(begin);
                self.event.emit(FrameStatus::Complete, emit);
                self.event_from = between.end.max(begin);
            }
            self.from =
                if between.end > self.from { between.end } else { found.end.max(self.from + 1) };
        }
    }

    /// What of a match belongs to no event.
    fn between(&self, found: Range<usize>) -> Range<usize> {
        let group = (1..self.groups.len()).find_map(|n| self.groups.get(n));
        group.map_or(found.start..found.start, |(start, end)| start..end)
    }

    /// Takes the window's bytes up to here into the event.
    fn keep(&mut self, to: usize) {
        let Some(bytes) = self.window.get(self.event_from..to) else { return };
        if !self.event.is_open() {
            self.event.begin(self.base + self.event_from as u64);
        }
        self.event.extend(bytes);
        self.event_from = to;
    }

    /// Forgets what no match can begin in any more.
    fn shrink(&mut self) {
        let to = self.window.len().saturating_sub(self.size).max(self.from.min(self.event_from));
        if to > self.event_from {
            self.keep(to);
        }
        self.from = self.from.max(to);
        let gone = to.saturating_sub(BEHIND);
        self.window.drain(..gone);
        self.base += gone as u64;
        self.from -= gone;
        self.event_from -= gone;
    }
}
