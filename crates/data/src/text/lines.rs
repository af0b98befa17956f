//! Events that begin or end with certain lines.

use super::pending::Pending;
use crate::json::{Frame, FrameStatus};
use memchr::memchr;
use regex::bytes::Regex;

#[derive(Debug)]
pub(super) struct Lines {
    regex: Regex,
    /// A line that matches ends its event; otherwise it begins one.
    after: bool,
    event: Pending,
    /// The beginning of a line that goes on in the next block: a byte more than is ever kept.
    line: Vec<u8>,
    /// Bytes of that line were left out.
    long: bool,
    line_start: u64,
}

impl Lines {
    pub fn new(regex: Regex, after: bool, max: usize) -> Lines {
        Lines {
            regex,
            after,
            event: Pending::new(max),
            line: Vec::new(),
            long: false,
            line_start: 0,
        }
    }

    pub fn feed(&mut self, block: &[u8], base: u64, emit: &mut impl FnMut(Frame<'_>)) {
        let mut rest = block;
        let mut at = base;
        while !rest.is_empty() {
            let (part, more, whole) = match memchr(b'\n', rest) {
                Some(n) => (&rest[..=n], &rest[n + 1..], true),
                None => (rest, &[][..], false),
            };
            if whole && self.line.is_empty() {
                self.line(part, at, false, emit);
            } else {
                if self.line.is_empty() {
                    self.line_start = at;
                }
                let room = (self.event.max() + 1).saturating_sub(self.line.len()).min(part.len());
                self.line.extend_from_slice(&part[..room]);
                self.long |= !part[room..].trim_ascii().is_empty();
                if whole {
                    self.end_line(emit);
                }
            }
            at += part.len() as u64;
            rest = more;
        }
    }

    pub fn finish(&mut self, emit: &mut impl FnMut(Frame<'_>)) {
        if !self.line.is_empty() {
            self.end_line(emit);
        }
        self.event.emit(FrameStatus::Complete, emit);
    }

    fn end_line(&mut self, emit: &mut impl FnMut(Frame<'_>)) {
        let line = std::mem::take(&mut self.line);
        let long = std::mem::take(&mut self.long);
        self.line(&line, self.line_start, long, emit);
        self.line = line;
        self.line.clear();
    }

    /// Takes a line with its end.
    fn line(&mut self, line: &[u8], at: u64, long: bool, emit: &mut impl FnMut(Frame<'_>)) {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let text = text.get(..self.event.max()).unwrap_or(text);
        let hit = self.regex.is_match(text);
        if hit && !self.after {
            self.event.emit(FrameStatus::Complete, emit);
        }
        if !self.event.is_open() {
            // empty lines between events are of none
            if line.trim_ascii().is_empty() && !long {
                return;
            }
            self.event.begin(at);
        }
        self.event.extend(line);
        if long {
            self.event.cut();
        }
        if hit && self.after {
            self.event.emit(FrameStatus::Complete, emit);
        }
    }
}
