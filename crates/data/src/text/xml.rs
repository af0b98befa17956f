//! Events that are XML elements of one name.

use super::pending::Pending;
use crate::json::{Frame, FrameStatus};
use memchr::{memchr, memchr2};

/// How much of a tag is kept to know it by.
const TAG: usize = 4096;
/// How many elements may hold the events.
const DEPTH: usize = 16;

const COMMENT: &[u8] = b"-->";
const CDATA: &[u8] = b"]]>";
const INSTRUCTION: &[u8] = b"?>";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Outside of events.
    Outside,
    /// In an event, between tags.
    Text,
    /// Behind `<`.
    Tag,
    /// In what ends with these bytes, so many of which were seen.
    Until(&'static [u8], usize),
    /// Outside of events, in text that is none: up to the end of the line or the next event.
    Stray,
}

#[derive(Debug)]
pub(super) struct Xml {
    name: Vec<u8>,
    state: State,
    event: Pending,
    /// How many elements of the name are open.
    depth: usize,
    /// The event's start tag.
    first: Vec<u8>,
    /// The tag that is being read, without its brackets.
    tag: Vec<u8>,
    /// The tag is longer than what is kept.
    long: bool,
    quote: Option<u8>,
    tag_at: u64,
    /// What was kept of the event before the tag.
    before: usize,
    /// Outside of events: what is kept is this tag alone, which may turn out to be no event.
    alone: bool,
    /// The elements around the events.
    around: Vec<Vec<u8>>,
}

impl Xml {
    pub fn new(name: &str, max: usize) -> Xml {
        Xml {
            name: name.as_bytes().to_vec(),
            state: State::Outside,
            event: Pending::new(max),
            depth: 0,
            first: Vec::new(),
            tag: Vec::new(),
            long: false,
            quote: None,
            tag_at: 0,
            before: 0,
            alone: false,
            around: Vec::new(),
        }
    }

    pub fn feed(&mut self, b: &[u8], base: u64, emit: &mut impl FnMut(Frame<'_>)) {
        let mut i = 0;
        while let Some(rest) = b.get(i..).filter(|r| !r.is_empty()) {
            let at = base + i as u64;
            i += match self.state {
                State::Tag => self.tag(rest, at, emit),
                State::Until(end, seen) => self.until(rest, end, seen),
                State::Outside => {
                    let blank = rest.iter().position(|b| !b.is_ascii_whitespace());
                    let n = blank.unwrap_or(rest.len());
                    match rest.get(n) {
                        Some(b'<') => {
                            self.open_tag(at + n as u64);
                            n + 1
                        }
                        Some(_) => {
                            self.event.begin(at + n as u64);
                            self.state = State::Stray;
                            n
                        }
                        None => n,
                    }
                }
                State::Text => {
                    let n = memchr(b'<', rest).unwrap_or(rest.len());
                    self.event.extend(&rest[..n]);
                    if n < rest.len() {
                        self.open_tag(at + n as u64);
                    }
                    n + usize::from(n < rest.len())
                }
                State::Stray => {
                    let n = memchr2(b'<', b'\n', rest).unwrap_or(rest.len());
                    self.event.extend(&rest[..n]);
                    match rest.get(n) {
                        Some(b'<') => self.open_tag(at + n as u64),
                        Some(_) => {
                            self.event.emit(FrameStatus::Damaged, emit);
                            self.state = State::Outside;
                        }
                        None => {}
                    }
                    n + usize::from(n < rest.len())
                }
            };
        }
    }

    /// False if the input ended inside of an element or a tag.
    pub fn finish(&mut self, emit: &mut impl FnMut(Frame<'_>)) -> bool {
        let between = matches!(self.state, State::Outside | State::Stray);
        self.event.emit(FrameStatus::Damaged, emit);
        between && self.around.is_empty()
    }

    /// Behind a `<` at this offset.
    fn open_tag(&mut self, at: u64) {
        self.alone = !self.event.is_open();
        if self.alone {
            self.event.begin(at);
        }
        self.before = self.event.len();
        self.event.extend(b"<");
        self.tag.clear();
        (self.long, self.quote, self.tag_at) = (false, None, at);
        self.state = State::Tag;
    }

    fn add(&mut self, bytes: &[u8]) {
        let room = TAG.saturating_sub(self.tag.len()).min(bytes.len());
        self.tag.extend_from_slice(&bytes[..room]);
        self.long |= room < bytes.len();
        self.event.extend(bytes);
    }

    fn tag(&mut self, rest: &[u8], at: u64, emit: &mut impl FnMut(Frame<'_>)) -> usize {
        if let Some(next) = rest.first()
            && self.markup(*next)
        {
            return 1;
        }
        let stop = |b: &u8| match self.quote {
            Some(quote) => *b == quote || *b == b'<',
            None => matches!(b, b'>' | b'"' | b'\'' | b'<'),
        };
        let n = rest.iter().position(stop).unwrap_or(rest.len());
        self.add(&rest[..n]);
        match rest.get(n) {
            None => {}
            // no tag has it: the one before was cut off
            Some(b'<') => self.open_tag(at + n as u64),
            Some(b'>') if self.quote.is_none() => self.end_tag(emit),
            Some(quote) => {
                self.quote = if self.quote.is_some() { None } else { Some(*quote) };
                self.add(&[*quote]);
            }
        }
        n + usize::from(n < rest.len())
    }

    /// Takes a byte that begins a comment, CDATA or an instruction.
    fn markup(&mut self, next: u8) -> bool {
        const KINDS: [(&[u8], &[u8]); 3] =
            [(b"!--", COMMENT), (b"![CDATA[", CDATA), (b"?", INSTRUCTION)];
        let n = self.tag.len();
        let same = |start: &[u8]| start.get(..n) == Some(&self.tag) && start.get(n) == Some(&next);
        let Some((start, end)) = KINDS.iter().find(|(start, _)| same(start)) else { return false };
        self.add(&[next]);
        if n + 1 == start.len() {
            self.state = State::Until(end, 0);
        }
        true
    }

    fn until(&mut self, rest: &[u8], end: &'static [u8], mut seen: usize) -> usize {
        let mut n = 0;
        while let Some(b) = rest.get(n)
            && seen < end.len()
        {
            n += 1;
            seen = match end.get(seen) {
                Some(want) if want == b => seen + 1,
                // a third of the two before the end
                _ if seen == 2 && end.get(1) == Some(b) => 2,
                _ => usize::from(end.first() == Some(b)),
            };
        }
        self.event.extend(&rest[..n]);
        self.state = match (seen == end.len(), self.depth) {
            (false, _) => State::Until(end, seen),
            (true, 0) if self.alone && end != CDATA => {
                self.event.discard();
                State::Outside
            }
            (true, 0) => State::Stray,
            (true, _) => State::Text,
        };
        n
    }

    /// Behind the `>` of a tag.
    fn end_tag(&mut self, emit: &mut impl FnMut(Frame<'_>)) {
        self.event.extend(b">");
        let closing = self.tag.first() == Some(&b'/');
        let empty = self.tag.last() == Some(&b'/') && !self.long;
        let inner = self.tag.get(usize::from(closing)..).unwrap_or_default();
        let end = inner.iter().position(|b| b.is_ascii_whitespace() || *b == b'/');
        let name = inner.get(..end.unwrap_or(inner.len())).unwrap_or_default();
        let ours = name == self.name;
        if self.depth > 0 {
            self.state = State::Text;
            if ours && closing {
                self.depth -= 1;
                if self.depth == 0 {
                    self.event.emit(FrameStatus::Complete, emit);
                    self.state = State::Outside;
                }
            } else if ours && !empty {
                if !self.long && self.tag == self.first {
                    // the same start tag again: the event before was cut off
                    self.split(emit);
                    self.depth = 1;
                } else {
                    self.depth += 1;
                }
            }
        } else if ours && !closing {
            if !self.alone {
                self.split(emit);
            }
            if empty {
                self.event.emit(FrameStatus::Complete, emit);
                self.state = State::Outside;
            } else {
                self.first.clone_from(&self.tag);
                (self.state, self.depth) = (State::Text, 1);
            }
        } else if self.alone && holds(&mut self.around, name, closing, empty) {
            self.event.discard();
            self.state = State::Outside;
        } else {
            self.state = State::Stray;
        }
    }

    /// What stands before the tag is no part of the event that begins with it.
    fn split(&mut self, emit: &mut impl FnMut(Frame<'_>)) {
        let cut = self.event.is_cut();
        let kept = self.event.split_off(self.before);
        self.event.emit(FrameStatus::Damaged, emit);
        self.event.begin(self.tag_at);
        if self.long {
            self.event.extend(&kept);
            if cut {
                self.event.cut();
            }
        } else {
            self.event.extend(b"<");
            self.event.extend(&self.tag);
            self.event.extend(b">");
        }
    }
}

/// Whether a tag outside of events is that of an element around them.
fn holds(around: &mut Vec<Vec<u8>>, name: &[u8], closing: bool, empty: bool) -> bool {
    if name.is_empty() {
        return false;
    }
    if closing {
        // one that was lost in stray text between ends with it
        let known = around.iter().rposition(|n| n == name);
        if let Some(n) = known {
            around.truncate(n);
        }
        return known.is_some();
    }
    // an element without anything in it holds no events, `<!DOCTYPE ...>` is none
    if !empty && !name.starts_with(b"!") {
        if around.len() == DEPTH {
            return false;
        }
        around.push(name.to_vec());
    }
    true
}
