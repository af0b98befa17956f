//! Regular expressions as SPL users write them: PCRE syntax on a linear engine.
//!
//! A pattern is translated to the `regex` crate's dialect and runs in time linear in the text.
//! Only patterns with look-around, back-references, atomic groups or possessive quantifiers run on
//! a backtracking engine, under a step limit whose hit is told as [`GaveUp`].

mod template;
mod translate;

pub use template::Template;

use crate::run_cx::RunCx;
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;
use std::sync::{LazyLock, Mutex, PoisonError};
use thiserror::Error;
use translate::{Target, translate};

/// Bytes that one compiled pattern may take.
const SIZE_LIMIT: usize = 10 << 20;
/// Steps back that one search may take on the backtracking engine.
const BACKTRACK_LIMIT: usize = 1_000_000;
/// Bytes that one replacement may produce.
const REPLACE_LIMIT: usize = 64 << 20;

/// Patterns that are kept compiled: many searches have the same ones, of data models and macros.
const MOST_KNOWN: usize = 256;
static KNOWN: LazyLock<Mutex<HashMap<String, SplRegex>>> = LazyLock::new(Mutex::default);

/// A search that was given up: its answer is unknown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GaveUp {
    /// The backtracking engine took too many steps.
    #[error("the regex `{0}` gave up after {BACKTRACK_LIMIT} steps back on some values")]
    Steps(String),
    /// A replacement would have grown beyond all bounds.
    #[error("replacing by the regex `{0}` made more than 64 MiB of one value")]
    Size(String),
}

impl GaveUp {
    /// Counts the notice SPL3001: the result may be wrong.
    pub fn report(&self, cx: &RunCx) {
        cx.notice("SPL3001", self.to_string(), true);
    }
}

/// A compiled pattern.
#[derive(Clone, Debug)]
pub struct SplRegex {
    engine: Engine,
    pattern: String,
    names: Vec<Option<String>>,
}

#[derive(Clone, Debug)]
enum Engine {
    Linear(regex::Regex),
    Backtracking(Box<fancy_regex::Regex>),
}

/// Where a pattern and its groups matched, as byte ranges of the text. Group 0 is the whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Captures {
    groups: Vec<Option<Range<usize>>>,
}

impl Captures {
    /// The range of the whole match.
    pub fn whole(&self) -> Range<usize> {
        self.range(0).unwrap_or(0..0)
    }

    /// The range of a group; none where it took no part.
    pub fn range(&self, group: usize) -> Option<Range<usize>> {
        self.groups.get(group).cloned().flatten()
    }

    /// The text of a group; none where it took no part.
    pub fn text<'t>(&self, text: &'t str, group: usize) -> Option<&'t str> {
        text.get(self.range(group)?)
    }
}

impl SplRegex {
    /// Compiles a pattern in PCRE syntax.
    ///
    /// # Errors
    /// What is wrong with it, in a sentence for the user.
    pub fn new(pattern: &str) -> Result<SplRegex, String> {
        let lock = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(pattern) {
            return Ok(known.clone());
        }
        let new = SplRegex::compile(pattern)?;
        let mut known = lock();
        if known.len() >= MOST_KNOWN {
            known.clear();
        }
        known.insert(pattern.to_owned(), new.clone());
        Ok(new)
    }

    fn compile(pattern: &str) -> Result<SplRegex, String> {
        let linear = translate(pattern, Target::Linear)?;
        if !linear.backtracks {
            let built = regex::RegexBuilder::new(&linear.pattern).size_limit(SIZE_LIMIT).build();
            let re = built.map_err(|e| explain(&e))?;
            let names = re.capture_names().map(|n| n.map(str::to_owned)).collect();
            return Ok(SplRegex { engine: Engine::Linear(re), pattern: pattern.to_owned(), names });
        }
        let fancy = translate(pattern, Target::Backtracking)?;
        let re = fancy_regex::RegexBuilder::new(&fancy.pattern)
            .backtrack_limit(BACKTRACK_LIMIT)
            .delegate_size_limit(SIZE_LIMIT)
            .build()
            .map_err(|e| one_line(&e.to_string()))?;
        let names = re.capture_names().map(|n| n.map(str::to_owned)).collect();
        Ok(SplRegex {
            engine: Engine::Backtracking(Box::new(re)),
            pattern: pattern.to_owned(),
            names,
        })
    }

    /// The pattern as the user wrote it.
    pub fn as_str(&self) -> &str {
        &self.pattern
    }

    /// Whether it needs the backtracking engine (look-around, back-references...).
    pub fn backtracks(&self) -> bool {
        matches!(self.engine, Engine::Backtracking(_))
    }

    /// How many groups there are, the whole match among them.
    pub fn groups(&self) -> usize {
        self.names.len()
    }

    /// The named groups in the order in which they stand in the pattern: number and name.
    pub fn named_groups(&self) -> impl Iterator<Item = (usize, &str)> {
        self.names.iter().enumerate().filter_map(|(i, n)| Some((i, n.as_deref()?)))
    }

    /// Whether the pattern is found anywhere in the text.
    ///
    /// # Errors
    /// [`GaveUp`] on the backtracking engine's limit.
    pub fn is_match(&self, text: &str) -> Result<bool, GaveUp> {
        match &self.engine {
            Engine::Linear(re) => Ok(re.is_match(text)),
            Engine::Backtracking(re) => re.is_match(text).map_err(|_| self.gave_up()),
        }
    }

    /// The first match at or after byte `from`, which must stand between characters.
    ///
    /// # Errors
    /// [`GaveUp`] on the backtracking engine's limit.
    pub fn find_at(&self, text: &str, from: usize) -> Result<Option<Range<usize>>, GaveUp> {
        if from > text.len() {
            return Ok(None);
        }
        match &self.engine {
            Engine::Linear(re) => Ok(re.find_at(text, from).map(|m| m.range())),
            Engine::Backtracking(re) => match re.find_from_pos(text, from) {
                Ok(m) => Ok(m.map(|m| m.start()..m.end())),
                Err(_) => Err(self.gave_up()),
            },
        }
    }

    /// The first match at or after byte `from` with its groups.
    ///
    /// # Errors
    /// [`GaveUp`] on the backtracking engine's limit.
    pub fn captures_at(&self, text: &str, from: usize) -> Result<Option<Captures>, GaveUp> {
        if from > text.len() {
            return Ok(None);
        }
        match &self.engine {
            Engine::Linear(re) => Ok(re
                .captures_at(text, from)
                .map(|c| Captures { groups: c.iter().map(|g| g.map(|m| m.range())).collect() })),
            Engine::Backtracking(re) => match re.captures_from_pos(text, from) {
                Ok(c) => Ok(c.map(|c| Captures {
                    groups: (0..self.names.len())
                        .map(|i| c.get(i).map(|m| m.start()..m.end()))
                        .collect(),
                })),
                Err(_) => Err(self.gave_up()),
            },
        }
    }

    /// Matches that follow each other, left to right, at most `limit`.
    ///
    /// # Errors
    /// [`GaveUp`] on the backtracking engine's limit; the matches before it are lost.
    pub fn captures_all(&self, text: &str, limit: usize) -> Result<Vec<Captures>, GaveUp> {
        let mut out = Vec::new();
        let mut from = 0;
        while out.len() < limit
            && let Some(c) = self.captures_at(text, from)?
        {
            from = next_start(text, &c.whole());
            out.push(c);
        }
        Ok(out)
    }

    /// The text with every match (at most `limit`) replaced.
    ///
    /// # Errors
    /// [`GaveUp`] on the backtracking engine's limit or when the result grows beyond 64 MiB.
    pub fn replace<'t>(
        &self,
        text: &'t str,
        template: &Template,
        limit: usize,
    ) -> Result<Cow<'t, str>, GaveUp> {
        let mut out = String::new();
        let (mut from, mut copied, mut done) = (0, 0, 0);
        while done < limit {
            let c = if template.uses_groups() {
                self.captures_at(text, from)?
            } else {
                self.find_at(text, from)?.map(|r| Captures { groups: vec![Some(r)] })
            };
            let Some(c) = c else { break };
            let whole = c.whole();
            out.push_str(text.get(copied..whole.start).unwrap_or_default());
            template.expand(text, &c, &mut out);
            if out.len() > REPLACE_LIMIT {
                return Err(GaveUp::Size(self.pattern.clone()));
            }
            copied = whole.end;
            from = next_start(text, &whole);
            done += 1;
        }
        if done == 0 {
            return Ok(Cow::Borrowed(text));
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        Ok(Cow::Owned(out))
    }

    fn gave_up(&self) -> GaveUp {
        GaveUp::Steps(self.pattern.clone())
    }
}

/// Where to search on after a match; past the end to stop.
fn next_start(text: &str, m: &Range<usize>) -> usize {
    if m.end > m.start {
        return m.end;
    }
    match text.get(m.end..).and_then(|t| t.chars().next()) {
        Some(c) => m.end + c.len_utf8(),
        None => text.len() + 1,
    }
}

fn explain(e: &regex::Error) -> String {
    match e {
        regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
        // the last line says what is wrong, those above show the translated pattern
        other => one_line(other.to_string().lines().last().unwrap_or_default()),
    }
}

fn one_line(s: &str) -> String {
    s.trim_start_matches("error: ").split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests;
