//! The parser's input: a piece of the text, where it begins, and what was expected so far.

use crate::Diagnostic;
use crate::ast::Span;
use nom::error::{ErrorKind, ParseError};
use nom::{Compare, CompareResult, Err, IResult, Input, Needed, Offset};
use std::cell::{Cell, RefCell};
use std::str::{CharIndices, Chars};

/// How deep a text may nest: a term or operand counts 2, a function 3, a subsearch 8. About as
/// many as fit on a stack of 512 KiB without optimisation.
pub(crate) const MAX_DEPTH: u32 = 256;

/// How many messages are kept of one text.
pub(crate) const MAX_DIAGNOSTICS: usize = 100;

/// What all parsers of one text share.
pub(crate) struct Cx {
    /// The furthest offset at which something was expected in this stage.
    furthest: Cell<usize>,
    /// What was expected there.
    expected: RefCell<Vec<&'static str>>,
    /// Messages so far.
    pub diagnostics: RefCell<Vec<Diagnostic>>,
    depth: Cell<u32>,
}

impl Cx {
    pub fn new() -> Self {
        Cx {
            furthest: Cell::new(0),
            expected: RefCell::new(Vec::new()),
            diagnostics: RefCell::new(Vec::new()),
            depth: Cell::new(0),
        }
    }

    /// Notes that `what` would have been right at `off`.
    pub fn expect(&self, off: usize, what: &'static str) {
        let mut list = self.expected.borrow_mut();
        if off > self.furthest.get() || list.is_empty() {
            self.furthest.set(off);
            list.clear();
        }
        if off == self.furthest.get() && !list.contains(&what) {
            list.push(what);
        }
    }

    /// Forgets what was expected: a new stage begins at `off`.
    pub fn restart(&self, off: usize) -> (usize, Vec<&'static str>) {
        (self.furthest.replace(off), self.expected.take())
    }

    /// Goes back to what an outer stage expected.
    pub fn restore(&self, (off, list): (usize, Vec<&'static str>)) {
        self.furthest.set(off);
        *self.expected.borrow_mut() = list;
    }

    /// The furthest offset and what was expected there.
    pub fn furthest(&self) -> (usize, Vec<&'static str>) {
        (self.furthest.get(), self.expected.borrow().clone())
    }

    /// Adds a message, unless there are too many already.
    pub fn report(&self, d: Diagnostic) {
        if !self.is_full() {
            self.diagnostics.borrow_mut().push(d);
        }
    }

    /// Whether more messages are dropped.
    pub fn is_full(&self) -> bool {
        self.diagnostics.borrow().len() >= MAX_DIAGNOSTICS
    }
}

/// The rest of a text, its offset in the whole text, and the shared state.
#[derive(Clone, Copy)]
pub(crate) struct In<'a> {
    pub s: &'a str,
    pub off: usize,
    pub cx: &'a Cx,
}

/// Why a parser did not match: nothing more than the shared "expected", or a message of its own.
#[derive(Debug)]
pub(crate) struct Fail(pub Option<Box<Diagnostic>>);

pub(crate) type Res<'a, T> = IResult<In<'a>, T, Fail>;

impl<'a> In<'a> {
    pub fn new(s: &'a str, cx: &'a Cx) -> Self {
        In { s, off: 0, cx }
    }

    /// The input without its first `n` bytes.
    pub fn skip(self, n: usize) -> Self {
        In { s: &self.s[n..], off: self.off + n, cx: self.cx }
    }

    /// The first `n` bytes.
    pub fn first(self, n: usize) -> Self {
        In { s: &self.s[..n], ..self }
    }

    /// Without white space (and comments, which macro expansion removes) in front.
    pub fn ws(self) -> Self {
        let mut i = self;
        loop {
            let rest = i.s.trim_start();
            i = i.skip(i.s.len() - rest.len());
            match i.s.strip_prefix("```") {
                Some(body) => match body.find("```") {
                    Some(n) => i = i.skip(n + 6),
                    None => return i.skip(i.s.len()),
                },
                None => return i,
            }
        }
    }

    pub fn peek(self) -> Option<char> {
        self.s.chars().next()
    }

    pub fn is_empty(self) -> bool {
        self.s.is_empty()
    }

    /// From here to `end`.
    pub fn span_to(self, end: In<'a>) -> Span {
        Span::new(self.off, end.off)
    }

    /// A mismatch that lets other alternatives try.
    pub fn fail<T>(self, what: &'static str) -> Res<'a, T> {
        self.cx.expect(self.off, what);
        Err(Err::Error(Fail(None)))
    }

    /// A mismatch that ends the stage.
    pub fn cut<T>(self, what: &'static str) -> Res<'a, T> {
        self.cx.expect(self.off, what);
        Err(Err::Failure(Fail(None)))
    }

    /// Goes `weight` levels deeper until the answer is dropped, or ends the stage where that is
    /// too deep.
    pub fn deeper(self, weight: u32) -> Result<Deeper<'a>, Err<Fail>> {
        let depth = self.cx.depth.get();
        if depth + weight > MAX_DEPTH {
            return Err(too_deep(self));
        }
        self.cx.depth.set(depth + weight);
        Ok(Deeper { depth: &self.cx.depth, before: depth })
    }
}

/// Gives the levels back.
pub(crate) struct Deeper<'a> {
    depth: &'a Cell<u32>,
    before: u32,
}

impl Drop for Deeper<'_> {
    fn drop(&mut self) {
        self.depth.set(self.before);
    }
}

/// Ends the stage with a message.
pub(crate) fn stop<'a, T>(d: Diagnostic) -> Res<'a, T> {
    Err(Err::Failure(Fail(Some(Box::new(d)))))
}

/// "nested too deep" at `i`.
#[cold]
pub(crate) fn too_deep(i: In<'_>) -> Err<Fail> {
    let len = i.peek().map_or(0, char::len_utf8);
    let d = Diagnostic::error("SPL0006", Span::new(i.off, i.off + len), "nested too deep")
        .label("too many open parentheses, functions or operators")
        .help("split the expression over several `eval` commands");
    Err::Failure(Fail(Some(Box::new(d))))
}

impl<'a> ParseError<In<'a>> for Fail {
    fn from_error_kind(_: In<'a>, _: ErrorKind) -> Self {
        Fail(None)
    }
    fn append(_: In<'a>, _: ErrorKind, other: Self) -> Self {
        other
    }
}

impl Offset for In<'_> {
    fn offset(&self, second: &Self) -> usize {
        second.off.saturating_sub(self.off)
    }
}

impl Compare<&str> for In<'_> {
    fn compare(&self, t: &str) -> CompareResult {
        self.s.compare(t)
    }
    fn compare_no_case(&self, t: &str) -> CompareResult {
        self.s.compare_no_case(t)
    }
}

impl<'a> Input for In<'a> {
    type Item = char;
    type Iter = Chars<'a>;
    type IterIndices = CharIndices<'a>;

    fn input_len(&self) -> usize {
        self.s.len()
    }
    fn take(&self, index: usize) -> Self {
        self.first(index)
    }
    fn take_from(&self, index: usize) -> Self {
        self.skip(index)
    }
    fn take_split(&self, index: usize) -> (Self, Self) {
        (self.skip(index), self.first(index))
    }
    fn position<P: Fn(char) -> bool>(&self, predicate: P) -> Option<usize> {
        self.s.find(predicate)
    }
    fn iter_elements(&self) -> Chars<'a> {
        self.s.chars()
    }
    fn iter_indices(&self) -> CharIndices<'a> {
        self.s.char_indices()
    }
    fn slice_index(&self, count: usize) -> Result<usize, Needed> {
        self.s.slice_index(count)
    }
}
