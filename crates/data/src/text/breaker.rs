//! How text breaks into events.

use regex::bytes::{Regex, RegexBuilder};
use std::fmt;
use std::sync::Arc;

/// Largest compiled form of a regular expression, in bytes.
const SIZE_LIMIT: usize = 10 << 20;

/// How text breaks into events. Cheap to clone; equal where the kind and the text are.
#[derive(Clone)]
pub struct Breaker(pub(super) Arc<Kind>);

#[derive(Debug)]
pub(super) enum Kind {
    /// An event begins at each line that matches.
    Before(Regex, String),
    /// An event ends with each line that matches.
    After(Regex, String),
    /// A group of each match stands between two events.
    Between(Regex, String),
    /// Elements of this name are events.
    Xml(String),
}

/// A pattern that text cannot be broken by.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot break events by `{pattern}`: {reason}")]
pub struct BreakError {
    /// The pattern as it was given.
    pub pattern: String,
    /// What is wrong with it, on one line.
    pub reason: String,
}

impl Breaker {
    /// An event begins at each line that the regular expression matches somewhere, and the lines
    /// before the first of these are an event too: `BREAK_ONLY_BEFORE` with `SHOULD_LINEMERGE`.
    ///
    /// Splunk's limit of 256 lines an event (`MAX_EVENTS`) is not imitated.
    ///
    /// # Errors
    /// Where the pattern does not compile in linear-time matching (look-behind, back-references).
    pub fn before(regex: &str) -> Result<Breaker, BreakError> {
        Ok(Breaker(Arc::new(Kind::Before(compile(regex)?, regex.to_owned()))))
    }

    /// An event ends with each line that the regular expression matches somewhere:
    /// `MUST_BREAK_AFTER`, where nothing else breaks.
    ///
    /// # Errors
    /// As [`Breaker::before`].
    pub fn after(regex: &str) -> Result<Breaker, BreakError> {
        Ok(Breaker(Arc::new(Kind::After(compile(regex)?, regex.to_owned()))))
    }

    /// The first capture group of each match stands between two events and belongs to none:
    /// `LINE_BREAKER`. Where that group has no part in a match the first one that has does; where
    /// none has, events break in front of the match.
    ///
    /// A match is found where it is no longer than 64 KiB.
    ///
    /// # Errors
    /// As [`Breaker::before`], and without a capture group.
    pub fn line_breaker(regex: &str) -> Result<Breaker, BreakError> {
        let compiled = compile(regex)?;
        if compiled.captures_len() < 2 {
            return Err(BreakError {
                pattern: regex.to_owned(),
                reason: "it has no capture group for what stands between events".to_owned(),
            });
        }
        Ok(Breaker(Arc::new(Kind::Between(compiled, regex.to_owned()))))
    }

    /// Each XML element of this name is an event, over any number of lines; what may stand around
    /// them is a declaration, elements that hold them, and comments.
    ///
    /// # Errors
    /// Where this is no name of an element.
    pub fn xml(element: &str) -> Result<Breaker, BreakError> {
        let odd = |b: u8| b.is_ascii_whitespace() || b"<>/=\"'!?&".contains(&b);
        if element.is_empty() || element.len() > 256 || element.bytes().any(odd) {
            return Err(BreakError {
                pattern: element.to_owned(),
                reason: "it is not the name of an XML element".to_owned(),
            });
        }
        Ok(Breaker(Arc::new(Kind::Xml(element.to_owned()))))
    }

    /// The kind and the text, as `before:REGEX`, `after:REGEX`, `between:REGEX` or `xml:NAME`.
    fn parts(&self) -> (&'static str, &str) {
        match &*self.0 {
            Kind::Before(_, text) => ("before", text),
            Kind::After(_, text) => ("after", text),
            Kind::Between(_, text) => ("between", text),
            Kind::Xml(name) => ("xml", name),
        }
    }
}

impl fmt::Display for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = self.parts();
        write!(f, "{kind}:{text}")
    }
}

impl fmt::Debug for Breaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, text) = self.parts();
        f.debug_tuple("Breaker").field(&kind).field(&text).finish()
    }
}

impl PartialEq for Breaker {
    fn eq(&self, other: &Breaker) -> bool {
        self.parts() == other.parts()
    }
}

impl Eq for Breaker {}

fn compile(pattern: &str) -> Result<Regex, BreakError> {
    let linear = without_look_ahead(pattern);
    RegexBuilder::new(&linear).size_limit(SIZE_LIMIT).build().map_err(|e| {
        let text = e.to_string();
        // the last line of a syntax error says what is wrong, those before it draw it
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        BreakError { pattern: pattern.to_owned(), reason: reason.to_owned() }
    })
}

/// The pattern with a look-ahead at its end turned into a group. Where a match ends does not matter
/// here, and nothing but that changes by it.
fn without_look_ahead(pattern: &str) -> String {
    let bytes = pattern.as_bytes();
    let (mut open, mut class, mut i) = (Vec::new(), false, 0);
    let mut last = None;
    while let Some(&b) = bytes.get(i) {
        match b {
            b'\\' => i += 1,
            b'[' if !class => {
                class = true;
                // a bracket in the first place is one of the class
                if bytes.get(i + 1) == Some(&b'^') {
                    i += 1;
                }
                if bytes.get(i + 1) == Some(&b']') {
                    i += 1;
                }
            }
            b']' => class = false,
            b'(' if !class => open.push(i),
            b')' if !class => last = open.pop().map(|from| (from, i)),
            _ => {}
        }
        i += 1;
    }
    match last {
        Some((from, to)) if open.is_empty() && to + 1 == bytes.len() => {
            match pattern.get(from..).and_then(|p| p.strip_prefix("(?=")) {
                Some(rest) => format!("{}(?:{rest}", pattern.get(..from).unwrap_or_default()),
                None => pattern.to_owned(),
            }
        }
        _ => pattern.to_owned(),
    }
}
