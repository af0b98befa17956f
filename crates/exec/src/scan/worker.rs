use super::extract::Extractor;
use super::input::{InputData, ScanCounts};
use super::queue::{Queue, Work, notice_long};
use super::tape::{Again, Tape};
use crate::knowledge::ScanFilter;
use crate::plan::ScanOptions;
use crate::rows::RowStore;
use crate::run_cx::{RunCx, RunError};
use sepal_data::fieldset::FieldSet;
use sepal_data::{Batch, OrderKey};
use std::ops::Range;

/// What a scan looks for.
pub struct ScanSpec<'a> {
    /// The first search's condition.
    pub filter: &'a ScanFilter,
    /// The fields that the rest of the pipeline needs.
    pub needed: FieldSet,
    /// Whether `_time` must be found for order's sake.
    pub needs_time: bool,
    /// Events before this are left out, in microseconds.
    pub earliest: Option<i64>,
    /// Events at or after this are left out.
    pub latest: Option<i64>,
    /// Whether the order of columns does not matter, so that those without a value may lack.
    pub sparse: bool,
    /// Switches and limits.
    pub options: &'a ScanOptions,
}

impl ScanSpec<'_> {
    /// Whether an event of this time is within the time range. One without a time is only where
    /// no range is asked for.
    pub(super) fn in_time(&self, time: i64) -> bool {
        in_range(time, (self.earliest, self.latest))
    }
}

/// Whether a time is within a range, from (inclusive) and to (exclusive). No time is only where no
/// range is asked for.
pub(crate) fn in_range(time: i64, (earliest, latest): (Option<i64>, Option<i64>)) -> bool {
    if earliest.is_none() && latest.is_none() {
        return true;
    }
    time != OrderKey::NO_TIME
        && earliest.is_none_or(|e| time >= e)
        && latest.is_none_or(|l| time < l)
}

/// Takes the rows that a scan lets through.
pub trait RowSink {
    /// Takes rows in batches.
    fn batch(&mut self, batch: Batch) -> Result<(), RunError>;

    /// The store that rows go into as they are, where nothing else is done with them. Always the
    /// same one.
    fn store(&mut self) -> Option<&mut RowStore> {
        None
    }

    /// What takes the events themselves, too.
    fn tape(&mut self) -> Option<&mut Tape> {
        None
    }
}

impl<F: FnMut(Batch) -> Result<(), RunError>> RowSink for F {
    fn batch(&mut self, batch: Batch) -> Result<(), RunError> {
        self(batch)
    }
}

/// Scans pieces of inputs, one worker each.
pub struct Scanner<'a> {
    spec: &'a ScanSpec<'a>,
    queue: &'a Queue<'a>,
    cx: &'a RunCx,
    extractor: Option<(u32, Extractor<'a>)>,
    buf: Vec<u8>,
    candidates: Vec<Range<usize>>,
    again: Again,
    /// Whether the offsets of lines are their places in the bytes of the input.
    placed: bool,
    /// What was counted.
    pub counts: ScanCounts,
}

impl<'a> Scanner<'a> {
    /// A worker on a queue.
    pub fn new(spec: &'a ScanSpec<'a>, queue: &'a Queue<'a>, cx: &'a RunCx) -> Scanner<'a> {
        Scanner {
            spec,
            queue,
            cx,
            extractor: None,
            buf: Vec::new(),
            candidates: Vec::new(),
            again: Again::default(),
            placed: false,
            counts: ScanCounts::default(),
        }
    }

    /// Scans until the queue is empty; `sink` gets the rows that pass, in batches.
    pub fn run(&mut self, sink: &mut dyn RowSink) -> Result<(), RunError> {
        let mut buf = std::mem::take(&mut self.buf);
        while let Some(work) = self.queue.next(&mut buf, self.cx)? {
            let (events, bytes) = (self.counts.events, self.counts.bytes);
            self.placed = matches!(work, Work::Range { .. });
            match work {
                Work::Range { unit, range } => {
                    self.switch(unit, sink)?;
                    let queue = self.queue;
                    queue.read_range(unit, range, &mut buf, self.cx, |bytes, offset| {
                        self.lines(bytes, offset, sink)
                    })?;
                }
                Work::Lines { unit, offset } => {
                    self.switch(unit, sink)?;
                    self.lines(&buf, offset, sink)?;
                }
                Work::Events { unit, events, headers } => {
                    self.switch(unit, sink)?;
                    for e in events {
                        if let Some(header) = e.header.checked_sub(1).and_then(|n| headers.get(n))
                            && let Some((_, x)) = &mut self.extractor
                        {
                            x.set_header(header);
                            if let Some(tape) = sink.tape() {
                                tape.header(header);
                            }
                        }
                        self.event(&buf[e.range], e.offset, e.whole, sink)?;
                    }
                }
                Work::Kept { unit, range } => {
                    self.switch(unit, sink)?;
                    self.kept(unit, range, sink)?;
                }
                Work::Chunk { unit, offset } => {
                    self.switch(unit, sink)?;
                    self.chunk(&buf, offset, sink)?;
                }
            }
            // batches end with their piece, so that they are the same for any number of threads
            if let Some((_, x)) = &mut self.extractor {
                give(x, &mut self.counts, sink)?;
            }
            self.cx.progress(self.counts.events - events, self.counts.bytes - bytes);
        }
        self.flush(sink)
    }

    /// Makes the extractor of an input the current one.
    fn switch(&mut self, unit: u32, sink: &mut dyn RowSink) -> Result<(), RunError> {
        if self.extractor.as_ref().is_some_and(|(u, _)| *u == unit) {
            return Ok(());
        }
        self.flush(sink)?;
        let (Some(input), Some(looks)) =
            (self.queue.inputs().get(unit as usize), self.queue.looks(unit))
        else {
            return Err(RunError::failed("SPL3013", "an input was not opened before it was read"));
        };
        let mut x = Extractor::new(self.spec, self.cx, unit, input, &looks)?;
        if sink.store().is_some() {
            x.allow_direct();
        }
        if let Some(tape) = sink.tape() {
            tape.input(unit);
        }
        self.extractor = Some((unit, x));
        Ok(())
    }

    fn flush(&mut self, sink: &mut dyn RowSink) -> Result<(), RunError> {
        if let Some((_, x)) = &mut self.extractor {
            self.counts.dropped_fields += x.dropped_fields();
            give(x, &mut self.counts, sink)?;
        }
        self.extractor = None;
        Ok(())
    }

    fn event(
        &mut self,
        event: &[u8],
        offset: u64,
        whole: bool,
        sink: &mut dyn RowSink,
    ) -> Result<(), RunError> {
        let Some((_, x)) = &mut self.extractor else { return Ok(()) };
        self.counts.bytes += event.len() as u64;
        if let Some(tape) = sink.tape() {
            tape.event(event, offset, whole, false);
        }
        if whole {
            x.event(event, offset, &mut self.counts, sink.store())?;
        } else {
            x.cut(event, offset, &mut self.counts)?;
        }
        if x.is_full() { give(x, &mut self.counts, sink) } else { Ok(()) }
    }

    /// Scans events that were kept.
    fn kept(
        &mut self,
        unit: u32,
        range: Range<usize>,
        sink: &mut dyn RowSink,
    ) -> Result<(), RunError> {
        let data = self.queue.inputs().get(unit as usize).map(|i| &i.data);
        let Some(InputData::Kept(events, which)) = data else { return Ok(()) };
        let mut again = std::mem::take(&mut self.again);
        for number in which.get(range).unwrap_or_default() {
            let Some(e) = events.event(*number, &mut again, &*self.cx.host)? else { continue };
            if let (Some(header), Some((_, x))) = (e.header, &mut self.extractor) {
                x.set_header(header);
            }
            self.event(e.bytes, e.row, e.whole, sink)?;
        }
        self.again = again;
        Ok(())
    }

    /// Scans a chunk of a Windows event log.
    fn chunk(&mut self, chunk: &[u8], offset: u64, sink: &mut dyn RowSink) -> Result<(), RunError> {
        self.counts.bytes += chunk.len() as u64;
        let unit = self.extractor.as_ref().map_or(0, |(unit, _)| *unit);
        let bytes = self.counts.bytes;
        let limit = self.spec.options.max_event;
        let cx = self.cx;
        let mut damaged = Vec::new();
        super::evtx::records(chunk, &mut |at, record| match record {
            Ok(text) => {
                let whole = text.len() <= limit;
                if !whole {
                    notice_long(cx, limit);
                }
                self.event(&text[..text.len().min(limit)], offset + at, whole, sink)
            }
            Err(reason) => {
                damaged.push((offset + at, reason));
                Ok(())
            }
        })?;
        for (at, reason) in damaged {
            self.counts.damage(unit, at, || reason);
        }
        // those of the file, not of the text made of it
        self.counts.bytes = bytes;
        Ok(())
    }

    /// Scans whole lines.
    fn lines(
        &mut self,
        mut bytes: &[u8],
        mut offset: u64,
        sink: &mut dyn RowSink,
    ) -> Result<(), RunError> {
        let Some((unit, x)) = &mut self.extractor else { return Ok(()) };
        let unit = *unit;
        self.counts.bytes += bytes.len() as u64;
        if offset == 0 && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes = &bytes[3..];
            offset = 3;
        }
        let max = self.spec.options.max_event;
        let probing = x.probe.is_some();
        self.candidates.clear();
        if let Some(p) = &x.probe {
            let found = &mut self.candidates;
            p.candidates(bytes, |range| found.push(range));
        }
        let nothing = x.is_empty();
        let mut candidates = self.candidates.iter().peekable();
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', bytes)
            .chain((bytes.last() != Some(&b'\n')).then_some(bytes.len()))
        {
            let line = &bytes[start..end];
            let at = start;
            start = end + 1;
            let candidate = candidates.peek().is_some_and(|r| r.start < end);
            while candidates.peek().is_some_and(|r| r.start < end) {
                candidates.next();
            }
            if line.len() > max {
                notice_long(self.cx, max);
                // the rest may have been left unread: what was read of it does not count
                self.counts.bytes -= (start.min(bytes.len()) - at - max) as u64;
                if let Some(tape) = sink.tape() {
                    tape.event(&line[..max], offset + at as u64, false, self.placed);
                }
                x.cut(&line[..max], offset + at as u64, &mut self.counts)?;
                if x.is_full() {
                    give(x, &mut self.counts, sink)?;
                }
                continue;
            }
            if nothing || (probing && !candidate) {
                // counted, and looked at from both ends, but not read
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                match (line.first(), line.last()) {
                    (Some(b'{'), Some(b'}')) => self.counts.events += 1,
                    (None, _) => {}
                    _ => {
                        let line = line.trim_ascii();
                        if !line.is_empty() {
                            self.counts.events += 1;
                            if x.reads_json()
                                && let Err(e) = sepal_data::json::validate(line)
                            {
                                self.counts.damage(unit, offset + at as u64, || e.to_string());
                            }
                        }
                    }
                }
                continue;
            }
            if let Some(tape) = sink.tape() {
                tape.event(line, offset + at as u64, true, self.placed);
            }
            x.event(line, offset + at as u64, &mut self.counts, sink.store())?;
            if x.is_full() {
                give(x, &mut self.counts, sink)?;
            }
        }
        Ok(())
    }
}

fn give(
    x: &mut Extractor<'_>,
    counts: &mut ScanCounts,
    sink: &mut dyn RowSink,
) -> Result<(), RunError> {
    let batch = x.take();
    counts.matched += batch.len as u64;
    if batch.len > 0 {
        sink.batch(batch)?;
    }
    if let Some(tape) = sink.tape() {
        tape.clear();
    }
    Ok(())
}
