//! Cuts a stream of blocks into the rows of a table.

use super::super::framer::Mark;
use super::{Dialect, Header};
use crate::json::{Frame, FrameStatus};
use memchr::{memchr, memchr2};
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Cell,
    Plain,
    Quoted,
    /// Behind a quote in a quoted cell.
    Quote,
}

/// Cuts blocks of text into rows, the same whatever the size of the blocks. Each row comes with the
/// header that holds for it. Rows longer than the limit are cut there.
///
/// A quoted cell that does not end costs one line, not the rest of the input.
#[derive(Debug)]
pub struct TableFramer {
    rows: Rows,
    offset: u64,
    mark: Mark,
}

#[derive(Debug)]
struct Rows {
    dialect: Dialect,
    max: usize,
    state: State,
    row: Vec<u8>,
    start: u64,
    cut: bool,
    /// What the lines so far say; `header` is that, once there is a row.
    next: Header,
    changed: bool,
    header: Option<Arc<Header>>,
}

impl TableFramer {
    /// A framer that cuts rows longer than `max_event` bytes.
    pub fn new(dialect: Dialect, max_event: usize) -> TableFramer {
        TableFramer {
            rows: Rows {
                dialect,
                max: max_event.max(1),
                state: State::Cell,
                row: Vec::new(),
                start: 0,
                cut: false,
                next: Header::new(dialect),
                changed: true,
                header: None,
            },
            offset: 0,
            mark: Mark::new(),
        }
    }

    /// How many bytes it was fed.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next block and gives out the rows that end in it.
    pub fn push(&mut self, block: &[u8], emit: &mut impl FnMut(Frame<'_>, &Arc<Header>)) {
        let rows = &mut self.rows;
        self.mark.pass(block, self.offset, |part, at| rows.feed(part, at, emit));
        self.offset += block.len() as u64;
    }

    /// Ends the input and gives out the last row. False if it ended inside of a quoted cell.
    pub fn finish(mut self, emit: &mut impl FnMut(Frame<'_>, &Arc<Header>)) -> bool {
        let rows = &mut self.rows;
        self.mark.end(|part, at| rows.feed(part, at, emit));
        let mut whole = true;
        loop {
            let open = rows.state == State::Quoted && !rows.row.is_empty();
            whole &= !open;
            if !open || !rows.give_up_quote(emit) {
                rows.end(emit);
                return whole;
            }
        }
    }

    /// The header so far.
    pub fn header(&self) -> Option<&Arc<Header>> {
        self.rows.header.as_ref()
    }
}

impl Rows {
    fn feed(&mut self, b: &[u8], base: u64, emit: &mut impl FnMut(Frame<'_>, &Arc<Header>)) {
        let quotes = self.dialect.rows_span_lines();
        let delimiter = self.next.delimiter;
        let mut i = 0;
        while let Some(rest) = b.get(i..).filter(|r| !r.is_empty()) {
            if self.row.is_empty() && !self.cut {
                self.start = base + i as u64;
            }
            let (n, state) = match self.state {
                _ if !quotes => match memchr(b'\n', rest) {
                    Some(n) => (n + 1, State::Cell),
                    None => (rest.len(), State::Plain),
                },
                State::Quoted => match memchr(b'"', rest) {
                    Some(n) => (n + 1, State::Quote),
                    None => (rest.len(), State::Quoted),
                },
                State::Cell if rest.first() == Some(&b'"') => (1, State::Quoted),
                State::Quote if rest.first() == Some(&b'"') => (1, State::Quoted),
                State::Cell | State::Quote | State::Plain => {
                    match memchr2(delimiter, b'\n', rest) {
                        Some(n) => (n + 1, State::Cell),
                        None => (rest.len(), State::Plain),
                    }
                }
            };
            let taken = &rest[..n];
            let ends = state == State::Cell && taken.last() == Some(&b'\n');
            let room = (self.max + 2).saturating_sub(self.row.len());
            if taken.len() > room && self.state == State::Quoted && !self.cut {
                // a quote that does not end, by all signs
                self.row.extend_from_slice(&taken[..room]);
                i += room;
                if self.give_up_quote(emit) {
                    continue;
                }
                // the whole of it is one line: cut there, and ended by its newline
                (self.cut, self.state) = (true, State::Plain);
                continue;
            }
            let kept = room.min(taken.len());
            self.row.extend_from_slice(&taken[..kept]);
            self.cut |= !taken[kept..].trim_ascii().is_empty();
            self.state = state;
            i += n;
            if ends {
                self.end(emit);
            }
        }
    }

    /// Inside of a quoted cell: ends the row with its first line and reads the rest again. False
    /// where it has one line only.
    fn give_up_quote(&mut self, emit: &mut impl FnMut(Frame<'_>, &Arc<Header>)) -> bool {
        let Some(n) = memchr(b'\n', &self.row) else { return false };
        let mut row = std::mem::take(&mut self.row);
        let rest = row.split_off(n + 1);
        let at = self.start + row.len() as u64;
        self.row = row;
        self.end(emit);
        self.feed(&rest, at, emit);
        true
    }

    /// The row ends here.
    fn end(&mut self, emit: &mut impl FnMut(Frame<'_>, &Arc<Header>)) {
        let row = std::mem::take(&mut self.row);
        self.line(&row, emit);
        self.row = row;
        self.row.clear();
        (self.state, self.cut) = (State::Cell, false);
    }

    fn line(&mut self, row: &[u8], emit: &mut impl FnMut(Frame<'_>, &Arc<Header>)) {
        let row = row.strip_suffix(b"\n").unwrap_or(row);
        let row = row.strip_suffix(b"\r").unwrap_or(row);
        if row.trim_ascii().is_empty() {
            return;
        }
        if self.dialect.rows_span_lines() {
            if self.header.is_none() {
                self.header = Some(Arc::new(Header::of_row(self.dialect, row)));
                return;
            }
        } else if row.first() == Some(&b'#') {
            self.next.directive(row);
            self.changed = true;
            return;
        }
        if self.changed && !self.dialect.rows_span_lines() {
            self.changed = false;
            if self.header.as_deref() != Some(&self.next) {
                self.header = Some(Arc::new(self.next.clone()));
            }
        }
        let Some(header) = &self.header else { return };
        let text = row.get(..self.max).unwrap_or(row);
        let status = match self.cut || text.len() < row.len() {
            true => FrameStatus::Truncated,
            false if self.state == State::Quoted => FrameStatus::Damaged,
            false => FrameStatus::Complete,
        };
        emit(Frame { bytes: text, offset: self.start, status }, header);
    }
}
