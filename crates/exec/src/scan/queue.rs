use super::evtx::{CHUNK, HEADER};
use super::frames::AnyFramer;
use super::input::{Input, InputData, InputFormat};
use super::open::{Opened, input_error};
use super::shape::Shape;
use crate::host::Host;
use crate::knowledge::Recognized;
use crate::plan::ScanOptions;
use crate::run_cx::{RunCx, RunError};
use sepal_data::json::{Frame, FrameStatus};
use sepal_data::text::table::Header;
use std::io::{Cursor, Read};
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// Says once a run how many events were over the limit.
pub(super) fn notice_long(cx: &RunCx, limit: usize) {
    let limit = match limit >> 20 {
        mib if mib << 20 == limit => format!("{mib} MiB"),
        _ => format!("{limit} bytes"),
    };
    cx.notice("SPL5003", format!("an event is longer than {limit} and was cut there"), true);
}

/// What a worker does next.
#[derive(Debug)]
pub enum Work {
    /// Read the lines of a plain file that begin in this range.
    Range {
        /// The input's number.
        unit: u32,
        /// Byte offsets.
        range: Range<u64>,
    },
    /// The buffer holds whole lines.
    Lines {
        /// The input's number.
        unit: u32,
        /// Where the buffer begins in the input.
        offset: u64,
    },
    /// The buffer holds events, one after another.
    Events {
        /// The input's number.
        unit: u32,
        /// Where they stand.
        events: Vec<Place>,
        /// The headers of the tables that they are of.
        headers: Vec<Arc<Header>>,
    },
    /// Some of the events that an input has kept.
    Kept {
        /// The input's number.
        unit: u32,
        /// Which, as places in its list.
        range: Range<usize>,
    },
    /// The buffer holds a chunk of a Windows event log.
    Chunk {
        /// The input's number.
        unit: u32,
        /// Where the chunk begins in the input.
        offset: u64,
    },
}

/// How many kept events are a piece.
const KEPT: usize = 8192;

/// Where an event stands.
#[derive(Debug)]
pub struct Place {
    /// In the buffer.
    pub range: Range<usize>,
    /// In the input.
    pub offset: u64,
    /// Whether all of it is there.
    pub whole: bool,
    /// Which header it has, from 1; 0 for none.
    pub header: usize,
}

/// Hands out the inputs piece by piece, in order, to any number of workers.
pub struct Queue<'a> {
    inputs: &'a [Input],
    host: &'a dyn Host,
    options: &'a ScanOptions,
    state: Mutex<State>,
    shapes: Vec<std::sync::OnceLock<Arc<Looks>>>,
}

/// What an input was found to be when it was opened.
#[derive(Debug)]
pub struct Looks {
    /// How events stand in it.
    pub format: InputFormat,
    /// What its events look like.
    pub shape: Shape,
    /// What it was recognized as.
    pub recognized: Option<Arc<Recognized>>,
}

struct State {
    next_input: usize,
    current: Current,
}

enum Current {
    None,
    Ranges { unit: u32, at: u64, size: u64 },
    Lines { unit: u32, reader: Box<dyn Read + Send>, offset: u64, carry: Vec<u8>, skipping: bool },
    Framed { unit: u32, reader: Box<dyn Read + Send>, framer: Box<AnyFramer>, buf: Vec<u8> },
    Kept { unit: u32, at: usize },
    Chunks { unit: u32, reader: Box<dyn Read + Send>, offset: u64 },
}

impl<'a> Queue<'a> {
    /// A queue over inputs.
    pub fn new(inputs: &'a [Input], host: &'a dyn Host, options: &'a ScanOptions) -> Queue<'a> {
        Queue {
            inputs,
            host,
            options,
            state: Mutex::new(State { next_input: 0, current: Current::None }),
            shapes: inputs.iter().map(|_| std::sync::OnceLock::new()).collect(),
        }
    }

    /// The inputs.
    pub fn inputs(&self) -> &'a [Input] {
        self.inputs
    }

    /// What the events of an input look like, once it was opened.
    pub fn looks(&self, unit: u32) -> Option<Arc<Looks>> {
        self.shapes.get(unit as usize)?.get().cloned()
    }

    /// The next piece; `buf` is filled for `Lines` and `Events`. None when all is handed out.
    ///
    /// An input that ends in an error gives all events before it, then the error.
    pub fn next(&self, buf: &mut Vec<u8>, cx: &RunCx) -> Result<Option<Work>, RunError> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let block = self.options.block.max(1);
        loop {
            if cx.scan_ends() {
                return Ok(None);
            }
            let State { next_input, current } = &mut *state;
            let error = |unit: u32, e: &std::io::Error, at: u64| RunError::Input {
                file: self.inputs[unit as usize].name.clone(),
                message: format!("{e} (after {at} bytes)"),
            };
            match current {
                Current::None => {
                    let Some(input) = self.inputs.get(*next_input) else { return Ok(None) };
                    let unit = u32::try_from(*next_input).unwrap_or(u32::MAX);
                    *next_input += 1;
                    if let InputData::Kept(events, which) = &input.data {
                        if let Some(looks) = events.looks(unit).filter(|_| !which.is_empty()) {
                            let _ = self.shapes[unit as usize].set(looks);
                            *current = Current::Kept { unit, at: 0 };
                        }
                        continue;
                    }
                    let opened = Opened::open(input, self.host)?;
                    let format = opened.format.clone();
                    let (shape, recognized) = (opened.shape, opened.recognized);
                    let looks = Looks { format: opened.format, shape, recognized };
                    let _ = self.shapes[unit as usize].set(Arc::new(looks));
                    let framer = AnyFramer::of(&format, self.options.max_event);
                    *current = match (framer, opened.seekable) {
                        _ if format == InputFormat::Evtx => {
                            Current::Chunks { unit, reader: opened.reader, offset: 0 }
                        }
                        (Some(framer), _) => Current::Framed {
                            unit,
                            reader: opened.reader,
                            framer: Box::new(framer),
                            buf: vec![0; block],
                        },
                        (None, Some(size)) => Current::Ranges { unit, at: 0, size },
                        (None, None) => Current::Lines {
                            unit,
                            reader: opened.reader,
                            offset: 0,
                            carry: Vec::new(),
                            skipping: false,
                        },
                    };
                }
                Current::Kept { unit, at } => {
                    let count = match self.inputs.get(*unit as usize).map(|i| &i.data) {
                        Some(InputData::Kept(_, which)) => which.len(),
                        _ => 0,
                    };
                    if *at >= count {
                        *current = Current::None;
                        continue;
                    }
                    let range = *at..at.saturating_add(KEPT).min(count);
                    *at = range.end;
                    return Ok(Some(Work::Kept { unit: *unit, range }));
                }
                Current::Ranges { unit, at, size } => {
                    if *at >= *size {
                        *current = Current::None;
                        continue;
                    }
                    let end = at.saturating_add(self.options.piece.max(1)).min(*size);
                    let work = Work::Range { unit: *unit, range: *at..end };
                    *at = end;
                    return Ok(Some(work));
                }
                Current::Lines { unit, reader, offset, carry, skipping } => {
                    // the beginning of a line, without a newline
                    buf.clear();
                    std::mem::swap(buf, carry);
                    let had = buf.len();
                    buf.resize(had + block, 0);
                    let read = read_some(&mut **reader, &mut buf[had..]);
                    let (n, end) = match read {
                        Ok(n) => (n, n == 0),
                        Err(e) => {
                            let at = *offset + had as u64;
                            let e = error(*unit, &e, at);
                            // the line that was cut is an event all the same
                            cx.input_error(e);
                            (0, true)
                        }
                    };
                    buf.truncate(had + n);
                    let unit = *unit;
                    if *skipping {
                        match memchr::memchr(b'\n', buf) {
                            Some(i) => {
                                buf.drain(..=i);
                                *offset += i as u64 + 1;
                                *skipping = false;
                            }
                            None => {
                                *offset += buf.len() as u64;
                                buf.clear();
                            }
                        }
                    }
                    let start = *offset;
                    if end {
                        *current = Current::None;
                        if buf.is_empty() {
                            continue;
                        }
                        return Ok(Some(Work::Lines { unit, offset: start }));
                    }
                    let from = had.min(buf.len());
                    match memchr::memrchr(b'\n', &buf[from..]).map(|i| from + i) {
                        Some(i) => {
                            carry.extend_from_slice(&buf[i + 1..]);
                            buf.truncate(i + 1);
                            *offset += i as u64 + 1;
                            return Ok(Some(Work::Lines { unit, offset: start }));
                        }
                        None if buf.len() > self.options.max_event => {
                            *offset += buf.len() as u64;
                            *skipping = true;
                            return Ok(Some(Work::Lines { unit, offset: start }));
                        }
                        None => std::mem::swap(carry, buf),
                    }
                }
                Current::Framed { unit, reader, framer, buf: read } => {
                    let n = match read_some(&mut **reader, read) {
                        Ok(n) => n,
                        Err(e) => {
                            cx.input_error(error(*unit, &e, framer.offset()));
                            0
                        }
                    };
                    buf.clear();
                    let mut events = Vec::new();
                    let mut headers: Vec<Arc<Header>> = Vec::new();
                    let mut emit = |frame: Frame<'_>, header: Option<&Arc<Header>>| {
                        let whole = frame.status != FrameStatus::Truncated;
                        if !whole {
                            notice_long(cx, self.options.max_event);
                        }
                        if let Some(header) = header
                            && headers.last().is_none_or(|h| !Arc::ptr_eq(h, header))
                        {
                            headers.push(Arc::clone(header));
                        }
                        let start = buf.len();
                        buf.extend_from_slice(frame.bytes);
                        let header = header.map_or(0, |_| headers.len());
                        let range = start..buf.len();
                        events.push(Place { range, offset: frame.offset, whole, header });
                    };
                    let unit = *unit;
                    if n > 0 {
                        framer.push(&read[..n], &mut emit);
                    } else if let Current::Framed { framer, .. } =
                        std::mem::replace(current, Current::None)
                        && let Some((code, message)) = framer.finish(&mut emit)
                    {
                        cx.notice(code, message, false);
                    }
                    if !events.is_empty() {
                        return Ok(Some(Work::Events { unit, events, headers }));
                    }
                }
                Current::Chunks { unit, reader, offset } => {
                    let want = if *offset == 0 { HEADER } else { CHUNK };
                    let (unit, at) = (*unit, *offset);
                    buf.clear();
                    buf.resize(want, 0);
                    let (n, failed) = read_full(&mut **reader, buf);
                    buf.truncate(n);
                    *offset += n as u64;
                    if let Some(e) = failed {
                        cx.input_error(error(unit, &e, *offset));
                    }
                    if n < want {
                        *current = Current::None;
                        if n > 0 || at == 0 {
                            let part = "an EVTX file ended inside its header or a chunk";
                            cx.notice("SPL5010", part, false);
                        }
                    }
                    if at > 0 && n > 0 {
                        return Ok(Some(Work::Chunk { unit, offset: at }));
                    }
                }
            }
        }
    }

    /// Reads the lines of a range of a plain file, a block at a time.
    pub fn read_range(
        &self,
        unit: u32,
        range: Range<u64>,
        buf: &mut Vec<u8>,
        cx: &RunCx,
        mut lines: impl FnMut(&[u8], u64) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let Some(input) = self.inputs.get(unit as usize) else { return Ok(()) };
        let err = |e: std::io::Error| input_error(input, &e);
        // from the byte before, so that a line that begins right at the start is seen as one
        let from = range.start.saturating_sub(1);
        let mut reader: Box<dyn Read + Send> = match &input.data {
            InputData::Path(p) => self.host.open_at(p, from).map_err(err)?,
            InputData::Bytes(b) => {
                let mut c = Cursor::new(b.clone());
                c.set_position(from);
                Box::new(c)
            }
            // they are never handed out as a range
            InputData::Kept(..) => return Ok(()),
        };
        let mut offset = from;
        let mut skipping = range.start > 0;
        let mut had = 0;
        let block = self.options.block.max(1);
        loop {
            if cx.scan_ends() {
                return Ok(());
            }
            if buf.len() < had + block {
                buf.resize(had + block, 0);
            }
            let n = read_some(&mut *reader, &mut buf[had..had + block]).map_err(err)?;
            let filled = had + n;
            let mut begin = 0;
            if skipping {
                match memchr::memchr(b'\n', &buf[..filled]) {
                    Some(i) => {
                        begin = i + 1;
                        skipping = false;
                    }
                    None if n == 0 => return Ok(()),
                    None => {
                        offset += filled as u64;
                        if offset >= range.end {
                            return Ok(());
                        }
                        had = 0;
                        continue;
                    }
                }
            }
            // lines that begin at or after the range's end belong to the next
            let begin_at = offset + begin as u64;
            if begin_at >= range.end {
                return Ok(());
            }
            let within = usize::try_from(range.end - offset).unwrap_or(usize::MAX);
            // what was there before has no newline
            let new = begin.max(had);
            let before =
                |to: usize| memchr::memrchr(b'\n', &buf[new..to]).map_or(begin, |i| new + i + 1);
            let whole = if n == 0 {
                filled
            } else if within <= filled {
                // the line that holds the range's last byte ends here or further on
                let last = within.saturating_sub(1).max(new);
                match memchr::memchr(b'\n', &buf[last..filled]) {
                    Some(i) => last + i + 1,
                    None => before(last),
                }
            } else {
                before(filled)
            };
            if whole > begin {
                lines(&buf[begin..whole], begin_at)?;
            } else if filled - begin > self.options.max_event {
                lines(&buf[begin..filled], begin_at)?;
                offset += filled as u64;
                skipping = true;
                had = 0;
                continue;
            }
            offset += whole as u64;
            if n == 0 || offset >= range.end {
                return Ok(());
            }
            buf.copy_within(whole..filled, 0);
            had = filled - whole;
        }
    }
}

/// Reads until something comes; goes on when interrupted.
fn read_some(reader: &mut dyn Read, buf: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match reader.read(buf) {
            Err(e) if e.kind() == std::io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}

/// Fills the buffer as far as there is something; also what stopped it.
fn read_full(reader: &mut dyn Read, buf: &mut [u8]) -> (usize, Option<std::io::Error>) {
    let mut n = 0;
    while n < buf.len() {
        match read_some(reader, &mut buf[n..]) {
            Ok(0) => break,
            Ok(more) => n += more,
            Err(e) => return (n, Some(e)),
        }
    }
    (n, None)
}
