//! Wildcards of SPL: `*` stands for any number of characters.
//!
//! Splunk's "Backslashes" page: the backslash cannot be used to escape the asterisk. So every `*`
//! of a pattern is a wildcard, and `\*` means a backslash and then anything, the text `\*` included.
//! The escapes of the search's own quoting (`\\`, `\"`) are resolved before a pattern is made.

mod fold;

use memchr::memmem;

use crate::prefilter::caseless;

pub use fold::{fold, fold_str};

/// One literal part of a pattern.
#[derive(Debug, Clone)]
struct Segment {
    /// As written.
    text: Box<str>,
    /// What is compared: folded, unless the pattern is case-sensitive.
    key: Box<str>,
    exact: memmem::Finder<'static>,
    ascii: caseless::Finder,
}

/// A compiled wildcard pattern.
///
/// Matching takes time linear in the text, however many stars there are: each literal part is looked
/// for from the left once, which is enough as `*` is the only wildcard.
#[derive(Debug, Clone)]
pub struct Pattern {
    text: Box<str>,
    cased: bool,
    wild: bool,
    prefix: Option<Segment>,
    middle: Vec<Segment>,
    suffix: Option<Segment>,
    /// Bytes that any match has at least, where text and pattern are both ASCII.
    min_len: usize,
    /// All parts are ASCII without k and s, the two letters that non-ASCII characters fold to.
    bytewise: bool,
    /// A part has non-ASCII characters.
    wide: bool,
}

/// How the parts are compared with a text.
#[derive(Clone, Copy)]
enum Mode {
    /// Byte by byte.
    Exact,
    /// ASCII letters of either case.
    Ascii,
}

impl Segment {
    fn new(text: &str, cased: bool) -> Option<Segment> {
        if text.is_empty() {
            return None;
        }
        let key = if cased { text.to_owned() } else { fold_str(text) };
        Some(Segment {
            text: text.into(),
            exact: memmem::Finder::new(key.as_bytes()).into_owned(),
            ascii: caseless::Finder::new(key.as_bytes()),
            key: key.into(),
        })
    }

    fn len(&self) -> usize {
        self.key.len()
    }

    fn equals(&self, text: &[u8], mode: Mode) -> bool {
        match mode {
            Mode::Exact => text == self.key.as_bytes(),
            Mode::Ascii => text.eq_ignore_ascii_case(self.key.as_bytes()),
        }
    }

    fn find(&self, text: &[u8], mode: Mode) -> Option<usize> {
        match mode {
            Mode::Exact => self.exact.find(text),
            Mode::Ascii => self.ascii.find(text),
        }
    }
}

impl Pattern {
    /// A pattern as `search` compares values: letter case is ignored, by Unicode simple folding.
    pub fn new(text: &str) -> Pattern {
        Pattern::build(text, false, text.contains('*'))
    }

    /// A case-sensitive pattern, as for field names and inside `CASE()`.
    pub fn case_sensitive(text: &str) -> Pattern {
        Pattern::build(text, true, text.contains('*'))
    }

    /// A text that is compared ignoring letter case, in which `*` stands for itself.
    pub fn literal(text: &str) -> Pattern {
        Pattern::build(text, false, false)
    }

    fn build(text: &str, cased: bool, wild: bool) -> Pattern {
        let (mut prefix, mut suffix, mut middle) = (None, None, Vec::new());
        if wild {
            let parts: Vec<&str> = text.split('*').collect();
            if let [first, between @ .., last] = parts.as_slice() {
                prefix = Segment::new(first, cased);
                middle = between.iter().filter_map(|p| Segment::new(p, cased)).collect();
                suffix = Segment::new(last, cased);
            }
        } else {
            prefix = Segment::new(text, cased);
        }
        let all = || prefix.iter().chain(&middle).chain(&suffix);
        let min_len = all().map(Segment::len).sum();
        let wide = !all().all(|s| s.key.is_ascii());
        let bytewise = cased || !wide && !all().any(|s| s.key.contains(['k', 's']));
        Pattern { min_len, wide, bytewise, text: text.into(), cased, wild, prefix, middle, suffix }
    }

    /// The pattern as it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether letter case counts.
    pub fn is_case_sensitive(&self) -> bool {
        self.cased
    }

    /// Whether it has a wildcard.
    pub fn is_wild(&self) -> bool {
        self.wild
    }

    /// Whether it matches every text: `*`, `**`.
    pub fn is_any(&self) -> bool {
        self.wild && self.min_len == 0
    }

    /// The longest literal part, as written: any text that matches contains it (in any letter case,
    /// unless the pattern is case-sensitive). None for patterns of stars only.
    pub fn needle(&self) -> Option<&str> {
        let all = self.prefix.iter().chain(&self.middle).chain(&self.suffix);
        all.max_by_key(|s| s.text.len()).map(|s| &*s.text)
    }

    /// Whether the whole of `text` matches.
    pub fn is_match(&self, text: &str) -> bool {
        self.is_match_bytes(text.as_bytes())
    }

    /// As [`Pattern::is_match`]; bytes that are not UTF-8 count as U+FFFD.
    pub fn is_match_bytes(&self, text: &[u8]) -> bool {
        if self.cased {
            return self.matches(text, Mode::Exact);
        }
        if self.bytewise {
            return self.matches(text, Mode::Ascii);
        }
        if text.is_ascii() {
            return !self.wide && self.matches(text, Mode::Ascii);
        }
        let folded = fold_str(&String::from_utf8_lossy(text));
        self.matches(folded.as_bytes(), Mode::Exact)
    }

    /// As [`Pattern::is_match`], for a text that is asked of many patterns: `folded` is what
    /// [`fold_str`] makes of it.
    pub fn is_match_folded(&self, text: &str, folded: &str) -> bool {
        match self.cased || self.bytewise || text.is_ascii() {
            true => self.is_match(text),
            false => self.matches(folded.as_bytes(), Mode::Exact),
        }
    }

    fn matches(&self, text: &[u8], mode: Mode) -> bool {
        if text.len() < self.min_len {
            return false;
        }
        let mut rest = text;
        if let Some(prefix) = &self.prefix {
            let Some((head, tail)) = rest.split_at_checked(prefix.len()) else { return false };
            if !prefix.equals(head, mode) {
                return false;
            }
            rest = tail;
        }
        if !self.wild {
            return rest.is_empty();
        }
        if let Some(suffix) = &self.suffix {
            let at = rest.len().checked_sub(suffix.len());
            let Some((head, tail)) = at.and_then(|at| rest.split_at_checked(at)) else {
                return false;
            };
            if !suffix.equals(tail, mode) {
                return false;
            }
            rest = head;
        }
        for part in &self.middle {
            match part.find(rest, mode) {
                Some(at) => rest = &rest[at + part.len()..],
                None => return false,
            }
        }
        true
    }

    /// Whether a text that begins with `prefix` and is longer can match. False is certain. Exact
    /// only for what stands before the first star; compares case-sensitively.
    pub fn may_match_after(&self, prefix: &str) -> bool {
        let Some(first) = self.prefix.as_ref().map(|s| &*s.text) else {
            return self.wild;
        };
        let longer = first.len() > prefix.len() && first.starts_with(prefix);
        longer || (self.wild && prefix.starts_with(first))
    }
}

#[cfg(test)]
mod tests;
