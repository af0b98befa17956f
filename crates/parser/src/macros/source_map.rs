//! From the expanded text back to the files.

use super::Origin;
use crate::ast::Span;
use std::ops::Range;
use std::sync::Arc;

/// One step of the way from a place in the expanded text to the search that a user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The file.
    pub file: Arc<str>,
    /// The whole file's text.
    pub file_text: Arc<str>,
    /// The place, in bytes of the file's text, on character boundaries.
    pub range: Range<usize>,
    /// The macro whose definition this place is in; `None` for the search itself.
    pub macro_name: Option<String>,
}

/// A text that pieces are taken from: the search, or a macro's definition.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub origin: Origin,
    pub text: Arc<str>,
    pub macro_name: Option<String>,
    /// The source and the place in it that called this macro.
    pub call: Option<(usize, Range<usize>)>,
}

/// `len` bytes that were taken from `source`.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Where it begins in the built text.
    pub start: usize,
    pub len: usize,
    pub source: usize,
    /// Where it was taken from; as long as the piece, or what the piece as a whole stands for.
    pub from: Range<usize>,
}

/// Knows for each byte of the expanded text which file, text and macro call it comes from.
#[derive(Clone, Debug, Default)]
pub struct SourceMap {
    pub(super) sources: Vec<Source>,
    pub(super) pieces: Vec<Piece>,
}

impl SourceMap {
    /// The places that `span` of the expanded text comes from: first the innermost, then each
    /// macro call around it, at last the search itself. Never empty for a map that
    /// [`expand`](super::expand) made.
    pub fn resolve(&self, span: Span) -> Vec<Frame> {
        let range = span.range();
        // an empty search has no pieces
        let (mut source, mut place) = self.place(&range).unwrap_or((0, 0..0));
        let mut frames = Vec::new();
        while let Some(s) = self.sources.get(source) {
            frames.push(Frame {
                file: s.origin.file.clone(),
                file_text: s.origin.text.clone(),
                range: s.origin.locate(&s.text, &place),
                macro_name: s.macro_name.clone(),
            });
            match &s.call {
                Some((caller, at)) => (source, place) = (*caller, at.clone()),
                None => break,
            }
        }
        frames
    }

    /// Whether a byte of the expanded text comes from a macro's definition.
    pub(super) fn in_macro(&self, at: usize) -> bool {
        self.point(at).is_some_and(|(source, ..)| source > 0)
    }

    /// The innermost source that holds the whole range, and the range there.
    fn place(&self, range: &Range<usize>) -> Option<(usize, Range<usize>)> {
        let first = self.point(range.start)?;
        if range.is_empty() {
            // a place between two bytes; what a whole piece stands for stays whole
            let end = if first.2 { first.1.end } else { first.1.start };
            return Some((first.0, first.1.start..end));
        }
        let last = self.point(range.end - 1)?;
        let a = self.chain(first.0, first.1);
        let b = self.chain(last.0, last.1);
        for (source, from) in a {
            if let Some((_, to)) = b.iter().find(|(s, _)| *s == source) {
                return Some((source, from.start.min(to.start)..from.end.max(to.end)));
            }
        }
        None
    }

    /// The source and place of one byte, and whether that place is what a whole piece stands for.
    fn point(&self, at: usize) -> Option<(usize, Range<usize>, bool)> {
        let n = self.pieces.partition_point(|p| p.start <= at).checked_sub(1)?;
        let p = self.pieces.get(n)?;
        if p.from.len() != p.len {
            return Some((p.source, p.from.clone(), true));
        }
        let offset = p.from.start + (at - p.start).min(p.len);
        Some((p.source, offset..offset + usize::from(at < p.start + p.len), false))
    }

    /// A place and the calls around it.
    fn chain(&self, source: usize, place: Range<usize>) -> Vec<(usize, Range<usize>)> {
        let mut list = vec![(source, place)];
        let mut at = source;
        while let Some((caller, range)) = self.sources.get(at).and_then(|s| s.call.clone()) {
            list.push((caller, range));
            at = caller;
        }
        list
    }
}

impl Origin {
    /// The range of the file for a range of the text that was read from it.
    ///
    /// YAML may have changed white space (folded lines), doubled quotes and backslashes: both
    /// texts are walked together from the beginning of the line.
    fn locate(&self, text: &str, place: &Range<usize>) -> Range<usize> {
        let start = self.offset(text, place.start);
        let end = match place.is_empty() {
            true => start,
            false => {
                let last = floor(text, place.end - 1);
                let at = self.offset(text, last);
                at + self.text.get(at..).and_then(|s| s.chars().next()).map_or(0, char::len_utf8)
            }
        };
        start..end.max(start)
    }

    fn offset(&self, text: &str, at: usize) -> usize {
        let at = floor(text, at);
        if self.lines.is_empty() {
            return floor(&self.text, at);
        }
        let line = text[..at].matches('\n').count().min(self.lines.len() - 1);
        let line_start = text[..at].rmatch_indices('\n').next().map_or(0, |(n, _)| n + 1);
        let from = floor(&self.text, self.lines[line]);
        from + align(&text[line_start..at], &self.text[from..])
    }
}

/// The nearest character boundary at or before `at`.
pub(crate) fn floor(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|&n| text.is_char_boundary(n)).unwrap_or(0)
}

/// How many bytes of `file` were read to give `text`.
fn align(text: &str, file: &str) -> usize {
    let mut rest = file;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(f) = rest.chars().next() else { break };
        if f == c && !(c.is_whitespace() && rest.starts_with('\n')) {
            rest = &rest[f.len_utf8()..];
            // '' in single-quoted YAML
            if c == '\'' && rest.starts_with('\'') && chars.peek() != Some(&'\'') {
                rest = &rest[1..];
            }
            // \\ in double-quoted YAML
            if c == '\\' && rest.starts_with('\\') && chars.peek() != Some(&'\\') {
                rest = &rest[1..];
            }
        } else if c.is_whitespace() {
            // a folded line
            rest = rest.trim_start();
        } else if f == '\\' && rest[1..].starts_with(c) {
            rest = &rest[1 + c.len_utf8()..];
        } else {
            rest = &rest[f.len_utf8()..];
        }
    }
    // a fold right before the place
    let skipped = rest.trim_start();
    if rest.starts_with('\n') && text.ends_with(char::is_whitespace) {
        rest = skipped;
    }
    file.len() - rest.len()
}
