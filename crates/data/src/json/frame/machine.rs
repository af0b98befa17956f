//! The state machine of the framer.

use memchr::{memchr, memchr3, memrchr};

use super::{Frame, FrameStatus, Framing};

const BOM: [u8; 3] = [0xEF, 0xBB, 0xBF];
/// Brackets deeper than this are counted but not told apart.
const TRACKED: usize = 128;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of everything.
    Between,
    /// In an array whose elements are events.
    Elements,
    /// In a container that is an event.
    Value,
    /// In an element that is not a container.
    Scalar,
    /// In a wrapping object, beside its array.
    Outer,
    /// In text that is no value, up to the end of the line.
    Bad,
}

/// What happened at the end of a step.
enum Step {
    /// The block is used up.
    More,
    /// The event ends before this position.
    End(usize),
    /// The bytes at this position cannot belong to a value.
    Fault(usize),
    /// The array of the wrapping object begins behind this position.
    Found(usize),
}

#[derive(Debug)]
pub(super) struct Machine {
    framing: Framing,
    max: usize,
    state: State,
    /// The current event's bytes from earlier blocks (no more than `max` of them).
    carry: Vec<u8>,
    /// Whether bytes of it were left out of `carry`.
    cut: bool,
    /// Offset of the current event.
    start: u64,
    depth: usize,
    kinds: u128,
    in_string: bool,
    escaped: bool,
    /// The last byte that is not white space; `"` for the end of a string.
    prev: u8,
    /// Inside the array whose elements are events.
    in_array: bool,
    /// Inside a wrapping object, whose array was found.
    found: bool,
    key: Vec<u8>,
    key_open: bool,
}

impl Machine {
    pub fn new(framing: Framing, max: usize) -> Machine {
        Machine {
            framing,
            max: max.max(1),
            state: State::Between,
            carry: Vec::new(),
            cut: false,
            start: 0,
            depth: 0,
            kinds: 0,
            in_string: false,
            escaped: false,
            prev: 0,
            in_array: false,
            found: false,
            key: Vec::new(),
            key_open: false,
        }
    }

    /// Feeds bytes whose first stands at `base` in the input.
    pub fn feed(&mut self, b: &[u8], base: u64, emit: &mut impl FnMut(Frame<'_>)) {
        let mut i = 0;
        // where the current event's bytes begin in this block
        let mut from = 0;
        while i < b.len() {
            let step = match self.state {
                State::Between | State::Elements => {
                    i = self.separator(b, i, base);
                    if i < b.len() {
                        from = i;
                        i = self.begin(b, i, base);
                    }
                    continue;
                }
                State::Value => self.value(b, i),
                State::Scalar => self.scalar(b, i),
                State::Outer => self.outer(b, i),
                State::Bad => match memchr(b'\n', &b[i..]) {
                    Some(at) => Step::End(i + at),
                    None => Step::More,
                },
            };
            match step {
                Step::More => break,
                Step::End(end) => {
                    let bad = self.state == State::Bad;
                    let status = if bad { FrameStatus::Damaged } else { FrameStatus::Complete };
                    if self.found && self.state == State::Outer {
                        self.found = false;
                        self.carry.clear();
                    } else {
                        self.emit(&b[from..end], status, emit);
                    }
                    self.state = if self.in_array { State::Elements } else { State::Between };
                    i = end;
                }
                Step::Found(at) => {
                    self.carry.clear();
                    self.cut = false;
                    self.found = true;
                    self.in_array = true;
                    self.state = State::Elements;
                    i = at;
                }
                Step::Fault(at) => {
                    if self.state == State::Outer && self.found {
                        // what stood before was no event
                        self.found = false;
                        self.start = base + at as u64;
                        from = at;
                    }
                    self.fault(&b[from..at], base + at as u64, b[at] == b'\n', emit);
                    // the fault may have left the beginning of a new event in the carry
                    from = at;
                    i = at;
                }
            }
        }
        let open = !matches!(self.state, State::Between | State::Elements);
        if open && !(self.state == State::Outer && self.found) {
            self.keep(&b[from.min(b.len())..]);
        }
    }

    pub fn finish(&mut self, emit: &mut impl FnMut(Frame<'_>)) -> bool {
        let clean = matches!(self.state, State::Between | State::Bad) && !self.in_array;
        let open = !matches!(self.state, State::Between | State::Elements);
        if open && !(self.state == State::Outer && self.found) {
            self.emit(b"", FrameStatus::Damaged, emit);
        }
        self.state = State::Between;
        clean
    }

    /// Skips what may stand between values.
    fn separator(&mut self, b: &[u8], mut i: usize, base: u64) -> usize {
        while let Some(&c) = b.get(i) {
            let bom = base
                .checked_add(i as u64)
                .and_then(|at| BOM.get(usize::try_from(at).ok()?))
                .is_some_and(|&x| x == c);
            if !bom && !matches!(c, b' ' | b'\n' | b'\r' | b'\t' | b',') {
                break;
            }
            i += 1;
        }
        i
    }

    /// Decides what begins with the byte at `i`, and gives the next position.
    fn begin(&mut self, b: &[u8], i: usize, base: u64) -> usize {
        let c = b[i];
        if self.in_array && c == b']' {
            self.in_array = false;
            self.state = State::Between;
            if self.found {
                self.state = State::Outer;
                (self.depth, self.kinds, self.prev) = (1, 0, b']');
            }
            return i + 1;
        }
        if !self.in_array && c == b'[' && self.framing == Framing::Array {
            self.in_array = true;
            self.state = State::Elements;
            return i + 1;
        }
        self.start = base + i as u64;
        (self.depth, self.kinds, self.prev) = (0, 0, b':');
        (self.in_string, self.escaped) = (false, false);
        self.state = match c {
            b'{' if !self.in_array && matches!(self.framing, Framing::Wrapped(_)) => State::Outer,
            b'{' | b'[' => State::Value,
            b'}' | b':' => State::Bad,
            _ if self.in_array => State::Scalar,
            _ => State::Bad,
        };
        i
    }

    /// Walks on inside a string; true when it ends before `i`.
    fn string(&mut self, b: &[u8], i: &mut usize) -> Result<bool, Step> {
        while *i < b.len() {
            if self.escaped {
                self.escaped = false;
                if b[*i] == b'\n' {
                    return Err(Step::Fault(*i));
                }
                *i += 1;
                continue;
            }
            let rest = &b[*i..];
            *i += memchr3(b'"', b'\\', b'\n', rest).unwrap_or(rest.len());
            match b.get(*i) {
                // JSON has no newline in strings: the string, and with it the event, was cut off
                Some(b'\n') => return Err(Step::Fault(*i)),
                Some(b'"') => {
                    *i += 1;
                    self.in_string = false;
                    self.prev = b'"';
                    return Ok(true);
                }
                Some(_) => {
                    self.escaped = true;
                    *i += 1;
                }
                None => {}
            }
        }
        Ok(false)
    }

    fn value(&mut self, b: &[u8], mut i: usize) -> Step {
        while i < b.len() {
            if self.in_string {
                match self.string(b, &mut i) {
                    Ok(true) => {}
                    Ok(false) => return Step::More,
                    Err(fault) => return fault,
                }
                continue;
            }
            let c = b[i];
            match c {
                b'"' => self.in_string = true,
                b' ' | b'\n' | b'\r' | b'\t' => {
                    i += 1;
                    continue;
                }
                b'{' | b'[' => {
                    if self.depth > 0 && !matches!(self.prev, b':' | b',' | b'[') {
                        return Step::Fault(i);
                    }
                    self.open(c == b'[');
                }
                b'}' | b']' => {
                    if !self.close(c == b']') {
                        return Step::Fault(i);
                    }
                    if self.depth == 0 {
                        return Step::End(i + 1);
                    }
                }
                _ => {}
            }
            self.prev = c;
            i += 1;
        }
        Step::More
    }

    fn open(&mut self, array: bool) {
        if self.depth < TRACKED {
            self.kinds = self.kinds & !(1 << self.depth) | u128::from(array) << self.depth;
        }
        self.depth += 1;
    }

    /// False if the bracket is of the other kind.
    fn close(&mut self, array: bool) -> bool {
        self.depth = self.depth.saturating_sub(1);
        self.depth >= TRACKED || (self.kinds >> self.depth & 1 == 1) == array
    }

    fn scalar(&mut self, b: &[u8], mut i: usize) -> Step {
        while i < b.len() {
            if self.in_string {
                match self.string(b, &mut i) {
                    Ok(true) => {}
                    Ok(false) => return Step::More,
                    Err(fault) => return fault,
                }
                continue;
            }
            match b[i] {
                b'"' => self.in_string = true,
                b',' | b']' | b' ' | b'\n' | b'\r' | b'\t' => return Step::End(i),
                b'{' | b'}' | b'[' | b':' => return Step::Fault(i),
                _ => {}
            }
            i += 1;
        }
        Step::More
    }

    /// As [`Machine::value`], watching the keys of the outermost level.
    fn outer(&mut self, b: &[u8], mut i: usize) -> Step {
        while i < b.len() {
            if self.in_string {
                let from = i;
                let ended = match self.string(b, &mut i) {
                    Ok(ended) => ended,
                    Err(fault) => return fault,
                };
                if self.key_open {
                    self.watch(&b[from..i - usize::from(ended)]);
                }
                if !ended {
                    return Step::More;
                }
                continue;
            }
            let c = b[i];
            match c {
                b'"' => {
                    self.in_string = true;
                    if self.depth == 1 && matches!(self.prev, b'{' | b',') {
                        self.key.clear();
                        self.key_open = true;
                    } else {
                        self.key_open = false;
                    }
                }
                b' ' | b'\n' | b'\r' | b'\t' => {
                    i += 1;
                    continue;
                }
                b'[' if self.depth == 1 && self.prev == b':' && self.is_key() => {
                    return Step::Found(i + 1);
                }
                b'{' | b'[' => {
                    if self.depth > 0 && !matches!(self.prev, b':' | b',' | b'[') {
                        return Step::Fault(i);
                    }
                    self.open(c == b'[');
                    self.key_open = false;
                }
                b'}' | b']' => {
                    if !self.close(c == b']') {
                        return Step::Fault(i);
                    }
                    if self.depth == 0 {
                        return Step::End(i + 1);
                    }
                }
                _ => {}
            }
            self.prev = c;
            i += 1;
        }
        Step::More
    }

    fn watch(&mut self, part: &[u8]) {
        if let Framing::Wrapped(key) = &self.framing {
            // one byte more than the key is enough to see that it is another
            let room = (key.len() + 1).saturating_sub(self.key.len());
            self.key.extend_from_slice(&part[..part.len().min(room)]);
        }
    }

    fn is_key(&self) -> bool {
        self.key_open
            && !self.found
            && matches!(&self.framing, Framing::Wrapped(key) if key.as_bytes() == self.key)
    }

    /// A fault at `at`, before which the event has `part` in this block. The event's text up to the
    /// last newline is a damaged event; the beginning of a line behind it is read anew.
    fn fault(&mut self, part: &[u8], at: u64, newline: bool, emit: &mut impl FnMut(Frame<'_>)) {
        self.state = State::Bad;
        // by the length up to the fault, not by what earlier blocks left in `carry`
        if newline || self.cut || self.carry.len() + part.len() > self.max {
            // the loop goes on in `Bad`, which ends with the line
            self.keep(part);
            return;
        }
        let mut text = std::mem::take(&mut self.carry);
        text.extend_from_slice(part);
        let Some(line) = memrchr(b'\n', &text) else {
            self.carry = text;
            return;
        };
        self.emit(&text[..line], FrameStatus::Damaged, emit);
        self.state = if self.in_array { State::Elements } else { State::Between };
        // holds no newline, so a fault in it cannot come back here
        let again = &text[line + 1..];
        self.feed(again, at - again.len() as u64, emit);
    }

    fn keep(&mut self, part: &[u8]) {
        let room = self.max.saturating_sub(self.carry.len());
        self.cut |= part.len() > room;
        self.carry.extend_from_slice(&part[..part.len().min(room)]);
    }

    /// Gives out the current event, whose last bytes are `part`.
    fn emit(&mut self, part: &[u8], status: FrameStatus, emit: &mut impl FnMut(Frame<'_>)) {
        let offset = self.start;
        if self.carry.is_empty() && part.len() <= self.max {
            if !part.is_empty() {
                emit(Frame { bytes: part, offset, status });
            }
        } else {
            self.keep(part);
            let status = if self.cut { FrameStatus::Truncated } else { status };
            emit(Frame { bytes: &self.carry, offset, status });
        }
        self.carry.clear();
        self.cut = false;
    }
}
