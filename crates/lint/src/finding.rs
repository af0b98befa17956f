//! What a rule found, before and after its place in the file is known.

use crate::Subject;
use sepal_parser::ParsedSearch;
use sepal_parser::ast::Span;
use sepal_parser::macros::Frame;
use std::ops::Range;

/// How bad it is; in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Style or performance.
    Note,
    /// Probably not as meant.
    Warning,
    /// Wrong.
    Error,
}

impl Level {
    /// `error`, `warning` or `note`.
    pub fn word(self) -> &'static str {
        match self {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        }
    }
}

/// Where a finding stands.
#[derive(Clone, Debug)]
pub enum Place {
    /// In the macro-expanded search.
    Search(Span),
    /// In the search as it is written.
    Written(Range<usize>),
    /// In the detection's file, outside of its search.
    File(Range<usize>),
}

/// What a rule gives.
#[derive(Clone, Debug)]
pub struct Raw {
    /// Set by [`lint`](crate::lint).
    pub code: &'static str,
    /// The rule's level, unless lower.
    pub level: Level,
    /// One sentence in lower case without a full stop.
    pub message: String,
    /// Where.
    pub place: Place,
    /// What stands at the caret.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Replacements in the expanded text that repair it.
    pub edits: Vec<(Span, String)>,
}

impl Raw {
    /// A finding in the expanded search.
    pub fn at(span: Span, message: impl Into<String>) -> Raw {
        Raw::new(Place::Search(span), message)
    }

    /// A finding.
    pub fn new(place: Place, message: impl Into<String>) -> Raw {
        Raw {
            code: "",
            level: Level::Error,
            message: message.into(),
            place,
            label: String::new(),
            help: None,
            edits: Vec::new(),
        }
    }

    /// The same with a lower level than the rule's.
    pub fn level(self, level: Level) -> Raw {
        Raw { level, ..self }
    }

    /// The same with the text at the caret.
    pub fn label(self, label: impl Into<String>) -> Raw {
        Raw { label: label.into(), ..self }
    }

    /// The same with a help line.
    pub fn help(self, help: impl Into<String>) -> Raw {
        Raw { help: Some(help.into()), ..self }
    }

    /// The same with a repair.
    pub fn fix(mut self, span: Span, text: impl Into<String>) -> Raw {
        self.edits.push((span, text.into()));
        self
    }

    pub(crate) fn locate(self, subject: &Subject, parsed: &ParsedSearch) -> Finding {
        let frames = match &self.place {
            Place::Search(span) => subject.places(parsed, *span),
            Place::Written(range) => vec![subject.in_file(range.clone())],
            Place::File(range) => vec![subject.frame(range.clone())],
        };
        // a repair is only one where every part of it is the search's own text: a place that is half
        // in a macro and half in its argument is the whole call
        let own = |span: Span, range: &Range<usize>| {
            let expanded = parsed.expanded.text.get(span.range());
            expanded.is_some() && expanded == subject.search().get(range.clone())
        };
        let mut fix = Vec::new();
        for (span, text) in &self.edits {
            match parsed.expanded.map.resolve(*span).as_slice() {
                [only] if only.macro_name.is_none() && own(*span, &only.range) => {
                    fix.push((only.range.clone(), text.clone()));
                }
                _ => {
                    fix.clear();
                    break;
                }
            }
        }
        Finding {
            code: self.code,
            level: self.level,
            message: self.message,
            label: self.label,
            help: self.help,
            frames,
            fix,
        }
    }
}

/// A finding with its place.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's code, or the parser's.
    pub code: &'static str,
    /// How bad it is.
    pub level: Level,
    /// One sentence in lower case without a full stop.
    pub message: String,
    /// What stands at the caret.
    pub label: String,
    /// What to do.
    pub help: Option<String>,
    /// Where it was written: innermost first, at last the file that was linted. Never empty.
    pub frames: Vec<Frame>,
    /// Replacements in the search as written; empty where there is no safe repair.
    pub fix: Vec<(Range<usize>, String)>,
}

/// A line and column from 1, columns in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl Finding {
    /// The place in the file that was linted.
    pub fn frame(&self) -> Option<&Frame> {
        self.frames.last()
    }

    /// The macro in whose definition the place is.
    pub fn macro_name(&self) -> Option<&str> {
        self.frames.first()?.macro_name.as_deref()
    }

    /// The rule's name; `syntax` for what the parser says.
    pub fn rule(&self) -> &'static str {
        crate::rule(self.code).map_or("syntax", |r| r.name)
    }

    /// The file that was linted.
    pub fn file(&self) -> &str {
        self.frame().map_or("", |f| &f.file)
    }

    /// Where it begins and ends in the file that was linted.
    pub fn lines(&self) -> (LineColumn, LineColumn) {
        let Some(f) = self.frame() else { return (line_column("", 0), line_column("", 0)) };
        (line_column(&f.file_text, f.range.start), line_column(&f.file_text, f.range.end))
    }

    pub(crate) fn key(&self) -> (usize, usize, &str, &str) {
        let range = self.frame().map_or(0..0, |f| f.range.clone());
        (range.start, range.end, self.code, &self.message)
    }
}

/// The line and column of an offset in a text.
pub fn line_column(text: &str, offset: usize) -> LineColumn {
    let mut at = offset.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let column = before.get(start..).unwrap_or_default().chars().count() + 1;
    LineColumn { line: before.matches('\n').count() + 1, column }
}
